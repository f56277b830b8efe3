"""The picture of a person that may hang on a wall: something for a detector of people to fall for."""

from __future__ import annotations

import numpy as np

from .description import Colour
from .shapes import Builder, Point, Triangles

POSTER_M = (0.95, 0.30, 2.15)
"""The poster's width, bottom and top."""


def poster() -> Triangles:
    """A life-size picture of somebody running towards who looks at it; axes as in :mod:`.furniture`."""
    width_m, low, high = POSTER_M
    b = Builder()
    b.box((-width_m / 2, -0.015, low), (width_m / 2, 0.0, high), (0.93, 0.93, 0.91))
    b.box((-width_m / 2 + 0.05, -0.018, low + 0.05), (width_m / 2 - 0.05, 0.0, high - 0.05), (0.52, 0.66, 0.76))
    # Squashed flat with the normals of the solid thing: it keeps the shading of a photograph.
    flat = _manikin().moved(np.diag([1.0, 0.03, 1.0]), np.array([0.0, -0.028, low + 0.10]), np.eye(3))
    b.put(flat)
    return b.build()


def _manikin() -> Triangles:
    """A runner of tapered limbs, 1.7 m high, facing −y."""
    skin, shirt, shorts, shoe, hair = (
        (0.80, 0.58, 0.45),
        (0.86, 0.26, 0.20),
        (0.12, 0.13, 0.17),
        (0.90, 0.90, 0.88),
        (0.17, 0.11, 0.08),
    )
    b = Builder()

    def limb(points: list[Point], radii_m: list[float], colours: list[Colour]) -> None:
        for k, colour in enumerate(colours):
            b.cone(np.array(points[k]), np.array(points[k + 1]), radii_m[k], radii_m[k + 1], colour, sides=20)
            b.ball(points[k + 1], radii_m[k + 1], colour)

    b.ball((0.0, -0.01, 1.57), (0.072, 0.095, 0.108), skin)
    b.ball((0.0, 0.02, 1.60), (0.080, 0.10, 0.105), hair)
    for x in (-0.029, 0.029):
        b.ball((x, -0.098, 1.585), (0.012, 0.012, 0.007), (0.10, 0.08, 0.07))
        b.ball((x, -0.100, 1.606), (0.020, 0.008, 0.005), hair)
    b.ball((0.0, -0.105, 1.555), (0.013, 0.02, 0.022), skin)
    b.ball((0.0, -0.096, 1.515), (0.024, 0.012, 0.007), (0.66, 0.34, 0.32))
    limb([(0.0, 0.01, 1.52), (0.0, 0.01, 1.38)], [0.052, 0.060], [skin])
    b.ball((0.0, 0.0, 1.26), (0.165, 0.11, 0.185), shirt)
    b.ball((0.0, 0.0, 1.08), (0.142, 0.10, 0.20), shirt)
    b.ball((0.0, 0.0, 0.92), (0.158, 0.11, 0.11), shorts)
    for side, swing in ((1.0, 1.0), (-1.0, -1.0)):
        shoulder, elbow = (0.165 * side, 0.0, 1.385), (0.255 * side, 0.08 * swing, 1.15)
        middle = (0.215 * side, 0.045 * swing, 1.26)
        hand = (0.15 * side, -0.22, 1.13 + 0.10 * swing)
        b.ball(shoulder, 0.054, shirt)
        limb([shoulder, middle, elbow, hand], [0.054, 0.050, 0.040, 0.028], [shirt, skin, skin])
        b.ball(hand, (0.036, 0.04, 0.045), skin)
    for side, knee, ankle in (
        (1.0, (0.105, -0.30, 0.66), (0.10, -0.12, 0.30)),
        (-1.0, (-0.095, -0.02, 0.47), (-0.075, 0.06, 0.08)),
    ):
        hip = (0.088 * side, 0.0, 0.88)
        middle = tuple(0.45 * np.array(hip) + 0.55 * np.array(knee))
        limb([hip, middle, knee, ankle], [0.092, 0.080, 0.056, 0.036], [shorts, skin, skin])
        b.ball((ankle[0], ankle[1] - 0.06, ankle[2] - 0.045), (0.046, 0.12, 0.05), shoe)
    return b.build()
