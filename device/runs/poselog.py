"""The compact key-point log of a run: blocks of some seconds, appended one by one.

A file is :data:`COMPACT` and then blocks.  Each block can be read by itself and carries its length and a checksum, so
that what a power cut tears off is only the last one.  Times are kept as they are, places to 1/:data:`PER_PX` of a
pixel, scores to 1/:data:`PER_SCORE`.  That is finer than the steps that poses come in (``device.poses.steps``), so they
are kept exactly, and coaching the log says the same at the same times.  Numbers are differences from frame to frame,
sorted by byte, and packed with zlib.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from device.errors import SourceError
from device.files import sync_folder
from device.poses.log import COMPACT, KeypointLog, is_compact, is_log, poses_of
from device.poses.steps import STEPS_PX, steps
from device.records import Pose

SUFFIX = ".poses"
PER_PX = 256
PER_SCORE = 1000
LARGEST_BLOCK = 50_000_000
"""No block comes near this; a header that says more is damage."""

_HEAD = struct.Struct("<4sIII")
"""Mark, length of the packed body, its CRC-32, and the length of the body unpacked."""

_MARK = b"POSE"
_SIZES = struct.Struct("<IHH")
"""Frames, width and height of the pictures."""

_NUMBERS, _UNCERTAINTIES = 17 * 3, 17
_STEPS = np.array([PER_PX, PER_PX, PER_SCORE])
_NEAREST, _MIDDLE = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.0, 0.5])
"""Places are rounded to the nearest step; a score stands for the middle of its step, so that it stays on the side of a
limit in whole thousandths that it was on."""

_LARGEST = 2**31 - 1
_UNKNOWN = -(2**31)
"""Stands for a number that is not finite."""


def encode(poses: Sequence[tuple[float, Pose]]) -> bytes:
    """Poses as blocks, each with its time in the run; a block for each size of the picture in turn, and for poses with
    and without uncertainties."""
    blocks, first = [], 0
    for number in range(1, len(poses) + 1):
        if number == len(poses) or _kind(poses[number][1]) != _kind(poses[first][1]):
            blocks.append(_block(poses[first:number]))
            first = number
    return b"".join(blocks)


class PoseLog:
    """Poses read from a compact log, as from :class:`device.poses.log.KeypointLog`.

    What a power cut tore is left out, and so is a damaged block; :attr:`trouble` says so.  A key point that was not
    finite counts as not seen.  If the size of the pictures changed, the largest part of one size is what is read.

    :raises SourceError: the file cannot be read, or is no such log.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        content = _read(path)
        parts, self.trouble = _parts(path, content)
        sizes = {size for size, *_ in parts}
        self.width_px, self.height_px = max(
            sizes, key=lambda size: sum(len(t_s) for other, t_s, *_ in parts if other == size), default=(1, 1)
        )
        kept = [rest for size, *rest in parts if size == (self.width_px, self.height_px)]
        if len(sizes) > 1 and self.trouble is None:
            self.trouble = f"{path}: pictures of another size than {self.width_px}×{self.height_px} are left out"
        self.t_s = np.concatenate([t_s for t_s, _, _ in kept]) if kept else np.zeros(0)
        self.keypoints = np.concatenate([rows for _, rows, _ in kept]) if kept else np.zeros((0, 17, 3), np.float32)
        sigma_px = np.concatenate([rows for _, _, rows in kept]) if kept else np.zeros((0, 17), np.float32)
        self.t_s, order = np.unique(self.t_s, return_index=True)  # a disk that failed meanwhile may take blocks late
        self.keypoints = self.keypoints[order]
        self.sigma_px = sigma_px[order] if sigma_px.any() else None
        """(N, 17), 0 where not known; None where nothing is."""
        self.duration_s = float(self.t_s[-1] - self.t_s[0]) if self.t_s.size else 0.0

    def poses(self) -> Iterator[Pose]:
        """Yield the poses in order of time."""
        yield from poses_of(self.t_s, self.keypoints, self.width_px, self.height_px, self.sigma_px)

    def close(self) -> None:
        """Nothing to let go of: the file was read whole."""


Log = KeypointLog | PoseLog
"""A recorded run's key points, in either form; both are read alike."""


def open_log(path: Path) -> Log | None:
    """The key points in a file; None where it is something else, such as a video.

    :raises SourceError: it cannot be read.
    """
    if is_compact(path):
        return PoseLog(path)
    return KeypointLog(path) if is_log(path) else None


class PoseWriter:
    """Appends blocks to a log; the file is made with the first.

    A failure leaves whole blocks only, so the same may simply be tried again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size: int | None = None
        """Bytes in whole blocks; None before the first."""

    def append(self, blocks: bytes) -> None:
        """Add blocks so that they survive a power cut.

        :raises OSError: they cannot be written; what was there before is still there.
        """
        fresh = self.size is None
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            end = _whole(handle) if self.size is None else self.size
            try:
                os.ftruncate(handle, end)
                os.lseek(handle, end, os.SEEK_SET)
                _write(handle, blocks if end else COMPACT + blocks)
                os.fsync(handle)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(handle, end)
                raise
            self.size = os.lseek(handle, 0, os.SEEK_CUR)
        finally:
            os.close(handle)
        if fresh:
            sync_folder(self.path.parent)


def repair(path: Path) -> int | None:
    """Cut off what a power cut left unfinished; the size of the log comes back.

    One without any whole block is deleted, and None comes back.

    :raises OSError: the file cannot be read or written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        end = _whole(handle)
        if end != os.fstat(handle).st_size:
            os.ftruncate(handle, end)
            os.fsync(handle)
    finally:
        os.close(handle)
    if end > len(COMPACT):
        return end
    path.unlink(missing_ok=True)
    return None


