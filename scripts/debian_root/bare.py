"""The bare roots: what debootstrap makes, kept as one archive for each suite and architecture."""

from __future__ import annotations

import contextlib
import fcntl
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from . import host
from .errors import Unavailable

SUITES = ("bookworm", "trixie")

PACKAGES = ("systemd", "systemd-sysv", "dbus", "ca-certificates", "python3", "sudo", "procps")
"""What a fresh system has at least, besides the essential packages."""

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def native() -> str:
    """This machine's architecture, as Debian calls it."""
    return ARCHITECTURES.get(platform.machine(), platform.machine())


def archive(suite: str, arch: str) -> Path:
    """The bare root as a tar file, made now if it is not there yet (a minute; emulated ten).

    :raises Unavailable: it cannot be made.
    """
    folder = host.cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / f"{suite}-{arch}.tar"
    with locked(folder / f"{wanted.name}.lock"):
        if not wanted.exists():
            print(f"making a bare {suite} root ({arch}), once", file=sys.stderr, flush=True)
            _make(suite, arch, wanted)
    return wanted


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove(folder: Path) -> None:
    """Delete a root; what is mounted in it, if anything still is, stays untouched."""
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], stderr=subprocess.DEVNULL, check=False)


def _make(suite: str, arch: str, wanted: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix="making-", dir=wanted.parent))
    try:
        command = ["debootstrap", f"--arch={arch}", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
        command += [suite, str(making), host.mirror() or ""]
        if not Path("/usr/share/debootstrap/scripts", suite).exists():
            # an older debootstrap; all suites are made alike
            command += ["/usr/share/debootstrap/scripts/sid"]
        began_s = time.monotonic()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
            raise Unavailable(f"debootstrap cannot make a {suite} root: {last}")
        shutil.rmtree(making / "var/cache/apt/archives", ignore_errors=True)
        part = wanted.with_suffix(".part")
        subprocess.run(["tar", "-C", str(making), "-cf", str(part), "."], check=True)
        part.replace(wanted)
        print(f"made in {time.monotonic() - began_s:.0f} s: {wanted}", file=sys.stderr, flush=True)
    finally:
        remove(making)
