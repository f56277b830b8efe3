"""The pain diary: entries in the database of the runs, and when they are a reason to see somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from device.records import FAULTS
from device.runs.store import Row, Store
from device.settings import PainSettings

STRONGEST = 10

NEAR_H = 24.0
"""An entry that names no run is shown with the last run that ended within these hours before it."""

MUCH = 0.1
"""A run has much of a fault if it was there for this share of the time (chosen by us)."""

FEWEST = 3
"""Runs with and without much of a fault are compared only if there are so many of each (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    :param id: its number; 0 before it is kept.
    :param t_utc: when it was felt.
    :param level: 0 (none) to 10 (the worst imaginable).
    :param run: the run it came after, None for none.
    """

    t_utc: datetime
    level: int
    place: str = ""
    note: str = ""
    run: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Lasting:
    """Why to see a doctor or physical therapist.

    :param severe: one entry alone is enough.
    :param count: how many entries count.
    """

    severe: bool
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean pain after runs with much of a fault, and after the others."""

    fault: str
    much: float
    much_runs: int
    little: float
    little_runs: int


def add(store: Store, runner: str, entry: Entry) -> int:
    """Keep an entry; its number comes back.

    :raises StoreError: it cannot be written.
    """
    with store.change() as db:
        done = db.execute(
            "INSERT INTO pain (t_utc, runner, level, place, run, note) VALUES (?, ?, ?, ?, ?, ?)",
            (f"{entry.t_utc:%Y-%m-%dT%H:%M:%SZ}", runner, entry.level, entry.place, entry.run, entry.note),
        )
        return int(done.lastrowid or 0)


def forget(store: Store, runner: str, number: int) -> bool:
    """Take an entry out; whether there was one."""
    with store.change() as db:
        return db.execute("DELETE FROM pain WHERE id = ? AND runner = ?", (number, runner)).rowcount > 0


def entries(store: Store, runner: str) -> list[Entry]:
    """A runner's entries, the newest first."""
    rows = store.rows("SELECT * FROM pain WHERE runner = ? ORDER BY t_utc DESC, id DESC", (runner,))
    return [Entry(moment(row["t_utc"]), row["level"], row["place"], row["note"], row["run"], row["id"]) for row in rows]


def lasting(diary: Sequence[Entry], rule: PainSettings, now: datetime) -> Lasting | None:
    """Whether pain lasts, as of now; None if it does not.

    :param now: entries of the days before count; where the newest entry is later, as of that one.
    """
    recent = lately(diary, rule, now)
    severe = [entry for entry in recent if entry.level >= rule.severe]
    strong = [entry for entry in recent if entry.level >= rule.level]
    if severe:
        return Lasting(True, len(severe))
    return Lasting(False, len(strong)) if len(strong) >= rule.entries else None


def lately(diary: Sequence[Entry], rule: PainSettings, now: datetime) -> list[Entry]:
    """The entries of the last days."""
    until = max([now, *(entry.t_utc for entry in diary)])
    return [entry for entry in diary if entry.t_utc > until - timedelta(days=rule.days)]


def run_of(entry: Entry, runs: Sequence[Row]) -> Row | None:
    """The run an entry belongs to: the one it names, else the last that ended shortly before it.

    :param runs: lines of the table ``runs``, the newest first.
    """
    if entry.run is not None:
        return next((run for run in runs if run["id"] == entry.run), None)
    for run in runs:
        if run["ended_utc"] is None:
            continue
        gone = entry.t_utc - moment(run["ended_utc"])
        if timedelta(0) <= gone <= timedelta(hours=NEAR_H):
            return run
    return None


def against(diary: Sequence[Entry], runs: Sequence[Row], shares: Mapping[int, Mapping[str, float]]) -> list[Comparison]:
    """Pain after runs with much of each fault against pain after the others; what there is too little of is left out.

    A run's pain is the strongest that was noted after it.

    :param shares: by run and fault, of the time it was watched.
    """
    pains: dict[int, int] = {}
    for entry in diary:
        run = run_of(entry, runs)
        if run is not None:
            pains[run["id"]] = max(entry.level, pains.get(run["id"], 0))
    found = []
    for fault in FAULTS:
        known = {run: shares[run][fault] for run in pains if fault in shares.get(run, {})}
        much = [pains[run] for run, share in known.items() if share >= MUCH]
        little = [pains[run] for run, share in known.items() if share < MUCH]
        if min(len(much), len(little)) >= FEWEST:
            found.append(Comparison(fault, mean(much), len(much), mean(little), len(little)))
    return found


def moment(text: str) -> datetime:
    """A time of the database, ISO 8601 in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
