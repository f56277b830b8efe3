"""The other end of the link: asks a running coach, and watches it.

:class:`LinkClient` waits for its answers.  Whoever must not wait opens the socket in another way, and takes from here
what is the same for all: :func:`link_path`, :func:`request`, :class:`Lines`, :func:`check_hello`, :func:`refused` for
the error in an answer and :func:`no_connection` for what the system says.
"""

from __future__ import annotations

import getpass
import grp
import json
import os
import socket
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from device import folders
from device.errors import FormCoachError
from device.link.protocol import FASTEST_HZ, FORMAT, LONGEST_ANSWER, NAME, VERSION, encode

TIMEOUT_S = 10.0
"""A coach that lives answers sooner."""

SILENT_S = 10.0
"""Who watches is told something each second."""

AGAIN_S = 0.05
"""Where many want to connect, it is tried this often."""

KEPT = 1000
"""Lines kept for :meth:`LinkClient.watch` while an answer is waited for; older ones are left out."""

_GONE = "the coach has gone"


class LinkError(FormCoachError, ConnectionError):
    """The running coach cannot be asked."""


class NotRunningError(LinkError):
    """There is none."""

    def __init__(self) -> None:
        super().__init__(
            "Form Coach is not running; start it with: sudo systemctl start form-coach (or run: form-coach run)"
        )


class NoRightsError(LinkError):
    """This user may not ask it."""


class RefusedError(LinkError):
    """The coach says no, and why.  ``problems`` holds each mistake by itself, where there are several."""

    def __init__(self, why: str, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(why)


def link_path() -> Path:
    """Where the running coach listens.

    :raises NotRunningError: there is no such place.
    """
    folder = folders.runtime()
    if folder is None:
        raise NotRunningError
    return folder / NAME


def request(do: str, id: int | None = None, **fields: Any) -> bytes:
    """A command as a line; fields that are None are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return encode({"do": do, **({"id": id} if id is not None else {}), **given})


class Lines:
    """Makes messages of bytes as they come."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0

    def feed(self, came: bytes) -> list[dict[str, Any]]:
        """The messages that are whole now.

        :raises LinkError: this is no link of Form Coach.
        """
        self._rest += came
        messages = []
        while (end := self._rest.find(b"\n", self._searched)) >= 0:
            messages.append(_message(bytes(self._rest[:end])))
            del self._rest[: end + 1]
            self._searched = 0
        self._searched = len(self._rest)
        if len(self._rest) > LONGEST_ANSWER:
            raise _not_ours()
        return messages


def check_hello(message: dict[str, Any]) -> str:
    """Take in the first message; the coach's version comes back.

    :raises LinkError: it is not a coach, not of this version, or it has no place left.
    """
    if message.get("kind") == "bye":
        raise ended(message)
    if message.get("kind") != "hello" or message.get("format") != FORMAT:
        raise _not_ours()
    software = str(message.get("software"))
    if message.get("version") != VERSION:
        raise LinkError(
            f"the coach that runs is of another version ({software}); start it anew: sudo systemctl restart form-coach"
        )
    return software


def refused(answer: dict[str, Any]) -> RefusedError:
    """The error for an answer that is not ``ok``."""
    return RefusedError(str(answer.get("why")), [str(problem) for problem in answer.get("problems") or ()])


def ended(bye: dict[str, Any]) -> LinkError:
    """The error for the coach's last word."""
    return LinkError(f"the coach ended the connection: {bye.get('why')}")


def no_connection(error: OSError, path: Path) -> LinkError:
    """What a failed connection means to a runner."""
    if isinstance(error, LinkError):
        return error
    if isinstance(error, (FileNotFoundError, ConnectionRefusedError, NotADirectoryError)):
        return NotRunningError()
    if isinstance(error, PermissionError):
        return NoRightsError(_how_to_get_rights(path))
    if isinstance(error, (TimeoutError, BlockingIOError)):
        return LinkError("the coach does not answer; see: form-coach status")
    if isinstance(error, ConnectionError):
        return LinkError(_GONE)
    return LinkError(f"{path} cannot be reached: {error.strerror or error}")


class LinkClient:
    """A connection to a running coach.

    :param path: the socket; None for where it usually is.
    :param timeout_s: how long to wait for an answer.
    :ivar software: the coach's version.
    :raises LinkError: there is no coach to be asked, or this user may not.
    """

    def __init__(self, path: Path | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self._path = path or link_path()
        self._timeout_s = timeout_s
        self._lines = Lines()
        self._came: deque[dict[str, Any]] = deque()
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._id = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            until_s = time.monotonic() + timeout_s
            self._connect(until_s)
            self.software = check_hello(self._next(until_s))
        except OSError as error:
            self._socket.close()
            raise no_connection(error, self._path) from None

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Have something done; the answer comes back.

        :raises RefusedError: the coach says no.
        :raises LinkError: there is no answer.
        """
        until_s = time.monotonic() + self._timeout_s
        self._id += 1
        try:
            self._socket.settimeout(self._timeout_s)
            self._socket.sendall(request(do, self._id, **fields))
        except ConnectionError:
            while True:  # until its last word, which says why
                self._next(until_s)
        except OSError as error:
            raise no_connection(error, self._path) from None
        while True:
            message = self._next(until_s)
            if message.get("kind") != "answer":
                self._kept.append(message)
            elif message.get("id") in (self._id, None):  # what is no request at all is answered without an id
                break
        if not message.get("ok"):
            raise refused(message)
        return message

    def watch(self, hz: float = FASTEST_HZ) -> Iterator[dict[str, Any]]:
        """What the coach tells, as it comes: settings, live, event, health; without end.

        :raises LinkError: the coach has gone, or says nothing any more.
        """
        self.ask("watch", hz=hz)
        while True:
            yield self._kept.popleft() if self._kept else self._next(time.monotonic() + SILENT_S)

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the connection."""
        self.close()

    def _connect(self, until_s: float) -> None:
        while True:
            try:
                self._socket.settimeout(self._timeout_s)
                self._socket.connect(str(self._path))
                return
            except BlockingIOError:  # more are at the door than it holds
                if time.monotonic() > until_s:
                    raise
                time.sleep(AGAIN_S)

    def _next(self, until_s: float) -> dict[str, Any]:
        while not self._came:
            try:
                self._socket.settimeout(max(0.001, until_s - time.monotonic()))
                came = self._socket.recv(1 << 16)
            except OSError as error:
                raise no_connection(error, self._path) from None
            if not came:
                raise LinkError(_GONE)
            self._came.extend(self._lines.feed(came))
        message = self._came.popleft()
        if message.get("kind") == "bye":
            raise ended(message)
        return message


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise _not_ours() from None
    if not isinstance(message, dict):
        raise _not_ours()
    return message


def _not_ours() -> LinkError:
    return LinkError("what answers there is no Form Coach")


def _how_to_get_rights(path: Path) -> str:
    """Words for somebody who may not use the socket."""
    try:
        group = grp.getgrgid(path.stat().st_gid)
        if getpass.getuser() in group.gr_mem and group.gr_gid not in os.getgroups():
            return f"you are in the group {group.gr_name} from your next login on: log out, and in again"
        name = group.gr_name
    except (OSError, KeyError):
        name = "form-coach"
    return f"you are not in the group {name}: sudo usermod -aG {name} $USER, then log in anew"
