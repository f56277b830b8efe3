"""What every source of frames promises, recorded or live."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile
from pathlib import Path
from typing import Any

import fake_picamera2
import numpy as np
import pytest
from movies import make_movie

from device.errors import SourceError
from device.frames import FrameSource, open_camera, open_source
from device.frames.avcamera import AvCamera
from device.frames.usb import UsbCamera
from device.frames.v4l2 import usb_cameras
from device.settings import CameraSettings

PICTURE = "color=c=blue:size=320x240:rate=30,format=rgb24,drawbox=0:0:160:120:red:fill,realtime"
"""What FFmpeg shows as a stand-in for a camera."""


@dataclass
class Kind:
    """A source to try.

    :param open: opens one.
    :param unplug: takes its camera away; None where that cannot be done.
    :param known: whether it shows the picture of :func:`movies.make_movie`: red in the upper left quarter, else blue.
    """

    open: Callable[[CameraSettings], FrameSource]
    unplug: Callable[[], Any] | None = None
    known: bool = True


def recorded(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    path = make_movie(folder / "a.mp4", [number / 30 for number in range(60)])
    return Kind(lambda settings: open_source(path))


def played(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    path = make_movie(folder / "a.mp4", [number / 30 for number in range(20)])
    return Kind(lambda settings: open_camera(settings, str(path), loop=True), path.unlink)


def ffmpeg(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    return Kind(lambda settings: AvCamera("lavfi", PICTURE, "lavfi", [{}], settings))


def usb(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    if "PRETEND" in os.environ:  # test_usb.py runs this suite over a pretended camera
        camera = Path(os.environ["PRETEND"])
        (camera / "state").write_text("run")
        return Kind(
            lambda settings: UsbCamera(settings, camera / "video0"), lambda: (camera / "state").write_text("gone")
        )
    if not usb_cameras():
        pytest.skip("needs a USB camera")
    return Kind(lambda settings: open_camera(settings, "usb"), known=False)


def fake_pi(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    rig = fake_picamera2.Rig()
    fake_picamera2.install(patch, rig)
    return Kind(lambda settings: open_camera(settings, "picamera2"), lambda: setattr(rig, "stalled", True))


def pi(folder: Path, patch: pytest.MonkeyPatch) -> Kind:
    try:
        open_camera(CameraSettings(), "picamera2").close()
    except SourceError as error:
        pytest.skip(f"needs a Raspberry Pi's camera: {error}")
    return Kind(lambda settings: open_camera(settings, "picamera2"), known=False)


LIVE = [played, ffmpeg, usb, fake_pi, pi]


@pytest.fixture
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    made: Kind = request.param(tmp_path, monkeypatch)
    return made


@pytest.fixture
def open_one(kind: Kind) -> Iterator[Callable[..., FrameSource]]:
    """Opens a source with some settings; it is closed when the test ends."""
    opened: list[FrameSource] = []

    def open_with(**settings: Any) -> FrameSource:
        opened.append(kind.open(CameraSettings(**settings)))
        return opened[-1]

    yield open_with
    for source in opened:
        source.close()


every = pytest.mark.parametrize("kind", [recorded, *LIVE], indirect=True, ids=lambda kind: kind.__name__)
live = pytest.mark.parametrize("kind", LIVE, indirect=True, ids=lambda kind: kind.__name__)
Open = Callable[..., FrameSource]


def red_corner(rgb: np.ndarray) -> str:
    """Which corner of the picture is red; the others must be blue."""
    height, width = rgb.shape[:2]
    corners = {
        "upper left": rgb[height // 8, width // 8],
        "upper right": rgb[height // 8, -width // 8],
        "lower left": rgb[-height // 8, width // 8],
        "lower right": rgb[-height // 8, -width // 8],
    }
    red = [where for where, (r, g, b) in corners.items() if r > 150 and g < 60 and b < 60]
    blue = [where for where, (r, g, b) in corners.items() if b > 150 and g < 60 and r < 60]
    assert len(red) == 1, corners
    assert len(blue) == 3, corners
    return red[0]


@every
def test_frames_are_rgb(kind: Kind, open_one: Open) -> None:
    """A frame is uint8 (height, width, 3), its pixels one after the other, red first, upright."""
    rgb = next(open_one().frames()).rgb
    assert rgb.dtype == np.uint8
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3
    assert rgb.flags.c_contiguous
    if kind.known:
        assert red_corner(rgb) == "upper left"


@every
def test_time_grows_strictly(open_one: Open) -> None:
    """Every frame is later than the one before it."""
    frames = list(islice(open_one().frames(), 40))
    assert len(frames) == 40
    assert all(later.t_s > earlier.t_s for earlier, later in pairwise(frames))


@every
def test_a_frame_stays_as_it_is(open_one: Open) -> None:
    """What was yielded is the taker's own: later frames do not write into it."""
    frames = open_one().frames()
    kept = next(frames)
    before = kept.rgb.copy()
    later = list(islice(frames, 6))
    assert np.array_equal(kept.rgb, before)
    assert not any(np.shares_memory(kept.rgb, frame.rgb) for frame in later)


