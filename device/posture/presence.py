"""Whether somebody is there."""

from __future__ import annotations

FRAMES = 5
"""At a slow rate of frames a while is no proof: so many of them must agree as well (chosen by us; from ten frames a
second on, the time alone decides with the limits that are shipped)."""


class Presence:
    """Somebody is there once seen for a while, and gone once unseen for a while.

    :param found_s: how long a runner must be seen.
    :param lost_s: how long a runner must be unseen.
    """

    def __init__(self, found_s: float, lost_s: float) -> None:
        self.found_s = found_s
        self.lost_s = lost_s
        self._there = False
        self._since_s = float("nan")
        self._frames = 0

    def step(self, t_s: float, visible: bool) -> bool:
        """Take in whether somebody is visible at a time, and tell whether somebody is there."""
        if visible == self._there:
            self._frames = 0
            return self._there
        if not self._frames:
            self._since_s = t_s
        self._frames += 1
        if self._frames >= FRAMES and t_s - self._since_s >= (self.found_s if visible else self.lost_s):
            self._there = visible
            self._frames = 0
        return self._there
