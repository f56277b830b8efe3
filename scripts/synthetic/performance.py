"""One person's whole clip: where in the stride, doing what, in which pose, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .activities import Gestures, WayOff, gaits
from .description import Clip, Style
from .faults import amounts
from .gait import WALK_MPS
from .moments import RUN, STAND, WALK, Moments
from .outfit import SOLE_M
from .posing import Poser
from .scene import BELT_M
from .skeleton import Body, Transforms
from .strides import Strides

_STEP_S = 0.01
_MARGIN_S = 2.0
"""The clock is known so long before and after the clip, for strides that reach beyond it."""

_TIRED = {"lean_deg": 2.0, "cadence_spm": -4.0, "yaw": 0.10}
"""What full fatigue comes to at the clip's end: small enough for good form (chosen by us)."""

_WALK_YAW_DEG, _WALK_PELVIS_DEG = 9.0, 9.0
"""Ranges of thorax and pelvis in walking (of the order of nine degrees: Crosbie 1997, Gait & Posture 5)."""

_UPRIGHT = 0.4
"""How much of a runner's lean is left when not running (chosen by us)."""


@dataclass(frozen=True)
class Instant:
    """One person at one time.

    :param transforms: of the bones in the world; None when not there.
    :param phase: strides since the clip began; whole numbers are landings of the left foot.
    :param running: whether this is running at all.
    :param present: False once stepped off and out of sight.
    :param cadence_spm: steps a minute; NaN while not stepping.
    :param heading_deg: the way the person faces: 0 for −y, left positive.
    """

    transforms: Transforms | None
    phase: float
    running: bool
    present: bool
    cadence_spm: float
    heading_deg: float


class _Now(NamedTuple):
    """What the clock says at N times."""

    phase: np.ndarray
    cadence_spm: np.ndarray
    speed_mps: np.ndarray
    gaits: np.ndarray


