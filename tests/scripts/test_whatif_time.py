"""scripts/whatif_time, run for real on some seconds: that it measures, not how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from device.poses.log import write_log


def whatif_time(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/whatif_time"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_both_ways_and_the_preview_are_measured() -> None:
    """The usual way, the costly one, and what the service keeps."""
    done = whatif_time("--seconds", 150, "--json")
    assert done.returncode == 0, done.stderr
    numbers = json.loads(done.stdout)
    assert numbers["poses"] == 4500
    assert numbers["duration_s"] == pytest.approx(150, abs=0.1)
    for case in numbers["compare"].values():
        assert case["took_s"] > 0
        assert case["old_cues"] > 0
    assert numbers["preview"]["rows"] > 150
    assert 0 < numbers["preview"]["memory_bytes"] < 3e6


def test_it_is_told_in_words() -> None:
    done = whatif_time("--seconds", 20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("600 poses, 0.3 min\nlimits moved ")
    assert "times faster than it was run" in done.stdout
    assert "\npreview of ten minutes " in done.stdout


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    """A log that is not there, and one with nothing in it."""
    write_log(tmp_path / "empty.npz", np.zeros(0), np.zeros((0, 17, 3)), 640, 480)
    for log in ("nowhere.npz", tmp_path / "empty.npz"):
        done = whatif_time(log)
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("whatif_time: ")
