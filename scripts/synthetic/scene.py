"""The room and the treadmill, as triangles with colours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .skeleton import Body

BELT_M = 0.16
"""Height of the belt over the floor."""

BELT_SPEED_MPS = 2.75
"""How fast the belt's marks go back; about what the runners' feet do."""

PLAIN, FLOOR, WALL, BELT, WINDOW, SCREEN = range(6)
"""Kinds of surface that the painter draws differently."""

WALL_X_M, WALL_Y_M = -2.3, 2.7
"""The wall at the runner's right and the one behind."""


@dataclass(frozen=True)
class Triangles:
    """Flat triangles: three rows each in every array.

    :param kind: one of the kinds above, as a float.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    colours: np.ndarray
    kind: np.ndarray


class Builder:
    """Collects boxes and tubes."""

    def __init__(self) -> None:
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def quad(self, corners: np.ndarray, colour: tuple[float, float, float], kind: int = PLAIN) -> None:
        """A flat rectangle; corners counter-clockwise seen from its front."""
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        normal = normal / np.linalg.norm(normal)
        points = corners[[0, 1, 2, 0, 2, 3]]
        self._add(points, np.tile(normal, (6, 1)), colour, kind)

    def box(
        self,
        low: tuple[float, float, float],
        high: tuple[float, float, float],
        colour: tuple[float, float, float],
        kind: int = PLAIN,
    ) -> None:
        """A box along the axes."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        for corners in (
            [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
            [(x0, y0, z0), (x0, y1, z0), (x1, y1, z0), (x1, y0, z0)],
            [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
            [(x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)],
            [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
            [(x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)],
        ):
            self.quad(np.array(corners), colour, kind)

    def tube(
        self,
        path: list[tuple[float, float, float]],
        radius_m: float,
        colour: tuple[float, float, float],
        sides: int = 12,
    ) -> None:
        """A round tube through the points of a path, its corners mitred by eye."""
        for start, end in pairwise(path):
            a, b = np.array(start), np.array(end)
            along = (b - a) / np.linalg.norm(b - a)
            helper = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0, 0])
            u = np.cross(helper, along)
            u /= np.linalg.norm(u)
            w = np.cross(along, u)
            angle = np.linspace(0, 2 * np.pi, sides + 1)
            ring = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * w
            a, b = a - along * radius_m * 0.6, b + along * radius_m * 0.6
            for p, q in pairwise(ring):
                points = np.array([a + radius_m * p, a + radius_m * q, b + radius_m * q])
                points = np.concatenate([points, [points[0], points[2], b + radius_m * p]])
                self._add(points, np.array([p, q, q, p, q, p]), colour, PLAIN)

    def ball(self, centre: tuple[float, float, float], radius_m: float, colour: tuple[float, float, float]) -> None:
        """A ball."""
        theta, phi = np.meshgrid(np.linspace(0, np.pi, 17), np.linspace(0, 2 * np.pi, 33))
        unit = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1)
        a, b, c, d = unit[:-1, :-1], unit[:-1, 1:], unit[1:, 1:], unit[1:, :-1]
        normals = np.stack([a, b, c, a, c, d], axis=2).reshape(-1, 3)
        self._add(np.array(centre) + radius_m * normals, normals, colour, PLAIN)

    def _add(
        self,
        points: np.ndarray,
        normals: np.ndarray,
        colour: tuple[float, float, float],
        kind: int,
    ) -> None:
        colours = np.tile(np.array(colour), (len(points), 1))
        self._parts.append((points, normals, colours, np.full(len(points), float(kind))))

    def build(self) -> Triangles:
        """Everything so far."""
        columns = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        return Triangles(*columns)


_FAR_M = 6.0
"""How far floor and walls go on, out of the picture."""


