"""The shipped clips and their truth agree, and the pure parts of the renderer are right.

Needs neither the body model nor OpenGL: only NumPy and PyAV.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CLIPS_DIR = ROOT / "tests" / "clips"
sys.path.insert(0, str(ROOT / "scripts"))

from runner_render import faults, gait, truth  # noqa: E402 - scripts/ must be on the path first
from runner_render.camera import Camera, stand  # noqa: E402
from runner_render.clips import CLIPS, SEVERITY, Clip, FaultSpan  # noqa: E402
from runner_render.skeleton import (  # noqa: E402
    Body,
    BonePose,
    about_x,
    about_y,
    about_z,
    aim,
    bone_transforms,
    coco_points,
    skin,
)

NAMES = sorted(CLIPS)
RUNNING = [name for name in NAMES if CLIPS[name].runner]
LARGEST_BYTES = 6_000_000


def load(name: str) -> dict[str, Any]:
    """The truth of one clip."""
    record: dict[str, Any] = json.loads((CLIPS_DIR / f"{name}.json").read_text(encoding="utf-8"))
    return record


def series(record: dict[str, Any], key: str) -> np.ndarray:
    """One measure of every frame."""
    return np.array(record["frames"][key], dtype=float)


def steady(record: dict[str, Any], fault: str) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the frames in which *fault* is fully on, and of those in which no fault is on at all."""
    t_s = series(record, "t_s")
    on = np.zeros(len(t_s), bool)
    none = np.ones(len(t_s), bool)
    for span in record["faults"]:
        none &= (t_s < span["start_s"]) | (t_s > span["end_s"] + span["ramp_s"])
        if span["fault"] == fault:
            on |= (t_s > span["start_s"] + span["ramp_s"]) & (t_s < span["end_s"])
    return on, none


def stride_range(record: dict[str, Any], key: str, mask: np.ndarray) -> float:
    """Median over the strides within the mask of the range in one stride."""
    t_s, values = series(record, "t_s"), series(record, key)
    stride = np.floor(t_s * record["cadence_spm"] / 120.0).astype(int)
    ranges = []
    for k in np.unique(stride):
        inside = stride == k
        if mask[inside].all() and inside.sum() >= 0.9 * record["fps"] * 120 / record["cadence_spm"]:
            ranges.append(np.ptp(values[inside]))
    return float(np.median(ranges))


