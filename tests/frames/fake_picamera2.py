"""A stand-in for picamera2 and what lies behind it: sensor, automatic exposure, driver.

It has the calls that Form Coach uses, with picamera2's own signatures (``test_picamera.py`` compares them with the real
source where that is installed), and its traps: reversed colour names, pictures that are gone once released, a capture
that timed out and stays in the queue, errors that hide their cause, a close that hangs.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import pytest

LAG = 3
"""Pictures until a change of exposure or gain is seen: sensors take it up with delay."""

PROFILES = {
    0: ((100, 10000, 30000, 60000, 66666), (1.0, 1.5, 2.0, 4.0, 8.0)),
    1: ((100, 5000, 10000, 20000, 66666), (1.0, 2.0, 4.0, 6.0, 8.0)),
    2: ((1000, 30000, 60000, 90000, 120000), (1.0, 2.0, 4.0, 6.0, 12.0)),
}
"""Exposures and gains to go through, by ``AeExposureMode``, like those in libcamera's tuning files."""


def _mode(size: tuple[int, int], crop: tuple[int, int, int, int], fps: float, bits: int) -> dict[str, Any]:
    return {"size": size, "crop_limits": crop, "fps": fps, "bit_depth": bits, "format": f"SRGGB{bits}"}


@dataclass(frozen=True)
class Sensor:
    """A sensor as ``sensor_modes`` describes it."""

    modes: tuple[dict[str, Any], ...]
    gains: tuple[float, float]
    lens: bool = False


SENSORS = {
    "imx219": Sensor(
        (
            _mode((640, 480), (1000, 752, 1280, 960), 103.33, 10),
            _mode((1640, 1232), (0, 0, 3280, 2464), 41.85, 10),
            _mode((1920, 1080), (680, 692, 1920, 1080), 47.57, 10),
            _mode((3280, 2464), (0, 0, 3280, 2464), 21.19, 10),
            _mode((640, 480), (1000, 752, 1280, 960), 103.33, 8),
            _mode((1640, 1232), (0, 0, 3280, 2464), 41.85, 8),
            _mode((1920, 1080), (680, 692, 1920, 1080), 47.57, 8),
            _mode((3280, 2464), (0, 0, 3280, 2464), 21.19, 8),
        ),
        (1.0, 10.666667),
    ),
    "imx477": Sensor(
        (
            _mode((1332, 990), (696, 528, 2664, 1980), 120.05, 10),
            _mode((2028, 1080), (0, 440, 4056, 2160), 50.03, 12),
            _mode((2028, 1520), (0, 0, 4056, 3040), 40.01, 12),
            _mode((4056, 3040), (0, 0, 4056, 3040), 10.0, 12),
        ),
        (1.0, 22.260869),
    ),
    "imx708": Sensor(
        (
            _mode((1536, 864), (768, 432, 3072, 1728), 120.13, 10),
            _mode((2304, 1296), (0, 0, 4608, 2592), 56.03, 10),
            _mode((4608, 2592), (0, 0, 4608, 2592), 14.35, 10),
        ),
        (1.122807, 16.0),
        lens=True,
    ),
    "ov5647": Sensor(
        (
            _mode((640, 480), (16, 0, 2560, 1920), 58.92, 10),
            _mode((1296, 972), (0, 0, 2592, 1944), 46.34, 10),
            _mode((1920, 1080), (348, 434, 1928, 1080), 32.81, 10),
            _mode((2592, 1944), (0, 0, 2592, 1944), 15.63, 10),
        ),
        (1.0, 63.9375),
    ),
    "ov9281": Sensor(
        (
            _mode((640, 400), (0, 0, 1280, 800), 309.79, 8),
            _mode((1280, 720), (0, 0, 1280, 720), 171.79, 8),
            _mode((1280, 800), (0, 0, 1280, 800), 143.66, 8),
            _mode((1280, 800), (0, 0, 1280, 800), 143.66, 10),
        ),
        (1.0, 15.9375),
    ),
}