@every
def test_closing_twice_is_fine(open_one: Open) -> None:
    """A source can be closed as often as one likes, before the first frame and amid them."""
    unused = open_one()
    unused.close()
    unused.close()
    used = open_one()
    next(used.frames())
    used.close()
    used.close()


@every
def test_it_can_be_opened_again_at_once(open_one: Open) -> None:
    """Closing lets go of everything."""
    for _ in range(3):
        source = open_one()
        next(source.frames())
        source.close()


@live
def test_a_live_source_says_so(open_one: Open) -> None:
    """It is live, has a name in words, and no length."""
    source = open_one()
    assert source.live
    assert source.name
    assert source.duration_s is None


@live
def test_live_time_is_monotonic_time(open_one: Open) -> None:
    """A frame's time is when it was taken, on the clock of time.monotonic(): just now, never to come."""
    for frame in islice(open_one().frames(), 10):
        assert 0.0 <= time.monotonic() - frame.t_s < 0.5


@live
def test_who_is_late_gets_the_newest(open_one: Open) -> None:
    """Pictures that came while nobody took them are not queued up."""
    frames = open_one().frames()
    next(frames)
    time.sleep(1.0)
    late = [time.monotonic() - frame.t_s for frame in islice(frames, 3)]
    assert max(late) < 0.5


@live
@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"rotate_deg": 90}, "upper right"),
        ({"rotate_deg": 180}, "lower right"),
        ({"rotate_deg": 270}, "lower left"),
        ({"mirror": True}, "upper right"),
        ({"rotate_deg": 90, "mirror": True}, "upper left"),
    ],
    ids=str,
)
def test_live_pictures_are_turned_as_set(kind: Kind, open_one: Open, settings: dict[str, Any], where: str) -> None:
    """A camera on its side, on its head or behind a mirror gives upright pictures: turned clockwise, then mirrored."""
    source = open_one()
    plain = next(source.frames()).rgb
    source.close()
    rgb = next(open_one(**settings).frames()).rgb
    assert rgb.shape == (plain.shape if settings.get("rotate_deg", 0) % 180 == 0 else plain.transpose(1, 0, 2).shape)
    assert rgb.flags.c_contiguous
    if kind.known:
        assert red_corner(rgb) == where


@live
def test_a_camera_taken_away_is_told(kind: Kind, open_one: Open) -> None:
    """A camera that is gone, or gives no more pictures, raises within some seconds and says what to do."""
    if kind.unplug is None:
        pytest.skip("this source cannot be taken away by a test")
    frames = open_one().frames()
    next(frames)
    kind.unplug()
    end_s = time.monotonic() + 10.0
    with pytest.raises(SourceError, match=r"remedy|plug|put it back"):
        list(takewhile(lambda frame: time.monotonic() < end_s, frames))
    assert time.monotonic() < end_s


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("/dev/video978", "no such device"),
        ("/dev/null", "no camera"),
        ("none.mp4", "no such file"),
        ("picamera3", "picamera2"),
    ],
)
def test_what_cannot_be_opened_is_named(source: str, says: str) -> None:
    """A source that does not exist is told with its name and what is wrong."""
    with pytest.raises(SourceError, match=says) as caught:
        open_camera(CameraSettings(), source)
    assert source in str(caught.value)


def test_the_source_is_the_settings_own_unless_given(tmp_path: Path) -> None:
    """camera.source is what is opened."""
    path = make_movie(tmp_path / "a.mp4", [0.0, 0.1])
    source = open_camera(CameraSettings(source=str(path)))
    source.close()
    assert source.name == "file a.mp4"


def test_auto_takes_the_pis_camera_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the Pi's own camera works, that is it."""
    fake_picamera2.install(monkeypatch, fake_picamera2.Rig("imx708"))
    source = open_camera(CameraSettings())
    source.close()
    assert source.name == "picamera2 imx708"


def test_auto_goes_on_to_usb(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the Pi's own camera does not work, a USB camera is taken."""
    fake_picamera2.install(monkeypatch, fake_picamera2.Rig(stalled=True))
    monkeypatch.setattr("device.frames.picamera.FIRST_S", 0.3)
    webcam = AvCamera("usb webcam", PICTURE, "lavfi", [{}], CameraSettings())
    monkeypatch.setattr("device.frames.usb.first_that_works", lambda settings: webcam)
    source = open_camera(CameraSettings())
    source.close()
    assert source.name == "usb webcam"


def test_auto_says_of_each_why_it_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any camera the error names both ways, each with its reason and remedy."""
    fake_picamera2.install(monkeypatch, fake_picamera2.Rig(sensor=""))
    monkeypatch.setattr("device.frames.usb.usb_cameras", list)
    with pytest.raises(SourceError) as caught:
        open_camera(CameraSettings())
    of_pi, _, of_usb = str(caught.value).partition("USB:")
    assert "ribbon cable" in of_pi
    assert "plugged in" in of_usb
