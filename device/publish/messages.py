"""What is told, as JSON.  Pure: no clock, no file, no network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from device.live import status
from device.records import FAULTS, Event, Moment, Pose

FORMAT = 1
"""Goes up when a field changes its meaning; new fields alone do not raise it."""

_MEASURES = ("lean_deg", "twist_deg", "raised_pct", "rounded_pct", "head_forward_pct")

RUN_COLUMNS = (
    "runner", "begun_utc", "ended_utc", "clock_ok", "closed", "duration_s", "seen_s", "running_s", "seen_share",
    "steps", "cadence_spm", "view", "azimuth_deg", "confidence", "speed_kmh", "software",
)  # fmt: skip
"""Of a run's own line; the database holds no pictures, and its key points lie in files that are never sent."""

TALLY_COLUMNS = ("watched_s", "on_s", "strides", "out_strides", "value_mean", "cues", "mended")


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as the broker gets it."""
    plain = status.plain(message)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def stamp(wall_s: float) -> str:
    """A time of the wall clock, as ISO 8601."""
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def state(told: Mapping[str, Any], moment: Moment | None, runner: str, wall_s: float) -> dict[str, Any]:
    """What the coach sees and does now.

    :param told: the status.
    :param moment: the newest; None where nothing is seen.
    :param runner: whose profile is in use; "" for nobody's.
    """
    seen = told.get("runner", {})
    posture = moment.posture if moment is not None and seen.get("motion") != "absent" else None
    measures = {name: _rounded(getattr(posture, name)) if posture else None for name in _MEASURES}
    faults = {fault["fault"]: fault for fault in told.get("faults", ())}
    return {
        "format": FORMAT,
        "at": stamp(wall_s),
        "state": told.get("state"),
        "doing": told.get("doing"),
        "muted": told.get("voice", {}).get("muted"),
        "runner": runner,
        **{name: seen.get(name) for name in ("motion", "view", "cadence_spm", "baseline", "watching")},
        **measures,
        "faults": {name: _fault(faults.get(name, {})) for name in FAULTS},
    }


def health(told: Mapping[str, Any], wall_s: float) -> dict[str, Any]:
    """How the coach is doing.

    :param told: the status.
    """
    camera, troubles = told.get("camera", {}), told.get("troubles", {})
    return {
        "format": FORMAT,
        "at": stamp(wall_s),
        "software": told.get("software"),
        "fps": camera.get("fps"),
        "frames": camera.get("frames"),
        "dropped": camera.get("dropped"),
        "latency_ms": camera.get("latency_ms"),
        "temperature_c": told.get("temperature_c"),
        "problem": bool(troubles),
        "troubles": troubles,
    }


def event(happened: Event, name: str, wall_s: float) -> dict[str, Any]:
    """Something that happened.

    :param name: tells it from every other message, also when it arrives twice.
    """
    own = {"format": FORMAT, "id": name, "at": stamp(wall_s), "t_s": round(happened.t_s, 4), "kind": happened.kind}
    return {**happened.data, **own}


def run(line: Mapping[str, Any], tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A run that is over.

    :param line: its row of the database's ``runs``.
    :param tallies: its rows of ``tallies``.
    """
    faults = {row["fault"]: {name: _rounded(row[name], 3) for name in TALLY_COLUMNS} for row in tallies}
    own = {name: _rounded(line[name], 3) for name in RUN_COLUMNS}
    return {
        "format": FORMAT,
        "id": line["uuid"],
        "run": line["id"],
        **own,
        "clock_ok": bool(own["clock_ok"]),
        "faults": faults,
    }


def poses(pose: Pose, wall_s: float) -> dict[str, Any]:
    """Where the runner's key points are; asked for explicitly."""
    points = [[_rounded(float(x), 1), _rounded(float(y), 1), _rounded(float(s))] for x, y, s in pose.keypoints]
    size = {"width_px": pose.width_px, "height_px": pose.height_px}
    return {"format": FORMAT, "at": stamp(wall_s), **size, "keypoints": points}


def _fault(fault: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: fault.get(name) for name in ("measure", "value", "limit")}
    return {**told, "on": bool(fault.get("on")), "watched": bool(fault.get("watched"))}


def _rounded(value: Any, digits: int = 2) -> Any:
    return round(value, digits) if isinstance(value, float) and -1e15 < value < 1e15 else status.plain(value)
