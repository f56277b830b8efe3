"""A control group for each booted root, where this machine has no systemd to give it one.

Without, all of them would share one, and the systemd of each would end the others' services with its own.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def make() -> Path | None:
    """A new group beside this process's own; None where there can be none."""
    try:
        return Path(tempfile.mkdtemp(prefix=f"form-coach-{os.getpid()}-", dir=_of("self")))
    except (OSError, LookupError):
        return None


def inside(leader: int) -> Path | None:
    """A group for commands from outside, in the machine whose first process that is; None where there can be none.

    To those who are in no group of the machine its systemd denies some services (257: "Protocol driver not attached").
    """
    try:
        own = _of(leader)
        top = next(folder for folder in (own, *own.parents) if folder.name == "payload")  # as systemd-nspawn calls it
        (top / "commands").mkdir(exist_ok=True)
        return top / "commands"
    except (OSError, LookupError, StopIteration):
        return None


def enter(group: Path | None) -> list[str]:
    """The beginning of a command line that runs something in a group."""
    if group is None:
        return []
    return ["sh", "-c", '{ echo 0 >"$0/cgroup.procs"; } 2>/dev/null; exec "$@"', str(group)]


def remove(group: Path | None) -> None:
    """Remove a group and all below, once nothing runs in them."""
    if group is None:
        return
    below = group.relative_to(_mounted("cgroup2")[0])
    for top in _mounted("cgroup2") + _mounted("cgroup"):  # systemd-nspawn makes it in the older tree as well
        for folder, _, _ in os.walk(top / below, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)


def _of(process: int | str) -> Path:
    lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
    own = [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]
    return _mounted("cgroup2")[0] / own[0]


def _mounted(kind: str) -> list[Path]:
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [Path(mount[1]) for mount in mounts if mount[2] == kind]
