"""USB cameras, through V4L2."""

from __future__ import annotations

import errno
from pathlib import Path

from device.errors import SourceError
from device.frames.avcamera import AvCamera, explained
from device.frames.v4l2 import DENIED, ask, keep_rate, usb_cameras
from device.settings import CameraSettings

USB_2 = 20e6
"""Bytes a second that a camera can count on: USB 2 sets at most 24.6 million aside for it."""

RAW_BYTES = 2
"""A pixel of the usual raw format, YUYV."""

REASONS = {
    errno.ENOENT: "there is no such device; remedy: plug the camera in; ls /dev/v4l/by-id lists what is there",
    errno.ENODEV: "the camera was unplugged; plug it in again",
    errno.ENXIO: "the camera was unplugged; plug it in again",
    errno.EIO: "the camera was unplugged or has failed; unplug it and plug it in again",
    errno.EPROTO: "the camera has failed; unplug it and plug it in again",
    errno.EACCES: DENIED,
    errno.EPERM: "this program may not use it; remedy: allow char-video4linux in the service's DeviceAllow",
    errno.EBUSY: "the camera is in use by another program; remedy: end that; sudo fuser -v /dev/video* tells which",
    errno.ENOSPC: "USB has no room for its pictures; remedy: another port, without a hub, or smaller or fewer pictures",
    errno.ENOTTY: "this is no camera",
    errno.EINVAL: "the camera gives none of the formats known here",
}


class UsbCamera(AvCamera):
    """A USB camera.

    Its own automatic chooses the exposure.  V4L2 has no bound for that; all that is done is to have it keep the rate,
    which keeps it from exposing for longer than from one picture to the next.  More light, or more pictures a second
    (``camera.fps``), make it shorter.

    :param settings: size (before the picture is turned) and rate to ask for, and how to turn the picture.
    :param device: such as /dev/video0, or its name in /dev/v4l/by-id.
    :raises SourceError: it cannot be opened, is in use, is no camera, or gives no picture.
    """

    reasons = REASONS

    def __init__(self, settings: CameraSettings, device: Path) -> None:
        try:
            name = f"usb {device} {ask(device).card}"
        except OSError as error:
            raise explained(f"usb {device}", error, REASONS) from error
        keep_rate(device)
        super().__init__(name, str(device), "v4l2", _tries(settings), settings)


def first_that_works(settings: CameraSettings) -> UsbCamera:
    """Open the first USB camera that gives pictures.

    :raises SourceError: there is none.
    """
    reasons = []
    for device in usb_cameras():
        try:
            return UsbCamera(settings, device)
        except SourceError as error:
            reasons.append(str(error))
    raise SourceError("; ".join(reasons) or "no USB camera is plugged in")


def _tries(settings: CameraSettings) -> list[dict[str, str]]:
    """Options for FFmpeg, most wanted first."""
    size = {"video_size": f"{settings.width_px}x{settings.height_px}", "framerate": f"{settings.fps:g}"}
    formats = ["yuyv422", "mjpeg"]  # raw pictures are better and cost nothing to unpack, where they come fast enough
    if settings.width_px * settings.height_px * RAW_BYTES * settings.fps > USB_2:
        formats.reverse()
    return [*({"input_format": form} | size for form in formats), size]
