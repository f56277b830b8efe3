"""What hangs on walls and stands before them.

Every part stands before a wall of its own: x along the wall from the part's middle to the right of who looks at it,
y into the wall (its face is y = 0), z up from the floor.
"""

from __future__ import annotations

import numpy as np

from .description import Colour
from .shapes import BOARDS, GLOWING, PLAIN, RIBS, WINDOW, Builder, Triangles

_STEEL, _IRON, _WHITE, _BLACK = (0.35, 0.37, 0.39), (0.17, 0.17, 0.18), (0.95, 0.95, 0.94), (0.08, 0.08, 0.09)


def window(width_m: float, low_m: float, high_m: float) -> Triangles:
    """A window with frame, mullion and sill."""
    b = Builder()
    x, z0, z1 = width_m / 2, low_m, high_m
    b.quad(np.array([(-x, -0.005, z0), (x, -0.005, z0), (x, -0.005, z1), (-x, -0.005, z1)]), (1.0, 1.0, 1.0), WINDOW)
    for low, high in (
        ((-x - 0.06, -0.05, z0 - 0.06), (x + 0.06, 0.0, z0)),
        ((-x - 0.06, -0.05, z1), (x + 0.06, 0.0, z1 + 0.06)),
        ((-x - 0.06, -0.05, z0), (-x, 0.0, z1)),
        ((x, -0.05, z0), (x + 0.06, 0.0, z1)),
        ((-0.025, -0.04, z0), (0.025, 0.0, z1)),
        ((-x - 0.1, -0.14, z0 - 0.1), (x + 0.1, 0.0, z0 - 0.06)),
    ):
        b.box(low, high, _WHITE)
    return b.build()


def picture() -> Triangles:
    """A framed abstract of three bars, 1 m wide."""
    b = Builder()
    b.box((-0.5, -0.03, 1.35), (0.5, 0.0, 2.05), (0.25, 0.22, 0.20))
    b.box((-0.46, -0.035, 1.39), (0.46, -0.01, 2.01), (0.90, 0.88, 0.82))
    third = 0.8 / 3
    bars = ((0.30, (0.35, 0.53, 0.58)), (0.42, (0.83, 0.60, 0.31)), (0.22, (0.66, 0.34, 0.30)))
    for k, (height_m, colour) in enumerate(bars):
        left = -0.4 + k * third
        b.box((left, -0.04, 1.45), (left + third - 0.03, -0.02, 1.45 + height_m), colour)
    return b.build()


def weights() -> Triangles:
    """A rack with two rows of dumb-bells, 1.2 m wide."""
    b = Builder()
    for z in (0.22, 0.55):
        b.box((-0.6, -0.42, z), (0.6, -0.12, z + 0.035), _STEEL)
        for k in range(5):
            x = -0.48 + 0.24 * k
            b.tube([(x, -0.38, z + 0.095), (x, -0.31, z + 0.095)], 0.058, _IRON)
            b.tube([(x, -0.23, z + 0.095), (x, -0.16, z + 0.095)], 0.058, _IRON)
            b.tube([(x, -0.38, z + 0.095), (x, -0.16, z + 0.095)], 0.016, (0.6, 0.6, 0.62))
    for x in (-0.6, 0.56):
        b.box((x, -0.42, 0.0), (x + 0.04, -0.12, 0.60), _STEEL)
    return b.build()


def ball(radius_m: float, out_m: float, colour: Colour) -> Triangles:
    """A gym ball, its middle *out_m* before the wall."""
    b = Builder()
    b.ball((0.0, -out_m, radius_m), radius_m, colour)
    return b.build()


def shelf(colour: Colour, seed: int) -> Triangles:
    """A bookcase 1 m wide, 1.9 m high, full of things of all colours."""
    rng = np.random.default_rng(seed)
    b = Builder()
    b.box((-0.5, -0.02, 0.0), (0.5, 0.0, 1.9), colour)
    for x in (-0.5, 0.47):
        b.box((x, -0.3, 0.0), (x + 0.03, 0.0, 1.9), colour)
    for z in np.arange(0.05, 1.95, 0.36):
        b.box((-0.5, -0.3, z), (0.5, 0.0, z + 0.03), colour)
        x = -0.46
        while z < 1.6 and x < 0.36:
            wide, high = rng.uniform(0.025, 0.10), rng.uniform(0.17, 0.30)
            b.box(
                (x, -0.27, z + 0.03),
                (x + wide, -0.05, z + 0.03 + high),
                tuple(rng.uniform(0.15, 0.75) * rng.uniform(0.55, 1.0, 3)),
            )
            x += wide + rng.choice([0.003, 0.06])
    return b.build()


def sofa(colour: Colour) -> Triangles:
    """A sofa, 1.7 m wide."""
    b = Builder()
    b.box((-0.85, -0.85, 0.08), (0.85, -0.05, 0.42), colour)
    b.box((-0.85, -0.27, 0.42), (0.85, -0.05, 0.85), colour)
    for x in (-0.85, 0.67):
        b.box((x, -0.85, 0.08), (x + 0.18, -0.05, 0.62), colour)
    b.box((-0.6, -0.42, 0.42), (-0.2, -0.26, 0.78), (0.85, 0.65, 0.25))
    return b.build()


