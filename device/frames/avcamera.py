"""Cameras that FFmpeg knows how to read, through PyAV."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator, Mapping, Sequence

import av
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter

from device.errors import SourceError
from device.frames import MISSING_S, FrameSource
from device.frames.stamps import monotonic_s
from device.frames.upright import upright
from device.records import Frame
from device.settings import CameraSettings

FIRST_S = 6.0
"""Wait so long for the first picture: a USB camera may take two seconds to wake."""

STOP_S = 1.0
"""Wait so long for a camera to end; it gives a picture meanwhile, or it hangs."""

REPLUG = "unplug the camera and plug it in again"


class AvCamera(FrameSource):
    """A live input of FFmpeg.

    A thread of its own reads it, because nothing else keeps a camera that gives no more pictures from holding up its
    reader for ever.  All of PyAV's work is done there.  A camera that hangs keeps that thread, and the device with it,
    until the driver lets go; it cannot be opened again before.

    :param source: what FFmpeg opens.
    :param form: FFmpeg's name for this kind of input.
    :param tries: options for FFmpeg, most wanted first: the next are tried where the device does not know these.
    :param settings: how to turn the pictures.
    :raises SourceError: it cannot be opened, or gives no picture.
    """

    live = True

    reasons: Mapping[int, str] = {}
    """What the system's errors mean, by their number, for a back end that knows better than the system."""

    def __init__(
        self, name: str, source: str, form: str, tries: Sequence[dict[str, str]], settings: CameraSettings
    ) -> None:
        self.name = name
        self._source = source
        self._form = form
        self._tries = tries
        self._settings = settings
        self._news = threading.Condition()  # guards the following three
        self._newest: Frame | None = None
        self._fault: SourceError | None = None
        self._closed = False
        self._reader = threading.Thread(target=self._read, name=f"reads {source}", daemon=True)
        if any(thread.name == self._reader.name for thread in threading.enumerate()):
            raise SourceError(f"{name}: the camera still hangs; remedy: {REPLUG}")
        self._reader.start()
        try:
            self._next(FIRST_S)  # only a camera that gives pictures is one that works
        except BaseException:
            self.close()
            raise

    def frames(self) -> Iterator[Frame]:
        """Yield the newest picture each time; see :class:`FrameSource`."""
        while True:
            yield self._next(MISSING_S)

    def close(self) -> None:
        """Let go of the camera, or give up on it after a second."""
        with self._news:
            self._closed = True
        self._reader.join(STOP_S)

    def _next(self, wait_s: float) -> Frame:
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._fault is not None, wait_s)
            if self._newest is None:
                raise self._fault or SourceError(f"{self.name}: the camera gives no pictures; remedy: {REPLUG}")
            frame, self._newest = self._newest, None
            return frame

    def _read(self) -> None:
        """Read until closed; runs in the thread."""
        try:
            with self._opened() as container:
                self._pump(container)
            if self._closed:
                return
            fault = SourceError(f"{self.name}: the camera has stopped; remedy: {REPLUG}")
        except SourceError as error:
            fault = error
        except (FFmpegError, OSError) as error:
            fault = explained(self.name, error, self.reasons)
        with self._news:
            self._fault = fault
            self._news.notify()

    def _pump(self, container: av.container.InputContainer) -> None:
        """Hand on picture after picture, until closed or the input ends."""
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1  # several would hold pictures back
        scaler = VideoReformatter()
        packet = pictures = picture = None
        last_s = None
        try:
            for packet in container.demux(stream):
                if self._closed:
                    return
                try:
                    pictures = packet.decode()
                except FFmpegError:
                    continue  # a picture that was damaged on its way
                for picture in pictures:
                    t_s = monotonic_s(None if picture.pts is None else float(picture.time))
                    if last_s is None or t_s > last_s:
                        last_s = t_s
                        rgb = scaler.reformat(picture, format="rgb24").to_ndarray()
                        self._put(Frame(t_s, upright(rgb, self._settings.rotate_deg, self._settings.mirror)))
        finally:
            # These lie in the driver's own buffers, and FFmpeg must have all of them back before it closes: given back
            # later, they have it write into freed memory.  An error on its way up would keep them alive.
            del packet, pictures, picture

    def _put(self, frame: Frame) -> None:
        with self._news:
            self._newest = frame
            self._news.notify()

    def _opened(self) -> av.container.InputContainer:
        """Open it in the most wanted way that the device knows.

        :raises FFmpegError: it knows none, or cannot be opened at all.
        """
        *wanted, last = self._tries
        for options in wanted:
            try:
                return av.open(self._source, format=self._form, container_options=options)
            except FFmpegError as error:
                if error.errno != errno.EINVAL:
                    raise
        return av.open(self._source, format=self._form, container_options=last)


def explained(name: str, error: Exception, reasons: Mapping[int, str]) -> SourceError:
    """Say in words for runners why a camera cannot be read.

    :param reasons: what to say, by the number of the system's error.
    """
    said = getattr(error, "strerror", None) or error
    return SourceError(f"{name}: {reasons.get(getattr(error, 'errno', None) or 0, f'it cannot be read ({said})')}")
