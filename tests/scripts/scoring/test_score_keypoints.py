"""Errors of key points with known answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handmade import cache_in, keep_exact, record, truth, write
from scoring.errors import ScoreError
from scoring.keypoints import MIRRORED, compare

from device.poses.log import KeypointLog
from device.records import KEYPOINTS, L_ANKLE, L_ELBOW, L_KNEE, NOSE, R_ANKLE, R_ELBOW, R_KNEE


@pytest.fixture
def log(tmp_path: Path) -> KeypointLog:
    """Exact poses of :func:`known`."""
    cache = cache_in(tmp_path / "poses")
    clip = write(tmp_path, record(4.0))
    clip.write_bytes(b"any")
    keep_exact(cache, clip)
    return KeypointLog(cache.place(clip))


def test_every_point_has_its_counterpart() -> None:
    """Left and right change places, the nose stays."""
    assert KEYPOINTS[MIRRORED[L_ANKLE]] == "right_ankle"
    assert MIRRORED[NOSE] == NOSE
    assert (MIRRORED[MIRRORED] == np.arange(17)).all()


def test_exact_points_have_no_error(tmp_path: Path, log: KeypointLog) -> None:
    """Three frames a second or a little more are compared, and all agree."""
    errors = compare(truth(tmp_path, seconds=4.0), log)
    assert 11 <= len(errors.t_s) <= 16
    assert errors.error_px.max() < 0.01
    assert not errors.lost.any()
    assert not errors.swapped.any()


def test_an_offset_is_told_in_pixels_and_in_trunks(tmp_path: Path, log: KeypointLog) -> None:
    """An elbow 3 px right and 4 px down is 5 px off; the share is of the true trunk."""
    log.keypoints[:, L_ELBOW, :2] += (3, 4)
    errors = compare(truth(tmp_path, seconds=4.0), log)
    np.testing.assert_allclose(errors.error_px[:, L_ELBOW], 5.0, atol=0.01)
    np.testing.assert_allclose(errors.error[:, L_ELBOW] * errors.trunk_px, 5.0, atol=0.01)
    assert np.delete(errors.error_px, L_ELBOW, axis=1).max() < 0.01


def test_left_for_right_is_told(tmp_path: Path, log: KeypointLog) -> None:
    """Ankles that changed places are swapped where they lie apart; nothing else is."""
    log.keypoints[:, [L_ANKLE, R_ANKLE]] = log.keypoints[:, [R_ANKLE, L_ANKLE]]
    errors = compare(truth(tmp_path, seconds=4.0), log)
    far = errors.error_px[:, L_ANKLE] > 0.1 * errors.trunk_px
    assert far.any()
    assert (errors.swapped[:, L_ANKLE] == far).all()
    assert not np.delete(errors.swapped, [L_ANKLE, R_ANKLE], axis=1).any()


def test_another_person_is_a_lost_runner(tmp_path: Path, log: KeypointLog) -> None:
    """Half a trunk to the side: somebody else was followed."""
    log.keypoints[: len(log.t_s) // 2, :, 0] += 150
    assert compare(truth(tmp_path, seconds=4.0), log).lost.mean() == pytest.approx(0.5, abs=0.1)


def test_legs_lose_no_runner(tmp_path: Path, log: KeypointLog) -> None:
    """The model is not shown the legs: however wrong they are, the runner is followed, and a frame in which only they
    are visible says nothing."""
    legs = [L_KNEE, R_KNEE, L_ANKLE, R_ANKLE]
    log.keypoints[:, legs, :2] += 400
    known = truth(tmp_path, seconds=4.0)
    known.keypoints[0, :L_KNEE, 2] = 0
    errors = compare(known, log)
    assert errors.error_px[:, legs].min() > 100
    assert np.isnan(errors.middle[0])
    assert errors.middle[1:].max() < 0.001


def test_hidden_points_are_kept_apart(tmp_path: Path, log: KeypointLog) -> None:
    """Visibility comes from the truth, and a frame without any visible point has no middle error."""
    known = truth(tmp_path, seconds=4.0)
    known.keypoints[:, NOSE, 2] = 0
    known.keypoints[0, :, 2] = 0
    known.keypoints[1:, L_ELBOW] = (-1.0, 100.0, 0)
    errors = compare(known, log)
    assert not errors.visible[:, NOSE].any()
    assert errors.hidden[:, NOSE].all()
    assert errors.visible[1:, R_ELBOW].all()
    # Beyond the picture's edge is neither.
    assert not errors.hidden[1:, L_ELBOW].any()
    assert not errors.visible[1:, L_ELBOW].any()
    assert np.isnan(errors.lost[0])


def test_frames_without_a_runner_say_nothing(tmp_path: Path, log: KeypointLog) -> None:
    """Nobody there: no errors, and none to divide by."""
    known = truth(tmp_path, seconds=4.0, at=lambda t_s: None)
    errors = compare(known, log)
    assert len(errors.t_s) == len(errors.lost) == 0


def test_the_truth_of_another_film_is_refused(tmp_path: Path, log: KeypointLog) -> None:
    """Other times or another size: the film is named."""
    with pytest.raises(ScoreError, match="made: the truth is of another film"):
        compare(truth(tmp_path, seconds=4.0, fps=23.0), log)
    with pytest.raises(ScoreError, match="another film: 320×240, not 640×480"):
        compare(truth(tmp_path, seconds=4.0, size=(320, 240)), log)
