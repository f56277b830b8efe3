"""The Raspberry Pi's own camera, through picamera2.

Known of picamera2 0.3.36 to 0.3.38, in their source: format names are the wrong way round (BGR888 is an array of red,
green, blue); a capture that timed out stays queued and takes the next picture with it; several errors come wrapped in
one that says nothing.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from device.errors import SourceError
from device.frames import FrameSource
from device.frames.exposure import ExposureCap
from device.frames.stamps import monotonic_s
from device.frames.upright import turned
from device.records import Frame
from device.settings import CameraSettings

INSTALL = (
    "remedy: sudo apt install --no-install-recommends python3-picamera2, "
    "and make the virtual environment with --system-site-packages"
)
NOT_FOUND = (
    "no camera is found; remedy: switch off, push the ribbon cable home at both ends, "
    "and see what rpicam-hello --list-cameras says"
)
BUSY = (
    "the camera is in use by another program; remedy: end that; sudo fuser -v /dev/media* /dev/video* says which it is"
)
NO_PICTURES = (
    "the camera gives no pictures; remedy: switch off and push the ribbon cable home at both ends; "
    "rpicam-hello shows whether it works"
)

RGB = "BGR888"
"""What picamera2 calls an array of red, green, blue."""

MISSING_S = 2.0
"""Wait so long for a picture."""

FIRST_S = 5.0
"""Wait so long for the first: the camera's automatics find their way before it comes out."""

FULL_VIEW = 0.95
"""A sensor mode that sees this share of the largest view sees all of it (chosen by us: one of the first camera module's
modes lacks a rim of one percent)."""

FOCUS_DIOPTRES = 0.33
"""Focus on 3 m, for lenses that move: with Camera Module 3 (4.7 mm, f/1.8) and pictures of 480 rows all is sharp from
1 m to infinity.  Continuous autofocus would hunt after waving hands, and a picture that grows and shrinks with the
focus looks like movement."""

AF_MANUAL = 0
"""libcamera's ``AfMode``: the focus stays where it is put."""


class PiCamera(FrameSource):
    """A camera on the ribbon cable.

    The sensor sees its full view and is scaled down to the height asked for; the width follows from the sensor's shape.
    The full view goes before the rate: a sensor that cannot do both gives fewer pictures.

    :meth:`close` can hang for ever in the driver when the camera was unplugged (picamera2's issue 1065).

    :param settings: size (before the picture is turned), rate, longest exposure, and how to turn the picture.
    :raises SourceError: there is no camera, it is in use, or it gives no pictures.
    """

    live = True

    def __init__(self, settings: CameraSettings) -> None:
        self._settings = settings
        self._library = _library()
        self._camera, model = _open(self._library)
        self.name = f"picamera2 {model}"
        try:
            with self._faults("the camera cannot be started"):
                self._cap = self._start()
        except BaseException:
            self.close()
            raise

    def frames(self) -> Iterator[Frame]:
        """Yield the newest picture each time; see :class:`FrameSource`."""
        last_s = None
        while True:
            with self._faults("the camera has failed"):
                request = self._camera.capture_request(wait=MISSING_S)
                try:
                    metadata = request.get_metadata()
                    with self._library.MappedArray(request, "main") as mapped:
                        rgb = self._copied(mapped.array)
                finally:
                    request.release()
                self._adjust(metadata)
            stamp_ns = metadata.get("SensorTimestamp")
            t_s = monotonic_s(None if stamp_ns is None else stamp_ns / 1e9)
            if last_s is None or t_s > last_s:
                last_s = t_s
                yield Frame(t_s, rgb)

    def close(self) -> None:
        """Let go of the camera; see :class:`PiCamera` for when this may hang."""
        # A capture that timed out is still in the queue, and stop() would wait behind it: empty the queue first, and
        # leave stopping to close(), which needs no queue.  Of a camera that is gone no more can be wanted.
        for leave in ("cancel_all_and_flush", "close"):
            with contextlib.suppress(Exception):
                getattr(self._camera, leave)()

    def _copied(self, mapped: np.ndarray) -> np.ndarray:
        """Turn the picture upright, with the one copy that it costs to give the buffer back; that drops padding, too.

        Nothing else may keep hold of the buffer: picamera2 cannot let go of one that is looked at.
        """
        return np.array(turned(mapped, self._settings.rotate_deg, self._settings.mirror), order="C")

    def _start(self) -> ExposureCap:
        """Choose mode and size, and set the camera going."""
        camera = self._camera
        mode = choose_mode(camera.sensor_modes, self._settings.fps)
        camera.configure(
            camera.create_video_configuration(
                main={"format": RGB, "size": size_of(mode, self._settings.height_px)},
                raw=None,
                sensor={"output_size": mode["size"], "bit_depth": mode["bit_depth"]},
                buffer_count=4,
                queue=False,  # a picture that is there before it is asked for is an old one
                controls=self._controls(mode),
            )
        )
        form = camera.camera_configuration()["main"]["format"]
        if form != RGB:
            raise SourceError(f"{self.name}: the camera gives {form} instead of red, green and blue")
        cap = ExposureCap(round(self._settings.exposure_ms * 1000), camera.camera_controls["AnalogueGain"][0])
        camera.set_controls(cap.controls())
        camera.start()
        camera.capture_request(wait=FIRST_S).release()  # only a camera that gives pictures is one that works
        return cap

    def _controls(self, mode: dict[str, Any]) -> dict[str, Any]:
        duration_us = round(1e6 / min(self._settings.fps, mode["fps"]))
        controls: dict[str, Any] = {"FrameDurationLimits": (duration_us, duration_us)}
        if "LensPosition" in self._camera.camera_controls:
            controls |= {"AfMode": AF_MANUAL, "LensPosition": FOCUS_DIOPTRES}
        return controls

    @contextlib.contextmanager
    def _faults(self, what: str) -> Iterator[None]:
        """Turn whatever picamera2 and libcamera raise into a message."""
        try:
            yield
        except SourceError:
            raise
        except TimeoutError as error:
            raise SourceError(f"{self.name}: {NO_PICTURES}") from error
        except Exception as error:
            raise _explained(error, f"{self.name}: {what}") from error

    def _adjust(self, metadata: dict[str, Any]) -> None:
        """Keep the exposure within its bound."""
        if "ExposureTime" in metadata and "AnalogueGain" in metadata:
            change = self._cap.step(metadata["ExposureTime"], metadata["AnalogueGain"])
            if change is not None:
                self._camera.set_controls(change)


