"""What the commands of the advice have in common: whose diary and shoes, in which words, and the time."""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from device import config, folders
from device.columns import clean
from device.commands import tell
from device.errors import UsageError
from device.live import status
from device.settings import Settings
from device.tuning import place
from device.tuning.describing import did_you_mean

if TYPE_CHECKING:
    from device.advice import book
    from device.runs import Store

_WIDTH, _WIDEST = 80, 100

LONGEST = 200
"""So many signs a place, a note or a name may have."""


@dataclass(frozen=True)
class Desk:
    """Whose it is, and the settings in force.

    :param path: the settings file, None where the defaults are in force.
    :param runner: name of a profile, "" without one.
    """

    path: Path | None
    settings: Settings
    runner: str

    @classmethod
    def of(cls, options: argparse.Namespace) -> Desk:
        """As the options say.  Mistakes in the settings are told, and keep nobody from noting pain.

        :raises UsageError: there is no such runner.
        """
        path = place.named(options.config, status.read(folders.runtime()))
        settings, problems = Settings(), list[str]()
        if path is not None:
            layers, problems = config.leniently(path)
            settings = layers.settings
        if problems:
            more = "" if len(problems) == 1 else f" (and {len(problems) - 1} more)"
            tell(f"{path}: {problems[0]}{more}; the rest of the settings is in force")
        runner = settings.profile.name
        if options.runner is not None:
            known = config.profiles(path or place.own())
            if options.runner and options.runner not in known:
                raise UsageError(
                    f"--runner {clean(options.runner)[:40]}: there is no such profile"
                    f"{did_you_mean(options.runner, known)}; form-coach profile list names them"
                )
            runner = options.runner
        return cls(path, settings, runner)

    @cached_property
    def book(self) -> book.Book:
        """The texts in force; why they are not the household's own is told."""
        from device.advice import book

        found, trouble = book.in_force(self.settings.voice.language, self.path)
        if trouble:
            tell(trouble)
        return found


def options(parser: argparse.ArgumentParser) -> None:
    """The options that say whose it is."""
    parser.add_argument("--runner", metavar="NAME", help="whose profile; else the one in use")
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help=f"settings; else ${config.ENVIRONMENT}, the running coach's, {place.SERVICE}, ~/.config/form-coach",
    )


def number_of(opened: Store, text: str, runner: str) -> int:
    """The number of a runner's run as typed: a number, or "last".

    :raises UsageError: there is no such run, or it is somebody else's.
    """
    from device.runs import number

    whose = f" of {runner}" if runner else ""
    if text == "last":
        last = opened.last(runner)
        if last is None:
            raise UsageError(f"there are no runs{whose} yet")
        return last
    found = number(opened, text)
    run = opened.run(found)
    if run is not None and run["runner"] != runner:
        owner = clean(run["runner"])
        raise UsageError(
            f"run {found} is one of {owner}: say --runner {owner}"
            if owner
            else f'run {found} is one without a profile: say --runner ""'
        )
    return found


def now() -> datetime | None:
    """The time; None where the clock of this computer was not set yet."""
    from device.runs.archive import PLAUSIBLE

    found = datetime.now(UTC)
    return found if found.year >= PLAUSIBLE else None


def width() -> int:
    """So many columns a text is written in."""
    if not sys.stdout.isatty():
        return _WIDTH
    return max(min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDEST), 40)


def line_of(text: str, what: str) -> str:
    """A text that somebody typed, as one clean line.

    :param what: what to call it in a message.
    :raises UsageError: it is too long.
    """
    line = clean(text)
    if len(line) > LONGEST:
        raise UsageError(f"{what}: at most {LONGEST} characters, these are {len(line)}")
    return line
