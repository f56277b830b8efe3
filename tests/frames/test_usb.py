"""USB cameras: real V4L2 code on a pretended camera, in processes of their own that are preloaded with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from conftest import PYTHON, ROOT

from device.errors import SourceError
from device.frames import usb
from device.frames.avcamera import AvCamera
from device.frames.v4l2 import Capability, usb_cameras
from device.settings import CameraSettings

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def pretence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that pretends a camera."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler to pretend a USB camera: sudo apt install gcc libc6-dev")
    library = tmp_path_factory.mktemp("pretence") / "pretend_v4l2.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", library, HERE / "pretend_v4l2.c", "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot compile what pretends a USB camera: {done.stderr.splitlines()[0]}")
    return library


def picture(form: str) -> bytes:
    """A picture as a camera gives it: red in its upper left quarter, blue elsewhere."""
    rgb = np.zeros((480, 640, 3), np.uint8)
    rgb[..., 2] = 255
    rgb[:240, :320] = (255, 0, 0)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    if form == "YUYV":
        return bytes(frame.reformat(format="yuyv422").to_ndarray())
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 640, 480, "yuvj422p", Fraction(1, 30)
    return b"".join(map(bytes, [*encoder.encode(frame.reformat(format="yuvj422p")), *encoder.encode(None)]))


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """The folder of a pretended camera with both usual formats."""
    for form in ("YUYV", "MJPG"):
        (tmp_path / form).write_bytes(picture(form))
    (tmp_path / "video0").touch()
    (tmp_path / "state").write_text("run")
    return tmp_path


Try = Callable[..., dict[str, Any]]


@pytest.fixture
def attempt(pretence: Path, camera: Path) -> Try:
    """Runs lines of Python with the camera; what they put into ``found`` comes back."""

    def run(lines: str, **settings: Any) -> dict[str, Any]:
        program = f"""
import json, sys, time
from itertools import islice
from pathlib import Path
from device.errors import SourceError
from device.frames import avcamera
from device.frames.usb import UsbCamera
from device.frames.v4l2 import ask, usb_cameras
from device.settings import CameraSettings
folder = Path({str(camera)!r})
device = folder / "video0"
settings = CameraSettings(**{settings!r})
found = {{}}
def state(name):
    (folder / "state").write_text(name)
def failure(what):
    begun_s = time.monotonic()
    try:
        what()
        return None
    except SourceError as error:
        return [str(error), time.monotonic() - begun_s]
{textwrap.dedent(lines)}
print(json.dumps(found))
"""
        environment = os.environ | {"LD_PRELOAD": str(pretence), "PRETEND": str(camera)}
        done = subprocess.run(
            [PYTHON, "-c", program], capture_output=True, text=True, env=environment, cwd=ROOT, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return run


def test_the_contract_holds_on_v4l2(pretence: Path, camera: Path) -> None:
    """All that sources promise, a USB camera keeps, down to FFmpeg's own V4L2 code."""
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", HERE / "test_sources.py", "-k", "usb and not auto"],
        capture_output=True,
        text=True,
        env=os.environ | {"LD_PRELOAD": str(pretence), "PRETEND": str(camera)},
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout, done.stdout


@pytest.mark.parametrize("lacks", ["YUYV", "MJPG"])
@pytest.mark.parametrize("width_px", [640, 1280])
def test_it_takes_what_the_camera_has(attempt: Try, camera: Path, lacks: str, width_px: int) -> None:
    """A camera that knows only raw pictures, or only JPEGs, or not the size asked for, works with what it knows."""
    (camera / lacks).unlink()
    found = attempt(
        """
        camera = UsbCamera(settings, device)
        frame = next(camera.frames())
        found.update(name=camera.name, shape=frame.rgb.shape, red=frame.rgb[9, 9].tolist())
        camera.close()
        """,
        width_px=width_px,
    )
    assert found["name"] == f"usb {camera / 'video0'} Pretended Webcam"
    assert found["shape"] == [480, 640, 3]
    assert found["red"][0] > 200


