"""Geometry of the square that is cut out of a frame for the model: pure functions, no state.

The model sees a small square picture.  Squashing a 16:9 frame into it bends the limbs, and a runner who fills a third
of the frame gets a ninth of the model's cells; so a square around the runner's last pose is cut out, aspect kept, what
lies beyond the frame black.  That way is that of TensorFlow's MoveNet tutorial ("MoveNet: Ultra fast and accurate pose
detection model", tensorflow.org/hub); the square is smaller here, because this coach judges the upper body.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from PIL import Image

from device.records import L_EAR, L_EYE, L_HIP, L_SHOULDER, NOSE, R_EAR, R_EYE, R_HIP, R_SHOULDER

TRUSTED_SCORE = 0.2
"""A key point with at least this score counts (MIN_CROP_KEYPOINT_SCORE of the tutorial)."""

SIDE_TRUNKS = 2.4
"""Side of the square in trunk lengths: head to the knees, with the arms beside them.  Posture is read from there, and
the larger it stands before the model the better: through a square around the whole body (4.1 trunk lengths) the model
reads twist and shoulders worse (`scripts/eval_square`, row ×1.71).  Chosen by us; the tutorial takes the whole body."""

MIDDLE_TRUNKS = 0.42
"""The square's middle lies so many trunk lengths below the shoulders.  Chosen by us: the head has room above it."""

SHOULDERS_PER_TRUNK, HEAD_PER_TRUNK = 0.65, 0.40
"""Shoulder width, and height of the face over the shoulders, in trunk lengths, where the hips are hidden: the trunk's
length is then taken from the larger of both.  Measured on public motion capture, and on rendered runners."""

SMALLEST_SHARE = 1 / 12
"""The square's side is at least this share of the frame's longer side (chosen by us): less is no person but noise."""

_SHOULDERS, _HIPS = [L_SHOULDER, R_SHOULDER], [L_HIP, R_HIP]
_HEAD = [NOSE, L_EYE, R_EYE, L_EAR, R_EAR]
_LARGE = 2.0  # times the model's size
_REDUCING_GAP = 1.0  # Pillow: average whole blocks as far as that goes, then filter what is left to scale


