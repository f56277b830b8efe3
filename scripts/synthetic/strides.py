"""How strides differ from each other, and when each comes: small, seeded and smooth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import Style
from .gait import ease

_WANDER_STRIDES = np.array([10.3, 18.6, 41.0])
_WANDER_SHARES = np.array([0.2, 0.35, 0.45])
"""A slow wander on the belt: sines that take so many strides, and how much each counts."""


@dataclass(frozen=True)
class Differences:
    """How one stride differs from the runner's usual one, (N,) each.

    :param yaw_gain: factor on the yaw of thorax and pelvis; ``arm_gain`` on the arms' swing; ``rise_gain`` on the rise.
    :param lean_deg: on top of the usual lean.
    :param head_deg: (N, 3) small movements of the head: pitch, tilt, yaw.
    """

    yaw_gain: np.ndarray
    arm_gain: np.ndarray
    rise_gain: np.ndarray
    lean_deg: np.ndarray
    head_deg: np.ndarray


class Strides:
    """The differences between one runner's strides.

    Their sizes at a variation of 1 are those measured on real runners: 0.2-1.1° of lean and 0.4-1.8° of yaw range
    between strides; 1 % of a stride's time (below 2.5 % in every published treadmill series that we know of).

    :param most: more strides than will be run.
    """

    def __init__(self, style: Style, most: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._variation = style.variation
        self._drift_m = style.drift_m
        self._noise = rng.normal(size=(most + 8, 7))
        self._pace = rng.normal(size=most + 8)
        self._wander = rng.uniform(0.0, 2 * np.pi, size=(2, 3))

    def pace(self, strides: np.ndarray) -> np.ndarray:
        """Factor on the cadence about the so-manieth stride."""
        return 1.0 + 0.01 * self._variation * _smooth(self._pace[:, None], strides)[:, 0]

    def at(self, phase: np.ndarray) -> Differences:
        """The differences at a phase, counted in strides since the clip began."""
        n = self._variation * _smooth(self._noise, phase)
        return Differences(
            yaw_gain=1.0 + 0.035 * n[:, 0],
            arm_gain=1.0 + 0.03 * n[:, 1],
            rise_gain=1.0 + 0.03 * n[:, 2],
            lean_deg=0.45 * n[:, 3],
            head_deg=np.array([1.0, 0.8, 1.6]) * n[:, 4:7],
        )

    def drift_m(self, phase: np.ndarray) -> np.ndarray:
        """(…, 2) how far the runner has wandered to the left and back; sideways a little over half as far."""
        waves = np.sin(2 * np.pi * phase[..., None, None] / _WANDER_STRIDES + self._wander)
        return self._drift_m * np.array([0.6, 1.0]) * (waves @ _WANDER_SHARES)

    def feet_m(self, phase: np.ndarray, stance: float) -> np.ndarray:
        """(N, 2, 2) the drift that each foot has: that of the middle of its stance for as long as it is down."""
        own = phase[:, None] - np.array([0.0, 0.5])
        landed = np.floor(own)
        swing = ease((own - landed - stance) / (1.0 - stance))[..., None]
        middle = landed + np.array([0.0, 0.5]) + 0.5 * stance
        return (1 - swing) * self.drift_m(middle) + swing * self.drift_m(middle + 1.0)


def _smooth(noise: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Noise that changes from stride to stride without a jump (cubic B-spline weights, unit variance)."""
    place = np.clip(place, 0.0, len(noise) - 5.0)
    k = place.astype(int)
    f = place - k
    weights = np.stack([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3], axis=1)
    weights /= np.sqrt((weights * weights).sum(axis=1, keepdims=True))
    return (weights[:, None] @ noise[k[:, None] + np.arange(4)])[:, 0]