def test_stamps_of_the_driver_are_used(attempt: Try) -> None:
    """A frame's time is the driver's, or that of arrival where the driver's clock is another."""
    lines = """
        camera = UsbCamera(settings, device)
        frames = camera.frames()
        next(frames)
        times_s = [frame.t_s for frame in islice(frames, 20)]
        found["steps"] = [later - earlier for earlier, later in zip(times_s, times_s[1:])]
        state("wall")
        list(islice(frames, 3))
        newest_s = next(frames).t_s
        found["age"] = time.monotonic() - newest_s
        camera.close()
    """
    found = attempt(lines)
    # Multiples of the driver's own period to the microsecond: no time of arrival is like that.
    assert all(abs(step * 30 - round(step * 30)) < 1e-3 for step in found["steps"])
    assert 0.0 <= found["age"] < 0.5


def test_a_camera_that_hangs_is_told_and_let_go(attempt: Try) -> None:
    """A driver that blocks for ever costs the reader some seconds; closing takes one more; the next try is told."""
    found = attempt(
        """
        camera = UsbCamera(settings, device)
        frames = camera.frames()
        next(frames)
        state("stall")
        avcamera.MISSING_S = 1.0
        found["reading"] = failure(lambda: list(frames))
        begun_s = time.monotonic()
        camera.close()
        found["closing_s"] = time.monotonic() - begun_s
        found["opening"] = failure(lambda: UsbCamera(settings, device))
        state("run")
        time.sleep(0.5)
        camera = UsbCamera(settings, device)
        found["again"] = len(list(islice(camera.frames(), 3)))
        camera.close()
        """
    )
    assert "no pictures" in found["reading"][0]
    assert found["reading"][1] < 8
    assert found["closing_s"] < 5
    assert "still hangs" in found["opening"][0]
    assert found["again"] == 3


def test_a_camera_that_hangs_while_it_is_opened(attempt: Try) -> None:
    """A camera that gives no first picture is given up after some seconds."""
    found = attempt(
        """
        avcamera.FIRST_S = 1.0
        state("stall")
        found["opening"] = failure(lambda: UsbCamera(settings, device))
        """
    )
    assert "no pictures" in found["opening"][0]
    assert found["opening"][1] < 20


def test_unplugged_and_plugged_in_again(attempt: Try) -> None:
    """An unplugged camera is told at once, cannot be opened, and works again once it is back."""
    found = attempt(
        """
        camera = UsbCamera(settings, device)
        frames = camera.frames()
        next(frames)
        state("gone")
        found["reading"] = failure(lambda: list(frames))
        camera.close()
        found["opening"] = failure(lambda: UsbCamera(settings, device))
        state("run")
        camera = UsbCamera(settings, device)
        found["again"] = len(list(islice(camera.frames(), 3)))
        camera.close()
        """
    )
    assert "unplugged" in found["reading"][0]
    assert found["reading"][1] < 2.5
    assert "unplugged" in found["opening"][0]
    assert found["again"] == 3


def test_a_picture_damaged_on_its_way_is_left_out(attempt: Try, camera: Path) -> None:
    """Bytes lost on the cable cost a picture, not the camera."""
    (camera / "YUYV").unlink()
    found = attempt(
        """
        camera = UsbCamera(settings, device)
        frames = camera.frames()
        next(frames)
        whole = (folder / "MJPG").read_bytes()
        (folder / "MJPG").write_bytes(bytes(500))
        time.sleep(0.4)
        (folder / "MJPG").write_bytes(whole)
        found["shapes"] = [frame.rgb.shape for frame in islice(frames, 10)]
        camera.close()
        """
    )
    assert found["shapes"] == [[480, 640, 3]] * 10


def test_all_buffers_are_given_back_before_the_end(attempt: Try, camera: Path) -> None:
    """FFmpeg writes into freed memory when a picture of a camera outlives the input it came from."""
    attempt(
        """
        camera = UsbCamera(settings, device)
        list(islice(camera.frames(), 5))
        camera.close()
        """
    )
    assert (camera / "ended").read_text().split() == ["0"]


