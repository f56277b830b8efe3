"""The rhythm of running: how long a stride takes, and whether this is running at all.

A stride is two steps, one of each leg.  Legs and arms swing once a stride, the trunk bounces twice.  The stride's
frequency is the one at which these together hold the most movement (a least-squares periodogram over a few seconds),
so that neither a hidden leg nor a lost frame upsets it, and nothing depends on the frame rate.
"""

from __future__ import annotations

import numpy as np

from device.posture.fit import without_jumps
from device.posture.signals import BOUNCE, STRIDE_SIGNALS, TRUNK_UP

SPAN_S = 3.5
"""How much of the past the rhythm is read from: about five strides (chosen by us)."""

LEAST_S = 2.2
"""The least of the past that a rhythm can be read from: about three strides (chosen by us)."""

FRESH_S = 1.0
"""With no sample for this long nobody is running (chosen by us)."""

FREQUENCIES_HZ = np.arange(1.08, 1.80, 0.012)
"""Stride frequencies of running: 130–215 steps a minute.  Walking stays below 125."""

REGULAR = 0.5
"""Share of the movement of arms and legs that must lie at the stride's frequency and its harmonics, and share of the
trunk's bounce that must lie at the steps' (chosen by us)."""

BOUNCE_SHARE = 0.015
"""Least amplitude of the trunk's bounce, in trunk lengths (chosen by us).  Runners on a treadmill move up and down by
58–91 mm, an amplitude of 0.06 trunk lengths and more; someone who stands and waves does not bounce."""

SWING_SHARE = 0.08
"""Least amplitude of the arms' or legs' swing, in trunk lengths (chosen by us)."""


def rhythm(t_s: np.ndarray, rows: np.ndarray) -> float:
    """The stride's frequency in Hz, NaN where this is not running.

    :param t_s: (N,) times of the last :data:`SPAN_S` seconds.
    :param rows: (N, C) signals, columns as in :data:`device.posture.signals.NAMES`.
    """
    if len(t_s) < 12 or t_s[-1] - t_s[0] < LEAST_S:
        return float("nan")
    trunk = rows[np.isfinite(rows[:, TRUNK_UP]), TRUNK_UP]
    trunk_px = float(np.median(trunk)) if trunk.size else float("nan")
    if not trunk_px > 0:
        return float("nan")
    rows = without_jumps(rows)
    # A Hann taper keeps the ends of the window from smearing one frequency over its neighbours.
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * (t_s - t_s[0] + 1e-3) / (t_s[-1] - t_s[0] + 2e-3))
    swings = _centred(t_s, rows[:, list(STRIDE_SIGNALS)] / trunk_px, taper)
    bounce = _centred(t_s, rows[:, [BOUNCE]] / trunk_px, taper)
    turn = np.exp(-2j * np.pi * FREQUENCIES_HZ[:, None] * (t_s - t_s[0]))
    weight = taper.sum()
    swing_power = (2 * np.abs(turn @ swings) ** 2 / weight).sum(axis=1)  # sum of A²·weight/2: like the variance
    twice = turn * turn
    bounce_power = (2 * np.abs(twice @ bounce) ** 2 / weight).sum(axis=1)
    total = float((swings**2 / np.maximum(taper[:, None], 1e-9)).sum())
    # The bounce counts as much as one limb, whatever its size.
    bounce_total = float((bounce**2 / np.maximum(taper[:, None], 1e-9)).sum())
    joint = swing_power / (total + 1e-12) + 0.25 * bounce_power / (bounce_total + 1e-12)
    best = int(np.argmax(joint))
    if best in (0, len(joint) - 1):
        return float("nan")
    bounce_amplitude = np.sqrt(2 * bounce_power[best] / weight)
    swing_amplitude = np.sqrt(2 * swing_power[best] / weight)
    # Seen from the front the wrists come together twice a stride, so the harmonics count towards what is regular.
    harmonics = np.stack([twice[best], twice[best] * turn[best]])
    regular = swing_power[best] + float((2 * np.abs(harmonics @ swings) ** 2 / weight).sum())
    if min(regular / (total + 1e-12), bounce_power[best] / (bounce_total + 1e-12)) < REGULAR:
        return float("nan")
    if bounce_amplitude < BOUNCE_SHARE or swing_amplitude < SWING_SHARE:
        return float("nan")
    before, peak, after = joint[best - 1 : best + 2]
    shift = 0.5 * (before - after) / (before - 2 * peak + after)
    return float(FREQUENCIES_HZ[best] + shift * (FREQUENCIES_HZ[1] - FREQUENCIES_HZ[0]))


def _centred(t_s: np.ndarray, rows: np.ndarray, taper: np.ndarray) -> np.ndarray:
    """Each column without its mean and drift, times the taper; zero where not known or mostly missing."""
    known = np.isfinite(rows)
    weight = np.where(known, taper[:, None], 0.0)
    values = np.where(known, rows, 0.0)
    total = weight.sum(axis=0) + 1e-12
    values = values - (weight * values).sum(axis=0) / total
    time = t_s[:, None] - (weight * t_s[:, None]).sum(axis=0) / total
    slope = (weight * time * values).sum(axis=0) / ((weight * time**2).sum(axis=0) + 1e-12)
    values = weight * (values - slope * time)
    values[:, known.sum(axis=0) < 0.6 * len(t_s)] = 0.0
    return np.asarray(values)
