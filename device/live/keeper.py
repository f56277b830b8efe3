"""The keeper thread: writes what is to be kept, so that a slow, full or broken disk holds up nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from device.live.journal import Journal
from device.live.worker import Worker

RETRY_S = 30.0
"""A disk that could not be written is tried this often (chosen by us)."""


class Keeper(Worker):
    """Writes files in the background; of several versions of one file only the newest.

    :param journal: is told when the disk fails and when it works again.
    """

    def __init__(self, journal: Journal, retry_s: float = RETRY_S) -> None:
        super().__init__("keeper")
        self._journal = journal
        self._retry_s = retry_s
        self._wake = threading.Condition()
        self._waiting: dict[Path, Callable[[], None]] = {}
        self._stopping = False
        self._failed = False

    def keep(self, path: Path, write: Callable[[], None]) -> None:
        """Write a file soon; ``write`` may raise an OSError, and is then called again later."""
        with self._wake:
            self._waiting[path] = write
            self._wake.notify()

    def stop(self) -> None:
        """Write what waits, once, and end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def work(self) -> None:
        """Write until stopped."""
        while True:
            with self._wake:
                if not self._stopping and (self._failed or not self._waiting):
                    self._wake.wait(self._retry_s if self._waiting else None)
                stopping, waiting = self._stopping, dict(self._waiting)
            self._write(waiting)
            if stopping:
                return

    def _write(self, waiting: dict[Path, Callable[[], None]]) -> None:
        problem = ""
        for path, write in waiting.items():
            try:
                write()
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                problem = f"cannot write {path}: {reason}; coaching goes on, but what is learned is lost at a restart"
                continue
            with self._wake:
                if self._waiting.get(path) is write:
                    del self._waiting[path]
        self._failed = bool(problem)
        if problem:
            self._journal.wrong("disk", problem)
        elif waiting:
            self._journal.right("disk", "can be written again")
