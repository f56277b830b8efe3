"""Whether the runner is seen well enough: who cannot be made out must be told, since silence sounds like praise."""

from __future__ import annotations

import math

from device.records import Posture

GONE_S = 6.0
"""Who vanishes while running, and for this long, is told so: nobody leaves a moving belt that fast, but a camera falls,
or the light goes out (chosen by us)."""

FADE_S = 4.0
"""Running fades into standing, and that into nobody, within this time when the picture goes (chosen by us)."""

UNCLEAR_S = 15.0
"""Who is there this long and cannot be made out is told so (chosen by us: a drink or a towel takes less)."""

DIM, DIMMER = 0.4, 0.75
"""Somebody who seems to stand, seen with less confidence than this, or with less than this share of what it is while
posture is read, may well run: it cannot be made out (chosen by us; rendered runners in all lights are read at a
confidence of 0.41 to 0.84)."""

SETTLING = 0.02
"""Share of each frame in what confidence is usual: about two seconds' worth (chosen by us)."""


class Sight:
    """Follows how well the runner is seen.

    :ivar away_s: for how long nobody was there, as of the frame that somebody came at; 0 while somebody is.
    """

    def __init__(self) -> None:
        self.away_s = 0.0
        self._seen = False
        self._lost_s = -math.inf
        self._ran_s = -math.inf
        self._read_s = -math.inf
        self._usual = 0.0
        self._told = False

    def step(self, posture: Posture, unread: bool) -> str:
        """Take in a posture.

        :param unread: whether the runner runs, is to be judged, and not one measure can be read.
        :return: why the runner cannot be seen, when that is to be told now: "gone", or "unclear"; else "".
        """
        t_s, was, self._seen = posture.t_s, self._seen, posture.seen
        if not posture.seen:
            if was:
                self._lost_s = t_s
            vanished = self._lost_s - self._ran_s <= FADE_S and t_s - self._lost_s >= GONE_S
            return self._tell("gone") if vanished else ""
        self.away_s = 0.0 if was else t_s - self._lost_s
        if not was:
            self._read_s = t_s
        if posture.running:
            self._ran_s = t_s
        dim = posture.motion == "standing" and posture.confidence < max(DIM, DIMMER * self._usual)
        if dim or unread:
            return self._tell("unclear") if t_s - self._read_s >= UNCLEAR_S else ""
        if posture.running:
            self._usual += SETTLING * (posture.confidence - self._usual)
        self._read_s, self._told = t_s, False
        return ""

    def _tell(self, reason: str) -> str:
        told, self._told = self._told, True
        return "" if told else reason
