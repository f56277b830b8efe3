"""All that is known of the coach, gathered from the link's messages.  Pure: times are handed in."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from device import wording
from device.columns import clean
from device.live.status import number
from device.records import FAULTS, Event
from device.screen import messages
from device.screen.aim import NOBODY, Aim, aim
from device.screen.messages import LiveSeen, part, word
from device.screen.trace import Point, Trace

LINES = 200
"""So many lines of the log are kept."""

STALE_S = 3.0
"""What is older is no longer shown as what is: there comes a moment for every picture (chosen by us)."""

SPOKEN = ("cue", "praise", "notice")
"""Events that are heard."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log.

    :param spoken: whether it was heard.
    :param mark: in a recorded run: "+" comes with the limits as they are now, "-" came before, "" both.
    """

    t_s: float
    text: str
    spoken: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class RunSeen:
    """Where a recorded run stands.

    :param cues: all that is said in it with the limits of before, and as they are now (:attr:`Line.mark`).
    :param reading: how much of it is read, 0..1; 1 when it is whole.
    """

    t_s: float
    begin_s: float
    end_s: float
    playing: bool = False
    reading: float = 1.0
    unsaved: bool = False
    cues: tuple[Line, ...] = ()


@dataclass(slots=True)
class Seen:
    """What the screen shows.

    :ivar connected: whether the coach is heard.
    :ivar trouble: why not.
    :ivar live: the newest moment; None while there is none.
    """

    connected: bool = False
    trouble: str = ""
    live: LiveSeen | None = None
    live_at_s: float = 0.0
    status: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    profile: str = ""
    settings_trouble: str = ""
    muted: bool = False
    traces: dict[str, Trace] = field(default_factory=lambda: {fault: Trace() for fault in FAULTS})
    log: deque[Line] = field(default_factory=lambda: deque(maxlen=LINES))
    aim: Aim = NOBODY
    run: RunSeen | None = None
    _aims: deque[Aim] = field(default_factory=lambda: deque(maxlen=12))

    def take(self, message: Mapping[str, Any], now_s: float) -> None:
        """Take in a message of the link.

        :param now_s: when it came, on the screen's own clock.
        """
        kind = message.get("kind")
        if kind == "link":
            self._link(message)
            return
        if kind == "live":
            self._live(message, now_s)
        elif kind == "event":
            self._event(part(message, "event"))
        elif kind == "health":
            self.status = part(message, "status")
            self.muted = part(self.status, "voice").get("muted") is True
        elif kind == "settings":
            self.values = part(message, "values")
            self.profile = word(message.get("profile"))
            self.settings_trouble = word(message.get("trouble"))
        elif kind == "run":
            self.run = message["run"]
        elif kind == "traces":
            for fault, points in message["points"].items():
                self.traces[fault].replace(points)

    def before(self, fault: str, points: Sequence[Point]) -> None:
        """What a fault's trace was before the screen was opened."""
        trace = self.traces[fault]
        first_s = trace.points[0].t_s if trace.points else float("inf")
        trace.replace([*(point for point in points if point.t_s < first_s), *trace.points])

    def fresh(self, now_s: float) -> LiveSeen | None:
        """The newest moment, unless it is too old to be shown as what is.  A recorded run may stand still."""
        if self.run is not None:
            return self.live
        return self.live if self.connected and now_s - self.live_at_s <= STALE_S else None

    @property
    def t_s(self) -> float:
        """The coach's time."""
        return self.live.t_s if self.live is not None else 0.0

    def troubles(self) -> list[tuple[str, str]]:
        """What is wrong: where, and in words with what to do."""
        if not self.connected:
            return [("link", self.trouble or "not connected yet")]
        told = part(self.status, "troubles")
        found = [(word(name), word(text)) for name, text in told.items() if word(text)]
        if self.settings_trouble and "settings" not in told:
            found.append(("settings", self.settings_trouble))
        return found

    def own(self, fault: str) -> float | None:
        """The runner's own good form, in the fault's unit; None while it is not known."""
        if self.live is None or not self.live.form_known:
            return None
        return 0.0 if fault == "hunched_shoulders" else self.live.own.get(fault)

    def _link(self, message: Mapping[str, Any]) -> None:
        self.connected = message.get("up") is True
        self.trouble = word(message.get("why"))
        if not self.connected:
            self.status = {}
            self._aims.clear()
            self.aim = NOBODY

    def _live(self, message: Mapping[str, Any], now_s: float) -> None:
        live = messages.live(message)
        if live is None:
            return
        self.live, self.live_at_s, self.muted = live, now_s, live.muted
        for fault in live.faults:
            judged = fault.watched and live.motion == "running"
            value, limit = (fault.value, fault.limit) if judged else (None, None)
            self.traces[fault.fault].add(live.t_s, live.stride, value, limit, fault.measure)
        # What most of the last moments say: limbs come and go within a stride.
        self._aims.append(aim(live.points, *live.size_px))
        self.aim = Counter(self._aims).most_common(1)[0][0]

    def _event(self, event: Mapping[str, Any]) -> None:
        kind, t_s = word(event.get("kind")), number(event.get("t_s"))
        if not kind or t_s is None or kind == "summary":
            return
        self.log.append(Line(t_s, described(kind, event), kind in SPOKEN))


def described(kind: str, event: Mapping[str, Any]) -> str:
    """An event in words, without its time."""
    data = {key: value for key, value in event.items() if key not in ("kind", "t_s")}
    try:
        text = wording.line(Event(0.0, kind, data))
    except (KeyError, TypeError, ValueError, AttributeError):  # of another version
        return word(event.get("text")) or kind.replace("_", " ")
    what, _, detail = text.partition("  ")[2].partition("  ")
    return f"{clean(what)}  {clean(detail)}".rstrip()
