"""The socket that clients come through: made, looked after, and taken away."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from pathlib import Path

MODE = 0o660
"""Owner and group may come in."""

WAITING = 64
"""So many may wait to be let in."""


class Door:
    """A listening Unix socket at a path; the path is ours from its making on, or not at all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity: tuple[int, int] | None = None
        self.socket: socket.socket | None = None

    @property
    def standing(self) -> bool:
        """Whether the path still leads here."""
        return self.socket is not None and _identity(self._path) == self._identity

    def open(self) -> str | None:
        """Make the socket; what is wrong comes back, None once it is there.

        What a dead coach left behind is replaced; the socket of one that lives is not.
        """
        self.close()
        try:
            problem = self._taken()
            if problem is None:
                self._make()
        except OSError as error:
            return f"{self._path} cannot be made: {error.strerror or error}; the coach cannot be tuned while it runs"
        return problem

    def close(self) -> None:
        """Let nobody in any more."""
        if self.socket is None:
            return
        if self.standing:
            with contextlib.suppress(OSError):
                self._path.unlink()
        self.socket.close()
        self.socket = None

    def _make(self) -> None:
        # Under another name until all is set: nobody finds it with other rights, or before it listens.
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        with contextlib.ExitStack() as undo:
            listener = undo.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            undo.callback(beside.unlink, missing_ok=True)
            listener.bind(str(beside))
            os.chmod(beside, MODE)
            listener.listen(WAITING)
            listener.setblocking(False)
            os.rename(beside, self._path)
            undo.pop_all()
        self.socket, self._identity = listener, _identity(self._path)

    def _taken(self) -> str | None:
        """Why the path is not to be had."""
        try:
            there = os.lstat(self._path)
        except OSError:
            return None
        if not stat.S_ISSOCK(there.st_mode):
            return f"{self._path} is no socket; remove it"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)  # an answer comes at once, or a coach lives but has no time
            try:
                probe.connect(str(self._path))
            except (ConnectionRefusedError, FileNotFoundError):
                return None
            except OSError:
                pass
        return f"another coach answers at {self._path}; stop it first"


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