class Performance:
    """What the runner of a clip does; a pure function of clip, body and time."""

    def __init__(self, clip: Clip, body: Body) -> None:
        if clip.runner is None:
            raise ValueError("a clip without a runner has no performance")
        self.body = body
        self._clip = clip
        self._style: Style = clip.runner.style
        self._poser = Poser(body, self._style, SOLE_M)
        self._way_off = WayOff(clip)
        self._gestures = Gestures(clip, body)
        most = int((clip.duration_s + 2 * _MARGIN_S) * 2.2) + 8
        self._strides = Strides(self._style, most, clip.seed)
        self._clock()

    @property
    def rest_m(self) -> np.ndarray:
        """(2, 3) middles of shoulders and ears in the thorax' frame when this body's arms hang."""
        return self._poser.rest_m

    def at(self, t_s: float) -> Instant:
        """The person at a time."""
        times_s = np.array([float(t_s)])
        now = self._now(times_s)
        where = self._way_off.at(times_s)
        present = bool(where.present[0])
        transforms: Transforms | None = None
        if present:
            rotations, translations = self._poser.pose(self._moments(times_s, now))
            transforms = rotations[0], translations[0]
        return Instant(
            transforms,
            float(now.phase[0]),
            bool(now.gaits[0, RUN] > 0.5),
            present,
            float(now.cadence_spm[0]),
            float(where.heading_deg[0]),
        )

    def poses(self, t_s: np.ndarray) -> Transforms:
        """The transforms at many times, (N, B, 3, 3) and (N, B, 3), whether the person is in sight or not."""
        return self._poser.pose(self._moments(t_s, self._now(t_s)))

    def heading_deg(self, t_s: np.ndarray) -> np.ndarray:
        """The way the person faces at many times."""
        return self._way_off.at(t_s).heading_deg

    def phase(self, t_s: np.ndarray) -> np.ndarray:
        """Strides since the clip began."""
        return np.interp(t_s, self._times_s, self._phases)

    def belt_m(self, t_s: float) -> float:
        """How far the belt has gone since the clip began."""
        return float(np.interp(t_s, self._times_s, self._belts_m))

    def stride_s(self, t_s: float) -> tuple[float, float]:
        """From half a stride before that time to half a stride after it."""
        phase = float(self.phase(np.array(t_s)))
        low, high = np.interp([phase - 0.5, phase + 0.5], self._phases, self._times_s)
        return float(low), float(high)

    def _clock(self) -> None:
        """Phase, speed and belt over the whole clip, from the blended cadence."""
        clip, style = self._clip, self._style
        t_s = np.arange(-_MARGIN_S, clip.duration_s + _MARGIN_S + _STEP_S, _STEP_S)
        weights = gaits(clip.activities, t_s)
        where = self._way_off.at(t_s)
        off_mps = np.abs(np.gradient(where.off_m, _STEP_S))
        stepping_off = np.clip(off_mps / 0.3, 0.0, 1.0)
        run_spm = style.cadence_spm + _TIRED["cadence_spm"] * self._fatigue(t_s)
        run_spm = run_spm * self._strides.pace((t_s + _MARGIN_S) * style.cadence_spm / 120.0)
        walk = self._poser.walk
        # Whoever steps off walks as fast as the way in that time wants: quicker steps and longer ones.
        hurry = np.clip(np.sqrt(off_mps / WALK_MPS), 0.4, 1.5)
        walk_spm = walk.cadence_spm * (1.0 + stepping_off * (hurry - 1.0))
        walk_mps = WALK_MPS + stepping_off * (off_mps - WALK_MPS)
        self._times_s = t_s
        self._cadences_spm = weights[:, RUN] * run_spm + weights[:, WALK] * walk_spm
        self._speeds_mps = weights[:, RUN] * style.speed_mps + weights[:, WALK] * walk_mps
        self._phases = _summed(self._cadences_spm / 120.0)
        # The belt runs on under somebody who stands astride it, and stops for one who stands on it or leaves it.
        belt_mps = (1.0 - weights[:, WALK] - weights[:, STAND]) * style.speed_mps + weights[:, WALK] * WALK_MPS * (
            1.0 - stepping_off
        ) * where.on_belt
        self._belts_m = _summed(belt_mps)

    def _now(self, t_s: np.ndarray) -> _Now:
        grid_s = self._times_s
        cadence_spm = np.interp(t_s, grid_s, self._cadences_spm)
        weights = gaits(self._clip.activities, t_s)
        speed_mps = np.interp(t_s, grid_s, self._speeds_mps)
        stepping = weights[:, RUN] + weights[:, WALK]
        return _Now(self.phase(t_s), np.where(stepping > 0.5, cadence_spm, np.nan), speed_mps, weights)

    def _fatigue(self, t_s: np.ndarray) -> np.ndarray:
        return self._style.fatigue * np.clip(t_s / self._clip.duration_s, 0.0, 1.0)

    def _moments(self, t_s: np.ndarray, now: _Now) -> Moments:
        style, where, faults = self._style, self._way_off.at(t_s), amounts(self._clip.faults, t_s)
        differ = self._strides.at(now.phase)
        run, walk = now.gaits[:, RUN], now.gaits[:, WALK]
        tired = self._fatigue(t_s)
        lean_deg = style.lean_deg + differ.lean_deg + _TIRED["lean_deg"] * tired
        twist = faults.twist * differ.yaw_gain
        drift_m = self._strides.drift_m(now.phase)
        stance = self._poser.run.stance
        place_m = np.empty((len(t_s), 3))
        place_m[:, :2] = drift_m * where.on_belt[:, None] + where.place_m
        place_m[:, 1] -= self._gestures.forward_m(t_s)
        place_m[:, 2] = BELT_M * where.on_belt
        feet_m = (self._strides.feet_m(now.phase, stance) - drift_m[:, None]) * where.on_belt[:, None, None]
        cadence_spm = np.interp(t_s, self._times_s, self._cadences_spm)
        return Moments(
            phase=now.phase,
            gaits=now.gaits,
            step_m=60.0 * now.speed_mps / np.maximum(cadence_spm, 1.0),
            place_m=place_m,
            heading_deg=where.heading_deg,
            feet_m=feet_m,
            lean_deg=lean_deg * (_UPRIGHT + (1.0 - _UPRIGHT) * run),
            lean_hips_deg=faults.lean_hips_deg,
            lean_thorax_deg=faults.lean_thorax_deg,
            yaw_range_deg=twist * (run * style.thorax_yaw_deg * (1.0 + _TIRED["yaw"] * tired) + walk * _WALK_YAW_DEG),
            pelvis_range_deg=differ.yaw_gain * (run * style.pelvis_yaw_deg + walk * _WALK_PELVIS_DEG),
            raise_mm=style.shoulder_raise_mm + faults.raise_mm,
            rounded_mm=faults.rounded_mm,
            head_forward_mm=np.full(len(t_s), style.head_forward_mm),
            cross=faults.cross * (run + walk),
            cross_mm=faults.cross_mm,
            arm_gain=differ.arm_gain,
            rise_gain=differ.rise_gain,
            head_deg=differ.head_deg + self._gestures.head_deg(t_s),
            reaches=self._gestures.reaches(t_s),
        )


def _summed(rate: np.ndarray) -> np.ndarray:
    """The integral over the clock's steps, 0 when the clip begins."""
    total = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]))]) * _STEP_S
    return total - total[round(_MARGIN_S / _STEP_S)]
