"""Messages of the link, made of the engine's own parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from stickman import Stickman, poses

from device.link.lines import live
from device.pipeline import Coach
from device.records import Moment
from device.screen import knobs
from device.screen.seen import Seen
from device.settings import Settings

HEALTH = {
    "kind": "health",
    "status": {
        "state": "coaching",
        "camera": {"fps": 30.0, "latency_ms": {"p50": 62.0, "p95": 80.0}},
        "voice": {"muted": False},
        "troubles": {},
        "temperature_c": 54.3,
    },
}


def moments(seconds: float, at: Callable[[float], Stickman | None], hz: float = 15.0) -> Iterator[Moment]:
    """A coached run."""
    coach = Coach(Settings())
    for pose in poses(at, seconds, hz):
        yield coach.step(pose)


def seen_after(seconds: float, at: Callable[[float], Stickman | None] = lambda t_s: Stickman(), **health: Any) -> Seen:
    """What the screen knows after some time; its own clock is the run's."""
    seen = Seen()
    seen.take({"kind": "link", "up": True}, 0.0)
    seen.take({"kind": "settings", "values": knobs.flat(Settings()), "trouble": None}, 0.0)
    for moment in moments(seconds, at):
        seen.take(live(moment, Settings(), False), moment.pose.t_s)
        for event in moment.events:
            seen.take({"kind": "event", "event": {"t_s": event.t_s, "kind": event.kind, **event.data}}, moment.pose.t_s)
    seen.take({"kind": "health", "status": {**HEALTH["status"], **health}}, seen.t_s)  # type: ignore[dict-item]
    return seen
