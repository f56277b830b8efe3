"""``form-coach tune``: see what the coach sees, and move its limits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from device.commands import config_option
from device.commands.watch import EXIT_CODES, need_terminal, show
from device.errors import SourceError, UsageError
from device.screen.keys import RUN, TUNE

if TYPE_CHECKING:
    from device.commands import Commands
    from device.runs.poselog import Log

LAST = "LAST"


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "tune",
        help="see what the coach sees, and move its limits",
        description="Shows what the running coach sees, and moves its limits: in force at once. ? shows the keys.",
        epilog=EXIT_CODES,
    )
    parser.add_argument(
        "--run",
        dest="recording",
        metavar="FILE.npz",
        help="go through a recorded run instead: a key-point log, or LAST for the newest",
    )
    config_option(parser)
    parser.set_defaults(run=_tune)


def _tune(options: argparse.Namespace) -> int:
    if options.recording is None:
        if options.config is not None:
            raise UsageError("--config goes with --run; the running coach has its own settings")
        return show(TUNE)
    return _recorded(options.recording, options.config)


def _recorded(name: str, settings: Path | None) -> int:
    from device.tuning import place
    from device.tuning.store import Store

    log = _last() if name == LAST else _log(Path(name))
    if not len(log.t_s):
        raise SourceError(f"{log.path}: there is nothing in this key-point log")
    file = place.settings_file(settings)
    found = Store(file).read().settings
    need_terminal("form-coach replay SOURCE")
    from device.screen.recorded import RecordedSource
    from device.screen.start import start

    return start(RecordedSource(log, file, found), RUN)


def _last() -> Log:
    """The newest run that was kept."""
    from device import runs

    log = runs.latest_log()
    if log is None:
        raise UsageError("no run was kept yet; the coach keeps each by itself, and form-coach replay with --keep")
    return log


def _log(path: Path) -> Log:
    from device.poses.log import KeypointLog
    from device.runs.poselog import open_log

    log = open_log(path)
    if log is not None:
        return log
    if path.exists():
        raise UsageError(
            f"{path} is no key-point log; make one of a video: form-coach replay {path} --poses {path.stem}.npz"
        )
    return KeypointLog(path)  # which says that it is not there
