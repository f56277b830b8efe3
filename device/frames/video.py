"""Frames from a video file, through PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter

from device.errors import SourceError
from device.frames import FrameSource
from device.records import Frame

CUT_SHORT_S = 1.0
"""A file that ends this much before its own header says is called cut off (chosen by us: containers round their
durations, and a sound track may outlast the picture by some tenths of a second)."""


class VideoFile(FrameSource):
    """A video file, with its own time stamps and turned upright as its metadata says.

    A frame whose time does not grow (a damaged file, or two frames with one stamp) is left out, because time is what
    all measures rest on.

    :raises SourceError: when there is no such file or it holds no video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise SourceError(f"{path}: there is no such file")
        if not path.is_file():
            raise SourceError(f"{path}: this is not a file; give a video or a key-point log (.npz)")
        try:
            self._container = av.open(str(path))
        except (FFmpegError, OSError) as error:
            raise SourceError(f"{path}: cannot be read as a video ({_reason(error)})") from error
        if not self._container.streams.video:
            self._container.close()
            raise SourceError(f"{path}: there is no picture in this file")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._scaler = VideoReformatter()  # one for all: a frame's own would be made anew each time
        if self._stream.duration is not None and self._stream.time_base is not None:
            self.duration_s = float(self._stream.duration * self._stream.time_base)
        elif self._container.duration is not None:
            self.duration_s = self._container.duration / av.time_base

    def frames(self) -> Iterator[Frame]:
        """Yield the frames; see :class:`FrameSource`."""
        first_s = last_s = None
        rate = self._stream.average_rate
        spacing_s = float(1 / rate) if rate else 1 / 30
        for picture in self._pictures():
            if picture.pts is not None:
                t_s = float(picture.time)
            elif last_s is not None:
                t_s = last_s + spacing_s  # raw streams carry no stamps: count on at the stream's own rate
            else:
                t_s = 0.0
            if last_s is not None and t_s <= last_s:
                continue
            first_s = t_s if first_s is None else first_s
            last_s = t_s
            yield Frame(t_s, self._upright(picture))
        if first_s is None or last_s is None:
            raise SourceError(f"{self.path}: not one picture in this file can be read")
        end_s = last_s - first_s + spacing_s
        if self.trouble is None and self.duration_s is not None and end_s < self.duration_s - CUT_SHORT_S:
            self.trouble = (
                f"{self.path}: the file is cut off: it ends after {end_s:.1f} s of {self.duration_s:.1f} s; "
                "what could be read was coached"
            )

    def _pictures(self) -> Iterator[av.VideoFrame]:
        """Decode packet by packet, so that a damaged one costs only itself."""
        damaged = 0
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                break
            except (FFmpegError, OSError) as error:
                self.trouble = f"{self.path}: the rest cannot be read ({_reason(error)}); what came before was coached"
                break
            try:
                yield from packet.decode()
            except FFmpegError:
                damaged += 1
        if damaged and self.trouble is None:
            self.trouble = f"{self.path}: {damaged} damaged pieces were left out; the rest was coached"

    def _upright(self, picture: av.VideoFrame) -> np.ndarray:
        """RGB array of a decoded picture, turned as its rotation metadata asks (counter-clockwise degrees)."""
        rgb = self._scaler.reformat(picture, format="rgb24").to_ndarray()
        quarter_turns = round(picture.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(rgb, quarter_turns)) if quarter_turns else rgb

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def _reason(error: Exception) -> str:
    """What FFmpeg says, without numbers and file names."""
    return str(getattr(error, "strerror", None) or error)
