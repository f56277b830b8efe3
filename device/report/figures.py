"""Numbers for the report, from a run's strides.  Pure: no clock, no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device.records import FAULTS
from device.report.material import Material, Strides
from device.runs.store import Row

LEAST_THIRD = 20
"""So many judged strides the first and the last third must have to be compared (chosen by us: a quarter of a
minute)."""

MOST_POINTS = 360
"""A curve has at most so many points: on paper each is half a millimetre wide."""

LEAST_BIN = 6
"""A point of a curve stands for so many strides at least, where strides are drawn together."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some strides of a measure: their middle, their quartiles, and the share beyond the limit (None: no limit)."""

    strides: int
    median: float
    low: float
    high: float
    out: float | None


@dataclass(frozen=True)
class Measure:
    """One measure over a run.

    :param name: "lean", "raised", "forward" or "twist".
    :param fault: the fault that it is judged for.
    :param unit: of its numbers.
    :param values: (N,) as judged, one a stride; NaN where it was not.
    :param limits: (N,) the limit in force; NaN where it was not watched.
    :param own: the runner's own good form in this measure; None where there was no baseline.
    :param whole: of all strides; None if it was judged in none.
    :param fresh: of the first third of the run; None if too few were judged in it, or in the last.
    :param tired: of the last third.
    """

    name: str
    fault: str
    unit: str
    values: np.ndarray
    limits: np.ndarray
    own: float | None
    whole: Part | None
    fresh: Part | None
    tired: Part | None
    worst: float | None

    @property
    def limit(self) -> float | None:
        """The limit that was in force for most of the time; None if it was not watched."""
        known = self.limits[np.isfinite(self.limits)]
        return float(np.median(known)) if known.size else None

    @property
    def change(self) -> float | None:
        """From fresh to tired."""
        return self.tired.median - self.fresh.median if self.fresh and self.tired else None


@dataclass(frozen=True, slots=True)
class FaultTold:
    """One fault over a run.

    :param share: of the watched time it persisted; None if it was not watched.
    :param watched: share of the running that it was watched in.
    :param out: of the judged strides, those beyond the limit; None if none was judged.
    :param episodes: how often it began, and ``longest_s`` the longest of them.
    :param heeded_s: middle of the times from a cue to mending; None if none was mended.
    """

    fault: str
    share: float | None
    watched_s: float
    watched: float
    out: float | None
    episodes: int
    longest_s: float
    cues: int
    mended: int
    heeded_s: float | None


def measures(m: Material) -> dict[str, Measure]:
    """The measures of a run by their names."""
    s = m.strides
    forward = s["rounded_pct"] + s["head_forward_pct"]
    judged = np.isfinite(s["shoulders"])
    raised_limits, forward_limits = (
        np.where(s.texts["shoulders_measure"] == name, s["shoulders_limit"], np.nan) for name in ("raised", "forward")
    )
    known = _own(m.baselines)
    found = [
        _measure("lean", "forward_lean", "°", s, s["lean"], s["lean_limit"], known.get("lean")),
        _measure("twist", "torso_twist", "°", s, s["twist"], s["twist_limit"], known.get("twist")),
    ]
    for name, values, limits in (("raised", s["raised_pct"], raised_limits), ("forward", forward, forward_limits)):
        # Each stride is judged by the measure that is further out; the limit of the other one was in force as well.
        ruling = np.where(judged, _spread(limits), np.nan)
        kept = np.where(judged & np.isfinite(ruling), values, np.nan)
        own = 0.0 if np.isfinite(kept).any() else None
        found.append(_measure(name, "hunched_shoulders", " % of trunk", s, kept, ruling, own))
    return {one.name: one for one in found}


def faults(m: Material) -> dict[str, FaultTold]:
    """The faults of a run by their names."""
    found = {}
    for fault in FAULTS:
        tally = m.tallies.get(fault, {})
        watched_s = tally.get("watched_s") or 0.0
        strides = tally.get("strides") or 0
        own = [row for row in m.episodes if row["fault"] == fault]
        end_s = m.run["duration_s"]
        lengths = [(end_s if row["ended_s"] is None else row["ended_s"]) - row["begun_s"] for row in own]
        waits = [row["mended_s"] - row["t_s"] for row in m.cues if row["fault"] == fault and _heeded(row)]
        found[fault] = FaultTold(
            fault,
            tally["on_s"] / watched_s if watched_s > 0 else None,
            watched_s,
            min(watched_s / m.run["running_s"], 1.0) if m.run["running_s"] > 0 else 0.0,
            tally["out_strides"] / strides if strides else None,
            len(own),
            max(lengths, default=0.0),
            tally.get("cues") or 0,
            tally.get("mended") or 0,
            float(np.median(waits)) if waits else None,
        )
    return found


def main_fault(told: Mapping[str, FaultTold]) -> str:
    """The fault that was there for most of the time; "" if none was."""
    there = [one for one in told.values() if one.share]
    return max(there, key=lambda one: one.share or 0.0).fault if there else ""


