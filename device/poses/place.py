"""Where the runner runs: the treadmill does not move, so neither does its place in the picture.

Pure: places come as the squares that a pose wants, and time is that of the frames.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from device.poses.crop import Square

FAR_SIDES = 0.4
"""Whoever's middle is further from the place than this share of the square's side, one trunk, is not on the treadmill.
Rendered runners stray by 0.13 at most, misread ones aside; the next treadmill is two trunks away.  Chosen by us."""

OTHER_SIZE = math.log(1.25)
"""Whoever is larger or smaller by more is not on the treadmill (natural logarithm): seen from the side, the next
treadmill is in the same place, 1.3 m further off, which makes 0.75 or less of the size at 4 m; people of 1.55 m and
1.9 m differ by 1.23.  Chosen by us."""

COMING_SIZE = math.log(1.18)
"""Who comes must be as alike, so that no other's stray pose is taken for the runner's coming: three quarters of the
size are read as 0.85 about once in a hundred poses.  Chosen by us."""

BOUNCE_SIDES = 0.009
"""Standard deviation of the shoulders' up and down from which somebody runs or walks, in shares of the square's side.
Rendered runners never fall below 0.0116, walkers hardly below 0.010; who stands comes to 0.004.  Chosen by us."""

PAUSE_S = 1.0
"""Who does not seem to run for no longer than that has been misread.  Chosen by us."""

DRIFT_SIDES, DRIFT_SIZE = 0.25, math.log(1.5)
"""Who strays or grows by more within ``_PLACE_S`` walks through the room.  Chosen by us."""

_STEP_S, _BOUNCE_S, _PLACE_S = 0.4, 2.0, 2.0
"""Time constants of what lies below the rate of steps, of the bounce, and of where somebody is."""

_HOME_S, _HOME_SIZE_S = 10.0, 60.0
"""Time constants of the treadmill's place, and of the size of who runs there: slow enough for who is of another size to
be noticed first.  Chosen by us."""


class Place(NamedTuple):
    """Where somebody's square hangs on average.

    :param size: natural logarithm of its side in pixels.
    """

    x_px: float
    y_px: float
    size: float

    @classmethod
    def of(cls, square: Square) -> Place:
        """The place of one square."""
        return cls(*square.middle, math.log(square.size_px))

    def away(self, other: Place) -> float:
        """How far another place is from here, in sides of the square here."""
        return math.hypot(other.x_px - self.x_px, other.y_px - self.y_px) / math.exp(self.size)

    def differs(self, other: Place) -> float:
        """How much larger (above 0) or smaller the square is in another place, as a natural logarithm."""
        return other.size - self.size

    def toward(self, other: Place, share: float) -> Place:
        """The place, moved a share of the way to another."""
        return Place(
            self.x_px + share * (other.x_px - self.x_px),
            self.y_px + share * (other.y_px - self.y_px),
            self.size + share * (other.size - self.size),
        )


class Habit:
    """Whether somebody runs (or walks) on the spot, and for how long."""

    def __init__(self, t_s: float, square: Square, shoulders_y_px: float) -> None:
        """Somebody was just found."""
        self.place = Place.of(square)
        self.begun_s = self._since_s = self._ran_s = self._t_s = t_s
        self._level_px = shoulders_y_px
        self._power = 0.0
        self.running = False

    def step(self, t_s: float, square: Square, shoulders_y_px: float) -> None:
        """Take in where they are now, and the square that shows them.

        :param t_s: later than the time before.
        """
        elapsed_s = t_s - self._t_s
        self._t_s = t_s
        self._level_px += _share(elapsed_s, _STEP_S) * (shoulders_y_px - self._level_px)
        off = (shoulders_y_px - self._level_px) / square.size_px
        self._power += _share(elapsed_s, _BOUNCE_S) * (off * off - self._power)
        now = Place.of(square)
        self.place = self.place.toward(now, _share(elapsed_s, _PLACE_S))
        stays = self.place.away(now) <= DRIFT_SIDES and abs(self.place.differs(now)) <= DRIFT_SIZE
        self.running = stays and self._power >= BOUNCE_SIDES**2
        if self.running:
            self._ran_s = t_s
        elif t_s - self._ran_s > PAUSE_S:
            self._since_s = t_s

    @property
    def running_s(self) -> float:
        """For how long they have been running without a break."""
        return self._t_s - self._since_s


def settled(home: Place, place: Place, elapsed_s: float) -> Place:
    """The treadmill's place after somebody ran there for a moment longer."""
    there = home.toward(place, _share(elapsed_s, _HOME_S))
    return there._replace(size=home.size + _share(elapsed_s, _HOME_SIZE_S) * home.differs(place))


def _share(elapsed_s: float, constant_s: float) -> float:
    """The share of the way that a first-order average goes in a time."""
    return 1.0 - math.exp(-elapsed_s / constant_s)