@dataclass
class Rig:
    """What is on the cable, how it behaves, and what happened.

    :param sensor: which of :data:`SENSORS`; "" for none.
    :param version: of picamera2.
    :param usb: whether a USB camera is plugged in, too; picamera2 lists those.
    :param busy: whether another program has the camera.
    :param stalled: whether no more pictures come ("Camera frontend has timed out!").
    :param stuck: whether closing hangs then, until :attr:`freed`.
    :param light_us: the exposure in microseconds that would be right at a gain of 1.
    :param stamps: "monotonic", "boottime" (as if the machine had been suspended), "wall" or "none".
    :param pad: rows are a multiple of this many bytes long.
    :param converts: a format that the camera gives whatever it is asked for.
    :ivar camera: the one opened last.
    """

    sensor: str = "imx219"
    version: str = "0.3.38"
    usb: bool = False
    busy: bool = False
    stalled: bool = False
    stuck: bool = False
    light_us: float = 20000.0
    stamps: str = "monotonic"
    pad: int = 64
    converts: str = ""
    opened: int = 0
    closed: int = 0
    unreleased: int = 0
    configured: dict[str, Any] = field(default_factory=dict)
    controls: list[dict[str, Any]] = field(default_factory=list)
    exposures_us: list[float] = field(default_factory=list)
    freed: threading.Event = field(default_factory=threading.Event)
    camera: Picamera2 | None = None


class _Exposure:
    """libcamera's automatic for Raspberry Pis, in short."""

    def __init__(self, rig: Rig, sensor: Sensor) -> None:
        self._rig = rig
        self._gains = sensor.gains
        self.fixed_us = 0
        self.profile = 0
        self.longest_us = 33333.0
        self._total_us = 1000.0
        self._coming = deque([(1000.0, sensor.gains[0])] * LAG)

    def step(self) -> tuple[float, float]:
        """Exposure and gain of the next picture."""
        self._total_us += 0.3 * (self._rig.light_us - self._total_us)
        self._coming.append(self._divided())
        return self._coming.popleft()

    def _divided(self) -> tuple[float, float]:
        times, gains = PROFILES[self.profile]
        time_us = min(float(self.fixed_us or times[0]), self.longest_us)
        gain = max(gains[0], self._gains[0])
        for stage in range(1, len(gains)):
            if time_us * gain >= self._total_us:
                break
            if not self.fixed_us:
                if min(times[stage], self.longest_us) * gain >= self._total_us:
                    time_us = self._total_us / gain
                    break
                time_us = min(float(times[stage]), self.longest_us)
            gain = min(max(gains[stage], self._gains[0]), self._total_us / time_us)
        return time_us, float(np.clip(gain, *self._gains))


class Request:
    """A picture, as long as it is not released."""

    def __init__(self, camera: Picamera2, metadata: dict[str, Any], buffer: mmap.mmap) -> None:
        self._camera = camera
        self._metadata = metadata
        self._count = 1
        self.buffer = buffer
        camera.rig.unreleased += 1

    def get_metadata(self) -> dict[str, Any]:
        assert self._count, "the request was released"
        return dict(self._metadata)

    def release(self) -> None:
        self._count -= 1
        if self._count < 0:
            raise RuntimeError("CompletedRequest: lock now has negative ref_count")
        self.buffer[:] = b"\xaa" * len(self.buffer)  # whoever looks now sees that it belongs to the camera again
        self._camera.rig.unreleased -= 1
        self._camera._submit()


class MappedArray:
    """The pixels of a request."""

    def __init__(self, request: Request, stream: str, reshape: bool = True, write: bool = True) -> None:
        assert stream == "main"
        assert reshape
        self._request = request
        self.array: np.ndarray | None = None

    def __enter__(self) -> MappedArray:
        main = self._request._camera.camera_configuration()["main"]
        width, height = main["size"]
        rows = np.frombuffer(self._request.buffer, np.uint8).reshape(height, main["stride"])
        self.array = rows[:, : width * 3].reshape(height, width, 3)
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, exc_traceback: Any) -> None:
        self.array = None


