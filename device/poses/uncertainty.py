"""How far off a key point may be, from the peak it was read from.

A point that the network is sure of makes a high and narrow peak; a hidden or a doubtful one, a low and broad one, or
two at once.  The width tells more than the score: on rendered runners that took no part in the fit, sigma puts the
errors in order with a rank correlation of 0.52, the score alone with 0.12 (``scripts/eval_decoder``).  A point that is
taken for the other side's makes as good a peak as the right one; that no peak can tell.
"""

from __future__ import annotations

import numpy as np

SIGMA_CELLS, SCORE_POWER, WIDTH_POWER = 0.0485, -0.51, 3.25
"""sigma = SIGMA_CELLS × score ** SCORE_POWER × width ** WIDTH_POWER, both in cells.  Fitted by ``scripts/eval_decoder
--fit`` to the errors of rendered runners' key points."""

LEAST_CELLS, MOST_CELLS = 0.1, 8.0
"""The bounds of sigma: the errors of the surest tenth, and a sixth of the picture.  Chosen by us."""

_LEAST_SCORE = np.float32(1e-3)


def sigma_cells(scores: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """One standard deviation of the key points' errors along one axis, in cells, float32.

    It is that of the error from frame to frame: the constant way from a joint to the point that COCO's annotators mark
    is not in it.

    :param scores: of the key points, 0..1.
    :param widths: of their peaks in cells, as :meth:`device.poses.heads.HeadsDecoder.decode` gives them; infinity where
        nothing is known.
    """
    sigma = np.maximum(scores, _LEAST_SCORE) ** np.float32(SCORE_POWER)
    sigma *= widths ** np.float32(WIDTH_POWER)
    sigma *= np.float32(SIGMA_CELLS)
    bounded: np.ndarray = np.clip(sigma, np.float32(LEAST_CELLS), np.float32(MOST_CELLS)).astype(np.float32, copy=False)
    return bounded


STEPS_PX = (2.0 ** ((np.arange(64) - 16) / 4)).astype(np.float32)
"""What an uncertainty in pixels of the frame may be: from 1/16 of a pixel to 3,400, each 19 % more than the one before.
So coarse it packs well, and a log that keeps the steps' numbers lets the coach say the very same.  Chosen by us."""


def steps(sigma_px: np.ndarray) -> np.ndarray:
    """The nearest of :data:`STEPS_PX`, as its number, uint8."""
    numbers = np.rint(4 * np.log2(np.maximum(sigma_px, STEPS_PX[0]))) + 16
    return np.asarray(np.minimum(numbers, len(STEPS_PX) - 1), np.uint8)
