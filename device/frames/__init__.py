"""Where pictures come from.

A new camera is a new module in this folder with one class that keeps the contract of :class:`FrameSource`, and a line
in :func:`open_source`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from device.records import Frame


class FrameSource(ABC):
    """A stream of frames, oldest first.

    A back end must provide :meth:`frames` and :meth:`close`.  It may set :attr:`duration_s` where the length is known
    beforehand, and :attr:`trouble` when it could deliver only a part.
    """

    duration_s: float | None = None
    """Length of the stream, None for a live one."""

    trouble: str | None = None
    """After the last frame: one line that says what could not be read, None when all went well."""

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Yield the frames; their ``t_s`` grows strictly.  May be called once."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and devices.  May be called twice."""


def open_source(path: str | Path) -> FrameSource:
    """Open a video file.

    :raises SourceError: when there is no such file or it holds no video.
    """
    from device.frames.video import VideoFile  # lazily: PyAV takes a while to load

    return VideoFile(Path(path))
