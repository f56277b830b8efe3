"""The Pi's camera, on a fake of picamera2."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import fake_picamera2
import numpy as np
import pytest
from fake_picamera2 import SENSORS, Rig

from device.errors import SourceError
from device.frames import picamera
from device.frames.picamera import FOCUS_DIOPTRES, PiCamera, choose_mode, size_of
from device.settings import CameraSettings


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    fake_picamera2.install(monkeypatch, rig)
    return rig


@pytest.fixture
def open_pi(rig: Rig) -> Iterator[Callable[..., PiCamera]]:
    """Opens the camera with some settings; it is closed when the test ends."""
    opened: list[PiCamera] = []

    def open_with(**settings: Any) -> PiCamera:
        opened.append(PiCamera(CameraSettings(**settings)))
        return opened[-1]

    yield open_with
    rig.freed.set()
    for camera in opened:
        camera.close()


Open = Callable[..., PiCamera]


@pytest.mark.parametrize(
    ("sensor", "fps", "size"),
    [
        ("imx219", 30, (1640, 1232)),
        ("imx219", 60, (1640, 1232)),  # the whole view goes before the rate
        ("imx219", 15, (3280, 2464)),
        ("imx477", 30, (2028, 1520)),
        ("imx477", 50, (2028, 1520)),
        ("imx708", 30, (2304, 1296)),
        ("imx708", 60, (2304, 1296)),
        ("ov5647", 30, (1296, 972)),
        ("ov5647", 58, (640, 480)),  # lacks a rim of one percent only
        ("ov9281", 60, (1280, 800)),
    ],
)
def test_the_sensor_sees_its_full_view(sensor: str, fps: float, size: tuple[int, int]) -> None:
    """The mode has the sensor's whole field of view; among those the one that is fast and fine enough."""
    assert choose_mode(SENSORS[sensor].modes, fps)["size"] == size


def test_more_bits_where_it_is_fast_enough_with_them() -> None:
    """Where the same mode comes with 8 and 10 bits, the finer one is taken."""
    assert choose_mode(SENSORS["imx219"].modes, 30)["bit_depth"] == 10


def test_a_camera_without_modes_is_refused() -> None:
    """What is no camera of the Pi's kind is told in words."""
    with pytest.raises(SourceError, match="no mode"):
        choose_mode([{"format": "NV12"}], 30)


@pytest.mark.parametrize(("sensor", "width_px"), [("imx219", 638), ("imx708", 854), ("ov9281", 768)])
def test_pictures_have_the_sensors_shape(sensor: str, width_px: int) -> None:
    """The height is the one asked for, the width follows, and both are even, as picamera2 wants them."""
    assert size_of(choose_mode(SENSORS[sensor].modes, 30), 480) == (width_px, 480)


def test_pictures_are_never_larger_than_the_sensor_gives() -> None:
    """Nothing is blown up."""
    assert size_of({"size": (1640, 1232), "crop_limits": (0, 0, 3280, 2464)}, 2000)[1] == 1232


def test_it_asks_for_small_rgb_pictures_and_no_more(rig: Rig, open_pi: Open) -> None:
    """One stream, in the format that gives red, green, blue; no raw pictures; nothing queued; the rate held."""
    open_pi(height_px=240, fps=20.0)
    assert rig.configured["main"]["format"] == "BGR888"
    assert rig.configured["main"]["size"] == (320, 240)
    assert rig.configured["raw"] is None
    assert rig.configured["lores"] is None
    assert rig.configured["queue"] is False
    assert rig.configured["controls"]["FrameDurationLimits"] == (50000, 50000)


def test_a_rate_beyond_the_sensor_is_lowered(rig: Rig, open_pi: Open) -> None:
    """A sensor is never asked for more pictures than its mode gives."""
    open_pi(fps=60.0)
    assert rig.configured["controls"]["FrameDurationLimits"][0] >= 1e6 / 41.85 - 1


@pytest.mark.parametrize("sensor", SENSORS)
def test_every_sensor_works(rig: Rig, open_pi: Open, sensor: str) -> None:
    """Whatever camera is on the cable, pictures come, and its name is told."""
    rig.sensor = sensor
    camera = open_pi()
    assert next(camera.frames()).rgb.shape[0] == min(480, SENSORS[sensor].modes[-1]["size"][1])
    assert camera.name == f"picamera2 {sensor}"


