"""Lean and twist in degrees from one stride's marks, without any baseline.

Each gives NaN where the key points it needs were not seen.
"""

from __future__ import annotations

import math

import numpy as np

from device.posture.marks import SHOULDER_WIDTH, TRUNK_AHEAD, TRUNK_UP, Marks
from device.posture.view import SHOULDERS_PER_TRUNK

LEAST_AZIMUTH_DEG = 20.0
"""Nearer to the front a lean's share in the picture, the sine of the azimuth, is too small to divide by (chosen by
us)."""

MOST_TWIST_DEG = 90.0
"""Nobody turns the shoulders by a right angle in a stride (healthy runners: 16–39°, measured on public motion capture):
what reads more comes from marks that do not fit together, and is not told.  Chosen by us."""

_PHASES = 2 * np.pi * np.arange(32) / 32
_ONCE, _TWICE = np.exp(1j * _PHASES), np.exp(2j * _PHASES)
_ALMOST_1 = 0.999
"""Noise may carry a cosine past 1; it is clipped there, never turned into NaN."""


def lean_deg(marks: Marks, azimuth_deg: float, pitch_deg: float = 0.0) -> float:
    """Forward lean in the runner's own sagittal plane, signed, degrees.

    A trunk of length 1 that leans by λ reaches sin λ forward and cos λ up.  A camera at azimuth a, looking down by p,
    shows sin λ·sin a across and cos λ·cos p − sin λ·cos a·sin p up the picture; the quotient of both is solved for λ.

    :param azimuth_deg: of the camera, signed.
    :param pitch_deg: how far the camera looks down.
    """
    if not marks.means[TRUNK_UP] > 0 or not abs(azimuth_deg) >= LEAST_AZIMUTH_DEG:
        return math.nan
    across = float(marks.means[TRUNK_AHEAD] / marks.means[TRUNK_UP])
    azimuth, pitch = math.radians(azimuth_deg), math.radians(pitch_deg)
    shown = math.sin(azimuth) + across * math.cos(azimuth) * math.sin(pitch)
    return math.degrees(math.atan2(across * math.cos(pitch) * math.copysign(1.0, shown), abs(shown)))


def twist_deg(marks: Marks, azimuth_deg: float, unit_px: float) -> float:
    """Range of the thorax' yaw over a stride, degrees.

    The shoulders' width in the picture goes with the cosine of azimuth plus yaw.  Near the front the cosine hardly
    changes, and nothing is told there.

    :param azimuth_deg: of the camera.
    :param unit_px: length of the trunk.
    """
    if not abs(azimuth_deg) >= LEAST_AZIMUTH_DEG:
        return math.nan
    once, twice = 0.5 * marks.swings[0], 0.5 * marks.swings[-1]
    width = marks.means[SHOULDER_WIDTH] + (once * _ONCE + twice * _TWICE).real
    cosine = width / (SHOULDERS_PER_TRUNK * unit_px)
    yaw = np.arccos(np.clip(cosine, -_ALMOST_1, _ALMOST_1))
    range_deg = math.degrees(float(yaw.max() - yaw.min()))
    return range_deg if range_deg <= MOST_TWIST_DEG else math.nan
