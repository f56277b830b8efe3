"""Posture as the coach reads it beside posture as it is, once a second of steady running.

Both are of the same time: lean, twist and shoulders of the last two strides, cadence of the span that the rhythm is
found in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from synthetic.description import Activity, FaultSpan

from device.posture.core import RHYTHM_EVERY_S, STRIDES_FITTED
from device.posture.strides import SPAN_S
from device.records import Baseline, Posture
from device.settings import Settings

from .coaching import Coached
from .truth import Truth

STEADY_S = SPAN_S + RHYTHM_EVERY_S
"""Running is steady when for so long nothing came or went and nobody stopped running.  What the coach tells then rests
on nothing older: its cadence on the span of the rhythm, looked for again every half second; its lean, twist and
shoulders on two strides, told until the next is complete, 2.8 s at 130 steps a minute."""


@dataclass(frozen=True, eq=False)
class Readings:
    """(N,) each, one a second of steady running; NaN where the coach did not read it.

    A *change* is from the baseline: read from the baseline that the coach holds, true from the mean of the time in
    which it was learned.  The shoulders are known only by their change.

    :param lean_read: degrees; where the camera cannot tell, the change added to what is usual (``Baseline.lean_deg``).
    :param twist_read: degrees, the range of the thorax' yaw in a stride.
    :param raise_change_read: mm, shoulders up: the coach's per cent of the trunk, times the runner's trunk.
    :param cadence_read: steps a minute.
    """

    t_s: np.ndarray
    lean_read: np.ndarray
    lean_true: np.ndarray
    lean_change_read: np.ndarray
    lean_change_true: np.ndarray
    twist_read: np.ndarray
    twist_true: np.ndarray
    twist_change_read: np.ndarray
    twist_change_true: np.ndarray
    raise_change_read: np.ndarray
    raise_change_true: np.ndarray
    cadence_read: np.ndarray
    cadence_true: np.ndarray

    def __len__(self) -> int:
        """Seconds."""
        return len(self.t_s)


NAMES = tuple(field.name for field in fields(Readings))


def readings(truth: Truth, coached: Coached) -> Readings:
    """All steady seconds of a clip."""
    rows = [_row(truth, posture) for posture in coached.postures if steady(truth, posture.t_s)]
    table = np.array(rows, float).reshape(len(rows), len(NAMES))
    return Readings(*table.T)


MEASURE = {"forward_lean": "lean", "hunched_shoulders": "raise", "torso_twist": "twist"}
"""What each fault is read from."""


def shown(read: Readings, fault: str, start_s: float, end_s: float) -> dict[str, float | None]:
    """How large a fault was read and how large it was: mean changes over the steady seconds between two times."""
    inside = (read.t_s > start_s) & (read.t_s <= end_s)
    told: dict[str, float | None] = {}
    for state in ("read", "true"):
        values = getattr(read, f"{MEASURE[fault]}_change_{state}")[inside]
        values = values[np.isfinite(values)]
        told[f"change_{state}"] = round(float(values.mean()), 2) if values.size else None
    return told


def steady(truth: Truth, t_s: float) -> bool:
    """Whether running has been steady for :data:`STEADY_S` at a time."""
    since_s = t_s - STEADY_S
    lately = (truth.t_s > since_s) & (truth.t_s <= t_s)
    if since_s < truth.t_s[0] or not lately.any() or not truth.running[lately].all():
        return False
    spans: list[FaultSpan | Activity] = [*truth.faults, *truth.activities]
    return not any(since_s < edge + span.ramp_s and edge < t_s for span in spans for edge in (span.start_s, span.end_s))


_POSTURE = ("lean_deg", "twist_deg", "shoulder_raise_mm")


def _row(truth: Truth, posture: Posture) -> tuple[float, ...]:
    t_s, base = posture.t_s, posture.baseline
    cadence = _mean(truth, "cadence_spm", t_s - SPAN_S, t_s)
    since_s = t_s - STRIDES_FITTED * 120.0 / cadence
    lean, twist, lift = (_mean(truth, name, since_s, t_s) for name in _POSTURE)
    lean_base, twist_base, lift_base = _baseline(truth, base)
    usual_lean, usual_twist = (base.lean_deg, base.twist_deg) if base else (math.nan, math.nan)
    return (
        t_s,
        posture.lean_deg,
        lean,
        posture.lean_deg - usual_lean,
        lean - lean_base,
        posture.twist_deg,
        twist,
        posture.twist_deg - usual_twist,
        twist - twist_base,
        posture.raised_pct / 100 * truth.trunk_mm,
        lift - lift_base,
        posture.cadence_spm,
        cadence,
    )


def _baseline(truth: Truth, base: Baseline | None) -> tuple[float, float, float]:
    """True lean, twist and shoulders while a baseline was learned."""
    if base is None:
        return math.nan, math.nan, math.nan
    since_s = base.t_s - Settings().baseline.learn_s
    lean, twist, lift = (_mean(truth, name, since_s, base.t_s) for name in _POSTURE)
    return lean, twist, lift


def _mean(truth: Truth, name: str, since_s: float, until_s: float) -> float:
    """Mean of a measure over a time; NaN where it is not known."""
    if math.isnan(since_s):
        return math.nan
    first, last = np.searchsorted(truth.t_s, (since_s, until_s), side="right")
    values = truth.measures[name][first:last]
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else math.nan
