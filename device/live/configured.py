"""The settings of a live coach: those of the file, or, while the file is broken, the last good ones."""

from __future__ import annotations

import os
from pathlib import Path

from device import config
from device.errors import ConfigError
from device.settings import Settings

LAST_GOOD = "settings-last-good.toml"


class Configured:
    """Reads the settings file, and copes with one that is broken.

    :param path: the file; None for the defaults.
    :param state: folder where a copy of the last good file is kept; None for nowhere.
    :ivar trouble: what is wrong with the file, as one line; None when nothing is.
    :ivar text: the file's text when it was last good, to be kept.
    """

    def __init__(self, path: Path | None, state: Path | None) -> None:
        self.path = path
        self._copy = state / LAST_GOOD if state is not None else None
        self.trouble: str | None = None
        self.text: str | None = None

    @property
    def copy(self) -> Path | None:
        """Where the last good file is kept."""
        return self._copy

    def load(self) -> Settings:
        """The settings to start with: the file's, else the last good ones, else the defaults."""
        settings = self.reload()
        if settings is not None:
            return settings
        if self._copy is not None and self._copy.exists():
            try:
                last_good = config.load(self._copy)
            except ConfigError:
                pass
            else:
                self.trouble = f"{self.trouble}; the last good settings are in force"
                return last_good
        self.trouble = f"{self.trouble}; the defaults are in force"
        return Settings()

    def reload(self) -> Settings | None:
        """The file's settings; None, and :attr:`trouble`, when it is broken."""
        if self.path is None:
            return Settings()
        try:
            text = config.read(self.path)
            settings = config.parse(text, str(self.path))
        except ConfigError as error:
            self.trouble = "; ".join(line.strip() for line in str(error).splitlines())
            return None
        self.trouble, self.text = None, text
        return settings


def named(given: Path | None) -> Path | None:
    """The settings file: the one given, else the one that the environment names."""
    path = given or os.environ.get(config.ENVIRONMENT) or None
    return Path(path) if path is not None else None
