"""The predicted error of a key point."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device.poses.uncertainty import LEAST_CELLS, MOST_CELLS, sigma_cells

score = st.floats(0, 1, width=32)
width = st.floats(0, 8, width=32)


def one(score: float, width: float) -> float:
    return float(sigma_cells(np.array([score], np.float32), np.array([width], np.float32))[0])


@given(score, width, width)
def test_grows_with_the_width(score: float, one_width: float, other: float) -> None:
    """Of two peaks of one height the broader is less sure."""
    narrow, broad = sorted((one_width, other))
    assert one(score, narrow) <= one(score, broad)


@given(score, score, width)
def test_falls_with_the_score(one_score: float, other: float, width: float) -> None:
    """Of two peaks of one width the higher is surer."""
    low, high = sorted((one_score, other))
    assert one(high, width) <= one(low, width)


@given(score, width)
def test_stays_within_its_bounds(score: float, width: float) -> None:
    """Whatever the peak, the answer is a number that can be divided by."""
    sigma = sigma_cells(np.array([score], np.float32), np.array([width], np.float32))
    assert sigma.dtype == np.float32
    assert np.float32(LEAST_CELLS) <= sigma[0] <= np.float32(MOST_CELLS)


def test_nothing_known_is_the_most() -> None:
    """Where nothing is known of a peak, its point may be anywhere."""
    assert one(0.0, np.inf) == MOST_CELLS
    assert one(0.0, 4.2) == MOST_CELLS


def test_a_clear_peak() -> None:
    """A clear point of a runner is placed within half a cell, 2 px; a doubtful one is not."""
    assert one(0.7, 1.8) < 0.5
    assert one(0.3, 2.6) > 1.0
