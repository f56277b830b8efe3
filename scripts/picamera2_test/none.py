"""What the real picamera2 makes of a computer without a camera."""

from __future__ import annotations

import pytest

from device.errors import SourceError
from device.frames import open_camera
from device.frames.picamera import NOT_FOUND
from device.settings import CameraSettings
from picamera2_test.holding import held


def look() -> None:
    with pytest.raises(SourceError) as caught:
        open_camera(CameraSettings(), "picamera2")
    assert str(caught.value) == NOT_FOUND


def test_no_camera() -> None:
    """Without a camera: "no camera is found", with the remedy"""
    look()


def test_leaves_nothing() -> None:
    """Looked for 20 times in vain: files and threads stay as many"""
    look()
    before = held()
    for _ in range(20):
        look()
    assert held() == before
