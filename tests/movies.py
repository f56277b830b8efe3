"""Makes small video files for tests."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def make_movie(
    path: Path,
    times_s: list[float],
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    """A movie with a frame at each time: red in its upper left quarter, blue elsewhere.

    :param size: width and height in pixels.
    """
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv444p" if codec == "libx264" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        rgb = np.zeros((size[1], size[0], 3), np.uint8)
        rgb[..., 2] = 255
        rgb[: size[1] // 2, : size[0] // 2] = (255, 0, 0)
        for t_s in times_s:
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = round(t_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turn(path: Path, degrees: int) -> None:
    """Write a rotation into an MP4's track header, as phones do: players turn the picture clockwise by it."""
    matrix = {
        90: (0, 1, -1, 0),
        180: (-1, 0, 0, -1),
        270: (0, -1, 1, 0),
    }[degrees]
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4
    assert data[start] == 0, "a version 0 header"
    a, b, c, d = (value * 0x10000 for value in matrix)
    data[start + 40 : start + 76] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
