"""The settings: which file is in force, and every mistake in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from device import config
from device.doctor import Result, bad, ok
from device.errors import ConfigError
from device.live.status import Status
from device.settings import Settings
from device.tuning.place import SERVICE, named


@dataclass(frozen=True)
class Loaded:
    """Settings to go on with.

    :param settings: those of the file; the defaults where it has mistakes.
    :param path: the file; None for none.
    :param problems: every mistake in it.
    """

    settings: Settings
    path: Path | None = None
    problems: tuple[str, ...] = ()


def load(path: Path | None) -> Loaded:
    """The settings of a file; never an error."""
    try:
        return Loaded(config.load(path) if path else Settings(), path)
    except ConfigError as error:
        return Loaded(Settings(), path, tuple(error.problems))


def in_force(given: Path | None, status: Status, service: Path = SERVICE) -> Path | None:
    """The settings file: the one given, else the environment's, else the running coach's, else the service's."""
    return named(given, status, service)


def settings(loaded: Loaded) -> Result:
    """Whether the settings are without mistakes."""
    if loaded.path is None:
        return ok("the defaults, as there is no settings file")
    if not loaded.problems:
        return ok(f"{loaded.path}: no mistakes")
    found = f"{loaded.path}: " + "; ".join(loaded.problems)
    if any("Permission denied" in problem for problem in loaded.problems):
        return bad(found, "run this with sudo, or: sudo chmod a+r " + str(loaded.path))
    return bad(
        f"{found}. The other checks go on with the defaults",
        f"mend the file (sudo nano {loaded.path}); form-coach config show prints every setting with its range",
    )
