"""Where pictures come from.

A new camera is a new module in this folder with one class that keeps the contract of :class:`FrameSource`, and a line
in :func:`open_camera`; ``tests/frames/test_sources.py`` holds what all of them promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from device.errors import SourceError
from device.records import Frame
from device.settings import CameraSettings

MISSING_S = 3.0
"""A live camera that has given no picture for this long is gone (chosen by us)."""


class FrameSource(ABC):
    """A stream of frames, oldest first.

    A back end must provide :meth:`frames` and :meth:`close`.  It may set :attr:`duration_s` where the length is known
    beforehand, and :attr:`trouble` when it could deliver only a part.

    A live source, one of :func:`open_camera`, sets :attr:`live` and :attr:`name` as well and promises more: ``t_s`` is
    on the clock of ``time.monotonic()``, and is when the picture was taken where the driver knows it, else when it
    arrived.  Pictures keep coming whether they are taken or not: whoever is late gets the newest, and the ones between
    are lost.  A picture missing for :data:`MISSING_S` raises :class:`SourceError`, and so does a camera that is gone.
    """

    live: bool = False
    """Whether frames come at their own pace, on the clock of ``time.monotonic()``."""

    name: str = ""
    """What this is, in words: "picamera2 imx708", "usb /dev/video0 HD Webcam", "file run.mp4"."""

    duration_s: float | None = None
    """Length of the stream, None for a live one."""

    trouble: str | None = None
    """After the last frame: one line that says what could not be read, None when all went well."""

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """Yield the frames; their ``t_s`` grows strictly.  May be called once."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and devices.  May be called twice; a live source may hang in its driver meanwhile."""


def open_source(path: str | Path) -> FrameSource:
    """Open a video file, to read every frame of it.

    :raises SourceError: when there is no such file or it holds no video.
    """
    from device.frames.video import VideoFile  # lazily: PyAV takes a while to load

    return VideoFile(Path(path))


def open_camera(camera: CameraSettings, source: str | None = None, loop: bool = False) -> FrameSource:
    """Open a live source.

    :param source: "auto" is the Pi's own camera, else the first USB camera that works; "picamera2"; "usb" is the first
        USB camera; a device such as "/dev/video0" or "/dev/v4l/by-id/…"; else a video file, which plays in real time
        as a stand-in for a camera.  None: the one that the settings name.
    :param loop: whether a file begins anew at its end.
    :raises SourceError: it cannot be opened.
    """
    source = camera.source if source is None else source
    if source == "auto":
        return _first_that_works(camera)
    if source == "picamera2":
        return _pi_camera(camera)
    if source == "usb":
        return _usb_camera(camera)
    if source.startswith("/dev/"):
        return _usb_camera(camera, Path(source))
    if not Path(source).exists() and Path(source).name == source and not Path(source).suffix:
        raise SourceError(
            f"there is no source {source!r}: give auto, picamera2, usb, a device such as /dev/video0, or a video file"
        )
    from device.frames.played import PlayedFile

    return PlayedFile(Path(source), loop, rotate_deg=camera.rotate_deg, mirror=camera.mirror)


def _first_that_works(camera: CameraSettings) -> FrameSource:
    try:
        return _pi_camera(camera)
    except SourceError as pi:
        try:
            return _usb_camera(camera)
        except SourceError as usb:
            raise SourceError(f"no camera works.  The Pi's own: {pi}.  USB: {usb}") from usb


def _pi_camera(camera: CameraSettings) -> FrameSource:
    from device.frames.picamera import PiCamera

    return PiCamera(camera)


def _usb_camera(camera: CameraSettings, device: Path | None = None) -> FrameSource:
    from device.frames.usb import UsbCamera, first_that_works

    return first_that_works(camera) if device is None else UsbCamera(camera, device)