def plant() -> Triangles:
    """A plant in a pot, 1.5 m high."""
    rng = np.random.default_rng(5)
    b = Builder()
    b.cone(np.array([0.0, -0.3, 0.0]), np.array([0.0, -0.3, 0.34]), 0.12, 0.17, (0.70, 0.42, 0.30))
    for k in range(26):
        angle, far, high = 2.4 * k, rng.uniform(0.1, 0.32), rng.uniform(0.5, 1.5)
        tip = np.array([far * np.cos(angle), -0.3 + far * np.sin(angle) * 0.8, high])
        b.cone(np.array([0.0, -0.3, 0.3]), tip, 0.035, 0.008, (0.16, rng.uniform(0.34, 0.52), 0.18), sides=5)
    return b.build()


def lamp() -> Triangles:
    """A standing lamp with a bright shade."""
    b = Builder()
    b.tube([(0.0, -0.3, 0.02), (0.0, -0.3, 1.45)], 0.015, _STEEL)
    b.box((-0.14, -0.44, 0.0), (0.14, -0.16, 0.025), _STEEL)
    b.cone(np.array([0.0, -0.3, 1.42]), np.array([0.0, -0.3, 1.72]), 0.22, 0.13, (0.98, 0.90, 0.72))
    return b.build()


def door(colour: Colour) -> Triangles:
    """A door in its frame, 0.9 m wide."""
    b = Builder()
    b.box((-0.52, -0.03, 0.0), (0.52, 0.0, 2.12), _WHITE)
    b.box((-0.44, -0.045, 0.0), (0.44, 0.0, 2.04), colour)
    b.box((0.33, -0.10, 1.02), (0.40, -0.04, 1.05), (0.75, 0.72, 0.62))
    return b.build()


def curtain(width_m: float, colour: Colour) -> Triangles:
    """A curtain in folds from 2.5 m down to the floor."""
    b = Builder()
    folds = round(width_m / 0.09)
    for k in range(folds):
        x = (k + 0.5) / folds * width_m - width_m / 2
        b.tube([(x, -0.06, 0.06), (x, -0.06, 2.5)], 0.05, colour, sides=10)
    b.tube([(-width_m / 2 - 0.1, -0.06, 2.55), (width_m / 2 + 0.1, -0.06, 2.55)], 0.018, _STEEL)
    return b.build()


def tower(colour: Colour) -> Triangles:
    """A cable machine: frame, stack of plates, handles; 1.1 m wide, 2.1 m high."""
    b = Builder()
    for x in (-0.55, 0.47):
        b.box((x, -0.6, 0.0), (x + 0.08, -0.52, 2.1), colour)
        b.box((x, -0.6, 0.0), (x + 0.08, 0.0, 0.08), colour)
    b.box((-0.55, -0.6, 2.02), (0.55, -0.52, 2.1), colour)
    for k in range(11):
        b.box((-0.17, -0.5, 0.12 + 0.075 * k), (0.17, -0.3, 0.185 + 0.075 * k), _IRON)
    for x in (-0.12, 0.12):
        b.tube([(x, -0.4, 0.1), (x, -0.4, 2.05)], 0.012, (0.7, 0.7, 0.72))
    b.tube([(0.0, -0.56, 2.02), (0.0, -0.56, 1.55), (0.28, -0.56, 1.42)], 0.012, _BLACK)
    b.box((-0.3, -0.75, 0.42), (0.3, -0.35, 0.50), (0.55, 0.10, 0.10))
    return b.build()


def bike(colour: Colour) -> Triangles:
    """An exercise bicycle, side-on."""
    b = Builder()
    y = -0.45
    for path in (
        [(-0.5, y, 0.06), (0.5, y, 0.06)],
        [(-0.35, y, 0.08), (-0.18, y, 0.95)],
        [(0.3, y, 0.08), (0.42, y, 1.12)],
        [(-0.25, y, 0.5), (0.36, y, 0.55)],
        [(0.42, y - 0.22, 1.12), (0.42, y + 0.22, 1.12)],
    ):
        b.tube(path, 0.03, colour)
    b.ball((0.28, y, 0.32), (0.25, 0.04, 0.25), _IRON)
    b.box((-0.34, y - 0.1, 0.95), (-0.04, y + 0.1, 1.02), _BLACK)
    return b.build()


def bag(colour: Colour) -> Triangles:
    """A punching bag that hangs 0.6 m before the wall."""
    b = Builder()
    b.tube([(0.0, -0.6, 0.75), (0.0, -0.6, 1.75)], 0.17, colour, sides=20)
    b.tube([(0.0, -0.6, 1.75), (0.0, -0.6, 2.9)], 0.012, _STEEL)
    return b.build()


