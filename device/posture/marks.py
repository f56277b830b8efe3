"""What one stride shows: the mean places of the key points and how far they swing, as lengths in the picture.

Marks are counted along the picture: *up* against y, *ahead* along x towards the side that the runner looks to (so a
runner who faces left reads like the mirror image of one who faces right).  Angles come from a few of them
(:mod:`device.posture.measures`); what changes against the runner's own good form comes from all of them together
(:mod:`device.posture.change`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from device.records import (
    L_EAR,
    L_ELBOW,
    L_EYE,
    L_HIP,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_EAR,
    R_ELBOW,
    R_EYE,
    R_HIP,
    R_SHOULDER,
    R_WRIST,
)

MEANS = (
    "trunk_up",  # shoulders' middle over hips' middle
    "trunk_ahead",
    "shoulder_width",  # left shoulder right of the right one in the picture: positive when the runner faces the camera
    "ear_up",  # ears, eyes, nose over the shoulders' middle
    "eye_up",
    "nose_up",
    "ear_ahead",
    "nose_ahead",
    "elbow_up",  # elbows' middle against the shoulders' middle
    "elbow_ahead",
    "elbow_width",
    "wrist_up",
)
"""Mean places over a stride."""

(
    TRUNK_UP,
    TRUNK_AHEAD,
    SHOULDER_WIDTH,
    EAR_UP,
    EYE_UP,
    NOSE_UP,
    EAR_AHEAD,
    NOSE_AHEAD,
    ELBOW_UP,
    ELBOW_AHEAD,
    ELBOW_WIDTH,
    WRIST_UP,
) = range(len(MEANS))

SWINGS = (
    "shoulder_width",
    "near_shoulder",  # these against the head, which turns least
    "far_shoulder",
    "near_elbow",
    "far_elbow",
    "elbow_width",
    "shoulders",
    "shoulder_width_twice",  # at twice the stride's frequency: from the front, shoulders narrow at either end of a turn
)
"""Swings over a stride, along x: twice the amplitude at the stride's frequency, with its phase."""

POINTS = R_HIP + 1
"""Key points that marks are made of: all but knees and ankles, which come last."""

_AHEAD = np.array([TRUNK_AHEAD, EAR_AHEAD, NOSE_AHEAD, ELBOW_AHEAD])
_TWICE = len(SWINGS) - 1
_HEAD = [NOSE, L_EYE, R_EYE, L_EAR, R_EAR]


class Marks(NamedTuple):
    """One stride's marks in pixels; NaN where a point it needs was not seen.

    :param means: (12,) in the order of :data:`MEANS`, x to the right of the picture.
    :param swings: (8,) complex, in the order of :data:`SWINGS`, with left for near and right for far.
    :param place: (2,) x and y of the shoulders' middle in the picture.
    """

    means: np.ndarray
    swings: np.ndarray
    place: np.ndarray

    def facing(self, way: float) -> Marks:
        """The same of a runner who looks to the right (+1, unchanged) or to the left (−1: mirrored).

        Who looks to the right shows the right side: that shoulder is the near one.
        """
        if way < 0:
            means, swings = self.means.copy(), self.swings.copy()
            means[_AHEAD] = -means[_AHEAD]
            return Marks(means, swings, self.place)
        order = [0, 2, 1, 4, 3, 5, 6, 7]
        return Marks(self.means, self.swings[order], self.place)


def marks(terms: np.ndarray) -> Marks:
    """The marks of a stride.

    :param terms: (6, 26) from :func:`device.posture.fit.fit`: x and y of the first :data:`POINTS` key points in turn,
        or of more.
    """
    # Plain numbers: for so few NumPy takes ten times as long.
    flat = terms[0].tolist()
    x, y = flat[::2], flat[1::2]
    swing = (terms[2] - 1j * terms[3])[::2]
    twice = (terms[4] - 1j * terms[5])[::2]
    shoulders_x, shoulders_y = _middle(x, y, L_SHOULDER, R_SHOULDER)
    hips_x, hips_y = _middle(x, y, L_HIP, R_HIP)
    ears_x, ears_y = _either(x, y, L_EAR, R_EAR)
    _, eyes_y = _either(x, y, L_EYE, R_EYE)
    elbows_x, elbows_y = _middle(x, y, L_ELBOW, R_ELBOW)
    _, wrists_y = _middle(x, y, L_WRIST, R_WRIST)
    means = np.array(
        [
            hips_y - shoulders_y,
            shoulders_x - hips_x,
            x[L_SHOULDER] - x[R_SHOULDER],
            shoulders_y - ears_y,
            shoulders_y - eyes_y,
            shoulders_y - y[NOSE],
            ears_x - shoulders_x,
            x[NOSE] - shoulders_x,
            shoulders_y - elbows_y,
            elbows_x - shoulders_x,
            x[L_ELBOW] - x[R_ELBOW],
            shoulders_y - wrists_y,
        ]
    )
    seen = swing[_HEAD][np.isfinite(swing[_HEAD])]
    head = seen.mean() if seen.size else complex(math.nan, math.nan)
    left, right, left_elbow, right_elbow = swing[[L_SHOULDER, R_SHOULDER, L_ELBOW, R_ELBOW]]
    swings = 2.0 * np.array(
        [
            left - right,
            left - head,
            right - head,
            left_elbow - head,
            right_elbow - head,
            left_elbow - right_elbow,
            0.5 * (left + right) - head,
            twice[L_SHOULDER] - twice[R_SHOULDER],
        ]
    )
    return Marks(means, swings, np.array([shoulders_x, shoulders_y]))


def in_step(swings: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Swings turned to the phase of others, so that both begin their stride at the same moment.

    :param swings: (8,) complex; NaN where not known.
    :param model: (8,) complex, the phase to take on.
    """
    known = np.isfinite(swings[:_TWICE]) & np.isfinite(model[:_TWICE])
    product = complex(np.vdot(model[:_TWICE][known], swings[:_TWICE][known]))
    size = abs(product)
    turn = product.conjugate() / size if size > 0 else 1.0
    turned = swings * turn
    turned[_TWICE] *= turn
    return turned


def _middle(x: list[float], y: list[float], left: int, right: int) -> tuple[float, float]:
    """The middle of a pair of key points."""
    return 0.5 * (x[left] + x[right]), 0.5 * (y[left] + y[right])


def _either(x: list[float], y: list[float], left: int, right: int) -> tuple[float, float]:
    """The middle of a pair, or the one of them that is seen: from the side the far one is hidden."""
    middle = _middle(x, y, left, right)
    if middle[0] == middle[0]:
        return middle
    seen = left if x[left] == x[left] else right
    return x[seen], y[seen]
