"""The tables of the runs' database, as migrations: each has a name, and is applied once, in order.

What a released version made is never edited here; a change is a migration of its own at the end.
``tests/runs/schemas`` keeps a database of each version, as SQL, to migrate from.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

APPLICATION_ID = 0x46436F61
"""Marks a SQLite file as ours ("FCoa")."""

_RUNS = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    runner TEXT NOT NULL DEFAULT '',
    begun_utc TEXT,
    ended_utc TEXT,
    clock_ok INTEGER NOT NULL,
    closed TEXT NOT NULL CHECK (closed IN ('open', 'end', 'power')),
    duration_s REAL NOT NULL,
    seen_s REAL NOT NULL,
    running_s REAL NOT NULL,
    seen_share REAL,
    steps INTEGER NOT NULL,
    cadence_spm REAL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    confidence REAL,
    software TEXT NOT NULL,
    model TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    settings_sha256 TEXT NOT NULL,
    speed_kmh REAL,
    shoes INTEGER REFERENCES shoes (id) ON DELETE SET NULL,
    poses_bytes INTEGER,
    strides_kept INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX runs_open ON runs (closed) WHERE closed = 'open';
CREATE INDEX runs_runner ON runs (runner, id);
CREATE TABLE settings (sha256 TEXT PRIMARY KEY, toml TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE strides (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    stride INTEGER NOT NULL,
    t_s REAL NOT NULL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    confidence REAL,
    cadence_spm REAL,
    lean_deg REAL,
    twist_deg REAL,
    raised_pct REAL,
    rounded_pct REAL,
    head_forward_pct REAL,
    yaw_left_deg REAL,
    yaw_right_deg REAL,
    lean REAL,
    lean_limit REAL,
    lean_clear REAL,
    shoulders REAL,
    shoulders_limit REAL,
    shoulders_clear REAL,
    shoulders_measure TEXT,
    twist REAL,
    twist_limit REAL,
    twist_clear REAL,
    PRIMARY KEY (run, stride)
) WITHOUT ROWID;
CREATE TABLE tallies (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    fault TEXT NOT NULL,
    watched_s REAL NOT NULL,
    on_s REAL NOT NULL,
    strides INTEGER NOT NULL,
    out_strides INTEGER NOT NULL,
    value_mean REAL,
    cues INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    PRIMARY KEY (run, fault)
) WITHOUT ROWID;
CREATE TABLE episodes (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    fault TEXT NOT NULL,
    measure TEXT NOT NULL,
    begun_s REAL NOT NULL,
    ended_s REAL,
    value_max REAL,
    limit_ REAL,
    mended INTEGER,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE cues (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    fault TEXT NOT NULL,
    text TEXT NOT NULL,
    measure TEXT,
    value REAL,
    limit_ REAL,
    mended_s REAL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE baselines (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    view TEXT NOT NULL,
    azimuth_deg REAL,
    lean_deg REAL,
    twist_deg REAL,
    json TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE events (
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    t_s REAL NOT NULL,
    kind TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE pain (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    t_utc TEXT NOT NULL,
    runner TEXT NOT NULL DEFAULT '',
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 10),
    place TEXT NOT NULL DEFAULT '',
    run INTEGER REFERENCES runs (id) ON DELETE SET NULL,
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pain_runner ON pain (runner, t_utc);
CREATE TABLE shoes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    runner TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    foot TEXT NOT NULL DEFAULT '',
    bought_utc TEXT,
    retired_utc TEXT,
    limit_km REAL NOT NULL,
    before_km REAL NOT NULL DEFAULT 0
);
"""

MIGRATIONS: tuple[tuple[str, str], ...] = (("0001_runs", _RUNS),)
"""Name and SQL of each; no ``BEGIN`` or ``COMMIT`` inside."""


def applied(db: sqlite3.Connection) -> list[str]:
    """The names of the migrations that made a database; none for an empty one."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").fetchone():
        return []
    return [name for (name,) in db.execute("SELECT name FROM migrations ORDER BY name")]


def ours(db: sqlite3.Connection) -> bool:
    """Whether a file is one of these, or still empty."""
    if db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return True
    return not db.execute("SELECT 1 FROM sqlite_master").fetchone()


def missing(db: sqlite3.Connection) -> list[str]:
    """The names of the migrations that a database still needs."""
    done = set(applied(db))
    return [name for name, _ in MIGRATIONS if name not in done]


def unknown(db: sqlite3.Connection) -> list[str]:
    """The names of migrations made by a newer version of this software."""
    known = {name for name, _ in MIGRATIONS}
    return [name for name in applied(db) if name not in known]


def migrate(db: sqlite3.Connection) -> list[str]:
    """Bring a database up to date; the names of what was done come back.

    Each migration is there wholly, with its record, or not at all.  Of two processes that do it at once one waits.

    :raises sqlite3.Error: one could not be applied; those before it stay.
    """
    done = []
    for name, sql in MIGRATIONS:
        db.execute("BEGIN IMMEDIATE")
        try:
            if name in applied(db):
                db.execute("ROLLBACK")
                continue
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_utc TEXT NOT NULL)")
            for statement in _statements(sql):
                db.execute(statement)
            db.execute("INSERT INTO migrations VALUES (?, ?)", (name, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        done.append(name)
    return done


def _statements(sql: str) -> list[str]:
    """SQL cut into statements: ``executescript`` would end the transaction first."""
    found, part = [], ""
    for line in sql.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part.strip())
            part = ""
    if part.strip():
        found.append(part.strip())
    return found
