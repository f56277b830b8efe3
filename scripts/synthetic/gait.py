"""How a runner moves: joint curves over one stride, and how strides differ from each other.

A stride is a phase 0..1 that starts when the left foot lands; the right foot lands at 0.5.  The curves follow the usual
pictures of joint angles in running at about 2.7 m/s (after Novacheck 1998, doi 10.1016/S0966-6362(97)00038-6), set by
hand at the places named and joined smoothly.  While a foot is on the belt its ball goes back with the belt, so feet do
not slide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STANCE = 0.37
"""Share of a stride that one foot is on the belt; below one half there is a flight phase."""

# (phase, degrees): the thigh's angle from the vertical, knee forward positive.
_THIGH = (
    (0.0, 24), (0.08, 24), (0.15, 18), (0.25, 3), (0.34, -13), (0.40, -21), (0.46, -20), (0.55, -4),
    (0.65, 20), (0.74, 38), (0.82, 43), (0.90, 36), (0.96, 28),
)  # fmt: skip
# (phase, degrees): how far the knee is bent.
_KNEE = (
    (0.0, 14), (0.07, 30), (0.14, 40), (0.22, 36), (0.30, 24), (0.37, 17), (0.42, 22), (0.50, 52),
    (0.58, 84), (0.66, 98), (0.73, 90), (0.80, 64), (0.87, 33), (0.93, 15), (0.97, 11),
)  # fmt: skip
# (phase, degrees): the foot's pitch against the floor, toes down positive.
_FOOT = (
    (0.0, -6), (0.06, 0), (0.12, 0), (0.18, 0), (0.24, 10), (0.30, 30), (0.37, 58), (0.44, 74),
    (0.52, 88), (0.60, 96), (0.68, 78), (0.76, 42), (0.84, 8), (0.90, -10), (0.96, -12),
)  # fmt: skip

_SAMPLES = 400


def periodic(knots: tuple[tuple[float, float], ...], smooth: float = 0.018) -> np.ndarray:
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


def at(curve: np.ndarray, phase: float) -> np.ndarray:
    """Value of a sampled periodic curve at any phase."""
    place = (phase % 1.0) * _SAMPLES
    low = int(place) % _SAMPLES
    return curve[low] + (place - int(place)) * (curve[(low + 1) % _SAMPLES] - curve[low])


@dataclass(frozen=True)
class Style:
    """One runner's own way of running in good form.

    :param cadence_spm: steps (not strides) per minute.
    :param lean_deg: mean lean of the trunk, forward positive.
    :param thorax_yaw_deg: range (peak to peak) of the thorax' yaw in a stride.
    :param pelvis_yaw_deg: range of the pelvis' yaw, opposite to the thorax.
    :param rise_m: how far the hips go up and down in a step, peak to peak.
    :param arm_swing_deg: range of the upper arm's swing.
    :param arm_middle_deg: middle of that swing; negative is behind the hanging arm.
    :param elbow_deg: mean bend of the elbows.
    :param elbows_out_deg: how far the upper arms stand off the trunk.
    :param hands_in_deg: how far the forearms point to the middle.
    :param step_width_m: between the lines that the two feet land on.
    """

    cadence_spm: float = 170.0
    lean_deg: float = 5.0
    thorax_yaw_deg: float = 26.0
    pelvis_yaw_deg: float = 8.0
    rise_m: float = 0.066
    arm_swing_deg: float = 58.0
    arm_middle_deg: float = -14.0
    elbow_deg: float = 94.0
    elbows_out_deg: float = 14.0
    hands_in_deg: float = 24.0
    step_width_m: float = 0.07


@dataclass(frozen=True)
class GaitState:
    """Where in the stride a runner is, and how this stride differs from the middle one.

    :param phase: strides run since the clip began; whole numbers are landings of the left foot.
    :param yaw_gain: this stride's factor on the thorax' and pelvis' yaw.
    :param arm_gain: this stride's factor on the arms' swing.
    :param rise_gain: this stride's factor on the rise.
    :param lean_deg: this stride's difference in lean.
    :param drift_m: (2,) how far the runner has drifted to the left and back on the belt.
    :param head_deg: (3,) small movements of the head: pitch, tilt, yaw.
    """

    phase: float
    yaw_gain: float
    arm_gain: float
    rise_gain: float
    lean_deg: float
    drift_m: np.ndarray
    head_deg: np.ndarray


class Strides:
    """Small, seeded differences between strides, smooth in time.

    Sizes are those measured on real runners: 0.2-1.1° of lean, 0.4-1.8° of yaw range between strides.
    """

    _CHANNELS = 10

    def __init__(self, style: Style, duration_s: float, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._strides_per_s = style.cadence_spm / 120.0
        self._noise = rng.normal(size=(int(duration_s * self._strides_per_s) + 8, self._CHANNELS))
        # A slow wander of the body on the belt: a few sines of half a minute and less.
        self._wander = rng.uniform(0.0, 2 * np.pi, size=(2, 3))

    def at(self, t_s: float) -> GaitState:
        """The gait at *t_s*."""
        phase = t_s * self._strides_per_s
        n = self._smooth_noise(phase)
        periods_s = np.array([7.3, 13.1, 29.0])
        wander = np.sin(2 * np.pi * t_s / periods_s + self._wander) @ np.array([0.2, 0.35, 0.45])
        return GaitState(
            phase=phase + 0.006 * n[0],
            yaw_gain=1.0 + 0.035 * n[1],
            arm_gain=1.0 + 0.03 * n[2],
            rise_gain=1.0 + 0.03 * n[3],
            lean_deg=0.45 * n[4],
            drift_m=wander * np.array([0.02, 0.035]),
            head_deg=np.array([1.0, 0.8, 1.6]) * n[5:8],
        )

    def _smooth_noise(self, phase: float) -> np.ndarray:
        """Noise that changes from stride to stride without a jump (cubic B-spline weights, unit variance)."""
        k = int(phase)
        f = phase - k
        weights = np.array([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3])
        weights /= np.linalg.norm(weights)
        return weights @ self._noise[k : k + 4]


@dataclass(frozen=True)
class LegCurves:
    """One leg's path over a stride, sampled.

    :param ankle_m: (samples, 2) the ankle's place: forward of the hip, and over the belt.
    :param foot_deg: (samples,) pitch of the foot, toes down positive.
    :param toe_deg: (samples,) how far the toes are bent up against the foot.
    :param hip_m: mean height of the hip joints over the belt.
    """

    ankle_m: np.ndarray
    foot_deg: np.ndarray
    toe_deg: np.ndarray
    hip_m: float


def leg_curves(
    thigh_m: float,
    shank_m: float,
    ball_ahead_m: float,
    toes_m: float,
    ankle_m: float,
    heel_behind_m: float,
) -> LegCurves:
    """The path of an ankle for a leg of that build.

    :param ball_ahead_m: from the ankle forward to the ball of the foot.
    :param toes_m: from there on to the tips of the toes.
    :param ankle_m: height of the ankle over a flat foot's sole.
    :param heel_behind_m: from the ankle back to the heel.
    """
    thigh, knee, foot = (periodic(k) for k in (_THIGH, _KNEE, _FOOT))
    phase = np.arange(_SAMPLES) / _SAMPLES
    hip_mid_m = leg_height(thigh_m, shank_m, 39.0) + ankle_m + 0.033
    hip = hip_mid_m + hip_rise(phase, 0.066)
    shank = np.radians(thigh - knee)
    free = np.stack(
        [
            thigh_m * np.sin(np.radians(thigh)) + shank_m * np.sin(shank),
            hip - thigh_m * np.cos(np.radians(thigh)) - shank_m * np.cos(shank),
        ],
        axis=1,
    )

    # On the belt: the ball (or the heel, toes up) stays on a point of the belt.  The belt's way is in leg lengths.
    leg_m = thigh_m + shank_m
    ball_x = 0.40 * leg_m - 0.86 * leg_m * phase / STANCE
    ball_x = np.where(phase > 0.7, 0.40 * leg_m - 0.86 * leg_m * (phase - 1) / STANCE, ball_x)
    down = np.radians(foot)
    toes_down = np.stack(
        [
            ball_x - ball_ahead_m * np.cos(down) + ankle_m * np.sin(down),
            ball_ahead_m * np.sin(down) + ankle_m * np.cos(down),
        ],
        axis=1,
    )
    heel_x = ball_x - ball_ahead_m - heel_behind_m
    toes_up = np.stack(
        [
            heel_x + heel_behind_m * np.cos(down) + ankle_m * np.sin(down),
            -heel_behind_m * np.sin(down) + ankle_m * np.cos(down),
        ],
        axis=1,
    )
    locked = np.where((down < 0)[:, None], toes_up, toes_down)

    since = (phase + 0.5) % 1.0 - 0.5
    hold = _ease((since + 0.07) / 0.07) * (1 - _ease((phase - STANCE + 0.02) / 0.09))
    hold = np.where(since < 0, _ease((since + 0.07) / 0.07), hold)
    path = free + hold[:, None] * (locked - free)
    path = path + (1 - hold)[:, None] * (blur(path, 0.015) - path)
    # Toes stay flat while they can bend, then the runner stands on their tips; nothing goes below the belt.
    toe = np.clip(foot, 0.0, 38.0) * hold
    lowest = np.maximum(
        ball_ahead_m * np.sin(down) + ankle_m * np.cos(down) + toes_m * np.sin(np.maximum(down - np.radians(toe), 0.0)),
        -heel_behind_m * np.sin(down) + ankle_m * np.cos(down),
    )
    path[:, 1] = np.maximum(path[:, 1], lowest)
    return LegCurves(path, foot, toe, hip_mid_m)


def leg_height(thigh_m: float, shank_m: float, knee_deg: float) -> float:
    """From hip to ankle with the knee bent that far."""
    bend = np.cos(np.radians(knee_deg))
    return float(np.sqrt(thigh_m**2 + shank_m**2 + 2 * thigh_m * shank_m * bend))


def hip_rise(phase: np.ndarray | float, range_m: float) -> np.ndarray | float:
    """The hips' way up and down, twice a stride: lowest at mid-stance, highest in flight."""
    return 0.5 * range_m * np.cos(4 * np.pi * (np.asarray(phase) - 0.405))


def _ease(x: np.ndarray) -> np.ndarray:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
