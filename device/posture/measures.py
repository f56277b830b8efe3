"""Lean, twist and shoulders from a fitted stride.

Each takes ``terms``, the array (6, C) that :func:`device.posture.fit.fit` makes of the signals, and gives NaN where the
key points it needs were not seen.
"""

from __future__ import annotations

import math

import numpy as np

from device.posture.fit import swing
from device.posture.signals import EAR_UP, ELBOW_X, SHOULDER_SPAN, TRUNK_UP, TRUNK_X
from device.posture.view import SHOULDERS_PER_TRUNK

ELBOWS_BEHIND = 0.30
"""How far the elbows hang behind the shoulders' axis, in trunk lengths.  From the front they move sideways by this
times the sine of the yaw.  From public motion capture: a yaw range 1.9 times as large moves them by 0.12 trunk lengths
more."""

_ALMOST_1 = 0.999
"""Noise may carry a sine past 1; it is clipped there, never turned into NaN."""


def trunk_px(terms: np.ndarray) -> float:
    """Length of the trunk in the picture, shoulders' middle to hips' middle; NaN unless the trunk is upright."""
    if not terms[0, TRUNK_UP] > 0:
        return math.nan
    return math.hypot(terms[0, TRUNK_X], terms[0, TRUNK_UP])


def span(terms: np.ndarray) -> float:
    """Mean distance of the shoulders in the picture, in trunk lengths; positive when the runner faces the camera."""
    return float(terms[0, SHOULDER_SPAN]) / trunk_px(terms)


def lean_deg(terms: np.ndarray, azimuth_deg: float, facing: float) -> float:
    """Forward lean in the runner's own sagittal plane, signed, degrees.

    A lean shows in the picture as its tangent times the sine of the camera's azimuth.

    :param azimuth_deg: of the camera; from 0 (in front, where nothing shows) to 90 (at the side).
    :param facing: +1 when the runner looks to the right of the picture, −1 to the left, 0 when not known.
    """
    if not facing or not terms[0, TRUNK_UP] > 0:
        return math.nan
    forward = facing * terms[0, TRUNK_X] / terms[0, TRUNK_UP]
    return math.degrees(math.atan(forward / math.sin(math.radians(azimuth_deg))))


def twist_deg(terms: np.ndarray, view: str) -> float:
    """Range of the thorax' yaw over a stride, degrees.

    From the side and at an angle the shoulders' distance in the picture goes with the cosine of azimuth plus yaw.  From
    the front the cosine hardly changes; there the elbows, which hang behind the shoulders' axis, move sideways with the
    sine of the yaw.
    """
    length_px = trunk_px(terms)
    if view == "front":
        sine = swing(terms[:, ELBOW_X]) / (ELBOWS_BEHIND * length_px)
        yaw = np.arcsin(np.clip(sine, -_ALMOST_1, _ALMOST_1))
    else:
        cosine = swing(terms[:, SHOULDER_SPAN]) / (SHOULDERS_PER_TRUNK * length_px)
        yaw = np.arccos(np.clip(cosine, -_ALMOST_1, _ALMOST_1))
    return math.degrees(float(yaw.max() - yaw.min()))


def ear_shoulder(terms: np.ndarray) -> float:
    """Mean height of the ears over the shoulders, in trunk lengths."""
    return float(terms[0, EAR_UP]) / trunk_px(terms)
