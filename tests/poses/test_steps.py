"""The steps that poses come in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from device.poses.steps import PER_PX, PER_SCORE, STEPS_PX, stepped, stepped_sigma, steps

places = arrays(np.float32, (17, 2), elements=st.floats(-2000, 6000, width=32))
scores = arrays(np.float32, (17, 1), elements=st.floats(0, 1, width=32))


@given(places, scores)
def test_what_is_rounded_stays(xy: np.ndarray, score: np.ndarray) -> None:
    """To the nearest step, scores still 0 to 1; and rounding once more changes nothing."""
    keypoints = np.concatenate([xy, score], axis=1)
    rounded = stepped(keypoints)
    assert rounded.dtype == np.float32
    assert np.abs(rounded - keypoints)[:, :2].max() <= 0.5 / PER_PX + 1e-3
    assert np.abs(rounded - keypoints)[:, 2].max() <= 0.5 / PER_SCORE + 1e-6
    assert rounded[:, 2].max() <= 1
    assert (stepped(rounded) == rounded).all()


@pytest.mark.parametrize("limit", [0.05, 0.2, 0.3, 0.7])
def test_a_score_stays_on_its_side_of_a_limit(limit: float) -> None:
    """No score is rounded across a limit, nor onto it."""
    keypoints = np.zeros((17, 3), np.float32)
    keypoints[:2, 2] = np.nextafter(np.float32(limit), np.array([0, 1], np.float32))
    below, above = stepped(keypoints)[:2, 2].tolist()
    assert below < limit < above


@given(arrays(np.float32, (17,), elements=st.floats(2**-7, 5000, width=32)))
def test_uncertainties_come_in_nearest_steps(sigma_px: np.ndarray) -> None:
    """Each is within a tenth of what it was, but for what lies beyond the steps."""
    rounded = stepped_sigma(sigma_px)
    within = np.clip(sigma_px, STEPS_PX[0], STEPS_PX[-1])
    assert np.abs(np.log(rounded / within)).max() <= np.log(2) / 8 + 1e-5
    assert (stepped_sigma(rounded) == rounded).all()
    assert (STEPS_PX[steps(sigma_px)] == rounded).all()
