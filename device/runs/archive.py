"""Batches to disk: the database, the key-point logs beside it, and room for both.

Whoever writes runs holds a lock as long as a run is on, so that of two coaches with one state folder only one does, and
so that a run that is open while nobody holds it was surely cut off.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from device.runs import store
from device.runs.batch import Batch
from device.runs.poselog import SUFFIX, PoseWriter, encode, repair
from device.runs.room import make_room
from device.runs.store import DamagedError, Store, StoreError

LOCK = "runs.lock"

PLAUSIBLE = 2024
"""A wall clock before this year was not set yet."""

_MENDED_S = 2.0
"""A wall clock that was set moves a run's beginning by more than this."""


class Archive:
    """Keeps runs in a folder.  Of one thread; nothing is opened before the first call.

    Errors are :class:`~device.runs.store.StoreError` or OSError; after one the same call may be tried again, and what
    was written before stays.

    :param folder: the coach's state folder.
    :param largest_bytes: what all runs may take together.
    :param clock: the wall clock's opinion of a time on the coach's clock that is now: seconds since 1970.
    :param tell: is given one line about what was done to a damaged database.
    """

    def __init__(
        self,
        folder: Path,
        largest_bytes: int,
        clock: Callable[[float], float],
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.folder = folder
        self.path = folder / store.NAME
        self.largest_bytes = largest_bytes
        self._clock = clock
        self._tell = tell
        self._store: Store | None = None
        self._lock: int | None = None
        self._writer: PoseWriter | None = None
        self._begun: dict[str, float] = {}
        self._unchecked = True

    def tidy(self) -> list[int]:
        """Close what a power cut left open, and make room; the numbers of the runs closed come back.

        Does nothing while another coach keeps a run.
        """
        if not self._locked():
            return []
        try:
            found = self._opened().rows("SELECT uuid FROM runs WHERE closed = 'open'")
            sizes = {row["uuid"]: repair(self._log(row["uuid"])) for row in found}
            closed = self._opened().recover(sizes)
            make_room(self._opened(), self.folder / store.POSES, self.largest_bytes)
            return closed
        finally:
            self._unlock()

    def write(self, batch: Batch) -> None:
        """Write what there is of a run; what is written is taken out of the batch.

        A run that is over is closed, and older ones make room if need be.

        :raises StoreError: the database cannot be written; the key points may be kept for all that.
        :raises OSError: the key points cannot be written; the rows may be kept for all that.
        """
        if batch.poses:
            batch.blocks.append(encode(batch.poses))
            batch.poses = []
        if not self._locked():
            raise StoreError(f"{self.path}: another Form Coach keeps a run there; this one has to wait")
        if self._writer is None or self._writer.path != self._log(batch.name):
            self._finish_before()
            self._writer = PoseWriter(self._log(batch.name))
        problem = self._write_poses(batch)
        self._retrying(lambda opened: opened.write(batch, self._times(batch), self._size()))
        for rows in (batch.strides, batch.episodes, batch.cues, batch.baselines, batch.events):
            rows.clear()
        if problem is not None:
            raise problem
        if batch.over:
            self._writer = None
            self._begun.pop(batch.name, None)
            try:
                make_room(self._opened(), self.folder / store.POSES, self.largest_bytes)
            finally:
                self._unlock()

    def close(self) -> None:
        """Let go of files and lock; the next call opens them anew."""
        self._close_store()
        self._unlock()

    def _finish_before(self) -> None:
        """Close what there is of a run of ours whose last batch was lost."""
        if self._writer is not None:
            sizes = {self._writer.path.stem: self._size()}
            self._retrying(lambda opened: opened.recover(sizes))

    def _write_poses(self, batch: Batch) -> OSError | None:
        """Append the key points; a problem comes back, since the rows are to be written for all that."""
        assert self._writer is not None
        if not batch.blocks:
            return None
        try:
            self._writer.path.parent.mkdir(exist_ok=True)
            self._writer.append(b"".join(batch.blocks))
        except OSError as error:
            return error
        batch.blocks.clear()
        return None

    def _size(self) -> int | None:
        return self._writer.size if self._writer is not None else None

    def _log(self, name: str) -> Path:
        return self.folder / store.POSES / f"{name}{SUFFIX}"

    def _times(self, batch: Batch) -> store.Row:
        """When the run began and ended by the wall clock, as far as that is set: its newest opinion counts."""
        now = self._clock(batch.begun_s + batch.until_s)
        if datetime.fromtimestamp(now, UTC).year >= PLAUSIBLE:
            begun = now - batch.until_s
            known = self._begun.get(batch.name)
            if known is None or abs(begun - known) > _MENDED_S:
                self._begun[batch.name] = begun
        begun_s = self._begun.get(batch.name)
        if begun_s is None:
            return {"begun_utc": None, "ended_utc": None, "clock_ok": 0}
        ended_s = begun_s + batch.run["duration_s"]
        return {"begun_utc": utc(begun_s), "ended_utc": utc(ended_s), "clock_ok": 1}

    def _opened(self) -> Store:
        if self._store is None:
            try:
                self._store = Store(self.path, check=self._unchecked)
            except DamagedError as error:
                self._begin_anew(error)
                self._store = Store(self.path)
            self._unchecked = False
        return self._store

    def _retrying(self, write: Callable[[Store], object]) -> None:
        """Write to the database; to a new one if this is found to be damaged."""
        try:
            write(self._opened())
        except DamagedError as error:
            self._close_store()
            self._begin_anew(error)
            write(self._opened())
        except StoreError:
            self._close_store()  # what a failed disk did to an open connection is not worth knowing
            raise

    def _close_store(self) -> None:
        opened, self._store = self._store, None
        if opened is not None:
            opened.close()

    def _begin_anew(self, error: DamagedError) -> None:
        aside = store.move_aside(self.path)
        self._tell(f"{error}; it was moved to {aside}, and a new {self.path} is begun")

    def _locked(self) -> bool:
        """Whether the lock is ours, now or already."""
        if self._lock is None:
            self._lock = lock(self.folder)
        return self._lock is not None

    def _unlock(self) -> None:
        handle, self._lock = self._lock, None
        if handle is not None:
            os.close(handle)


def lock(folder: Path) -> int | None:
    """Hold the lock of a folder of runs until the handle is closed; None while another process does.

    :raises OSError: it cannot be had at all.
    """
    handle = os.open(folder / LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def utc(seconds: float) -> str:
    """Seconds since 1970 as ISO 8601, whole seconds."""
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=round(seconds)):%Y-%m-%dT%H:%M:%SZ}"
