"""A video file played in real time: a stand-in for a camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np

from device.errors import SourceError
from device.frames import FrameSource
from device.frames.upright import upright
from device.frames.video import VideoFile
from device.records import Frame

LOOK_S = 1.0
"""How often to look whether the file is still there."""

CATCH_UP_S = 0.5
"""Catching up ends after this: the film goes on from where it is then (chosen by us)."""

USUAL_SPACING_S = 1 / 30
"""From picture to picture, in a file that does not say."""


class PlayedFile(FrameSource):
    """A video file as if it were a camera: its pictures come when they are due, and are lost to whoever is late.

    ``t_s`` is the file's own time plus when the round began.  A picture that is late by more than one frame time is
    left out before it costs a conversion.  Where that is not enough, because the machine slept or reads the file more
    slowly than it plays, the film stands still for a while instead.

    A camera can be unplugged, and so can this one: when the file is moved or deleted, :class:`SourceError` comes within
    a second or two.  A file that was replaced is taken up by the next round.

    :param loop: whether to begin anew at the end; else :meth:`frames` ends there.
    :param rotate_deg: how far to turn the pictures clockwise, after what the file itself asks for.
    :param mirror: whether to swap left and right then.
    :param clock: seconds that never go back; for tests.
    :param sleep: waits some seconds; for tests.
    :raises SourceError: when there is no such file or it holds no video.
    """

    live = True

    def __init__(
        self,
        path: Path,
        loop: bool = False,
        *,
        rotate_deg: int = 0,
        mirror: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self.name = f"file {path.name}"
        self._loop = loop
        self._rotate_deg = rotate_deg
        self._mirror = mirror
        self._clock = clock
        self._sleep = sleep
        self._film = _Film(path)
        self._looked_s = clock()

    def frames(self) -> Iterator[Frame]:
        """Yield the frames, each when it is due; see :class:`FrameSource`."""
        begin_s = self._clock()
        while True:
            last_s = None
            for t_s, picture in self._due(begin_s):
                last_s = t_s
                yield Frame(t_s, upright(self._film.rgb(picture), self._rotate_deg, self._mirror))
            self.trouble = self._film.trouble
            if last_s is None:
                raise SourceError(f"{self.path}: not one picture in this file can be read")
            end_s = last_s + self._film.spacing_s
            self._wait(end_s)
            if not self._loop:
                return
            self._film.close()
            self._film = self._again()
            begin_s = end_s

    def _due(self, begin_s: float) -> Iterator[tuple[float, av.VideoFrame]]:
        """Pictures of one round, at their times, without those that are late."""
        offset_s = None
        late_since_s = None
        for time_s, picture in self._film.pictures():
            if offset_s is None:  # only now: to open a file and read its first picture takes a while
                offset_s = max(begin_s, self._clock()) - time_s
            due_s = time_s + offset_s
            self._wait(due_s)
            now_s = self._clock()
            if now_s - due_s > self._film.spacing_s:
                late_since_s = now_s if late_since_s is None else late_since_s
                if now_s - late_since_s < CATCH_UP_S:
                    continue
                offset_s += now_s - due_s
                due_s = now_s
            yield due_s, picture
            late_since_s = None

    def _wait(self, until_s: float) -> None:
        """Return when it is time; at once if it is past.

        :raises SourceError: the file is gone.
        """
        while True:
            now_s = self._clock()
            if now_s - self._looked_s >= LOOK_S:
                self._looked_s = now_s
                if not self.path.exists():
                    raise self._taken_away()
            if now_s >= until_s:
                return
            self._sleep(min(until_s - now_s, LOOK_S))

    def _again(self) -> _Film:
        if not self.path.exists():
            raise self._taken_away()
        return _Film(self.path)

    def _taken_away(self) -> SourceError:
        return SourceError(f"{self.path}: the file was taken away while it played; put it back")

    def close(self) -> None:
        """Close the file."""
        self._film.close()


class _Film(VideoFile):
    """A video file that leaves it to the caller which pictures are worth converting."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._stream.thread_type = "NONE"  # in real time one thread is fast enough; each more keeps pictures of its own
        rate = self._stream.average_rate
        self.spacing_s = float(1 / rate) if rate else USUAL_SPACING_S

    def pictures(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """Decoded pictures with their times in the file, which grow strictly."""
        last_s = None
        for picture in self._pictures():
            counted_s = 0.0 if last_s is None else last_s + self.spacing_s  # raw streams carry no stamps
            t_s = float(picture.time) if picture.pts is not None else counted_s
            if last_s is None or t_s > last_s:
                last_s = t_s
                yield t_s, picture

    def rgb(self, picture: av.VideoFrame) -> np.ndarray:
        """Colours of one picture, turned as the file asks."""
        return self._upright(picture)
