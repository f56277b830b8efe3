"""One client of the link: what it has sent and what it is still to get, both bounded."""

from __future__ import annotations

import pwd
import socket
import struct

from device.link.protocol import LONGEST_LINE, BadRequestError
from device.records import Moment

RECEIVE = 16 * 1024
"""Bytes taken in at a time."""

UNSENT = 256 * 1024
"""What may wait for a client that does not read; events and answers beyond it end the connection."""

PATIENCE = UNSENT // 2
"""With so much waiting, a client is answered no more until it reads."""

KERNEL = 16 * 1024
"""What the system may hold for it besides: little, so that who reads again sees what is, not what was."""

_TOO_LONG = f"a line may have {LONGEST_LINE} bytes at most"


class Peer:
    """The server's end of one connection.  Nothing here waits.

    :ivar hz: how many live lines a second it wants; 0 while it does not watch.
    :ivar due_s: when the next live line is due.
    :ivar told: what the last one told of.
    :ivar busy: whether one of its commands is being carried out; those after it wait, so that answers keep their order.
    :ivar queued: whether it stands in the server's row of those who may have sent a command.
    :ivar over: whether it sends nothing more.
    :ivar gone: whether the connection is lost, or is to be given up.
    :ivar touched: whether something has changed that the server has to see to.
    :ivar full: whether the system takes no more for it just now.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
        self.socket = connection
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, self._user, _ = struct.unpack("3i", credentials)
        self.hz = 0.0
        self.due_s = 0.0
        self.told: Moment | None = None
        self.busy = self.queued = self.over = self.gone = self.full = False
        self.touched = True
        self.events = 0
        """What the server's selector waits for."""
        self._inbox = bytearray()
        self._searched = 0
        self._skipping = False
        self._outbox = bytearray()
        self._large: memoryview | None = None
        self._after_large = bytearray()
        self._newest: dict[str, bytes] = {}

    @property
    def held_bytes(self) -> int:
        """What it costs in memory."""
        large = len(self._large) if self._large is not None else 0
        newest = sum(map(len, self._newest.values()))
        return len(self._inbox) + len(self._outbox) + large + len(self._after_large) + newest

    @property
    def unsent(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._outbox or self._large is not None or self._newest)

    @property
    def large(self) -> bool:
        """Whether a large answer waits to be sent."""
        return self._large is not None

    @property
    def reading(self) -> bool:
        """Whether what it sends is taken in."""
        return not (self.over or self.gone or len(self._inbox) > LONGEST_LINE)

    @property
    def pending(self) -> bool:
        """Whether it may have sent a command that was not looked at."""
        return len(self._inbox) > self._searched or (self.over and bool(self._inbox))

    @property
    def listening(self) -> bool:
        """Whether it may send more commands: not while one is at work, nor while it does not read the answers."""
        return not (self.busy or self.gone or self.large or len(self._outbox) > PATIENCE)

    def who(self) -> str:
        """The user at the other end; asks the system, which may take a while."""
        try:
            return pwd.getpwuid(self._user).pw_name
        except KeyError:
            return f"user {self._user}"

    # In

    def receive(self) -> None:
        """Take in some of what has come."""
        self.touched = True
        try:
            came = self.socket.recv(RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            self.gone = True
            return
        self.over = not came
        self._inbox += came

    def line(self) -> bytes | None:
        """The next line, without its end; None while there is none.

        :raises BadRequestError: it is too long; its rest will be passed over.
        """
        while True:
            end = self._inbox.find(b"\n", self._searched)
            if end < 0:
                break
            line = bytes(self._inbox[:end])
            del self._inbox[: end + 1]
            self._searched = 0
            if self._skipping:
                self._skipping = False
            elif len(line) > LONGEST_LINE:
                raise BadRequestError(_TOO_LONG)
            elif line.strip():
                return line
        if self._skipping:
            self._inbox.clear()
        self._searched = len(self._inbox)
        if len(self._inbox) > LONGEST_LINE:
            self._inbox.clear()
            self._searched, self._skipping = 0, True
            raise BadRequestError(_TOO_LONG)
        if self.over and self._inbox:  # the last line may lack its end
            line = bytes(self._inbox)
            self._inbox.clear()
            self._searched = 0
            return line if line.strip() else None
        return None

    # Out

    def tell(self, line: bytes) -> None:
        """Send a line that must not be lost; a client that lets too much of that pile up is given up."""
        if self.gone:
            return
        self._newest.pop("live", None)  # it is older than this
        outbox = self._outbox if self._large is None else self._after_large
        outbox += line
        self.touched = True
        if len(outbox) > UNSENT:
            self.give_up()

    def tell_large(self, line: bytes) -> None:
        """Send one answer however long; the server sees to it that few are on their way."""
        self.touched = True
        if not self.gone:
            self._large = memoryview(line)

    def offer(self, kind: str, line: bytes) -> None:
        """Send a line unless a newer one of its kind comes before it can be sent."""
        self._newest.pop(kind, None)  # to keep what is sent in the order of time
        self._newest[kind] = line
        self.touched = True

    def withdraw(self) -> None:
        """Send no more of what was offered."""
        self.touched = True
        self._newest.clear()

    def send(self) -> None:
        """Send what can be sent now."""
        try:
            while self.unsent and not self.gone:
                if self._outbox:
                    with memoryview(self._outbox) as waiting:
                        sent = self.socket.send(waiting)
                    del self._outbox[:sent]
                elif self._large is not None:
                    sent = self.socket.send(self._large)
                    self._large = self._large[sent:]
                    if not self._large:
                        self._large, self._outbox, self._after_large = None, self._after_large, bytearray()
                else:
                    self._outbox += self._newest.pop(next(iter(self._newest)))
        except BlockingIOError:
            self.full = True
        except OSError:
            self.give_up()

    def close(self) -> None:
        """Let go of the connection."""
        self.give_up()
        self.socket.close()

    def give_up(self) -> None:
        """Send and take nothing more; whoever holds it closes it then."""
        self.gone = self.touched = True
        self._inbox.clear()
        self._outbox.clear()
        self._after_large.clear()
        self._newest.clear()
        self._large = None
