"""Cameras that do what a test asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from device.errors import SourceError
from device.frames import FrameSource
from device.records import Frame


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.005)
    return bool(true())


def picture(number: int = 0) -> np.ndarray:
    """A small picture with a number in its first pixel."""
    rgb = np.zeros((48, 64, 3), np.uint8)
    rgb[0, 0] = number % 256, number // 256 % 256, number // 65536
    return rgb


class Camera(FrameSource):
    """A camera whose plug the test holds.

    :param fps: pictures a second.
    :param rgb: what it sees: a picture for each number.
    """

    live = True
    name = "staged camera"

    def __init__(self, fps: float = 100.0, rgb: Callable[[int], np.ndarray] = picture) -> None:
        self._spacing_s = 1 / fps
        self._rgb = rgb
        self.plugged = threading.Event()
        self.plugged.set()
        self.hangs = threading.Event()
        self.released = threading.Event()
        self.opened = 0
        self.closed = 0
        self.given = 0

    def open(self) -> FrameSource:
        """Plug in hand, open it."""
        if not self.plugged.is_set():
            raise SourceError("there is no camera; plug it in")
        self.opened += 1
        return self

    def frames(self) -> Iterator[Frame]:
        while True:
            time.sleep(self._spacing_s)
            if self.hangs.is_set():
                self.released.wait()
            if not self.plugged.is_set():
                raise SourceError("the camera is gone; plug it in again")
            self.given += 1
            yield Frame(time.monotonic(), self._rgb(self.given))

    def close(self) -> None:
        self.closed += 1
