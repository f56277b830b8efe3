"""All checks, in the order in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from device.doctor import Check
from device.doctor import camera as cameras
from device.doctor import panel as panels
from device.doctor import voice as voices
from device.doctor.computer import clock, memory, power, temperature
from device.doctor.configuration import Loaded, settings
from device.doctor.machine import is_pi
from device.doctor.model import model
from device.doctor.service import service
from device.doctor.software import picamera, versions
from device.doctor.storage import disk
from device.live.status import Status


@dataclass(frozen=True)
class Subject:
    """Who is examined.

    :param loaded: the settings and what is wrong with them.
    :param status: what a running coach says of itself; it may hold camera and pins.
    :param source: another camera than the settings' own, or a video file.
    :param play: whether speech is to be heard.
    """

    loaded: Loaded
    status: Status
    source: str | None = None
    play: bool = True


def checklist(subject: Subject) -> list[Check]:
    """What is to be checked, in order."""
    own, told = subject.loaded.settings, subject.status.snapshot if subject.status.running else {}
    source = subject.source or own.camera.source
    own_camera = is_pi() and source in ("auto", "picamera2")
    if subject.status.running and subject.source is None:
        camera = partial(cameras.in_use, told)
    else:
        camera = partial(cameras.camera, own.camera, subject.source)
    panel = partial(panels.in_use, own.panel, told) if subject.status.running else partial(panels.panel, own.panel)
    return [
        Check("settings", partial(settings, subject.loaded)),
        Check("software", versions),
        Check("picamera2", partial(picamera, own_camera), 30.0),
        Check("model", partial(model, own.model.threads, own.model.model), 60.0),
        Check("camera", camera, cameras.LIMIT_S, cameras.STUCK),
        Check("voice", partial(voices.voice, own.voice, subject.play, told), voices.LIMIT_S, voices.STUCK),
        Check("panel", panel),
        Check("disk", disk, stuck="look at the disk: sudo dmesg; a network folder may be out of reach"),
        Check("clock", clock),
        Check("temperature", temperature),
        Check("power", power),
        Check("memory", memory),
        Check("service", partial(service, subject.status)),
    ]
