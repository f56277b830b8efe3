"""Running arm64 roots on another machine: a current qemu, registered with the kernel.

Old ones crash in LiteRT (7.2, which Debian 12 brings, does; 10.0 does not), so Trixie's is taken on every machine.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import bare, host
from .errors import Unavailable

SUITE = "trixie"
BINFMT = Path("/proc/sys/fs/binfmt_misc")
NAME = "form-coach-aarch64"

HEADER = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
MASK = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
"""How a 64-bit Arm program begins; the mask lets both kinds of executables through."""


def need() -> None:
    """See to it that arm64 programs run here.  The kernel keeps the emulator open, so that roots need not hold it.

    :raises Unavailable: they cannot.
    """
    folder = host.cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with bare.locked(folder / "emulator.lock"):
        emulator = folder / "qemu-aarch64"
        if not emulator.exists():
            _fetch(emulator)
        _register(emulator)


def forget() -> None:
    """Take the emulator back from the kernel; programs running on it go on."""
    entry = BINFMT / NAME
    if entry.exists():
        entry.write_text("-1")


def _fetch(wanted: Path) -> None:
    from .root import Root  # which needs this module in turn

    with Root(SUITE) as root:
        root.run("apt-get -q update", check=True)
        root.run("apt-get -q -y install --no-install-recommends qemu-user", check=True)
        part = wanted.with_suffix(".part")
        part.write_bytes((root.folder / "usr/bin/qemu-aarch64").read_bytes())
        part.chmod(0o755)
        part.replace(wanted)


def _register(emulator: Path) -> None:
    try:
        if not (BINFMT / "register").exists():
            command = ["mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT)]
            subprocess.run(command, capture_output=True, check=True)
        if not (BINFMT / NAME).exists():  # what is registered last comes first
            (BINFMT / "register").write_text(f":{NAME}:M::{HEADER}:{MASK}:{emulator}:F")
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"the kernel does not take an emulator for arm64 programs (binfmt_misc): {error}") from error
