"""The working tree as it is: what git tracks or would, changes not yet committed included."""

from __future__ import annotations

import subprocess
from pathlib import Path


def copy(project: Path, target: Path) -> int:
    """Copy a working tree into a folder, without ``.git``, keeping modes and dates.

    :return: how many files there were.
    """
    listed = subprocess.run(
        ["git", "-C", str(project), "ls-files", "-z", "-co", "--exclude-standard"], capture_output=True, check=True
    )
    names = [name for name in listed.stdout.split(b"\0") if name and (project / name.decode()).exists()]
    target.mkdir(parents=True, exist_ok=True)
    pack = ["tar", "-C", str(project), "--no-recursion", "--null", "-T", "-", "-cf", "-"]
    packed = subprocess.run(pack, input=b"\0".join(names), capture_output=True, check=True)
    unpack = ["tar", "-C", str(target), "--no-same-owner", "-xf", "-"]
    subprocess.run(unpack, input=packed.stdout, check=True)
    return len(names)
