"""What is written beside a run, row by row."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from device.outputs import PostureOutput
from device.records import Moment, Pose, Posture

COLUMNS = [
    *("t_s", "motion", "view", "azimuth_deg", "lean_deg", "twist_deg", "raised_pct", "rounded_pct"),
    *("head_forward_pct", "cadence_spm", "confidence"),
]


def written(folder: Path, *postures: Posture) -> list[dict[str, str]]:
    """The rows of some postures, read back."""
    out = PostureOutput(folder / "posture.csv")
    for posture in postures:
        out.add(None, Moment(Pose(posture.t_s, np.zeros((17, 3), np.float32), 64, 48), posture, ()))
    out.close()
    with out.path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_measure_has_its_column(tmp_path: Path) -> None:
    """Every value stands under its own name, in its unit, finer than it is known."""
    posture = Posture(
        12.34567,
        motion="running",
        view="oblique",
        azimuth_deg=-47.26,
        lean_deg=5.123,
        twist_deg=27.456,
        raised_pct=4.321,
        rounded_pct=-1.5,
        head_forward_pct=0.25,
        cadence_spm=171.26,
        confidence=0.71234,
    )
    (row,) = written(tmp_path, posture)
    assert list(row) == COLUMNS
    written_so = "12.3457,running,oblique,-47.3,5.12,27.46,4.32,-1.50,0.25,171.3,0.712"
    assert list(row.values()) == written_so.split(",")


def test_what_is_not_known_is_empty(tmp_path: Path) -> None:
    """No runner: time, motion and confidence are there, nothing else, and no row is shorter than another."""
    nobody, standing = written(tmp_path, Posture(0.0), Posture(0.1, motion="standing", confidence=0.5))
    assert [name for name, value in nobody.items() if value] == ["t_s", "motion", "confidence"]
    assert (nobody["motion"], standing["motion"]) == ("absent", "standing")
    assert None not in nobody
    assert None not in nobody.values()