def floor() -> Triangles:
    """The floor's boards."""
    b = Builder()
    x0, y1, far = WALL_X_M, WALL_Y_M, _FAR_M
    b.quad(
        np.array([(x0, -far, 0), (far, -far, 0), (far, y1, 0), (x0, y1, 0)], dtype=float),
        (0.56, 0.50, 0.43),
        FLOOR,
    )
    return b.build()


def room() -> Triangles:
    """Two walls with skirting, a window, and a few things that stand about."""
    b = Builder()
    x0, y1, far = WALL_X_M, WALL_Y_M, _FAR_M
    wall, lower = (0.83, 0.82, 0.79), (0.62, 0.67, 0.68)
    for z0, z1, colour in ((0.0, 0.95, lower), (0.95, 4.0, wall)):
        b.quad(np.array([(x0, -far, z0), (x0, y1, z0), (x0, y1, z1), (x0, -far, z1)]), colour, WALL)
        b.quad(np.array([(x0, y1, z0), (far, y1, z0), (far, y1, z1), (x0, y1, z1)]), colour, WALL)
    white = (0.93, 0.93, 0.91)
    for z0, z1, out in ((0.0, 0.11, 0.02), (0.93, 0.965, 0.014)):
        b.box((x0, -far, z0), (x0 + out, y1, z1), white)
        b.box((x0, y1 - out, z0), (far, y1, z1), white)
    _window(b, x0, -0.55, 1.25, 1.2, 2.35)
    _picture(b, 0.62, 1.62, 1.35, 2.05, y1)
    # A gym ball, a rack with dumb-bells and a plant give the room its size.
    b.ball((-1.75, 1.75, 0.32), 0.32, (0.75, 0.33, 0.28))
    _rack(b, y1)
    return b.build()


def _window(b: Builder, x: float, y0: float, y1: float, z0: float, z1: float) -> None:
    frame = (0.95, 0.95, 0.94)
    b.quad(
        np.array([(x + 0.005, y0, z0), (x + 0.005, y1, z0), (x + 0.005, y1, z1), (x + 0.005, y0, z1)]),
        (1.0, 1.0, 1.0),
        WINDOW,
    )
    for low, high in (
        ((x, y0 - 0.06, z0 - 0.06), (x + 0.05, y1 + 0.06, z0)),
        ((x, y0 - 0.06, z1), (x + 0.05, y1 + 0.06, z1 + 0.06)),
        ((x, y0 - 0.06, z0), (x + 0.05, y0, z1)),
        ((x, y1, z0), (x + 0.05, y1 + 0.06, z1)),
        ((x, (y0 + y1) / 2 - 0.025, z0), (x + 0.04, (y0 + y1) / 2 + 0.025, z1)),
        ((x, y0 - 0.1, z0 - 0.1), (x + 0.14, y1 + 0.1, z0 - 0.06)),
    ):
        b.box(low, high, frame)


def _picture(b: Builder, x0: float, x1: float, z0: float, z1: float, y: float) -> None:
    b.box((x0, y - 0.03, z0), (x1, y, z1), (0.25, 0.22, 0.20))
    b.box((x0 + 0.04, y - 0.035, z0 + 0.04), (x1 - 0.04, y - 0.01, z1 - 0.04), (0.90, 0.88, 0.82))
    third = (x1 - x0 - 0.2) / 3
    for k, (height, colour) in enumerate(
        ((0.30, (0.35, 0.53, 0.58)), (0.42, (0.83, 0.60, 0.31)), (0.22, (0.66, 0.34, 0.30)))
    ):
        left = x0 + 0.1 + k * third
        b.box((left, y - 0.04, z0 + 0.1), (left + third - 0.03, y - 0.02, z0 + 0.1 + height), colour)


