"""The steps that a pose's numbers come in.

They are far finer than what the model can know, and so coarse that a log of them packs well.  Poses are rounded when
they are made, so that a log that keeps the steps lets the coach say the very same at the same times.  Chosen by us.
"""

from __future__ import annotations

import numpy as np

PER_PX = 32
"""Steps of a place in a pixel of the frame."""

PER_SCORE = 200
"""Steps of a score from 0 to 1.  A score stands for the middle of its step, clear of any limit in whole hundredths."""

STEPS_PX = (2.0 ** ((np.arange(64) - 16) / 4)).astype(np.float32)
"""What an uncertainty in pixels of the frame may be: 1/16 to 3,400, each 19 % more than the one before."""

_PER = np.array([PER_PX, PER_PX, PER_SCORE], np.float32)
_NEAREST, _MIDDLE = np.array([0.5, 0.5, 0.0], np.float32), np.array([0.0, 0.0, 0.5], np.float32)
_BOUNDS_PX = STEPS_PX[:-1] * np.float32(2 ** (1 / 8))


def stepped(keypoints: np.ndarray) -> np.ndarray:
    """Key points float32 (17, 3) = x_px, y_px, score, each at the nearest step, as a new array."""
    whole: np.ndarray = keypoints * _PER
    whole += _NEAREST
    np.floor(whole, out=whole)
    whole += _MIDDLE
    whole /= _PER
    np.minimum(whole[:, 2], 1, out=whole[:, 2])
    return whole


def steps(sigma_px: np.ndarray) -> np.ndarray:
    """The nearest of :data:`STEPS_PX` to uncertainties, as its number, uint8."""
    return _BOUNDS_PX.searchsorted(sigma_px).astype(np.uint8)


def stepped_sigma(sigma_px: np.ndarray) -> np.ndarray:
    """Uncertainties, each at the nearest of :data:`STEPS_PX`."""
    found: np.ndarray = STEPS_PX.take(_BOUNDS_PX.searchsorted(sigma_px))
    return found
