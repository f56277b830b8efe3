"""The truth is measured, complete, and says of every key point whether it can be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import moving
import numpy as np
import pytest
from synthetic import measures, truth
from synthetic.camera import stand
from synthetic.checking import parse
from synthetic.description import Activity, Clip, FaultSpan, Runner, Sensor, Style, Viewpoint
from synthetic.performance import Performance
from synthetic.skeleton import about_x, about_y, about_z

CLIP = Clip(
    "shown",
    3,
    24.0,
    Runner(style=Style(variation=0.0)),
    faults=(FaultSpan("lean_hips", 4.0, 9.0, 10.0), FaultSpan("lean_back", 22.0, 23.5, 8.0, 0.5)),
    activities=(Activity("stand", 11.0, 13.0), Activity("away", 16.0, 20.0, 2.0)),
    sensor=Sensor(320, 240, 20),
    tags=(("view", "oblique"),),
)
FRAMES = ("lean_deg", "thorax_yaw_deg", "pelvis_yaw_deg", "twist_deg")
FRAMES += ("shoulder_raise_mm", "protraction_mm", "head_forward_mm", "cadence_spm")


def collect(clip: Clip, every: int = 1, fps: int = 20) -> truth.Truth:
    """The truth of a whole clip, nothing hidden."""
    performance = Performance(clip, moving.body("man")) if clip.runner else None
    found = truth.Truth(clip, stand(clip.viewpoint, clip.sensor), performance, every)
    for k in range(int(clip.duration_s * fps)):
        found.add(k / fps, None)
    return found


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """The record of the usual clip."""
    return collect(CLIP, every=5).record()


def test_record_has_every_key(record: dict[str, Any]) -> None:
    """What the scorecard reads is there, and one number or null for each frame and measure."""
    assert {"clip", "made_by", "seed", "description", "tags", "fps", "width_px", "height_px", "duration_s"} < set(
        record
    )
    assert {"view", "camera", "cadence_spm", "faults", "activities", "keypoints_every"} < set(record)
    assert record["made_by"] == "scripts/treadmill"
    assert set(record["frames"]) == {"t_s", "present", "running", *FRAMES}
    assert {len(values) for values in record["frames"].values()} == {480}
    assert len(record["keypoints_px"]) == 96
    assert set(record["camera"]) >= {"azimuth_deg", "height_m", "distance_m", "pitch_deg", "roll_deg", "focal_px"}
    assert [fault["fault"] for fault in record["faults"]] == ["forward_lean", None]
    assert record["tags"] == {"view": "oblique"}


def test_description_can_be_read_again(record: dict[str, Any]) -> None:
    """The truth holds the very description that the clip was made from."""
    assert parse(json.loads(json.dumps(record["description"]))) == CLIP


def test_commanded_is_measured(record: dict[str, Any]) -> None:
    """10° of lean that is asked for read 10±0.2° in the truth, and the style's twist within 3 %."""
    t_s, lean = (np.array(record["frames"][key], dtype=float) for key in ("t_s", "lean_deg"))
    plain = (t_s > 0.5) & (t_s < 3.5)
    shown = lean[(t_s > 5.2) & (t_s < 8.9)].mean() - lean[plain].mean()
    assert shown == pytest.approx(10.0, abs=0.2)
    twist = np.array(record["frames"]["twist_deg"], dtype=float)
    assert twist[plain] == pytest.approx(26.0, rel=0.03)


def test_what_is_not_there_is_null(record: dict[str, Any]) -> None:
    """Standing has no cadence and no twist but a posture; who is away has nothing at all."""
    frames, t_s = record["frames"], np.array(record["frames"]["t_s"])
    standing, away = int(np.argmin(np.abs(t_s - 12.5))), int(np.argmin(np.abs(t_s - 18.5)))
    assert (frames["present"][standing], frames["running"][standing]) == (1, 0)
    assert frames["cadence_spm"][standing] is frames["twist_deg"][standing] is None
    assert frames["lean_deg"][standing] is not None
    assert (frames["present"][away], frames["running"][away]) == (0, 0)
    assert all(frames[key][away] is None for key in FRAMES)
    assert record["keypoints_px"][away // 5] is None
    assert record["cadence_spm"] == pytest.approx(170.0, abs=1.0)


@pytest.mark.parametrize("fps", [10, 60])
def test_twist_does_not_depend_on_the_frame_rate(fps: int) -> None:
    """The range in a stride is that of the movement, not of the few frames that there are of it."""
    clip = Clip("few", 3, 3.0, Runner(style=Style(variation=0.0, thorax_yaw_deg=30.0)))
    twist = collect(clip, fps=fps).record()["frames"]["twist_deg"]
    assert twist == pytest.approx([30.0] * len(twist), rel=0.02)


def test_nobody_has_a_truth_too() -> None:
    """The empty treadmill has frames, but nobody in them."""
    record = collect(Clip("nobody", 1, 2.0, None)).record()
    assert record["cadence_spm"] is None
    assert record["description"]["runner"] is False
    assert set(record["frames"]["present"]) == {0}
    assert set(record["keypoints_px"]) == {None}
    assert record["frames"]["lean_deg"] == [None] * 40


def test_written_file_is_json(tmp_path: Path, record: dict[str, Any]) -> None:
    """What is written is plain JSON without NaN."""
    found = collect(Clip("file", 3, 2.0))
    found.write(tmp_path / "file.json")
    text = (tmp_path / "file.json").read_text(encoding="utf-8")
    assert json.loads(text)["frames"]["t_s"][:3] == [0.0, 0.05, 0.1]
    assert "NaN" not in text


@pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, -90.0])
def test_key_points_are_where_the_runner_is(azimuth_deg: float) -> None:
    """Head over hips over feet in the picture; from the front the runner's left is on its right."""
    clip = Clip("seen", 3, 1.0, viewpoint=Viewpoint(azimuth_deg=azimuth_deg), sensor=Sensor(320, 240, 20))
    for points in collect(clip).record()["keypoints_px"]:
        x, y, seen = np.array(points).T
        assert (seen == 1).all()
        assert y[:5].max() < y[11:13].min() < y[15:].min()
        if azimuth_deg == 0:
            assert all(x[left] > x[left + 1] for left in (1, 3, 5, 11))


