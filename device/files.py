"""Writing files so that they are whole whatever happens."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path


def write_whole(path: Path, text: str, mode: int | None = None, group: int | None = None) -> None:
    """Put a text in a file's place, whole or not at all, also when the power fails.

    A file that is replaced keeps its rights, its group and, where the system lets it, its owner.

    :param mode: the rights of a file that was not there before; None leaves it to the umask.
    :param group: the group of such a file; None leaves it to the system.
    :raises OSError: it cannot be written; what was there before is still there then.
    """
    _tidy(path)
    # A name of this thread's own: of two who write at once neither may put the other's half-written file in place.
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(part, flags, 0o666), "w", encoding="utf-8", newline="\n") as file:
            _take_after(file.fileno(), path, mode, group)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut as they are now.

    :raises OSError: it cannot be done.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_after(handle: int, path: Path, mode: int | None, group: int | None) -> None:
    """Give the new file the rights and the group of the one in whose place it comes."""
    owner = -1
    with contextlib.suppress(FileNotFoundError):
        before = os.stat(path)
        mode, group, owner = before.st_mode & 0o777, before.st_gid, before.st_uid
    if group is not None and not _given_to(handle, owner, group) and mode is not None:
        mode = mode & ~0o070 | (mode & 0o007) << 3  # another group gets no more than everybody
    if mode is not None:
        os.fchmod(handle, mode)


def _given_to(handle: int, owner: int, group: int) -> bool:
    """Whether the group could be set; the owner, too, where the system lets it."""
    for user in (owner, -1):
        try:
            os.fchown(handle, user, group)
        except PermissionError:
            continue
        return True
    return os.fstat(handle).st_gid == group


def _tidy(path: Path) -> None:
    """Take away what writers left behind whom the power, or a signal, ended."""
    with contextlib.suppress(OSError):
        for name in os.listdir(path.parent):
            if name.startswith(f"{path.name}.") and name.endswith(".part"):
                writer = name[len(path.name) + 1 : -len(".part")].partition("-")[0]
                if writer.isdigit() and not _alive(int(writer)):
                    path.with_name(name).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True