class TestShippedClips:
    def test_every_clip_has_its_truth_and_the_reverse(self) -> None:
        """The folder holds one MP4 and one JSON for each clip of the table, and nothing else of either kind."""
        for kind in ("mp4", "json"):
            assert sorted(p.stem for p in CLIPS_DIR.glob(f"[!.]*.{kind}")) == NAMES

    def test_clips_are_small(self) -> None:
        """All clips with their truth stay under 6 MB, so that a clone stays light."""
        assert sum(p.stat().st_size for p in CLIPS_DIR.iterdir()) < LARGEST_BYTES

    def test_readme_names_every_clip(self) -> None:
        """tests/README.md says where every shipped clip comes from."""
        text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
        assert [name for name in NAMES if f"`{name}`" not in text] == []

    @pytest.mark.parametrize("name", NAMES)
    def test_video_agrees_with_truth(self, name: str) -> None:
        """Frame count, size, rate and times of the video are those that the truth states."""
        av = pytest.importorskip("av", reason="PyAV reads the clips")
        record = load(name)
        with av.open(str(CLIPS_DIR / f"{name}.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == (record["width_px"], record["height_px"])
            assert stream.average_rate == record["fps"]
            packets = sum(1 for packet in container.demux(stream) if packet.size)
        times_s = series(record, "t_s")
        assert packets == len(times_s) == round(record["duration_s"] * record["fps"])
        assert times_s == pytest.approx(np.arange(packets) / record["fps"], abs=0.001)

    @pytest.mark.parametrize("name", NAMES)
    def test_truth_agrees_with_the_table(self, name: str) -> None:
        """What a clip's truth says it is, is what the table of clips would render."""
        record, clip = load(name), CLIPS[name]
        assert (record["clip"], record["seed"], record["fps"]) == (name, clip.seed, clip.fps)
        assert record["view"] == clip.view
        assert record["camera"]["azimuth_deg"] == clip.azimuth_deg
        spans = [(s["fault"], s["start_s"], s["end_s"], s["severity"]) for s in record["faults"]]
        assert spans == [(s.fault, s.start_s, s.end_s, s.severity) for s in clip.faults]

    def test_demo_shows_each_fault_in_turn(self) -> None:
        """The demo lasts 60-90 s and shows the three faults one after the other, each mended before the next."""
        record = load("demo")
        assert 60 <= record["duration_s"] <= 90
        spans = record["faults"]
        assert [s["fault"] for s in spans] == ["forward_lean", "hunched_shoulders", "torso_twist"]
        assert spans[0]["start_s"] >= 15
        for before, after in pairwise(spans):
            assert after["start_s"] - before["end_s"] > 8
        assert spans[-1]["end_s"] + 8 < record["duration_s"]

    @pytest.mark.parametrize("name", RUNNING)
    def test_good_form_is_good(self, name: str) -> None:
        """Outside the faults the runner leans 2-8°, twists 18-34° and holds the shoulders where they hang."""
        record = load(name)
        _, none = steady(record, "")
        assert 2 < series(record, "lean_deg")[none].mean() < 8
        assert 18 < stride_range(record, "thorax_yaw_deg", none) < 34
        assert np.abs(series(record, "shoulder_raise_mm")[none]).max() < 10

    @pytest.mark.parametrize("name", RUNNING)
    def test_each_fault_shows_in_the_measured_truth(self, name: str) -> None:
        """Measured on the mesh, each fault is there by its severity while it is on, and leaves the others alone."""
        record = load(name)
        lean, raised = series(record, "lean_deg"), series(record, "shoulder_raise_mm")
        for fault in {s["fault"] for s in record["faults"]}:
            on, none = steady(record, fault)
            leaned = lean[on].mean() - lean[none].mean()
            rose = raised[on].mean() - raised[none].mean()
            twisted = stride_range(record, "thorax_yaw_deg", on)
            twisted /= stride_range(record, "thorax_yaw_deg", none)
            size = SEVERITY[fault]
            # Rounding the shoulders brings their key points forward, which counts as a degree or two of lean.
            spare_deg = 3.0 if fault == "hunched_shoulders" else 1.5
            assert leaned == pytest.approx(size if fault == "forward_lean" else 0, abs=spare_deg)
            assert rose == pytest.approx(size if fault == "hunched_shoulders" else 0, abs=6.0)
            assert twisted == pytest.approx(size if fault == "torso_twist" else 1, abs=0.2)

    @pytest.mark.parametrize("name", RUNNING)
    def test_key_points_are_in_the_picture(self, name: str) -> None:
        """Every tenth frame has 17 key points, all within the picture with a margin, head above feet."""
        record = load(name)
        points = np.array(record["keypoints_px"])
        frames = len(record["frames"]["t_s"])
        assert points.shape == (-(-frames // record["keypoints_every"]), 17, 2)
        assert (points > 10).all()
        assert (points < [record["width_px"] - 10, record["height_px"] - 10]).all()
        assert (points[:, 0, 1] < points[:, 15:, 1].min(axis=1)).all()

    @pytest.mark.parametrize("name", [n for n in RUNNING if CLIPS[n].view == "front"])
    def test_left_stays_left(self, name: str) -> None:
        """Seen from the front, the runner's left shoulder, hip and ear are on the picture's right."""
        points = np.array(load(name)["keypoints_px"])
        for left in (3, 5, 11):
            assert (points[:, left, 0] > points[:, left + 1, 0]).all()

    def test_nobody_has_no_key_points(self) -> None:
        """The clip of the empty treadmill states no measures of a runner."""
        record = load("nobody")
        assert record["cadence_spm"] is None
        assert record["keypoints_px"] == record["frames"]["lean_deg"] == []


class TestCamera:
    def test_point_ahead_lands_in_the_middle(self) -> None:
        """A level camera shows a point at its own height over the treadmill in the picture's middle."""
        camera = Camera(45.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.0, 0.0, 1.2])) == pytest.approx([320, 240])

    def test_known_point_lands_on_a_known_pixel(self) -> None:
        """From the front, 0.5 m to the runner's left and 0.3 m up at 3 m is 100 px right and 60 px up."""
        camera = Camera(0.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.5, 0.0, 1.5])) == pytest.approx([420, 180])

    def test_side_view_faces_left(self) -> None:
        """From the runner's left side, what lies ahead of the runner is on the picture's left."""
        camera = Camera(90.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.0, -0.5, 1.2])) == pytest.approx([220, 240])

    def test_camera_that_looks_down_lifts_things(self) -> None:
        """Pitching the camera down moves every point up in the picture."""
        level = stand(0.0, 640, 480)
        lower = replace(level, pitch_deg=level.pitch_deg - 5)
        point = np.array([0.0, 0.0, 1.0])
        assert lower.project(point)[1] < level.project(point)[1]

    def test_nothing_behind_the_lens(self) -> None:
        """A point behind the camera has no pixel."""
        assert np.isnan(stand(0.0, 640, 480).project(np.array([0.0, -9.0, 1.0]))).all()

    @pytest.mark.parametrize("azimuth_deg", [0.0, 45.0, 90.0])
    def test_painter_and_truth_use_one_projection(self, azimuth_deg: float) -> None:
        """OpenGL's matrix puts a point on the very pixel that the truth writes down."""
        camera = stand(azimuth_deg, 640, 480)
        point = np.array([0.3, -0.4, 0.9])
        x, y, _, w = camera.clip_matrix() @ np.append(point, 1.0)
        pixel = [(x / w + 1) * 320, (1 - y / w) * 240]
        assert pixel == pytest.approx(camera.project(point))


