"""How legs move: joint curves over one stride of running and of walking, fitted to a body, a speed and a cadence.

A stride is a phase 0..1 that starts when the foot lands; the other foot lands at 0.5.  The curves follow the usual
pictures of joint angles: running at about 2.7 m/s after Novacheck 1998 (doi 10.1016/S0966-6362(97)00038-6), walking
after Winter, *Biomechanics and Motor Control of Human Gait* (1991).  They are set by hand at the places named and
joined smoothly.

With speed the share of the stride that a foot is down shrinks (Novacheck: 39 % in running, 36 % in sprinting, 22 % in
the fastest sprinters; how it goes with our speeds is chosen by us), and hips and knees swing further.  While a foot is
down it goes back with the belt, rolling over heel, ball and toes, so feet do not slide: the way of the ankle in stance
follows from speed, cadence and the foot's pitch alone, and the hips stand no higher than the legs reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Knots = tuple[tuple[float, float], ...]

RUN_MPS = 2.75
"""The speed that the running curves are drawn for."""

WALK_MPS = 1.35
"""How fast people walk (about 4.9 km/h)."""

WALK_RISE_M = 0.05
"""How far walkers' hips go up and down in a step (chosen by us; about what a leg of that length vaults over)."""

# Each (phase, degrees).  The thigh's angle from the vertical, knee forward positive; how far the knee is bent; the
# foot's pitch against the floor, toes down positive.
_RUN_STANCE = 0.37
_RUN_THIGH: Knots = (
    (0.0, 24), (0.08, 24), (0.15, 18), (0.25, 3), (0.34, -13), (0.40, -21), (0.46, -20), (0.55, -4),
    (0.65, 20), (0.74, 38), (0.82, 43), (0.90, 36), (0.96, 28),
)  # fmt: skip
_RUN_KNEE: Knots = (
    (0.0, 14), (0.07, 30), (0.14, 40), (0.22, 36), (0.30, 24), (0.37, 17), (0.42, 22), (0.50, 52),
    (0.58, 84), (0.66, 98), (0.73, 90), (0.80, 64), (0.87, 33), (0.93, 15), (0.97, 11),
)  # fmt: skip
_RUN_FOOT: Knots = (
    (0.0, -6), (0.06, 0), (0.12, 0), (0.18, 0), (0.24, 10), (0.30, 30), (0.37, 58), (0.44, 74),
    (0.52, 88), (0.60, 96), (0.68, 78), (0.76, 42), (0.84, 8), (0.90, -10), (0.96, -12),
)  # fmt: skip
_WALK_STANCE = 0.62
_WALK_THIGH: Knots = (
    (0.0, 24), (0.10, 22), (0.30, 4), (0.50, -13), (0.56, -13), (0.62, -5), (0.73, 16), (0.85, 26), (0.93, 27),
)  # fmt: skip
_WALK_KNEE: Knots = (
    (0.0, 5), (0.12, 17), (0.25, 12), (0.40, 6), (0.50, 10), (0.62, 38), (0.72, 62), (0.80, 50), (0.90, 16),
    (0.96, 4),
)  # fmt: skip
_WALK_FOOT: Knots = (
    (0.0, -17), (0.05, -7), (0.09, 0), (0.30, 0), (0.40, 8), (0.50, 30), (0.62, 58), (0.68, 60), (0.77, 34),
    (0.86, 4), (0.92, -13), (0.97, -18),
)  # fmt: skip

_SHARES = ((2.0, 0.42), (2.75, 0.37), (3.5, 0.335), (4.25, 0.30), (5.0, 0.27))
"""(m/s, share of the stride that a foot is down) at 170 steps a minute."""

_LONGEST_CONTACT = 1.08
"""The way of the belt under one foot, in lengths of thigh and shank, that a leg can reach over (chosen by us)."""

_AHEAD = np.linspace(0.465, 0.60, 10)
"""How much of that way lies ahead of the hips: the least with which the legs need not crouch to reach."""

