"""Running commands, the same way in a root and in a booted machine."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

TIMED_OUT = 124
"""The status of a command that was ended because it took too long, as timeout(1) has it."""


@dataclass(frozen=True)
class Done:
    """How a command ended.

    :param code: its exit status; 124 when it took too long.
    :param out: what it said, standard error included.
    """

    command: str
    code: int
    out: str
    took_s: float

    @property
    def ok(self) -> bool:
        return self.code == 0


class CommandError(Exception):
    """A command that had to succeed did not."""

    def __init__(self, done: Done) -> None:
        self.done = done
        tail = "\n".join(done.out.splitlines()[-20:])
        super().__init__(f"`{done.command}` left with status {done.code} after {done.took_s:.0f} s:\n{tail}")


class Commands(ABC):
    """Somewhere that commands can be run."""

    environment: Mapping[str, str]

    @abstractmethod
    def _enter(self, script: str, environment: Mapping[str, str]) -> list[str]:
        """The command line, on this machine, that runs a bash script in there as root."""

    def run(
        self,
        command: str,
        *,
        cwd: str = "/",
        user: str = "root",
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 600.0,
        check: bool = False,
        show: bool = False,
    ) -> Done:
        """Run a bash command and wait for it.

        :param environment: variables besides PATH, HOME, LANG and the way to the package sources.
        :param check: raise :class:`CommandError` unless it succeeds.
        :param show: pass on what it says as it says it.
        """
        given = {"PATH": PATH, "LANG": "C.UTF-8", **self.environment, **(environment or {})}
        script = f"cd {shlex.quote(cwd)} && {command}"
        if user != "root":
            variables = " ".join(shlex.quote(f"{name}={value}") for name, value in given.items())
            home = f'HOME="$(getent passwd {user} | cut -d: -f6)"'
            script = f"exec runuser -u {user} -- env {home} {variables} bash -c {shlex.quote(script)}"
        began_s = time.monotonic()
        with tempfile.TemporaryFile("w+", errors="replace") as complaints:  # of what gets us in, not of the command
            child = subprocess.Popen(
                self._enter(f"exec 2>&1; {script}", {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", **given}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            timed_out = threading.Event()
            limit = threading.Timer(timeout_s, lambda: (timed_out.set(), _end(child)))
            limit.daemon = True
            limit.start()
            said: list[str] = []
            try:
                assert child.stdout is not None
                for line in child.stdout:
                    said.append(line)
                    if show:
                        sys.stdout.write(line)
                        sys.stdout.flush()
                child.wait()
            except BaseException:
                _end(child)
                raise
            finally:
                limit.cancel()
            code = TIMED_OUT if timed_out.is_set() else child.returncode
            if code and not said:
                complaints.seek(0)
                said.append(complaints.read())
        done = Done(command, code, "".join(said), time.monotonic() - began_s)
        if check and not done.ok:
            raise CommandError(done)
        return done


def _end(child: subprocess.Popen[str]) -> None:
    """End a command with all that it started: systemd-nspawn needs a moment to end what runs inside."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(3.0)
