"""``form-coach status``: what the running coach is doing, on one screen."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from typing import TYPE_CHECKING

from device import folders
from device.columns import clean, colourful, cut, paint, show, wrap
from device.live.screen import render
from device.live.status import FORMAT, VERSION, Status, read

if TYPE_CHECKING:
    from device.commands import Commands

EXIT_CODES = """exit codes:
  0  it is running
  1  it is there but hangs, or its status cannot be read
  3  it is not running
"""

_CODES = {"running": 0, "other_version": 0, "hung": 1, "unreadable": 1, "dead": 3, "absent": 3}

_EVERY_S = 1.0
_WIDTH, _HEIGHT = 80, 24

_REMEDIES = {
    "absent": (
        "start it           sudo systemctl start form-coach",
        "or without service form-coach run",
        "why it ended       journalctl -u form-coach -n 20",
    ),
    "dead": (
        "start it           sudo systemctl restart form-coach",
        "or without service form-coach run",
        "why it ended       journalctl -u form-coach -n 20",
    ),
    "hung": (
        "restart it         sudo systemctl restart form-coach",
        "what it said       journalctl -u form-coach -n 20",
    ),
    "unreadable": (
        "with more rights   sudo form-coach status",
        "restart it         sudo systemctl restart form-coach",
    ),
    "other_version": ("restart it         sudo systemctl restart form-coach",),
}


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "status",
        help="show what the running coach is doing",
        description="Shows what the running coach is doing, on one screen.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON (docs/status.md), one object a line")
    parser.add_argument("--watch", action="store_true", help="show it anew each second until Ctrl-C")
    parser.set_defaults(run=_status)


def _status(options: argparse.Namespace) -> int:
    if options.watch:
        return _watch(options.json)
    found = read(folders.runtime())
    show(as_json(found) if options.json else screen(found, *_size(), colourful(sys.stdout)))
    return _CODES[found.condition]


def _watch(in_json: bool) -> int:
    """Show it each second until Ctrl-C, which is how this ends well."""
    drawn = sys.stdout.isatty() and not in_json
    try:
        if drawn:
            show("\x1b[2J", end="")
        while True:
            found = read(folders.runtime())
            if in_json:
                show(as_json(found))
            else:
                text = screen(found, *_size(), colourful(sys.stdout))
                # Drawn over the screen before, line by line: clearing it first would flicker.
                show("\x1b[H" + text.replace("\n", "\x1b[K\n") + "\x1b[K\x1b[J" if drawn else text + "\n", end="")
            time.sleep(_EVERY_S)
    except KeyboardInterrupt:
        if drawn:
            show("")
        return 0


def as_json(found: Status) -> str:
    """One line of JSON: what the file holds, and before it whether anybody stands behind it."""
    told = {"condition": found.condition, "running": found.running, "why": found.why or None}
    return json.dumps({"format": FORMAT, "version": VERSION} | told | dict(found.snapshot) | told)


def screen(found: Status, width: int = _WIDTH, height: int = _HEIGHT, colour: bool = False) -> str:
    """What was found, in so many lines and columns: what the coach says, and what to do where it says nothing."""
    if found.condition == "running":
        return render(found.snapshot, width, height, colour)
    style = "yellow" if found.running else "red"
    said = [paint(line, style, colour) for line in wrap(clean(found.why), width, 3)]
    said += [cut(f"  {line}", width) for line in _REMEDIES[found.condition]]
    if found.condition in ("absent", "unreadable"):
        return "\n".join(said)
    if not found.running:
        said += ["", paint("What it said last:", "dim", colour)]
    return "\n".join([*said, "", render(found.snapshot, width, height - len(said) - 1, colour)])


def _size() -> tuple[int, int]:
    """Columns and lines to fill."""
    if not sys.stdout.isatty():
        return _WIDTH, _HEIGHT
    size = shutil.get_terminal_size((_WIDTH, _HEIGHT))
    return min(size.columns, 100), min(size.lines, _HEIGHT)