_TOES_BEND_DEG = 38.0
_REACH = 0.994
"""How straight a leg may become in stance."""

_CLEAR_M = 0.03
"""How far a swinging foot keeps off the ground at least, half way (chosen by us)."""

_SAMPLES = 400


@dataclass(frozen=True)
class Leg:
    """Lengths of a leg.

    :param ball_ahead_m: from the ankle forward to the joint of the toes.
    :param toes_m: from there on to the tips of the toes.
    :param ankle_m: height of the ankle over a flat foot's sole; ``ball_m`` of the joint of the toes.
    :param heel: (K, 2) how far ahead of the ankle and over it the outline of the heel lies, its sole included.
    """

    thigh_m: float
    shank_m: float
    ball_ahead_m: float
    toes_m: float
    ankle_m: float
    ball_m: float
    heel: np.ndarray

    @property
    def length_m(self) -> float:
        """Thigh and shank, stretched."""
        return self.thigh_m + self.shank_m

    def height_m(self, knee_deg: float) -> float:
        """From hip to ankle with the knee bent that far."""
        bend = np.cos(np.radians(knee_deg))
        return float(np.sqrt(self.thigh_m**2 + self.shank_m**2 + 2 * self.thigh_m * self.shank_m * bend))


@dataclass(frozen=True)
class Cycle:
    """One leg's stride, sampled over its phase, and what goes with it.

    :param path: (samples, 4): the ankle's place ahead of the hip and over the ground (m), the foot's pitch (toes down
        positive) and how far the toes are bent up against the foot (degrees).
    :param hip_m: mean height of the hip joints over the ground.
    :param low_phase: where in the step the hips are lowest.
    :param stance: share of the stride that the foot is down; below one half there is a flight phase.
    """

    path: np.ndarray
    hip_m: float
    low_phase: float
    stance: float
    cadence_spm: float
    speed_mps: float

    @property
    def step_m(self) -> float:
        """The belt's way in one step."""
        return 60.0 * self.speed_mps / self.cadence_spm

    def rise_m(self, phase: np.ndarray, range_m: np.ndarray | float) -> np.ndarray:
        """The hips' way up and down, twice a stride, round its middle."""
        return -0.5 * range_m * np.cos(4 * np.pi * (phase - self.low_phase))


def run_stance(speed_mps: float, cadence_spm: float, leg_m: float) -> float:
    """Share of the stride that a runner's foot is down.

    Quicker steps are shorter ones, whose contact shortens less than in proportion (the square root is chosen by us);
    and a foot is not down for longer than the leg reaches.
    """
    speeds_mps, shares = np.array(_SHARES).T
    share = np.interp(speed_mps, speeds_mps, shares) * np.sqrt(cadence_spm / 170.0)
    return float(min(share, 0.46, _LONGEST_CONTACT * leg_m * cadence_spm / (120.0 * speed_mps)))


def run(leg: Leg, speed_mps: float, cadence_spm: float, rise_m: float) -> Cycle:
    """Running: *rise_m* is how far the hips go up and down (lowest a little before the middle of the stance)."""
    stance = run_stance(speed_mps, cadence_spm, leg.length_m)
    swing = (speed_mps / RUN_MPS) ** 0.4
    thigh, knee, foot = (
        periodic(tuple((_warped(p, _RUN_STANCE, stance), v) for p, v in knots))
        for knots in (_RUN_THIGH, _RUN_KNEE, _RUN_FOOT)
    )
    # Faster runners swing further; in stance the belt decides.
    thigh, knee = 6.0 + swing * (thigh - 6.0), 12.0 + swing * (knee - 12.0)
    return _cycle(leg, (thigh, knee, foot), stance, cadence_spm, speed_mps, (0.42 * stance, rise_m, 39.0, 0.07))


