"""What is told of the present: only the newest matters, so none of it is kept or acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from device.publish import messages
from device.records import Moment
from device.settings import Settings

if TYPE_CHECKING:
    from device.publish.wire import Wire

STATE_S = 1.0
"""How often the state is told."""

HEALTH_S = 10.0
"""How often it is told how the coach is doing; a change of what is wrong at once."""


class Present:
    """Tells state, health and, if asked for, key points, each when it is due.

    :param status: tells how the coach is doing, as the status file does.
    :param wall: the wall clock.
    """

    def __init__(self, status: Callable[[], Mapping[str, Any]], wall: Callable[[], float]) -> None:
        self._status = status
        self._wall = wall
        self._state_s = self._health_s = 0.0
        self._troubles: Any = None

    def due(self) -> None:
        """Tell all of it next time."""
        self._state_s = self._health_s = 0.0

    def send(self, wire: Wire, settings: Settings, moment: Moment | None, now_s: float) -> None:
        """Send what is due."""
        if now_s < self._state_s:
            return
        self._state_s = now_s + STATE_S
        own, told, wall_s = settings.mqtt, self._status(), self._wall()
        state = messages.state(told, moment, settings.profile.name, wall_s)
        wire.send(f"{own.prefix}/state", messages.encode(state), certain=False)
        if own.poses and moment is not None and state["motion"] != "absent":
            wire.send(f"{own.prefix}/poses", messages.encode(messages.poses(moment.pose, wall_s)), certain=False)
        if now_s >= self._health_s or told.get("troubles") != self._troubles:
            self._health_s, self._troubles = now_s + HEALTH_S, told.get("troubles")
            wire.send(f"{own.prefix}/health", messages.encode(messages.health(told, wall_s)), certain=False)
