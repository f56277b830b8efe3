"""Which cue now, if any.  Pure: it knows only the faults and the time they carry."""

from __future__ import annotations

import math
from dataclasses import dataclass

from device.records import Cue, Fault
from device.settings import Settings


@dataclass(slots=True)
class _Memory:
    """What was said about one fault."""

    on: bool = False
    said_s: float = -math.inf
    ignored: int = 0
    cues: int = 0
    praises: int = 0
    owed_s: float = math.nan


class CuePolicy:
    """One cue at a time, worst fault first, with silence between; praise once a cued fault is mended.

    :param settings: texts and gaps.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._memory: dict[str, _Memory] = {}
        self._cue_s = -math.inf
        self._praise_s = -math.inf

    def step(self, t_s: float, faults: tuple[Fault, ...]) -> Cue | None:
        """What to say now.

        :param t_s: the time of the faults.
        :param faults: the state of every fault.
        """
        for fault in faults:
            self._follow(t_s, fault)
        return self._praise(t_s) or self._cue(t_s, faults)

    def _follow(self, t_s: float, fault: Fault) -> None:
        memory = self._memory.setdefault(fault.fault, _Memory())
        if memory.on and not fault.on:
            # A fault that merely went out of sight is not mended, and nobody is praised for it.
            mended = fault.excess == fault.excess
            memory.owed_s = t_s if mended and memory.ignored else math.nan
            memory.ignored = 0
        elif fault.on:
            memory.owed_s = math.nan
        memory.on = fault.on

    def _praise(self, t_s: float) -> Cue | None:
        rule = self._settings.cues
        for name, memory in self._memory.items():
            if math.isnan(memory.owed_s) or t_s - max(self._cue_s, self._praise_s) < rule.breath_s:
                continue
            late = t_s - memory.owed_s > 2 * rule.breath_s
            memory.owed_s = math.nan
            if rule.praise and not late:
                texts = getattr(self._settings, name).praise
                text = texts[memory.praises % len(texts)]
                memory.praises += 1
                self._praise_s = t_s
                return Cue(t_s, "praise", name, text)
        return None

    def _cue(self, t_s: float, faults: tuple[Fault, ...]) -> Cue | None:
        rule = self._settings.cues
        if t_s - self._cue_s < rule.gap_s or t_s - self._praise_s < rule.breath_s:
            return None
        ready = [fault for fault in faults if fault.on and fault.excess > 0 and self._rested(t_s, fault.fault)]
        if not ready:
            return None
        worst = max(ready, key=lambda fault: fault.excess)
        memory = self._memory[worst.fault]
        texts = getattr(self._settings, worst.fault).cues
        text = texts[memory.cues % len(texts)]
        memory.cues += 1
        memory.ignored += 1
        memory.said_s = self._cue_s = t_s
        return Cue(t_s, "cue", worst.fault, text)

    def _rested(self, t_s: float, fault: str) -> bool:
        """Whether this fault has been left in peace for long enough; longer with every cue that was ignored."""
        rule = self._settings.cues
        memory = self._memory[fault]
        wait_s = rule.repeat_s * rule.backoff ** min(max(0, memory.ignored - 1), 20)
        return t_s - memory.said_s >= min(wait_s, max(rule.longest_s, rule.repeat_s))