@dataclass(frozen=True)
class Curve:
    """A measure over time, fine enough for paper.

    :param t_s: (K,) middle of each bin; NaN in ``middle`` breaks the line.
    :param low: (K,) the lowest tenth of the strides in the bin lies below; ``high`` likewise.
    """

    t_s: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


def curve(t_s: np.ndarray, values: np.ndarray) -> Curve:
    """A measure stride by stride, drawn together into bins where there are many strides."""
    if not len(t_s):
        nothing = np.zeros(0)
        return Curve(nothing, nothing, nothing, nothing)
    start, span = float(t_s[0]), float(t_s[-1] - t_s[0])
    rate = len(t_s) / span if span > 0 else 1.0
    width = max(span / MOST_POINTS, LEAST_BIN / rate) if len(t_s) > MOST_POINTS else 0.0
    if width == 0.0:
        gaps = np.diff(t_s, prepend=t_s[0]) > 5.0
        middle = np.insert(values, np.flatnonzero(gaps), np.nan)
        times = np.insert(t_s, np.flatnonzero(gaps), t_s[gaps])
        return Curve(times, middle, middle, middle)
    place = ((t_s - start) / width).astype(int)
    count = int(place[-1]) + 1
    rows = np.full((4, count), np.nan)
    rows[0] = start + width * (np.arange(count) + 0.5)
    known = np.isfinite(values)
    edges = np.searchsorted(place, np.arange(count + 1))
    for number in range(count):
        part = slice(edges[number], edges[number + 1])
        here = values[part][known[part]]
        if here.size >= 2:
            rows[1:, number] = np.median(here), *np.quantile(here, (0.1, 0.9))
    return Curve(*rows)


def part(values: np.ndarray, limits: np.ndarray) -> Part | None:
    """Some strides of a measure in numbers; None if none of them is known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return None
    judged = np.isfinite(values) & np.isfinite(limits)
    out = float((values[judged] > limits[judged]).mean()) if judged.any() else None
    low, median, high = np.quantile(known, (0.25, 0.5, 0.75))
    return Part(int(known.size), float(median), float(low), float(high), out)


def thirds(s: Strides) -> tuple[np.ndarray, np.ndarray]:
    """Which strides are of the first and of the last third of the run's time."""
    t_s = s["t_s"]
    if not len(t_s):
        return np.zeros(0, bool), np.zeros(0, bool)
    third = (t_s[-1] - t_s[0]) / 3
    return t_s < t_s[0] + third, t_s >= t_s[-1] - third


def turned(s: Strides) -> np.ndarray:
    """(N,) where the middle of the turn lies, to the runner's right positive, in degrees."""
    return np.asarray(0.5 * (s["yaw_right_deg"] - s["yaw_left_deg"]))


def views(s: Strides) -> dict[str, float]:
    """Share of the strides by view, the largest first; those whose view was not known are left out."""
    names, counts = np.unique(s.texts["view"][s.texts["view"] != ""], return_counts=True)
    return {
        str(names[place]): float(counts[place] / counts.sum())
        for place in sorted(range(len(names)), key=lambda i: -counts[i])
    }


def spans(rows: Sequence[Row], fault: str, end_s: float) -> Iterator[tuple[float, float]]:
    """When a fault was there: beginning and end of each episode."""
    for row in rows:
        if row["fault"] == fault:
            yield row["begun_s"], end_s if row["ended_s"] is None else row["ended_s"]


def _measure(
    name: str, fault: str, unit: str, s: Strides, values: np.ndarray, limits: np.ndarray, own: float | None
) -> Measure:
    first, last = thirds(s)
    fresh, tired = part(values[first], limits[first]), part(values[last], limits[last])
    enough = fresh is not None and tired is not None and min(fresh.strides, tired.strides) >= LEAST_THIRD
    known = values[np.isfinite(values)]
    return Measure(
        name,
        fault,
        unit,
        values,
        limits,
        own,
        part(values, limits),
        fresh if enough else None,
        tired if enough else None,
        float(np.quantile(known, 0.95)) if known.size else None,
    )


def _spread(limits: np.ndarray) -> np.ndarray:
    """A limit that is known at some strides only, for the others as it was at the last one before, or the first."""
    known = np.flatnonzero(np.isfinite(limits))
    if not known.size:
        return limits
    place = np.searchsorted(known, np.arange(len(limits)), side="right") - 1
    return np.asarray(limits[known[np.maximum(place, 0)]])


def _own(baselines: Sequence[Row]) -> Mapping[str, float]:
    """The runner's own lean and twist by the last baseline."""
    if not baselines:
        return {}
    last = baselines[-1]
    return {name: last[f"{name}_deg"] for name in ("lean", "twist") if last[f"{name}_deg"] is not None}


def _heeded(cue: Row) -> bool:
    return cue["kind"] == "cue" and cue["mended_s"] is not None
