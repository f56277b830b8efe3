"""Changing the settings: checked as a whole, written whole, one writer at a time, with a history to go back in."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from device import config
from device.columns import clean
from device.config import Layers
from device.errors import ConfigError, UsageError
from device.tuning import describing, document
from device.tuning.describing import SECTIONS, SETTINGS, did_you_mean
from device.tuning.history import Entry
from device.tuning.rights import refused
from device.tuning.typed import parse_value
from device.tuning.writing import Change, Now, Texts, Writer

__all__ = ["Change", "ChangedMeanwhileError", "Store", "parse_value"]


class Store(Writer):
    """A settings file, and the profiles beside it.  Safe to use from several threads and processes at once.

    :param path: the settings file; it need not be there, and is made by the first change if its folder is there.
    """

    def read(self) -> Layers:
        """The settings in the files now.

        :raises ConfigError: with every mistake in them.
        """
        return config.layers(self.path, optional=True)

    def set(self, changes: Mapping[str, object], who: str) -> Change:
        """Change settings, all of them or none.

        :param changes: values by key.
        :raises ConfigError: with every mistake that there would be; nothing was changed then.
        :raises RightsError: this user may not; the message tells how to get the right.
        :raises UsageError: it cannot be written, as on a full disk; nothing was changed then.
        """

        def plan(now: Now, problems: list[str]) -> Texts:
            good: dict[str, Any] = {}
            for key, value in changes.items():
                if (setting := SETTINGS.get(key)) is None:
                    problems.append(describing.unknown(str(key), value))
                elif (fitting := setting.fitting(value)) is None:
                    problems.append(setting.mistake(value))
                else:
                    good[key] = fitting
            profile = str(good.get("profile.name", now.layers.profile))
            planned: Texts = {}
            for file in (self.path, config.profile_file(self.path, profile)):
                mine = {key: one for key, one in good.items() if (self.file_of(key, profile) == file)}
                if mine and (text := self.text_of(file)) is not None:
                    planned[file] = document.changed(file, text or document.HEADER + "\n", mine)
            return planned

        return self.change("set", who, plan)

    def reset(self, keys: Sequence[str] | None, who: str) -> Change:
        """Take settings back to what they are without a change.

        With a profile in use its own settings are taken back to those of the household.

        :param keys: settings, or whole sections; None for all: those of the profile in use, or of the settings file.
        :raises ConfigError: as for :meth:`set`; also for a key that is neither a setting nor stands in the file.
        :raises RightsError: as for :meth:`set`, likewise UsageError.
        """

        def plan(now: Now, problems: list[str]) -> Texts:
            profile = now.layers.profile
            if keys is None:
                file = config.profile_file(self.path, profile) if profile else self.path
                text = self.text_of(file)
                return {file: document.emptied(text)} if text else {}
            planned: Texts = {}
            for key in keys:
                section = key.partition(".")[0]
                file = self.file_of(key, profile)
                text = planned.get(file, self.text_of(file)) or ""
                there = document.held(text)
                household = document.held(self.text_of(self.path)) if file != self.path else {}
                inside = [one for one in there if one == key or one.startswith(f"{key}.")]
                if not inside and key not in SETTINGS and key not in SECTIONS:
                    near = did_you_mean(key, SECTIONS) if "." not in key else ""
                    problems.append(f"{key}: there is no such section{near}" if near else describing.unknown(key))
                elif not inside and any(one == key or one.startswith(f"{key}.") for one in household):
                    problems.append(
                        f"{key}: profile {profile} does not change it, {self.path.name} does, for everybody; "
                        f"give it a value for {profile}, or reset it after: form-coach profile none"
                    )
                elif inside:
                    whole = [section] if key == section else inside
                    planned[file] = document.changed(file, text, {}, whole)
            return planned

        return self.change("reset", who, plan)

    def replace(self, file: Path, text: str, before: str, who: str) -> Change:
        """Put a text in a file's place, as an editor made it.

        :param file: the settings file, or a profile's.
        :param before: the text that the editor began with.
        :raises ChangedMeanwhileError: the file is another one by now; nothing was changed.
        :raises ConfigError: as for :meth:`set`, likewise RightsError and UsageError.
        """

        def plan(now: Now, problems: list[str]) -> Texts:
            if (self.text_of(file) or "") != before:
                raise ChangedMeanwhileError(file)
            if file not in now.layers.files:  # a profile that is not in use, so nothing else would check it
                used = document.changed(self.path, self.text_of(self.path) or "", {"profile.name": file.stem})
                problems += config.leniently(self.path, {self.path: used, file: text})[1]
            return {file: text}

        return self.change("edit", who, plan)

    def new_profile(self, name: str, who: str) -> Change:
        """Make a profile, which changes nothing yet.

        :raises UsageError: there is one already, or this cannot be its name, or it cannot be written.
        :raises RightsError: as for :meth:`set`.
        """

        def plan(now: Now, problems: list[str]) -> Texts:
            if not name or SETTINGS["profile.name"].fitting(name) is None:
                form = SETTINGS["profile.name"].form.removeprefix("empty, or ")
                raise UsageError(f"{clean(name[:60])!r} cannot be a profile: it must be {form}")
            file = config.profile_file(self.path, name)
            if os.path.lexists(file):
                raise UsageError(f"there is a profile {name} already; to take it: form-coach profile use {name}")
            return {file: f"# Settings of {name} alone, over those of {self.path.name}.\n"}

        return self.change("profile", who, plan)

    def remove_profile(self, name: str, who: str) -> Change:
        """Remove a profile's settings; ``undo`` brings them back.

        :raises UsageError: there is none, or it is in use, or it cannot be removed.
        :raises RightsError: as for :meth:`set`.
        """

        def plan(now: Now, problems: list[str]) -> Texts:
            if name not in config.profiles(self.path):
                near = did_you_mean(name, config.profiles(self.path))
                raise UsageError(f"there is no profile {clean(name[:60])}{near}")
            if name == now.layers.profile:
                raise UsageError(f"profile {name} is in use; before removing it: form-coach profile none")
            return {config.profile_file(self.path, name): None}

        return self.change("profile", who, plan)

    def undo(self, who: str) -> Change:
        """Take back the last change that was not taken back yet, one by hand included.

        What others changed since stays.

        :raises UsageError: there is none, or what it changed was changed again since, or it cannot be written.
        :raises ConfigError: with every mistake that there would be; nothing was changed then, likewise RightsError.
        """
        undone: list[Entry] = []

        def plan(now: Now, problems: list[str]) -> Texts:
            entries = self.history.read()
            entries += self.by_hand(entries, now)
            gone = {entry.undoes for entry in entries}
            left = [entry for entry in entries if entry.how != "undo" and entry.number not in gone]
            if not left:
                raise UsageError(f"there is no change of {self.path} to take back")
            undone.append(left[-1])
            return dict(self.undone(left[-1], name) for name in left[-1].files)

        return self.change("undo", who, plan, undone)

    def check_rights(self) -> None:
        """Find out whether this user may change the settings, before any work is put into it.

        :raises RightsError: not; the message tells how to get the right.
        :raises UsageError: nobody can, just now.
        """
        with self.locked():
            if not os.access(self.path.parent, os.W_OK | os.X_OK):
                raise refused(self.path, PermissionError(errno.EACCES, ""))

    def text(self, file: Path) -> str:
        """What a settings file or a profile's holds now, "" where it is not there.

        :raises ConfigError: it cannot be read.
        """
        return self.text_of(file) or ""

    def log(self) -> list[Entry]:
        """The changes that are known, the oldest first; the last one may be one by hand, noted by no command yet."""
        entries = self.history.read()
        return entries + self.by_hand(entries, self.now())


class ChangedMeanwhileError(ConfigError):
    """A file is no longer what an editor began with."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), ["it was changed meanwhile by somebody else"])
        self.args = (f"nothing was changed: somebody else changed {path} meanwhile",)