class TestFaults:
    SPAN = FaultSpan("forward_lean", 10.0, 20.0, 14.0, ramp_s=1.0)

    @pytest.mark.parametrize(
        ("t_s", "share"), [(0, 0), (10, 0), (10.5, 0.5), (11, 1), (20, 1), (20.5, 0.5), (21, 0), (99, 0)]
    )
    def test_ramps(self, t_s: float, share: float) -> None:
        """A fault comes in over its ramp from its start, and goes out over its ramp from its end."""
        assert faults.share(self.SPAN, t_s) == pytest.approx(share)

    def test_each_fault_moves_only_its_own_measure(self) -> None:
        """A lean adds degrees and neither raises shoulders nor twists."""
        spans = (self.SPAN,)
        assert faults.extra_lean_deg(spans, 15) == 14
        assert faults.shoulder_raise_mm(spans, 15) == 0
        assert faults.twist_factor(spans, 15) == 1

    def test_twist_multiplies(self) -> None:
        """A twist of 2.1 multiplies the yaw by 2.1 when fully on and by 1 before."""
        spans = (FaultSpan("torso_twist", 5.0, 50.0, 2.1),)
        assert faults.twist_factor(spans, 0) == 1
        assert faults.twist_factor(spans, 10) == pytest.approx(2.1)


class TestGait:
    def test_same_seed_same_strides(self) -> None:
        """The same seed gives the same strides, another seed gives others."""
        style = gait.Style()
        a, b, c = (gait.Strides(style, 20.0, seed).at(7.3) for seed in (1, 1, 2))
        assert (a.phase, a.yaw_gain, a.lean_deg) == (b.phase, b.yaw_gain, b.lean_deg)
        assert (a.phase, a.yaw_gain, a.lean_deg) != (c.phase, c.yaw_gain, c.lean_deg)

    def test_cadence(self) -> None:
        """170 steps a minute are 85 strides a minute."""
        strides = gait.Strides(gait.Style(cadence_spm=170.0), 60.0, 3)
        assert strides.at(60.0).phase == pytest.approx(85.0, abs=0.1)

    def test_flight_phase(self) -> None:
        """There are moments in every step with both feet off the belt: this is running."""
        legs = gait.leg_curves(0.40, 0.40, 0.13, 0.07, 0.08, 0.05)
        phases = np.linspace(0, 1, 200, endpoint=False)
        rise_m = gait.hip_rise(phases, 0.066)
        clear_m = np.array([gait.at(legs.ankle_m, p)[1] for p in phases]) - 0.16
        both = np.minimum(clear_m, np.roll(clear_m, 100))
        assert np.asarray(rise_m).max() == pytest.approx(0.033, abs=0.001)
        assert (both > 0.01).mean() > 0.1

    def test_curves_join(self) -> None:
        """The end of a stride is the beginning of the next."""
        curve = gait.periodic(((0.0, 0.0), (0.5, 10.0)))
        assert gait.at(curve, 0.999999) == pytest.approx(float(gait.at(curve, 0.0)), abs=0.01)


def two_bones() -> Body:
    """A stick along z with a joint in its middle; 17 key points that are all its upper end."""
    vertices = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0]])
    coco = np.zeros((17, 3))
    coco[:, 2] = 1.0
    return Body(
        vertices,
        np.tile([1.0, 0.0, 0.0], (3, 1)),
        np.array([[0, 1, 2]]),
        ("root", "top"),
        (-1, 0),
        np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),
        coco,
    )


