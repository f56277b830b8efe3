"""``form-coach watch``: see what the coach sees, without changing anything."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from device.commands import tell
from device.errors import UsageError
from device.link.client import LinkClient, NotRunningError, link_path
from device.screen.keys import WATCH

if TYPE_CHECKING:
    from device.commands import Commands

EXIT_CODES = """exit codes:
  0  left by the user
  1  the coach cannot be asked
  2  wrong usage, or no terminal to draw on
  3  the coach is not running; with --run: the file cannot be read
"""

NOT_RUNNING = 3


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "watch",
        help="see what the coach sees",
        description="Shows what the running coach sees, and changes nothing. ? shows the keys.",
        epilog=EXIT_CODES,
    )
    parser.add_argument(
        "--plain", action="store_true", help="print a line a second instead, for scripts and screen readers"
    )
    parser.set_defaults(run=_watch)


def _watch(options: argparse.Namespace) -> int:
    if not options.plain:
        return show(WATCH)
    return _with_coach(_lines)


def show(mode: str) -> int:
    """The screen on the running coach."""
    need_terminal("form-coach watch --plain")
    return _with_coach(lambda path: _screen(path, mode))


def _with_coach(do: Callable[[Path], int]) -> int:
    """Do something with the running coach's socket, once it is sure that it can be talked to."""
    try:
        path = link_path()
        LinkClient(path).close()
    except NotRunningError as error:
        tell(str(error))
        return NOT_RUNNING
    return do(path)


def _lines(path: Path) -> int:
    from device.screen import plain

    return plain.watch(path)


def _screen(path: Path, mode: str) -> int:
    from device.screen.live import LiveSource
    from device.screen.start import start

    return start(LiveSource(path), mode)


def need_terminal(instead: str) -> None:
    """See to it that there is something to draw on.

    :param instead: the command that needs none.
    :raises UsageError: there is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"this needs a terminal to draw on; without one: {instead}")
