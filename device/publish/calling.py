"""Reaching the broker, on a thread that may hang as long as the network does."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.publish.wire import Wire


class Calling:
    """A connection that is being made.

    :ivar problem: why it cannot be, once :attr:`over` is set; None if it was.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire, self.settings = wire, wire.settings
        self.begun_s = time.monotonic()
        self.problem: str | None = None
        self.over = threading.Event()
        threading.Thread(target=self._work, name="mqtt-call", daemon=True).start()

    def _work(self) -> None:
        try:
            self.wire.open()
        except Exception as error:
            self.problem = str(error)
        self.over.set()


def device(prefix: str) -> str:
    """What tells this coach from others, without giving away its machine-id."""
    try:
        own = Path("/etc/machine-id").read_text().strip()
    except OSError:
        own = ""
    if not own:
        own = socket.gethostname()
    return hashlib.sha256(f"form-coach {own} {prefix}".encode()).hexdigest()[:12]
