"""Flat triangles with colours, and what they are put together from: boxes, tubes, balls."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .description import Colour

PLAIN, BOARDS, WALL, BELT, WINDOW, GLOWING, TILES, BRICK, CARPET, CONCRETE, PLANKS, STRIPES, RIBS = range(13)
"""Kinds of surface that the painter draws differently."""

Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Triangles:
    """Flat triangles: three rows each in every array.

    :param kind: one of the kinds above, as a float.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    colours: np.ndarray
    kind: np.ndarray

    def moved(self, turn: np.ndarray, shift_m: np.ndarray, normals_turn: np.ndarray | None = None) -> Triangles:
        """Every point turned (3, 3), then shifted (3,).

        :param normals_turn: what turns the normals, where that is something else: a relief squashed flat that keeps
            them looks like the picture of a solid thing.
        """
        turned = self.normals @ (turn if normals_turn is None else normals_turn).T
        return Triangles(self.vertices_m @ turn.T + shift_m, turned, self.colours, self.kind)


def joined(parts: list[Triangles]) -> Triangles:
    """All of them as one."""
    columns = [[p.vertices_m, p.normals, p.colours, p.kind] for p in parts]
    return Triangles(*(np.concatenate(column) for column in zip(*columns, strict=True)))


class Builder:
    """Collects shapes; axes and units are up to the caller."""

    def __init__(self) -> None:
        self._parts: list[Triangles] = []

    def put(self, part: Triangles) -> None:
        """Triangles that are ready."""
        self._parts.append(part)

    def quad(self, corners: np.ndarray, colour: Colour, kind: int = PLAIN) -> None:
        """A flat rectangle; corners counter-clockwise seen from its front."""
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        normal = normal / np.linalg.norm(normal)
        self._add(corners[[0, 1, 2, 0, 2, 3]], np.tile(normal, (6, 1)), colour, kind)

    def box(self, low: Point, high: Point, colour: Colour, kind: int = PLAIN) -> None:
        """A box along the axes."""
        corners = np.array(low) + _BOX * (np.array(high) - np.array(low))
        self._add(corners, _BOX_NORMALS, colour, kind)

    def tube(self, path: list[Point], radius_m: float, colour: Colour, sides: int = 12) -> None:
        """A round tube through the points of a path, its corners mitred by eye."""
        for start, end in pairwise(path):
            a, b = np.array(start, dtype=float), np.array(end, dtype=float)
            along = (b - a) / np.linalg.norm(b - a) * radius_m * 0.6
            self.cone(a - along, b + along, radius_m, radius_m, colour, sides)

    def cone(self, a: np.ndarray, b: np.ndarray, a_m: float, b_m: float, colour: Colour, sides: int = 12) -> None:
        """A round tube from *a* to *b* that narrows from radius *a_m* to radius *b_m*."""
        along = (b - a) / np.linalg.norm(b - a)
        helper = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0, 0])
        u = np.cross(helper, along)
        u /= np.linalg.norm(u)
        angle = np.linspace(0, 2 * np.pi, sides + 1)[:, None]
        ring = np.cos(angle) * u + np.sin(angle) * np.cross(along, u)
        p, q = ring[:-1], ring[1:]
        points = np.stack([a + a_m * p, a + a_m * q, b + b_m * q, a + a_m * p, b + b_m * q, b + b_m * p], axis=1)
        self._add(points.reshape(-1, 3), np.stack([p, q, q, p, q, p], axis=1).reshape(-1, 3), colour, PLAIN)

    def ball(self, centre: Point, radii_m: float | Point, colour: Colour) -> None:
        """A ball, or with three radii an ellipsoid along the axes."""
        theta, phi = np.meshgrid(np.linspace(0, np.pi, 17), np.linspace(0, 2 * np.pi, 33))
        unit = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1)
        a, b, c, d = unit[:-1, :-1], unit[:-1, 1:], unit[1:, 1:], unit[1:, :-1]
        points = np.stack([a, b, c, a, c, d], axis=2).reshape(-1, 3)
        radii = np.broadcast_to(np.asarray(radii_m, dtype=float), 3)
        normals = points / radii
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        self._add(np.array(centre) + radii * points, normals, colour, PLAIN)

    def _add(self, points: np.ndarray, normals: np.ndarray, colour: Colour, kind: int) -> None:
        colours = np.tile(np.array(colour), (len(points), 1))
        self._parts.append(Triangles(points, normals, colours, np.full(len(points), float(kind))))

    def build(self) -> Triangles:
        """Everything so far."""
        return joined(self._parts)


def _unit_box() -> tuple[np.ndarray, np.ndarray]:
    corners, normals = [], []
    for axis in range(3):
        u, v = np.eye(3)[(axis + 1) % 3], np.eye(3)[(axis + 2) % 3]
        for side in (0.0, 1.0):
            middle = np.eye(3)[axis] * side
            quad = np.array([middle, middle + u, middle + u + v, middle + v])
            # Counter-clockwise from outside.
            corners.append(quad[[0, 1, 2, 0, 2, 3] if side else [0, 2, 1, 0, 3, 2]])
            normals.append(np.tile(np.eye(3)[axis] * (2 * side - 1), (6, 1)))
    return np.concatenate(corners), np.concatenate(normals)


_BOX, _BOX_NORMALS = _unit_box()


def about_z(turn_deg: float) -> np.ndarray:
    """The matrix that turns by that angle about z, from x to y."""
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
