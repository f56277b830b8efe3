"""Did the coach say the right thing in time, and nothing else?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from synthetic.description import FAULT_KINDS, FaultSpan

from device.records import FAULTS, Event

from .coaching import Coached
from .episodes import GRACE_S, PHASES, Said, due, fault_name, hours, phases, verdict
from .truth import Truth

WITHIN_S = 15.0
"""A fault is recalled when its cue comes so soon after the fault's start."""

LEAST_ON_S = 8.0
"""A fault of less running than this within :data:`WITHIN_S` is too short to call: the coach asks for six strides beyond
the limit, each read over two, after the ramp."""

PRAISE_WITHIN_S = 13.0
"""Praise within this time after the fault begins to go is for that fault: the ramp, the strides that must be good again
(see ``GRACE_S``) and the 4 s between a cue and praise."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One fault that was to be called, and what became of it.

    :param alone: whether no other fault that is to be called took the coach's turn to speak.
    :param callable: whether it lasted long enough to be called at all.
    :param watched: whether the coach said, at any moment in which it could have called it, that it watches for this.
    :param noticed_s: from the start until the coach held it for a fault, whether or not it was silent about it.
    :param cue_s: from the start until the first cue for it; None where there was none.
    :param recalled: whether that was within :data:`WITHIN_S`.
    :param praise_due: whether praise was due: it was cued, then mended, and the clip went on for long enough.
    :param praise_s: from the beginning of the end until the praise.
    :param praised_early: whether it was praised while it was still fully there.
    """

    kind: str
    fault: str
    severity: float
    start_s: float
    end_s: float
    alone: bool
    callable: bool
    watched: bool
    noticed_s: float | None
    cue_s: float | None
    recalled: bool
    praise_due: bool
    praise_s: float | None
    praised_early: bool

    @property
    def name(self) -> str:
        """Kind and severity, as a row of a table."""
        return f"{self.kind} {self.severity:g} {FAULT_KINDS[self.kind].unit}"


@dataclass(frozen=True, eq=False)
class Heard:
    """All that was said in a clip.

    :param hours: of each phase.
    :param watched_hours: of good running alone (phase "clean") in which each fault had a limit in force.
    """

    episodes: list[Episode]
    said: list[Said]
    hours: dict[str, float]
    watched_hours: dict[str, float]

    def wrong(self, *verdicts: str) -> int:
        """How many cues had one of these verdicts."""
        return sum(cue.verdict in verdicts for cue in self.said)


def hear(truth: Truth, coached: Coached) -> Heard:
    """Sort what was said by what was to be seen."""
    cues, praises = ([event for event in coached.events if event.kind == kind] for kind in ("cue", "praise"))
    said = [Said(cue.t_s, cue.data["fault"], verdict(truth, cue.t_s, cue.data["fault"])) for cue in cues]
    episodes = [_episode(truth, span, coached.events, cues, praises) for span in truth.faults if fault_name(span)]
    return Heard(episodes, said, hours(truth), _watched_hours(truth, coached))


def _episode(
    truth: Truth, span: FaultSpan, events: Sequence[Event], cues: Sequence[Event], praises: Sequence[Event]
) -> Episode:
    fault, start_s = fault_name(span), span.start_s
    until_s = min(start_s + WITHIN_S, float(truth.t_s[-1]))
    ons = [event for event in events if event.kind == "fault_on"]
    noticed_s = _first(ons, fault, start_s, span.end_s)
    cue_s = _first([cue for cue in cues if due(span, cue.t_s)], fault, start_s, float("inf"))
    last_s = min([start for start in _starts(truth, fault) if start > start_s], default=float("inf"))
    praise_until_s = min(span.end_s + PRAISE_WITHIN_S, last_s)
    during = (truth.t_s >= start_s + span.ramp_s) & (truth.t_s <= min(until_s, span.end_s))
    return Episode(
        kind=span.kind,
        fault=fault,
        severity=span.severity,
        start_s=start_s,
        end_s=span.end_s,
        alone=not any(
            other is not span and fault_name(other) not in ("", fault) and _overlap(span, other)
            for other in truth.faults
        ),
        callable=float((truth.running & during).sum()) / max(_frame_rate(truth), 1e-9) >= LEAST_ON_S,
        watched=_watched(events, fault, start_s, until_s),
        noticed_s=noticed_s,
        cue_s=cue_s,
        recalled=cue_s is not None and cue_s <= WITHIN_S,
        praise_due=cue_s is not None and start_s + cue_s <= span.end_s and float(truth.t_s[-1]) >= praise_until_s,
        praise_s=_first(praises, fault, span.end_s, praise_until_s),
        praised_early=_first(praises, fault, start_s + span.ramp_s, span.end_s) is not None,
    )


def _first(events: Sequence[Event], fault: str, after_s: float, until_s: float) -> float | None:
    """How long after ``after_s`` the first event for a fault comes; None where none does until ``until_s``."""
    times = [event.t_s for event in events if event.data["fault"] == fault and after_s <= event.t_s <= until_s]
    return min(times) - after_s if times else None


def _starts(truth: Truth, fault: str) -> list[float]:
    return [span.start_s for span in truth.faults if fault_name(span) == fault]


def _overlap(one: FaultSpan, other: FaultSpan) -> bool:
    """Whether the other may take the coach's turn to speak when this one is to be called."""
    return other.start_s < one.start_s + WITHIN_S and one.start_s <= other.end_s + other.ramp_s + GRACE_S


def _frame_rate(truth: Truth) -> float:
    """Frames a second that the camera really gave."""
    length_s = float(truth.t_s[-1] - truth.t_s[0])
    return (len(truth.t_s) - 1) / length_s if length_s > 0 else truth.fps


def _watched(events: Sequence[Event], fault: str, start_s: float, until_s: float) -> bool:
    """Whether the coach's own word is that it watches for a fault, at any moment of a time."""
    watching = False
    for event in events:
        if event.kind != "view":
            continue
        if event.t_s > until_s:
            break
        if watching and event.t_s > start_s:
            return True
        watching = fault in event.data["watching"]
    return watching


def _watched_hours(truth: Truth, coached: Coached) -> dict[str, float]:
    t_s = np.array([posture.t_s for posture in coached.postures])
    clean = phases(truth, t_s) == PHASES.index("clean")
    return {
        fault: sum(bool(good) and fault in names for good, names in zip(clean, coached.watched, strict=True)) / 3600
        for fault in FAULTS
    }
