"""What watchers are told: each line is made once, whatever their number, and none while nobody watches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from device.link import lines
from device.link.coach import LinkedCoach
from device.link.peer import Peer
from device.link.protocol import FASTEST_HZ, encode
from device.records import Event, Moment

TICK_S = 1 / FASTEST_HZ
"""How often watchers are served."""

HEALTH_S = 1.0
"""How often they are told how the coach is doing."""

RECENT_S = 2.0
"""What was seen longer ago is not what is."""

KEPT_EVENTS = 1000
"""Events kept until the next tick; some tens come in a minute."""


class Board:
    """Keeps the newest moment and the events since the last tick, and makes lines of them.

    Only :meth:`publish` is called on another thread than the link's.

    :ivar watched: whether anybody watches.
    """

    def __init__(self, coach: LinkedCoach, clock: Callable[[], float]) -> None:
        self._coach = coach
        self._clock = clock
        self.watched = False
        self._kept: tuple[float, Moment] | None = None
        self._events: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._line: tuple[Moment, bytes] | None = None
        self._settings: dict[str, Any] | None = None
        self._tick_s = self._health_s = 0.0

    def publish(self, moment: Moment) -> None:
        """Take in what is seen now."""
        if self.watched and moment.events:
            self._events.extend(moment.events)
        self._kept = self._clock(), moment  # after its events: whoever sees the moment has those

    @property
    def due_s(self) -> float:
        """When there is something to tell, at the earliest."""
        return self._tick_s

    def live(self) -> dict[str, Any] | None:
        """What is seen now; None where nothing is."""
        kept = self._kept
        if kept is None or self._clock() - kept[0] > RECENT_S:
            return None
        return lines.live(kept[1], self._coach.in_force, self._coach.muted)

    def begin(self, peer: Peer, hz: float) -> None:
        """Tell a client from now on."""
        now_s = self._clock()
        if not self.watched:
            self._events.clear()
            self._tick_s, self._health_s = now_s, now_s + HEALTH_S
            self.watched = True
        peer.hz, peer.due_s, peer.told = hz, now_s, self._kept and self._kept[1]
        self._settings = dict(self._coach.settings())
        peer.offer("settings", encode({"kind": "settings", **self._settings}))
        peer.offer("health", encode({"kind": "health", "status": self._coach.status()}))

    def serve(self, watchers: list[Peer], now_s: float) -> None:
        """Tell what is new since the last tick."""
        self._tick_s = max(self._tick_s + TICK_S, now_s)
        kept = self._kept  # before its events are taken: they were there before it
        happened = b"".join([lines.event(self._events.popleft()) for _ in range(len(self._events))])
        if happened:
            for peer in watchers:
                peer.tell(happened)
        if kept is not None:
            self._tell_live(kept[1], watchers, now_s)
        if now_s >= self._health_s:
            self._health_s = max(self._health_s + HEALTH_S, now_s)
            line = encode({"kind": "health", "status": self._coach.status()})
            for peer in watchers:
                peer.offer("health", line)
            self.tell_settings(watchers)

    def tell_settings(self, watchers: Iterable[Peer]) -> None:
        """Tell the settings if they, or what is wrong with them, are others than those told last."""
        settings = dict(self._coach.settings())
        if settings == self._settings:
            return
        self._settings = settings
        line = encode({"kind": "settings", **settings})
        for peer in watchers:
            peer.offer("settings", line)

    def _tell_live(self, moment: Moment, watchers: list[Peer], now_s: float) -> None:
        due = [peer for peer in watchers if peer.told is not moment and now_s >= peer.due_s - TICK_S / 2]
        if not due:
            return
        if self._line is None or self._line[0] is not moment:
            self._line = moment, encode(lines.live(moment, self._coach.in_force, self._coach.muted))
        for peer in due:
            peer.due_s, peer.told = max(peer.due_s + 1 / peer.hz, now_s), moment
            peer.offer("live", self._line[1])
