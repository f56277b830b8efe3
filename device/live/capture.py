"""The capture thread: opens the camera, keeps the newest picture, and opens the camera again when it went away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from device.errors import SourceError
from device.frames import FrameSource
from device.live.journal import Journal
from device.live.worker import Worker
from device.records import Frame

RETRY_S = 1.0
"""A camera that is not there is looked for this often (chosen by us: who plugs it in waits no longer)."""

OPENING_S = 40.0
"""Looking through the cameras may take this long (chosen by us: 11 s for the Pi's own, 6 s for each dead USB one)."""

SMALLEST_PX = 32
"""No camera gives pictures smaller than this; one that does is damaged."""


class Capture(Worker):
    """Hands over the newest frame, and only that: nobody waits for whoever looks at it, and nothing is queued.

    :param open_source: opens the camera; called on the capture thread, again after each time the camera went away.
    :param journal: is told when the camera goes and comes.
    :ivar dropped: frames that nobody looked at, because a newer one came first.
    :ivar bad: frames that are no pictures.
    :ivar ended: whether a source that is not to be repeated has come to its end.
    """

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        journal: Journal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("capture")
        self._open_source = open_source
        self._journal = journal
        self._clock = clock
        self._stop = threading.Event()
        self._again = threading.Event()
        self._new = threading.Condition()
        self._frame: Frame | None = None
        self._last_s = float("-inf")
        self._waited_s = float("-inf")
        self._opening_s = float("-inf")
        self.name: str | None = None
        self.size_px: tuple[int, int] | None = None
        self.dropped = 0
        self.bad = 0
        self.ended = False

    def take(self, timeout_s: float) -> Frame | None:
        """The newest frame that nobody took yet; None if none comes in time."""
        with self._new:
            if self._frame is None and not self.ended and not self._stop.is_set():
                self._new.wait(timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def waiting(self, within_s: float) -> bool:
        """Whether the thread is looking for a camera that is not there, and did so within that time."""
        now_s = self._clock()
        return now_s - self._waited_s <= within_s or now_s - self._opening_s <= OPENING_S

    def reopen(self) -> None:
        """Open the camera anew, because its settings changed."""
        self._again.set()

    def stop(self) -> None:
        """End.  The thread may hang in a driver: whoever must go on joins it with a time-out."""
        self._stop.set()
        self._again.set()
        with self._new:
            self._new.notify_all()

    def work(self) -> None:
        """Watch the camera until stopped, or until a recording's end."""
        try:
            while not self._stop.is_set():
                self._again.clear()
                if self._stop.is_set() or self._watch():
                    return
                # A sign of life only while there is no camera: one that hangs must not look like one that is missing.
                self._waited_s = self._clock()
                self._again.wait(RETRY_S)
                self._waited_s = self._clock()
        finally:
            with self._new:
                self.ended = True
                self._new.notify_all()

    def _watch(self) -> bool:
        """Open the camera and take its frames until it goes; whether it came to an end of its own."""
        self._opening_s = self._clock()
        try:
            source = self._open_source()
        except SourceError as error:
            self._gone(str(error))
            return False
        finally:
            self._opening_s = float("-inf")
        try:
            for frame in source.frames():
                if self._stop.is_set() or self._again.is_set():
                    return False
                self._take_in(frame, source.name)
        except SourceError as error:
            self._gone(str(error))
            return False
        finally:
            source.close()
        if self.name is None:
            self._gone("the camera gives no pictures")
            return False
        return True

    def _take_in(self, frame: Frame, name: str) -> None:
        if not _is_picture(frame.rgb) or not frame.t_s > self._last_s:
            self.bad += 1
            return
        self._last_s = frame.t_s
        self.size_px = frame.rgb.shape[1], frame.rgb.shape[0]
        if self.name != name:
            self.name = name
            self._journal.right("camera", f"{name} is back")
        with self._new:
            self.dropped += self._frame is not None
            self._frame = frame
            self._new.notify()

    def _gone(self, problem: str) -> None:
        self.name = self.size_px = None
        with self._new:
            self._frame = None  # what was seen last is of no use after the pause
        self._journal.wrong("camera", problem)


def _is_picture(rgb: object) -> bool:
    return (
        isinstance(rgb, np.ndarray)
        and rgb.dtype == np.uint8
        and rgb.ndim == 3
        and rgb.shape[2] == 3
        and min(rgb.shape[:2]) >= SMALLEST_PX
    )
