"""What a live coach is made of, and what the command line asks of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from device.cues import Speaker
from device.frames import FrameSource, open_camera
from device.live.announcer import open_loudspeaker
from device.panel import Panel, open_panel
from device.poses import PoseModel, load_model
from device.poses.follow import RunnerFollower
from device.records import Moment
from device.settings import CameraSettings, PanelSettings, VoiceSettings


class Parts(NamedTuple):
    """What a live coach is made of; a test puts others in their place."""

    camera: Callable[[CameraSettings, str | None, bool], FrameSource] = open_camera
    model: Callable[[Path | None, int], PoseModel] = load_model
    speaker: Callable[[VoiceSettings, list[str], Callable[[list[str]], None]], Speaker] = open_loudspeaker
    panel: Callable[[PanelSettings, Callable[[str], None]], Panel] = open_panel
    follower: Callable[[PoseModel], RunnerFollower] = RunnerFollower
    clock: Callable[[], float] = time.monotonic


class Wishes(NamedTuple):
    """What the command line asks for.

    :param settings: the settings file; None for the defaults.
    :param source: the camera, in place of the settings' one.
    :param loop: whether a file as the source begins anew at its end.
    :param events: where to write events.
    :param show: is given every moment, for the terminal.
    """

    settings: Path | None = None
    source: str | None = None
    loop: bool = False
    model: Path | None = None
    events: Path | None = None
    show: Callable[[Moment], None] = lambda moment: None
