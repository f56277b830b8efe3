"""The camera: whether it opens, gives pictures at its rate, and whether there is anything to see in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from device.doctor import Result, bad, ok, warn
from device.errors import SourceError
from device.frames import open_camera
from device.live.status import number
from device.settings import CameraSettings

LOOK_S = 2.0
"""How long to look, after the first picture."""

SETTLE_S = 0.5
"""Pictures before this are not judged: exposure still settles."""

BLACK, DARK, WHITE = 24.0, 40.0, 235.0
"""Brightness, 0 to 255: black is a picture whose brightest hundredth is below; dark one whose middle is below; white
one whose darkest hundredth is above.  Chosen by us."""

EVEN = 4.0
"""A picture whose brightness scatters by less than this (one standard deviation) shows nothing (chosen by us)."""

SLOW_SHARE = 0.7
"""Fewer pictures than this share of those asked for are too few (chosen by us)."""

LIMIT_S = 25.0
"""Time for the whole check: picamera2 alone takes up to 5 s to load from an SD card."""

STUCK = "unplug the camera and plug it in again (a ribbon cable: only with the power off), then restart the computer"

_STEP = 4  # every fourth pixel each way tells brightness as well
_NONE_REMEDY = "plug a camera in, or name it: [camera] source; form-coach doctor --source CAMERA tries another"
_DARK_REMEDY = "switch on more light, or let exposures be longer: [camera] exposure_ms = 8"


def camera(settings: CameraSettings, source: str | None) -> Result:
    """Open the camera, look for two seconds, and judge what it gives.

    :param source: another camera than the settings' own, or a video file.
    """
    try:
        opened = open_camera(settings, source)
    except SourceError as error:
        told = str(error)
        # For "auto" it tells of each kind of camera, with a remedy for each: they stay together.
        auto = (source or settings.source) == "auto"
        return Result("bad", told, _NONE_REMEDY) if auto else bad(told, _NONE_REMEDY)
    pictures: list[np.ndarray] = []
    times_s: list[float] = []
    size = ""
    try:
        for frame in opened.frames():
            size = f"{frame.rgb.shape[1]}×{frame.rgb.shape[0]}"
            times_s.append(frame.t_s)
            if frame.t_s - times_s[0] >= SETTLE_S:
                pictures.append(frame.rgb[::_STEP, ::_STEP].copy())
            if frame.t_s - times_s[0] >= LOOK_S:
                break
    except SourceError as error:
        return bad(str(error), STUCK)
    finally:
        opened.close()
    if not pictures:
        return bad(f"{opened.name}: gave only {len(times_s)} pictures", STUCK)
    fps = (len(times_s) - 1) / (times_s[-1] - times_s[0])
    told = f"{opened.name}: {size}, {fps:.1f} pictures/s, brightness {np.median(pictures[-1]):.0f} of 255"
    recorded = opened.name.startswith("file ")
    if seen := wrong_with(pictures, moving=not recorded):
        problem, remedy = seen
        return bad(f"{problem}. {told}", remedy)
    if np.median(pictures[-1]) < DARK:
        return warn(f"the picture is dark. {told}", _DARK_REMEDY)
    if fps < SLOW_SHARE * settings.fps and not recorded:
        return warn(
            f"slow: {settings.fps:g} pictures/s are asked for. {told}",
            "ask for smaller pictures ([camera] width_px, height_px), or for more light: in the dark cameras slow down",
        )
    return ok(told)


def wrong_with(pictures: Sequence[np.ndarray], moving: bool) -> tuple[str, str] | None:
    """What makes pictures useless, and what to do; None where they are not.

    :param pictures: uint8 (height, width, 3), the newest last.
    :param moving: whether two pictures are never quite the same, as a real sensor's noise sees to.
    """
    newest = pictures[-1]
    low, high = np.percentile(newest, (1, 99))
    if high < BLACK:
        return "the picture is black", "take the cap off the lens, switch on light, look whether something covers it"
    if low > WHITE:
        return "the picture is white", "turn the camera away from the light; or shorter: [camera] exposure_ms = 1"
    if newest.std() < EVEN:
        return "the picture shows nothing but one even area", "look whether something covers the lens; focus it"
    if moving and len(pictures) >= 3 and all(np.array_equal(newest, picture) for picture in pictures[:-1]):
        return "the picture is frozen: each is the same as the one before", STUCK
    return None


def in_use(status: Mapping[str, Any]) -> Result:
    """The camera as the running coach tells of it, who holds it."""
    trouble, own = _part(status, "troubles").get("camera"), _part(status, "camera")
    if trouble:
        return bad(f"the running coach says: {trouble}", STUCK)
    name, fps = own.get("name"), number(own.get("fps"))
    if not name or fps is None:
        return warn("the running coach has no pictures just now", "wait some seconds, then run this again")
    across, down = number(own.get("width_px")), number(own.get("height_px"))
    size = f"{across:.0f}×{down:.0f}, " if across is not None and down is not None else ""
    p95 = number(_part(own, "latency_ms").get("p95"))
    late = "" if p95 is None else f", from picture to decision {p95:.0f} ms at most in 19 of 20"
    return ok(f"{name}: {size}{fps:.1f} pictures/s{late} (as the running coach tells, which holds it)")


def _part(status: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = status.get(name)
    return part if isinstance(part, Mapping) else {}
