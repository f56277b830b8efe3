"""Runs in a database, as if they had been run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from device.runs.store import Store

BEGUN = datetime(2026, 10, 1, 17, 0, tzinfo=UTC)
"""When the first run begins; each day there is another."""

_NAMES = count(1)


def add_run(
    store: Store,
    shares: Mapping[str, float] | None = None,
    *,
    runner: str = "",
    running_s: float = 1800.0,
    cadence_spm: float | None = 170.0,
    shoes: int | None = None,
    speed_kmh: float | None = None,
    begun: datetime | None = BEGUN,
    strides: Sequence[Mapping[str, object]] = (),
) -> int:
    """Put a run into the database; its number comes back.

    :param shares: of 1500 s watched, for each fault.
    :param begun: None where the clock was not set.
    :param strides: columns of its strides.
    """
    days = store.rows("SELECT count(*) AS n FROM runs")[0]["n"]
    start = None if begun is None else begun + timedelta(days=days)
    times = [None if start is None else f"{start + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ}" for h in (0, 1)]
    with store.change() as db:
        db.execute("INSERT OR IGNORE INTO settings VALUES ('s', '')")
        db.execute(
            "INSERT INTO runs (uuid, runner, begun_utc, ended_utc, clock_ok, closed, duration_s, seen_s, running_s,"
            " steps, cadence_spm, view, software, model, model_sha256, settings_sha256, shoes, speed_kmh)"
            " VALUES (?, ?, ?, ?, ?, 'end', 2000, 1900, ?, 5000, ?, 'oblique', '0', 'm', 'x', 's', ?, ?)",
            (f"u{next(_NAMES)}", runner, *times, int(begun is not None), running_s, cadence_spm, shoes, speed_kmh),
        )
        number = int(db.execute("SELECT max(id) FROM runs").fetchone()[0])
        for fault, share in (shares or {}).items():
            db.execute("INSERT INTO tallies VALUES (?, ?, 1500, ?, 1000, 1, NULL, 3, 2)", (number, fault, 1500 * share))
        for place, stride in enumerate(strides):
            names = ", ".join(stride)
            marks = ", ".join("?" * len(stride))
            db.execute(
                f"INSERT INTO strides (run, stride, t_s, view, {names}) VALUES (?, ?, ?, 'oblique', {marks})",
                (number, place, 0.7 * place, *stride.values()),
            )
    return number
