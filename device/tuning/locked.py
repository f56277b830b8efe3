"""One writer at a time: a lock beside the settings file, held from reading it to having written it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from device.errors import UsageError
from device.tuning.rights import refused

PATIENCE_S = 5.0
"""A change takes some milliseconds; who holds the lock for longer than this hangs."""

_EVERY_S = 0.01


@contextlib.contextmanager
def locked(path: Path, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Keep all others from changing a settings file meanwhile, in this process and in others.

    :raises RightsError: this user may not change it.
    :raises UsageError: somebody else keeps it for longer than ``patience_s``, or the lock cannot be made.
    """
    lock = path.with_name(f".{path.name}.lock")
    try:
        handle = _opened(lock)
    except OSError as error:
        raise refused(path, error) from error
    try:
        until_s = time.monotonic() + patience_s
        while not _taken(handle):
            if time.monotonic() > until_s:
                raise UsageError(f"somebody else is changing {path} just now; try again (the lock is {lock})")
            time.sleep(_EVERY_S)
        yield
    finally:
        os.close(handle)


def _opened(lock: Path) -> int:
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):
        return os.open(lock, flags)
    folder = os.stat(lock.parent)
    shared = 0o060 if folder.st_mode & stat.S_IWGRP else 0
    try:
        handle = os.open(lock, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # somebody was quicker
        return os.open(lock, flags)
    with contextlib.suppress(PermissionError):
        os.fchown(handle, -1, folder.st_gid)
        os.fchmod(handle, 0o600 | shared)
    return handle


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
