"""The coach's end of the link: one thread for all clients, which neither the slow nor the hostile can hold up.

What the engine publishes is only kept: nothing is made of it unless somebody watches, and then at the link's own pace.
A client that does not read costs a bounded buffer, one that floods the link with commands gets a bounded share of a
processor's time.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from pathlib import Path

from device.link.board import Board
from device.link.coach import LinkedCoach
from device.link.desk import BURST_S, SHARE, Desk
from device.link.door import Door
from device.link.peer import Peer
from device.link.protocol import bye, clipped, hello
from device.live.journal import Journal
from device.live.worker import Worker
from device.records import Moment

CHECK_S = 2.0
"""How often it is seen to that the socket is there."""

MOST_PEERS = 64
"""So many clients may be connected."""

REST_S = 0.25
"""The longest pause at a stretch for those who send too much."""


class Link(Worker):
    """Publishes what the coach sees, and takes commands to it.

    :param path: of the socket.
    :param journal: is told, as "link", when there can be no socket, and when it is there again.
    """

    def __init__(
        self, path: Path, coach: LinkedCoach, journal: Journal, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__("link")
        self._journal = journal
        self._clock = clock
        self._door = Door(path)
        self._board = Board(coach, clock)
        self._desk = Desk(coach, self._board, self._unforeseen, self._nudge, clock)
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = socket.socketpair()
        for end in (self._woken, self._wake):
            end.setblocking(False)
        self._stopping = False
        self._peers: set[Peer] = set()
        self._check_s = -1.0
        self._purse_s, self._paid_s = BURST_S, clock()

    def publish(self, moment: Moment) -> None:
        """Take in what is seen now; from the engine's thread, for every moment.  It costs nothing to speak of."""
        self._board.publish(moment)

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._peers)

    @property
    def held_bytes(self) -> int:
        """What all of them together cost in memory."""
        return sum(peer.held_bytes for peer in self._peers.copy())

    def start(self) -> None:
        """Begin."""
        self._desk.jobs.start()
        super().start()

    def stop(self) -> None:
        """End; clients are told."""
        self._stopping = True
        self._desk.jobs.stop()
        self._nudge()

    def join(self, timeout_s: float) -> bool:
        """Wait for both threads."""
        until_s = time.monotonic() + timeout_s
        ended = super().join(timeout_s) and self._desk.jobs.join(max(0.0, until_s - time.monotonic()))
        if ended:
            self._wake.close()
        return ended

    def work(self) -> None:
        """Serve until stopped."""
        self._selector.register(self._woken, selectors.EVENT_READ)
        try:
            while not self._stopping:
                self._turn()
        finally:
            self._end()

    def _turn(self) -> None:
        came = self._selector.select(self._idle_s())
        begun_s = time.thread_time()
        for key, mask in came:
            if key.fileobj is self._woken:
                self._woken.recv(4096)
            elif not isinstance(key.data, Peer):
                self._let_in()
            else:
                self._hear(key.data, mask)
        self._desk.work()
        spent_s = time.thread_time() - begun_s
        now_s = self._clock()
        if now_s >= self._check_s:
            self._check_s = now_s + CHECK_S
            self._look_after_door()
        self._tell(now_s)
        self._desk.look_after_large()
        for peer in [peer for peer in self._peers if peer.touched]:
            self._settle(peer)
        self._rest(spent_s)

    def _idle_s(self) -> float:
        """For how long there is nothing to do."""
        due_s = min(self._check_s, self._desk.due_s)
        if self._board.watched:
            due_s = min(due_s, self._board.due_s)
        return max(0.0, due_s - self._clock())

    def _tell(self, now_s: float) -> None:
        """Tell clients what was done, and watchers what is new."""
        try:
            changed = self._desk.collect()
            watchers = [peer for peer in self._peers if peer.hz]
            self._board.watched = bool(watchers)
            if watchers and changed:
                self._board.tell_settings(watchers)
            if watchers and now_s >= self._board.due_s:
                self._board.serve(watchers, now_s)
        except Exception as error:  # the coach said something unforeseen: the link goes on
            self._unforeseen(error)

    def _hear(self, peer: Peer, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            peer.full, peer.touched = False, True
        if mask & selectors.EVENT_READ and peer.reading:
            peer.receive()
            self._desk.queue(peer)

    def _settle(self, peer: Peer) -> None:
        """Send what can be sent, and see what to wait for."""
        peer.touched = False
        if peer.unsent and not peer.full:
            peer.send()
            self._desk.queue(peer)  # it may have had to read before it is answered on
        finished = peer.over and not (peer.hz or peer.busy or peer.queued or peer.unsent)
        if peer.gone or finished:
            self._drop(peer)
            return
        wanted = (selectors.EVENT_READ if peer.reading else 0) | (selectors.EVENT_WRITE if peer.unsent else 0)
        if wanted == peer.events:
            return
        if not wanted:
            self._selector.unregister(peer.socket)
        elif peer.events:
            self._selector.modify(peer.socket, wanted, peer)
        else:
            self._selector.register(peer.socket, wanted, peer)
        peer.events = wanted

    def _rest(self, spent_s: float) -> None:
        """Keep commands to their share of the time; who sends a few does not notice."""
        now_s = self._clock()
        self._purse_s = min(BURST_S, self._purse_s + SHARE * (now_s - self._paid_s)) - spent_s
        self._paid_s = now_s
        if self._purse_s < 0 and not self._stopping:
            time.sleep(min(-self._purse_s / SHARE, REST_S))

    def _drop(self, peer: Peer) -> None:
        if peer.events:
            self._selector.unregister(peer.socket)
        peer.close()
        self._board.watched = any(other.hz for other in self._peers if other is not peer)
        self._peers.discard(peer)
        self._desk.forget(peer)

    # Coming and going

    def _look_after_door(self) -> None:
        """See to it that the socket is where clients look for it."""
        if self._door.standing:
            return
        self._close_door()
        if problem := self._door.open():
            self._journal.wrong("link", problem)
        elif self._door.socket is not None:
            self._selector.register(self._door.socket, selectors.EVENT_READ)
            self._journal.right("link", "the socket is there again")

    def _close_door(self) -> None:
        if self._door.socket is not None:
            self._selector.unregister(self._door.socket)
        self._door.close()

    def _let_in(self) -> None:
        """Take in one client; others who knock are taken in the next turns."""
        assert self._door.socket is not None
        try:
            connection, _ = self._door.socket.accept()
        except (BlockingIOError, ConnectionError):  # who knocked has gone
            return
        except OSError as error:
            # Too many open files, or no memory: knocking would go on without end, so the door is shut for a while.
            self._journal.wrong("link", f"nobody can connect: {error.strerror}")
            self._close_door()
            return
        peer = Peer(connection)
        peer.tell(hello())
        if len(self._peers) < MOST_PEERS:
            self._peers.add(peer)
            return
        peer.tell(bye(f"{MOST_PEERS} clients are connected already; end one of them"))
        peer.send()
        peer.close()

    def _end(self) -> None:
        """Say goodbye, and leave nothing behind."""
        for peer in list(self._peers):
            peer.tell(bye("it was stopped"))
            peer.send()
            self._drop(peer)
        self._close_door()
        self._selector.close()
        self._woken.close()

    def _nudge(self) -> None:
        """Have the thread look around."""
        with contextlib.suppress(OSError):  # it is full: it will look anyway; it is closed: it has ended
            self._wake.send(b"\0")

    def _unforeseen(self, error: Exception) -> None:
        self._journal.wrong("link", f"failed unforeseen: {clipped(f'{type(error).__name__}: {error}')}; report this")