def _whole(handle: int) -> int:
    """Where the last whole block ends; 0 for a file that does not even begin like a log."""
    with open(handle, "rb", closefd=False) as file:
        content = file.read()
    if not content.startswith(COMPACT):
        return 0
    end = len(COMPACT)
    for _, after, body in _blocks(content):
        if body is not None:
            end = after
    return end


def _write(handle: int, content: bytes) -> None:
    """Write all of it: a full disk may take a part first."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def _kind(pose: Pose) -> tuple[int, int, bool]:
    return pose.width_px, pose.height_px, pose.sigma_px is None


def _block(poses: Sequence[tuple[float, Pose]]) -> bytes:
    times = np.array([t_s for t_s, _ in poses], np.float64).view(np.int64)
    points = np.array([pose.keypoints for _, pose in poses], np.float64).reshape(-1, 17, 3)
    scaled = points * _STEPS + _NEAREST
    known = np.isfinite(scaled) & (np.abs(scaled) < _LARGEST)
    whole = np.where(known, np.floor(np.where(known, scaled, 0.0)), _UNKNOWN).astype(np.int64)
    sigma = [steps(pose.sigma_px) for _, pose in poses if pose.sigma_px is not None]
    body = b"".join(
        (
            _SIZES.pack(len(poses), *_kind(poses[0][1])[:2]),
            _packed(times[:, None]),
            _packed(whole.reshape(-1, _NUMBERS)),
            _packed(np.array(sigma, np.int64)) if sigma else b"",
        )
    )
    packed = zlib.compress(body, 6)
    return _HEAD.pack(_MARK, len(packed), zlib.crc32(packed), len(body)) + packed


def _packed(rows: np.ndarray) -> bytes:
    """Whole numbers (N, C) as differences from row to row, small ones small, all first bytes first."""
    steps = np.diff(rows, axis=0, prepend=np.zeros((1, rows.shape[1]), np.int64))
    unsigned = (steps << 1 ^ steps >> 63).astype("<u8")
    return np.ascontiguousarray(unsigned.T).view(np.uint8).reshape(-1, 8).T.tobytes()


def _unpacked(body: bytes, start: int, frames: int, columns: int) -> np.ndarray:
    unsigned = np.frombuffer(body, np.uint8, 8 * frames * columns, start).reshape(8, -1).T
    zigzag = np.ascontiguousarray(unsigned).view("<u8").reshape(columns, frames).T
    steps = (zigzag >> np.uint64(1)).astype(np.int64) ^ -(zigzag & np.uint64(1)).astype(np.int64)
    return np.asarray(np.cumsum(steps, axis=0))


def _blocks(content: bytes) -> Iterator[tuple[int, int, bytes | None]]:
    """Where each block begins and ends, with its body; None for one that is damaged or torn, after which the next mark
    is looked for."""
    at = len(COMPACT)
    while at < len(content):
        body, after = _body(content, at)
        if body is None:
            found = content.find(_MARK, at + 1)
            after = found if found >= 0 else len(content)
        yield at, after, body
        at = after


def _body(content: bytes, at: int) -> tuple[bytes | None, int]:
    if at + _HEAD.size > len(content):
        return None, at
    mark, length, crc, unpacked = _HEAD.unpack_from(content, at)
    start = at + _HEAD.size
    packed = content[start : start + length]
    if mark != _MARK or len(packed) < length or unpacked > LARGEST_BLOCK or zlib.crc32(packed) != crc:
        return None, at
    try:
        body = zlib.decompressobj().decompress(packed, unpacked)
    except zlib.error:
        return None, at
    frames = _SIZES.unpack_from(body)[0] if len(body) >= _SIZES.size else 0
    plain = _SIZES.size + 8 * frames * (1 + _NUMBERS)
    fits = len(body) == unpacked and frames > 0 and len(body) in (plain, plain + 8 * frames * _UNCERTAINTIES)
    return (body if fits else None), start + length


_Part = tuple[tuple[int, int], np.ndarray, np.ndarray, np.ndarray]


def _parts(path: Path, content: bytes) -> tuple[list[_Part], str | None]:
    """Size of the picture, times, key points and uncertainties of each block; and what could not be read."""
    parts: list[_Part] = []
    damaged = 0
    for _, _, body in _blocks(content):
        if body is None:
            damaged += 1
            continue
        frames, width_px, height_px = _SIZES.unpack_from(body)
        times = np.ascontiguousarray(_unpacked(body, _SIZES.size, frames, 1)[:, 0]).view(np.float64)
        whole = _unpacked(body, _SIZES.size + 8 * frames, frames, _NUMBERS).reshape(-1, 17, 3)
        points = ((whole + _MIDDLE) / _STEPS).astype(np.float32)
        points[..., 2] = np.where(whole[..., 2] > 0, np.minimum(points[..., 2], 1.0), 0.0)
        points[(whole == _UNKNOWN).any(axis=2)] = 0.0
        sigma_px = np.zeros((frames, _UNCERTAINTIES), np.float32)
        if len(body) > (start := _SIZES.size + 8 * frames * (1 + _NUMBERS)):
            sigma_px = STEPS_PX[_unpacked(body, start, frames, _UNCERTAINTIES) % len(STEPS_PX)]
        parts.append(((width_px, height_px), times, points, sigma_px))
    return parts, f"{path}: a damaged part is left out" if damaged else None


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    if not content.startswith(COMPACT):
        raise SourceError(f"{path}: this is no compact key-point log")
    return content
