"""What limits make of postures that are known: faults over time, and cues."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.faults import FaultJudge
from device.records import FAULTS, Cue, Fault, Posture
from device.screen import knobs
from device.screen.seen import Line
from device.screen.trace import Point
from device.settings import Settings

ALIKE_S = 1.5
"""Cues for the same fault no further apart are the same cue: a limit that is moved a little shifts them by a stride."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The faults from a moment on.

    :param index: of the posture.
    """

    index: int
    t_s: float
    faults: tuple[Fault, ...]


def verdicts(postures: Iterable[Posture], settings: Settings) -> list[Verdict]:
    """The faults over time: an entry whenever they are told anew."""
    judge = FaultJudge(settings)
    told: list[Verdict] = []
    for index, posture in enumerate(postures):
        faults = judge.step(posture)
        if not told or faults is not told[-1].faults:
            told.append(Verdict(index, posture.t_s, faults))
    return told


def points(told: Iterable[Verdict]) -> dict[str, list[Point]]:
    """Each fault's trace."""
    traces: dict[str, list[Point]] = {fault: [] for fault in FAULTS}
    for verdict in told:
        for fault in verdict.faults:
            trace = traces[fault.fault]
            value = fault.value if fault.watched else math.nan
            if math.isnan(value) and (not trace or math.isnan(trace[-1].value)):
                continue
            trace.append(Point(verdict.t_s, value, fault.limit, fault.measure))
    return traces


def past_points(rows: Sequence[Any], values: Mapping[str, Any]) -> dict[str, list[Point]]:
    """The traces of what the link tells of the past."""
    from device.whatif import postures

    known = postures(rows)
    return points(verdicts((one.posture for one in known), knobs.settings(values)))


def compare_rows(rows: Sequence[Any], before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[int, int]:
    """How many cues two sets of settings give over what the link tells of the past."""
    from device.whatif import judged, postures

    known = postures(rows)
    return count(judged(known, knobs.settings(before))), count(judged(known, knobs.settings(now)))


def count(cues: Iterable[Cue]) -> int:
    """How many of them are cues: neither praise nor notices."""
    return sum(cue.kind == "cue" for cue in cues)


def side_by_side(old: Sequence[Cue], new: Sequence[Cue]) -> tuple[Line, ...]:
    """Cues and praise of before and now, in order of time; each is marked as new, gone or the same."""
    rest = [cue for cue in old if cue.kind != "notice"]
    lines = []
    for cue in (cue for cue in new if cue.kind != "notice"):
        same = next(
            (
                other
                for other in rest
                if (other.kind, other.fault) == (cue.kind, cue.fault) and abs(other.t_s - cue.t_s) <= ALIKE_S
            ),
            None,
        )
        if same is not None:
            rest.remove(same)
        lines.append(Line(cue.t_s, cue.text, cue.kind == "cue", "" if same is not None else "+"))
    lines += [Line(cue.t_s, cue.text, cue.kind == "cue", "-") for cue in rest]
    return tuple(sorted(lines, key=lambda line: line.t_s))
