"""What is beyond the limit, for each fault, for this runner, from this view."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from device.posture.view import watching
from device.records import Posture
from device.settings import Settings


@dataclass(frozen=True, slots=True)
class Reading:
    """One fault's measure beside its limits, in the fault's unit.

    :param value: what the last stride measured; NaN while not known.
    :param limit: beyond it a stride is out; NaN where there is none yet.
    :param clear: on the good side of it a stride is good again.
    :param usual: what good form would measure; the distance from here to the limit is the fault's own unit of size.
    """

    value: float
    limit: float
    clear: float
    usual: float

    @property
    def excess(self) -> float:
        """How far beyond the limit, in units of the limit's distance from good form; 0 at the limit."""
        return (self.value - self.limit) / (self.limit - self.usual)

    @property
    def out(self) -> bool:
        """Whether the stride is beyond the limit."""
        return self.excess > 0

    @property
    def good(self) -> bool:
        """Whether the stride is on the good side of ``clear``."""
        return (self.value - self.clear) / (self.limit - self.usual) <= 0


UNKNOWN = Reading(math.nan, math.nan, math.nan, math.nan)


def forward_lean(posture: Posture, settings: Settings) -> Reading:
    """More lean than the absolute limit, or clearly more than this runner's own."""
    own = settings.forward_lean
    usual, limit = 0.0, own.on_deg
    if posture.baseline is not None and math.isfinite(posture.baseline.lean_deg):
        limit = min(own.on_deg, max(own.least_deg, posture.baseline.lean_deg + own.rise_deg))
        usual = min(posture.baseline.lean_deg, limit - 1.0)
    return Reading(posture.lean_deg, limit, limit - own.clear_deg, usual)


def hunched_shoulders(posture: Posture, settings: Settings) -> Reading:
    """Ears nearer to the shoulders than in this runner's own good form; unknown before there is a baseline."""
    own = settings.hunched_shoulders
    if posture.baseline is None or not math.isfinite(posture.baseline.ear_shoulder):
        return UNKNOWN
    return Reading(posture.shoulder_pct, own.on_pct, min(own.on_pct + own.clear_pct, 99.5), 100.0)


def torso_twist(posture: Posture, settings: Settings) -> Reading:
    """More yaw in a stride than the absolute limit, or clearly more than this runner's own."""
    own = settings.torso_twist
    usual, limit = own.on_deg / own.rise_ratio, own.on_deg
    if posture.baseline is not None and math.isfinite(posture.baseline.twist_deg):
        limit = min(own.on_deg, max(own.least_deg, posture.baseline.twist_deg * own.rise_ratio))
        usual = min(posture.baseline.twist_deg, limit / own.rise_ratio)
    return Reading(posture.twist_deg, limit, limit - own.clear_deg, usual)


LIMITS: dict[str, Callable[[Posture, Settings], Reading]] = {
    "forward_lean": forward_lean,
    "hunched_shoulders": hunched_shoulders,
    "torso_twist": torso_twist,
}
"""Every fault by name, in the order of :data:`device.records.FAULTS`."""


def watched(posture: Posture, settings: Settings) -> tuple[str, ...]:
    """The faults that can be judged of this runner from this view, less those switched off."""
    visible = watching(posture.view, posture.baseline)
    return tuple(fault for fault in visible if getattr(settings, fault).enabled)


def read(fault: str, posture: Posture, settings: Settings) -> Reading:
    """A fault's measure beside its limits; unknown where the fault cannot be judged from this view or is off."""
    if fault not in watched(posture, settings):
        return UNKNOWN
    if posture.baseline is not None and posture.baseline.view != posture.view:
        return UNKNOWN  # another view, another measure: wait for the new baseline
    return LIMITS[fault](posture, settings)
