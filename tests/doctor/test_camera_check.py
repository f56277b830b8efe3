"""The camera's check, on video files in a camera's place, and on what a running coach tells."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from conftest import CLIPS

from device.doctor import camera as examined
from device.doctor.camera import camera, in_use, wrong_with
from device.settings import CameraSettings

SETTINGS = CameraSettings()


def film(path: Path, picture: np.ndarray, length_s: float = 3.0, fps: int = 15) -> Path:
    """A video of one picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height = picture.shape[1], picture.shape[0]
        stream.pix_fmt = "yuv420p"
        for number in range(round(length_s * fps)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def scene(bright: float, scatter: float) -> np.ndarray:
    """A picture with something in it."""
    grey = np.random.default_rng(1).normal(bright, scatter, (15, 20, 1)).clip(0, 255)
    return np.ascontiguousarray(np.broadcast_to(grey.repeat(8, 0).repeat(8, 1), (120, 160, 3)).astype(np.uint8))


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shorter look."""
    monkeypatch.setattr(examined, "LOOK_S", 0.8)


def test_a_good_camera() -> None:
    """A clip in a camera's place: its size, rate and brightness are measured."""
    found = camera(SETTINGS, str(CLIPS / "demo.mp4"))
    assert found.state == "ok", found
    assert found.detail.startswith("file demo.mp4: 640×480, ")
    rate = float(found.detail.split(", ")[1].split()[0])
    assert rate == pytest.approx(25, abs=3)


@pytest.mark.usefixtures("_hasty")
def test_the_settings_own_camera() -> None:
    """Without --source the camera of the settings is tried."""
    assert camera(CameraSettings(source=str(CLIPS / "nobody.mp4")), None).state == "ok"


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(
    ("bright", "scatter", "state", "words"),
    [
        (4, 3, "bad", "black"),
        (30, 15, "warn", "dark"),
        (253, 1, "bad", "white"),
        (120, 1, "bad", "one even area"),
        (120, 40, "ok", ""),
    ],
)
def test_what_there_is_to_see(tmp_path: Path, bright: float, scatter: float, state: str, words: str) -> None:
    """A covered lens, darkness, glare and a picture of nothing are told apart, each with a remedy."""
    found = camera(SETTINGS, str(film(tmp_path / "film.mp4", scene(bright, scatter))))
    assert found.state == state, found
    assert words in found.detail
    assert bool(found.remedy) == (state != "ok")


def test_a_frozen_camera() -> None:
    """A live camera whose pictures are all alike, to the last bit, is stuck; a video file may stand still."""
    picture = scene(120, 40)
    other = picture.copy()
    other[0, 0, 0] += 1
    assert "frozen" in (wrong_with([picture] * 5, moving=True) or [""])[0]
    assert wrong_with([picture] * 5, moving=False) is None
    assert wrong_with([other, *[picture] * 4], moving=True) is None
    assert wrong_with([picture], moving=True) is None


def test_no_such_camera(tmp_path: Path) -> None:
    """What cannot be opened is named, with a remedy."""
    for source in (str(tmp_path / "none.mp4"), "/dev/video99"):
        found = camera(SETTINGS, source)
        assert found.state == "bad"
        assert source in found.detail
        assert found.remedy


def test_too_short_a_file(tmp_path: Path) -> None:
    """A camera that stops at once is bad."""
    found = camera(SETTINGS, str(film(tmp_path / "film.mp4", scene(120, 40), length_s=0.2)))
    assert found.state == "bad"
    assert "gave only 3 pictures" in found.detail


TOLD: dict[str, Any] = {
    "camera": {"name": "picamera2 imx708", "width_px": 640, "height_px": 480, "fps": 29.9, "latency_ms": {"p95": 93.4}},
    "troubles": {},
}


def test_as_the_running_coach_tells() -> None:
    """While a coach runs and holds the camera, it says how that is doing."""
    found = in_use(TOLD)
    assert found.state == "ok"
    assert "picamera2 imx708: 640×480, 29.9 pictures/s" in found.detail
    assert "93 ms" in found.detail
    assert "the running coach" in found.detail


def test_the_running_coachs_trouble() -> None:
    """Its trouble is ours, with its remedy."""
    found = in_use(TOLD | {"troubles": {"camera": "no pictures for 3 s; remedy: look at the cable"}})
    assert (found.state, found.remedy) == ("bad", "look at the cable")
    assert "no pictures for 3 s" in found.detail


@pytest.mark.parametrize("told", [{}, {"camera": None}, {"camera": {"name": 1}}, {"camera": {}, "troubles": []}])
def test_a_running_coach_that_tells_little(told: dict[str, Any]) -> None:
    """Just started, or of another version: no pictures, and no failure."""
    assert in_use(told).state == "warn"
