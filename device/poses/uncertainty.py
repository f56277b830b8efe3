"""How far off a key point may be, from the peak it was read from.

A point that the network is sure of makes a high and narrow peak; a hidden or a doubtful one, a low and broad one, or
two at once.  The width tells more than the score: on rendered runners that took no part in the fit it puts the errors
in order far better (``scripts/eval_decoder``; the numbers stand in models/README.md).  A point that is taken for the
other side's makes as good a peak as the right one; that no peak can tell.
"""

from __future__ import annotations

import numpy as np

SIGMA_CELLS = 0.057
"""sigma = SIGMA_CELLS × width³ / √score, lengths in cells.  Fitted by ``scripts/eval_decoder --fit`` to the errors of
rendered runners' key points; where the powers were fitted, too, they came out at 3.19 and −0.55."""

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
    sigma: np.ndarray = widths * widths
    sigma *= widths
    sigma *= np.float32(SIGMA_CELLS)
    sigma /= np.sqrt(np.maximum(scores, _LEAST_SCORE))
    np.minimum(sigma, np.float32(MOST_CELLS), out=sigma)
    np.maximum(sigma, np.float32(LEAST_CELLS), out=sigma)
    return sigma
