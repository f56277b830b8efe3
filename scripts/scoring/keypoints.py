"""Key points as the model finds them beside where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from device.poses.log import KeypointLog
from device.records import (
    KEYPOINTS,
    L_ANKLE,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    R_ANKLE,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
)

from .errors import ScoreError
from .truth import Truth

PER_SECOND = 3.0
"""So many frames a second are compared: neighbours in time err alike and say nothing new."""

SAME_S = 0.008
"""Times of a pose and of a truth that lie no further apart are of one frame: half of the way between two frames at 60 a
second."""

LEAST_MATCHED = 0.9
"""A truth of whose frames a smaller share is found in the film belongs to another one."""

NEAR_SHARE = 0.1
"""A point is called right within this share of the trunk's length (chosen by us: 5 cm)."""

LOOKED_AT = ~np.isin(np.arange(len(KEYPOINTS)), (L_KNEE, R_KNEE, L_ANKLE, R_ANKLE))
"""(17,) which points count.  The square that the model is shown ends above the knees (``device.poses.crop``): what it
says of legs is a guess."""

LOST_SHARE = 0.5
"""Where half of a runner's visible points, legs left out, are further off than this share of the trunk, another thing
was followed."""

MIRRORED = np.array([KEYPOINTS.index(_name) for _name in (
    name.replace("left", "?").replace("right", "left").replace("?", "right") for name in KEYPOINTS
)])  # fmt: skip
"""The other side's key point for each."""


@dataclass(frozen=True, eq=False)
class PointErrors:
    """Frames with a runner, compared.

    :param t_s: (M,).
    :param error_px: (M, 17) distance of the found from the true point.
    :param trunk_px: (M,) true length of the trunk in the picture.
    :param score: (M, 17) as the model gave it.
    :param visible: (M, 17) whether the camera saw it.
    :param hidden: (M, 17) whether it was within the picture, but something before it; the others lie beyond the
        picture's edge, where no model can look.
    :param swapped: (M, 17) whether it lies wrong, and nearer to its counterpart of the other side.
    """

    t_s: np.ndarray
    error_px: np.ndarray
    trunk_px: np.ndarray
    score: np.ndarray
    visible: np.ndarray
    hidden: np.ndarray
    swapped: np.ndarray

    @property
    def error(self) -> np.ndarray:
        """(M, 17) the errors as shares of the trunk."""
        share: np.ndarray = self.error_px / self.trunk_px[:, None]
        return share

    @property
    def middle(self) -> np.ndarray:
        """(M,) each frame's median error as a share of the trunk; NaN where none is visible.

        Over the visible points of :data:`LOOKED_AT`.
        """
        counted = self.visible & LOOKED_AT
        errors = np.where(counted, self.error, np.nan)
        some = counted.any(axis=1)
        errors[~some] = 0.0
        return np.where(some, np.nanmedian(errors, axis=1), np.nan) if len(errors) else np.empty(0)

    @property
    def lost(self) -> np.ndarray:
        """(M,) 1 where something else than the runner was followed, 0 where not, NaN where not known."""
        middle = self.middle
        return np.where(np.isfinite(middle), (middle > LOST_SHARE).astype(float), np.nan)


def compare(truth: Truth, log: KeypointLog) -> PointErrors:
    """The errors of some frames a second, all of the same clip.

    :raises ScoreError: the film is not the one that the truth is of.
    """
    t_s = truth.keypoints_t_s
    if not log.t_s.size:
        raise ScoreError([f"{truth.clip}: there are no poses for its truth"])
    at = np.clip(np.searchsorted(log.t_s, t_s - SAME_S), 0, len(log.t_s) - 1)
    same = np.abs(log.t_s[at] - t_s) <= SAME_S
    if same.mean() < LEAST_MATCHED:
        raise ScoreError(
            [f"{truth.clip}: the truth is of another film: {100 * same.mean():.0f} % of its frames are there"]
        )
    size = (log.width_px, log.height_px)
    if size != (truth.width_px, truth.height_px):
        raise ScoreError(
            [f"{truth.clip}: the truth is of another film: {truth.width_px}×{truth.height_px}, not {size[0]}×{size[1]}"]
        )
    chosen = same & np.isfinite(truth.keypoints).all(axis=(1, 2))
    step = max(1, round(truth.fps / truth.keypoints_every / PER_SECOND))
    chosen = np.flatnonzero(chosen)[::step]
    true, found = truth.keypoints[chosen], log.keypoints[at[chosen]].astype(float)
    shoulders = true[:, [L_SHOULDER, R_SHOULDER], :2].mean(axis=1)
    hips = true[:, [L_HIP, R_HIP], :2].mean(axis=1)
    trunk_px = np.maximum(np.linalg.norm(shoulders - hips, axis=1), 1.0)
    error_px = np.linalg.norm(found[..., :2] - true[..., :2], axis=2)
    other_px = np.linalg.norm(found[..., :2] - true[:, MIRRORED, :2], axis=2)
    visible = true[..., 2] > 0
    inside = ((true[..., :2] >= 0) & (true[..., :2] <= size)).all(axis=2)
    return PointErrors(
        t_s=t_s[chosen],
        error_px=error_px,
        trunk_px=trunk_px,
        score=found[..., 2],
        visible=visible,
        hidden=inside & ~visible,
        swapped=(other_px < error_px) & (error_px > NEAR_SHARE * trunk_px[:, None]),
    )
