"""The rhythm of running: how long a stride takes, and whether this is running at all.

A stride is two steps, one of each leg.  Legs and arms swing once a stride, the trunk bounces twice.  The stride's
frequency is the one at which these together hold the most movement (a least-squares periodogram over a few seconds),
so that neither a hidden leg nor a lost frame upsets it, and nothing depends on the frame rate.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from device.posture.fit import without_jumps
from device.posture.view import SHOULDERS_PER_TRUNK
from device.records import (
    L_ANKLE,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)

SPAN_S = 3.5
"""How much of the past the rhythm is read from: about five strides (chosen by us)."""

LEAST_S = 2.2
"""The least of the past that a rhythm can be read from: about three strides (chosen by us)."""

SAMPLES = 110
"""Of more samples only every second, or third, is looked at: 30 a second tell a bounce of 3.6 a second well enough."""

WALK_HZ, RUN_HZ, END_HZ = 0.66, 1.08, 1.80
"""Stride frequencies: walking 80–130 steps a minute, running 130–215.  Nobody walks faster than 125 for long."""

STEP_HZ = 0.02
FREQUENCIES_HZ = np.arange(WALK_HZ, END_HZ + STEP_HZ / 2, STEP_HZ)

REGULAR = 0.5
"""Share of the trunk's bounce that must lie at the steps' and the strides' frequency for running (chosen by us)."""

BOUNCE_SHARE = 0.015
"""Least amplitude of a runner's bounce, in trunk lengths (chosen by us).  Runners on a treadmill move up and down by
58–91 mm, an amplitude of 0.06 trunk lengths and more; someone who stands and waves does not bounce."""

LEAP_REGULAR, LEAP_SHARE = 0.75, 0.04
"""A bounce as regular and high as this is running by itself: from the front a console may hide legs and hands (chosen
by us)."""

SWING_REGULAR, SWING_SHARE = 0.35, 0.03
"""Some limb, or the shoulders' width, must swing at the stride's frequency and its harmonics with this share of its
movement and this amplitude in trunk lengths (chosen by us: of all that moves, one pair seen well is enough)."""

WALK_REGULAR, WALK_SHARE = 0.6, 0.08
"""The same for walking, which has no bounce to tell it by."""

_PAIRS = np.array([(L_ANKLE, R_ANKLE), (L_KNEE, R_KNEE), (L_WRIST, R_WRIST), (L_ELBOW, R_ELBOW)])
_SWINGING = 2 * _PAIRS[:, :, None] + [0, 1]
_LEFT = np.append(_SWINGING[:, 0].ravel(), 2 * L_SHOULDER)
_RIGHT = np.append(_SWINGING[:, 1].ravel(), 2 * R_SHOULDER)
"""Columns of what swings once a stride: x and y of four pairs, and x of the shoulders."""


class Rhythm(NamedTuple):
    """How somebody moves.

    :param motion: "standing", "walking" or "running".
    :param stride_hz: strides a second; NaN while standing.
    """

    motion: str
    stride_hz: float = math.nan


STANDING = Rhythm("standing")


