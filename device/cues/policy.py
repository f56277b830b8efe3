"""Which cue now, if any.  Pure: it knows only the faults, the notices and the time they come at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from device.records import FAULTS, Cue, Fault
from device.settings import Settings


class Notice(NamedTuple):
    """Something that the runner should know of the coach itself.

    :param name: which text of ``[notices]``.
    :param faults: what becomes of {faults} in it.
    """

    name: str
    faults: tuple[str, ...] = ()

    def text(self, settings: Settings) -> str:
        """What is said; "" for nothing."""
        rule = settings.notices
        text: str = getattr(rule, self.name)
        names: list[str] = [getattr(settings, fault).name for fault in self.faults]
        listed = rule.joiner.join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return text.replace("{faults}", listed) if rule.enabled else ""


def phrases(settings: Settings) -> list[str]:
    """Everything that may be said, so that it can be made ready beforehand; what is needed first comes first."""
    rule = settings.notices
    spoken = [
        Notice(name, faults).text(settings)
        for name in rule.__dataclass_fields__
        if isinstance(getattr(rule, name), str) and name != "joiner"
        for faults in (_subsets(FAULTS) if "{faults}" in getattr(rule, name) else [()])
    ]
    said = [text for fault in FAULTS for own in [getattr(settings, fault)] for text in (*own.cues, *own.praise)]
    return list(dict.fromkeys(text for text in [*spoken[:1], *said, *spoken[1:]] if text))


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every choice of one or more names, in their order."""
    chosen: list[tuple[str, ...]] = [()]
    for name in names:
        chosen += [(*one, name) for one in chosen]
    return sorted(chosen[1:], key=len, reverse=True)


@dataclass(slots=True)
class _Memory:
    """What was said about one fault.

    :param rest_s: how long it is left in peace after its last cue.
    :param owed_s: since when praise is owed; NaN when none is.
    """

    on: bool = False
    said_s: float = -math.inf
    rest_s: float = 0.0
    ignored: int = 0
    cues: int = 0
    praises: int = 0
    owed_s: float = math.nan


class CuePolicy:
    """One thing at a time, with silence between: praise for what is mended, else a cue, else a notice.

    A cue is for the worst fault: the one that is beyond its limit by most, in units of that limit's own distance from
    good form (:attr:`device.records.Fault.excess`), since degrees and per cent cannot be compared.

    :param settings: texts and gaps; they may be replaced while it works.
    :ivar muted: while true nothing is said, and nothing counts as said.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.muted = False
        self._memory: dict[str, _Memory] = {}
        self._faults: tuple[Fault, ...] = ()
        self._calm = True  # no fault is on, no praise is owed
        self._cue_s = -math.inf
        self._other_s = -math.inf
        self._waiting: Notice | None = None
        self._since_s = -math.inf
        self._noticed_s: dict[Notice, float] = {}

    def step(self, t_s: float, faults: tuple[Fault, ...], notices: Sequence[Notice] = ()) -> Cue | None:
        """What to say now.

        :param t_s: the time of the faults.
        :param faults: the state of every fault.
        :param notices: what the runner should be told since this very step; a newer one takes the place of one that
            still waits, which is then no longer true.
        """
        if faults is not self._faults:  # the very same say nothing new
            self._faults = faults
            for fault in faults:
                self._follow(t_s, fault)
            self._calm = not any(memory.on or memory.owed_s == memory.owed_s for memory in self._memory.values())
        if notices:
            self._waiting, self._since_s = notices[-1], t_s
        if self.muted:
            self._waiting = None
            return None
        if self._calm and self._waiting is None:
            return None
        return self._praise(t_s) or self._cue(t_s, faults) or self._notice(t_s, faults)

    def _follow(self, t_s: float, fault: Fault) -> None:
        memory = self._memory.setdefault(fault.fault, _Memory())
        if memory.on and not fault.on:
            # A fault that merely went out of sight is not mended, and nobody is praised for it.
            mended = fault.excess == fault.excess
            memory.owed_s = t_s if mended and memory.ignored else math.nan
            memory.ignored = 0
            memory.rest_s = self.settings.cues.repeat_s
        elif fault.on:
            memory.owed_s = math.nan
        memory.on = fault.on

    def _praise(self, t_s: float) -> Cue | None:
        rule = self.settings.cues
        for name, memory in self._memory.items():
            if math.isnan(memory.owed_s) or not self._quiet(t_s):
                continue
            late = t_s - memory.owed_s > rule.late_s
            memory.owed_s = math.nan
            if rule.praise and not late:
                texts = getattr(self.settings, name).praise
                text = texts[memory.praises % len(texts)]
                memory.praises += 1
                self._other_s = t_s
                return Cue(t_s, "praise", name, text)
        return None

    def _cue(self, t_s: float, faults: tuple[Fault, ...]) -> Cue | None:
        ready = [fault for fault in faults if fault.on and self._due_s(fault) <= t_s]
        if not ready:
            return None
        rule = self.settings.cues
        worst = max(ready, key=lambda fault: fault.excess)
        memory = self._memory[worst.fault]
        texts = getattr(self.settings, worst.fault).cues
        text = texts[memory.cues % len(texts)]
        # Longer with every cue that was ignored.
        longer_s = memory.rest_s * rule.backoff if memory.ignored else rule.repeat_s
        memory.rest_s = min(longer_s, max(rule.longest_s, rule.repeat_s))
        memory.cues += 1
        memory.ignored += 1
        memory.said_s = self._cue_s = t_s
        return Cue(t_s, "cue", worst.fault, text)

    def _notice(self, t_s: float, faults: tuple[Fault, ...]) -> Cue | None:
        notice, rule = self._waiting, self.settings.notices
        if notice is None:
            return None
        text = notice.text(self.settings)
        said_s = self._noticed_s.get(notice, -math.inf)
        if not text or t_s - self._since_s > rule.late_s or t_s - said_s < rule.repeat_s:
            self._waiting = None
            return None
        # Nor does it hold up a cue that is about to come.
        next_s = min((self._due_s(fault) for fault in faults), default=math.inf)
        if not self._quiet(t_s) or next_s < t_s + self.settings.cues.breath_s:
            return None
        self._waiting = None
        self._noticed_s[notice] = self._other_s = t_s
        return Cue(t_s, "notice", notice.name, text)

    def _quiet(self, t_s: float) -> bool:
        """Whether what was said last has had time to sink in."""
        return t_s - max(self._cue_s, self._other_s) >= self.settings.cues.breath_s

    def _due_s(self, fault: Fault) -> float:
        """From when on a fault may be cued as it is now; never while it is off or within its limit at this stride."""
        if not (fault.on and fault.excess > 0):
            return math.inf
        rule, memory = self.settings.cues, self._memory[fault.fault]
        return max(self._cue_s + rule.gap_s, self._other_s + rule.breath_s, memory.said_s + memory.rest_s)
