"""Pictures to calibrate with and pictures to measure on; the two never meet.

Calibration takes the project's own renders (the first part of each clip in tests/clips) and two photographs in the
public domain that come with Python packages: NASA's portrait of Eileen Collins (scikit-image) and the US Navy's of
Grace Hopper (matplotlib).  Measuring takes the last part of each clip, and real footage if there is any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from device.poses.crop import Square, cut, square_about, square_around, to_frame, whole_frame
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER

CALIBRATED_PART = 0.6
"""Share of each clip, from its start, that calibration may use; measuring uses the last 0.3."""

MEASURED_PART = 0.3

PHOTOGRAPH_CROPS, CLIP_FRAMES = 30, 12
"""Squares cut from each photograph, and frames taken from each clip."""

Estimate = Callable[[np.ndarray], np.ndarray]
"""The float model: uint8 (S, S, 3) -> float32 (17, 3) = x, y, score."""


def photographs() -> list[tuple[str, np.ndarray]]:
    """The photographs, uint8 RGB, with their names."""
    import matplotlib.cbook
    from skimage import data

    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        hopper = np.asarray(Image.open(file).convert("RGB"))
    return [("astronaut (scikit-image)", data.astronaut()[:, :, :3]), ("grace_hopper (matplotlib)", hopper)]


def clip_frames(path: Path, start: float, stop: float, count: int) -> list[np.ndarray]:
    """``count`` frames, evenly spread over the part of a video from ``start`` to ``stop`` (0..1), upright RGB."""
    import av

    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    first, last = int(start * len(frames)), max(int(stop * len(frames)) - 1, int(start * len(frames)))
    return [frames[i] for i in np.unique(np.linspace(first, last, count).round().astype(int))]


def person_square(frame: np.ndarray, estimate: Estimate, size_px: int) -> Square | None:
    """The square the coach would look through, as the float model sees it after one coarse look; None: nobody there."""
    height, width = frame.shape[:2]
    square = whole_frame(width, height)
    for _ in range(2):
        keypoints = to_frame(estimate(cut(frame, square, size_px)), square)
        found = square_around(keypoints, width, height)
        if found is None or keypoints[[L_SHOULDER, R_SHOULDER, L_HIP, R_HIP], 2].max() < 0.3:
            return None
        square = found
    return square


def calibration_pictures(clips: list[Path], estimate: Estimate, size_px: int, seed: int = 20) -> list[np.ndarray]:
    """Squares uint8 (size_px, size_px, 3) that show what the coach will see: people, near and far, lit well and badly.

    The same clips and package versions give the same pictures.
    """
    random = np.random.default_rng(seed)
    pictures = []
    for _, photograph in photographs():
        for _ in range(PHOTOGRAPH_CROPS):
            pictures.append(_vary(_crop_at_random(photograph, random, size_px), random))
    for clip in clips:
        for frame in clip_frames(clip, 0, CALIBRATED_PART, CLIP_FRAMES):
            pictures.append(cut(frame, whole_frame(frame.shape[1], frame.shape[0]), size_px))
            square = person_square(frame, estimate, size_px)
            if square is not None:
                x, y = np.array(square.middle) + random.uniform(-0.06, 0.06, 2) * square.size_px
                near = square_about(x, y, square.size_px * random.uniform(0.85, 1.25))
                pictures.append(_vary(cut(frame, near, size_px), random))
    for picture in pictures[:2]:  # the input's range must be exactly 0..255
        picture[0, 0], picture[0, 1] = 0, 255
    return pictures


def held_out_squares(path: Path, estimate: Estimate, size_px: int, count: int, whole: bool) -> Iterator[np.ndarray]:
    """Squares with a person from a video that calibration did not see.

    :param whole: the whole video took no part in calibration; otherwise only its last part is used.
    """
    for frame in clip_frames(path, 0.0 if whole else 1 - MEASURED_PART, 1.0, count):
        square = person_square(frame, estimate, size_px)
        if square is not None:
            yield cut(frame, square, size_px)


def _crop_at_random(picture: np.ndarray, random: np.random.Generator, size_px: int) -> np.ndarray:
    height, width = picture.shape[:2]
    side = min(height, width) * random.uniform(0.5, 1.7)
    x, y = width * random.uniform(0.35, 0.65), height * random.uniform(0.3, 0.7)
    return cut(np.ascontiguousarray(picture), square_about(x, y, side), size_px)


def _vary(square: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Mirrored or not, brighter or darker, with more or less contrast and colour: mildly, extremes widen ranges."""
    image = Image.fromarray(square)
    if random.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    image = ImageEnhance.Brightness(image).enhance(random.uniform(0.6, 1.2))
    image = ImageEnhance.Contrast(image).enhance(random.uniform(0.7, 1.1))
    image = ImageEnhance.Color(image).enhance(random.uniform(0.5, 1.2))
    return np.array(image)
