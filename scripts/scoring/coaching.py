"""Poses through the coach, exactly as the product would, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from device.pipeline import Coach
from device.records import Event, Pose, Posture
from device.settings import Settings

from .keypoints import LOOKED_AT
from .truth import Truth

SEEN_SCORE = 0.9
"""Score of a true key point that the camera sees."""

HIDDEN_SCORE = 0.5
"""Score of one that is hidden within the picture.  COCO labels hidden points as well, so MoveNet was trained to place
them; and a coach that was not given them would be blind from the side, where the far shoulder and hip hardly ever show.
So a perfect model knows them, and what is lost then is the engine's own loss."""

UNSEEN_SCORE = 0.02
"""Score of points beyond the picture's edge, and of all where nobody is: no model can know those.  And of knees and
ankles: the square that the product's model is shown ends above them, and a perfect one would see no more."""

LEAST_HZ = 9.5
"""True key points that are further apart in time are not judged by: the coach works from 10 frames a second on.  Of
finer ones as many are left out as this allows: they carry no noise that more of them would even out."""


@dataclass(frozen=True, eq=False)
class Coached:
    """What the coach made of a clip.

    :param events: all of its events.
    :param postures: one a second: the first of each whole second.
    :param watched: for each of them the faults that had a limit in force at that moment.
    """

    events: list[Event]
    postures: list[Posture]
    watched: list[tuple[str, ...]]


def coach(poses: Iterable[Pose]) -> Coached:
    """Coach a clip with the settings that ship."""
    one = Coach(Settings())
    coached = Coached([], [], [])
    second = -1
    for pose in poses:
        moment = one.step(pose)
        coached.events.extend(moment.events)
        if int(pose.t_s) > second:
            second = int(pose.t_s)
            coached.postures.append(moment.posture)
            coached.watched.append(tuple(fault.fault for fault in moment.faults if fault.watched))
    return coached


def true_poses(truth: Truth) -> Iterator[Pose] | None:
    """The poses that a perfect model would give; None where the truth's key points are too far apart in time."""
    step = int(truth.fps / truth.keypoints_every / LEAST_HZ)
    return _true_poses(truth, step) if step and len(truth.keypoints) else None


def _true_poses(truth: Truth, step: int) -> Iterator[Pose]:
    true = truth.keypoints[::step]
    known = np.isfinite(true).all(axis=2)
    points = np.where(known[..., None], true, 0.0)
    size = np.array([truth.width_px, truth.height_px])
    inside = ((points[..., :2] >= 0) & (points[..., :2] <= size)).all(axis=2)
    scores = np.where(points[..., 2] > 0, SEEN_SCORE, np.where(known & inside, HIDDEN_SCORE, UNSEEN_SCORE))
    scores = np.where(LOOKED_AT, scores, UNSEEN_SCORE)
    points = np.concatenate([points[..., :2], scores[..., None]], axis=2).astype(np.float32)
    for t_s, keypoints in zip(truth.keypoints_t_s[::step].tolist(), points, strict=True):
        yield Pose(t_s, keypoints, truth.width_px, truth.height_px)
