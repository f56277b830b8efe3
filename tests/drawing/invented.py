"""Invented moments to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from device.posture.marks import MEANS, SWINGS
from device.records import Baseline, Cue, Fault, Moment, Pose, Posture

NAN = float("nan")

_BODY = np.array(
    [
        (0.53, 0.14), (0.52, 0.13), (0.52, 0.13), (0.50, 0.14), (0.50, 0.14),  # head
        (0.52, 0.26), (0.48, 0.26), (0.56, 0.38), (0.42, 0.38), (0.64, 0.36), (0.50, 0.44),  # arms
        (0.48, 0.50), (0.46, 0.50), (0.56, 0.66), (0.44, 0.70), (0.54, 0.86), (0.32, 0.80),  # legs
    ]
)  # fmt: skip
_FAULTS: dict[str, dict[str, float]] = {
    "forward_lean": {"value": 8.0, "limit": 12.0, "clear": 10.0},
    "hunched_shoulders": {"value": 1.0, "limit": 4.0, "clear": 2.4},
    "torso_twist": {"value": 25.0, "limit": 38.0, "clear": 32.0},
}
_BAD = {"forward_lean": 16.0, "hunched_shoulders": 6.0, "torso_twist": 46.0}


def fault(name: str, *, on: bool = False, watched: bool = True, measure: str = "", **numbers: float) -> Fault:
    """Return one fault's state, within limits unless told otherwise."""
    if name == "hunched_shoulders":
        measure = measure or "raised"
    return Fault(name, **{**_FAULTS[name], **numbers}, on=on, watched=watched, excess=0.0, measure=measure)


def blind(name: str) -> Fault:
    """Return the state of a fault that is not watched."""
    return fault(name, value=NAN, limit=NAN, clear=NAN, watched=False)


def posture(t_s: float = 0.0, **changes: Any) -> Posture:
    """Return a runner's posture seen from the side."""
    usual: dict[str, Any] = {
        "motion": "running", "view": "side", "azimuth_deg": 85.0, "lean_deg": 8.0, "twist_deg": 25.0,
        "raised_pct": 1.0, "rounded_pct": 0.5, "head_forward_pct": 0.5, "cadence_spm": 168.0, "confidence": 0.7,
        "stride": 10,
    }  # fmt: skip
    return Posture(t_s, **{**usual, **changes})


def baseline() -> Baseline:
    """Return a runner's own good form, seen from the side."""
    return Baseline(
        0.0, "side", 85.0, lean_deg=7.0, twist_deg=24.0, strides=30, unit_px=120.0, place_px=(320.0, 125.0),
        means=(0.0,) * len(MEANS), swings=(0j,) * len(SWINGS), scatter=1.0, spread=(1.0,) * 6,
    )  # fmt: skip


def moment(
    t_s: float,
    *,
    size: tuple[int, int] = (640, 480),
    seen: bool = True,
    out: str = "",
    said: Cue | None = None,
    stride: int = 10,
    faults: tuple[Fault, ...] | None = None,
) -> Moment:
    """Return a moment of good running, with one fault ``out`` if named."""
    points = np.column_stack([_BODY * size, np.full(17, 0.9 if seen else 0.05)]).astype(np.float32)
    if faults is None:
        faults = tuple(fault(name, value=_BAD[name], on=True) if name == out else fault(name) for name in _FAULTS)
    now = posture(t_s, stride=stride) if seen else Posture(t_s)
    return Moment(Pose(t_s, points, *size), now, faults, said)


def picture(shift: int = 0, width: int = 640, height: int = 480) -> np.ndarray:
    """Return a camera picture with something in it."""
    rgb = np.full((height, width, 3), 90, np.uint8)
    rgb[:, (np.arange(width) + 3 * shift) // 40 % 2 == 0] = (60, 90, 130)
    return rgb