def test_a_camera_in_use(attempt: Try) -> None:
    """The remedy says how to find out who has it."""
    found = attempt('state("busy"); found["opening"] = failure(lambda: UsbCamera(settings, device))')
    assert "in use" in found["opening"][0]
    assert "fuser" in found["opening"][0]


def test_it_asks_for_an_even_rate(attempt: Try, camera: Path) -> None:
    """Where the camera could lower its rate to expose for longer, that is switched off."""
    attempt("UsbCamera(settings, device).close()")
    assert (camera / "controls").read_text() == "009a0903 0\n"


def test_devices_are_asked_what_they_are(attempt: Try) -> None:
    """The answer of a device is understood."""
    found = attempt(
        """
        capability = ask(device)
        found.update(card=capability.card, bus=capability.bus, captures=capability.captures)
        found["listed"] = [str(path) for path in usb_cameras(folder)]
        """
    )
    assert found["card"] == "Pretended Webcam"
    assert found["bus"] == "usb-0000:01:00.0-1.2"
    assert found["captures"]
    assert [Path(path).name for path in found["listed"]] == ["video0"]


DEVICES: dict[str, Capability | OSError] = {
    "video-notes.txt": OSError(25, "Inappropriate ioctl for device"),
    "video0": Capability("bcm2835-codec-decode", "platform:bcm2835-codec", True),
    "video1": Capability("unicam", "platform:fe801000.csi", True),
    "video2": Capability("Webcam", "usb-0000:01:00.0-1.2", True),
    "video3": Capability("Webcam", "usb-0000:01:00.0-1.2", False),
    "video4": PermissionError(13, "Permission denied"),
    "video5": OSError(19, "No such device"),
    "video10": Capability("Other Webcam", "usb-0000:01:00.0-1.3", True),
}


def folder_of(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).touch()
    return tmp_path


def answer(path: Path) -> Capability:
    found = DEVICES[path.name]
    if isinstance(found, OSError):
        raise found
    return found


def test_only_usb_cameras_are_listed(tmp_path: Path) -> None:
    """The Pi's own codecs and sensors, metadata, and what cannot be asked are left out; 2 comes before 10."""
    assert [path.name for path in usb_cameras(folder_of(tmp_path, *DEVICES), answer)] == ["video2", "video10"]


def test_a_user_without_rights_is_told(tmp_path: Path) -> None:
    """Where cameras may be, but cannot be asked, that is not called "no camera"."""
    with pytest.raises(SourceError, match="usermod -aG video"):
        usb_cameras(folder_of(tmp_path, "video4", "video5"), answer)


def test_the_first_that_works_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that does not work is passed over; when none works, each says why."""

    def opened(settings: CameraSettings, device: Path) -> str:
        if device.name == "video0":
            raise SourceError(f"{device.name}: the camera is in use")
        return device.name

    monkeypatch.setattr(usb, "UsbCamera", opened)
    monkeypatch.setattr(usb, "usb_cameras", lambda: [Path("video0"), Path("video2")])
    assert usb.first_that_works(CameraSettings()) == "video2"
    monkeypatch.setattr(usb, "usb_cameras", lambda: [Path("video0")])
    with pytest.raises(SourceError, match="video0: the camera is in use"):
        usb.first_that_works(CameraSettings())


@pytest.mark.parametrize(
    ("settings", "first"),
    [({}, "yuyv422"), ({"width_px": 1280, "height_px": 720}, "mjpeg"), ({"fps": 60.0}, "mjpeg")],
)
def test_jpegs_where_raw_pictures_would_come_slowly(settings: dict[str, Any], first: str) -> None:
    """USB 2 carries raw pictures of 640x480 thirty times a second, not more."""
    tries = usb._tries(CameraSettings(**settings))
    assert tries[0]["input_format"] == first
    assert "input_format" not in tries[-1]


def test_a_camera_that_stops_says_so() -> None:
    """The end of a live input is no end of the run: it is an error."""
    source = AvCamera("short", "color=duration=0.3:rate=30,realtime", "lavfi", [{}], CameraSettings())
    with pytest.raises(SourceError, match="short: the camera has stopped"):
        list(source.frames())
    source.close()
