"""A link at work, with the coach behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from memory_coach import MemoryCoach, Talker, moment

from device.link.server import Link
from device.live.journal import Journal
from device.records import Event


class Linked:
    """A link with its coach, journal and clients."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "link.sock"
        self.coach = MemoryCoach()
        self.told: list[str] = []
        self.journal = Journal(lambda kind, text: self.told.append(text))
        self.link = Link(self.path, self.coach, self.journal)
        self.talkers: list[Talker] = []
        self._publishing = threading.Event()
        self._engine: threading.Thread | None = None

    def start(self) -> None:
        self.link.start()
        assert until(lambda: self.path.exists() or bool(self.journal.troubles))

    def talker(self, timeout_s: float = 10.0) -> Talker:
        self.talkers.append(Talker(self.path, timeout_s))
        return self.talkers[-1]

    def publish(self, fps: float = 100.0, events: Callable[[int], tuple[Event, ...]] = lambda number: ()) -> None:
        """Publish moments from a thread of its own until the end."""
        self._publishing.set()

        def run() -> None:
            number = 0
            while self._publishing.is_set():
                self.link.publish(moment(number / fps, *events(number)))
                number += 1
                time.sleep(1 / fps)

        self._engine = threading.Thread(target=run, daemon=True)
        self._engine.start()

    def close(self) -> None:
        self._publishing.clear()
        if self._engine is not None:
            self._engine.join(5)
        for talker in self.talkers:
            talker.close()
        self.coach.gate.set()
        self.link.stop()
        assert self.link.join(10)
        assert self.link.failure is None
        assert not self.path.exists()


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.005)
    return bool(true())


@contextmanager
def at_work(folder: Path) -> Iterator[Linked]:
    """A link that has begun, and in the end stops without a fault."""
    made = Linked(folder)
    made.start()
    try:
        yield made
    finally:
        made.close()
