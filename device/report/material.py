"""What the report tells of a run, read from the database in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from device.advice import choose, diary, recall
from device.advice.book import Book
from device.advice.choose import Plan
from device.advice.diary import Comparison, Entry, Lasting
from device.advice.facts import RunFacts
from device.runs.store import Row, Store
from device.settings import PainSettings

MOST_RUNS = 12
"""So many runs make a trend (chosen by us: a month of three a week, still legible on paper)."""

LEAST_RUN_S = 60.0
"""A run of less running says nothing about a trend, unless it is the one that is told of."""

_NUMBERS = [
    "t_s",
    "azimuth_deg",
    "confidence",
    "cadence_spm",
    "lean_deg",
    "twist_deg",
    "raised_pct",
    "rounded_pct",
    "head_forward_pct",
    "yaw_left_deg",
    "yaw_right_deg",
    "lean",
    "lean_limit",
    "lean_clear",
    "shoulders",
    "shoulders_limit",
    "shoulders_clear",
    "twist",
    "twist_limit",
    "twist_clear",
]
_TEXTS = ("view", "shoulders_measure")


@dataclass(frozen=True)
class Strides:
    """A run's strides, column by column.

    :param numbers: by the name of the column, (N,); NaN where not known.
    :param texts: likewise; "" where not known.
    """

    numbers: Mapping[str, np.ndarray]
    texts: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers["t_s"])

    def __getitem__(self, name: str) -> np.ndarray:
        """A column of numbers."""
        return self.numbers[name]


@dataclass(frozen=True)
class Material:
    """All there is to tell.

    :param run: the run's own line.
    :param tallies: by fault.
    :param trend: lines of the last runs of this runner, this one the last; ``shares`` has the time with each fault of
        the time it was watched, by run and fault.
    :param pain: the strongest entry after each of them that has one, by run.
    :param entries: the runner's whole diary, the newest first.
    :param recent: those of the last days.
    """

    run: Row
    strides: Strides
    tallies: Mapping[str, Row]
    episodes: list[Row]
    cues: list[Row]
    baselines: list[Row]
    events: list[Row]
    trend: list[Row]
    shares: Mapping[int, Mapping[str, float]]
    facts: RunFacts
    plan: Plan
    entries: list[Entry] = field(default_factory=list)
    recent: list[Entry] = field(default_factory=list)
    pain: Mapping[int, int] = field(default_factory=dict)
    lasting: Lasting | None = None
    compared: list[Comparison] = field(default_factory=list)


def read(store: Store, number: int, book: Book, rule: PainSettings, now: datetime | None) -> Material:
    """Read all that a report of a run is made from.

    :param number: of a run that there is.
    :param rule: from when on pain lasts.
    :param now: the time, None where the clock is not set.
    :raises StoreError: it cannot be read.
    """
    run = store.run(number)
    assert run is not None
    runner = run["runner"]
    facts = recall.facts(store, run)
    entries = diary.entries(store, runner)
    as_of = now or max((entry.t_utc for entry in entries), default=None)
    recent = diary.lately(entries, rule, as_of) if as_of is not None else []
    lasting = diary.lasting(entries, rule, as_of) if as_of is not None else None
    strongest = max((entry.level for entry in recent), default=None)
    all_runs, shares = recall.runs(store, runner), recall.shares(store, runner)
    trend = [row for row in all_runs if row["id"] < number and row["running_s"] >= LEAST_RUN_S][: MOST_RUNS - 1]
    return Material(
        run=run,
        strides=columns(store.table("strides", number)),
        tallies={row["fault"]: row for row in store.table("tallies", number)},
        episodes=store.table("episodes", number),
        cues=store.table("cues", number),
        baselines=store.table("baselines", number),
        events=store.table("events", number),
        trend=[*reversed(trend), run],
        shares=shares,
        facts=facts,
        plan=choose.plan(facts, book.helps(), strongest, lasting is not None),
        entries=entries,
        recent=recent,
        pain=_pain(entries, all_runs),
        lasting=lasting,
        compared=diary.against(entries, all_runs, shares),
    )


def columns(rows: list[Row]) -> Strides:
    """Rows of the table ``strides`` as columns."""
    numbers = {
        name: np.array([np.nan if row[name] is None else row[name] for row in rows], np.float64) for name in _NUMBERS
    }
    return Strides(numbers, {name: np.array([row[name] or "" for row in rows], "U16") for name in _TEXTS})


def _pain(entries: list[Entry], runs: list[Row]) -> dict[int, int]:
    found: dict[int, int] = {}
    for entry in entries:
        run = diary.run_of(entry, runs)
        if run is not None:
            found[run["id"]] = max(entry.level, found.get(run["id"], 0))
    return found
