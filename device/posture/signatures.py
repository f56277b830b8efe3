"""How each fault shows in the marks, and how marks scatter without any: the numbers that changes are read by.

``scripts/calibrate`` writes :mod:`device.posture.tables` from rendered runners whose posture is known.
"""

from __future__ import annotations

import numpy as np

from device.posture import tables
from device.posture.marks import MEANS, SWINGS

CHANGES = ("lean_deg", "raised_pct", "rounded_pct", "head_forward_pct", "twist_growth")
SIZE = len(MEANS) + len(SWINGS)

PRIOR = np.array([8.0, 5.0, 4.0, 5.0, 0.6])
"""How large changes are to be expected, one standard deviation each (chosen by us: about the faults to be called)."""

SIGNATURES = np.array(tables.SIGNATURES).reshape(3, SIZE, len(CHANGES)) / 1e4
SCATTER = np.array(tables.SCATTER).reshape(3, SIZE, SIZE) / 1e6
FLUTTER = np.array(tables.FLUTTER).reshape(3, SIZE) / 1e4


def signature(azimuth_deg: float) -> np.ndarray:
    """(20, 5) what one unit of each change does to the marks, in trunk lengths.

    A movement in space shows across the picture with the cosine or the sine of the azimuth, along it with neither.
    """
    angle = np.radians(abs(azimuth_deg))
    return np.asarray(np.tensordot([1.0, np.cos(angle), np.sin(angle)], SIGNATURES, 1))


def scatter(azimuth_deg: float) -> np.ndarray:
    """(20, 20) covariance of the marks' differences from a baseline while nothing has changed, trunk lengths²."""
    return np.asarray(np.tensordot(_weights(azimuth_deg), SCATTER, 1))


def flutter(azimuth_deg: float) -> np.ndarray:
    """(20,) how much marks differ from stride to stride, one standard deviation in trunk lengths."""
    return np.asarray(_weights(azimuth_deg) @ FLUTTER)


def _weights(azimuth_deg: float) -> np.ndarray:
    """Shares of the three views that tables were made for, between whose azimuths all goes straight."""
    size = min(max(abs(azimuth_deg), tables.AZIMUTHS_DEG[0]), tables.AZIMUTHS_DEG[-1])
    return np.array([np.interp(size, tables.AZIMUTHS_DEG, row) for row in np.eye(3)])
