"""Ten rooms to run in.

A room has axes of its own that are the world's while nothing turns it: the far walls are the one behind the runner
(``back``, y = depth) and the one at the runner's right (``side``, x = −width); the near walls are out of the camera's
reach.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import furniture as f
from .description import Colour
from .shapes import (
    BOARDS,
    BRICK,
    CARPET,
    CONCRETE,
    PLANKS,
    STRIPES,
    TILES,
    WALL,
    Triangles,
)


@dataclass(frozen=True)
class Item:
    """Something before a far wall.

    :param top_m: how high it reaches.
    :param out_m: how far it stands out from the wall.
    """

    make: Callable[[], Triangles]
    wall: str
    at_m: float
    width_m: float
    top_m: float
    out_m: float


@dataclass(frozen=True)
class Room:
    """One room.

    :param width_m: how far the wall at the runner's right is away.
    :param depth_m: how far the wall behind the runner is away.
    :param lower: colour of the walls up to *dado_m*.
    """

    wall: Colour
    lower: Colour
    wall_kind: int
    floor: Colour
    floor_kind: int
    items: tuple[Item, ...] = ()
    dado_m: float = 0.95
    width_m: float = 2.3
    depth_m: float = 2.7
    ceiling_m: float = 4.0
    trim: Colour | None = (0.93, 0.93, 0.91)


ROOMS: tuple[Room, ...] = (
    # 0: a bright room with a window
    Room(
        wall=(0.83, 0.82, 0.79),
        lower=(0.62, 0.67, 0.68),
        wall_kind=WALL,
        floor=(0.56, 0.50, 0.43),
        floor_kind=BOARDS,
        items=(
            Item(partial(f.window, 1.8, 1.2, 2.35), "side", 0.35, 2.0, 2.4, 0.14),
            Item(f.picture, "back", 1.12, 1.0, 2.05, 0.04),
            Item(partial(f.ball, 0.32, 0.95, (0.75, 0.33, 0.28)), "back", -1.75, 0.64, 0.64, 1.27),
            Item(f.weights, "back", -0.45, 1.2, 0.75, 0.42),
        ),
    ),
    # 1: plain and white, with a carpet
    Room(
        wall=(0.88, 0.88, 0.87),
        lower=(0.88, 0.88, 0.87),
        wall_kind=WALL,
        floor=(0.55, 0.55, 0.56),
        floor_kind=CARPET,
        ceiling_m=2.9,
    ),
    # 2: a loft of brick
    Room(
        wall=(0.56, 0.30, 0.23),
        lower=(0.56, 0.30, 0.23),
        wall_kind=BRICK,
        floor=(0.30, 0.22, 0.16),
        floor_kind=BOARDS,
        items=(
            Item(partial(f.window, 1.1, 0.7, 2.7), "side", -0.9, 1.3, 2.8, 0.14),
            Item(partial(f.window, 1.1, 0.7, 2.7), "side", 1.2, 1.3, 2.8, 0.14),
            Item(f.plant, "back", -1.85, 0.7, 1.5, 0.65),
            Item(partial(f.sofa, (0.30, 0.34, 0.33)), "back", 1.5, 1.7, 0.85, 0.85),
        ),
        depth_m=3.4,
        trim=None,
    ),
    # 3: a gym full of things
    Room(
        wall=(0.78, 0.76, 0.70),
        lower=(0.72, 0.24, 0.18),
        wall_kind=WALL,
        floor=(0.16, 0.16, 0.17),
        floor_kind=CARPET,
        items=(
            Item(partial(f.tower, (0.75, 0.72, 0.12)), "back", -1.55, 1.2, 2.1, 0.75),
            Item(f.weights, "back", -0.2, 1.2, 0.75, 0.42),
            Item(partial(f.banner, 1.8, (0.12, 0.20, 0.45), 3), "back", 0.15, 1.8, 2.1, 0.03),
            Item(partial(f.bike, (0.15, 0.45, 0.30)), "back", 1.5, 1.1, 1.2, 0.7),
            Item(partial(f.bag, (0.50, 0.13, 0.12)), "back", 2.7, 0.4, 2.9, 0.8),
            Item(partial(f.tower, (0.20, 0.22, 0.25)), "side", 1.1, 1.2, 2.1, 0.75),
            Item(partial(f.ball, 0.34, 0.4, (0.20, 0.55, 0.75)), "side", -0.1, 0.7, 0.7, 0.74),
            Item(partial(f.bike, (0.70, 0.30, 0.10)), "side", -1.1, 1.1, 1.2, 0.7),
            Item(partial(f.shelf, (0.40, 0.30, 0.22), 2), "side", -2.5, 1.0, 1.9, 0.3),
        ),
        depth_m=3.3,
        width_m=2.8,
    ),
    # 4: a dark basement
    Room(
        wall=(0.27, 0.27, 0.28),
        lower=(0.27, 0.27, 0.28),
        wall_kind=CONCRETE,
        floor=(0.22, 0.21, 0.21),
        floor_kind=CONCRETE,
        items=(
            Item(partial(f.pipes, (0.36, 0.33, 0.30)), "back", 0.4, 2.0, 2.6, 0.6),
            Item(partial(f.boxes, 4), "back", -1.6, 1.2, 1.2, 0.5),
            Item(partial(f.shelf, (0.23, 0.22, 0.22), 8), "side", 1.5, 1.0, 1.9, 0.3),
            Item(partial(f.boxes, 6), "side", -0.6, 1.2, 1.2, 0.5),
        ),
        ceiling_m=2.7,
        trim=None,
    ),
    # 5: a garage
    Room(
        wall=(0.74, 0.74, 0.72),
        lower=(0.60, 0.60, 0.58),
        wall_kind=TILES,
        floor=(0.46, 0.46, 0.45),
        floor_kind=CONCRETE,
        items=(
            Item(partial(f.shutter, 2.5, (0.82, 0.83, 0.80)), "back", 0.3, 2.7, 2.3, 0.1),
            Item(f.tyres, "back", -1.8, 0.7, 0.8, 0.75),
            Item(f.tools, "side", 0.6, 1.8, 1.95, 0.6),
            Item(partial(f.boxes, 12), "side", -1.2, 1.2, 1.2, 0.5),
        ),
        dado_m=1.2,
        ceiling_m=2.8,
        trim=None,
    ),
    # 6: colours that running clothes have
    Room(
        wall=(0.16, 0.27, 0.44),
        lower=(0.13, 0.15, 0.19),
        wall_kind=WALL,
        floor=(0.17, 0.18, 0.20),
        floor_kind=CARPET,
        items=(
            Item(partial(f.curtain, 1.6, (0.12, 0.13, 0.17)), "side", 0.6, 1.8, 2.6, 0.12),
            Item(partial(f.curtain, 1.4, (0.11, 0.30, 0.58)), "back", 0.2, 1.6, 2.6, 0.12),
        ),
        dado_m=1.15,
        ceiling_m=2.9,
        trim=(0.20, 0.22, 0.27),
    ),
    # 7: a living room with striped wallpaper
    Room(
        wall=(0.72, 0.68, 0.55),
        lower=(0.72, 0.68, 0.55),
        wall_kind=STRIPES,
        floor=(0.50, 0.33, 0.20),
        floor_kind=BOARDS,
        items=(
            Item(partial(f.shelf, (0.38, 0.25, 0.16), 1), "back", -1.2, 1.0, 1.9, 0.3),
            Item(partial(f.sofa, (0.28, 0.42, 0.40)), "back", 0.6, 1.7, 0.85, 0.85),
            Item(f.lamp, "back", 1.85, 0.5, 1.8, 0.55),
            Item(partial(f.shelf, (0.38, 0.25, 0.16), 7), "side", 1.2, 1.0, 1.9, 0.3),
            Item(f.plant, "side", 0.2, 0.7, 1.5, 0.65),
            Item(partial(f.door, (0.80, 0.76, 0.68)), "side", -1.0, 1.05, 2.1, 0.1),
        ),
        depth_m=3.0,
        ceiling_m=2.7,
    ),
    # 8: a large sports hall
    Room(
        wall=(0.80, 0.84, 0.86),
        lower=(0.30, 0.46, 0.52),
        wall_kind=WALL,
        floor=(0.60, 0.61, 0.60),
        floor_kind=TILES,
        items=(
            *(Item(partial(f.pillar, (0.70, 0.70, 0.68)), "back", x, 0.4, 4.0, 0.45) for x in (-3.4, 0.9, 3.6)),
            *(Item(partial(f.bike, (0.25, 0.27, 0.30)), "back", x, 1.1, 1.2, 0.7) for x in (-2.3, -0.9, 2.2)),
            *(Item(partial(f.tower, (0.55, 0.56, 0.58)), "side", y, 1.2, 2.1, 0.75) for y in (3.6, 0.2, -3.0)),
            *(Item(f.television, "side", y, 1.2, 2.2, 0.07) for y in (1.8, -1.4)),
            *(Item(f.television, "back", x, 1.2, 2.2, 0.07) for x in (-1.6, 2.2)),
        ),
        width_m=4.6,
        depth_m=5.6,
        ceiling_m=3.6,
    ),
    # 9: wood as warm as skin
    Room(
        wall=(0.74, 0.53, 0.37),
        lower=(0.74, 0.53, 0.37),
        wall_kind=PLANKS,
        floor=(0.64, 0.46, 0.32),
        floor_kind=BOARDS,
        items=(
            Item(partial(f.panel, 1.5, 2.3, (0.80, 0.62, 0.48)), "back", 0.0, 1.5, 2.3, 0.03),
            Item(partial(f.door, (0.55, 0.36, 0.24)), "side", 1.5, 1.05, 2.1, 0.1),
            Item(partial(f.window, 1.2, 1.2, 2.1), "side", -0.4, 1.4, 2.2, 0.14),
        ),
        ceiling_m=2.8,
        trim=(0.50, 0.33, 0.22),
    ),
)
"""What ``Scene.background`` numbers."""
