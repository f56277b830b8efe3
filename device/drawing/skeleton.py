"""The runner's skeleton, with the trunk against the vertical."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from device.drawing.paint import Picture, Point, dashes, line, wedge
from device.drawing.theme import BRIGHT, LEFT_SIDE, MIDDLE, RIGHT_SIDE, SOFT, Colour
from device.records import KEYPOINTS, L_EAR, L_HIP, L_KNEE, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER, SKELETON

MIN_SCORE = 0.2
"""Points below are not drawn: MoveNet's own example draws from 0.11, ours trusts a little less (chosen by us)."""
SURE_SCORE = 0.5
"""From here on a point is drawn at full strength."""

DRAWN = range(L_KNEE)
"""Knees and ankles, the last in COCO's order, are left out: the square that the model is shown ends above them, and
what it says of legs is a guess."""

_HEAD = range(L_SHOULDER)
_SHOULDERS, _HIPS = (L_SHOULDER, R_SHOULDER), (L_HIP, R_HIP)

Points = npt.NDArray[np.float64]


def _colour(index: int) -> Colour:
    name = KEYPOINTS[index]
    return LEFT_SIDE if name.startswith("left") else RIGHT_SIDE if name.startswith("right") else MIDDLE


def _middle(points: Points, pair: tuple[int, int]) -> Point | None:
    """Return the middle of a pair; from the side the farther point is often hidden, then the nearer one has to do."""
    seen = [points[i] for i in pair if points[i, 2] >= MIN_SCORE]
    if not seen:
        return None
    return float(np.mean([p[0] for p in seen])), float(np.mean([p[1] for p in seen]))


def _strength(*scores: float) -> float:
    return 0.35 + 0.65 * min(1.0, max(0.0, (min(scores) - MIN_SCORE) / (SURE_SCORE - MIN_SCORE)))


def draw_runner(stage: Picture, points: Points, marked: Mapping[str, Colour], lean: Colour | None) -> None:
    """Draw one pose, as far as it is judged: head, arms and trunk.

    :param points: array (17, 3) = x, y in pixels of ``stage``, score; points of low score or not finite are left out.
    :param marked: colour by fault, for the faults whose part of the body is to stand out.
    :param lean: colour of the angle between trunk and vertical; None leaves the angle out.
    """
    points = np.where(np.isfinite(points).all(axis=1, keepdims=True), points, 0.0)
    # A wild point far away would only cost time: nothing beyond a stage's size outside it can be the runner.
    reach = 2 * max(stage.shape[:2])
    points[(np.abs(points[:, :2]) > reach).any(axis=1), 2] = 0.0
    points[DRAWN.stop :, 2] = 0.0
    shown = points[:, 2] >= MIN_SCORE
    if not shown.any():
        return
    extent = float(np.ptp(points[shown, :2], axis=0).max())
    unit = min(8.0, max(2.5, extent * 0.028))  # a limb's width

    hips, shoulders = _middle(points, _HIPS), _middle(points, _SHOULDERS)
    if hips and shoulders:
        _draw_vertical(stage, hips, shoulders, unit, lean)
    limbs = [pair for pair in SKELETON if shown[pair[0]] and shown[pair[1]]]
    # The side that is seen less well is the farther one: draw it first, underneath.
    limbs.sort(key=lambda pair: float(min(points[pair[0], 2], points[pair[1], 2])) + (1 if pair[0] in _HEAD else 0))
    for first, second in limbs:
        on_head = first in _HEAD and second in _HEAD
        sides = {_colour(first), _colour(second)}
        colour = sides.pop() if len(sides) == 1 else _colour(second) if first == NOSE else MIDDLE
        width = unit * (0.5 if on_head else 0.6 if {first, second} & {*_HIPS} and first in _SHOULDERS else 1.0)
        strength = _strength(points[first, 2], points[second, 2]) * (0.7 if on_head else 1.0)
        line(stage, _at(points, first), _at(points, second), width, colour, strength, edge=unit * 0.3)
    _draw_marks(stage, points, hips, shoulders, unit, marked)
    for index in np.flatnonzero(shown):
        small = index in _HEAD
        at = _at(points, int(index))
        strength = _strength(points[index, 2])
        line(
            stage,
            at,
            at,
            unit * (0.7 if small else 1.9),
            _colour(int(index)),
            strength,
            edge=unit * (0.2 if small else 0.3),
        )
        if not small:
            line(stage, at, at, unit * 0.8, BRIGHT, strength)


def _at(points: Points, index: int) -> Point:
    return float(points[index, 0]), float(points[index, 1])


def _draw_vertical(stage: Picture, hips: Point, shoulders: Point, unit: float, lean: Colour | None) -> None:
    trunk = math.dist(hips, shoulders)
    if trunk < 4:
        return
    along = ((shoulders[0] - hips[0]) / trunk, (shoulders[1] - hips[1]) / trunk)
    if lean is not None and along[1] < 0:
        wedge(stage, hips, trunk * 1.3, (0.0, -1.0), along, lean, 0.8)
    dashes(stage, hips, (hips[0], hips[1] - trunk * 1.5), max(1.6, unit * 0.4), BRIGHT, max(4.0, unit * 1.5), 0.85)
    if lean is not None and along[1] < 0:
        far = (hips[0] + along[0] * trunk * 1.3, hips[1] + along[1] * trunk * 1.3)
        line(stage, shoulders, far, max(1.6, unit * 0.4), lean, 0.9, edge=1.0, edge_opacity=0.35)


def _draw_marks(
    stage: Picture,
    points: Points,
    hips: Point | None,
    shoulders: Point | None,
    unit: float,
    marked: Mapping[str, Colour],
) -> None:
    """Draw the trunk, and let the part of the body that a fault speaks of stand out in the fault's colour."""
    ears = _middle(points, (L_EAR, R_EAR))
    if hips and shoulders:
        colour = marked.get("forward_lean", MIDDLE)
        line(stage, hips, shoulders, unit * 1.6, colour, edge=unit * 0.4)
    if shoulders and ears and "hunched_shoulders" in marked:
        line(stage, shoulders, ears, unit * 1.4, marked["hunched_shoulders"], edge=unit * 0.4)
    across = marked.get("torso_twist", marked.get("hunched_shoulders"))
    for pair, colour_or_none in ((_SHOULDERS, across), (_HIPS, marked.get("torso_twist"))):
        if colour_or_none and all(points[i, 2] >= MIN_SCORE for i in pair):
            line(stage, _at(points, pair[0]), _at(points, pair[1]), unit * 1.4, colour_or_none, edge=unit * 0.4)
    for middle in (hips, shoulders):
        if middle:
            line(stage, middle, middle, unit * 1.5, SOFT, edge=unit * 0.3)
