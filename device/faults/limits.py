"""What is beyond the limit, for each fault, for this runner, from this view; and what each needs to be seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from device.posture.change import FORWARD, RAISED, TWIST
from device.posture.marks import TRUNK_UP
from device.records import Posture
from device.settings import Settings

SURE = 1.1
"""A change is watched only where the limit lies at least so many standard deviations of one stride's reading from good
form (chosen by us: of eight independent strides that scatter so, six are beyond the limit once in 7000)."""


class Reading(NamedTuple):
    """One fault's measure beside its limits, in the fault's unit.

    :param value: what the last stride measured; NaN while not known.
    :param limit: above it a stride is out; NaN where there is none yet.
    :param clear: below it a stride is good again.
    :param usual: what good form would measure; the distance from here to the limit is the fault's own unit of size.
    :param measure: which of the fault's measures this is.
    :param also_good: whether the fault's other measures are on the good side of theirs.
    """

    value: float
    limit: float
    clear: float
    usual: float
    measure: str = ""
    also_good: bool = True

    @property
    def excess(self) -> float:
        """How far beyond the limit, in units of the limit's distance from good form; 0 at the limit."""
        return (self.value - self.limit) / (self.limit - self.usual)

    @property
    def out(self) -> bool:
        """Whether the stride is beyond the limit."""
        return self.value > self.limit

    @property
    def good(self) -> bool:
        """Whether the stride is on the good side of ``clear``."""
        return self.value <= self.clear and self.also_good


UNKNOWN = Reading(math.nan, math.nan, math.nan, math.nan)


def forward_lean(posture: Posture, settings: Settings) -> Reading:
    """More lean than the absolute limit, or clearly more than this runner's own."""
    own = settings.forward_lean
    usual, limit = 0.0, own.on_deg
    if posture.baseline is not None:
        limit = min(own.on_deg, max(own.least_deg, posture.baseline.lean_deg + own.rise_deg))
        usual = min(posture.baseline.lean_deg, limit - 1.0)
    return Reading(posture.lean_deg, limit, limit - own.clear_deg, usual)


def hunched_shoulders(posture: Posture, settings: Settings) -> Reading:
    """Shoulders raised, or shoulders and head drawn forward, against this runner's own form.

    What is worse is told; nothing is known before there is a baseline.
    """
    own = settings.hunched_shoulders
    if posture.baseline is None:
        return UNKNOWN
    raised = Reading(posture.raised_pct, own.raised_pct, own.raised_pct * own.clear_share, 0.0, "raised")
    forward_pct = posture.rounded_pct + posture.head_forward_pct
    forward = Reading(forward_pct, own.forward_pct, own.forward_pct * own.clear_share, 0.0, "forward")
    if not sees(posture, "forward", settings):
        return raised
    if not sees(posture, "raised", settings):
        return forward
    worse, other = (forward, raised) if forward.excess > raised.excess else (raised, forward)
    return Reading(worse.value, worse.limit, worse.clear, worse.usual, worse.measure, also_good=other.good)


def torso_twist(posture: Posture, settings: Settings) -> Reading:
    """More yaw in a stride than the absolute limit, or clearly more than this runner's own."""
    own = settings.torso_twist
    usual, limit = own.on_deg / own.rise_ratio, own.on_deg
    if posture.baseline is not None:
        limit = min(own.on_deg, max(own.least_deg, posture.baseline.twist_deg * own.rise_ratio))
        usual = min(posture.baseline.twist_deg, limit / own.rise_ratio)
    return Reading(posture.twist_deg, limit, limit - own.clear_deg, usual)


LIMITS: dict[str, Callable[[Posture, Settings], Reading]] = {
    "forward_lean": forward_lean,
    "hunched_shoulders": hunched_shoulders,
    "torso_twist": torso_twist,
}
"""Every fault by name, in the order of :data:`device.records.FAULTS`."""


def sees(posture: Posture, measure: str, settings: Settings) -> bool:
    """Whether a measure can be told from where the camera stands.

    Lean, and shoulders drawn forward, show from the side and at an angle.  Twist does so there without a baseline.  All
    else takes one, and marks that scatter little enough against the limit.
    """
    if not posture.view:
        return False
    baseline = posture.baseline
    if baseline is None:
        return posture.view != "front" or measure == "raised"
    if measure in ("lean", "forward"):
        if posture.view == "front":
            return False
        if measure == "lean":
            return math.isfinite(baseline.means[TRUNK_UP])
    part, limit = {
        "raised": (RAISED, settings.hunched_shoulders.raised_pct),
        "forward": (FORWARD, settings.hunched_shoulders.forward_pct),
        "twist": (TWIST, settings.torso_twist.rise_ratio - 1.0),
    }[measure]
    return baseline.spread[part] * SURE <= limit


_SEEN_BY = {"forward_lean": ("lean",), "hunched_shoulders": ("raised", "forward"), "torso_twist": ("twist",)}


def watched(posture: Posture, settings: Settings) -> tuple[str, ...]:
    """The faults that can be judged of this runner from this view, less those switched off."""
    return tuple(fault for fault in _SEEN_BY if _watches(fault, posture, settings))


def read(fault: str, posture: Posture, settings: Settings) -> Reading:
    """A fault's measure beside its limits; unknown where the fault cannot be judged from this view or is off."""
    return LIMITS[fault](posture, settings) if _watches(fault, posture, settings) else UNKNOWN


def _watches(fault: str, posture: Posture, settings: Settings) -> bool:
    enabled: bool = getattr(settings, fault).enabled
    return enabled and any(sees(posture, measure, settings) for measure in _SEEN_BY[fault])