def walk(leg: Leg) -> Cycle:
    """Walking at :data:`WALK_MPS`, 105 to 120 steps a minute as the legs are long."""
    cadence_spm = float(np.clip(112.0 * np.sqrt(0.80 / leg.length_m), 105.0, 120.0))
    thigh, knee, foot = (periodic(knots) for knots in (_WALK_THIGH, _WALK_KNEE, _WALK_FOOT))
    return _cycle(leg, (thigh, knee, foot), _WALK_STANCE, cadence_spm, WALK_MPS, (0.06, WALK_RISE_M, 16.0, 0.04))


def _warped(phase: float, stance: float, wanted: float) -> float:
    """A phase of a stride with one share of stance, in a stride with another."""
    return phase * wanted / stance if phase < stance else 1.0 - (1.0 - phase) * (1.0 - wanted) / (1.0 - stance)


def _cycle(
    leg: Leg,
    curves: tuple[np.ndarray, np.ndarray, np.ndarray],
    stance: float,
    cadence_spm: float,
    speed_mps: float,
    hips: tuple[float, float, float, float],
) -> Cycle:
    """Joint curves in the air, the belt's way on the ground.

    :param hips: where in the step they are lowest, their rise, the knee's bend that sets their height at most, and how
        long before the landing the foot begins to go with the belt.
    """
    thigh, knee, foot = curves
    low_phase, rise_m, knee_deg, early = hips
    phase = np.arange(_SAMPLES) / _SAMPLES
    since = (phase + 0.5 * (1.0 - stance)) % 1.0 - 0.5 * (1.0 - stance)
    belt_m = speed_mps * 120.0 / cadence_spm
    made = Cycle(np.empty(0), 0.0, low_phase, stance, cadence_spm, speed_mps)
    rise = made.rise_m(phase, rise_m)
    tall_m = leg.height_m(knee_deg) + leg.ankle_m + 0.033
    hip_m = -np.inf
    for ahead in _AHEAD:
        tried = _locked(leg, foot, belt_m * (ahead * stance - since))
        reached_m = min(tall_m, _highest_hip_m(leg, tried, rise, (since >= 0) & (since <= stance)))
        if reached_m > hip_m:
            locked, hip_m = tried, reached_m
    shank = np.radians(thigh - knee)
    free = np.stack(
        [
            leg.thigh_m * np.sin(np.radians(thigh)) + leg.shank_m * np.sin(shank),
            hip_m + rise - leg.thigh_m * np.cos(np.radians(thigh)) - leg.shank_m * np.cos(shank),
        ],
        axis=1,
    )
    hold = np.where(since < 0, ease((since + early) / early), 1 - ease((since - stance) / 0.08))
    path = free + hold[:, None] * (locked - free)
    path = path + (1 - hold)[:, None] * (blur(path, 0.015) - path)
    # Toes stay flat while they can bend, then the foot stands on their tips; what swings keeps clear of the belt.
    toe = np.clip(foot, 0.0, _TOES_BEND_DEG) * hold
    tips = np.maximum(foot - toe, 0.0)
    front = (
        _tipped(-leg.ball_ahead_m, leg.ankle_m - leg.ball_m, np.radians(foot))
        + _tipped(-leg.toes_m, leg.ball_m, np.radians(tips))
    )[:, 1]
    heel = _heel_height_m(leg, foot)
    swing = np.clip((phase - stance) / (1.0 - stance), 0.0, 1.0)
    path[:, 1] = np.maximum(path[:, 1], np.maximum(front, heel) + _CLEAR_M * np.sin(np.pi * swing) ** 2)
    return Cycle(np.column_stack([path, foot, toe]), hip_m, low_phase, stance, cadence_spm, speed_mps)


def _highest_hip_m(leg: Leg, ankle_m: np.ndarray, rise_m: np.ndarray, down: np.ndarray) -> float:
    """How high the hips may stand on average for the leg to reach the ankle while the foot is down."""
    reach_m = np.sqrt(np.maximum((_REACH * leg.length_m) ** 2 - ankle_m[:, 0] ** 2, 0.0))
    return float((ankle_m[:, 1] + reach_m - rise_m)[down].min())


