"""A Debian root of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from . import bare, emulator, host, tree
from .commands import Commands
from .errors import Unavailable
from .machine import Machine, nspawn


class Root(Commands):
    """A fresh copy of a bare Debian root, with this machine's way to the package sources.

    :param suite: "bookworm" or "trixie".
    :param arch: "amd64" or "arm64", emulated where this machine is not of it; this machine's own by default.
    :param keep: leave it in place in the end, and say where.
    :param binds: folders of this machine to be seen inside, read-only: where, by what.
    :raises Unavailable: this machine cannot make or run it.
    """

    def __init__(
        self, suite: str, arch: str | None = None, *, keep: bool = False, binds: Mapping[Path, str] | None = None
    ) -> None:
        if suite not in bare.SUITES:
            raise ValueError(f"suite {suite!r} is not one of {', '.join(bare.SUITES)}")
        self.suite = suite
        self.arch = arch or bare.native()
        self.keep = keep
        self._binds = [f"--bind-ro={folder}:{inside}" for folder, inside in (binds or {}).items()]
        host.need_tools()
        if self.arch != bare.native():
            emulator.need()
        archive = bare.archive(suite, self.arch)
        self._sweep(archive.parent)
        self.folder = Path(tempfile.mkdtemp(prefix=f"root-{os.getpid()}-", dir=archive.parent))
        try:
            subprocess.run(["tar", "-C", str(self.folder), "-xf", str(archive)], check=True)
            self.folder.chmod(0o755)
            self.environment = host.lend(self.folder)
            tried = self.run("true")
            if not tried.ok:
                said = (tried.out.strip().splitlines() or [f"status {tried.code}"])[-1]
                raise Unavailable(f"systemd-nspawn cannot run a root here: {said}")
        except BaseException:
            bare.remove(self.folder)
            raise

    def __enter__(self) -> Root:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the root, or say where it stays.  It may be called more than once."""
        if not self.folder.exists():
            return
        if self.keep:
            kept = self.folder.with_name(self.folder.name.replace("root-", "kept-", 1))
            self.folder = self.folder.rename(kept)
            print(f"kept: {kept}", file=sys.stderr)
            self.keep = False
        elif not self.folder.name.startswith("kept-"):
            bare.remove(self.folder)

    def copy_working_tree(self, project: Path, inside: str) -> int:
        """Copy a working tree as it is, without ``.git``, to a folder in the root; how many files comes back."""
        return tree.copy(project, self.path(inside))

    def path(self, inside: str) -> Path:
        """Where a file of the root is to be found from outside."""
        return self.folder / inside.lstrip("/")

    def boot(self) -> Machine:
        """Boot it: systemd as PID 1.  While it is up, :meth:`Machine.run` runs commands; :meth:`run` must not.

        :raises Unavailable: systemd does not come up.
        """
        return Machine(self.folder, self.environment, self._binds)

    def _enter(self, script: str, environment: Mapping[str, str]) -> list[str]:
        command = [*nspawn(self.folder, self._binds), "--pipe", "--console=pipe"]
        command += [f"--setenv={name}={value}" for name, value in environment.items()]
        return [*command, "bash", "-c", script]

    @staticmethod
    def _sweep(folder: Path) -> None:
        """Remove the roots of runs that were killed."""
        for left in folder.glob("root-*-*"):
            pid = left.name.split("-")[1]
            if not Path("/proc", pid).exists():
                bare.remove(left)