def points_px(count: int = 17) -> np.ndarray:
    """Key points in a row through a picture of 40×20 pixels."""
    return np.stack([np.linspace(1.0, 38.0, count), np.full(count, 10.0)], axis=1)


def test_visible_is_inside_and_before_all_else() -> None:
    """Seen is what lies in the picture and no deeper behind the nearest surface than the body is thick there."""
    depths_m, size = np.full(17, 3.0), (40, 20)
    clear = np.full((20, 40), 9.0, np.float32)
    assert truth.visible(points_px(), depths_m, size, clear).all()
    # The body's own skin is a little nearer; a wall half way is not.
    assert truth.visible(points_px(), depths_m, size, np.full((20, 40), 2.95)).all()
    wall = clear.copy()
    wall[:, :20] = 1.5
    seen = truth.visible(points_px(), depths_m, size, wall)
    assert (seen == (points_px()[:, 0] >= 20)).all()


def test_hips_may_lie_deeper_than_the_nose() -> None:
    """0.15 m behind the surface a hip is still within the body, a nose is behind something."""
    seen = truth.visible(points_px(), np.full(17, 3.0), (40, 20), np.full((20, 40), 2.85))
    assert seen[11]
    assert seen[12]
    assert not seen[0]


@pytest.mark.parametrize("place", [(-1.0, 10.0), (40.0, 10.0), (5.0, 20.5), (5.0, -0.5), (np.nan, np.nan)])
def test_outside_is_not_visible(place: tuple[float, float]) -> None:
    """What lies beside the picture or behind the lens is not seen, with and without depth."""
    pixels = points_px()
    pixels[3] = place
    for depth_m in (None, np.full((20, 40), 9.0)):
        seen = truth.visible(pixels, np.full(17, 3.0), (40, 20), depth_m)
        assert not seen[3]
        assert np.delete(seen, 3).all()


def body_points() -> np.ndarray:
    """Shoulders 0.4 m apart, 0.5 m over hips 0.3 m apart, upright; ears over the shoulders."""
    at = np.zeros((17, 3))
    at[3], at[4] = [0.07, 0, 1.7], [-0.07, 0, 1.7]
    at[5], at[6] = [0.2, 0, 1.5], [-0.2, 0, 1.5]
    at[11], at[12] = [0.15, 0, 1.0], [-0.15, 0, 1.0]
    return at


@pytest.mark.parametrize("angle_deg", [-10.0, 0.0, 14.0])
def test_lean(angle_deg: float) -> None:
    """Turning the trunk forward by an angle is that lean; backward is negative."""
    middle = np.array([0.0, 0.0, 1.0])
    assert measures.lean_deg((body_points() - middle) @ about_x(angle_deg).T) == pytest.approx(angle_deg)


@pytest.mark.parametrize("angle_deg", [-20.0, 0.0, 13.0])
def test_yaw(angle_deg: float) -> None:
    """Turning shoulders or pelvis to the runner's left is positive yaw."""
    assert measures.thorax_yaw_deg(body_points() @ about_z(angle_deg).T) == pytest.approx(angle_deg)
    assert measures.pelvis_yaw_deg(about_z(angle_deg)) == pytest.approx(angle_deg)


def test_raise_and_forward_do_not_mind_leaning() -> None:
    """Shoulders 60 mm up and 20 mm forward along a thorax that leans and turns read just that."""
    thorax = about_x(20.0) @ about_z(30.0) @ about_y(5.0), np.array([0.1, 0.2, 0.3])
    posed = (body_points() + np.array([0, -0.02, 0.06])) @ thorax[0].T + thorax[1]
    rest_m = body_points()[measures.SHOULDERS].mean(axis=0)
    shoulders_m = measures.in_thorax(posed, thorax, measures.SHOULDERS)
    assert measures.raise_mm(shoulders_m, rest_m) == pytest.approx(60.0)
    assert measures.forward_mm(shoulders_m, rest_m) == pytest.approx(20.0)


@pytest.mark.parametrize(("angle_deg", "same"), [(190.0, -170.0), (-350.0, 10.0), (45.0, 45.0)])
def test_turned(angle_deg: float, same: float) -> None:
    """A turn is told within half a circle either way."""
    assert measures.turned(angle_deg) == pytest.approx(same)


def test_range_in_a_window() -> None:
    """The range within each window is that of what lies in it; nothing known is NaN."""
    t_s = np.linspace(0.0, 2.0, 201)
    ranges = measures.stride_range(t_s, np.sin(2 * np.pi * t_s), [(0.0, 1.0), (0.0, 0.25), (5.0, 6.0)])
    assert ranges[:2] == pytest.approx([2.0, 1.0])
    assert np.isnan(ranges[2])
