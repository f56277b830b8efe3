"""What the live coach's threads have in common."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod


class Worker(ABC):
    """A thread that works until stopped.

    :ivar failure: what it died of; None while all is well.  A dead worker ends the coach, and systemd starts it anew.
    """

    def __init__(self, name: str) -> None:
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._guarded, name=name, daemon=True)

    @abstractmethod
    def work(self) -> None:
        """What the thread does; returns soon after :meth:`stop`."""

    @abstractmethod
    def stop(self) -> None:
        """Ask the thread to end; may be called twice, and from any thread."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread, which may hang in a driver; whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _guarded(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.failure = error


def where(error: BaseException) -> str:
    """An unforeseen error and where it came from, as one line."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{place}"
