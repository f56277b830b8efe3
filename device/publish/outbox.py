"""What is to reach the broker for certain, in order: in memory while it answers, on the disk while it does not.

A message leaves the outbox when the broker has acknowledged it, and not before.  While all goes well none of them
touches the memory card; one that waits is written, many in one commit.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from device.errors import FormCoachError
from device.transaction import transaction

NAME = "mqtt-queue.sqlite"

APPLICATION_ID = 0x46434D51
"""Marks a SQLite file as ours ("FCMQ")."""

MOST_FRESH = 2000
"""So many wait in memory where the disk fails: some hundred kB."""

OVERHEAD_BYTES = 64
"""What a message needs on the disk besides its words, about."""

_SCHEMA = """
CREATE TABLE waiting (number INTEGER PRIMARY KEY, run INTEGER NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);
CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""


class OutboxError(FormCoachError):
    """The queue on the disk cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits.

    :param number: its place in the order.
    :param run: whether it tells of a whole run; these go last when there is no more room.
    """

    number: int
    topic: str
    payload: bytes
    run: bool = False

    @property
    def size_bytes(self) -> int:
        """What it takes."""
        return len(self.topic) + len(self.payload) + OVERHEAD_BYTES


class Outbox:
    """Messages in their order.  Used by one thread.

    :param folder: where the file is; None keeps all in memory.
    :param most_bytes: what may wait.
    :ivar dropped: how many were given up for want of room.
    :raises OutboxError: the file cannot be used.
    """

    def __init__(self, folder: Path | None, most_bytes: int, note: Callable[[str], None] = lambda line: None) -> None:
        self.most_bytes = most_bytes
        self.dropped = 0
        self._fresh: dict[int, Letter] = {}
        self._acked: set[int] = set()
        self._path = folder / NAME if folder is not None else None
        self._db = self._opened(note)
        with self._told():
            last, count, size = self._db.execute(
                "SELECT max(number), count(*), sum(length(topic) + length(payload) + ?) FROM waiting", (OVERHEAD_BYTES,)
            ).fetchone()
        self._last, self._kept, self._kept_bytes = last or 0, count, size or 0

    def __len__(self) -> int:
        """How many wait."""
        return int(self._kept) + len(self._fresh) - len(self._acked)

    def add(self, topic: str, payload: bytes) -> None:
        """Put a message at the end; in memory, for the time being."""
        self._last += 1
        self._fresh[self._last] = Letter(self._last, topic, payload)
        if len(self._fresh) > MOST_FRESH:
            del self._fresh[next(iter(self._fresh))]
            self.dropped += 1

    def add_run(self, topic: str, payload: bytes, mark: int) -> None:
        """Put a run at the end, on the disk, and in the same commit the mark of how far runs have been taken.

        :raises OutboxError: it cannot be written; nothing has changed then.
        """
        self.keep()
        letter = Letter(self._last + 1, topic, payload, True)
        with self._change() as db:
            db.execute("INSERT INTO waiting VALUES (?, 1, ?, ?)", (letter.number, topic, payload))
            db.execute("INSERT OR REPLACE INTO marks VALUES ('runs', ?)", (mark,))
        self._last = letter.number
        self._kept, self._kept_bytes = self._kept + 1, self._kept_bytes + letter.size_bytes
        self._trim()

    @property
    def mark(self) -> int | None:
        """How far runs have been taken; None at the very beginning."""
        with self._told():
            found = self._db.execute("SELECT value FROM marks WHERE name = 'runs'").fetchone()
        return None if found is None else int(found[0])

    @mark.setter
    def mark(self, value: int) -> None:
        with self._change() as db:
            db.execute("INSERT OR REPLACE INTO marks VALUES ('runs', ?)", (value,))

    def after(self, number: int, most: int) -> list[Letter]:
        """The next messages after the one of that number."""
        found: list[Letter] = []
        if self._kept:
            with self._told():
                rows = self._db.execute(
                    "SELECT number, topic, payload, run FROM waiting WHERE number > ? ORDER BY number", (number,)
                )
                found = [Letter(*row) for row in islice((row for row in rows if row[0] not in self._acked), most)]
                rows.close()
        return found + list(islice((one for one in self._fresh.values() if one.number > number), most - len(found)))

    @property
    def arrived(self) -> int:
        """How many are still to be deleted from the disk."""
        return len(self._acked)

    def done(self, numbers: Iterable[int]) -> None:
        """These have arrived.  On the disk they are deleted at the next :meth:`keep` or :meth:`forget`."""
        for number in numbers:
            if self._fresh.pop(number, None) is None:
                self._acked.add(number)

    def keep(self) -> None:
        """Put on the disk what is in memory.

        :raises OutboxError: it cannot be written; it stays in memory.
        """
        self.forget()
        if not self._fresh:
            return
        letters = list(self._fresh.values())
        with self._change() as db:
            db.executemany(
                "INSERT INTO waiting VALUES (?, ?, ?, ?)",
                [(one.number, one.run, one.topic, one.payload) for one in letters],
            )
        self._fresh.clear()
        self._kept += len(letters)
        self._kept_bytes += sum(one.size_bytes for one in letters)
        self._trim()

    def forget(self) -> None:
        """Delete from the disk what has arrived.

        :raises OutboxError: it cannot be written.
        """
        if not self._acked:
            return
        numbers = [(number,) for number in self._acked]
        with self._change() as db:
            db.executemany("DELETE FROM waiting WHERE number = ?", numbers)
        self._acked.clear()
        self._count()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _trim(self) -> None:
        """Give up the oldest that are no runs, then the oldest runs, until there is room for some more."""
        if self._kept_bytes <= self.most_bytes:
            return
        before = self._kept
        excess = self._kept_bytes - int(0.9 * self.most_bytes)
        gone = []
        with self._change() as db:
            for number, size in db.execute(
                "SELECT number, length(topic) + length(payload) + ? FROM waiting ORDER BY run, number",
                (OVERHEAD_BYTES,),
            ):
                if excess <= 0:
                    break
                gone.append((number,))
                excess -= size
            db.executemany("DELETE FROM waiting WHERE number = ?", gone)
        self._count()
        self.dropped += before - self._kept

    def _count(self) -> None:
        with self._told():
            self._kept, size = self._db.execute(
                "SELECT count(*), sum(length(topic) + length(payload) + ?) FROM waiting", (OVERHEAD_BYTES,)
            ).fetchone()
        self._kept_bytes = size or 0

    def _opened(self, note: Callable[[str], None]) -> sqlite3.Connection:
        with self._told():
            try:
                return self._prepared()
            except sqlite3.DatabaseError as error:
                broken = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
                if self._path is None or not broken:
                    raise
                for tail in ("-wal", "-shm", ""):
                    with contextlib.suppress(OSError):
                        Path(f"{self._path}{tail}").unlink()
                note(f"{self._path} was damaged; what waited in it for the broker is lost")
                return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path or ":memory:", timeout=2.0, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA journal_size_limit = 1000000")
            db.execute("PRAGMA cache_size = -250")
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                db.executescript(f"BEGIN;{_SCHEMA}PRAGMA application_id = {APPLICATION_ID};COMMIT;")
            db.execute("SELECT number, run, topic, payload FROM waiting LIMIT 1").fetchone()
            if db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                error = sqlite3.DatabaseError("database disk image is malformed")
                error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise error
        except BaseException:
            db.close()
            raise
        return db

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._told(), transaction(self._db):
            yield self._db

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutboxError(f"{self._path}: cannot be used: {' '.join(str(error).split())}") from error
