"""The database of the runs: SQLite in the state folder.

Write-ahead log and ``synchronous=FULL``: what was committed survives a power cut.  Few commits, one for some seconds of
a run, since a memory card wears out by them.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from device.errors import FormCoachError
from device.files import sync_folder
from device.runs import schema
from device.runs.batch import Batch
from device.transaction import transaction

NAME = "runs.sqlite"
POSES = "poses"

WAIT_S = 5.0
"""How long to wait for another process that writes at this moment."""

JOURNAL_BYTES = 4_000_000
"""The write-ahead log is cut back to this."""

TABLES = ("strides", "tallies", "episodes", "cues", "baselines", "events")
"""What belongs to a run and goes with it, each with ``run`` as its first column."""

_KEYS = {"strides": "stride", "tallies": "fault"}

Row = dict[str, Any]


class StoreError(FormCoachError):
    """The runs cannot be read or written."""

    exit_code = 3


class DamagedError(StoreError):
    """The database is damaged, or no SQLite file at all."""


class ForeignError(StoreError):
    """The file is a newer version's, or not ours; it is left alone."""


class Store:
    """An open database of runs.

    :param path: the file; made if need be, unless opened to read only.
    :param read_only: change nothing, and need no right to.
    :param check: look the whole file over for damage first, which takes a second for each 100 MB.
    :raises DamagedError: it is damaged.
    :raises ForeignError: it was made by a newer version, or is something else.
    :raises StoreError: it cannot be opened.
    """

    def __init__(self, path: Path, *, read_only: bool = False, check: bool = False) -> None:
        self.path = path
        with self._told("opened"):
            self._db = _connected(path, read_only)
            try:
                self._prepare(read_only, check)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, read_only: bool, check: bool) -> None:
        db = self._db
        db.row_factory = sqlite3.Row
        db.execute(f"PRAGMA busy_timeout = {int(1000 * WAIT_S)}")
        if not schema.ours(db):
            raise ForeignError(f"{self.path}: this is no file of runs; it is left alone: move it elsewhere")
        newer = schema.unknown(db)
        if newer:
            raise ForeignError(
                f"{self.path}: was written by a newer Form Coach ({newer[-1]}); it is left alone: update this one"
            )
        if check and (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise DamagedError(f"{self.path}: is damaged ({' '.join(found.split())})")
        if read_only:
            if schema.missing(db):
                raise StoreError(f"{self.path}: was written by an older Form Coach; start the coach once to update it")
            return
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA cache_size = -500")  # kB: a writer that runs for weeks needs no more
        schema.migrate(db)

    def close(self) -> None:
        """Let go of the file.  May be called twice."""
        self._db.close()

    def __enter__(self) -> Store:
        """Close it afterwards."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    # Questions

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a query finds, as one record a row.

        :raises StoreError: it cannot be read.
        """
        with self._told("read"):
            return [dict(row) for row in self._db.execute(sql, values)]

    def run(self, number: int) -> Row | None:
        """A run's own line; None if there is no such run."""
        found = self.rows("SELECT * FROM runs WHERE id = ?", (number,))
        return found[0] if found else None

    def last(self, runner: str | None = None) -> int | None:
        """The number of the newest run, of one runner or of all; None if there is none."""
        where, values = ("", ()) if runner is None else ("WHERE runner = ?", (runner,))
        return self.rows(f"SELECT max(id) AS id FROM runs {where}", values)[0]["id"]  # type: ignore[no-any-return]

    def listed(self, most: int | None = None, runner: str | None = None) -> list[Row]:
        """Runs, the newest first, each with the share of judged strides that were out, by fault, as ``out``."""
        where, values = ("", ()) if runner is None else ("WHERE runner = ?", (runner,))
        found = self.rows(
            f"SELECT * FROM runs {where} ORDER BY id DESC LIMIT ?", (*values, -1 if most is None else most)
        )
        if not found:
            return []
        out: dict[int, dict[str, float]] = {}
        for tally in self.rows(
            "SELECT run, fault, 1.0 * out_strides / strides AS share FROM tallies"
            " WHERE run BETWEEN ? AND ? AND strides",
            (found[-1]["id"], found[0]["id"]),
        ):
            out.setdefault(tally["run"], {})[tally["fault"]] = tally["share"]
        for row in found:
            row["out"] = out.get(row["id"], {})
        return found

    def table(self, table: str, number: int) -> list[Row]:
        """A run's rows of one of :data:`TABLES`, in order."""
        assert table in TABLES
        return self.rows(f"SELECT * FROM {table} WHERE run = ? ORDER BY {_KEYS.get(table, 'number')}", (number,))

    def settings(self, number: int) -> str:
        """The settings that a run began with, as TOML; empty if there is no such run."""
        found = self.rows(
            "SELECT toml FROM settings JOIN runs ON sha256 = settings_sha256 WHERE runs.id = ?", (number,)
        )
        return str(found[0]["toml"]) if found else ""

    def size_bytes(self) -> int:
        """How much of the file is in use."""
        with self._told("read"):
            pages, free, size = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    # Changes

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One change that is there wholly, or not at all; whoever writes a table of their own does it in here.

        :raises StoreError: it cannot be written.
        """
        with self._told("written"), transaction(self._db):
            yield self._db

    def write(self, batch: Batch, clock: Row, poses_bytes: int | None) -> int:
        """Write what there is of a run, in one commit; the number of the run comes back.

        Doing it twice changes nothing.

        :param clock: ``begun_utc``, ``ended_utc`` and ``clock_ok``.
        """
        line = {**batch.run, **clock, "poses_bytes": poses_bytes}
        with self.change() as db:
            db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (line["settings_sha256"], batch.toml))
            changes = ", ".join(f"{name} = ?" for name in line)
            if not db.execute(f"UPDATE runs SET {changes} WHERE uuid = ?", (*line.values(), batch.name)).rowcount:
                worn = "SELECT max(id) FROM shoes WHERE runner = ? AND retired_utc IS NULL"  # advice.shoes.in_use
                pair = db.execute(worn, (line["runner"],)).fetchone()[0]
                _put(db, "runs", {"uuid": batch.name, "shoes": pair, **line})
            number = int(db.execute("SELECT id FROM runs WHERE uuid = ?", (batch.name,)).fetchone()[0])
            for row in batch.tallies:
                _put(db, "tallies", {"run": number, **row})
            for table in ("strides", "episodes", "cues", "baselines", "events"):
                rows: dict[int, Row] = getattr(batch, table)
                for key, row in rows.items():
                    _put(db, table, {"run": number, _KEYS.get(table, "number"): key, **row})
        return number

    def recover(self, poses_bytes: dict[str, int | None]) -> list[int]:
        """Close the runs that a power cut left open; their numbers come back.

        Only for who holds the lock of :class:`device.runs.archive.Archive`, so that no run is on.

        :param poses_bytes: by a run's uuid, what of its key-point log can be read.
        """
        found = self.rows("SELECT * FROM runs WHERE closed = 'open'")
        if found:
            with self.change() as db:
                for row in found:
                    db.execute(
                        "UPDATE runs SET closed = 'power', poses_bytes = ? WHERE id = ?",
                        (poses_bytes.get(row["uuid"]), row["id"]),
                    )
        return [row["id"] for row in found]

    def delete(self, number: int) -> None:
        """Forget a run; pain that was noted after it stays."""
        with self.change() as db:
            db.execute("DELETE FROM runs WHERE id = ?", (number,))
            db.execute("DELETE FROM settings WHERE sha256 NOT IN (SELECT settings_sha256 FROM runs)")

    def drop_strides(self, number: int) -> None:
        """Forget a run's strides alone."""
        with self.change() as db:
            db.execute("DELETE FROM strides WHERE run = ?", (number,))
            db.execute("UPDATE runs SET strides_kept = 0 WHERE id = ?", (number,))

    def compact(self) -> None:
        """Give space that is no longer in use back to the disk."""
        with self._told("written"):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextlib.contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.Error as error:
            reason = " ".join(str(error).split())
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise DamagedError(f"{self.path}: is damaged ({reason})") from error
            raise _failed(f"{self.path}: cannot be {what}: {reason}", what) from error


def move_aside(path: Path, now: datetime | None = None) -> Path:
    """Put a damaged database out of the way, with what belongs to it; where it lies now comes back.

    :raises OSError: it cannot be moved.
    """
    stem = f"{path.name}.damaged-{now or datetime.now(UTC):%Y%m%d-%H%M%S}"
    aside, more = path.with_name(stem), 1
    while aside.exists():
        more += 1
        aside = path.with_name(f"{stem}-{more}")
    for tail in ("-wal", "-shm"):  # before the database itself: a new one must not find them
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{tail}", f"{aside}{tail}")
    os.replace(path, aside)
    sync_folder(path.parent)
    return aside


def _failed(text: str, what: str) -> StoreError:
    error = StoreError(text)
    if what == "written":
        error.exit_code = 2
    return error


def _made(path: Path) -> None:
    """Make an empty file, which SQLite takes for a new database; with sudo it belongs to whom the folder belongs to."""
    folder = path.parent.stat()
    try:
        there = path.stat()
    except FileNotFoundError:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if os.geteuid() == 0:
            os.fchown(handle, folder.st_uid, folder.st_gid)
        os.close(handle)
        return
    if os.geteuid() not in (0, there.st_uid) and not folder.st_mode & stat.S_ISGID:
        # The write-ahead log would be ours then, and shut its owner out.
        raise _failed(f"{path}: belongs to another user: run this with sudo", "written")


def _connected(path: Path, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        try:
            _made(path)
        except OSError as error:
            raise _failed(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}", "written") from error
        return sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    if not path.exists():
        raise StoreError(f"{path}: there are no runs yet")
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        db = sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return db
    except sqlite3.OperationalError:
        db.close()
        if Path(f"{path}-wal").exists():
            raise
    # Without the right to write into the folder SQLite opens a file in WAL mode only as one that nobody writes to,
    # which is true where there is no write-ahead log.
    return sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None, check_same_thread=False)


def _put(db: sqlite3.Connection, table: str, row: Row) -> None:
    db.execute(
        f"INSERT OR REPLACE INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
