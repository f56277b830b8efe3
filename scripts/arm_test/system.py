"""A Debian root for arm64 with the project in it, installed as ``scripts/install`` does on a Pi."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from debian_root import Done, Root, Unavailable, cache_folder
from debian_root.bare import native

PROJECT = Path(__file__).resolve().parents[2]
USER = "runner"
CLONE = f"/home/{USER}/form-coach"
PYTHON = ".venv/bin/python"

PROCESSORS = {"bookworm": "cortex-a72", "trixie": "cortex-a76"}
"""The processor to emulate in each suite: a Pi 4's and a Pi 5's."""

DEBIAN = "python3-venv libespeak-ng1 alsa-utils python3-numpy python3-pil python3-av gcc libc6-dev"
"""What the coach needs of Debian, the libraries that a Pi's python3-picamera2 brings along, and a compiler, which some
tests need."""

PACKAGES = ("ai-edge-litert", "numpy", "av", "pillow", "pytest")


SLOW_S = 1800.0
"""Installing takes longer than this only where it hangs."""


class System:
    """A system like a Pi's, with the working tree as it is now.

    :ivar versions: what is in it, by name.
    :raises Unavailable: this machine cannot make it or run it.
    :raises CommandError: the coach cannot be installed in it.
    """

    def __init__(self, root: Root) -> None:
        self.suite = root.suite
        self._root = root
        if root.arch != native():
            # the emulator's own default has every extension there is, and is several times slower
            root.environment = {**root.environment, "QEMU_CPU": PROCESSORS[root.suite]}
        self._install()
        self.versions = self._versions()

    def run(self, command: str, *, timeout_s: float = 3600.0, show: bool = False) -> Done:
        """Run a command in the project's folder, as an ordinary user."""
        return self._root.run(command, cwd=CLONE, user=USER, timeout_s=timeout_s, show=show)

    def read(self, name: str) -> str:
        """A file in the project's folder there."""
        return self._root.path(f"{CLONE}/{name}").read_text()

    def write(self, name: str, content: bytes) -> None:
        """Put a file into the project's folder there."""
        self._root.path(f"{CLONE}/{name}").write_bytes(content)

    def _install(self) -> None:
        root = self._root
        root.copy_working_tree(PROJECT, CLONE)
        root.run(f"useradd -m -s /bin/bash {USER} && chown -R {USER}: /home/{USER}", check=True)
        packages = root.run(
            f"apt-get -q update && apt-get -q -y install --no-install-recommends {DEBIAN}", timeout_s=SLOW_S
        )
        if not packages.ok:
            last = (packages.out.strip().splitlines() or ["it says nothing"])[-1]
            raise Unavailable(f"Debian's packages cannot be installed: {last}")
        pip = f"{PYTHON} -m pip install -q --no-input --progress-bar off --disable-pip-version-check -e '.[test]'"
        install = f"python3 -m venv --system-site-packages .venv && {pip}"
        root.run(install, cwd=CLONE, user=USER, timeout_s=SLOW_S, check=True)

    def _versions(self) -> dict[str, str]:
        code = (
            "import importlib.metadata as m, json, platform;"
            "print(json.dumps({'Python': platform.python_version(),"
            f"**{{name: m.version(name) for name in {PACKAGES}}}}}))"
        )
        done = self._root.run(f"{PYTHON} -c {shlex.quote(code)}", cwd=CLONE, user=USER, check=True)
        emulated = self._root.arch != native()
        machine = (
            {"processor": PROCESSORS[self.suite], "emulator": emulator()} if emulated else {"processor": "its own"}
        )
        return {**json.loads(done.out), **machine}


def emulator() -> str:
    """Which emulator runs arm64 programs here."""
    program = cache_folder() / "qemu-aarch64"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return f"qemu-user {said[2]}" if len(said) > 2 else "qemu-user"
