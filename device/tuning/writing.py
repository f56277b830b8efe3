"""How a change of the settings is made: planned, checked, written and noted, all of it or nothing."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from device import config
from device.config import Layers
from device.errors import ConfigError, UsageError
from device.files import sync_folder, write_whole
from device.tuning import describing, document, history, place
from device.tuning.describing import SECTIONS, SETTINGS
from device.tuning.history import Entry, History
from device.tuning.locked import locked
from device.tuning.rights import refused, rights_of

Texts = dict[Path, str | None]
"""What files are to hold; None for a file that is to go."""


@dataclass(frozen=True)
class Change:
    """What a change did.

    :param changes: for each key whose value in force became another one: the old and the new value.
    :param written: the files that were written; none where all was so already.
    :param layers: the settings from now on.
    :param how: "set", "reset", "edit", "undo" or "profile".
    :param undone: what was taken back, by ``undo``.
    :param unnoted: why the history does not know of it, "" when it does.
    """

    changes: Mapping[str, tuple[Any, Any]]
    written: tuple[Path, ...]
    layers: Layers
    how: str = ""
    undone: Entry | None = None
    unnoted: str = ""


@dataclass(frozen=True)
class Now:
    """What there is before a change.

    :param texts: of the settings file and of the profile in use, "" and None where there is none.
    """

    layers: Layers
    texts: Texts = field(default_factory=dict)


Plan = Callable[["Now", list[str]], Texts]
"""Says what the files are to hold, and adds to the list what is wrong with what was asked for."""


class Writer:
    """What changes a settings file and the profiles beside it.

    :param path: the settings file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = History(path)

    def change(
        self,
        how: str,
        who: str,
        plan: Plan,
        undone: list[Entry] | None = None,
    ) -> Change:
        """Change the files as planned, all of them or none.

        :param how: what kind of change it is, for the history.
        :param undone: the change that this one takes back, once the plan has found it.
        :raises FormCoachError: nothing was changed.
        """
        with self.locked():
            now = self.now()
            problems: list[str] = []
            planned = plan(now, problems)
            after, others = config.leniently(self.path, planned, optional=True)
            if problems or others:
                raise ConfigError(f"nothing was changed in {self.path}", [*problems, *others])
            before = {file: self.text_of(file) for file in planned}
            wanted = {file: text for file, text in planned.items() if text != before[file]}
            changes = _between(now.layers, after)
            if not wanted:
                return Change({}, (), after, how, undone[0] if undone else None)
            entries = self.history.read()
            by_hand = self.by_hand(entries, now)
            self._write(wanted, before)
            files = {self._name(file): (before[file], text) for file, text in wanted.items()}
            number = max((entry.number for entry in entries), default=0) + 1 + len(by_hand)
            entry = Entry(number, history.now_s(), who, how, changes, files, undone[0].number if undone else 0)
            try:
                self.history.add([*by_hand, entry])
                unnoted = ""
            except OSError as error:
                unnoted = f"{self.history.path} cannot be written: {(error.strerror or str(error)).lower()}"
            return Change(changes, tuple(wanted), after, how, undone[0] if undone else None, unnoted)

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Keep all others from changing the settings; makes the folder of the user's own."""
        if self.path == place.own():
            with contextlib.suppress(OSError):  # the lock will tell
                self.path.parent.mkdir(parents=True, exist_ok=True)
        return locked(self.path)

    def _write(self, wanted: Texts, before: Texts) -> None:
        """Write all files, or none if one of them cannot be written."""
        done: list[Path] = []
        try:
            for file, text in wanted.items():
                self._put(file, text)
                done.append(file)
        except OSError as error:
            for file in done:
                with contextlib.suppress(OSError):
                    self._put(file, before[file])
            raise refused(self.path, error) from error

    def _put(self, file: Path, text: str | None) -> None:
        if text is None:
            file.unlink(missing_ok=True)
            sync_folder(file.parent)
            return
        mode, group = rights_of(self.path.parent)
        if file.parent != self.path.parent and not file.parent.is_dir():
            file.parent.mkdir()
            with contextlib.suppress(PermissionError):
                os.chown(file.parent, -1, group)
                file.parent.chmod(mode | 0o111)
        for link in (file, file.parent):  # else who may write here could have somebody else write anywhere
            if link.is_symlink() and os.lstat(link).st_uid not in (0, os.geteuid()):
                raise OSError(errno.ELOOP, f"{link} is a link that somebody else made")
        file = Path(os.path.realpath(file))
        write_whole(file, text, mode, group)

    def now(self) -> Now:
        """What there is at the moment, without what is wrong."""
        layers, _ = config.leniently(self.path, optional=True)
        return Now(layers, {file: self.text_of(file) for file in layers.files})

    def text_of(self, file: Path) -> str | None:
        """What a file holds; "" for a settings file that is not there yet, None for another one that is not there."""
        if not os.path.lexists(file):
            return "" if file == self.path else None
        return config.read(file)

    def file_of(self, key: str, profile: str) -> Path:
        """Where a setting, or a section, is changed."""
        section = key.partition(".")[0]
        personal = section in SECTIONS and SECTIONS[section][0].personal
        return config.profile_file(self.path, profile) if personal and profile else self.path

    def _name(self, file: Path) -> str:
        return str(file.relative_to(self.path.parent))

    def by_hand(self, entries: list[Entry], now: Now) -> list[Entry]:
        """What was done to the files since the last change that is known, as one more entry; [] for nothing."""
        files, when_s = {}, 0.0
        for file, text in now.texts.items():
            try:
                noted = self.history.noted(entries, self._name(file))
            except KeyError:
                continue  # no command ever changed it: there is nothing to compare with
            if noted != text and (noted or text):
                files[self._name(file)] = (noted, text)
                with contextlib.suppress(OSError):
                    when_s = max(when_s, file.stat().st_mtime)
        if not files:
            return []
        earlier = {self.path.parent / name: texts[0] for name, texts in files.items()}
        before, _ = config.leniently(self.path, earlier, optional=True)
        number = max((entry.number for entry in entries), default=0) + 1
        return [Entry(number, round(when_s, 1), "", "by hand", _between(before, now.layers), files)]

    def undone(self, entry: Entry, name: str) -> tuple[Path, str | None]:
        """A file as it was before a change, with what was changed since.

        :raises UsageError: what the change changed was changed again since.
        """
        file = self.path.parent / name
        profile = file.stem if SETTINGS["profile.name"].fitting(file.stem) else ""
        if file not in (self.path, config.profile_file(self.path, profile)):
            raise UsageError(f"the last change cannot be taken back: {self.history.path} is damaged")
        before, after = entry.files[name]
        text = self.text_of(file)
        if (text or None) == (after or None):
            return file, before
        if text is None or before is None or after is None:
            raise UsageError(f"the last change cannot be taken back: {file} was made or removed since")
        here = document.held(text)
        values, without = {}, []
        for key, (old, new) in replace(entry, files={name: (before, after)}).written.items():
            if here.get(key) != new:
                raise UsageError(f"the last change cannot be taken back: {key} was changed again since, by hand")
            elif old is None:
                without.append(key)
            else:
                values[key] = document.value_of(old)
        return file, document.changed(file, text, values, without)


def _between(before: Layers, after: Layers) -> dict[str, tuple[Any, Any]]:
    """Values that differ, by key."""
    old, new = describing.values(before.settings), describing.values(after.settings)
    return {key: (old[key], new[key]) for key in SETTINGS if old[key] != new[key]}
