"""Where the camera stands, from the shoulders' width.

The azimuth is 0° with the camera in front of the runner and 90° at the runner's side.  Turned away by it, shoulders of
width W show W·cos(azimuth).  W is not known, but the trunk's length is in the picture, and the two are of one build.
"""

from __future__ import annotations

import math

from device.records import FAULTS, Baseline

SHOULDERS_PER_TRUNK = 0.65
"""Shoulder width over trunk length between COCO key points, measured on public motion capture of treadmill runners."""

SECTORS_DEG = {"front": (0.0, 25.0), "oblique": (25.0, 65.0), "side": (65.0, 90.0)}
"""The views by azimuth (chosen by us): within 25° of the front lean does not show, within 25° of the side it shows
almost whole."""

HYSTERESIS_DEG = 10.0
"""A view is left only this far beyond its sector (chosen by us): raised shoulders lengthen the trunk and make the
shoulders look narrower, which must not pass for another view."""

LEAST_TWIST_SHOWN_DEG = 15.0
"""Twist is judged only of runners who show at least so much of it in good form.  Nobody twists less than 16° a stride
(measured on public motion capture); of who seems to, the camera or the model does not see it from there."""


def azimuth_deg(span: float) -> float:
    """Azimuth 0..90 of the camera.

    :param span: mean distance of the shoulders in the picture, in trunk lengths (either sign: seen from behind the
        shoulders change sides, which matters to no angle here).
    """
    return math.degrees(math.acos(min(abs(span) / SHOULDERS_PER_TRUNK, 1.0))) if span == span else math.nan


def sector(azimuth: float, before: str) -> str:
    """The view of an azimuth in degrees; the view before is kept near its borders."""
    if before in SECTORS_DEG:
        low, high = SECTORS_DEG[before]
        if low - HYSTERESIS_DEG <= azimuth <= high + HYSTERESIS_DEG:
            return before
    return next(name for name, (_, high) in SECTORS_DEG.items() if azimuth <= high)


def within(azimuth: float, view: str) -> float:
    """The azimuth kept within the sector of a view, the sector's middle where it is not known, NaN without a view."""
    if view not in SECTORS_DEG:
        return math.nan
    low, high = SECTORS_DEG[view]
    return min(max(azimuth, low), high) if azimuth == azimuth else 0.5 * (low + high)


def watching(view: str, baseline: Baseline | None) -> tuple[str, ...]:
    """The faults that can be judged of this runner from a view; none while it is not known ("").

    From the front a lean hardly shows, and twist only in runners whose elbows hang well behind them; that takes a
    baseline to tell.
    """
    if not view:
        return ()
    twist_shows = view != "front"
    if baseline is not None and baseline.view == view:
        twist_shows = baseline.twist_deg >= LEAST_TWIST_SHOWN_DEG
    hidden = {"forward_lean"} if view == "front" else set()
    hidden |= set() if twist_shows else {"torso_twist"}
    return tuple(fault for fault in FAULTS if fault not in hidden)