def _locked(leg: Leg, foot_deg: np.ndarray, ball_m: np.ndarray) -> np.ndarray:
    """(samples, 2) the ankle over a foot that rolls on the belt: over its heel, flat, over the ball, over the toes.

    :param ball_m: how far ahead of the hip the place on the belt is where the ball of the foot lands.
    """
    pitch = np.radians(np.maximum(foot_deg, 0.0))
    tips = np.radians(np.maximum(foot_deg - _TOES_BEND_DEG, 0.0))
    # From the tips of the toes to their joint, from there to the ankle.
    joint = _tipped(-leg.toes_m, leg.ball_m, tips) + np.array([leg.toes_m, 0.0])
    ankle = joint + _tipped(-leg.ball_ahead_m, leg.ankle_m - leg.ball_m, pitch)
    # A round heel rolls: it goes as far as its height over the ground says.
    back_deg = np.linspace(0.0, -40.0, 81)
    height_m = _heel_height_m(leg, back_deg)
    way_m = np.concatenate([[0.0], np.cumsum(0.5 * (height_m[1:] + height_m[:-1]) * np.radians(-0.5))])
    back = foot_deg < 0
    ankle[back] = np.stack(
        [np.interp(-foot_deg[back], -back_deg, c) for c in (way_m - leg.ball_ahead_m, height_m)], axis=1
    )
    ankle[:, 0] += ball_m
    return ankle


def _heel_height_m(leg: Leg, foot_deg: np.ndarray) -> np.ndarray:
    """Height of the ankle over the lowest place of the heel."""
    pitch = np.radians(foot_deg)[:, None]
    return (leg.heel[:, 0] * np.sin(pitch) - leg.heel[:, 1] * np.cos(pitch)).max(axis=1)


def _tipped(ahead_m: float, up_m: float, pitch: np.ndarray) -> np.ndarray:
    """(…, 2) where a place ahead of and over a pivot goes when the foot tips over it, toes down."""
    return np.stack(
        [ahead_m * np.cos(pitch) + up_m * np.sin(pitch), up_m * np.cos(pitch) - ahead_m * np.sin(pitch)], axis=-1
    )


def periodic(knots: Knots, smooth: float = 0.018) -> np.ndarray:
    """A smooth periodic curve through (phase, value) knots, sampled at ``_SAMPLES`` phases from 0.

    Straight lines between the knots, then a Gaussian of *smooth* strides takes the corners off: no overshoot.
    """
    phase, value = np.array(knots, dtype=float).T
    grid = np.arange(_SAMPLES) / _SAMPLES
    line = np.interp(grid, np.r_[phase - 1, phase, phase + 1], np.tile(value, 3))
    return blur(line, smooth)


def blur(curve: np.ndarray, width: float) -> np.ndarray:
    """A periodic Gaussian blur, *width* in strides (standard deviation), along the first axis."""
    rate = np.fft.rfftfreq(_SAMPLES, 1 / _SAMPLES)
    gain = np.exp(-0.5 * (2 * np.pi * rate * width) ** 2)
    gain = gain.reshape(-1, *([1] * (curve.ndim - 1)))
    return np.fft.irfft(np.fft.rfft(curve, axis=0) * gain, _SAMPLES, axis=0)


def at(curve: np.ndarray, phase: np.ndarray | float) -> np.ndarray:
    """Values of a sampled periodic curve at any phases: the shape of *phase*, then the curve's own."""
    place = np.mod(phase, 1.0) * _SAMPLES
    low = place.astype(int) % _SAMPLES
    share = np.expand_dims(place - np.floor(place), tuple(range(-(curve.ndim - 1), 0))) if curve.ndim > 1 else place % 1
    return curve[low] + share * (curve[(low + 1) % _SAMPLES] - curve[low])


def ease(x: np.ndarray | float) -> np.ndarray:
    """Rise from 0 (x ≤ 0) to 1 (x ≥ 1) with no kink at either end."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
