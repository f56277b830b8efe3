"""What the film says about one fault: a state with a word, a colour and (drawn elsewhere) a sign of its own."""

from __future__ import annotations

import math
from enum import Enum

from device.drawing.theme import AMBER, FAINT, GOOD, OUT, SOFT, Colour
from device.posture.view import watching
from device.records import Fault, Posture

LOWER_LIMITS = frozenset({"hunched_shoulders"})
"""Faults whose value falls when they get worse; asked only while limit and clear are not known."""


class State(Enum):
    """How one fault stands."""

    OK = "ok"
    PAST = "past"  # this stride is beyond the limit, but the fault does not persist yet
    OUT = "out"
    EASING = "easing"  # the fault persists, but this stride is back inside the limit
    LEARNING = "learning"
    BLIND = "not watched from here"
    OFF = "not watched"
    WAITING = "waiting"


COLOURS: dict[State, Colour] = {
    State.OK: GOOD,
    State.PAST: AMBER,
    State.OUT: OUT,
    State.EASING: AMBER,
    State.LEARNING: SOFT,
    State.BLIND: FAINT,
    State.OFF: FAINT,
    State.WAITING: FAINT,
}


def is_upper(fault: Fault) -> bool:
    """Return whether higher is worse, so that the limit is an upper bound."""
    if fault.clear < fault.limit:
        return True
    if fault.clear > fault.limit:
        return False
    return fault.fault not in LOWER_LIMITS


def is_past(fault: Fault) -> bool:
    """Return whether the present value is beyond its limit (False while either is not known)."""
    return fault.value > fault.limit if is_upper(fault) else fault.value < fault.limit


def state_of(fault: Fault, posture: Posture) -> State:
    """Return how a fault stands.

    A fault that is not watched does not say why, but the posture does: from this view nobody could, or the runner's
    baseline is still missing; where neither is so it is not wanted.
    """
    if fault.watched and math.isfinite(fault.value):
        if fault.on:
            return State.OUT if is_past(fault) or not math.isfinite(fault.limit) else State.EASING
        return State.PAST if is_past(fault) else State.OK
    if not posture.seen or not posture.running:
        return State.WAITING
    if posture.view and fault.fault not in watching(posture.view, posture.baseline):
        return State.BLIND
    if posture.baseline is None or posture.baseline.view != posture.view:
        return State.LEARNING
    return State.WAITING if fault.watched else State.OFF


def word(state: State, upper: bool) -> str:
    """Return the state in a word for runners."""
    if state is State.PAST:
        return "over" if upper else "under"
    return str(state.value)
