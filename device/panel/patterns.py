"""How the light shows what the coach is doing.  Pure data and functions; all of it chosen by us.

The light has one colour and knows on and off only.  The states differ in what the eye tells apart at once: dark with
one wink or with two, even and slow, steady, even and fast.  What lasts is calm: in a dark room nothing but trouble
blinks fast, and nothing flashes more than three times within a second (WCAG 2.2, 2.3.1).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from device.panel.presses import RELEARN_S, SHUTDOWN_S


class Pattern(NamedTuple):
    """What the light does from a moment on.

    :param steps: one after the other: whether it is lit, and until when, in seconds since the pattern began.
    :param words: the same in words, for who reads about it.
    :param repeats: whether all begins anew after the last step; otherwise that one stays.
    """

    steps: tuple[tuple[bool, float], ...]
    words: str
    repeats: bool = True

    @property
    def length_s(self) -> float:
        """When the last step ends."""
        return self.steps[-1][1]

    def lit(self, elapsed_s: float) -> bool:
        """Return whether the light is lit so long after the pattern began."""
        return self._at(elapsed_s)[0]

    def left_s(self, elapsed_s: float) -> float:
        """Return for how long from then on the light stays as it is; infinite where nothing more comes."""
        return self._at(elapsed_s)[1]

    def _at(self, elapsed_s: float) -> tuple[bool, float]:
        if self.repeats:
            elapsed_s %= self.length_s
        for lit, end_s in self.steps:
            if elapsed_s < end_s:
                return lit, end_s - elapsed_s
        return self.steps[-1][0], math.inf


STATES = {
    "waiting": Pattern(((True, 0.15), (False, 3.0)), "one short wink every 3 s"),
    "learning": Pattern(((True, 1.0), (False, 2.0)), "slow: 1 s on, 1 s off"),
    "coaching": Pattern(((True, math.inf),), "steady", repeats=False),
    "muted": Pattern(((True, 0.15), (False, 0.45), (True, 0.6), (False, 3.0)), "two short winks every 3 s"),
    "error": Pattern(((True, 0.2), (False, 0.4)), "fast, without a pause"),
}
"""The lasting states: nobody is there, learning the baseline, coaching, silenced, something is wrong."""

CUE = Pattern(
    ((False, 0.15), (True, 0.3), (False, 0.45), (True, 0.6), (False, 0.75)), "flickers three times", repeats=False
)
"""A cue is being spoken: plain to see over a steady light as over a dark one."""


def held(shutdown: bool) -> Pattern:
    """What whoever holds the button sees: dark at once, lit when letting go will relearn, dark when it switches off.

    :param shutdown: whether holding on switches the computer off.
    """
    if shutdown:
        steps = ((False, RELEARN_S), (True, SHUTDOWN_S), (False, math.inf))
        return Pattern(steps, f"dark; lit from {RELEARN_S:g} s on; dark from {SHUTDOWN_S:g} s on", repeats=False)
    return Pattern(((False, RELEARN_S), (True, math.inf)), f"dark; lit from {RELEARN_S:g} s on", repeats=False)


def choose(
    shown: tuple[str, float] | None, flash_s: float | None, pressed_s: float | None, shutdown: bool, now_s: float
) -> tuple[Pattern, float] | None:
    """Return what the light shows now, and when that began; None for nothing.

    Who holds the button is answered first, then comes a cue, then the lasting state.

    :param shown: the lasting state, and since when.
    :param flash_s: when the last cue began.
    :param pressed_s: since when the button is held; None while it is not.
    :param shutdown: whether holding on switches the computer off.
    """
    if pressed_s is not None:
        return held(shutdown), pressed_s
    if flash_s is not None and now_s - flash_s < CUE.length_s:
        return CUE, flash_s
    return (STATES[shown[0]], shown[1]) if shown else None
