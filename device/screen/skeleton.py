"""The runner as a skeleton in the frame of the picture, true to scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

from device.records import KEYPOINTS, L_ANKLE, L_EAR, L_HIP, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER, SKELETON
from device.screen.canvas import Canvas
from device.screen.grid import Grid

SURE, UNSURE = 0.5, 0.2
"""Scores: from here on a key point is well seen; below this it is not drawn (chosen by us; the engine's own
``posture.min_score`` is 0.2)."""

_BODY = tuple(bone for bone in SKELETON if min(bone) >= L_SHOULDER)
_HEAD = range(NOSE, R_EAR + 1)

Points = Sequence[tuple[float, float, float]]
"""x_px, y_px and score of each key point, in COCO order."""


def fit(columns: int, rows: int, width_px: float, height_px: float) -> tuple[int, int]:
    """Characters that a picture takes within some room, without its frame.  A character is twice as high as wide."""
    aspect = width_px / height_px if width_px > 0 and height_px > 0 else 4 / 3
    across = max(1, min(columns, round(rows * 2 * aspect)))
    return across, max(1, min(rows, round(across / (2 * aspect))))


def draw(
    columns: int,
    rows: int,
    size_px: tuple[float, float],
    points: Points | None,
    braille: bool = True,
) -> Grid:
    """The picture's frame with the runner in it, as large as fits.

    :param size_px: of the picture.
    :param points: None, or too few, while nobody is seen.
    """
    across, down = fit(columns - 2, rows - 2, *size_px)
    grid = Grid(across + 2, down + 2)
    grid.put(0, 0, "┌" + "─" * across + "┐", "frame")
    for y in range(1, down + 1):
        grid.put(0, y, "│", "frame")
        grid.put(across + 1, y, "│", "frame")
    grid.put(0, down + 1, "└" + "─" * across + "┘", "frame")
    if points is not None and len(points) >= len(KEYPOINTS) and min(size_px) > 0:
        grid.paste(_figure(across, down, size_px, points, braille), 1, 1)
    return grid


def _figure(across: int, down: int, size_px: tuple[float, float], points: Points, braille: bool) -> Grid:
    canvas = Canvas(across, down, braille)
    x_scale, y_scale = canvas.width / size_px[0], canvas.height / size_px[1]

    def place(index: int) -> tuple[float, float]:
        x, y, _ = points[index]
        return x * x_scale - 0.5, y * y_scale - 0.5

    for start, end in _BODY:
        score = min(points[start][2], points[end][2])
        if score >= UNSURE:
            canvas.line(place(start), place(end), *_stroke(score))
    for index in range(L_SHOULDER, L_ANKLE + 2):
        score = points[index][2]
        if score >= UNSURE:
            canvas.dot(*place(index), *_stroke(score)[:2])
    _head(canvas, points, x_scale, y_scale)
    return canvas.grid()


def _head(canvas: Canvas, points: Points, x_scale: float, y_scale: float) -> None:
    """A round head about its key points, as large as the trunk makes it: eyes and ears alone would be a blot."""
    seen = [points[index] for index in _HEAD if points[index][2] >= UNSURE]
    if not seen:
        return
    x = sum(point[0] for point in seen) / len(seen)
    y = sum(point[1] for point in seen) / len(seen)
    style, rank, _ = _stroke(max(point[2] for point in seen))
    radius_px = _radius_px(points)
    steps = 24
    for step in range(steps):
        turn = 2 * math.pi * step / steps
        px, py = x + radius_px * math.cos(turn), y + 1.2 * radius_px * math.sin(turn)
        canvas.dot(px * x_scale - 0.5, py * y_scale - 0.5, style, rank)
    nose_x, nose_y, nose_score = points[NOSE]
    if nose_score >= UNSURE:
        canvas.dot(nose_x * x_scale - 0.5, nose_y * y_scale - 0.5, style, rank)


def _radius_px(points: Points) -> float:
    """Of the head: a head is about 0.4 trunks high; where the trunk is not seen, by the ears."""
    trunk = [points[index] for index in (L_SHOULDER, R_SHOULDER, L_HIP, R_HIP)]
    if all(point[2] >= UNSURE for point in trunk):
        left, right, left_hip, right_hip = trunk
        across = (left[0] + right[0] - left_hip[0] - right_hip[0]) / 2
        along = (left[1] + right[1] - left_hip[1] - right_hip[1]) / 2
        return 0.18 * math.hypot(across, along)
    ears = points[L_EAR], points[R_EAR]
    if all(ear[2] >= UNSURE for ear in ears):
        return max(3.0, 0.6 * math.hypot(ears[0][0] - ears[1][0], ears[0][1] - ears[1][1]))
    return 8.0


def _stroke(score: float) -> tuple[str, int, int]:
    """Style, rank and spacing of dots: what is not well seen is dotted, so that it shows without colour, too."""
    return ("good", 1, 1) if score >= SURE else ("warn", 2, 2)
