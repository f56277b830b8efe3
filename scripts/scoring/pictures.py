"""The worst moments as pictures: what the camera saw, the coach's skeleton, and where the points really are."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from device.drawing.lettering import length_px, write
from device.drawing.paint import line, plain, ring
from device.drawing.skeleton import MIN_SCORE, draw_runner
from device.drawing.theme import BRIGHT, GOOD, NIGHT, SOFT
from device.frames import open_source
from device.records import Frame

from .cache import PoseCache
from .errors import ScoreError
from .keypoints import LOOKED_AT, SAME_S
from .truth import read_truth
from .worst import Bad

WIDTH_PX = 480
LARGEST_BYTES = 40_000
ASPECT = 4 / 3
ROOMY = 1.4
"""How much more than the runner is shown."""

_STRIP_PX, _LINE_PX, _LETTERS_PX = 8, 20, 15


def write_picture(bad: Bad, cache: PoseCache, folder: Path, number: int) -> Path:
    """Draw one clip's worst moment as ``folder/NN-clip.jpg``, 40 kB at most.

    :raises ScoreError: there is no such frame any more.
    """
    frame = _frame(bad)
    log, truth = cache.poses(bad.clip.path), read_truth(bad.clip.path.with_suffix(".json"))
    found = log.keypoints[int(np.argmin(np.abs(log.t_s - frame.t_s)))].astype(float)
    nearest = int(np.argmin(np.abs(truth.keypoints_t_s - frame.t_s)))
    known = abs(truth.keypoints_t_s[nearest] - frame.t_s) <= SAME_S
    true = truth.keypoints[nearest] if known else np.full((17, 3), np.nan)
    found, true = np.where(LOOKED_AT[:, None], found, 0.0), true[LOOKED_AT]
    picture, origin, scale = _cut(frame.rgb, np.concatenate([found[found[:, 2] >= MIN_SCORE, :2], true[:, :2]]))
    found[:, :2] = (found[:, :2] - origin) * scale
    draw_runner(picture, found, {}, None)
    for x, y, visible in true[np.isfinite(true).all(axis=1)]:
        _mark(picture, (float((x - origin[0]) * scale), float((y - origin[1]) * scale)), visible > 0)
    canvas = np.concatenate([picture, _strip(bad, frame.t_s)])
    path = folder / f"{number:02d}-{bad.clip.truth.clip}.jpg"
    path.write_bytes(_jpeg(canvas))
    return path


def caption(bad: Bad) -> str:
    """One line about a clip."""
    truth = bad.clip.truth
    return f"{truth.clip} ({truth.view}), badness {bad.badness:.1f}: {'; '.join(bad.reasons) or 'small errors only'}"


def _frame(bad: Bad) -> Frame:
    """The frame nearest to the moment."""
    source = open_source(bad.clip.path)
    best = None
    try:
        for frame in source.frames():
            if best is None or abs(frame.t_s - bad.t_s) <= abs(best.t_s - bad.t_s):
                best = frame
            if frame.t_s > bad.t_s:
                break
    finally:
        source.close()
    if best is None:
        raise ScoreError([f"{bad.clip.path}: not one frame can be read any more"])
    return best


def _cut(rgb: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """A part of a frame, 4:3, about all points and what is around them; its upper left corner and its scale.

    :param points: (N, 2), NaN where not known; without any the whole frame is taken.
    """
    height, width = rgb.shape[:2]
    size = np.array([width, height], float)
    points = np.clip(points[np.isfinite(points).all(axis=1)], 0, size)
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), size)
    # 4:3, but no larger than the frame allows.
    tall = min(ROOMY * max(high[1] - low[1], (high[0] - low[0]) / ASPECT), height, width / ASPECT)
    part = np.array([ASPECT * tall, tall])
    left, top = np.clip((low + high - part) / 2, 0, size - part).astype(int)
    wide, tall = part.astype(int)
    cut = Image.fromarray(rgb[top : top + tall, left : left + wide])
    resized = cut.resize((WIDTH_PX, round(WIDTH_PX / ASPECT)), Image.Resampling.LANCZOS)
    return np.array(resized), np.array([left, top]), WIDTH_PX / wide


def _mark(picture: np.ndarray, at: tuple[float, float], visible: bool) -> None:
    """A true point: a cross where the camera sees it, a ring where it is hidden."""
    x, y = at
    if not visible:
        ring(picture, at, 4.0, 1.4, GOOD)
        return
    for dx, dy in ((4.0, 4.0), (4.0, -4.0)):
        line(picture, (x - dx, y - dy), (x + dx, y + dy), 1.6, GOOD, edge=1.0)


def _strip(bad: Bad, t_s: float) -> np.ndarray:
    """What there is to know, under the picture."""
    truth = bad.clip.truth
    rows = [f"{truth.clip}, {truth.view}, at {t_s:.1f} s", *bad.reasons[:3]]
    rows.append("crosses: true points, rings: hidden ones; skeleton: the coach's")
    strip = plain(WIDTH_PX, 2 * _STRIP_PX + _LINE_PX * len(rows), NIGHT)
    for index, row in enumerate(rows):
        while length_px(row, _LETTERS_PX) > WIDTH_PX - 2 * _STRIP_PX:
            row = row[:-4].rstrip() + "..."
        write(strip, row, _STRIP_PX, _STRIP_PX + _LINE_PX * index + 15, _LETTERS_PX, SOFT if index else BRIGHT)
    return strip


def _jpeg(canvas: np.ndarray) -> bytes:
    """As fine as the size allows."""
    for quality in (85, 75, 65, 55, 45, 35, 25, 15):
        buffer = io.BytesIO()
        Image.fromarray(canvas).save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= LARGEST_BYTES:
            break
    return buffer.getvalue()
