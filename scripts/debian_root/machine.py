"""A booted root: systemd as PID 1, on this machine's kernel and network."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from . import groups
from .commands import Commands
from .errors import Unavailable

BOOT_S = 90.0
"""A machine that is not up after this does not come up."""


def nspawn(folder: Path, binds: Sequence[str] = ()) -> list[str]:
    """The beginning of a command line that runs something in a root."""
    command = ["systemd-nspawn", "-q", "--register=no", "-D", str(folder), *binds]
    if not _has_systemd():  # nobody here who would give the container a unit
        command.append("--keep-unit")
    return command


def _has_systemd() -> bool:
    return Path("/run/systemd/system").exists()


class Machine(Commands):
    """A root that has been booted, until :meth:`close`.

    :ivar booted_s: when booting began, on CLOCK_BOOTTIME, which the machine shares with this one.
    :raises Unavailable: systemd does not come up.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], binds: Sequence[str] = ()) -> None:
        self.environment = environment
        self._folder = folder
        self._binds = binds
        self._console = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the machine)
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._group: Path | None = None
        self._leader = 0
        self._boot()

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def path(self, inside: str) -> Path:
        """Where a file of the running machine is to be found from outside, what is mounted in it included."""
        return Path(f"/proc/{self._leader}/root", inside.lstrip("/"))

    def start(self) -> None:
        """Boot it again after :meth:`close`, or after it turned itself off."""
        self.close()
        self._boot()

    def close(self) -> None:
        """Shut it down in order; after 30 s at once.  It may be called more than once."""
        self._end(signal.SIGTERM, 30.0)

    def has_ended(self, within_s: float) -> bool:
        """Whether the machine turns itself off within so many seconds."""
        assert self._nspawn is not None
        try:
            self._nspawn.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _boot(self) -> None:
        self._group = None if _has_systemd() else groups.make()
        # it is shut down in order also when this process is killed
        watched = [*groups.enter(self._group), "setpriv", "--pdeathsig", "TERM"]
        self.booted_s = time.clock_gettime(time.CLOCK_BOOTTIME)
        self._nspawn = subprocess.Popen(
            [*watched, *nspawn(self._folder, self._binds), "-b", "--console=passive"],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
            # where this machine is of the older kind, the container is not
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
            start_new_session=True,  # Ctrl-C is for the test to handle
        )
        try:
            self._wait_until_up()
        except BaseException:
            self._end(signal.SIGKILL, 10.0)
            raise

    def _wait_until_up(self) -> None:
        assert self._nspawn is not None
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        until_s = time.monotonic() + BOOT_S
        while time.monotonic() < until_s and self._nspawn.poll() is None:
            with contextlib.suppress(OSError):
                self._leader = int((children.read_text().split() or ["0"])[0])
            if self._leader and self.run("systemctl is-system-running").out.strip() in ("running", "degraded"):
                return
            time.sleep(0.2)
        self._console.seek(0)
        said = self._console.read().decode(errors="replace").strip().splitlines()
        raise Unavailable(f"systemd does not come up in a container: {said[-1] if said else 'it says nothing'}")

    def _end(self, how: signal.Signals, patience_s: float) -> None:
        if self._nspawn is None:
            return
        self._nspawn.send_signal(how)
        try:
            self._nspawn.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()
        self._nspawn = None
        self._leader = 0
        groups.remove(self._group)

    def _enter(self, script: str, environment: Mapping[str, str]) -> list[str]:
        variables = [f"{name}={value}" for name, value in environment.items()]
        inside = ["nsenter", "-t", str(self._leader), "-m", "-p", "-u", "-i", "-C", "-r", "-w"]
        return [*groups.enter(groups.inside(self._leader)), *inside, "env", "-i", *variables, "bash", "-c", script]
