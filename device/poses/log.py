"""The key-point log: poses kept in a file, and a source of poses itself.

An ``.npz`` with ``t_s`` float64 (N,), ``keypoints`` float32 (N, 17, 3) = x_px, y_px, score in COCO order, and the
frame size ``width_px``, ``height_px``; and where the model told it, ``sigma_px`` float32 (N, 17), 0 where it did not.
Arrays of other names are ignored, so that later versions may add some.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from device.errors import SourceError
from device.records import Pose

COMPACT = b"form-coach poses 1\n"
"""How the compact form begins, which a kept run's key points have (``device.runs.poselog``)."""


class KeypointLog:
    """Poses read from a key-point log.

    Times must be finite, not negative, and grow.  A key point that is not a finite number, or has a score outside 0..1,
    counts as not seen; :attr:`trouble` then says how many there were.

    :raises SourceError: when the file is no key-point log, or its times cannot be relied on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        arrays = _read(path)
        self.t_s = self._times(arrays["t_s"])
        self.keypoints = self._points(arrays["keypoints"])
        self.sigma_px = self._uncertainty(arrays.get("sigma_px"))
        self.width_px = self._size("width_px", arrays)
        self.height_px = self._size("height_px", arrays)
        self.duration_s = float(self.t_s[-1] - self.t_s[0]) if self.t_s.size else 0.0
        self.trouble: str | None = self._clean()

    def poses(self) -> Iterator[Pose]:
        """Yield the poses in order of time."""
        yield from poses_of(self.t_s, self.keypoints, self.width_px, self.height_px, self.sigma_px)

    def close(self) -> None:
        """Nothing to let go of: the file was read whole."""

    def _times(self, t_s: np.ndarray) -> np.ndarray:
        if t_s.ndim != 1 or t_s.dtype.kind not in "fiu":
            raise SourceError(f"{self.path}: t_s must be one row of numbers, not {_shape(t_s)}")
        t_s = t_s.astype(np.float64)
        for what, wrong in (("not a number", ~np.isfinite(t_s)), ("negative", t_s < 0)):
            if wrong.any():
                row = int(np.argmax(wrong))
                raise SourceError(f"{self.path}: t_s[{row}] = {t_s[row]} is {what}; times are seconds from the start")
        backwards = np.diff(t_s) <= 0
        if backwards.any():
            row = int(np.argmax(backwards)) + 1
            raise SourceError(
                f"{self.path}: t_s is not sorted: t_s[{row}] = {t_s[row]} does not come after {t_s[row - 1]}"
            )
        return t_s

    def _points(self, keypoints: np.ndarray) -> np.ndarray:
        if keypoints.shape != (self.t_s.size, 17, 3) or keypoints.dtype.kind not in "fiu":
            raise SourceError(
                f"{self.path}: keypoints must have the shape ({self.t_s.size}, 17, 3) to fit t_s, "
                f"not {_shape(keypoints)}"
            )
        return keypoints.astype(np.float32)

    def _uncertainty(self, sigma_px: np.ndarray | None) -> np.ndarray | None:
        """What is no number above 0 is not known."""
        if sigma_px is None:
            return None
        if sigma_px.shape != (self.t_s.size, 17) or sigma_px.dtype.kind not in "fiu":
            raise SourceError(
                f"{self.path}: sigma_px must have the shape ({self.t_s.size}, 17) to fit t_s, not {_shape(sigma_px)}"
            )
        return np.where(np.isfinite(sigma_px) & (sigma_px > 0), sigma_px, 0).astype(np.float32)

    def _size(self, name: str, arrays: dict[str, np.ndarray]) -> int:
        value = arrays[name]
        if value.size != 1 or value.dtype.kind not in "fiu" or not 1 <= float(value.reshape(())) <= 100_000:
            raise SourceError(f"{self.path}: {name} must be one number of pixels, not {value!r:.60}")
        return int(value.reshape(()))

    def _clean(self) -> str | None:
        score = self.keypoints[..., 2]
        with np.errstate(invalid="ignore"):
            wrong = ~np.isfinite(self.keypoints).all(axis=2) | (score < 0) | (score > 1)
        if not wrong.any():
            return None
        self.keypoints[wrong] = 0.0
        frames = int(wrong.any(axis=1).sum())
        return (
            f"{self.path}: {int(wrong.sum())} key points in {frames} frames are no numbers or have impossible scores; "
            "they count as not seen"
        )


def poses_of(
    t_s: np.ndarray, keypoints: np.ndarray, width_px: int, height_px: int, sigma_px: np.ndarray | None
) -> Iterator[Pose]:
    """The poses whose numbers lie in columns; a row of ``sigma_px`` that is all 0 tells nothing."""
    for index, time_s in enumerate(t_s.tolist()):
        sigma = sigma_px[index] if sigma_px is not None and sigma_px[index].any() else None
        yield Pose(time_s, keypoints[index], width_px, height_px, sigma)


def write_log(
    path: Path,
    t_s: np.ndarray,
    keypoints: np.ndarray,
    width_px: int,
    height_px: int,
    sigma_px: np.ndarray | None = None,
) -> None:
    """Write a key-point log, whole or not at all.

    :param sigma_px: (N, 17), 0 where not known; None where nothing is.
    """
    more: dict[str, Any] = {} if sigma_px is None else {"sigma_px": np.asarray(sigma_px, np.float32).reshape(-1, 17)}
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        np.savez_compressed(
            file,
            t_s=np.asarray(t_s, np.float64),
            keypoints=np.asarray(keypoints, np.float32).reshape(-1, 17, 3),
            width_px=np.int64(width_px),
            height_px=np.int64(height_px),
            **more,
        )
    os.replace(part, path)


def is_recorded(path: Path) -> bool:
    """Whether a file holds key points, in this form or the compact one."""
    return is_compact(path) or is_log(path)


def is_compact(path: Path) -> bool:
    """Whether a file is a compact key-point log, by its first bytes."""
    try:
        with open(path, "rb") as file:
            return file.read(len(COMPACT)) == COMPACT
    except OSError:
        return False


def is_log(path: Path) -> bool:
    """Whether a file is to be read as a key-point log: by its name, or as a zip archive by its first bytes."""
    if path.suffix.lower() == ".npz":
        return True
    import zipfile  # only now: the live coach reads no log

    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def _read(path: Path) -> dict[str, np.ndarray]:
    names = ("t_s", "keypoints", "width_px", "height_px")
    if not path.exists():
        raise SourceError(f"{path}: there is no such file")
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in names if name not in archive]
            if missing:
                raise SourceError(f"{path}: not a key-point log: it lacks {', '.join(missing)}")
            return {name: archive[name] for name in (*names, "sigma_px") if name in archive}
    except SourceError:
        raise
    except Exception as error:  # NumPy, zip and zlib each have their own way to fail on a foreign or damaged file
        raise SourceError(f"{path}: cannot be read as a key-point log ({error})") from error


def _shape(array: np.ndarray) -> str:
    return f"an array of shape {array.shape} and type {array.dtype}"
