"""How far the thorax turned to the left and to the right, for one who is to see which side it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from device.posture import view as views
from device.posture.core import STRIDES_FITTED
from device.posture.fit import fit, without_jumps
from device.posture.marks import POINTS, SHOULDER_WIDTH, marks
from device.posture.measures import LEAST_AZIMUTH_DEG
from device.records import Pose

_PHASES = 2 * np.pi * np.arange(32) / 32
_FEWEST = 8
"""So many frames a fit needs (as :func:`device.posture.fit.fit` does)."""


def window_s(cadence_spm: float) -> float:
    """How long before the end of a stride its poses begin."""
    return STRIDES_FITTED * 120.0 / cadence_spm


def yaw_deg(
    poses: Sequence[Pose], azimuth_deg: float, cadence_spm: float, min_score: float
) -> tuple[float | None, float | None]:
    """The largest turn to the left and to the right of the running direction within the last strides, degrees.

    The shoulders' width in the picture goes with the cosine of azimuth plus yaw, as in
    :func:`device.posture.measures.twist_deg`.  An error of the azimuth goes into both sides, with opposite signs.

    :param poses: those of the last :func:`window_s`.
    :returns: None, None where it cannot be told: from the front, or with too little seen.
    """
    if len(poses) < _FEWEST or not abs(azimuth_deg) >= LEAST_AZIMUTH_DEG:
        return None, None
    times = np.array([pose.t_s for pose in poses])
    points = np.array([pose.keypoints for pose in poses], np.float64)
    places = points[:, :POINTS, :2]
    seen = (points[:, :POINTS, 2:] >= min_score) & np.isfinite(places)
    rows = np.where(seen, places, np.nan).reshape(len(poses), -1)
    toward = marks(fit(times, without_jumps(rows), 120.0 / cadence_spm)).facing(azimuth_deg)
    once, twice = 0.5 * toward.swings[0], 0.5 * toward.swings[-1]
    width = toward.means[SHOULDER_WIDTH] + (once * np.exp(1j * _PHASES) + twice * np.exp(2j * _PHASES)).real
    unit_px = views.unit_px(toward, azimuth_deg)
    if not (unit_px > 0 and np.isfinite(width).all()):
        return None, None
    angle = np.degrees(np.arccos(np.clip(width / (views.SHOULDERS_PER_TRUNK * unit_px), -0.999, 0.999)))
    yaw = math.copysign(1.0, azimuth_deg) * angle - azimuth_deg  # to the left is positive, seen from above
    return round(float(yaw.max()), 2), round(float(-yaw.min()), 2)
