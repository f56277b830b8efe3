"""Keeps runs while the coach works: in the background of a live one, in step with a replay.

Neither disturbs coaching.  The live recorder's engine thread does no more than to put a moment into a queue; gathering,
packing and writing are done on a thread of its own, which tells a trouble once and tries again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from device import __version__
from device.live.journal import Journal
from device.live.worker import Worker
from device.outputs import Output
from device.records import Event, Frame, Moment
from device.runs.archive import Archive
from device.runs.batch import About, Batch
from device.runs.gather import Gatherer
from device.runs.poselog import encode
from device.runs.store import StoreError
from device.settings import Settings

COMMIT_S = 8.0
"""What came since is written this often: with the time that a slow card takes at most 10 s are lost."""

GATHER_S = 1.0
"""What waits is looked through this often, a little at a time."""

RETRY_S = 30.0
"""A disk that could not be written is tried this often (chosen by us)."""

MOST_MOMENTS = 18_000
"""So many wait for a disk that hangs: ten minutes at 30 a second, some 25 MB."""

MOST_BYTES = 10_000_000
"""So much of packed key points waits for a disk that fails: an hour."""

MOST_STRIDES = 20_000
"""Likewise: four hours, some 20 MB."""

MEGABYTE = 1_000_000


def about(settings: Settings, model: str = "", model_sha256: str = "") -> About:
    """What runs are kept with."""
    return About(settings, settings.profile.name, model, model_sha256, __version__)


class RunsOutput(Output):
    """Keeps the runs of a replay.

    :param folder: the coach's state folder.
    :param begun: when the recording began, in seconds since 1970.
    :param tell: is given one line about what was done to a damaged database.
    :raises StoreError: runs cannot be kept there.
    :raises OSError: likewise.
    """

    def __init__(
        self, folder: Path, about: About, begun: float | None = None, tell: Callable[[str], None] = lambda line: None
    ) -> None:
        own = about.settings.runs
        start = time.time() if begun is None else begun
        self._archive = Archive(folder, own.largest_mb * MEGABYTE, lambda t_s: start + t_s, tell)
        super().__init__(self._archive.path)
        self._gatherer = Gatherer(about, own.end_s, own.poses)
        self._written_s: float | None = None
        self._archive.tidy()

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Take in a moment, and write once in a while."""
        t_s = moment.posture.t_s
        self._gatherer.step(moment)
        if self._written_s is None:
            self._written_s = t_s
        if t_s - self._written_s >= COMMIT_S:
            self._written_s = t_s
            self._write()

    def close(self) -> None:
        """End the run that is on, and write it."""
        self._gatherer.end()
        try:
            self._write()
        finally:
            self._archive.close()

    def _write(self) -> None:
        for batch in self._gatherer.take():
            self._archive.write(batch)


