"""What the camera makes of the light: exposure, bloom, flicker, colour, noise, and pictures that get lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .description import Light, Sensor

_BLUR_STEP_S = 0.006
"""Moments of one exposure are at most so far apart (chosen by us: a running hand moves 2 cm meanwhile)."""

_MOST_MOMENTS = 5

_MAINS_HZ = 100.0
"""Lamps on 50 Hz mains brighten twice in a period."""

_READOUT_S = 0.004
"""From the picture's first row to its last (chosen by us); so a part of the flicker shows as a band."""

_WHITE = np.float32(255.0**2)
"""The light of a white pixel; light is the square of what is shown, near enough to a screen's power of 2.2."""

_MARGIN_PX = 64
_STEP_PX = 8


def frame_times(duration_s: float, sensor: Sensor, seed: int) -> list[float]:
    """When the pictures are taken that are not lost, in seconds; the first never is."""
    count = max(round(duration_s * sensor.fps), 1)
    kept = np.random.default_rng([seed, 1]).random(count) >= sensor.dropped
    kept[0] = True
    return [int(k) / sensor.fps for k in np.flatnonzero(kept)]


class Optics:
    """One camera in one light.

    :param seed: of the noise and of the flicker's phase.
    """

    def __init__(self, sensor: Sensor, light: Light, seed: int) -> None:
        rng = np.random.default_rng([seed, 2])
        self._sensor, self._light, self._seed = sensor, light, seed
        # Neither the mains nor the camera's clock are exact, or 20 pictures a second would never show them beating.
        self._mains_hz = _MAINS_HZ * (1.0 + rng.uniform(0.004, 0.015) * rng.choice([-1.0, 1.0]))
        self._mains_phase = rng.uniform(0.0, 2.0 * np.pi)
        warm = light.warmth
        self._tint = np.array([1.0 + 0.22 * warm, 1.0, 1.0 - 0.40 * warm]) if warm else np.ones(3)
        self._tint = (self._tint / (self._tint @ [0.30, 0.59, 0.11])).astype(np.float32)
        self._grain = np.zeros((0, 0, 3), np.float32)
        if sensor.noise > 0.0:
            size = (sensor.height_px + _MARGIN_PX, sensor.width_px + _MARGIN_PX, 3)
            self._grain = rng.standard_normal(size, dtype=np.float32)
        self._veil = _Veil(sensor.width_px, sensor.height_px) if light.backlit > 0.0 else None

    def moments(self, t_s: float) -> list[float]:
        """The times to paint for the picture taken at *t_s*, which is the middle of its exposure."""
        exposure_s = self._sensor.exposure_s
        count = min(max(round(exposure_s / _BLUR_STEP_S), 2), _MOST_MOMENTS) if exposure_s > 0.0 else 1
        # Never before the clip's beginning.
        return [max(t_s + exposure_s * ((k + 0.5) / count - 0.5), 0.0) for k in range(count)]

    def picture(self, t_s: float, moments: Sequence[np.ndarray]) -> np.ndarray:
        """What the camera gives.

        :param t_s: when; noise and flicker depend on it.
        :param moments: uint8 (height, width, 3), the pictures of :meth:`moments`.
        :returns: uint8 (height, width, 3).
        """
        light = np.multiply(moments[0], moments[0], dtype=np.float32)
        for other in moments[1:]:
            light += np.multiply(other, other, dtype=np.float32)
        light *= np.float32(1.0 / len(moments))
        if self._veil is not None:
            light += (np.float32(self._light.backlit) * self._veil.over(light))[:, :, None]
        if self._light.flicker or self._light.warmth:
            light *= self.brightness(t_s)[:, None, None] * self._tint
        shown = np.sqrt(light, out=light)
        if self._sensor.noise > 0.0:
            # A brighter pixel has counted more light, and its noise is smaller; asked is the spread at middle grey.
            spread = np.float32(self._sensor.noise) * (np.float32(1.35 * 255.0) - np.float32(0.70) * shown)
            spread *= self._noise(t_s)
            shown += spread
        shown += np.float32(0.5)
        return np.clip(shown, 0.0, 255.0, out=shown).astype(np.uint8)

    def brightness(self, t_s: float) -> np.ndarray:
        """How bright the lamps are for each row of the picture taken at *t_s*, float32 (height,); 1 at most."""
        rows_s = t_s + np.linspace(0.0, _READOUT_S, self._sensor.height_px)
        beat = 0.5 - 0.5 * np.cos(2.0 * np.pi * self._mains_hz * rows_s + self._mains_phase)
        return (1.0 - self._light.flicker * beat).astype(np.float32)

    def _noise(self, t_s: float) -> np.ndarray:
        """One plane of noise, looked at from another corner for every picture."""
        rng = np.random.default_rng([self._seed, 3, round(t_s * 1e6)])
        top, left, flip = rng.integers(_MARGIN_PX), rng.integers(_MARGIN_PX), rng.integers(4)
        plane = self._grain[top : top + self._sensor.height_px, left : left + self._sensor.width_px]
        return plane[:: 1 - 2 * (flip & 1), :: 1 - (flip & 2)]


class _Veil:
    """Light that strays in the lens from what is bright over the rest: a little over all, more close by."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._spread_y, self._spread_x = _spread(height_px), _spread(width_px)

    def over(self, light: np.ndarray) -> np.ndarray:
        """The stray light (height, width) in a picture of light (height, width, 3)."""
        bright = np.maximum(light[_STEP_PX // 2 :: _STEP_PX, _STEP_PX // 2 :: _STEP_PX, 1] - 0.5 * _WHITE, 0.0)
        return self._spread_y @ (0.25 * bright + 0.10 * bright.mean()) @ self._spread_x.T


def _spread(size_px: int) -> np.ndarray:
    """The matrix that spreads every eighth pixel of a line smoothly over the line."""
    every = np.arange(_STEP_PX // 2, size_px, _STEP_PX)
    spread = np.exp(-0.5 * ((np.arange(size_px)[:, None] - every) / (0.035 * size_px)) ** 2)
    return (spread / spread.sum(axis=1, keepdims=True)).astype(np.float32)