def test_a_lens_is_put_on_three_metres(rig: Rig, open_pi: Open) -> None:
    """Where the lens moves, it is put where the runner is and stays there."""
    rig.sensor = "imx708"
    open_pi()
    assert rig.configured["controls"]["AfMode"] == 0
    assert rig.configured["controls"]["LensPosition"] == pytest.approx(FOCUS_DIOPTRES)


@pytest.mark.parametrize("pad", [1, 32, 64, 256])
def test_padded_rows_are_cut(rig: Rig, open_pi: Open, pad: int) -> None:
    """Rows that are longer in memory than the picture is wide do not show."""
    rig.pad = pad
    rgb = next(open_pi().frames()).rgb
    assert rgb.shape == (480, 638, 3)
    assert np.all(rgb[300:, :, 2] > 150)
    assert rgb.flags.c_contiguous


def test_every_request_is_released(rig: Rig, open_pi: Open) -> None:
    """The camera has only four buffers: one kept is one lost."""
    frames = open_pi(fps=60.0).frames()
    assert len(list(islice(frames, 12))) == 12
    assert rig.unreleased == 0


def test_no_buffer_is_held_when_the_camera_closes(rig: Rig, open_pi: Open) -> None:
    """picamera2 cannot let go of a buffer that is still looked at, and says so in the journal."""
    frames = open_pi(fps=60.0).frames()
    kept = list(islice(frames, 3))
    assert rig.camera is not None
    rig.camera.close()  # raises a BufferError then
    assert len(kept) == 3


@pytest.mark.parametrize("stamps", ["monotonic", "boottime", "wall", "none"])
def test_stamps_of_any_clock(rig: Rig, open_pi: Open, monkeypatch: pytest.MonkeyPatch, stamps: str) -> None:
    """The sensor's stamp is used where it can be understood, else the time of arrival."""
    rig.stamps = stamps
    monkeypatch.setattr(time, "clock_gettime", lambda clock: time.monotonic() + 100.0)
    ages = [time.monotonic() - frame.t_s for frame in islice(open_pi().frames(), 5)]
    assert all(0.0 <= age < 0.5 for age in ages)
    if stamps in ("monotonic", "boottime"):
        assert min(ages) > 0.015, "the stamp was not used: in the fake it lies 20 ms before the arrival"


def test_exposure_is_held_at_the_bound_in_dim_light(rig: Rig, open_pi: Open) -> None:
    """From the first picture on none is exposed for longer than set, however dim it is."""
    rig.light_us = 30000
    list(islice(open_pi(exposure_ms=3.0, fps=60.0).frames(), 40))
    assert max(rig.exposures_us) <= 3000


def test_exposure_is_left_to_the_camera_in_bright_light(rig: Rig, open_pi: Open) -> None:
    """Where the bound would be too bright even at the least gain, the automatic goes below it."""
    rig.light_us = 500
    list(islice(open_pi(exposure_ms=3.0, fps=60.0).frames(), 60))
    assert rig.exposures_us[-1] < 700


@pytest.mark.parametrize("version", ["0.3.36", "0.3.38"])
@pytest.mark.parametrize("usb", [False, True])
def test_no_camera(rig: Rig, open_pi: Open, version: str, usb: bool) -> None:
    """Without a camera on the cable the remedy is told; a USB camera is not taken for one."""
    rig.version, rig.sensor, rig.usb = version, "", usb
    with pytest.raises(SourceError, match="ribbon cable"):
        open_pi()


@pytest.mark.parametrize("version", ["0.3.36", "0.3.38"])
def test_a_camera_gone_since_it_was_listed(
    rig: Rig, open_pi: Open, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """picamera2 0.3.36 answers with an IndexError, 0.3.38 with a RuntimeError; the runner reads the same."""
    rig.version = version
    answers = [fake_picamera2.Picamera2.global_camera_info(), []]
    monkeypatch.setattr(fake_picamera2.Picamera2, "global_camera_info", staticmethod(lambda: answers.pop(0)))
    with pytest.raises(SourceError, match="ribbon cable"):
        open_pi()


def test_a_camera_in_use(rig: Rig, open_pi: Open) -> None:
    """ "Device or resource busy", hidden behind another error, becomes what to do about it."""
    rig.busy = True
    with pytest.raises(SourceError, match=r"in use by another program.*fuser"):
        open_pi()


def test_trying_again_and_again_costs_no_handles(rig: Rig, open_pi: Open) -> None:
    """A camera that is in use for hours is tried every few seconds; picamera2 leaves a pipe behind each time."""
    rig.busy = True
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir()))
    for _ in range(20):
        with pytest.raises(SourceError):
            open_pi()
    assert len(list(handles.iterdir())) < before + 5


