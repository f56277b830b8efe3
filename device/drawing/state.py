"""What the film says about one fault: a state with a word, a colour and (drawn elsewhere) a sign of its own."""

from __future__ import annotations

import math
from enum import Enum

from device.drawing.theme import AMBER, FAINT, GOOD, OUT, SOFT, Colour
from device.records import Fault, Posture


class State(Enum):
    """How one fault stands, in a word for runners."""

    OK = "ok"
    PAST = "over"  # this stride is beyond the limit, but the fault does not persist yet
    OUT = "out"
    EASING = "easing"  # the fault persists, but this stride is back inside the limit
    LEARNING = "learning"
    BLIND = "not watched"
    WAITING = "waiting"


COLOURS: dict[State, Colour] = {
    State.OK: GOOD,
    State.PAST: AMBER,
    State.OUT: OUT,
    State.EASING: AMBER,
    State.LEARNING: SOFT,
    State.BLIND: FAINT,
    State.WAITING: FAINT,
}


def is_past(fault: Fault) -> bool:
    """Return whether the present value is beyond its limit (False while either is not known)."""
    return fault.value > fault.limit


def state_of(fault: Fault, posture: Posture) -> State:
    """Return how a fault stands.

    A fault that is not watched does not say why.  Before there is a baseline some faults wait for it: the shoulders
    always, and the twist from the front.  All else cannot be told from here, or is switched off.
    """
    if fault.watched and math.isfinite(fault.value):
        if fault.on:
            return State.OUT if is_past(fault) or not math.isfinite(fault.limit) else State.EASING
        return State.PAST if is_past(fault) else State.OK
    if not posture.seen or not posture.running:
        return State.WAITING
    if posture.baseline is not None:
        return State.WAITING if fault.watched else State.BLIND
    waits = not posture.view or fault.watched or fault.fault in _LEARNT.get(posture.view, _LEARNT_ALWAYS)
    return State.LEARNING if waits else State.BLIND


_LEARNT_ALWAYS = ("hunched_shoulders",)
_LEARNT = {"front": (*_LEARNT_ALWAYS, "torso_twist")}
"""What is not watched before there is a baseline, but may be afterwards; see :func:`device.faults.limits.sees`."""
