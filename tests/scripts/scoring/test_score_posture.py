"""Readings beside the truth: a stick man is read as he is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from handmade import truth
from scoring.coaching import HIDDEN_SCORE, SEEN_SCORE, UNSEEN_SCORE, Coached, coach, true_poses
from scoring.posture import readings, steady
from stickman import Stickman

from device.records import L_ANKLE, L_EAR, L_KNEE, NOSE, R_ANKLE, R_EAR, R_KNEE, Posture


def test_steady_is_after_any_ramp(tmp_path: Path) -> None:
    """Before, within and until 4 s after a ramp of a fault or an activity nothing is judged; within the fault it is."""
    known = truth(tmp_path, faults=[("lean_hips", 20, 40, 10)], activities=[("drink", 50, 53)])
    judged = [steady(known, t) for t in (3.0, 4.5, 20.0, 20.5, 24.9, 25.1, 39.9, 40.5, 44.9, 45.1, 50.5, 58.1)]
    assert judged == [False, True, True, False, False, True, True, False, False, True, False, True]


def test_only_running_is_judged(tmp_path: Path) -> None:
    """Who stood within the last 4 s is not steady."""
    known = truth(tmp_path, running=lambda t_s: not 10 < t_s < 20)
    assert [steady(known, t) for t in (9.9, 15.0, 23.0, 24.1)] == [True, False, False, True]


def test_a_known_lean_is_compared_with_itself(tmp_path: Path) -> None:
    """A stick man of 4°, later 14°: read and true change are both 10°, whatever the offset."""
    known = truth(
        tmp_path,
        faults=[("lean_hips", 30, 60, 10)],
        at=lambda t: Stickman(lean_deg=4.0 + 10.0 * min(1, max(0, t - 30))),
    )
    poses = true_poses(known)
    assert poses is not None
    read = readings(known, coach(poses))
    late = read.t_s > 35
    assert late.sum() > 20
    np.testing.assert_allclose(read.lean_true[late], 14.0, atol=1e-6)
    np.testing.assert_allclose(read.lean_change_true[late], 10.0, atol=1e-6)
    np.testing.assert_allclose(read.lean_change_read[late], 10.0, atol=1.5)
    np.testing.assert_allclose(read.cadence_read, 170.0, atol=1.0)
    # Before there is a baseline there is no change.
    assert np.isnan(read.lean_change_read[read.t_s < 10]).all()


def test_a_cadence_that_drifts_is_compared_with_itself(tmp_path: Path) -> None:
    """A runner who takes one step a minute more each second: what is read is of the last 3.5 s, and so is the truth."""
    known = truth(tmp_path, seconds=40, at=lambda t: Stickman(cadence_spm=150 + t))
    poses = true_poses(known)
    assert poses is not None
    read = readings(known, coach(poses))
    np.testing.assert_allclose(read.cadence_true, 150 + read.t_s - 3.5 / 2, atol=0.1)
    # It is looked for twice a second: a quarter of a step old on average.
    assert np.nanmean(read.cadence_read - read.cadence_true) == pytest.approx(-0.25, abs=0.3)


def test_raised_shoulders_are_told_in_millimetres_of_the_runners_trunk(tmp_path: Path) -> None:
    """8 per cent of the trunk of a person of 1.75 m are 40 mm."""
    known = truth(tmp_path, seconds=10)
    read = readings(known, Coached([], [Posture(8.0, "running", raised_pct=8.0)], [()]))
    np.testing.assert_allclose(read.raise_change_read, [40.0], atol=0.5)


def test_true_points_keep_what_the_camera_cannot_know_apart(tmp_path: Path) -> None:
    """Seen, hidden within the picture, beyond its edge or below the model's square, and nobody there: each has its own
    score."""
    known = truth(tmp_path, seconds=1, at=lambda t_s: None if t_s > 0.7 else Stickman())
    known.keypoints[0, L_EAR, 2] = 0
    known.keypoints[0, R_EAR] = (-5.0, 100.0, 0)
    poses = true_poses(known)
    assert poses is not None
    poses = list(poses)
    expected = {NOSE: SEEN_SCORE, L_EAR: HIDDEN_SCORE, R_EAR: UNSEEN_SCORE}
    expected |= dict.fromkeys((L_KNEE, R_KNEE, L_ANKLE, R_ANKLE), UNSEEN_SCORE)
    assert poses[0].keypoints[list(expected), 2].tolist() == pytest.approx(list(expected.values()))
    assert set(poses[-1].keypoints[:, 2].tolist()) == {np.float32(UNSEEN_SCORE)}


def test_true_points_that_are_too_far_apart_are_not_used(tmp_path: Path) -> None:
    """10 frames a second are the coach's least; finer ones are thinned to about that."""
    known = truth(tmp_path, seconds=4)
    poses = true_poses(known)
    assert poses is not None
    assert len(list(poses)) == 40
    assert true_poses(replace(known, keypoints_every=3, keypoints=known.keypoints[::3])) is None