def test_a_camera_that_gives_other_colours_is_refused(rig: Rig, open_pi: Open) -> None:
    """A runner with blue skin is worse than a message."""
    rig.converts = "RGB888"
    with pytest.raises(SourceError, match="RGB888"):
        open_pi()
    assert rig.closed == 1


def test_an_unknown_fault_keeps_its_reason(rig: Rig, open_pi: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever picamera2 raises comes as a message with its first cause."""

    def fails(self: Any, config: Any = None, show_preview: bool = False) -> None:
        try:
            raise OSError("out of contiguous memory")
        except OSError as error:
            raise RuntimeError("camera start failed") from error

    monkeypatch.setattr(fake_picamera2.Picamera2, "start", fails)
    with pytest.raises(SourceError, match="out of contiguous memory"):
        open_pi()
    assert rig.closed == 1


def test_a_camera_that_never_gives_a_picture(rig: Rig, open_pi: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that is found but gives nothing is not taken to be one that works."""
    monkeypatch.setattr(picamera, "FIRST_S", 0.3)
    rig.stalled = True
    with pytest.raises(SourceError, match=r"no pictures.*ribbon cable"):
        open_pi()
    assert rig.closed == 1


def test_after_a_time_out_the_camera_can_be_closed_and_opened(rig: Rig, open_pi: Open) -> None:
    """A capture that timed out does not stay in the way of closing, and the next try gets a fresh camera."""
    camera = open_pi()
    rig.stalled = True
    with pytest.raises(SourceError, match="no pictures"):
        list(camera.frames())
    closing = threading.Thread(target=camera.close, daemon=True)
    closing.start()
    closing.join(5)
    assert not closing.is_alive()
    rig.stalled = False
    assert next(open_pi().frames()).rgb.any()


def test_a_close_that_hangs_does_so_without_a_frame_in_hand(rig: Rig, open_pi: Open) -> None:
    """When the driver hangs, frames() has raised before: who calls close() can leave it behind on a thread."""
    camera = open_pi()
    rig.stalled = rig.stuck = True
    with pytest.raises(SourceError):
        list(camera.frames())
    closing = threading.Thread(target=camera.close, daemon=True)
    closing.start()
    closing.join(0.3)
    assert closing.is_alive(), "the fake should hang here"
    rig.freed.set()
    closing.join(5)
    assert not closing.is_alive()


def without_picamera2(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the import of picamera2 fail."""
    real = builtins.__import__

    def load(name: str, *rest: Any, **more: Any) -> ModuleType:
        if name == "picamera2":
            raise error
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "picamera2", raising=False)
    monkeypatch.setattr(builtins, "__import__", load)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            ModuleNotFoundError("No module named 'picamera2'", name="picamera2"),
            "not installed.*apt install.*site-packages",
        ),
        (ModuleNotFoundError("no libcamera", name="libcamera"), "incomplete.*libcamera.*site-packages"),
        (ValueError("numpy.dtype size changed, may indicate binary incompatibility"), "cannot be loaded.*dtype.*NumPy"),
        (ImportError("libcamera.so.0.5: cannot open shared object file"), "cannot be loaded.*libcamera.so"),
    ],
)
def test_a_missing_or_broken_library(monkeypatch: pytest.MonkeyPatch, error: Exception, says: str) -> None:
    """What is missing, and the command that brings it."""
    without_picamera2(monkeypatch, error)
    with pytest.raises(SourceError, match=says):
        PiCamera(CameraSettings())


def parameters(source: Path, kind: str) -> dict[str, list[str]]:
    """Names of the parameters of a class's methods; those with a default end in "="."""
    found = {}
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ClassDef) and node.name == kind:
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    names = [argument.arg for argument in method.args.args]
                    first = len(names) - len(method.args.defaults)
                    found[method.name] = names[:first] + [f"{name}=" for name in names[first:]]
    return found


@pytest.mark.parametrize(("kind", "file"), [("Picamera2", "picamera2.py"), ("MappedArray", "request.py")])
def test_the_fake_has_the_real_ones_calls(kind: str, file: str) -> None:
    """Every public call of the fake exists in picamera2, with the same parameters."""
    spec = importlib.util.find_spec("picamera2")
    if spec is None or spec.origin is None:
        pytest.skip("needs picamera2's source: sudo apt install python3-picamera2")
    real = parameters(Path(spec.origin).parent / file, kind)
    fake = parameters(Path(fake_picamera2.__file__), kind)
    for name in fake:
        if name == "__init__" or name[0] != "_":
            assert fake[name] == real[name], name
