"""Who may change the settings, and how others get the right to."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
from pathlib import Path

from device.errors import FormCoachError, UsageError


class RightsError(FormCoachError, PermissionError):
    """The settings may not be changed by this user.  The message says how to get the right."""

    exit_code = 2


def user() -> str:
    """Who is at work: the user's name, also behind ``sudo``."""
    behind = os.environ.get("SUDO_USER", "")
    if os.geteuid() == 0 and behind:
        return behind
    return _name(os.geteuid())


def refused(path: Path, error: OSError) -> FormCoachError:
    """What to tell when a file in the folder of the settings could not be written.

    :param path: the settings file.
    """
    if error.errno in (errno.EACCES, errno.EPERM):
        return RightsError(f"you may not change {path}: {_remedy(path.parent)}")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return UsageError(f"{path} cannot be written: there is no folder {path.parent}")
    return UsageError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}; nothing was changed")


def rights_of(folder: Path) -> tuple[int, int]:
    """The rights and the group of a new file in a folder: who may write in the folder may write the file.

    :raises OSError: the folder cannot be looked at.
    """
    about = os.stat(folder)
    return 0o644 | about.st_mode & stat.S_IWGRP, about.st_gid


def _remedy(folder: Path) -> str:
    sudo = "do it with sudo"
    try:
        about = os.stat(folder)
        group = grp.getgrgid(about.st_gid)
    except (OSError, KeyError):
        return sudo
    if not about.st_mode & stat.S_IWGRP or about.st_gid == 0:
        return sudo
    me = _name(os.getuid())
    if about.st_gid in (os.getegid(), *os.getgroups()):
        return sudo
    if me in group.gr_mem:
        return f"you are in the group {group.gr_name} by now, but not since you logged in: log in anew"
    return (
        f"that is for members of the group {group.gr_name}.  Become one: "
        f"sudo usermod -aG {group.gr_name} {me}, then log in anew; or, this once, {sudo}"
    )


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"
