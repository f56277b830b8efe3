"""When strides beyond a limit have become a fault, and when it is mended."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from device.faults.limits import LIMITS, UNKNOWN, read
from device.records import Fault, Posture
from device.settings import Settings

FORGET_S = 2.0
"""After this long without running, or without a view of it, the strides before no longer count (chosen by us)."""


@dataclass(slots=True)
class _Strides:
    """The last judged strides of one fault."""

    out: deque[bool]
    good: deque[bool]
    on: bool = False
    first_out_s: float = math.nan
    known: bool = False
    known_s: float = -math.inf

    def forget(self) -> None:
        self.out.clear()
        self.good.clear()
        self.on = False
        self.first_out_s = math.nan


class FaultJudge:
    """Follows all faults.  Each completed stride is one vote; a stride whose measure is not known has none.

    :param settings: limits and persistence.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        size = settings.persistence.strides
        self._strides = {fault: _Strides(deque(maxlen=size), deque(maxlen=size)) for fault in LIMITS}
        self._stride = 0
        self._view = ""
        self._heard: tuple[object, ...] = ()
        self._told: tuple[Fault, ...] = ()
        self._t_s = -math.inf
        self._unknown_s = math.inf  # since when the first of those is unknown that has strides to forget

    def retune(self, settings: Settings) -> None:
        """Go on with other limits: strides judged before keep their vote, later ones are held to the new limits."""
        size = settings.persistence.strides
        for strides in self._strides.values():
            strides.out, strides.good = deque(strides.out, size), deque(strides.good, size)
        self._settings = settings
        self._heard = ()

    def step(self, posture: Posture) -> tuple[Fault, ...]:
        """Take in a posture; the state of every fault as of now.

        Between strides only time passes, and the very same faults are told again.
        """
        p = posture
        measures = p.lean_deg, p.twist_deg, p.raised_pct, p.rounded_pct, p.head_forward_pct
        heard = p.motion, p.view, p.stride, p.baseline, *measures
        if heard != self._heard or p.t_s - self._unknown_s > FORGET_S:
            self._told = self._look(posture)
            self._heard = heard
        self._t_s = p.t_s
        return self._told

    def _look(self, posture: Posture) -> tuple[Fault, ...]:
        complete = posture.stride != self._stride
        self._stride = posture.stride
        turned = posture.view != self._view and posture.view != ""
        self._view = posture.view or self._view
        told = tuple(self._judge(fault, posture, complete, turned) for fault in LIMITS)
        waiting = [strides.known_s for strides in self._strides.values() if strides.out and not strides.known]
        self._unknown_s = min(waiting, default=math.inf)
        return told

    def _judge(self, fault: str, posture: Posture, complete: bool, turned: bool) -> Fault:
        reading = read(fault, posture, self._settings) if posture.running else UNKNOWN
        strides = self._strides[fault]
        if strides.known:
            strides.known_s = self._t_s
        strides.known = known = reading.excess == reading.excess
        if known:
            strides.known_s = posture.t_s
        if turned or posture.t_s - strides.known_s > FORGET_S:
            strides.forget()
        elif known and complete:
            self._vote(strides, posture.t_s, reading.out, reading.good)
        return Fault(
            fault,
            value=reading.value,
            limit=reading.limit,
            clear=reading.clear,
            on=strides.on,
            watched=not math.isnan(reading.limit),
            excess=reading.excess,
            measure=reading.measure,
        )

    def _vote(self, strides: _Strides, t_s: float, out: bool, good: bool) -> None:
        rule = self._settings.persistence
        strides.out.append(out)
        strides.good.append(good)
        if not any(strides.out):
            strides.first_out_s = math.nan
        elif math.isnan(strides.first_out_s):
            strides.first_out_s = t_s
        if not strides.on:
            strides.on = sum(strides.out) >= rule.on_strides and t_s - strides.first_out_s >= rule.least_s
        elif len(strides.good) - sum(strides.good) <= rule.off_strides:
            strides.on = False
            strides.out.clear()
            strides.good.clear()
            strides.first_out_s = math.nan
