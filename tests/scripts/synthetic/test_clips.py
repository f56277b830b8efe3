"""The shipped clips and their truth agree."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from synthetic import checking
from synthetic.clips import CLIPS, KEYPOINTS_EVERY, SEVERITY
from synthetic.description import FAULT_KINDS

ROOT = Path(__file__).resolve().parents[3]
CLIPS_DIR = ROOT / "tests" / "clips"
NAMES = sorted(CLIPS)
RUNNING = [name for name in NAMES if CLIPS[name].runner]
LARGEST_BYTES = 6_500_000


def load(name: str) -> dict[str, Any]:
    """The truth of one clip."""
    record: dict[str, Any] = json.loads((CLIPS_DIR / f"{name}.json").read_text(encoding="utf-8"))
    return record


def series(record: dict[str, Any], key: str) -> np.ndarray:
    """One measure of every frame."""
    return np.array(record["frames"][key], dtype=float)


def steady(record: dict[str, Any], kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the frames in which a fault is fully on, and of those in which none is on at all."""
    t_s = series(record, "t_s")
    on = np.zeros(len(t_s), bool)
    none = np.ones(len(t_s), bool)
    for span in record["faults"]:
        none &= (t_s < span["start_s"] - 0.5) | (t_s > span["end_s"] + span["ramp_s"] + 0.5)
        if span["kind"] == kind:
            on |= (t_s > span["start_s"] + span["ramp_s"] + 0.5) & (t_s < span["end_s"] - 0.5)
    return on, none


def test_every_clip_has_its_truth_and_the_reverse() -> None:
    """The folder holds one MP4 and one JSON for each clip of the table, and nothing else of either kind."""
    for kind in ("mp4", "json"):
        assert sorted(p.stem for p in CLIPS_DIR.glob(f"[!.]*.{kind}")) == NAMES


def test_clips_are_small() -> None:
    """All clips with their truth stay under 6.5 MB, so that a clone stays light."""
    assert sum(p.stat().st_size for p in CLIPS_DIR.iterdir()) < LARGEST_BYTES


def test_readme_names_every_clip() -> None:
    """tests/README.md says where every shipped clip comes from."""
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_video_agrees_with_truth(name: str) -> None:
    """Frame count, size, rate and times of the video are those that the truth states."""
    record = load(name)
    with av.open(str(CLIPS_DIR / f"{name}.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (record["width_px"], record["height_px"])
        times_s = sorted(float(p.pts * stream.time_base) for p in container.demux(stream) if p.size)
    assert times_s == pytest.approx(series(record, "t_s").tolist(), abs=0.002)
    assert len(times_s) == round(record["duration_s"] * record["fps"])


@pytest.mark.parametrize("name", NAMES)
def test_truth_agrees_with_the_table(name: str) -> None:
    """What a clip's truth says it is, is what the table of clips would render."""
    record, clip = load(name), CLIPS[name]
    assert checking.parse(record["description"]) == clip
    assert (record["clip"], record["view"], record["fps"]) == (name, clip.view, clip.sensor.fps)
    assert record["camera"]["azimuth_deg"] == clip.viewpoint.azimuth_deg
    assert [s["fault"] for s in record["faults"]] == [FAULT_KINDS[s.kind].fault for s in clip.faults]


def test_demo_shows_each_fault_in_turn() -> None:
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
def test_good_form_is_good(name: str) -> None:
    """Outside the faults the runner leans 2-8°, twists 18-34° and holds the shoulders where they hang."""
    record = load(name)
    _, none = steady(record, "")
    assert 2 < series(record, "lean_deg")[none].mean() < 8
    assert 18 < np.median(series(record, "twist_deg")[none]) < 34
    assert np.abs(series(record, "shoulder_raise_mm")[none]).max() < 12


@pytest.mark.parametrize("name", RUNNING)
def test_each_fault_shows_in_the_measured_truth(name: str) -> None:
    """Measured on the mesh, each fault is there by its severity while it is on, and leaves the others alone."""
    record = load(name)
    lean, raised, twist = (series(record, key) for key in ("lean_deg", "shoulder_raise_mm", "twist_deg"))
    for kind in {s["kind"] for s in record["faults"]}:
        on, none = steady(record, kind)
        leaned = lean[on].mean() - lean[none].mean()
        rose = raised[on].mean() - raised[none].mean()
        twisted = np.median(twist[on]) / np.median(twist[none])
        size = SEVERITY[kind]
        # Rounding the shoulders brings their key points forward, which counts as a degree or two of lean.
        spare_deg = 3.0 if kind == "shoulders_raised" else 1.0
        assert leaned == pytest.approx(size if kind == "lean_hips" else 0, abs=spare_deg)
        assert rose == pytest.approx(size if kind == "shoulders_raised" else 0, abs=6.0)
        assert twisted == pytest.approx(size if kind == "twist" else 1, abs=0.15)


@pytest.mark.parametrize("name", RUNNING)
def test_key_points_are_in_the_picture(name: str) -> None:
    """Every tenth frame has 17 key points, all within the picture with a margin, head above feet."""
    record = load(name)
    points = np.array(record["keypoints_px"])[..., :2]
    assert record["keypoints_every"] == KEYPOINTS_EVERY
    assert points.shape == (-(-len(record["frames"]["t_s"]) // KEYPOINTS_EVERY), 17, 2)
    assert (points > 10).all()
    assert (points < [record["width_px"] - 10, record["height_px"] - 10]).all()
    assert (points[:, 0, 1] < points[:, 15:, 1].min(axis=1)).all()


@pytest.mark.parametrize("name", [n for n in RUNNING if CLIPS[n].view == "front"])
def test_left_stays_left(name: str) -> None:
    """Seen from the front, the runner's left shoulder, hip and ear are on the picture's right."""
    points = np.array(load(name)["keypoints_px"])
    for left in (3, 5, 11):
        assert (points[:, left, 0] > points[:, left + 1, 0]).all()


def test_nobody_has_no_key_points() -> None:
    """The clip of the empty treadmill states no measures of a runner."""
    record = load("nobody")
    assert record["cadence_spm"] is None
    assert set(record["keypoints_px"]) == set(record["frames"]["lean_deg"]) == {None}
