"""The settings of a live coach: those of the files, or, while these are broken, the last good ones."""

from __future__ import annotations

import os
from pathlib import Path

from device import config
from device.config import Layers
from device.errors import ConfigError
from device.settings import Settings
from device.tuning import place

LAST_GOOD = "settings-last-good.toml"


class Configured:
    """Reads the settings file and the profile it names, and copes with either being broken.

    :param path: the settings file; None for the defaults.  The user's own, which nobody named, need not be there.
    :param state: folder where the last good settings are kept; None for nowhere.
    :ivar trouble: what is wrong with the files, as one line; None when nothing is.
    :ivar text: all settings as they were when last good, to be kept.
    :ivar layers: the same, with where each comes from; None while they never were.
    """

    def __init__(self, path: Path | None, state: Path | None) -> None:
        self.path = path
        self._copy = state / LAST_GOOD if state is not None else None
        self.trouble: str | None = None
        self.text: str | None = None
        self.layers: Layers | None = None
        self._read: tuple[object, ...] = ()

    @property
    def copy(self) -> Path | None:
        """Where the last good settings are kept."""
        return self._copy

    def load(self) -> Settings:
        """The settings to start with: the files', else the last good ones, else the defaults."""
        settings = self._files()
        if settings is not None:
            return settings
        if self._copy is not None and self._copy.exists():
            try:
                last_good = config.parse(config.read(self._copy))
            except ConfigError:
                pass
            else:
                self.trouble = f"{self.trouble}; the last good settings are in force"
                return last_good
        self.trouble = f"{self.trouble}; the defaults are in force"
        return Settings()

    def touched(self) -> bool:
        """Whether a file has changed since it was read last; costs two looks at the disk's directory."""
        return self.path is not None and self._looks() != self._read

    def reload(self) -> Settings | None:
        """The files' settings; None, and :attr:`trouble`, when they are broken: what is in force stays so."""
        settings = self._files()
        if settings is None:
            self.trouble = f"{self.trouble}; the settings in force stay"
        return settings

    def _files(self) -> Settings | None:
        """The files' settings; None, and :attr:`trouble`, when they are broken."""
        if self.path is None:
            return Settings()
        self._read = self._looks()  # before they are read: what changes meanwhile is read again
        try:
            layers = config.layers(self.path, optional=self.path == place.own())
        except ConfigError as error:
            self.trouble = "; ".join(line.strip() for line in str(error).splitlines())
            return None
        # Kept as one: with the settings alone, a profile that is broken later could not be made up for.
        self.trouble, self.text, self.layers = None, config.show(layers.settings), layers
        return layers.settings

    def _looks(self) -> tuple[object, ...]:
        """What tells a file from the one it was."""
        assert self.path is not None
        name = self.layers.profile if self.layers is not None else ""
        return tuple(_look(file) for file in (self.path, config.profile_file(self.path, name)))


def _look(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def named(given: Path | None) -> Path:
    """The settings file of a coach to be started, which may be not there: the one given, or as the rule has it."""
    return Path(os.path.abspath(place.settings_file(given)))
