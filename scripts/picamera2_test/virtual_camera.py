"""picamera2 on libcamera's virtual camera, to be loaded where both are.

The virtual camera has neither sensor modes nor an image processor; it gives NV12 only, as fast as buffers come back.
:class:`VirtualCamera` adds what Form Coach expects of a camera on a ribbon cable: a mode, RGB, a rate, and a cable that
can be pulled.  Opening, buffers, requests, waiting, time stamps, stopping and closing are picamera2's and libcamera's.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import picamera2
from av import VideoFrame
from picamera2.allocators import LibcameraAllocator
from picamera2.request import Helpers

WIDTH_PX, HEIGHT_PX = 640, 480


class Processor(Helpers):
    """Does the image processor's part: colours."""

    def _make_array_shared(self, buffer: np.ndarray, config: dict[str, Any]) -> np.ndarray:
        width, height = config["size"]
        rows = buffer.reshape(height * 3 // 2, config["stride"])[:, :width]
        return VideoFrame.from_ndarray(np.ascontiguousarray(rows), format="nv12").to_ndarray(format="rgb24")


class VirtualCamera(picamera2.Picamera2):
    """The virtual camera in the place of a camera on a ribbon cable."""

    unplugged = False
    """Whether the cable is pulled: no more pictures come."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.helpers = Processor(self)
        # picamera2's own allocator makes buffers of one plane, the virtual camera's pictures have two
        self.allocator = LibcameraAllocator(self.camera)
        self._next_s = 0.0

    def _get_raw_modes(self) -> list[dict[str, Any]]:
        return [{"format": "NV12", "size": (WIDTH_PX, HEIGHT_PX)}]

    @property
    def sensor_modes(self) -> list[dict[str, Any]]:
        size = (WIDTH_PX, HEIGHT_PX)
        return [{"format": "NV12", "size": size, "bit_depth": 10, "fps": 30.0, "crop_limits": (0, 0, *size)}]

    @property
    def camera_controls(self) -> dict[str, Any]:
        return {"AnalogueGain": (1.0, 8.0, 1.0), **super().camera_controls}

    def set_controls(self, controls: dict[str, Any]) -> None:
        super().set_controls({name: value for name, value in controls.items() if name in self.camera_ctrl_info})

    def configure_(self, camera_config: dict[str, Any]) -> None:
        main = camera_config["main"]
        if main["format"] != "BGR888":
            raise RuntimeError(f"format {main['format']}: only BGR888 is made of the virtual camera's pictures")
        self._period_s = camera_config["controls"]["FrameDurationLimits"][0] / 1e6
        super().configure_({**camera_config, "main": {**main, "format": "NV12"}})
        self.camera_config["main"]["format"] = main["format"]

    def process_requests(self, display: Any) -> None:
        """Let one picture through when it is due, none while unplugged; whoever asks to stop is heard in any case.

        The others go round without being seen: libcamera shows each image of a series four times, which is once for
        each buffer.
        """
        if self._requests and not self.unplugged:
            now_s = time.monotonic()
            if now_s > self._next_s + self._period_s:
                self._next_s = now_s
            time.sleep(max(0.0, self._next_s - now_s))
            self._next_s += self._period_s
        with self._requestslock:
            waiting, self._requests = self._requests, []
        if not self.unplugged:
            for request in waiting[:-1]:
                request.release()
            with self._requestslock:
                self._requests[:0] = waiting[-1:]
            waiting = []
        super().process_requests(display)
        if self.started:
            with self._requestslock:
                self._requests[:0] = waiting
        else:
            for request in waiting:
                request.release()


def install() -> None:
    """From now on picamera2's cameras are virtual ones."""
    picamera2.Picamera2 = VirtualCamera
