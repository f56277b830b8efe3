"""``form-coach report``: a run as one HTML file, for the runner and the physiotherapist."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from device.advice import desk
from device.commands import EXIT_CODES, tell
from device.errors import UsageError

if TYPE_CHECKING:
    from device.commands import Commands
    from device.report.material import Material
    from device.report.poses import Shown


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "report",
        help="make the report of a run: one HTML file, to read, print and take along",
        description="Makes the report of a run: one HTML file that needs no network, to read on any screen, to print "
        "on two pages, and to take along. RUN is a number, or last.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("number", metavar="RUN", nargs="?", default="last", help="a number, or last (the default)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE.html",
        type=Path,
        help="where to (else report-RUN.html here); - for the terminal",
    )
    parser.add_argument("--open", action="store_true", help="show it in the browser")
    desk.options(parser)
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import shoes
    from device.files import write_whole
    from device.outputs import check_writable
    from device.report import material, svg

    to_terminal = str(options.output) == "-"
    if to_terminal and options.open:
        raise UsageError("--open needs a file: give one with -o")
    mine = desk.Desk.of(options)
    place = runs.folder()
    with runs.reading(place) as opened:
        number = desk.number_of(opened, options.number, mine.runner)
        target = options.output or Path(f"report-{number}.html")
        if not to_terminal:
            check_writable([target])
        svg.load()
        book, settings = mine.book, mine.settings
        read = material.read(opened, number, book, settings.pain, desk.now())
        due = shoes.due(opened, mine.runner, settings.shoes.speed_kmh)
    from device.report import page

    shown, unshown = _strides(place, read)
    text = page.html(read, page.Page(book, settings.pain, shown, unshown, due))
    if to_terminal:
        sys.stdout.write(text)
        return 0
    try:
        write_whole(target, text)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {(error.strerror or str(error)).lower()}") from error
    print(target)
    if options.open:
        _open(target)
    return 0


def _strides(place: Path, read: Material) -> tuple[Shown | None, str]:
    """The strides to show, and why there are none."""
    from device import runs
    from device.errors import SourceError
    from device.report import figures, poses

    path = runs.log_path(place, read.run["uuid"])
    if read.run["poses_bytes"] is None or not path.exists():
        return None, "The key points of this run are not kept (any more), so there is no picture of its strides."
    try:
        log = runs.PoseLog(path)
    except SourceError as error:
        tell(str(error))
        return None, "The key points of this run cannot be read, so there is no picture of its strides."
    if log.trouble:
        tell(log.trouble)
    main = figures.main_fault(figures.faults(read))
    found = poses.shown(read, figures.measures(read), main, log)
    return found, "" if found else "Too few strides were judged to show one."


def _open(path: Path) -> None:
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        tell(f"there is no browser here; open {path.resolve()} on another computer")
