"""``form-coach doctor``: a self-test, with the remedy under each fault."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from device import __version__, folders
from device.columns import clean, colourful, pad, paint, show, wrap
from device.commands import config_option

if TYPE_CHECKING:
    from device.commands import Commands
    from device.doctor import Check, Result

FORMAT = "form-coach doctor"
VERSION = 1

EXIT_CODES = """exit codes:
  0  all is well, or there are warnings only
  1  something must be mended
"""

_MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red"), "none": ("–", "dim")}
_INDENT = 15


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "doctor",
        help="test camera, model, voice and all the rest",
        description="Tests all that coaching needs, one line each, with the remedy below what must be mended.\n"
        "A coach that runs meanwhile is not disturbed.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON (docs/status.md)")
    parser.add_argument("--no-voice", action="store_true", help="play nothing aloud")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the voice was heard: it was")
    parser.add_argument(
        "--source",
        metavar="CAMERA",
        help="auto, picamera2, usb, a device such as /dev/video0, or a video file (else the setting camera.source)",
    )
    config_option(parser)
    parser.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    from device.doctor import configuration, machine  # lazily: other commands need none of this
    from device.doctor.checklist import Subject, checklist
    from device.live.status import read

    status = read(folders.runtime())
    loaded = configuration.load(configuration.in_force(options.config, status))
    checks = checklist(Subject(loaded, status, options.source, not options.no_voice))
    board, system = machine.board(), machine.system()
    if options.json:
        results = [(check, *found) for check, found in _examine(checks)]
        told = {"format": FORMAT, "version": VERSION, "software": __version__, "board": board, "system": system}
        print(json.dumps(told | {"checks": [_as_json(*result) for result in results]}, indent=1))
        return int(any(result.state == "bad" for _, result, _ in results))
    show(f"Form Coach {__version__} on {', '.join(part for part in (board, system) if part)}\n")
    states = [_tell(check, result, not (options.yes or options.no_voice)) for check, (result, _) in _examine(checks)]
    show(f"\n{_summary(states)}")
    return int("bad" in states)


def _examine(checks: list[Check]) -> Iterator[tuple[Check, tuple[Result, float]]]:
    """Each check with its result and the seconds it took; on a terminal its name stands there meanwhile."""
    from device.doctor.trial import examine

    shown = sys.stderr.isatty()
    for check in checks:
        if shown:
            print(f"  {check.name} …", end="", file=sys.stderr, flush=True)
        found = examine(check)
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        yield check, found


def _tell(check: Check, result: Result, ask: bool) -> str:
    """Print a result, after asking what only a person can know; its state, which the answer may change."""
    if check.name == "voice" and result.state in ("ok", "warn") and ask and sys.stdin.isatty() and sys.stdout.isatty():
        result = _heard(result)
    width = min(shutil.get_terminal_size((80, 24)).columns, 120) - _INDENT if sys.stdout.isatty() else 10_000
    mark, style = _MARKS[result.state]
    colour = colourful(sys.stdout)
    head = f"{paint(mark, style, colour)} {pad(check.name, _INDENT - 3)} "
    lines = wrap(clean(result.detail), max(width, 20)) or [""]
    remedy = wrap(clean(result.remedy), max(width - 2, 20))
    for line in (head + lines[0], *(" " * _INDENT + line for line in lines[1:])):
        show(line)
    for number, line in enumerate(remedy):
        show(" " * _INDENT + ("  " if number else "→ ") + line)
    return result.state


def _heard(result: Result) -> Result:
    """The result of the voice's check after asking whoever sits there."""
    from device.doctor import bad
    from device.doctor.voice import PHRASE, QUIET_REMEDY

    show(f"Did you hear “{PHRASE}”? [Y/n] ", end="")
    answer = sys.stdin.readline().strip().lower()
    if answer.startswith("n"):
        return bad(f"not heard, though: {result.detail}", QUIET_REMEDY)
    return result


def _summary(states: list[str]) -> str:
    counts = [(states.count("bad"), "to mend"), (states.count("warn"), "to see to")]
    said = [f"{count} {what}" for count, what in counts if count]
    return f"{', '.join(said)}; the rest is fine." if said else "All is well."


def _as_json(check: Check, result: Result, took_s: float) -> dict[str, object]:
    return {
        "name": check.name,
        "state": result.state,
        "detail": clean(result.detail),
        "remedy": clean(result.remedy) or None,
        "took_s": round(took_s, 3),
    }
