"""Arms and legs: two bones between a root joint and an end joint, on both sides at once.

Arrays hold N moments and the two sides, left first: (N, 2, …).
"""

from __future__ import annotations

import numpy as np

from .skeleton import Body, cross, limb_frame, unit

SIDES = (".L", ".R")
SIGN = np.array([1.0, -1.0])
"""Towards x is outwards on the left, inwards on the right."""

LEFT = np.array([1.0, 0.0, 0.0])
_STRAIGHT = 0.997
_REACHING = 0.95
"""How straight an arm is that reaches for something too far away."""


class Limb:
    """The arms or the legs of a body: bones from root to middle, from middle to end.

    :param root, middle, end: names of the bones without their sides.
    :param hinge: the axis that the middle joint turns about at rest, (2, 3); None: square to the bent limb.
    """

    def __init__(self, body: Body, root: str, middle: str, end: str, hinge: np.ndarray | None = None) -> None:
        joints = [np.stack([body.head_m(name + side) for side in SIDES]) for name in (root, middle, end)]
        self.upper = np.array([body.bones.index(root + side) for side in SIDES])
        self.lower = np.array([body.bones.index(middle + side) for side in SIDES])
        upper, lower = joints[1] - joints[0], joints[2] - joints[1]
        self.upper_m = float(np.linalg.norm(upper, axis=1).mean())
        self.lower_m = float(np.linalg.norm(lower, axis=1).mean())
        hinge = cross(lower, upper) if hinge is None else limb_frame(joints[2] - joints[0], hinge)[..., 1]
        self._upper_rest = np.swapaxes(limb_frame(upper, hinge), -1, -2)
        self._lower_rest = np.swapaxes(limb_frame(lower, hinge), -1, -2)

    @property
    def longest_m(self) -> float:
        """From root to end when all but straight."""
        return _STRAIGHT * (self.upper_m + self.lower_m)

    def within_reach(self, root_m: np.ndarray, end_m: np.ndarray) -> np.ndarray:
        """*end_m*, or the place on the way there where the limb would still be a little bent."""
        way = end_m - root_m
        far = np.sqrt((way * way).sum(axis=-1, keepdims=True))
        return root_m + way * np.minimum(_REACHING * (self.upper_m + self.lower_m) / np.maximum(far, 1e-9), 1.0)

    def bent(self, root_m: np.ndarray, end_m: np.ndarray, towards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Directions of both bones that bring the end to *end_m*, or as near as the limb is long.

        :param towards: the side that the middle joint goes to.
        """
        a, b = self.upper_m, self.lower_m
        along = end_m - root_m
        reach = np.sqrt((along * along).sum(axis=-1, keepdims=True))
        along = along / np.maximum(reach, 1e-9)
        reach = np.clip(reach, 1.02 * abs(a - b) + 0.02, self.longest_m)
        out = unit(towards - (towards * along).sum(axis=-1, keepdims=True) * along)
        cosine = np.clip((a * a + reach * reach - b * b) / (2 * a * reach), -1.0, 1.0)
        upper = cosine * along + np.sqrt(1.0 - cosine * cosine) * out
        return upper, (reach * along - a * upper) / b

    def turns(self, upper: np.ndarray, lower: np.ndarray, hinge: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """World rotations of both bones, from their directions and the middle joint's axis."""
        return limb_frame(upper, hinge) @ self._upper_rest, limb_frame(lower, hinge) @ self._lower_rest


def hanging_arm(flexion_deg: np.ndarray, out_deg: np.ndarray, in_deg: np.ndarray, elbow_deg: np.ndarray) -> np.ndarray:
    """Directions of upper arm and forearm in the thorax' frame, stacked: (2, N, 2, 3).

    :param flexion_deg: the upper arm's swing, forward positive.
    :param out_deg: how far it stands off the trunk.
    :param in_deg: how far the forearm points to the middle.
    :param elbow_deg: how far the elbow is bent.
    """
    f, o, i, e = np.radians(np.stack([flexion_deg, out_deg, in_deg, elbow_deg]))
    upper = np.stack([SIGN * np.sin(o), -np.sin(f) * np.cos(o), -np.cos(f) * np.cos(o)], axis=-1)
    inward = SIGN * np.sin(i)
    frame = limb_frame(upper, np.stack([np.cos(i), -inward * np.cos(f), inward * np.sin(f)], axis=-1))
    lower = np.cos(e)[..., None] * frame[..., 0] + np.sin(e)[..., None] * frame[..., 2]
    return np.stack([upper, lower])
