"""Writes the film of a run: H.264 pictures at the frames' own times, and the run's speech as an AAC track."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from av.error import FFmpegError

from device.drawing.overlay import Overlay
from device.drawing.theme import HEIGHT_PX, WIDTH_PX
from device.drawing.writer import Samples, Writer
from device.errors import UsageError
from device.records import Frame, Moment

if TYPE_CHECKING:
    from device.cues.track import SpeechTrack

_QUEUE = 4
_STOP_S = 60.0
_BLOCK_S = 10.0
_TAIL_S = 10.0
"""Speech that goes on after the last picture is kept up to this long."""


@dataclass(frozen=True, slots=True)
class _Item:
    frame: Frame | None
    moment: Moment
    t_s: float
    sound: list[Samples]


class Film:
    """A film in the making.  Drawing and encoding happen in a thread of their own, a few frames behind.

    Until :meth:`close` the film grows in a hidden file beside ``path``, so that ``path`` never holds a half one.  What
    was added before an error or an interruption is kept: closing finishes the film as far as it has come.

    :param path: the film's name; it is written as MP4 whatever its ending.  A film that is there already is replaced.
    :param track: the run's speech; None makes a silent film.  Speech has to be on the track before the frame of its own
        time is added.
    """

    def __init__(self, path: Path, track: SpeechTrack | None = None) -> None:
        """Touch nothing yet: the file is opened with the first frame."""
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        self._track = track
        self._writer: Writer | None = None
        self._queue: queue.Queue[_Item | None] = queue.Queue(_QUEUE)
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._told = False
        self._start_s = 0.0
        self._heard = 0
        self._closed = False

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Add the picture of one moment; waits while the encoder is more than a few frames behind.

        :param frame: the camera's picture, which must not be changed afterwards; None draws on an empty stage.
        :raises UsageError: the film cannot be written.
        """
        if self._closed:
            raise ValueError(f"{self.path}: the film is closed")
        self._raise_error()
        t_s = moment.pose.t_s if frame is None else frame.t_s
        if self._thread is None:
            self._start(t_s)
        # The track belongs to the caller's thread, so what was said since the last frame is fetched here.
        item = _Item(frame, moment, t_s, self._sound(t_s))
        self._queue.put(item)  # never for long: after an error the worker goes on emptying the queue

    def close(self) -> None:
        """Finish the film and give it its name.  A film without frames leaves no file; closing twice is harmless.

        :raises UsageError: the film cannot be finished; what could be written stays in the hidden file.
        """
        if self._closed:
            return
        self._closed = True
        if self._thread is None or self._writer is None:
            return
        with contextlib.suppress(queue.Full):  # the join below says so
            self._queue.put(None, timeout=_STOP_S)
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            raise UsageError(f"cannot write {self.path}: the encoder does not stop; what there is lies in {self._part}")
        try:
            for block in self._tail() if self._error is None else []:
                self._writer.sound(block)
            self._writer.finish()
            if self._writer.pictures:
                os.replace(self._part, self.path)
            else:  # not even the first picture could be drawn: an earlier film is worth more
                self._part.unlink()
        except (FFmpegError, OSError) as error:
            if not self._told:
                raise self._cannot(error, f"; what there is lies in {self._part}") from error
        if not self._told:
            self._raise_error()

    def __enter__(self) -> Film:
        """Return the film itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the film, also after an error: that one is then the one raised, with a note if closing failed too."""
        try:
            self.close()
        except Exception as trouble:
            if error is None:
                raise
            error.add_note(str(trouble))

    def _start(self, t_s: float) -> None:
        if self.path.is_dir():
            raise UsageError(f"cannot write {self.path}: it is a folder")
        rate_hz = self._track.rate_hz if self._track is not None else None
        try:
            self._part.open("wb").close()  # FFmpeg's own reasons are worse
            try:
                self._writer = Writer(self._part, WIDTH_PX, HEIGHT_PX, rate_hz)
            except BaseException:
                self._part.unlink()
                raise
        except (FFmpegError, OSError) as error:
            raise self._cannot(error) from error
        self._start_s = t_s
        self._thread = threading.Thread(target=self._work, name="film", daemon=True)
        self._thread.start()

    def _sound(self, to_s: float) -> list[Samples]:
        """Return the speech from where it was fetched last to ``to_s``, in blocks of bounded length."""
        if self._track is None:
            return []
        rate_hz = self._track.rate_hz
        blocks = []
        end = round((to_s - self._start_s) * rate_hz)
        while self._heard < end:
            stop = min(end, self._heard + round(_BLOCK_S * rate_hz))
            block = self._track.samples(self._start_s + self._heard / rate_hz, self._start_s + stop / rate_hz)
            # Times rounded by the track may cost it a sample: the sound must not drift from the pictures for that.
            short = stop - self._heard - block.size
            blocks.append(np.pad(block, (0, short)) if short > 0 else block[: stop - self._heard])
            self._heard = stop
        return blocks

    def _tail(self) -> list[Samples]:
        """Return the speech that goes on after the last picture."""
        if self._track is None:
            return []
        now_s = self._start_s + self._heard / self._track.rate_hz
        block = self._track.samples(now_s, now_s + _TAIL_S)
        loud = np.flatnonzero(block)
        return [block[: loud[-1] + 1]] if loud.size else []

    def _work(self) -> None:
        overlay = Overlay()
        while (item := self._queue.get()) is not None:
            if self._error is not None or self._writer is None:
                continue
            try:
                picture = overlay.draw(item.frame, item.moment)
                for block in item.sound:
                    self._writer.sound(block)
                self._writer.picture(picture, item.t_s - self._start_s)
            except BaseException as error:  # whatever it is, the caller has to learn of it: add() raises it
                self._error = error

    def _raise_error(self) -> None:
        error = self._error
        if error is None:
            return
        self._told = True
        if isinstance(error, FFmpegError | OSError):
            raise self._cannot(error) from error
        raise error

    def _cannot(self, error: Exception, more: str = "") -> UsageError:
        reason = getattr(error, "strerror", None) or str(error)
        return UsageError(f"cannot write {self.path}: {reason}{more}")