def _rack(b: Builder, y: float) -> None:
    steel, iron = (0.35, 0.37, 0.39), (0.17, 0.17, 0.18)
    for z in (0.22, 0.55):
        b.box((-1.05, y - 0.42, z), (0.15, y - 0.12, z + 0.035), steel)
        for k in range(5):
            x = -0.93 + 0.24 * k
            b.tube([(x, y - 0.38, z + 0.095), (x, y - 0.31, z + 0.095)], 0.058, iron)
            b.tube([(x, y - 0.23, z + 0.095), (x, y - 0.16, z + 0.095)], 0.058, iron)
            b.tube([(x, y - 0.38, z + 0.095), (x, y - 0.16, z + 0.095)], 0.016, (0.6, 0.6, 0.62))
    for x in (-1.05, 0.11):
        b.box((x, y - 0.42, 0.0), (x + 0.04, y - 0.12, 0.60), steel)


def treadmill() -> Triangles:
    """Deck, belt, side rails, uprights and a low console that leaves the runner's trunk in sight from the front."""
    b = Builder()
    dark, grey, light = (0.13, 0.14, 0.15), (0.30, 0.32, 0.34), (0.62, 0.64, 0.66)
    b.box((-0.27, -0.80, 0.045), (0.27, 0.80, BELT_M - 0.004), dark)
    b.quad(
        np.array([(-0.25, -0.78, BELT_M), (0.25, -0.78, BELT_M), (0.25, 0.79, BELT_M), (-0.25, 0.79, BELT_M)]),
        (0.155, 0.16, 0.17),
        BELT,
    )
    for x in (-0.36, 0.25):
        b.box((x, -0.92, 0.05), (x + 0.11, 0.84, BELT_M + 0.018), grey)
        b.box((x + 0.02, -0.70, BELT_M + 0.018), (x + 0.09, 0.72, BELT_M + 0.024), light)
    b.box((-0.37, -1.06, 0.04), (0.37, -0.78, BELT_M + 0.075), dark)
    b.box((-0.22, -1.04, BELT_M + 0.075), (0.22, -0.82, BELT_M + 0.085), (0.78, 0.36, 0.13))
    b.box((-0.36, 0.80, 0.03), (0.36, 0.86, BELT_M + 0.012), dark)
    for x in (-0.345, 0.345):
        b.tube([(x, -0.94, 0.10), (x, -0.86, 0.86)], 0.030, light)
        b.tube([(x, -0.86, 0.86), (x, -0.66, 0.88)], 0.021, dark)
    b.tube([(-0.345, -0.86, 0.84), (0.345, -0.86, 0.84)], 0.026, light)
    b.box((-0.19, -0.93, 0.80), (0.19, -0.87, 0.93), dark)
    b.box((-0.165, -0.872, 0.82), (0.165, -0.866, 0.915), (0.20, 0.55, 0.62), SCREEN)
    return b.build()


def pony_tail(
    body: Body,
    transforms: tuple[np.ndarray, np.ndarray],
    phase: float,
    length_m: float,
    colour: tuple[float, float, float],
) -> Triangles:
    """A pony tail that hangs from the back of the head and swings with the strides."""
    turn, shift = transforms
    head = body.bones.index("head")
    ears = (body.coco[3:5] @ body.vertices_m).mean(axis=0)
    root = turn[head] @ (ears + np.array([0.0, 0.105, 0.045])) + shift[head]
    sway = 0.45 * np.sin(2 * np.pi * phase)
    lift = 0.35 + 0.30 * np.cos(4 * np.pi * (phase - 0.05))
    b = Builder()
    place, direction = root - np.array([0.0, 0.03, -0.01]), np.array([0.0, 1.0, 0.15])
    rings = 6
    for k in range(rings):
        share = (k + 1) / rings
        pull = np.array([sway * share, lift, -1.1])
        direction = direction + 0.55 * pull
        direction /= np.linalg.norm(direction)
        end = place + direction * length_m / rings
        radius_m = 0.030 * (1.0 - 0.75 * abs(share - 0.45) ** 1.3)
        b.tube([tuple(place), tuple(end)], radius_m, colour, sides=10)
        place = end
    return b.build()
