"""What the button's presses mean.  Pure: levels and times in, commands out.

No pin library's debouncing is relied upon: they differ, and in some the release of a quick press is lost
(github.com/gpiozero/gpiozero issues 378 and 550).
"""

from __future__ import annotations

import math

BOUNCE_S = 0.02
"""A level counts once it lasts this long: contacts bounce for a few ms, a quick tap takes 50 ms (chosen by us)."""

RELEARN_S = 2.0
SHUTDOWN_S = 6.0

STUCK_S = 30.0
"""Nobody holds a button for longer; it is stuck, or wired wrongly (chosen by us)."""

LOOK_S = 0.05
"""How often to look whether a pressed button still is; one that gives no commands is looked at every second."""


class Presses:
    """Turns the levels of one button into commands, one a press at most.

    Let go before 2 s: "mute"; from 2 s on: "relearn"; held for 6 s: "shutdown" at once where that is allowed.  A button
    that was pressed to begin with gives no command before it was let go: it may be stuck, or nobody's.

    :param pressed: whether it is pressed to begin with.
    :param t_s: now; all times are of one clock that never goes back.
    :param shutdown: whether "shutdown" is allowed; where not, so long a press is a "relearn" like one of 2 s.
    """

    def __init__(self, pressed: bool, t_s: float, shutdown: bool) -> None:
        self.shutdown = shutdown
        self.stuck = False
        self._raw = self._level = pressed
        self._raw_s = self._level_s = t_s  # since when; a level's time is that of its first edge
        self._ignored = pressed
        self._done = False

    @property
    def pressed_s(self) -> float | None:
        """Since when a press lasts that can give, or has given, a command; None while there is none."""
        return self._level_s if self._level and not self._ignored else None

    @property
    def wait_s(self) -> float:
        """For how long the button need not be looked at, unless an edge comes."""
        if self._raw != self._level:
            return BOUNCE_S
        if not self._level:
            return math.inf
        return 1.0 if self._ignored else LOOK_S

    def feed(self, pressed: bool, t_s: float) -> str | None:
        """Take note of the level as of a time, and return the command due by then, if any."""
        command = self._advance(t_s)
        if pressed != self._raw:
            self._raw, self._raw_s = pressed, t_s
        return command

    def _advance(self, t_s: float) -> str | None:
        """Return the command that is due when the level has not changed until then."""
        command = None
        if self._raw != self._level and t_s - self._raw_s >= BOUNCE_S:
            command = self._settle()
        if self._level and self._raw:
            return self._hold(t_s - self._level_s)
        return command

    def _settle(self) -> str | None:
        """The level has lasted: it is pressed, or let go."""
        held_s, asks = self._raw_s - self._level_s, self._level and not self._ignored and not self._done
        self._level, self._level_s = self._raw, self._raw_s
        self._ignored = self._done = self.stuck = False
        if not asks:
            return None
        return "relearn" if held_s >= RELEARN_S else "mute"

    def _hold(self, held_s: float) -> str | None:
        """It is still pressed."""
        if held_s > STUCK_S:
            self.stuck = self._ignored = True
        elif held_s >= SHUTDOWN_S and self.shutdown and not self._ignored and not self._done:
            self._done = True
            return "shutdown"
        return None
