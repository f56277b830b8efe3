"""The strides that are shown as skeletons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reported_runs
from reported_runs import Made

from device.advice import book
from device.records import L_HIP, L_SHOULDER, L_WRIST, NOSE, R_HIP, R_SHOULDER, R_WRIST
from device.report import figures, material, poses
from device.report.poses import Shown, Skeleton
from device.runs import PoseLog, log_path, writing
from device.settings import PainSettings

LEANING = (("forward_lean", 60.0, 90.0),)
RAISED = (("hunched_shoulders", 60.0, 90.0),)
TWISTED = (("torso_twist", 60.0, 90.0),)


def shown(folder: Path, made: Made) -> Shown | None:
    """What is shown of such a run."""
    with writing(folder)[0] as store:
        number = reported_runs.add(store, made, folder)
        m = material.read(store, number, book.load(book.shipped("en")), PainSettings(), None)
    measures, main = figures.measures(m), figures.main_fault(figures.faults(m))
    return poses.shown(m, measures, main, PoseLog(log_path(folder, m.run["uuid"])))


def tilt_deg(one: Skeleton) -> float:
    """Of the trunk in the picture, from the vertical."""
    across, up = one.middle[[L_SHOULDER, R_SHOULDER]].mean(axis=0) - one.middle[[L_HIP, R_HIP]].mean(axis=0)
    return float(np.degrees(np.arctan2(across, up)))


def test_the_worst_leans(tmp_path: Path) -> None:
    """The worst stride is from the time with the fault, and leans in the picture as it did; the others do not."""
    found = shown(tmp_path, Made(minutes=3, spells=LEANING, azimuth_deg=90.0, view="side"))
    assert found is not None
    assert found.good is not None
    assert 61 < found.worst.t_s < 91
    assert found.worst_fault == "forward_lean"
    assert found.worst.out == {"lean"}
    assert found.learned
    assert found.good.t_s < 14
    assert tilt_deg(found.worst) == pytest.approx(14, abs=1)
    assert tilt_deg(found.typical) == pytest.approx(2, abs=1)
    assert tilt_deg(found.good) == pytest.approx(2, abs=1)


def test_the_worst_shrugs(tmp_path: Path) -> None:
    """Raised shoulders are higher in the picture, and the head is not."""
    found = shown(tmp_path, Made(minutes=3, spells=RAISED))
    assert found is not None
    shoulders = [one.middle[[L_SHOULDER, R_SHOULDER], 1].mean() for one in (found.worst, found.typical)]
    assert shoulders[0] - shoulders[1] == pytest.approx(0.06, abs=0.02)  # 30 mm of a trunk of 500 mm
    assert found.worst.middle[NOSE, 1] == pytest.approx(found.typical.middle[NOSE, 1], abs=0.02)


def test_arms_at_both_ends_of_their_swing(tmp_path: Path) -> None:
    """The hands are where they are furthest apart, to and fro; hips stay in the middle."""
    found = shown(tmp_path, Made(minutes=3, spells=TWISTED))
    assert found is not None
    to, fro = found.typical.ends
    assert (to[L_WRIST, 0] - to[R_WRIST, 0]) - (fro[L_WRIST, 0] - fro[R_WRIST, 0]) > 0.3
    assert found.typical.middle[[L_HIP, R_HIP]].mean(axis=0) == pytest.approx([0, 0], abs=1e-6)


def test_good_form_of_an_earlier_run(tmp_path: Path) -> None:
    """Its own seconds are not in this log: the stride most like it is shown, and said to be that."""
    found = shown(tmp_path, Made(minutes=3, spells=LEANING, baseline="recalled"))
    assert found is not None
    assert found.good is not None
    assert not found.learned
    assert not 60 < found.good.t_s < 91


def test_nothing_to_show(tmp_path: Path) -> None:
    """With nothing judged no stride is the worst, and one without a baseline has no good form to lie over."""
    assert shown(tmp_path, Made(minutes=1, spells=(), watched=())) is None
    found = shown(tmp_path, Made(minutes=1, spells=(), watched=("forward_lean",), baseline=None))
    assert found is not None
    assert found.good is None