def rhythm(t_s: np.ndarray, rows: np.ndarray) -> Rhythm | None:
    """The rhythm of a movement; None where too little of it was seen to tell.

    :param t_s: (N,) times of the last :data:`SPAN_S` seconds.
    :param rows: (N, 34) x and y of the 17 key points in turn; NaN where not seen.
    """
    every = max(1, -(-len(t_s) // SAMPLES))
    t_s, rows = t_s[::every], rows[::every]
    if len(t_s) < 12 or t_s[-1] - t_s[0] < LEAST_S:
        return None
    signals, size_px = _signals(rows)
    if not size_px > 0:
        return None
    # A Hann taper keeps the ends of the window from smearing one frequency over its neighbours.
    time = t_s - t_s[0]
    taper = 0.5 - 0.5 * np.cos(2 * np.pi * (time + 1e-3) / (t_s[-1] - t_s[0] + 2e-3))
    moves = _centred(t_s, without_jumps(signals) / size_px, taper)
    turn = _turns(time)
    weight = taper.sum()
    total = (1.0 / np.maximum(taper, 1e-9)) @ moves**2 + 1e-9
    once = 2 * _power(turn @ moves) / weight  # A²·weight/2 of each: like its variance
    # Of two columns, since NumPy would share the work on one among all processors, and wait for them.
    lift = 2 * _power((turn * turn) @ moves[:, -2:])[:, -1] / weight
    # Every pair counts as much, whatever its size, and the bounce as much as all of them.
    shares = once[:, :-1] / total[:-1]
    bounce = lift / total[-1]
    joint = np.add.reduce(shares, axis=1) / shares.shape[1] + 0.5 * bounce
    best = int(np.argmax(joint))
    if best in (0, len(joint) - 1):
        return STANDING
    before, peak, after = joint[best - 1 : best + 2]
    shift = 0.5 * (before - after) / (before - 2 * peak + after)
    stride_hz = float(FREQUENCIES_HZ[best] + shift * STEP_HZ)
    # Seen from the front the wrists come together twice a stride, so the harmonic counts towards what is regular.
    twice = 2 * _power(turn[best] ** 2 @ moves[:, :-1]) / weight
    regular = shares[best] + twice / total[:-1]
    swing = np.sqrt(2 * once[best, :-1] / weight)
    if stride_hz < RUN_HZ:
        walks = ((regular >= WALK_REGULAR) & (swing >= WALK_SHARE)).any()
        return Rhythm("walking", stride_hz) if walks else STANDING
    swings = ((regular >= SWING_REGULAR) & (swing >= SWING_SHARE)).any()
    height = math.sqrt(2 * lift[best] / weight)
    # From the side the far shoulder is guessed, and what is seen of the bounce limps.
    bounces = bounce[best] + once[best, -1] / total[-1] >= REGULAR and height >= BOUNCE_SHARE
    leaps = bounce[best] >= LEAP_REGULAR and height >= LEAP_SHARE
    return Rhythm("running", stride_hz) if leaps or (bounces and swings) else STANDING


def _turns(t_s: np.ndarray) -> np.ndarray:
    """(F, N) e^(−2πi·f·t) for every frequency.

    They lie evenly, so that each is another one turned on by so many steps: a product, not another exponential.
    """
    count = len(FREQUENCIES_HZ)
    turn = np.empty((count, len(t_s)), np.complex128)
    turn[0] = np.exp(-2j * np.pi * WALK_HZ * t_s)
    on = np.exp(-2j * np.pi * STEP_HZ * t_s)
    done = 1
    while done < count:  # as many again, turned on by as many steps
        more = min(done, count - done)
        np.multiply(turn[:more], on, out=turn[done : done + more])
        on = on * on
        done += more
    return turn


def _power(values: np.ndarray) -> np.ndarray:
    """Squares of the sizes of complex numbers."""
    return np.asarray(values.real**2 + values.imag**2)


def _signals(rows: np.ndarray) -> tuple[np.ndarray, float]:
    """What swings once a stride, and last what bounces twice; and the trunk's length in the picture.

    Ankles and knees where they are seen, wrists, elbows and shoulders always: a console hides legs, a towel a hand.
    """
    signals = np.empty((len(rows), len(_LEFT) + 1))
    apart, lift = signals[:, :-1], signals[:, -1]
    np.subtract(rows.take(_LEFT, axis=1), rows.take(_RIGHT, axis=1), out=apart)
    shoulders_y = 0.5 * (rows[:, 2 * L_SHOULDER + 1] + rows[:, 2 * R_SHOULDER + 1])
    hips_y = 0.5 * (rows[:, 2 * L_HIP + 1] + rows[:, 2 * R_HIP + 1])
    lift[:] = shoulders_y
    if np.count_nonzero(np.isfinite(lift)) / len(rows) < 0.6:
        lift[:] = rows[:, 2 * NOSE + 1]
    trunk = _middle(hips_y - shoulders_y)
    if not trunk > 0:
        # Hips hidden: seen from the front, the shoulders tell the size.
        trunk = _middle(np.abs(apart[:, -1])) / SHOULDERS_PER_TRUNK
    return signals, trunk


def _middle(values: np.ndarray) -> float:
    count = np.count_nonzero(np.isfinite(values))
    if not count:
        return math.nan
    known = np.sort(values)  # what is not known comes last
    return 0.5 * (float(known[(count - 1) // 2]) + float(known[count // 2]))


def _centred(t_s: np.ndarray, rows: np.ndarray, taper: np.ndarray) -> np.ndarray:
    """Each column without its mean and drift, times the taper; zero where not known or mostly missing."""
    known = np.isfinite(rows)
    values = np.where(known, rows, 0.0)
    time = t_s - 0.5 * (t_s[0] + t_s[-1])  # from the middle, where little cancels
    weights = np.array((np.ones(len(time)), taper, taper * time, taper * time**2))
    count, total, times, squares = weights @ known.astype(np.float64)
    sums, products = weights[1:3] @ values
    total += 1e-12
    mean, mean_s = sums / total, times / total
    slope = (products - mean * times) / (squares - mean_s * times + 1e-12)
    values -= mean + slope * (time[:, None] - mean_s)
    values *= np.where(known, taper[:, None], 0.0)
    values[:, count < 0.6 * len(t_s)] = 0.0
    return values
