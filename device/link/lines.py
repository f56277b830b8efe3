"""What the coach sees, as the lines that watchers get."""

from __future__ import annotations

from typing import Any

import numpy as np

from device.faults.reasons import why_not
from device.link.protocol import encode
from device.outputs import to_json
from device.records import Baseline, Event, Fault, Moment, Pose, Posture
from device.settings import Settings

_DIGITS = {"t_s": 3, "azimuth_deg": 1, "cadence_spm": 1, "confidence": 3}
_POSTURE = tuple(name for name in Posture._fields if name != "baseline")
_BASELINE = ("view", "azimuth_deg", "lean_deg", "twist_deg")


def live(moment: Moment, settings: Settings, muted: bool) -> dict[str, Any]:
    """A moment as a message.

    :param settings: those in force.
    """
    return {
        "kind": "live",
        "t_s": round(moment.pose.t_s, 3),
        "muted": muted,
        "pose": _pose(moment.pose),
        "posture": _posture(moment.posture),
        "faults": [_fault(fault, moment, settings) for fault in moment.faults],
    }


def event(happened: Event) -> bytes:
    """An event as a line; within it, exactly the line that ``--events`` writes."""
    return b'{"kind":"event","event":' + to_json(happened).encode("utf-8", "replace") + b"}\n"


def rows(head: dict[str, Any], name: str, listed: list[Any], at_once: int = 200) -> bytes:
    """A message with a long list in it, encoded bit by bit: no other thread has to wait for the whole of it.

    :param head: the message without the list.
    """
    # Each part is encoded as {"":[…]}, of which only what is within the brackets is kept.
    parts = [encode({"": listed[at : at + at_once]})[5:-3] for at in range(0, len(listed), at_once)]
    return encode(head)[:-2] + b',"' + name.encode() + b'":[' + b",".join(parts) + b"]}\n"


def _pose(pose: Pose) -> dict[str, Any]:
    points = pose.keypoints.astype(np.float64)
    places, scores = np.round(points[:, :2], 1).tolist(), np.round(points[:, 2], 2).tolist()
    keypoints = [[_known(x), _known(y), _known(score)] for (x, y), score in zip(places, scores, strict=True)]
    return {"width_px": pose.width_px, "height_px": pose.height_px, "keypoints": keypoints}


def _posture(posture: Posture) -> dict[str, Any]:
    told = {name: _rounded(name, getattr(posture, name)) for name in _POSTURE}
    return {**told, "baseline": _baseline(posture.baseline)}


def _baseline(baseline: Baseline | None) -> dict[str, Any] | None:
    if baseline is None:
        return None
    return {name: _rounded(name, getattr(baseline, name)) for name in _BASELINE}


def _fault(fault: Fault, moment: Moment, settings: Settings) -> dict[str, Any]:
    return {
        "fault": fault.fault,
        "measure": fault.measure,
        "value": _rounded("value", fault.value),
        "limit": _rounded("limit", fault.limit),
        "clear": _rounded("clear", fault.clear),
        "on": fault.on,
        "watched": fault.watched,
        "enabled": getattr(settings, fault.fault).enabled,
        "excess": _rounded("excess", fault.excess),
        "why": why_not(fault, moment.posture, moment.pose, settings),
    }


def _rounded(name: str, value: Any) -> Any:
    return _known(round(float(value), _DIGITS.get(name, 2))) if isinstance(value, float) else value


def _known(value: float) -> float | None:
    return value if -1e15 < value < 1e15 else None
