"""The history of changes: one JSON object a line, beside the settings file.

It serves ``config log`` and ``config undo`` only: a history that is damaged, or cannot be written, keeps nobody from
changing the settings.  What of it cannot be read is left out.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device.files import write_whole
from device.tuning.document import held
from device.tuning.rights import rights_of

MOST = 200
"""So many changes are kept, the newest."""

LARGEST_BYTES = 1_000_000
"""And no more than this of them."""

SLACK = 1.25
"""The file is written anew only when it is this much beyond: all else is added at its end, which spares the card."""


@dataclass(frozen=True)
class Entry:
    """One change.

    :param number: counts the changes; 0 for one by hand that no command has noted yet.
    :param when_s: when, as seconds since 1970 on the computer's clock, which may have been wrong.
    :param who: whose change it was: a user's name.
    :param how: "set", "reset", "edit", "undo", "profile", or "by hand" for what an editor did to the file itself.
    :param changes: for each key in force its old and its new value, as JSON has them.
    :param files: for each file its text before and after, None where there was none; by name beside the settings file.
    :param undoes: the number of the change that this one took back, 0 for none.
    """

    number: int
    when_s: float
    who: str
    how: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    files: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    undoes: int = 0

    @property
    def written(self) -> dict[str, tuple[str | None, str | None]]:
        """What it changed in the files: by key the old and the new value as TOML, None where it is not set."""
        found = {}
        for before, after in self.files.values():
            old, new = held(before), held(after)
            for key in old | new:
                if old.get(key) != new.get(key):
                    found[key] = (old.get(key), new.get(key))
        return found

    def line(self) -> str:
        """The entry as a line of the file."""
        values = dict(vars(self)) | {"files": {name: list(texts) for name, texts in self.files.items()}}
        return json.dumps(values, ensure_ascii=False, default=str) + "\n"


class History:
    """The file of all changes to one settings file.

    :param path: the settings file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.stem}-history.jsonl")

    def read(self) -> list[Entry]:
        """All changes that are kept, the oldest first; those that cannot be read are left out."""
        with suppress(OSError), open(self.path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 4 * LARGEST_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()
            return [entry for entry in map(_entry, lines) if entry is not None]
        return []

    def add(self, entries: Iterable[Entry]) -> None:
        """Note changes.

        :raises OSError: it cannot be written.
        """
        text = "".join(entry.line() for entry in entries)
        mode, group = rights_of(self.path.parent)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        fresh = not self.path.exists()
        with open(os.open(self.path, flags, mode), "r+b") as file:
            if fresh:
                with suppress(PermissionError):
                    os.fchown(file.fileno(), -1, group)
                    os.fchmod(file.fileno(), mode)
            size = file.seek(0, os.SEEK_END)
            if size:  # a line that a power cut left half must not spoil the next one
                file.seek(size - 1)
                text = text if file.read(1) == b"\n" else f"\n{text}"
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        kept = self.read()
        if size + len(text) > SLACK * LARGEST_BYTES or len(kept) > SLACK * MOST:
            write_whole(self.path, "".join(_newest(kept)))

    def noted(self, entries: list[Entry], name: str) -> str | None:
        """A file's text as the last change left it.

        :raises KeyError: no change is known of it.
        """
        for entry in reversed(entries):
            if name in entry.files:
                return entry.files[name][1]
        raise KeyError(name)


def now_s() -> float:
    """The computer's own time, for an entry."""
    return round(time.time(), 1)


def _newest(entries: list[Entry]) -> list[str]:
    lines: list[str] = []
    size = 0
    for entry in reversed(entries[-MOST:]):
        line = entry.line()
        size += len(line.encode("utf-8", "replace"))
        if size > LARGEST_BYTES and lines:
            break
        lines.append(line)
    return lines[::-1]


def _entry(line: str) -> Entry | None:
    """A line's entry; None where it is none."""
    try:
        given = json.loads(line)
        entry = Entry(
            number=int(given["number"]),
            when_s=float(given["when_s"]),
            who=str(given["who"]),
            how=str(given["how"]),
            changes={str(key): (old, new) for key, (old, new) in given["changes"].items()},
            files={str(name): (_text(before), _text(after)) for name, (before, after) in given["files"].items()},
            undoes=int(given["undoes"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    return entry if 0 < entry.number < 10**12 and abs(entry.when_s) < 1e11 else None


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("no text")
    return value
