"""Errors for runners: each says what is wrong, where, and what to do about it.

Expected faults are raised as a :class:`FormCoachError`; the command line turns them into one line on standard error and
the exit code they carry, never a traceback.
"""

from __future__ import annotations


class FormCoachError(Exception):
    """Root of all expected errors.  ``exit_code`` is what the command line leaves with."""

    exit_code = 1


class UsageError(FormCoachError, ValueError):
    """The command cannot be carried out as given (a wrong option, an output that cannot be written)."""

    exit_code = 2


class ConfigError(FormCoachError, ValueError):
    """The settings are wrong.  ``problems`` holds one line for each mistake, all of them at once."""

    exit_code = 2

    def __init__(self, where: str, problems: list[str]) -> None:
        self.problems = list(problems)
        count = "1 mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        super().__init__("\n  ".join([f"{where}: {count} in the settings", *self.problems]))


class SourceError(FormCoachError, OSError):
    """The input (video, key-point log, camera) cannot be read."""

    exit_code = 3


class ModelError(FormCoachError, RuntimeError):
    """The pose model is missing, damaged, foreign, or cannot be run here."""

    exit_code = 4


class VoiceError(FormCoachError, RuntimeError):
    """Speech cannot be made or played.  The coach goes on without it and says so."""
