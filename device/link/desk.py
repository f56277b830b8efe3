"""Where commands are taken: each client's in order, in turn with the others', within a bounded share of time.

What may wait for a disk is done by a second thread, so that reading and telling go on meanwhile.
"""

from __future__ import annotations

import math
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from device.errors import ConfigError, FormCoachError
from device.link import lines, protocol
from device.link.board import Board
from device.link.coach import LinkedCoach
from device.link.jobs import Jobs
from device.link.peer import Peer
from device.link.protocol import BadRequestError, Request, answer, clipped, refusal

SHARE = 0.1
"""Share of one processor that commands may take (chosen by us); who sends more of them waits."""

BURST_S = 0.002
"""Commands are looked at for no longer at a stretch: the coach, on another thread, waits for that long at most."""

MOST_LARGE, LARGE_S = 2, 10.0
"""So many large answers may be on their way at once, each for no longer than this: they take the most memory."""

MOST_UNDONE = 100
"""So many commands may wait for the second thread, as for a disk that hangs."""

UNFORESEEN = "this failed unforeseen; see `form-coach status`"

_Job = Callable[[], Mapping[str, Any]]


class Desk:
    """Obeys the clients' commands.

    :param tell: is told of what failed unforeseen.
    :param wake: wakes the link's thread.
    """

    def __init__(
        self,
        coach: LinkedCoach,
        board: Board,
        tell: Callable[[Exception], None],
        wake: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._coach = coach
        self._board = board
        self._unforeseen = tell
        self._wake = wake
        self._clock = clock
        self.jobs = Jobs()
        self._row: deque[Peer] = deque()
        self._done: queue.SimpleQueue[tuple[Peer, bytes, float | None]] = queue.SimpleQueue()
        self._undone = 0
        self._large_wanted: deque[tuple[Peer, Request]] = deque()
        self._large: dict[Peer, float] = {}
        """Who has a large answer coming, and until when it must be read."""
        self._large_from_s = -math.inf

    @property
    def due_s(self) -> float:
        """When there is something to do, at the earliest."""
        if self._row:
            return -math.inf
        due_s = min(self._large.values(), default=math.inf)
        return min(due_s, self._large_from_s) if self._large_wanted and len(self._large) < MOST_LARGE else due_s

    def queue(self, peer: Peer) -> None:
        """A client may have sent a command."""
        if peer.pending and peer.listening and not peer.queued:
            peer.queued = True
            self._row.append(peer)

    def forget(self, peer: Peer) -> None:
        """A client has gone.  What it asked to be done is done all the same."""
        self._large_wanted = deque(wanted for wanted in self._large_wanted if wanted[0] is not peer)

    def work(self) -> None:
        """Obey one command of each client in turn, for some time."""
        until_s = time.thread_time() + BURST_S
        while self._row and time.thread_time() < until_s:
            peer = self._row.popleft()
            peer.queued, peer.touched = False, True
            if peer.listening and self._next(peer):
                self.queue(peer)

    def collect(self) -> bool:
        """Answer what the second thread has done; whether settings may have changed by it."""
        changed = False
        while not self._done.empty():
            peer, line, took_s = self._done.get()
            peer.busy = False
            self._undone -= 1
            if took_s is None:
                changed = True
                peer.tell(line)
            else:
                now_s = self._clock()
                self._large[peer] = now_s + LARGE_S
                self._large_from_s = now_s + took_s * (1 / SHARE - 1)
                peer.tell_large(line)
            self.queue(peer)
        return changed

    def look_after_large(self) -> None:
        """Begin those large answers whose turn it is, give up those that are not read."""
        now_s = self._clock()
        for peer, until_s in list(self._large.items()):
            if peer.busy:
                continue
            if not peer.large:
                del self._large[peer]
                self.queue(peer)
            elif now_s >= until_s:
                peer.give_up()
        while self._large_wanted and len(self._large) < MOST_LARGE and now_s >= self._large_from_s:
            peer, request = self._large_wanted.popleft()
            if not peer.gone:
                self._large[peer] = self._large_from_s = math.inf  # until it is made
                self._make_large(peer, request)

    def _next(self, peer: Peer) -> bool:
        """Obey the next command of a client; whether there was one."""
        request = Request("")
        try:
            line = peer.line()
            if line is None:
                return False
            request = protocol.parse(line)
            self._obey(peer, request)
        except BadRequestError as error:
            peer.tell(refusal(error.id, str(error)))
        except Exception as error:  # whatever it is, the link goes on
            self._unforeseen(error)
            peer.tell(refusal(request.id, UNFORESEEN))
        return True

    def _obey(self, peer: Peer, request: Request) -> None:
        coach, id = self._coach, request.id
        match request.do:
            case "watch":
                peer.tell(answer(id, hz=request.given["hz"]))
                self._board.begin(peer, request.given["hz"])
            case "unwatch":
                peer.hz = 0.0
                peer.withdraw()
                peer.tell(answer(id))
            case "settings":
                peer.tell(answer(id, settings=coach.settings()))
            case "snapshot":
                peer.tell(answer(id, live=self._board.live(), status=coach.status(), settings=coach.settings()))
            case "help":
                peer.tell(answer(id, commands=protocol.command_list()))
            case "past":
                peer.busy = True
                self._large_wanted.append((peer, request))
            case _:
                self._have_done(peer, request, self._job(peer, request))

    def _job(self, peer: Peer, request: Request) -> _Job:
        """What the second thread has to do; what it gives back is the answer."""
        coach, given = self._coach, request.given

        def relearn() -> Mapping[str, Any]:
            coach.relearn()
            return {}

        def say() -> Mapping[str, Any]:
            coach.say(given["text"])
            return {}

        jobs: dict[str, _Job] = {
            "set": lambda: coach.tune(given["changes"], peer.who()),
            "reset": lambda: coach.reset(given["keys"], peer.who()),
            "reload": coach.reload,
            "mute": lambda: {"muted": coach.mute(given["muted"])},
            "relearn": relearn,
            "say": say,
        }
        return jobs[request.do]

    def _have_done(self, peer: Peer, request: Request, job: _Job) -> None:
        if self._undone >= MOST_UNDONE:  # those who asked may be gone long since
            peer.tell(refusal(request.id, "the coach is busy; try again in a moment"))
            return
        peer.busy = True
        self._undone += 1

        def work() -> None:
            self._done.put((peer, self._attempt(request, lambda: answer(request.id, **job())), None))
            self._wake()

        self.jobs.put(work)

    def _make_large(self, peer: Peer, request: Request) -> None:
        def make() -> bytes:
            columns, rows = self._coach.past(request.given["seconds"])
            head = {"kind": "answer", "id": request.id, "ok": True, "columns": list(columns)}
            return lines.rows(head, "postures", list(rows))

        def work() -> None:
            begun_s = time.thread_time()
            line = self._attempt(request, make)
            self._done.put((peer, line, time.thread_time() - begun_s))
            self._wake()

        self._undone += 1
        self.jobs.put(work)

    def _attempt(self, request: Request, make: Callable[[], bytes]) -> bytes:
        """The answer, or why there is none."""
        try:
            return make()
        except ConfigError as error:
            problems = [clipped(problem) for problem in error.problems[:50]]
            return refusal(request.id, "; ".join(problems), problems=problems)
        except FormCoachError as error:
            return refusal(request.id, str(error))
        except Exception as error:  # whatever it is, the link goes on
            self._unforeseen(error)
            return refusal(request.id, UNFORESEEN)