class TestSkeleton:
    def test_directions_of_turns(self) -> None:
        """About x leans forward (−y), about y tips to the left (+x), about z turns the front to the left."""
        assert about_x(90) @ [0, 0, 1] == pytest.approx([0, -1, 0])
        assert about_y(90) @ [0, 0, 1] == pytest.approx([1, 0, 0])
        assert about_z(90) @ [0, -1, 0] == pytest.approx([1, 0, 0])

    def test_bone_turns_about_its_joint(self) -> None:
        """Bending the upper bone forward by 90° brings its end ahead of the joint and leaves the rest."""
        body = two_bones()
        transforms = bone_transforms(body, BonePose({"top": about_x(90)}, np.zeros(3), np.zeros(3)))
        posed, _ = skin(body.weights, body.vertices_m, body.normals, transforms)
        assert posed == pytest.approx(np.array([[0, 0, 0], [0, 0, 1], [0, -1, 1]]))

    def test_key_points_are_those_of_the_mesh(self) -> None:
        """The short way to the key points gives what regressing the posed mesh gives."""
        body = two_bones()
        pose = BonePose({"root": about_z(30), "top": about_x(40)}, np.zeros(3), np.array([1.0, 2, 3]))
        transforms = bone_transforms(body, pose)
        posed, _ = skin(body.weights, body.vertices_m, body.normals, transforms)
        assert coco_points(body, transforms) == pytest.approx(body.coco @ posed)

    def test_aim_carries_limb_and_hinge(self) -> None:
        """Aiming turns the limb to the wanted direction and its hinge with it."""
        turn = aim(np.array([0.3, 0, -1]), np.array([1.0, 0, 0]), np.array([0, -1.0, 0]), np.array([1.0, 0, 0]))
        assert turn @ (np.array([0.3, 0, -1]) / np.hypot(0.3, 1)) == pytest.approx([0, -1, 0])
        assert np.linalg.det(turn) == pytest.approx(1.0)


class TestTruth:
    @staticmethod
    def points() -> np.ndarray:
        """Shoulders 0.4 m apart, 0.5 m over hips 0.3 m apart, upright."""
        points = np.zeros((17, 3))
        points[5], points[6] = [0.2, 0, 1.5], [-0.2, 0, 1.5]
        points[11], points[12] = [0.15, 0, 1.0], [-0.15, 0, 1.0]
        return points

    @pytest.mark.parametrize("angle_deg", [-10.0, 0.0, 14.0])
    def test_lean(self, angle_deg: float) -> None:
        """Turning the trunk forward by an angle is that lean; backward is negative."""
        points = self.points()
        middle = np.array([0.0, 0.0, 1.0])
        assert truth.lean_deg((points - middle) @ about_x(angle_deg).T) == pytest.approx(angle_deg)

    @pytest.mark.parametrize("angle_deg", [-20.0, 0.0, 13.0])
    def test_yaw(self, angle_deg: float) -> None:
        """Turning the shoulders to the runner's left is positive yaw."""
        assert truth.yaw_deg(self.points() @ about_z(angle_deg).T) == pytest.approx(angle_deg)

    def test_raise_does_not_mind_leaning(self) -> None:
        """Shoulders 60 mm up along a thorax that leans are raised by 60 mm."""
        points = self.points()
        turn, shift = about_x(20.0), np.array([0.1, 0.2, 0.3])
        raised = points + np.array([0, 0, 0.06])
        posed = raised @ turn.T + shift
        assert truth.raise_mm(posed, points[5:7], (turn, shift)) == pytest.approx(60.0)


class TestCommand:
    @staticmethod
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/render_runner."""
        command = [sys.executable, str(ROOT / "scripts" / "render_runner"), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def test_list_names_every_clip(self) -> None:
        """--list shows every clip of the table."""
        done = self.run("--list")
        assert done.returncode == 0
        assert [line.split()[0] for line in done.stdout.splitlines()] == list(CLIPS)

    def test_unknown_clip_is_one_clear_line(self) -> None:
        """An unknown clip ends with status 2 and one line that names the clips there are."""
        done = self.run("demmo")
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "demmo" in done.stderr
        assert "demo" in done.stderr

    def test_clip_counts_its_frames(self) -> None:
        """A clip of 36 s at 20 frames a second has 720 frames."""
        assert Clip("x", 36.0, 20, 0.0, 1).frames == 720
