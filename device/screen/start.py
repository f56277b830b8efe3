"""Putting the screen on a terminal.  Textual is imported here, and only once the screen is wanted."""

from __future__ import annotations

import curses
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from device.errors import UsageError
from device.screen.desk import Desk
from device.screen.source import Source

if TYPE_CHECKING:
    from device.screen.app import ScreenApp

HUNG_UP, ENDED = 129, 143
"""Exit codes after SIGHUP and SIGTERM, as shells have them."""

GRACE_S = 3.0
"""How long leaving in order may take."""


def start(source: Source, mode: str) -> int:
    """Show the screen until it is left; the exit code comes back.

    :raises UsageError: this terminal cannot show it.
    """
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        raise UsageError("this needs UTF-8; try LC_ALL=C.UTF-8 before the command, or form-coach watch --plain")
    terminal = os.environ.get("TERM", "")
    if terminal in ("", "dumb", "unknown"):
        raise UsageError(f"the terminal ({terminal or 'TERM is not set'}) cannot be drawn on: form-coach watch --plain")
    if not colours():
        os.environ["NO_COLOR"] = "1"
    from device.screen.app import ScreenApp

    # The console of Linux itself has no Braille in its fonts.
    app = ScreenApp(source, Desk(mode, braille=terminal != "linux"))
    # A terminal that has gone, or takes nothing any more, may hold up every thread that writes to it: neither
    # signal waits for that.
    signal.signal(signal.SIGHUP, lambda _number, _frame: os._exit(HUNG_UP))
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end(app))
    return app.run() or 0


def _end(app: ScreenApp) -> None:
    """Leave in order, or after a while without."""
    last_resort = threading.Timer(GRACE_S, os._exit, (ENDED,))
    last_resort.daemon = True
    last_resort.start()
    app.ended = True


def colours() -> bool:
    """Whether the terminal has any, as far as the system knows it."""
    try:
        curses.setupterm()
        return curses.tigetnum("colors") != -1
    except curses.error:
        return True
