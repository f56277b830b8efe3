"""Puts up a room: walls, and things before them where nothing else must be.

Room axes: those of :mod:`.rooms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import furniture
from .rooms import Room
from .shapes import WALL, Builder, Triangles, about_z

NEAR_X_M, NEAR_Y_M = 4.4, -4.6
"""The near walls; a camera may stand 4 m from the treadmill."""


@dataclass(frozen=True)
class Place:
    """A stretch of a far wall.

    :param wall: "back" or "side".
    :param at_m: its middle, along the wall.
    :param bottom_m: where it begins, over the floor.
    """

    wall: str
    at_m: float
    width_m: float
    bottom_m: float = 0.0


def shell(room: Room, hole: Place | None = None, hole_top_m: float = 0.0) -> Triangles:
    """Floor, walls and ceiling, seen from within.

    :param hole: left out of the far wall: there the mirror is.
    """
    b = Builder()
    x0, x1, y0, y1, top = -room.width_m, NEAR_X_M, NEAR_Y_M, room.depth_m, room.ceiling_m
    b.quad(np.array([(x0, y0, 0.0), (x1, y0, 0.0), (x1, y1, 0.0), (x0, y1, 0.0)]), room.floor, room.floor_kind)
    b.quad(np.array([(x0, y0, top), (x0, y1, top), (x1, y1, top), (x1, y0, top)]), (0.90, 0.90, 0.88), WALL)
    for z0, z1, colour in ((0.0, room.dado_m, room.lower), (room.dado_m, top, room.wall)):
        for name, u0, u1 in (("back", x0, x1), ("side", y0, y1)):
            gap = (hole.at_m, hole.width_m, hole.bottom_m, hole_top_m) if hole and hole.wall == name else None
            for a0, a1, c0, c1 in _around(u0, u1, z0, z1, gap):
                sheet = Builder()
                sheet.quad(
                    np.array([(a0, 0.0, c0), (a1, 0.0, c0), (a1, 0.0, c1), (a0, 0.0, c1)]), colour, room.wall_kind
                )
                b.put(before(room, name, 0.0, sheet.build()))
        b.quad(np.array([(x1, y1, z0), (x1, y0, z0), (x1, y0, z1), (x1, y1, z1)]), colour, room.wall_kind)
        b.quad(np.array([(x1, y0, z0), (x0, y0, z0), (x0, y0, z1), (x1, y0, z1)]), colour, room.wall_kind)
    if room.trim:
        bands = ((0.0, 0.11, 0.02), (room.dado_m - 0.02, room.dado_m + 0.015, 0.014))
        for z0, z1, out in bands if room.lower != room.wall else bands[:1]:
            for name, u0, u1 in (("back", x0, x1), ("side", y0, y1)):
                gap = (hole.at_m, hole.width_m, hole.bottom_m, hole_top_m) if hole and hole.wall == name else None
                for a0, a1, c0, c1 in _around(u0, u1, z0, z1, gap):
                    strip = Builder()
                    strip.box((a0, -out, c0), (a1, 0.0, c1), room.trim)
                    b.put(before(room, name, 0.0, strip.build()))
    return b.build()


def things(room: Room, kept_free: Sequence[Place], aside_m: float, behind_m: float) -> list[Triangles]:
    """The furniture that is in nobody's way.

    :param kept_free: stretches of wall that nothing may cover.
    :param aside_m: how much room people want at the runner's right, from the treadmill's middle.
    :param behind_m: how much they want behind the runner.
    """
    parts = []
    for item in room.items:
        covers = any(
            place.wall == item.wall
            and item.top_m > place.bottom_m
            and abs(item.at_m - place.at_m) < 0.5 * (item.width_m + place.width_m)
            for place in kept_free
        )
        left_m = room.depth_m - behind_m if item.wall == "back" else room.width_m - aside_m
        if not covers and item.out_m <= left_m:
            parts.append(before(room, item.wall, item.at_m, item.make()))
    return parts


def before(room: Room, wall: str, at_m: float, part: Triangles) -> Triangles:
    """A part (axes as in :mod:`.furniture`) put before a far wall of the room."""
    if wall == "back":
        return part.moved(np.eye(3), np.array([at_m, room.depth_m, 0.0]))
    return part.moved(about_z(90.0), np.array([-room.width_m, at_m, 0.0]))


def glass_front(room: Room, free: Sequence[Place]) -> tuple[list[Triangles], list[Place]]:
    """A row of large windows along both far walls, but for stretches that are taken; and the places that they take."""
    width_m, low_m, high_m = 2.3, 1.02, 2.55
    places = [Place("back", -room.width_m + 1.35 + 2.6 * k, width_m + 0.2, low_m) for k in range(2)]
    places += [Place("side", room.depth_m - 1.35 - 2.6 * k, width_m + 0.2, low_m) for k in range(2)]
    places = [
        p
        for p in places
        if not any(p.wall == q.wall and abs(p.at_m - q.at_m) < 0.5 * (p.width_m + q.width_m) for q in free)
    ]
    return [before(room, p.wall, p.at_m, furniture.window(width_m, low_m, high_m)) for p in places], places


def seen_at(room: Room, camera_xy_m: np.ndarray, angle_deg: float) -> tuple[str, float, float]:
    """The far wall that one sees in a direction, where along it, and how far from the walls' corner that is.

    :param camera_xy_m: (2,) in the room's axes.
    :param angle_deg: of the direction: 0 along y, growing towards −x.
    """
    step = np.array([-np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])
    to_back = (room.depth_m - camera_xy_m[1]) / step[1] if step[1] > 1e-6 else np.inf
    to_side = (-room.width_m - camera_xy_m[0]) / step[0] if step[0] < -1e-6 else np.inf
    if to_back < to_side:
        at_m = camera_xy_m[0] + to_back * step[0]
        return "back", at_m, at_m + room.width_m
    at_m = camera_xy_m[1] + to_side * step[1]
    return "side", at_m, room.depth_m - at_m


def _around(
    u0: float, u1: float, z0: float, z1: float, gap: tuple[float, float, float, float] | None
) -> list[tuple[float, float, float, float]]:
    """A rectangle (left, right, bottom, top) without a gap (middle, width, bottom, top), as up to four rectangles."""
    if gap is None or gap[2] >= z1 or gap[3] <= z0:
        return [(u0, u1, z0, z1)]
    left, right = gap[0] - gap[1] / 2, gap[0] + gap[1] / 2
    low, high = max(gap[2], z0), min(gap[3], z1)
    pieces = [(u0, left, z0, z1), (right, u1, z0, z1), (left, right, z0, low), (left, right, high, z1)]
    return [p for p in pieces if p[1] - p[0] > 1e-9 and p[3] - p[2] > 1e-9]
