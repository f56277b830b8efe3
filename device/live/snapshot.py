"""What a live coach tells of itself: the light's state, and the contents of the status file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device.faults.limits import watched
from device.records import Moment
from device.settings import Settings

if TYPE_CHECKING:
    from device.live.service import Service

THERMOMETER = Path("/sys/class/thermal/thermal_zone0/temp")

_DOING = {
    "waiting": "waiting for a runner",
    "elsewhere": "waiting for a runner on the treadmill: who is in view is not; if the camera was moved, learn anew",
    "learning": "learning the runner's good form",
    "coaching": "coaching",
    "muted": "watching, muted",
}


def light(moment: Moment | None, muted: bool, troubled: bool) -> str:
    """What the light shows: "error", "muted", "waiting", "learning" or "coaching", the first that is true."""
    if troubled:
        return "error"
    return "muted" if muted else _state(moment)


def troubled(troubles: Mapping[str, str]) -> bool:
    """Whether something is wrong that a runner should see by the light: a broker that is away is none of that."""
    return bool(troubles.keys() - {"mqtt"})


def _state(moment: Moment | None) -> str:
    if moment is None or not moment.posture.seen:
        return "waiting"
    return "learning" if moment.posture.baseline is None else "coaching"


def snapshot(service: Service, now_s: float, started_s: float) -> dict[str, Any]:
    """The contents of the status file (docs/status.md).

    :param now_s: seconds since the computer was switched on.
    """
    moment, capture, vitals = service.engine.moment, service.capture, service.vitals
    clock_s = service.clock()
    fps = vitals.fps(clock_s)
    if fps is None:
        moment = None  # what was seen before the camera went is not what is
    muted, troubles = service.muted, service.journal.troubles
    state = light(moment, muted, troubled(troubles))
    width_px, height_px = capture.size_px or (None, None)
    speaker, last = service.announcer.speaker, service.announcer.last
    return {
        "started_s": round(started_s, 2),
        "state": state,
        "doing": "no camera" if "camera" in troubles else _doing(service, moment),
        "camera": {
            "name": capture.name,
            "width_px": width_px,
            "height_px": height_px,
            "fps": fps,
            "frames": vitals.frames,
            "dropped": capture.dropped,
            "bad": capture.bad,
            "latency_ms": vitals.latency_ms(),
        },
        "model": {"name": service.model_name},
        "runner": _runner(moment, service),
        "faults": _faults(moment, service.settings),
        "voice": {
            "speaker": speaker.name if speaker else "none",
            "device": getattr(speaker, "device", ""),
            "muted": muted,
            "last": last[1] if last else None,
            "last_s": round(now_s - (clock_s - last[0]), 2) if last else None,
        },
        "panel": {"button": service.panel.button, "light": service.panel.light},
        "settings": {"path": str(service.configured.path) if service.configured.path else None},
        "troubles": troubles,
        "temperature_c": temperature_c(),
    }


def _doing(service: Service, moment: Moment | None) -> str:
    if service.muted:
        return _DOING["muted"]
    state = _state(moment)
    return _DOING["elsewhere" if state == "waiting" and service.engine.elsewhere else state]


def _runner(moment: Moment | None, service: Service) -> dict[str, Any]:
    if moment is None:
        return {"motion": "absent", "view": "", "cadence_spm": None, "baseline": False, "watching": []}
    posture = moment.posture
    return {
        "motion": posture.motion,
        "view": posture.view,
        "cadence_spm": _known(posture.cadence_spm),
        "baseline": posture.baseline is not None,
        "watching": list(watched(posture, service.settings)),
    }


def _faults(moment: Moment | None, settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "fault": fault.fault,
            "measure": fault.measure,
            "value": _known(fault.value),
            "limit": _known(fault.limit),
            "on": fault.on,
            "watched": fault.watched,
            "enabled": getattr(settings, fault.fault).enabled,
        }
        for fault in (moment.faults if moment else ())
    ]


def temperature_c(path: Path = THERMOMETER) -> float | None:
    """The processor's temperature; None where there is no telling."""
    try:
        return round(int(path.read_text()) / 1000, 1)
    except (OSError, ValueError):
        return None


def _known(value: float) -> float | None:
    return round(float(value), 1) if math.isfinite(value) else None
