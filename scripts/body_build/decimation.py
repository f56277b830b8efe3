"""Fewer triangles from a subset of the vertices: edges are drawn together, the cheapest first.

Garland and Heckbert, "Surface simplification using quadric error metrics" (SIGGRAPH 1997), with two changes: a vertex
is drawn into its neighbour and never to a new place, so that weights and shapes stay those of the vertices left, and
the error is the sum over several shapes.  The body is its own mirror image: the left half is worked on, then mirrored.
"""

from __future__ import annotations

import heapq

import numpy as np

_EVEN = 0.004
"""Cost of an edge's squared length against that of squared distance: keeps the triangles even (chosen by us)."""

_LONGEST_M = 0.04
"""No edge is drawn together over so much (chosen by us)."""

_MIDLINE_M = 1e-5


def decimate(shapes_m: np.ndarray, triangles: np.ndarray, importance: np.ndarray, left_over: int) -> np.ndarray:
    """The triangles, about *left_over* of them, that remain between a subset of the vertices.

    :param shapes_m: (S, V, 3) places of the vertices in some shapes; the first is symmetric about x = 0.
    :param triangles: (F, 3) of a closed surface, symmetric too, with no triangle across x = 0.
    :param importance: (V,) factor on the error at each vertex.
    """
    half = _Half(shapes_m, triangles, importance)
    half.draw_together(left_over // 2)
    left = half.remaining()
    mirror = mirrored(shapes_m[0])
    return np.concatenate([left, mirror[left][:, ::-1]])


def mirrored(vertices_m: np.ndarray) -> np.ndarray:
    """Index of each vertex' mirror image about x = 0."""
    flipped = vertices_m * [-1.0, 1.0, 1.0]
    nearest = [np.abs(vertices_m - point).sum(axis=1).argmin() for point in flipped]
    return np.array(nearest)


class _Half:
    """The half of the surface at x ≥ 0."""

    def __init__(self, shapes_m: np.ndarray, triangles: np.ndarray, importance: np.ndarray) -> None:
        self._x = np.ascontiguousarray(shapes_m.transpose(1, 0, 2))
        self._importance = importance
        self._middle = np.abs(shapes_m[0, :, 0]) < _MIDLINE_M
        left = triangles[shapes_m[0, triangles, 0].mean(axis=1) > 0]
        self._faces: dict[int, tuple[int, int, int]] = {k: (int(a), int(b), int(c)) for k, (a, b, c) in enumerate(left)}
        self._around: dict[int, set[int]] = {}
        for k, face in self._faces.items():
            for vertex in face:
                self._around.setdefault(vertex, set()).add(k)
        self._quadrics, self._areas = self._initial(left)
        self._changed = dict.fromkeys(self._around, 0)
        self._heap: list[tuple[float, int, int, int, int]] = []
        for vertex in self._around:
            self._offer(vertex)

    def draw_together(self, left_over: int) -> None:
        """Collapse the cheapest edges until so many triangles are left."""
        while len(self._faces) > left_over and self._heap:
            _, a, b, a_changed, b_changed = heapq.heappop(self._heap)
            current = self._changed.get(a) == a_changed and self._changed.get(b) == b_changed
            if current and self._allowed(a, b):
                self._collapse(a, b)

    def remaining(self) -> np.ndarray:
        """The triangles that are left, (F, 3)."""
        return np.array(list(self._faces.values()))

    def _initial(self, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each vertex' quadrics, one a shape (V, S, 4, 4), and the area round it (V,)."""
        count, shapes = self._x.shape[:2]
        a, b, c = (self._x[left[:, k]] for k in range(3))
        cross = np.cross(b - a, c - a)
        twice = np.linalg.norm(cross, axis=2, keepdims=True)
        plane = np.concatenate([cross, -(cross * a).sum(axis=2, keepdims=True)], axis=2) / np.maximum(twice, 1e-12)
        quadric = 0.5 * twice[..., None] * plane[..., :, None] * plane[..., None, :]
        quadrics = np.zeros((count, shapes, 4, 4))
        areas = np.zeros(count)
        for k in range(3):
            np.add.at(quadrics, left[:, k], quadric)
            np.add.at(areas, left[:, k], 0.5 * twice[:, 0, 0])
        # Along the midline the outline counts, which the planes beside it say nothing of.
        for k in range(3):
            edge = left[:, [k, (k + 1) % 3]]
            for i, j in edge[self._middle[edge].all(axis=1)]:
                along = self._x[j] - self._x[i]
                wall = np.stack([np.zeros(shapes), -along[:, 2], along[:, 1]], axis=1)
                size = np.maximum(np.linalg.norm(wall, axis=1, keepdims=True), 1e-9)
                wall /= size
                p = np.concatenate([wall, -(wall * self._x[i]).sum(axis=1, keepdims=True)], axis=1)
                for vertex in (i, j):
                    quadrics[vertex] += (size**2)[..., None] * p[:, :, None] * p[:, None, :]
        return quadrics, areas

    def _neighbours(self, vertex: int) -> set[int]:
        found = {other for k in self._around[vertex] for other in self._faces[k]}
        found.discard(vertex)
        return found

    def _offer(self, a: int) -> None:
        """Put the ways of drawing a vertex into a neighbour on the heap."""
        others = [b for b in self._neighbours(a) if self._middle[b] or not self._middle[a]]
        if not others:
            return
        at = np.concatenate([self._x[others], np.ones((len(others), self._x.shape[1], 1))], axis=2)
        error = np.einsum("nsi,sij,nsj->n", at, self._quadrics[a], at)
        error += np.einsum("nsi,nsij,nsj->n", at, self._quadrics[others], at)
        length2 = ((self._x[others] - self._x[a]) ** 2).sum(axis=2)
        error += _EVEN * self._areas[a] * length2.sum(axis=1)
        error *= self._importance[a]
        for b, cost, far2 in zip(others, error, length2.max(axis=1), strict=True):
            if far2 < _LONGEST_M**2:
                heapq.heappush(self._heap, (float(cost), a, b, self._changed[a], self._changed[b]))

    def _allowed(self, a: int, b: int) -> bool:
        """Whether the surface stays a surface, and no triangle turns over or becomes a splinter."""
        shared = self._around[a] & self._around[b]
        if len(shared) != (1 if self._middle[a] and self._middle[b] else 2):
            return False
        if len(self._neighbours(a) & self._neighbours(b)) != len(shared):
            return False
        moved = [self._faces[k] for k in self._around[a] - shared]
        if not moved:
            return False
        before = self._x[moved]
        after = self._x[[tuple(b if v == a else v for v in face) for face in moved]]
        old, new = (np.cross(t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]) for t in (before, after))
        old_size, new_size = np.linalg.norm(old, axis=2), np.linalg.norm(new, axis=2)
        if ((old * new).sum(axis=2) < 0.35 * old_size * new_size).any():
            return False
        roundness = [
            2.0 * np.sqrt(3.0) * size / np.maximum(((t - np.roll(t, 1, axis=1)) ** 2).sum(axis=(1, 3)), 1e-18)
            for t, size in ((before, old_size), (after, new_size))
        ]
        return bool((roundness[1] > np.minimum(0.25, 0.9 * roundness[0])).all())

    def _collapse(self, a: int, b: int) -> None:
        for k in list(self._around[a]):
            face = self._faces[k]
            if b in face:
                for vertex in face:
                    self._around[vertex].discard(k)
                del self._faces[k]
            else:
                self._faces[k] = tuple(b if v == a else v for v in face)  # type: ignore[assignment]
                self._around[b].add(k)
        del self._around[a], self._changed[a]
        self._quadrics[b] += self._quadrics[a]
        self._areas[b] += self._areas[a]
        self._importance[b] = max(self._importance[a], self._importance[b])
        self._changed[b] += 1
        for vertex in {b} | self._neighbours(b):
            self._offer(vertex)
