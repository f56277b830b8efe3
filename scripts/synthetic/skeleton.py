"""Turning bones and carrying the skin along (linear blend skinning), in plain NumPy.

A pose is a *world* rotation for each bone that is turned; a bone that is not mentioned goes along with its parent.  No
bone's own rest frame is ever needed: R turns the body's rest geometry about the bone's head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Transforms = tuple[np.ndarray, np.ndarray]
"""World rotations (B, 3, 3) and translations (B, 3) of the bones: rest point p goes to R p + t.  Where several moments
are meant, they come first: (N, B, 3, 3) and (N, B, 3)."""


@dataclass(frozen=True, eq=False)
class Body:
    """A body at rest, facing −y.

    A COCO key point is a weighted mean of skinned vertices.  Skinning and means are both linear, so what each bone
    holds of each key point is summed up beforehand, over more vertices than the mesh may have left.

    :param vertices_m: (V, 3).
    :param normals: (V, 3) unit vectors.
    :param triangles: (F, 3) indices, counter-clockwise seen from outside.
    :param bones: names, parents before children.
    :param parents: index of each bone's parent, −1 for the root.
    :param heads_m: (B, 3), the joint that each bone turns about.
    :param weights: (V, B), how much each bone carries each vertex; rows sum to 1.
    :param coco_held_m: (17, B, 3): for each key point and bone, the weighted sum of the rest vertices between them.
    :param coco_share: (17, B): how much each bone holds of each key point; rows sum to 1.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    heads_m: np.ndarray
    weights: np.ndarray
    coco_held_m: np.ndarray
    coco_share: np.ndarray

    @property
    def coco_m(self) -> np.ndarray:
        """(17, 3): the key points at rest."""
        at_rest: np.ndarray = self.coco_held_m.sum(axis=1)
        return at_rest

    def head_m(self, bone: str) -> np.ndarray:
        """Rest position of a bone's joint."""
        at_rest: np.ndarray = self.heads_m[self.bones.index(bone)]
        return at_rest


@dataclass(frozen=True)
class BonePose:
    """World rotations by bone name, and where the point ``anchor_m`` of the root's rest geometry goes."""

    rotations: Mapping[str, np.ndarray]
    anchor_m: np.ndarray
    anchor_to_m: np.ndarray


def bone_transforms(body: Body, pose: BonePose) -> Transforms:
    """The transforms of all bones in one pose."""
    rotations = np.empty((len(body.bones), 3, 3))
    translations = np.empty((len(body.bones), 3))
    for i, (bone, parent) in enumerate(zip(body.bones, body.parents, strict=True)):
        if parent < 0:
            rotations[i] = pose.rotations.get(bone, np.eye(3))
            translations[i] = pose.anchor_to_m - rotations[i] @ pose.anchor_m
            continue
        rotations[i] = pose.rotations.get(bone, rotations[parent])
        head = body.heads_m[i]
        translations[i] = rotations[parent] @ head + translations[parent] - rotations[i] @ head
    return rotations, translations


def skin(
    weights: np.ndarray,
    points_m: np.ndarray,
    normals: np.ndarray,
    transforms: Transforms,
) -> tuple[np.ndarray, np.ndarray]:
    """Carry rest points and normals (V, 3) along with the bones that hold them; normals stay unit vectors."""
    rotations, translations = transforms
    turn = (weights @ rotations.reshape(-1, 9).astype(weights.dtype)).reshape(-1, 3, 3)
    both = turn @ np.stack([points_m, normals], axis=2)
    posed = both[:, :, 0] + weights @ translations.astype(weights.dtype)
    length = np.linalg.norm(both[:, :, 1], axis=1, keepdims=True)
    return posed, both[:, :, 1] / np.maximum(length, 1e-9)


def coco_points(body: Body, transforms: Transforms) -> np.ndarray:
    """The 17 key points of the posed mesh, (17, 3) or (N, 17, 3): the regressor's means of its skinned vertices."""
    rotations, translations = transforms
    bones = len(body.bones)
    # Row i of every rotation meets what the bones hold of a key point: one product of matrices.
    turned = np.moveaxis(rotations, -3, -2).reshape(*rotations.shape[:-3], 3, 3 * bones)
    return np.swapaxes(turned @ body.coco_held_m.reshape(17, 3 * bones).T, -1, -2) + body.coco_share @ translations


def vertex_normals(vertices_m: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Unit normals (V, 3), each the area-weighted mean of the triangles round a vertex."""
    a, b, c = (vertices_m[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices_m)
    for k in range(3):
        np.add.at(normals, triangles[:, k], face)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.maximum(length, 1e-12)


Neighbours = tuple[np.ndarray, np.ndarray, np.ndarray]


def neighbours(triangles: np.ndarray, vertices: int) -> Neighbours:
    """The mesh's edges, both ways (start, end), and each vertex's number of neighbours."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    return edges[:, 0], edges[:, 1], np.bincount(edges[:, 0], minlength=vertices)


def smoothed(mesh: Neighbours, values: np.ndarray, times: int) -> np.ndarray:
    """Draw every vertex' values (V, n) half way to the mean of its neighbours', several times."""
    start, end, count = mesh
    for _ in range(times):
        sums = [np.bincount(start, values[end, k], minlength=len(values)) for k in range(values.shape[1])]
        mean = np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]
        values = 0.5 * values + 0.5 * mean
    return values


def about_x(angle_deg: float | np.ndarray) -> np.ndarray:
    """Rotation about x: positive leans forward, points toes down, swings a hanging limb back.

    As the other two: one angle gives (3, 3), angles of any shape give that shape with (3, 3) behind it.
    """
    return _about(angle_deg, 1, 2)


def about_y(angle_deg: float | np.ndarray) -> np.ndarray:
    """Rotation about y (which points backwards): positive tips the body over to its left."""
    return _about(angle_deg, 2, 0)


def about_z(angle_deg: float | np.ndarray) -> np.ndarray:
    """Rotation about z: positive turns to the runner's left."""
    return _about(angle_deg, 0, 1)


def _about(angle_deg: float | np.ndarray, i: int, j: int) -> np.ndarray:
    """Rotation that takes axis i towards axis j."""
    angle = np.radians(angle_deg)
    turn = np.zeros((*np.shape(angle), 3, 3))
    turn[..., 3 - i - j, 3 - i - j] = 1.0
    turn[..., i, i] = turn[..., j, j] = np.cos(angle)
    turn[..., j, i] = sine = np.sin(angle)
    turn[..., i, j] = -sine
    return turn


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) made one long; what has no length stays so."""
    return vectors / np.maximum(np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True)), 1e-12)


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross product of vectors (..., 3); NumPy's own is many times slower on a few."""
    return a[..., _NEXT] * b[..., _LAST] - a[..., _LAST] * b[..., _NEXT]


_NEXT, _LAST = np.array([1, 2, 0]), np.array([2, 0, 1])


def limb_frame(along: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """Columns: a limb's direction, its hinge axis made square to it, and the third; rotation matrices (..., 3, 3)."""
    d = unit(along)
    h = unit(hinge - (hinge * d).sum(axis=-1, keepdims=True) * d)
    return np.stack([d, h, cross(d, h)], axis=-1)
