"""Runs remembered: when one begins and ends, what is kept of it, and where.  docs/runs.md describes it all."""

from __future__ import annotations

import os
from pathlib import Path

from device import folders
from device.errors import UsageError
from device.runs import store
from device.runs.archive import lock
from device.runs.poselog import SUFFIX, PoseLog
from device.runs.store import DamagedError, Store, StoreError, move_aside

SERVICE_STATE = Path("/var/lib/form-coach")
"""The service's state folder."""


def folder() -> Path:
    """Where the runs are: with the service, where one keeps runs, else as :func:`device.folders.state`.

    :raises UsageError: there is no such place.
    """
    if "STATE_DIRECTORY" not in os.environ and (SERVICE_STATE / store.NAME).exists():
        return SERVICE_STATE
    own = folders.state()
    if own is None:
        raise UsageError("there is no folder to keep runs in; set XDG_STATE_HOME to one")
    return own


def reading(place: Path | None = None) -> Store:
    """The database, to read from.

    :param place: the state folder; None for :func:`folder`.
    :raises StoreError: there are no runs yet, or they cannot be read.
    """
    path = (place or folder()) / store.NAME
    try:
        return Store(path, read_only=True)
    except DamagedError as error:
        raise DamagedError(f"{error}; the coach moves it aside with the next run and begins a new one") from error


def writing(place: Path | None = None) -> tuple[Store, str | None]:
    """The database, to change something; made if need be.  A damaged one is moved aside, which is told as a line.

    :raises StoreError: it cannot be written.
    """
    own = place or folder()
    path = own / store.NAME
    try:
        return Store(path), None
    except DamagedError as error:
        handle = lock(own)
        if handle is None:
            raise DamagedError(f"{error}, and a coach works with it: end its run first") from error
        try:
            aside = move_aside(path)
            return Store(path), f"{error}; it was moved to {aside}, and a new {path} is begun"
        finally:
            os.close(handle)


def number(opened: Store, name: str) -> int:
    """The number of the run that a command names: itself, or "last".

    :raises UsageError: there is no such run.
    """
    last = opened.last()
    if last is None:
        raise UsageError(f"{opened.path}: there are no runs yet")
    if name == "last":
        return last
    if not (name.isascii() and name.isdigit() and len(name) < 19) or opened.run(int(name)) is None:
        raise UsageError(f"there is no run {name!r:.40}; the last one is {last}, `form-coach runs` lists them")
    return int(name)


def log_path(place: Path, uuid: str) -> Path:
    """Where the key-point log of a run lies, if it has one."""
    return place / store.POSES / f"{uuid}{SUFFIX}"


def latest_log(runner: str | None = None, place: Path | None = None) -> PoseLog | None:
    """The key points of the newest run that has any, of one runner or of all; None if there is none.

    :raises StoreError: the runs cannot be read.
    :raises SourceError: the log cannot be.
    """
    own = place or folder()
    if not (own / store.NAME).exists():
        return None
    where, values = ("", ()) if runner is None else ("AND runner = ?", (runner,))
    with reading(own) as opened:
        found = opened.rows(
            f"SELECT uuid FROM runs WHERE poses_bytes IS NOT NULL {where} ORDER BY id DESC LIMIT 1", values
        )
    return PoseLog(log_path(own, found[0]["uuid"])) if found else None


__all__ = [
    "DamagedError",
    "PoseLog",
    "Store",
    "StoreError",
    "folder",
    "latest_log",
    "log_path",
    "number",
    "reading",
    "writing",
]