class Picamera2:
    """The camera; ``rig`` is put in by :func:`install`."""

    rig: Rig

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        rig = Picamera2.rig
        known = [{"Model": "HD Webcam", "Location": 2, "Id": "/base/soc/usb@7e980000/usb1-1.2", "Num": 0}] * rig.usb
        if rig.sensor:
            known.insert(0, {"Model": rig.sensor, "Location": 2, "Id": f"/base/i2c0mux/{rig.sensor}@10", "Num": 1})
        return known

    def __init__(self, camera_num=0, verbose_console=None, tuning=None, allocator=None):  # type: ignore[no-untyped-def]
        self.notifyme_r, self.notifyme_w = os.pipe2(os.O_NONBLOCK)
        self.notifymeread = os.fdopen(self.notifyme_r, "rb")
        if camera_num >= len(self.global_camera_info()):
            if self.rig.version == "0.3.36":
                raise IndexError("list index out of range")
            raise RuntimeError(
                f'No camera number {camera_num} found - use "rpicam-hello --list-cameras" to check connected cameras'
            )
        if self.rig.busy or self.rig.opened > self.rig.closed:
            try:
                raise RuntimeError("Failed to acquire camera: Device or resource busy")
            except RuntimeError as error:
                raise RuntimeError("Camera __init__ sequence did not complete.") from error
        self.rig.opened += 1
        self.rig.camera = self
        self._sensor = SENSORS[self.rig.sensor]
        self._exposure = _Exposure(self.rig, self._sensor)
        self._config: dict[str, Any] = {}
        self._pending: dict[str, Any] = {}
        self._begun_s: float | None = None
        self._number = -1
        self._timed_out = 0
        self._buffers: list[mmap.mmap] = []
        self._is_open = True

    @property
    def sensor_modes(self) -> list[dict[str, Any]]:
        return [dict(mode) for mode in self._sensor.modes]

    @property
    def camera_controls(self) -> dict[str, tuple[Any, Any, Any]]:
        lens = {"AfMode": (0, 2, 0), "LensPosition": (0.0, 32.0, 1.0)} if self._sensor.lens else {}
        return lens | {
            "AnalogueGain": (*self._sensor.gains, None),
            "ExposureTime": (60, 11_766_829, None),
            "AeExposureMode": (0, 3, 0),
            "FrameDurationLimits": (9000, 11_767_556, None),
        }

    def create_video_configuration(  # type: ignore[no-untyped-def]
        self,
        main={},  # noqa: B006
        lores=None,
        raw={},  # noqa: B006
        transform=None,
        colour_space=None,
        buffer_count=6,
        controls={},  # noqa: B006
        display="main",
        encode="main",
        queue=True,
        sensor={},  # noqa: B006
        use_case="video",
    ) -> dict[str, Any]:
        main = {"format": "XBGR8888", "size": (1280, 720), "preserve_ar": True} | main
        controls = {"NoiseReductionMode": 1, "FrameDurationLimits": (33333, 33333)} | controls
        return {
            "main": main,
            "lores": lores,
            "raw": None if raw is None else {"format": "SRGGB10", "size": main["size"]} | raw,
            "buffer_count": buffer_count,
            "controls": controls,
            "queue": queue,
            "sensor": sensor,
        }

    def configure(self, camera_config=None) -> None:  # type: ignore[no-untyped-def]
        if camera_config["main"]["format"] not in ("BGR888", "RGB888"):
            raise RuntimeError("Bad format in stream main")
        if any(side % 2 for side in camera_config["main"]["size"]):
            raise RuntimeError("width and height should be even")
        if camera_config["sensor"]["output_size"] not in [mode["size"] for mode in self._sensor.modes]:
            raise RuntimeError("Invalid camera configuration")
        self._config = camera_config
        main = self._config["main"]
        main["format"] = self.rig.converts or main["format"]
        main["stride"] = -(-main["size"][0] * 3 // self.rig.pad) * self.rig.pad
        self.rig.configured = self._config
        self._pending = {}
        self.set_controls({name: value for name, value in camera_config["controls"].items() if name[0] != "N"})

    def camera_configuration(self) -> dict[str, Any]:
        return self._config

    def set_controls(self, controls) -> None:  # type: ignore[no-untyped-def]
        for name in controls:
            if name not in self.camera_controls:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        self.rig.controls.append(dict(controls))
        self._pending |= controls

    def start(self, config=None, show_preview=False) -> None:  # type: ignore[no-untyped-def]
        assert self._config, "not configured"
        self._submit()
        for _ in range(10):  # libcamera keeps the first pictures to itself until its automatics have found their way
            self._exposure.step()
        self._begun_s = time.monotonic() + 0.1

    def _submit(self) -> None:
        """Controls go out with the next request that is handed in."""
        self._exposure.fixed_us = self._pending.get("ExposureTime", self._exposure.fixed_us)
        self._exposure.profile = self._pending.get("AeExposureMode", self._exposure.profile)
        self._exposure.longest_us = self._pending.get("FrameDurationLimits", (0, self._exposure.longest_us))[1]
        self._pending = {}

    def capture_request(self, wait=None, signal_function=None, flush=None) -> Request:  # type: ignore[no-untyped-def]
        assert wait, "without a limit this may wait for ever"
        until_s = time.monotonic() + wait
        while True:
            number = self._number + 1 if self._config["queue"] else self._now() + 1
            due_s = self._due_s(number)
            if self._idle() or due_s > until_s:
                time.sleep(max(0.0, until_s - time.monotonic()))
                self._timed_out += 1  # and stays in the queue
                raise TimeoutError
            time.sleep(max(0.0, due_s - time.monotonic()))
            request = self._picture(number)
            if not self._timed_out:
                return request
            self._timed_out -= 1  # that one goes to whoever has given up waiting

    def _idle(self) -> bool:
        return self.rig.stalled or self.rig.unreleased >= self._config["buffer_count"]

    def _due_s(self, number: int) -> float:
        assert self._begun_s is not None, "not started"
        return self._begun_s + number * self._config["controls"]["FrameDurationLimits"][0] / 1e6

    def _now(self) -> int:
        """Number of the last picture so far."""
        period_s = self._due_s(1) - self._due_s(0)
        return max(int((time.monotonic() - self._due_s(0)) // period_s), -1, self._number)

    def _picture(self, number: int) -> Request:
        for _ in range(number - self._number):
            time_us, gain = self._exposure.step()
        self._number = number
        self.rig.exposures_us.append(time_us)
        main = self._config["main"]
        width, height = main["size"]
        buffer = mmap.mmap(-1, height * main["stride"])
        self._buffers.append(buffer)
        rgb = np.frombuffer(buffer, np.uint8).reshape(height, main["stride"])
        level = min(255, round(200 * time_us * gain / self.rig.light_us))
        pixels = rgb[:, : width * 3].reshape(height, width, 3)
        colours = [0, 1, 2] if main["format"] == "BGR888" else [2, 1, 0]
        pixels[..., colours[2]] = level
        pixels[: height // 2, : width // 2, colours[0]] = level
        pixels[: height // 2, : width // 2, colours[2]] = 0
        metadata = {"ExposureTime": int(time_us), "AnalogueGain": gain, "DigitalGain": 1.0}
        stamp_s = self._due_s(number) - 0.02
        if self.rig.stamps == "boottime":
            stamp_s += time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
        elif self.rig.stamps == "wall":
            stamp_s += time.time() - time.monotonic()
        if self.rig.stamps != "none":
            metadata["SensorTimestamp"] = round(stamp_s * 1e9)
        return Request(self, metadata, buffer)

    def cancel_all_and_flush(self) -> None:
        self._timed_out = 0

    def close(self) -> None:
        if not self._is_open:
            return
        if self._timed_out or (self.rig.stalled and self.rig.stuck):
            self.rig.freed.wait()
        self._is_open = False
        self.rig.closed += 1
        self.notifymeread.close()
        os.close(self.notifyme_w)
        for buffer in self._buffers:
            buffer.close()  # a BufferError while somebody looks at it


def install(monkeypatch: pytest.MonkeyPatch, rig: Rig) -> None:
    """Put the fake in picamera2's place."""
    module = ModuleType("picamera2")
    module.__dict__.update(Picamera2=Picamera2, MappedArray=MappedArray)
    monkeypatch.setattr(Picamera2, "rig", rig, raising=False)
    monkeypatch.setitem(sys.modules, "picamera2", module)
