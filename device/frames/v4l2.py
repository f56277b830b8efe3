"""What Linux says of a video device, asked with the few calls of V4L2 that PyAV has no words for."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from device.errors import SourceError

DENIED = "this user may not use cameras; remedy: sudo usermod -aG video $USER, then log in anew"

# linux/videodev2.h
_VIDIOC_QUERYCAP = 0x80685600
_CAPABILITY = struct.Struct("16s32s32sIII12x")  # driver, card, bus, version, of the hardware, of this device
_CAP_VIDEO_CAPTURE = 0x00000001
_CAP_STREAMING = 0x04000000
_CAP_DEVICE_CAPS = 0x80000000
_VIDIOC_S_CTRL = 0xC008561C
_CONTROL = struct.Struct("Ii")  # which, value
_EXPOSURE_DYNAMIC_FRAMERATE = 0x009A0903


@dataclass(frozen=True)
class Capability:
    """What a device is.

    :param card: its name for people.
    :param bus: where it hangs: "usb-0000:01:00.0-1.2", "platform:bcm2835-isp".
    :param captures: whether pictures come out of it; a USB camera has a second device, for metadata, that gives none.
    """

    card: str
    bus: str
    captures: bool


def ask(path: Path) -> Capability:
    """Ask a device what it is.

    :raises OSError: it is gone, forbidden, or no video device.
    """
    handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        answer = fcntl.ioctl(handle, _VIDIOC_QUERYCAP, bytes(_CAPABILITY.size))
    finally:
        os.close(handle)
    _, card, bus, _, hardware, device = _CAPABILITY.unpack(answer)
    able = device if hardware & _CAP_DEVICE_CAPS else hardware
    captures = bool(able & _CAP_VIDEO_CAPTURE and able & _CAP_STREAMING)
    return Capability(_text(card), _text(bus), captures)


def usb_cameras(folder: Path = Path("/dev"), ask: Callable[[Path], Capability] = ask) -> list[Path]:
    """The USB cameras that are plugged in, in the order of their numbers.

    :raises SourceError: there may be some, but this user may not ask.
    """
    found, denied = [], False
    for path in sorted(folder.glob("video*"), key=_number):
        try:
            capability = ask(path)
        except PermissionError:
            denied = True
        except OSError:
            continue  # gone since it was listed, or something else under such a name
        else:
            if capability.captures and capability.bus.startswith("usb-"):
                found.append(path)
    if denied and not found:
        raise SourceError(DENIED)
    return found


def keep_rate(path: Path) -> None:
    """Have a camera keep its rate in dim light, if it knows how: no exposure is longer than from picture to picture."""
    with contextlib.suppress(OSError):  # most cameras that do not know how keep it anyway
        handle = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(handle, _VIDIOC_S_CTRL, _CONTROL.pack(_EXPOSURE_DYNAMIC_FRAMERATE, 0))
        finally:
            os.close(handle)


def _number(path: Path) -> int:
    digits = re.search(r"\d+$", path.name)
    return int(digits.group()) if digits else -1


def _text(padded: bytes) -> str:
    return padded.split(b"\0", 1)[0].decode(errors="replace").strip()
