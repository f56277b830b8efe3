"""The disk: whether what must be kept can be written, and whether there is room."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from device import folders
from device.doctor import Result, bad, ok, warn

SERVICE_STATE = Path("/var/lib/form-coach")
"""The state folder of the service (systemd's StateDirectory)."""

LITTLE_MB, TOO_LITTLE_MB = 500, 50
"""Less free space deserves a word; with less than that updates and logs fail.  Chosen by us."""


def disk(state: Path | None = None) -> Result:
    """Whether the folder that keeps baselines and settings can be written to, and how much room is left.

    :param state: that folder; None for the service's, where there is one, else the user's own.
    """
    folder = state or (SERVICE_STATE if os.path.isdir(SERVICE_STATE) else folders.state())
    if folder is None:
        return bad("there is no folder to keep anything in", "set HOME, or XDG_STATE_HOME to a folder")
    try:
        room = os.statvfs(folder)
        foreign = os.stat(folder).st_uid not in (os.geteuid(), 0) and os.geteuid() != 0
    except OSError as error:
        return bad(f"{folder}: {error.strerror}", f"sudo mkdir -p {folder}, or run scripts/install again")
    free_mb = room.f_bavail * room.f_frsize / 1e6
    told = f"{folder}, {_size(free_mb)} free"
    if room.f_flag & os.ST_RDONLY:
        return bad(
            f"{told}: the disk is read-only; coaching works, but nothing is kept",
            "restart the computer; if it stays so, the SD card is worn: put in a new one",
        )
    if free_mb < TOO_LITTLE_MB:
        return bad(told, "make room: sudo apt clean, sudo journalctl --vacuum-size=50M, delete what is not needed")
    # Another user's folder is not ours to write to; that the service can is told by its own troubles.
    if not foreign and (problem := _writing(folder)):
        return bad(
            f"{told}: it cannot be written to: {problem}", f"sudo chown $USER {folder}; see sudo dmesg for errors"
        )
    if free_mb < LITTLE_MB:
        return warn(told, "make room: sudo apt clean, sudo journalctl --vacuum-size=50M")
    return ok(told)


def _writing(folder: Path) -> str:
    """What is wrong with writing there; "" for nothing."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())  # an SD card at fault shows it only now
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _size(megabytes: float) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"
