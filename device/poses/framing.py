"""The square that one runner is looked at through, from frame to frame.

It must follow the runner but not the running.  A square that moved and breathed with each step would shift the model's
coarse cells under the body in time with the stride, and that would show as a sway in the angles.  So the square stays
where it is until the runner has left its middle by a share of its side, grows when the runner no longer fits, and
shrinks only when the last seconds needed far less.
"""

from __future__ import annotations

import math

from device.poses.crop import Square, square_about

MOVE_SHARE, MIDDLE_S = 0.10, 0.3
"""The square moves when its middle is this share of its side off, on average over about so long.  A runner rises and
falls by 0.09 m at most (7 % of a square 1.25 m wide), so steps do not move it; nor do hips that come and go behind a
console, which pull single poses off by 0.17.  Chosen by us."""

HURRY_SHARE = 0.20
"""It moves at once when a single pose is so far off, or when it grows: the runner would be cut off.  Chosen by us."""

GROW_SHARE = 1.16
"""It grows when a square this much larger is wanted; there is room around the upper body for most of it.  The model
reads the same runner differently at another size (`scripts/eval_square`), so raised shoulders must not change it.
Chosen by us."""

SHRINK_SHARE = 0.65
"""It shrinks when, over ``WINDOW_S``, no square larger than this share of it was wanted.  Raised shoulders take up to a
third off where the hips are hidden, which must not change it.  Chosen by us."""

OWN_SIZE_SHARE = 0.10
"""A square that differs by no more from the size of the model's picture is made just as large: then nothing has to be
scaled, which is most of what a frame costs beside the model's call (`scripts/bench`).  Chosen by us."""

SETTLE_S = 1.0
"""For so long after a runner is found the square grows to whatever is wanted, so that it then fits every phase of a
stride (0.9 s at 130 steps per minute) and can stay."""

WINDOW_S = 2.0
"""Longer than one stride (two steps) of the slowest run, 0.9 s at 130 steps per minute.  Chosen by us."""

SETTLE_STEPS = 3
"""After a runner is found, this many poses set the square anew: the first is coarse.  Chosen by us."""


class Framing:
    """Chooses the square for the next frame from the squares that the poses want.

    :param size_px: side of the model's picture.
    :param square: the square to go on with, where the same runner was looked at through it before; None for a runner
        who was just found.
    """

    def __init__(self, t_s: float, wanted: Square, size_px: int, square: Square | None = None) -> None:
        """A runner is in view, and wants this square."""
        self._size_px = size_px
        self.square = self._eased(wanted) if square is None else square
        self._middle = wanted.middle
        self._t_s = t_s
        self._settle = SETTLE_STEPS if square is None else 0
        self._found_s = t_s if square is None else -math.inf
        self._window_s = t_s
        self._largest_px = wanted.size_px

    @property
    def settling(self) -> bool:
        """Whether the next pose sets the square anew."""
        return self._settle > 0

    def step(self, t_s: float, wanted: Square) -> None:
        """Take in which square the next pose wants."""
        share = 1.0 - math.exp(-max(0.0, t_s - self._t_s) / MIDDLE_S)
        (mean_x, mean_y), (x, y) = self._middle, wanted.middle
        self._middle, self._t_s = (mean_x + share * (x - mean_x), mean_y + share * (y - mean_y)), t_s
        if self._settle > 0:
            self._settle -= 1
            self.square, self._middle = self._eased(wanted), wanted.middle
            self._window_s, self._largest_px = t_s, wanted.size_px
        else:
            self.square = self._held(self.square, wanted, t_s)

    def _held(self, now: Square, wanted: Square, t_s: float) -> Square:
        """``now``, moved or resized only as far as the rules at the top of this module ask for."""
        self._largest_px = max(self._largest_px, wanted.size_px)
        size = now.size_px
        if wanted.size_px > (GROW_SHARE if t_s - self._found_s > SETTLE_S else 1.0) * size:
            size = wanted.size_px
        if not 0 <= t_s - self._window_s < WINDOW_S:
            if self._largest_px < SHRINK_SHARE * size:
                size = self._largest_px
            self._window_s, self._largest_px = t_s, wanted.size_px
        if size > now.size_px or _off(now, wanted.middle) > HURRY_SHARE * size:
            self._middle = wanted.middle
        if size != now.size_px or _off(now, self._middle) > MOVE_SHARE * size:
            return self._eased(square_about(*self._middle, size))
        return now

    def _eased(self, square: Square) -> Square:
        """A square as large as the model's picture, if it is about as large."""
        near = abs(square.size_px - self._size_px) <= OWN_SIZE_SHARE * self._size_px
        return square_about(*square.middle, self._size_px) if near else square


def _off(square: Square, place: tuple[float, float]) -> float:
    """How far a place is from the square's middle, across or down, in pixels."""
    (x_px, y_px), (place_x_px, place_y_px) = square.middle, place
    return max(abs(place_x_px - x_px), abs(place_y_px - y_px))
