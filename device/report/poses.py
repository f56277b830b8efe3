"""The strides that the report shows as skeletons: good form, the typical one and the worst one.

A skeleton is the upper body as its key points lay in the middle of two strides, with the arms at either end of their
swing: what bounces and jitters is gone, what matters stays.  Legs are left out, since the pose model is shown the upper
body only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from device.posture.fit import fit, without_jumps
from device.posture.marks import POINTS
from device.records import L_ELBOW, L_HIP, L_SHOULDER, L_WRIST, R_ELBOW, R_HIP, R_SHOULDER, R_WRIST
from device.report.figures import Measure
from device.report.material import Material
from device.runs.poselog import PoseLog
from device.runs.yaw import window_s

LEARNED_S = 8.0
"""A baseline is the middle of about so many seconds before it was learned (``baseline.learn_s``)."""

SAME_PLACE_DEG = 12.0
"""Strides are laid over each other only if the camera stood in the same place (chosen by us)."""

LEAST_SCORE = 0.2
"""Key points below it are not drawn, as the engine does not use them (``posture.min_score``)."""

SMOOTH = 5
"""The worst stride is the middle of the worst so many in a row: a single one may be a slip of the camera."""

_FEWEST = 8
_ARMS = [L_SHOULDER, R_SHOULDER, L_ELBOW, R_ELBOW, L_WRIST, R_WRIST]


@dataclass(frozen=True)
class Skeleton:
    """One stride's upper body.

    Places are in trunk lengths of the good form, from the hips' middle, x to the right of the picture, y up.

    :param t_s: when.
    :param middle: (13, 2) in COCO order; NaN where not seen.
    :param ends: (2, 13, 2) the same where the arms' swing ends, to and fro.
    :param values: the measures of the stride by their names, as far as known; ``out`` names those beyond their limit.
    """

    t_s: float
    middle: np.ndarray
    ends: np.ndarray
    values: Mapping[str, float]
    out: frozenset[str]


@dataclass(frozen=True)
class Shown:
    """The skeletons of a run.

    :param good: of the good form that it was compared with; None where no stride of the run shows it.
    :param learned: whether ``good`` is from the very seconds it was learned in, else the stride most like it.
    :param worst_fault: of which fault ``worst`` is the worst.
    """

    good: Skeleton | None
    learned: bool
    typical: Skeleton
    worst: Skeleton
    worst_fault: str


def shown(m: Material, measures: Mapping[str, Measure], main_fault: str, log: PoseLog) -> Shown | None:
    """The strides to show; None where there are too few that can be laid over each other.

    :param main_fault: whose worst stride is meant; "" for whichever is the furthest beyond its limit.
    """
    s = m.strides
    azimuth, cadence = s["azimuth_deg"], s["cadence_spm"]
    excess = _excess(measures)
    judged = np.isfinite(excess).any(axis=0) & np.isfinite(cadence)
    if not judged.any() or not len(log.t_s):
        return None
    # Where the camera stood at the end: that is the baseline in force, and of most runs the only place.
    place = float(np.nanmedian(azimuth[judged])) if np.isfinite(azimuth[judged]).any() else math.nan
    usable = judged & ~(np.abs(azimuth - place) > SAME_PLACE_DEG)
    worst_of = _worst(np.where(usable, excess, np.nan), [one.fault == main_fault for one in measures.values()])
    if worst_of is None:
        return None
    row, worst_at = worst_of
    names = list(measures)
    found = {
        "typical": _nearest(measures, {n: one.whole.median for n, one in measures.items() if one.whole}, usable),
        "worst": worst_at,
    }
    learned_at = _learned(m, measures, usable)
    own = {name: one.own for name, one in measures.items() if one.own is not None}
    found["good"] = learned_at if learned_at is not None else _nearest(measures, own, usable) if own else None
    raw = {
        name: _fitted(log, float(s["t_s"][at]), float(cadence[at])) if at is not None else None
        for name, at in found.items()
    }
    if raw["typical"] is None or raw["worst"] is None:
        return None
    unit = _trunk_px(raw["good"] if raw["good"] is not None else raw["typical"])
    if not unit > 0:
        return None
    skeletons = {
        name: _skeleton(terms, float(s["t_s"][at]), unit, _values(measures, at), _out(measures, at))
        for name, at in found.items()
        if at is not None and (terms := raw[name]) is not None
    }
    return Shown(
        skeletons.get("good"),
        learned_at is not None,
        skeletons["typical"],
        skeletons["worst"],
        measures[names[row]].fault,
    )


def _excess(measures: Mapping[str, Measure]) -> np.ndarray:
    """(M, N) how far each stride is beyond each limit, in distances of that limit from good form."""
    rows = []
    for one in measures.values():
        own = one.own if one.own is not None else 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            rows.append(np.where(one.limits > own, (one.values - one.limits) / (one.limits - own), np.nan))
    return np.array(rows)


def _worst(excess: np.ndarray, meant: Sequence[bool]) -> tuple[int, int] | None:
    """Which measure was the furthest beyond its limit, and at which stride, with single slips smoothed out."""
    best: tuple[tuple[bool, float], int, int] | None = None
    for row, values in enumerate(excess):
        known = np.flatnonzero(np.isfinite(values))
        if known.size < SMOOTH:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(values[known], SMOOTH)
        middles = np.median(windows, axis=1)
        at = int(np.argmax(middles))
        around = known[at : at + SMOOTH]
        centre = int(around[np.argmin(np.abs(values[around] - middles[at]))])
        rank = (meant[row], float(middles[at]))
        if best is None or rank > best[0]:
            best = (rank, row, centre)
    return None if best is None else (best[1], best[2])


def _nearest(measures: Mapping[str, Measure], wanted: Mapping[str, float], usable: np.ndarray) -> int | None:
    """The stride that comes nearest to some values; None if none has them."""
    off = np.zeros(len(usable))
    for name, value in wanted.items():
        one = measures[name]
        if one.whole is None:
            continue
        scale = max((one.limit if one.limit is not None else value) - (one.own or 0.0), 1.0)
        off = off + ((one.values - value) / scale) ** 2
    off = np.where(usable, off, np.nan)
    return int(np.nanargmin(off)) if np.isfinite(off).any() else None


def _learned(m: Material, measures: Mapping[str, Measure], usable: np.ndarray) -> int | None:
    """The stride in the middle of the seconds in which the last baseline was learned; None for an earlier run's."""
    learned = [row["t_s"] for row in m.baselines if row["kind"] == "learned"]
    if not learned or m.baselines[-1]["kind"] != "learned":
        return None
    t_s = m.strides["t_s"]
    inside = np.flatnonzero(
        (t_s > learned[-1] - LEARNED_S) & (t_s <= learned[-1]) & ~np.isnan(m.strides["cadence_spm"])
    )
    return int(inside[len(inside) // 2]) if inside.size else None


def _fitted(log: PoseLog, t_s: float, cadence_spm: float) -> np.ndarray | None:
    """(6, 13, 2) the stride that ends at a time taken apart; None with too little seen."""
    first, last = np.searchsorted(log.t_s, (t_s - window_s(cadence_spm), t_s), side="right")
    if last - first < _FEWEST:
        return None
    points = log.keypoints[first:last, :POINTS].astype(np.float64)
    places = np.where(points[..., 2:] >= LEAST_SCORE, points[..., :2], np.nan).reshape(last - first, -1)
    terms = fit(log.t_s[first:last], without_jumps(places), 120.0 / cadence_spm)
    return terms.reshape(len(terms), POINTS, 2)


def _trunk_px(terms: np.ndarray) -> float:
    places = terms[0]
    hips, shoulders = places[[L_HIP, R_HIP]].mean(axis=0), places[[L_SHOULDER, R_SHOULDER]].mean(axis=0)
    return float(np.hypot(*(shoulders - hips)))


def _skeleton(terms: np.ndarray, t_s: float, unit: float, values: Mapping[str, float], out: frozenset[str]) -> Skeleton:
    middle = terms[0]
    hips = middle[[L_HIP, R_HIP]].mean(axis=0)
    if not np.isfinite(hips).all():  # behind the console: hang it from the shoulders
        hips = (*middle[[L_SHOULDER, R_SHOULDER]].mean(axis=0), 0.0, unit)
    once = terms[2] - 1j * terms[3]
    # The arms are at the end of their swing where the hands are furthest apart along the picture.
    apart = once[L_WRIST, 0] - once[R_WRIST, 0]
    if not np.isfinite(apart):
        apart = once[L_ELBOW, 0] - once[R_ELBOW, 0]
    turn = np.exp(-1j * np.angle(apart)) if np.isfinite(apart) else 1.0
    swung = np.where(np.isin(np.arange(POINTS), _ARMS)[:, None], (once * turn).real, 0.0)
    flip = np.array([1.0, -1.0]) / unit
    ends = np.array([(middle + side * swung - hips) * flip for side in (1.0, -1.0)])
    return Skeleton(t_s, (middle - hips) * flip, ends, values, out)


def _values(measures: Mapping[str, Measure], at: int) -> dict[str, float]:
    return {name: float(one.values[at]) for name, one in measures.items() if np.isfinite(one.values[at])}


def _out(measures: Mapping[str, Measure], at: int) -> frozenset[str]:
    return frozenset(name for name, one in measures.items() if one.values[at] > one.limits[at])
