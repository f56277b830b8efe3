"""scripts/bench, run for real on some seconds: that it measures, not how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device.poses.log import write_log

ROOT = Path(__file__).parents[1]


def bench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/bench"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def numbers() -> dict:
    """Twenty seconds of the generated runner."""
    done = bench("--seconds", 20, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_pose_is_stepped_and_replayed(numbers: dict) -> None:
    """As many poses as asked for, at 30 frames a second."""
    assert numbers["poses"] == 600
    assert numbers["replay"]["duration_s"] == pytest.approx(599 / 30, abs=0.01)


def test_times_are_in_order_and_beside_the_models(numbers: dict) -> None:
    step = numbers["step_us"]
    assert 0 < step["median"] <= step["p99"]
    assert numbers["model_ms"] > 0
    assert numbers["replay"]["processor_s"] > 0


def test_each_stage_has_a_share_of_the_whole(numbers: dict) -> None:
    """No stage is missing from the measured calls, nor counted twice."""
    assert {"window", "rhythm", "fit", "faults", "cues"} <= set(numbers["stages"])
    assert all(share > 0 for share in numbers["stages"].values())
    assert sum(numbers["stages"].values()) == pytest.approx(1)


def test_a_log_of_ones_own_can_be_measured_and_cut(tmp_path: Path) -> None:
    """The numbers for a reader name every stage; ``--seconds`` counts from the log's first pose."""
    keypoints = np.tile(np.float32([320, 240, 0.02]), (90, 17, 1))
    write_log(tmp_path / "nobody.npz", 100 + np.arange(90) / 30, keypoints, 640, 480)
    done = bench(tmp_path / "nobody.npz", "--seconds", 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("60 poses, 0.0 min, 0 cues\n")
    for stage in ("window", "rhythm", "fit", "rest of posture", "faults", "cues", "rest of pipeline"):
        assert f"\n  {stage}" in done.stdout


@pytest.mark.parametrize(("arguments", "code"), [(("nowhere.npz",), 3), (("--seconds", "0"), 2), (("--fast",), 2)])
def test_what_is_wrong_is_said_in_one_line(arguments: tuple[str, ...], code: int) -> None:
    done = bench(*arguments)
    assert done.returncode == code
    assert done.stderr.splitlines()[-1].startswith("bench: ")
    assert not done.stdout
