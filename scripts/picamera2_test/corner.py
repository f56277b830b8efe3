"""What only the real picamera2 can show, besides the contract suite."""

from __future__ import annotations

import collections
import time

import pytest

from device.errors import SourceError
from device.frames.picamera import BUSY, PiCamera
from device.settings import CameraSettings
from picamera2_test.holding import held
from picamera2_test.virtual_camera import VirtualCamera

BUFFERS = 4
"""The files that a running camera opens and closes by itself meanwhile."""


def open_and_close() -> None:
    camera = PiCamera(CameraSettings())
    next(camera.frames())
    camera.close()


def open_in_vain() -> None:
    with pytest.raises(SourceError) as caught:
        PiCamera(CameraSettings())
    assert str(caught.value) == BUSY


def test_in_use() -> None:
    """A camera in use: says so, and is not disturbed"""
    first = PiCamera(CameraSettings())
    frames = first.frames()
    open_in_vain()
    next(frames)
    first.close()


def test_other_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera that gives something else than red, green and blue is not taken"""
    monkeypatch.delattr(VirtualCamera, "configure_")
    with pytest.raises(SourceError, match="gives NV12 instead of red, green and blue"):
        PiCamera(CameraSettings())


@pytest.mark.parametrize("fps", [15, 30])
def test_rate(fps: int) -> None:
    """Every picture is taken"""
    camera = PiCamera(CameraSettings(fps=fps))
    frames = camera.frames()
    first = next(frames)
    for _ in range(2 * fps):
        last = next(frames)
    camera.close()
    assert (last.t_s - first.t_s) == pytest.approx(2.0, rel=0.15)


def test_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more pictures: told within 3 s, closed within 1 s, opened again once they come"""
    camera = PiCamera(CameraSettings())
    frames = camera.frames()
    next(frames)
    monkeypatch.setattr(VirtualCamera, "unplugged", True)
    began_s = time.monotonic()
    with pytest.raises(SourceError, match="gives no pictures"):
        collections.deque(frames, maxlen=0)  # those that were under way still come
    told_s = time.monotonic()
    camera.close()
    assert told_s - began_s < 3.0
    assert time.monotonic() - told_s < 1.0
    monkeypatch.setattr(VirtualCamera, "unplugged", False)
    open_and_close()


def test_leaves_nothing() -> None:
    """Opened and closed 20 times: files and threads stay as many"""
    open_and_close()
    before = held()
    for _ in range(20):
        open_and_close()
    assert held() == before


def test_leaves_nothing_in_use() -> None:
    """Found in use 20 times: files and threads do not become more"""
    first = PiCamera(CameraSettings())
    next(first.frames())
    open_in_vain()
    before = held()
    for _ in range(20):
        open_in_vain()
    after = held()
    first.close()
    assert after.files - before.files <= BUFFERS
    assert after.threads <= before.threads
