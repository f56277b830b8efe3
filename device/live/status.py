"""The status file: what a running coach says of itself, once a second, and how another process reads it.

One JSON object, described in ``docs/status.md``.  It lies in the runtime folder, which is in memory: writing it costs
the SD card nothing.  It appears whole or not at all, so a reader never sees half of it.  Its times are on the clock
that counts from power-on (``CLOCK_BOOTTIME``), which no setting of the date disturbs.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from device import __version__

FORMAT = "form-coach status"
VERSION = 1
"""Goes up when a field changes its meaning; new fields alone do not raise it."""

NAME = "status.json"

STALE_S = 5.0
"""A coach that has written nothing for this long hangs: it writes once a second, and may be held up for a while."""

_LARGEST_BYTES = 1_000_000
"""A status takes 2 kB; what is so much larger is something else and need not be read."""

_LARGEST = 1e15
"""No number of a status comes near this; one beyond it is damage."""


NOTHING: Mapping[str, Any] = MappingProxyType({})
"""An empty mapping, for what is left out."""


class Status(NamedTuple):
    """What is known of a running coach.

    :param condition: "running"; "other_version": running, but its file is of another version, so some of it may be
        missing; "hung": its process is there, but has written nothing for :data:`STALE_S`; "dead": its process is gone
        and left the file; "absent": there is none; "unreadable": there is a file, but it tells nothing.
    :param why: the condition in words; "" while running.
    :param snapshot: what the file holds, {} where it tells nothing.  Another version may have left out any of it.
    """

    condition: str
    why: str = ""
    snapshot: Mapping[str, Any] = NOTHING

    @property
    def running(self) -> bool:
        """Whether a coach runs and tells of itself."""
        return self.condition in ("running", "other_version")


def now_s() -> float:
    """The time on the status file's clock: seconds since power-on, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def stamped(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The whole status as of now: ``format``, ``version``, ``software``, ``pid`` and ``written_s``, then the fields.

    A number that is not finite becomes null.
    """
    stamp = {"format": FORMAT, "version": VERSION, "software": __version__, "pid": os.getpid(), "written_s": now_s()}
    return {**stamp, **{str(key): plain(value) for key, value in snapshot.items()}}


def write(folder: Path, snapshot: Mapping[str, Any]) -> None:
    """Replace the status file.

    :param snapshot: the fields, to be :func:`stamped`.
    :raises OSError: it cannot be written; the file before it stays.
    """
    content = json.dumps(stamped(snapshot), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    temporary = folder / f".{NAME}"
    try:
        # No fsync: the folder is in memory, and after a power cut the coach of before the cut is of no interest.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o644)  # whatever the umask: `form-coach status` is for every user of the machine
            file.write(content)
        os.replace(temporary, folder / NAME)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def remove(folder: Path) -> None:
    """Take the status file away, at an orderly end.  Never fails: a file that stays is found to be dead."""
    with contextlib.suppress(OSError):
        (folder / NAME).unlink()


def read(folder: Path | None) -> Status:
    """What a coach says in that folder; never an error.

    :param folder: None where there is no runtime folder, hence no coach.
    """
    if folder is None:
        return Status("absent", "Form Coach is not running")
    path = folder / NAME
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Status("absent", "Form Coach is not running")
    except OSError as error:
        return Status("unreadable", f"{path} cannot be read: {error.strerror or error}")
    snapshot = _parse(content)
    if snapshot is None:
        return Status("unreadable", f"{path} is damaged, or is no status of Form Coach")
    return _judge(snapshot)


def _judge(snapshot: dict[str, Any]) -> Status:
    """Whether whoever wrote this is still there."""
    pid, written_s = number(snapshot.get("pid")), number(snapshot.get("written_s"))
    if pid is None or written_s is None:
        return Status("unreadable", "the status does not say who wrote it, and when", snapshot)
    age_s = now_s() - written_s
    if not _alive(int(pid)):
        return Status("dead", f"process {pid:.0f} ended without a word: it was killed, or it crashed", snapshot)
    if age_s < 0:
        return Status("dead", "its last word is from before the computer was restarted", snapshot)
    if age_s > STALE_S:
        return Status("hung", f"process {pid:.0f} is there, but has said nothing for {age_s:.0f} s", snapshot)
    if snapshot["version"] != VERSION:
        other = snapshot.get("software", "an unknown one")
        return Status("other_version", f"the coach that runs is of another version: {other}", snapshot)
    return Status("running", "", snapshot)


def _parse(content: bytes) -> dict[str, Any] | None:
    if len(content) > _LARGEST_BYTES:
        return None
    try:
        loaded = json.loads(content)
    except (ValueError, RecursionError):
        return None
    ours = isinstance(loaded, dict) and loaded.get("format") == FORMAT and isinstance(loaded.get("version"), int)
    return loaded if ours else None


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's process is a process
        return True
    return True


def number(value: object) -> float | None:
    """The value as a number; None where it is none, as it may be in a status of another version."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LARGEST < value < _LARGEST:
        return None
    return float(value)


def plain(value: Any) -> Any:
    """The value as JSON can hold it, whatever it is: a coach must not end over what it says of itself."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):  # NumPy's own included
        return float(value) if math.isfinite(value) else None
    return str(value)