def choose_mode(modes: Sequence[dict[str, Any]], fps: float) -> dict[str, Any]:
    """Choose how to read the sensor: with its full view; as fast as wanted; as finely as that allows.

    :param modes: as picamera2 lists them in ``sensor_modes``.
    :raises SourceError: there is none.
    """
    modes = [mode for mode in modes if "crop_limits" in mode]
    if not modes:
        raise SourceError("picamera2 knows no mode of this camera's sensor")
    largest = max(_area(mode["crop_limits"][2:]) for mode in modes)
    full = [mode for mode in modes if _area(mode["crop_limits"][2:]) >= FULL_VIEW * largest]
    # Half a picture a second is nothing: rates come rounded.
    return max(full, key=lambda mode: (min(mode["fps"] + 0.5, fps), mode["bit_depth"], _area(mode["size"])))


def size_of(mode: dict[str, Any], height_px: int) -> tuple[int, int]:
    """Width and height, both even, of a picture that shows all that a sensor mode sees."""
    _, _, width, height = mode["crop_limits"]
    rows = min(height_px, mode["size"][1])
    return round(rows * width / height / 2) * 2, rows // 2 * 2


def _area(size: Sequence[int]) -> int:
    return size[0] * size[1]


def _library() -> Any:
    """Load picamera2.

    :raises SourceError: it is missing or broken.
    """
    # Only what is wrong belongs into the journal, and of picamera2 not even that: it comes back as an exception.
    os.environ.setdefault("LIBCAMERA_LOG_LEVELS", "*:ERROR")
    os.environ.setdefault("LIBCAMERA_LOG_NO_COLOR", "1")
    logging.getLogger("picamera2").setLevel(logging.CRITICAL)
    try:
        import picamera2
    except ModuleNotFoundError as error:
        missing = "not installed" if error.name == "picamera2" else f"incomplete ({error})"
        raise SourceError(f"picamera2 is {missing}; {INSTALL}") from error
    except (ImportError, ValueError, OSError) as error:  # a ValueError: built for another NumPy
        raise SourceError(
            f"picamera2 cannot be loaded ({error}); remedy: sudo apt install --reinstall python3-picamera2, "
            "and no other NumPy than Debian's beside it"
        ) from error
    return picamera2


def _open(library: Any) -> tuple[Any, str]:
    """The first camera on a ribbon cable, and its sensor's name."""
    try:
        known = library.Picamera2.global_camera_info()
        # USB cameras are listed, too, but give no RGB this way.
        number = next((number for number, camera in enumerate(known) if "/usb" not in camera["Id"]), None)
        if number is None:
            raise SourceError(NOT_FOUND)
        return _made(library.Picamera2, number), known[number]["Model"]
    except SourceError:
        raise
    except IndexError as error:  # 0.3.36 says so what 0.3.38 says with a RuntimeError: unplugged since it was listed
        raise SourceError(NOT_FOUND) from error
    except Exception as error:
        raise _explained(error, "the camera cannot be opened") from error


def _made(kind: Any, number: int) -> Any:
    """A Picamera2, made in two steps: one that cannot open its camera leaves a pipe open, at every try."""
    camera = kind.__new__(kind)
    try:
        camera.__init__(number)
    except Exception:
        with contextlib.suppress(AttributeError, OSError):  # it did not come as far as that
            camera.notifymeread.close()
            os.close(camera.notifyme_w)
        raise
    return camera


def _explained(error: BaseException, what: str) -> SourceError:
    """What is behind an error of picamera2, which is often some errors further back."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    said = " ".join(map(str, chain)).lower()
    if "busy" in said:
        return SourceError(BUSY)
    if "no camera number" in said or "camera(s) not found" in said:
        return SourceError(NOT_FOUND)
    return SourceError(f"{what} ({str(chain[-1]) or type(chain[-1]).__name__}); remedy: see whether rpicam-hello works")
