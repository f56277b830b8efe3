"""A runner, a treadmill and a camera, in metres, for the drawings of where things stand."""

from __future__ import annotations

from collections.abc import Callable

from measure_drawings.card import BLUE, INK, PANEL, SOFT, Card, Place

Where = Callable[[float, float], Place]
"""Where on the card something is that lies so far ahead of the runner's hips, and so high above the belt."""

HEAD = (0.11, 1.63)
TOP_M, KNEES_M = 1.76, 0.52
"""How high the head and the knees of a runner of usual height are, above the belt."""

_SHOULDER, _HIP = (0.07, 1.42), (0.0, 0.93)
_FAR = [
    (_SHOULDER, (0.22, 1.17), (0.43, 1.29)),
    (_HIP, (0.36, 0.74), (0.25, 0.37), (0.39, 0.32)),
]
_NEAR = [
    (_HIP, (-0.07, 0.50), (-0.36, 0.17), (-0.26, 0.04)),
    (_SHOULDER, (-0.17, 1.20), (0.06, 1.05)),
]


def runner(card: Card, where: Where, scale: float) -> None:
    """A runner from the side, facing right."""
    for limb in _FAR:
        card.line(*(where(*joint) for joint in limb), colour=SOFT, width=0.075 * scale)
    card.line(where(*_HIP), where(*_SHOULDER), colour=INK, width=0.17 * scale)
    card.line(where(*_SHOULDER), where(*HEAD), colour=INK, width=0.07 * scale)
    card.dot(where(*HEAD), round(0.115 * scale, 1), fill=INK, colour=INK, width=1)
    for limb in _NEAR:
        card.line(*(where(*joint) for joint in limb), colour=BLUE, width=0.085 * scale)


def treadmill(card: Card, where: Where) -> None:
    """A treadmill from the side, its console ahead."""
    deck = [(-0.95, 0.0), (0.95, 0.0), (0.95, -0.16), (-0.95, -0.13)]
    card.shape(*(where(*corner) for corner in deck), fill=PANEL, colour=SOFT, width=1.5)
    card.line(where(0.82, 0.0), where(0.98, 1.12), colour=SOFT, width=4)
    card.line(where(0.94, 0.86), where(0.52, 0.86), colour=SOFT, width=4)
    card.line(where(0.90, 1.06), where(1.06, 1.24), colour=INK, width=7)


def runner_from_above(card: Card, middle: Place, scale: float) -> None:
    """A runner and the treadmill from above, facing down the page."""
    x, y = middle
    card.rect(x - 0.40 * scale, y - 0.95 * scale, 0.80 * scale, 1.9 * scale, fill=PANEL, stroke=SOFT, radius=4)
    card.rect(x - 0.27 * scale, y - 0.90 * scale, 0.54 * scale, 1.7 * scale, fill="#e2dfd6", radius=2)
    card.rect(x - 0.36 * scale, y + 0.82 * scale, 0.72 * scale, 0.2 * scale, fill=INK, radius=3)
    card.line((x - 0.21 * scale, y), (x + 0.21 * scale, y), colour=BLUE, width=0.15 * scale)
    card.dot((x, y + 0.02 * scale), round(0.12 * scale, 1), fill=PANEL, colour=INK, width=2)
    card.shape(
        (x - 0.04 * scale, y + 0.13 * scale), (x + 0.04 * scale, y + 0.13 * scale), (x, y + 0.2 * scale), fill=INK
    )