def boxes(seed: int) -> Triangles:
    """Cardboard boxes and crates in a pile, 1.2 m wide."""
    rng = np.random.default_rng(seed)
    b = Builder()
    for x in (-0.45, 0.0, 0.42):
        z = 0.0
        for _ in range(int(rng.integers(1, 4))):
            wide, high = rng.uniform(0.30, 0.44), rng.uniform(0.2, 0.42)
            tone = rng.uniform(0.6, 1.0)
            colour = tuple(
                tone * np.array([(0.66, 0.50, 0.34), (0.30, 0.36, 0.44), (0.72, 0.70, 0.66)][rng.integers(3)])
            )
            b.box((x - wide / 2, -0.5, z), (x + wide / 2, -0.08, z + high), colour)
            z += high
    return b.build()


def pipes(colour: Colour) -> Triangles:
    """Pipes along and down the wall, and a tank; 2 m wide."""
    b = Builder()
    for k, z in enumerate((2.25, 2.40, 2.52)):
        b.tube([(-1.0, -0.12 - 0.03 * k, z), (1.0, -0.12 - 0.03 * k, z)], 0.03, colour)
    b.tube([(0.5, -0.12, 2.25), (0.5, -0.12, 0.0)], 0.035, colour)
    b.tube([(-0.55, -0.35, 0.25), (-0.55, -0.35, 1.45)], 0.25, (0.55, 0.55, 0.53), sides=24)
    b.tube([(-0.55, -0.35, 1.4), (-0.55, -0.12, 2.25)], 0.025, (0.62, 0.38, 0.22))
    return b.build()


def tools() -> Triangles:
    """A workbench with a board of tools over it, 1.8 m wide."""
    rng = np.random.default_rng(9)
    b = Builder()
    b.box((-0.9, -0.6, 0.82), (0.9, 0.0, 0.88), (0.52, 0.38, 0.24), BOARDS)
    for x in (-0.88, 0.80):
        b.box((x, -0.58, 0.0), (x + 0.08, -0.02, 0.82), (0.45, 0.33, 0.22))
    b.box((-0.85, -0.02, 1.05), (0.85, 0.0, 1.95), (0.70, 0.62, 0.48))
    for x in np.arange(-0.75, 0.8, 0.125):
        z, long = rng.uniform(1.35, 1.7), rng.uniform(0.15, 0.35)
        colour = [(0.75, 0.15, 0.12), (0.2, 0.2, 0.22), (0.85, 0.65, 0.1), (0.6, 0.62, 0.64)][rng.integers(4)]
        b.box((x, -0.06, z - long), (x + rng.uniform(0.02, 0.07), -0.02, z), colour)
    b.box((-0.5, -0.45, 0.88), (-0.1, -0.2, 1.08), (0.72, 0.16, 0.13))
    return b.build()


def shutter(width_m: float, colour: Colour) -> Triangles:
    """A ribbed garage door."""
    b = Builder()
    b.box((-width_m / 2, -0.06, 0.0), (width_m / 2, 0.0, 2.2), colour, RIBS)
    for x in (-width_m / 2 - 0.08, width_m / 2):
        b.box((x, -0.09, 0.0), (x + 0.08, 0.0, 2.28), (0.5, 0.5, 0.5))
    return b.build()


def tyres() -> Triangles:
    """Four tyres in a pile."""
    b = Builder()
    for k in range(4):
        z = 0.1 + 0.2 * k
        for angle in np.linspace(0, 2 * np.pi, 17)[:-1]:
            ends = [(0.24 * np.cos(a), -0.42 + 0.24 * np.sin(a), z) for a in (angle, angle + 0.4)]
            b.tube(ends, 0.095, _BLACK, sides=8)
    return b.build()


def banner(width_m: float, colour: Colour, seed: int) -> Triangles:
    """A banner of coloured fields, 1.1 m to 2.1 m over the floor."""
    rng = np.random.default_rng(seed)
    b = Builder()
    b.box((-width_m / 2, -0.02, 1.1), (width_m / 2, 0.0, 2.1), colour)
    for x in np.arange(-width_m / 2 + 0.1, width_m / 2 - 0.2, 0.28):
        high = rng.uniform(0.3, 0.8)
        b.box((x, -0.03, 1.2), (x + 0.22, 0.0, 1.2 + high), tuple(rng.uniform(0.1, 1.0, 3)))
    return b.build()


def television() -> Triangles:
    """A bright screen on the wall, 1.2 m wide."""
    b = Builder()
    b.box((-0.6, -0.06, 1.45), (0.6, 0.0, 2.12), _BLACK)
    for k, colour in enumerate(((0.25, 0.55, 0.80), (0.35, 0.70, 0.45), (0.80, 0.75, 0.60))):
        b.box((-0.57, -0.065, 1.48 + 0.2 * k), (0.57, -0.05, 1.68 + 0.2 * k), colour, GLOWING)
    return b.build()


def pillar(colour: Colour) -> Triangles:
    """A square pillar from floor to ceiling, close before the wall."""
    b = Builder()
    b.box((-0.2, -0.45, 0.0), (0.2, -0.05, 4.0), colour)
    return b.build()


def panel(width_m: float, high_m: float, colour: Colour, kind: int = PLAIN) -> Triangles:
    """A flat sheet on the wall, from the floor up."""
    b = Builder()
    b.box((-width_m / 2, -0.03, 0.0), (width_m / 2, 0.0, high_m), colour, kind)
    return b.build()
