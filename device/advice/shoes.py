"""Pairs of shoes, and about how far each has run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from device.runs.store import Store

FEET = ("neutral", "flat", "high")
"""Types of foot, by their arch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of shoes.

    :param foot: one of :data:`FEET`, "" where nobody said.
    :param since_utc: when it was taken into use; None where the clock was not set.
    :param retired_utc: when it was retired; None while it is in use.
    :param before_km: what it had run before the coach counted.
    :param km: what it has run by now, that included: time of running times speed.
    :param runs: how many runs.
    :param told: how many of them had a speed that somebody told; those of the others is the usual one.
    """

    id: int
    name: str
    foot: str
    since_utc: str | None
    retired_utc: str | None
    limit_km: float
    before_km: float
    km: float
    runs: int
    told: int

    @property
    def due(self) -> bool:
        """Whether it is to be looked at."""
        return self.retired_utc is None and self.km >= self.limit_km


def add(
    store: Store, runner: str, name: str, now: datetime | None, limit_km: float, before_km: float = 0.0, foot: str = ""
) -> int:
    """Take a pair into use; its number comes back.  From now on runs count for it.

    :param now: None where the clock is not set.
    :raises StoreError: it cannot be written.
    """
    with store.change() as db:
        done = db.execute(
            "INSERT INTO shoes (runner, name, foot, bought_utc, limit_km, before_km) VALUES (?, ?, ?, ?, ?, ?)",
            (runner, name, foot, now and f"{now:%Y-%m-%dT%H:%M:%SZ}", limit_km, before_km),
        )
        return int(done.lastrowid or 0)


def retire(store: Store, number: int, now: datetime) -> None:
    """Count no more runs for a pair."""
    with store.change() as db:
        db.execute("UPDATE shoes SET retired_utc = ? WHERE id = ?", (f"{now:%Y-%m-%dT%H:%M:%SZ}", number))


def correct(store: Store, run: int, speed_kmh: float | None = None, pair: int | None = None) -> None:
    """Say how fast a run was, or which pair it was run in; None leaves it."""
    with store.change() as db:
        db.execute(
            "UPDATE runs SET speed_kmh = ifnull(?, speed_kmh), shoes = ifnull(?, shoes) WHERE id = ?",
            (speed_kmh, pair, run),
        )


def in_use(store: Store, runner: str) -> int | None:
    """The pair that a runner's next run counts for: the one added last of those not retired; None for none."""
    rows = store.rows("SELECT max(id) AS id FROM shoes WHERE runner = ? AND retired_utc IS NULL", (runner,))
    number: int | None = rows[0]["id"]
    return number


def pairs(store: Store, runner: str, speed_kmh: float) -> list[Pair]:
    """A runner's pairs, the newest first, retired ones after those in use.

    :param speed_kmh: of runs whose speed nobody told.
    """
    rows = store.rows(
        "SELECT shoes.*, count(runs.id) AS runs, count(runs.speed_kmh) AS told,"
        " before_km + total(runs.running_s / 3600 * ifnull(runs.speed_kmh, ?)) AS km"
        " FROM shoes LEFT JOIN runs ON runs.shoes = shoes.id"
        " WHERE shoes.runner = ? GROUP BY shoes.id ORDER BY retired_utc IS NOT NULL, shoes.id DESC",
        (speed_kmh, runner),
    )
    return [
        Pair(
            row["id"],
            row["name"],
            row["foot"],
            row["bought_utc"],
            row["retired_utc"],
            row["limit_km"],
            row["before_km"],
            row["km"],
            row["runs"],
            row["told"],
        )
        for row in rows
    ]


def due(store: Store, runner: str, speed_kmh: float) -> list[Pair]:
    """The pairs in use that are to be looked at."""
    return [pair for pair in pairs(store, runner, speed_kmh) if pair.due]