class RunRecorder(Output, Worker):
    """Keeps the runs of a live coach.

    A disk that fails is tried again; meanwhile what comes is kept in memory, as far as there is room.

    :param folder: the coach's state folder.
    :param journal: is told when runs cannot be kept and when they can again, as "runs".
    :param wall: the wall clock.
    :param clock: seconds that only ever grow.
    """

    def __init__(
        self,
        folder: Path,
        about: About,
        journal: Journal,
        *,
        retry_s: float = RETRY_S,
        commit_s: float = COMMIT_S,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        Worker.__init__(self, "runs")
        self._journal = journal
        self._retry_s, self._commit_s = retry_s, commit_s
        self._wall, self._clock = wall, clock
        own = about.settings.runs
        self._archive = Archive(folder, own.largest_mb * MEGABYTE, self._wall_of, journal.note)
        Output.__init__(self, self._archive.path)
        self._gatherer = Gatherer(about, own.end_s, own.poses)
        self._waiting: deque[Moment | About] = deque()
        self._offset_s = 0.0
        self._keep = own.keep
        self._pending: dict[str, Batch] = {}
        self._tidied = False
        self._full = False
        self._ending = threading.Event()

    # On the engine's thread

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Take in a moment."""
        self._offset_s = self._clock() - moment.posture.t_s
        if len(self._waiting) < MOST_MOMENTS:
            self._waiting.append(moment)

    def end(self, summary: Event) -> None:
        """What is on is ended by :meth:`stop`."""

    def close(self) -> None:
        """What is on is ended by :meth:`stop`."""

    # On any thread

    def use(self, about: About) -> None:
        """Go on with other settings, or another runner, whose run is then another one."""
        self._waiting.append(about)

    def stop(self) -> None:
        """End the run that is on, write it, and end; to be called when no more moments come."""
        self._ending.set()

    # On its own thread

    def work(self) -> None:
        """Gather and write until stopped."""
        due_s = self._clock()
        while True:
            ending = self._ending.wait(GATHER_S)
            now_s = self._clock()
            try:
                self._gather(ending)
                if ending or now_s >= due_s:
                    due_s = now_s + (self._commit_s if self._write() else self._retry_s)
            except Exception as error:  # no fault of ours is worth a runner's coach
                self._journal.wrong("runs", f"failed unforeseen: {type(error).__name__}: {error}; please report this")
                self._pending.clear()
                self._gatherer = Gatherer(self._gatherer.about, self._gatherer.end_s, self._gatherer.poses)
            if ending:
                self._archive.close()
                return

    def _gather(self, ending: bool) -> None:
        while self._waiting:
            one = self._waiting.popleft()
            if isinstance(one, About):
                self._reuse(one)
            elif self._keep:
                self._gatherer.step(one)
        if ending:
            self._gatherer.end()

    def _reuse(self, about: About) -> None:
        own = about.settings.runs
        self._gatherer.about = about
        self._gatherer.end_s, self._gatherer.poses = own.end_s, own.poses
        self._archive.largest_bytes = own.largest_mb * MEGABYTE
        self._keep = own.keep
        if not own.keep:
            self._gatherer.end()

    def _write(self) -> bool:
        """Write what there is; whether all went well."""
        for batch in self._gatherer.take():
            self._add(batch)
        problem = self._told(self._tidy)
        for name, batch in list(self._pending.items()):
            found = self._told(lambda batch=batch: self._archive.write(batch))  # type: ignore[misc]
            problem = problem or found
            if found is None:
                del self._pending[name]
        if problem is not None:
            how = "what is new is no longer kept" if self._full else "what is new waits in memory"
            self._journal.wrong("runs", f"{problem}; coaching goes on, and {how}")
        else:
            self._full = False
            self._journal.right("runs", "can be kept again")
        return problem is None

    def _tidy(self) -> None:
        if not self._tidied and self._keep:
            self._archive.tidy()
            self._tidied = True

    def _add(self, batch: Batch) -> None:
        """Put a batch to those that wait, as far as there is room; packed key points need the least."""
        if batch.poses:
            batch.blocks, batch.poses = [encode(batch.poses)], []
        waiting = self._pending.values()
        if sum(len(block) for one in waiting for block in one.blocks) > MOST_BYTES:
            batch.blocks, self._full = [], True
        if sum(len(one.strides) for one in waiting) > MOST_STRIDES:
            batch.strides, self._full = {}, True
        if batch.name in self._pending:
            self._pending[batch.name].add(batch)
        else:
            self._pending[batch.name] = batch

    def _told(self, do: Callable[[], object]) -> str | None:
        """What went wrong, in words; None if nothing did."""
        try:
            do()
        except StoreError as error:
            return str(error)
        except OSError as error:
            where = error.filename or self._archive.folder
            return f"cannot write {where}: {(error.strerror or str(error)).lower()}"
        return None

    def _wall_of(self, t_s: float) -> float:
        """What the wall clock says of a time on the coach's clock."""
        return self._wall() - (self._clock() - self._offset_s - t_s)
