"""A clip's time, sorted by what is to be heard in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from synthetic.description import FAULT_KINDS, Activity, FaultSpan

from .truth import Truth

GRACE_S = 10.0
"""So long after a fault or a distraction has gone a cue may still be due to it: the coach takes a fault back when 6 of
its last 8 strides are good again, each read over two strides, about 7 s at 150 steps a minute.  The rest is margin."""

PHASES = ("fault", "lean_back", "distraction", "clean")
"""What a moment is, the first that fits: a fault that is to be called is there, or was until :data:`GRACE_S` ago; the
runner leans back, which no coach's cue is for; something else than good running alone is to be seen, or was until
:data:`GRACE_S` ago (an activity, other people, a mirror, a poster, nobody); good running alone."""


def fault_name(span: FaultSpan) -> str:
    """What the coach calls it; "" where it has nothing to say."""
    return FAULT_KINDS[span.kind].fault


def due(span: FaultSpan | Activity, t_s: float | np.ndarray) -> bool | np.ndarray:
    """Whether what is said at a time may be due to a span."""
    return (t_s >= span.start_s) & (t_s <= span.end_s + span.ramp_s + GRACE_S)


@dataclass(frozen=True, slots=True)
class Said:
    """One cue that was spoken.

    :param verdict: "right", "wrong_fault" (another fault is there), or the phase it broke: "lean_back", "distraction",
        "clean".
    """

    t_s: float
    fault: str
    verdict: str


def phases(truth: Truth, t_s: np.ndarray) -> np.ndarray:
    """(N,) the index into :data:`PHASES` of each time."""
    t_s = np.asarray(t_s, float)
    found = np.full(t_s.shape, PHASES.index("clean"))
    frame = np.clip(np.searchsorted(truth.t_s, t_s, side="right") - 1, 0, len(truth.t_s) - 1)
    busy = truth.others | ~truth.running[frame] | _any(truth.activities, t_s)
    back = np.zeros(t_s.shape, bool)
    for span in truth.faults:
        if not fault_name(span):
            back |= (t_s >= span.start_s) & (t_s <= span.end_s + span.ramp_s)
    found[busy] = PHASES.index("distraction")
    found[back] = PHASES.index("lean_back")
    found[_any([span for span in truth.faults if fault_name(span)], t_s)] = PHASES.index("fault")
    return found


def hours(truth: Truth) -> dict[str, float]:
    """How long each phase lasts in a clip; a frame lasts until the next."""
    lasts_s = np.append(np.diff(truth.t_s), 1 / truth.fps)
    total_s = np.bincount(phases(truth, truth.t_s), lasts_s, len(PHASES))
    return {name: float(seconds) / 3600 for name, seconds in zip(PHASES, total_s, strict=True)}


def verdict(truth: Truth, t_s: float, fault: str) -> str:
    """What to make of a cue for ``fault`` at a time; see :class:`Said`."""
    called = {fault_name(span) for span in truth.faults if due(span, t_s)} - {""}
    if fault in called:
        return "right"
    return "wrong_fault" if called else PHASES[int(phases(truth, np.array([t_s]))[0])]


def _any(spans: Sequence[FaultSpan | Activity], t_s: np.ndarray) -> np.ndarray:
    found = np.zeros(t_s.shape, bool)
    for span in spans:
        found |= due(span, t_s)
    return found
