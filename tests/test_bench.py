"""scripts/bench, run for real on some seconds: that it measures, not how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import CLIPS
from movies import make_movie

from device.poses.log import write_log

ROOT = Path(__file__).parents[1]
STAGES = ("crop", "model call", "decode", "follow", "posture", "faults", "cues")


def bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/bench"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def numbers() -> dict:
    """Twenty seconds of the generated runner, and two of the demonstration film."""
    done = bench("--only", "steps", "--only", "frame", "--seconds", 20, "--film-seconds", 2, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_pose_is_stepped_and_replayed(numbers: dict) -> None:
    """As many poses as asked for, at 30 frames a second."""
    assert numbers["steps"]["poses"] == 600
    assert numbers["steps"]["replay"]["duration_s"] == pytest.approx(599 / 30, abs=0.01)


def test_times_are_in_order(numbers: dict) -> None:
    step = numbers["steps"]["step_us"]
    assert 0 < step["median"] <= step["p99"]
    assert numbers["steps"]["replay"]["processor_s"] > 0


def test_each_stage_has_a_share_of_the_whole(numbers: dict) -> None:
    """No stage is missing from the measured calls, nor counted twice."""
    stages = numbers["steps"]["stages"]
    assert {"window", "rhythm", "fit", "faults", "cues"} <= set(stages)
    assert all(share > 0 for share in stages.values())
    assert sum(stages.values()) == pytest.approx(1)


def test_a_frame_is_timed_stage_by_stage(numbers: dict) -> None:
    """All stages take time; what is the coach's own is all of them but the model's call."""
    frame = numbers["frame"]
    assert frame["size_px"] == [640, 480]
    assert frame["frames"] == pytest.approx(50, abs=15)
    assert set(STAGES) <= set(frame["stages_ms"])
    assert all(each["mean"] > 0 for each in frame["stages_ms"].values())
    own_ms = sum(each["mean"] for stage, each in frame["stages_ms"].items() if stage != "model call")
    assert frame["own_ms"]["mean"] == pytest.approx(own_ms)
    assert frame["stages_ms"]["model call"]["median"] > frame["stages_ms"]["faults"]["median"]
    assert "whole" in frame["crop_ms"]


def test_without_googles_file_frames_are_measured_beside_the_own_model(tmp_path: Path) -> None:
    """The report says so, and gives every number its target."""
    done = bench("--only", "frame", "--film-seconds", 1, "--official", tmp_path / "nowhere.tflite")
    assert done.returncode == 0, done.stderr
    assert "itself, for want of Google's" in done.stdout
    assert "(target ≤ 15.0%: " in done.stdout
    assert "(target ≤ 0.40 ms: " in done.stdout


def test_memory_and_start_are_those_of_the_real_commands(tmp_path: Path) -> None:
    """Live and replayed, both beside the bare script; what the coach keeps of the run is not kept."""
    film = make_movie(tmp_path / "short.mp4", [i / 30 for i in range(30)], (64, 48))
    done = bench("--only", "memory", "--only", "start", "--film", film, "--film-seconds", 2, "--starts", 1, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for kind in ("bare", "run", "replay"):
        assert 20 < told["memory"]["peak_mib"][kind] < 500
        assert told["start"]["processor_s"][kind] > 0
        assert 0 < told["start"]["took_s"][kind] < 60
    assert told["memory"]["of_bare"]["run"] == told["memory"]["peak_mib"]["run"] / told["memory"]["peak_mib"]["bare"]


def test_a_log_of_ones_own_can_be_measured_and_cut(tmp_path: Path) -> None:
    """The numbers for a reader name every stage; ``--seconds`` counts from the log's first pose."""
    keypoints = np.tile(np.float32([320, 240, 0.02]), (90, 17, 1))
    write_log(tmp_path / "nobody.npz", 100 + np.arange(90) / 30, keypoints, 640, 480)
    done = bench(tmp_path / "nobody.npz", "--only", "steps", "--seconds", 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("60 poses, 0.0 min, 0 cues\n")
    for stage in ("window", "rhythm", "fit", "rest of posture", "faults", "cues", "rest of pipeline"):
        assert f"\n  {stage}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nowhere.npz",), 3),
        (("--only", "frame", "--film", "nowhere.mp4"), 3),
        (("--only", "memory", "--film", "nowhere.mp4"), 3),
        (("--only", "frame", "--film-seconds", "1", "--official", str(CLIPS / "demo.json")), 4),
        (("--seconds", "0"), 2),
        (("--starts", "0"), 2),
        (("--only", "all"), 2),
        (("--fast",), 2),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: tuple[str, ...], code: int) -> None:
    done = bench(*arguments)
    assert done.returncode == code, done.stderr
    assert done.stderr.splitlines()[-1].startswith("bench: ")
    assert not done.stdout
