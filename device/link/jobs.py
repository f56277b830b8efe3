"""The link's second thread: does what may wait for a disk."""

from __future__ import annotations

import queue
from collections.abc import Callable

from device.live.worker import Worker


class Jobs(Worker):
    """Does one job after the other."""

    def __init__(self) -> None:
        super().__init__("link-jobs")
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def put(self, job: Callable[[], None]) -> None:
        """Have something done; the job itself sees to its errors."""
        self._waiting.put(job)

    def stop(self) -> None:
        """End once what is asked for is done."""
        self._waiting.put(None)

    def work(self) -> None:
        """Do jobs until stopped."""
        while (job := self._waiting.get()) is not None:
            job()