class Square(NamedTuple):
    """A square in whole pixels of a frame; it may reach beyond the frame on any side.

    :param x_px: its left edge; y_px its upper edge.
    """

    x_px: int
    y_px: int
    size_px: int

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, x and y in pixels of the frame."""
        return self.x_px + self.size_px / 2, self.y_px + self.size_px / 2


def square_about(x_px: float, y_px: float, side_px: float) -> Square:
    """The square of about this side whose middle is about there."""
    side = max(1, round(side_px))
    return Square(round(x_px - side / 2), round(y_px - side / 2), side)


def whole_frame(width_px: int, height_px: int) -> Square:
    """The smallest square around the whole frame, the frame in its middle."""
    side = max(width_px, height_px)
    return Square(-((side - width_px) // 2), -((side - height_px) // 2), side)


def search_squares(width_px: int, height_px: int) -> list[Square]:
    """Where to look, in this order, for a runner who is lost.

    First the whole frame.  In a frame much longer than high (or the other way round) the runner is too small there, so
    squares as large as the shorter side follow: the middle one, then the others, each overlapping the next.
    """
    squares = [whole_frame(width_px, height_px)]
    short, long = sorted((width_px, height_px))
    if long > 1.5 * short:
        slack = long - short
        count = int(np.ceil(slack / (0.75 * short))) + 1
        starts = sorted((round(slack * i / (count - 1)) for i in range(count)), key=lambda at: abs(at - slack / 2))
        squares += [Square(at, 0, short) if width_px == long else Square(0, at, short) for at in starts]
    return squares


def square_around(keypoints: np.ndarray, width_px: int, height_px: int) -> Square | None:
    """The square that shows the runner's upper body, from the last pose; None if that pose is no runner.

    A runner needs a shoulder and a hip that can be trusted, or, hips hidden behind a console, a shoulder and two more
    points.  The square hangs from shoulders and hips, which move least in running, and is never larger than
    :func:`whole_frame`.

    :param keypoints: (17, 3) = x_px, y_px, score.
    """
    points: list[list[float]] = keypoints.tolist()  # a few plain numbers are several times as fast as small arrays
    shoulders = shoulders_middle(points)
    return None if shoulders is None else hung(points, shoulders, width_px, height_px)


def hung(points: list[list[float]], shoulders: tuple[float, float], width_px: int, height_px: int) -> Square | None:
    """As :func:`square_around`, from key points as plain numbers and from the middle of their shoulders."""
    hips = _middle(points, _HIPS)
    if hips is not None:
        down_x, down_y = hips[0] - shoulders[0], hips[1] - shoulders[1]
    elif sum(score >= TRUSTED_SCORE for _, _, score in points) >= 3:
        down_x, down_y = 0.0, _hidden_trunk(points, shoulders[1])
        if not down_y > 0:
            return None
    else:
        return None
    side = SIDE_TRUNKS * math.hypot(down_x, down_y)
    longest = max(width_px, height_px)
    if side >= longest:
        return whole_frame(width_px, height_px)
    x_px, y_px = shoulders[0] + MIDDLE_TRUNKS * down_x, shoulders[1] + MIDDLE_TRUNKS * down_y
    return square_about(x_px, y_px, max(side, longest * SMALLEST_SHARE))


def shoulders_middle(points: list[list[float]]) -> tuple[float, float] | None:
    """The middle, x and y, of the shoulders that can be trusted; None if neither can."""
    return _middle(points, _SHOULDERS)


def _middle(points: list[list[float]], which: list[int]) -> tuple[float, float] | None:
    """The middle of those that can be trusted; None if none can."""
    count, sum_x, sum_y = 0, 0.0, 0.0
    for k in which:
        x, y, score = points[k]
        if score >= TRUSTED_SCORE:
            count, sum_x, sum_y = count + 1, sum_x + x, sum_y + y
    return (sum_x / count, sum_y / count) if count else None


def _hidden_trunk(points: list[list[float]], shoulders_y_px: float) -> float:
    """Length of a trunk whose hips are hidden, from the shoulders' width and the head's height over them; 0 if neither
    is to be seen."""
    left, right = points[L_SHOULDER], points[R_SHOULDER]
    width = abs(left[0] - right[0]) if min(left[2], right[2]) >= TRUSTED_SCORE else 0.0
    head = _middle(points, _HEAD)
    height = shoulders_y_px - head[1] if head is not None else 0.0
    return max(width / SHOULDERS_PER_TRUNK, height / HEAD_PER_TRUNK, 0.0)


def cut(rgb: np.ndarray, square: Square, size_px: int) -> np.ndarray:
    """The square's part of a picture, scaled to ``size_px``; black where the square reaches beyond the picture.

    Scaling down averages (Pillow's triangle filter), so that fine patterns do not turn into false edges; from twice the
    size on, whole blocks of pixels are averaged first, for speed.

    :param rgb: uint8 (height, width, 3).
    :returns: a new uint8 array (size_px, size_px, 3).
    """
    height, width = rgb.shape[:2]
    left, top = max(square.x_px, 0), max(square.y_px, 0)
    right, bottom = min(square.x_px + square.size_px, width), min(square.y_px + square.size_px, height)
    if right <= left or bottom <= top:
        return np.zeros((size_px, size_px, 3), np.uint8)
    side, seen = square.size_px, rgb[top:bottom, left:right]
    inside = seen.shape[:2] == (side, side)
    if inside and side == size_px:
        return np.array(seen)
    picture = _picture(seen)
    if not inside:
        padded = Image.new("RGB", (side, side))
        padded.paste(picture, (left - square.x_px, top - square.y_px))
        picture = padded
    gap = _REDUCING_GAP if side >= _LARGE * size_px else None
    return np.array(picture.resize((size_px, size_px), Image.Resampling.BILINEAR, reducing_gap=gap))


def _picture(part: np.ndarray) -> Image.Image:
    """A part of a frame as a picture of Pillow's, its rows read from where they lie in the frame."""
    height, width = part.shape[:2]
    if part.strides[1:] != (3, 1) or part.strides[0] < 3 * width:  # mirrored, say, or turned
        part = np.ascontiguousarray(part)
    row = part.strides[0]
    span = as_strided(part, ((height - 1) * row + 3 * width,), (1,), writeable=False)
    return Image.frombuffer("RGB", (width, height), span, "raw", "RGB", row, 1)


def to_frame(keypoints: np.ndarray, square: Square) -> np.ndarray:
    """Key points in shares of the square -> the same in pixels of the frame, float32 (17, 3)."""
    return np.asarray(keypoints * _scale(square) + _origin(square), np.float32)


def to_square(keypoints: np.ndarray, square: Square) -> np.ndarray:
    """The way back from :func:`to_frame`: pixels of the frame -> shares of the square."""
    return np.asarray((keypoints - _origin(square)) / _scale(square), np.float32)


def _scale(square: Square) -> np.ndarray:
    return np.array([square.size_px, square.size_px, 1], np.float32)


def _origin(square: Square) -> np.ndarray:
    return np.array([square.x_px, square.y_px, 0], np.float32)
