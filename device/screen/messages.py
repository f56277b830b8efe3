"""What the live link tells, as records.  It may come from another version: what is missing or odd is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from device.columns import clean
from device.live.status import number
from device.records import FAULTS, KEYPOINTS
from device.screen.skeleton import Points


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """One fault as the link tells it; None for what is not known.

    :param why: why it is not watched, "" while it is.
    """

    fault: str
    measure: str = ""
    value: float | None = None
    limit: float | None = None
    clear: float | None = None
    on: bool = False
    watched: bool = False
    enabled: bool = True
    why: str = ""

    @property
    def state(self) -> str:
        """How it stands, in a word: "OUT", "over", "easing", "ok", or "" while it is not judged."""
        if not self.watched or self.value is None or self.limit is None:
            return ""
        over = self.value > self.limit
        if self.on:
            return "OUT" if over else "easing"
        return "over" if over else "ok"


@dataclass(frozen=True, slots=True)
class LiveSeen:
    """One moment as the link tells it.

    :param points: None while there is no pose.
    :param own: the runner's own lean and twist by fault, as far as they are known.
    :param form_known: whether there is a baseline.
    """

    t_s: float
    muted: bool
    size_px: tuple[float, float]
    points: Points | None
    motion: str
    view: str
    cadence_spm: float | None
    stride: int
    form_known: bool
    own: Mapping[str, float]
    faults: tuple[FaultSeen, ...]


def live(message: Mapping[str, Any]) -> LiveSeen | None:
    """A "live" message; None where it says nothing of use."""
    t_s = number(message.get("t_s"))
    if t_s is None:
        return None
    pose, posture = part(message, "pose"), part(message, "posture")
    width, height = number(pose.get("width_px")), number(pose.get("height_px"))
    baseline = posture.get("baseline")
    known = isinstance(baseline, Mapping)
    own = {}
    if isinstance(baseline, Mapping):
        for fault, name in (("forward_lean", "lean_deg"), ("torso_twist", "twist_deg")):
            if (value := number(baseline.get(name))) is not None:
                own[fault] = value
    given = {fault.fault: fault for fault in map(_fault, _list(message.get("faults"))) if fault is not None}
    return LiveSeen(
        t_s=t_s,
        muted=message.get("muted") is True,
        size_px=(width or 640.0, height or 480.0),
        points=_points(pose.get("keypoints")),
        motion=word(posture.get("motion")) or "absent",
        view=word(posture.get("view")),
        cadence_spm=number(posture.get("cadence_spm")),
        stride=int(number(posture.get("stride")) or 0),
        form_known=known,
        own=own,
        faults=tuple(given.get(fault, FaultSeen(fault)) for fault in FAULTS),
    )


def part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A section of a message; empty where it is not one."""
    found = message.get(name)
    return found if isinstance(found, Mapping) else {}


def word(value: object) -> str:
    """A text on one line; "" for anything else."""
    return clean(value) if isinstance(value, str) else ""


def _fault(given: object) -> FaultSeen | None:
    if not isinstance(given, Mapping) or given.get("fault") not in FAULTS:
        return None
    return FaultSeen(
        fault=given["fault"],
        measure=word(given.get("measure")),
        value=number(given.get("value")),
        limit=number(given.get("limit")),
        clear=number(given.get("clear")),
        on=given.get("on") is True,
        watched=given.get("watched") is True,
        enabled=given.get("enabled") is not False,
        why=word(given.get("why")),
    )


def _points(given: object) -> Points | None:
    rows = _list(given)
    if len(rows) != len(KEYPOINTS):
        return None
    points = []
    for row in rows:
        numbers = [number(value) for value in _list(row)[:3]]
        if len(numbers) != 3:
            return None
        x, y, score = numbers
        points.append((x or 0.0, y or 0.0, score if x is not None and y is not None and score is not None else 0.0))
    return points


def _list(given: object) -> Sequence[Any]:
    return given if isinstance(given, (list, tuple)) else ()
