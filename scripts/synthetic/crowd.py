"""Who else is in the room: people who walk past behind the treadmill, and somebody who runs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from . import body as bodies
from .description import Clip, Runner, Style
from .gait import WALK_MPS, ease
from .moments import STAND, WALK, Moments, steady
from .outfit import SOLE_M
from .performance import Performance
from .posing import Poser
from .scene import neighbour_x_m
from .skeleton import Body, Transforms
from .strides import Strides

_LANE_M = ((1.98, -4.2), (1.98, 1.9), (4.2, 1.9))
"""Corners of the way (distance off the middle, y) round the treadmill: up beside it, then along behind it."""

_LANES_M = 0.4
"""How far apart the ways of several people are behind the treadmill, so that they can stand there beside each other."""

_ROUND_M = 0.8
"""How early the corner is cut."""

_STEP_S = 0.02


class Extra(Protocol):
    """Somebody beside the runner of the clip."""

    runner: Runner
    body: Body

    def at(self, t_s: float) -> Transforms | None:
        """The pose at a time; None when not in the room."""

    def phase(self, t_s: float) -> float:
        """Strides so far; whole numbers are landings of the left foot."""


def crowd(clip: Clip, runners: Sequence[Runner]) -> list[Extra]:
    """The clip's bystanders, then its neighbour if there is one.

    :param runners: who they are, one each.
    """
    wanted = clip.scene.bystanders + clip.scene.neighbour
    if len(runners) < wanted:
        raise ValueError(f"{wanted} people are in the room, but {len(runners)} are given")
    others: list[Extra] = [Bystander(clip, runners[k], k) for k in range(clip.scene.bystanders)]
    if clip.scene.neighbour:
        others.append(Neighbour(clip, runners[wanted - 1]))
    return others


class Neighbour:
    """Runs beside the runner, in good form."""

    def __init__(self, clip: Clip, runner: Runner) -> None:
        self.runner = runner
        self.body = bodies.load(runner.build)
        alone = replace(clip, runner=runner, faults=(), activities=(), seed=clip.seed + 1)
        self._performance = Performance(alone, self.body)
        self._aside_m = np.array([neighbour_x_m(clip.viewpoint.azimuth_deg), 0.0, 0.0])

    def at(self, t_s: float) -> Transforms | None:
        """The pose at a time."""
        transforms = self._performance.at(t_s).transforms
        return None if transforms is None else (transforms[0], transforms[1] + self._aside_m)

    def phase(self, t_s: float) -> float:
        """Strides so far."""
        return float(self._performance.phase(np.array(t_s)))


@dataclass(frozen=True)
class _Walk:
    """A bystander's coming and going, sampled every ``_STEP_S``."""

    t_s: np.ndarray
    along_m: np.ndarray
    speed_mps: np.ndarray
    here: np.ndarray
    back: np.ndarray
    phase: np.ndarray


class Bystander:
    """Walks through the room, now one way, now the other, and stops at times."""

    def __init__(self, clip: Clip, runner: Runner, number: int) -> None:
        rng = np.random.default_rng([clip.seed, 11, number])
        self.runner = runner
        self.body = bodies.load(runner.build)
        # Walkers do not lean, hunch or twist as they do when they run.
        self._style = style = Style(speed_mps=2.0, lean_deg=2.0, thorax_yaw_deg=14.0, elbows_out_deg=10.0)
        self._poser = Poser(self.body, style, SOLE_M)
        self._strides = Strides(style, int(clip.duration_s * 1.6) + 16, int(rng.integers(2**31)))
        lane_m = float(rng.uniform(-0.05, 0.05)) - _LANES_M * number
        self._path_m = _path(clip.viewpoint.azimuth_deg >= 0, lane_m)
        steps = np.linalg.norm(np.diff(self._path_m, axis=0), axis=1)
        self._along_m = np.concatenate([[0.0], np.cumsum(steps)])
        self._walk = _programme(rng, clip.duration_s, float(self._along_m[-1]), self._poser.walk.cadence_spm)

    def at(self, t_s: float) -> Transforms | None:
        """The pose at a time; None between two walks."""
        walk = self._walk
        index = int(np.clip(round(t_s / _STEP_S), 0, len(walk.t_s) - 1))
        if not walk.here[index]:
            return None
        rotations, translations = self._poser.pose(self._moments(t_s, bool(walk.back[index])))
        return rotations[0], translations[0]

    def phase(self, t_s: float) -> float:
        """Strides so far."""
        return float(np.interp(t_s, self._walk.t_s, self._walk.phase))

    def _moments(self, t_s: float, back: bool) -> Moments:
        walk = self._walk
        along_m, speed_mps = (float(np.interp(t_s, walk.t_s, a)) for a in (walk.along_m, walk.speed_mps))
        place_m, ahead_m = (self._place(along_m + more_m) for more_m in (0.0, 0.05))
        way = (ahead_m - place_m) * (-1.0 if back else 1.0)
        phase = np.array([self.phase(t_s)])
        differ = self._strides.at(phase)
        walking = float(ease(speed_mps / 0.6))
        gaits = np.zeros((1, 4))
        gaits[0, [WALK, STAND]] = walking, 1.0 - walking
        cadence_spm = _cadence_spm(np.array(speed_mps), self._poser.walk.cadence_spm)
        m = steady(self._style, phase, float(60.0 * speed_mps / cadence_spm))
        return replace(
            m,
            gaits=gaits,
            place_m=np.array([[*place_m, 0.0]]),
            heading_deg=np.degrees(np.arctan2(way[:1], -way[1:])),
            lean_deg=self._style.lean_deg + differ.lean_deg,
            yaw_range_deg=9.0 * walking * differ.yaw_gain,
            pelvis_range_deg=9.0 * walking * differ.yaw_gain,
            arm_gain=differ.arm_gain,
            head_deg=2.0 * differ.head_deg,
        )

    def _place(self, along_m: float) -> np.ndarray:
        return np.array([np.interp(along_m, self._along_m, self._path_m[:, k]) for k in range(2)])


def _cadence_spm(speed_mps: np.ndarray, usual_spm: float) -> np.ndarray:
    """Slower walkers take slower steps, and shorter ones."""
    return usual_spm * np.clip(np.sqrt(speed_mps / WALK_MPS), 0.4, 1.3)


def _path(at_right: bool, lane_m: float) -> np.ndarray:
    """(P, 2) the way on the floor, up at the runner's right or left, then behind the treadmill.

    :param lane_m: added to how far behind.
    """
    corners = np.array(_LANE_M) * [-1.0, 1.0]
    corners[2, 0] *= -1.0
    corners[1:, 1] += lane_m
    into = corners[1] - [0.0, _ROUND_M]
    out = corners[1] + [_ROUND_M, 0.0]
    bend = np.linspace(0.0, 1.0, 16)[:, None]
    curve = (1 - bend) ** 2 * into + 2 * bend * (1 - bend) * corners[1] + bend**2 * out
    path = np.concatenate([corners[:1], curve, corners[2:]])
    return path * [1.0 if at_right else -1.0, 1.0]


def _programme(rng: np.random.Generator, duration_s: float, length_m: float, usual_spm: float) -> _Walk:
    """Walks with pauses out of sight between them; the first may be under way when the clip begins."""
    speeds, here, back = [], [], []
    way_back = bool(rng.integers(2))
    while sum(len(s) for s in speeds) * _STEP_S < duration_s + length_m + 2.0:
        pace_mps = float(rng.uniform(1.05, 1.45))
        walking = np.full(int(length_m / pace_mps / _STEP_S), pace_mps)
        if rng.random() < 0.45:
            # Behind the treadmill, where there is room.
            part = float(rng.uniform(0.6, 0.85))
            stop = int((1.0 - part if way_back else part) * len(walking))
            walking = np.concatenate([walking[:stop], np.zeros(int(rng.uniform(2.0, 6.0) / _STEP_S)), walking[stop:]])
        smooth = int(0.7 / _STEP_S)
        padded = np.pad(walking, (smooth, smooth), constant_values=pace_mps)
        walking = np.convolve(padded, np.ones(smooth) / smooth, "same")[smooth:-smooth]
        pause = int(rng.uniform(1.0, 8.0) / _STEP_S)
        speeds += [walking, np.zeros(pause)]
        here += [np.ones(len(walking), bool), np.zeros(pause, bool)]
        back += [np.full(len(walking) + pause, way_back)]
        way_back = not way_back
    speed_mps, is_here, is_back = np.concatenate(speeds), np.concatenate(here), np.concatenate(back)
    gone_m = np.cumsum(speed_mps) * _STEP_S
    # Distances count from where each walk began.
    begins = np.flatnonzero(np.diff(is_here.astype(int), prepend=0) == 1)
    number = np.searchsorted(begins, np.arange(len(gone_m)), side="right") - 1
    along_m = np.minimum(gone_m - gone_m[begins[number]], length_m)
    along_m = np.where(is_back, length_m - along_m, along_m)
    phase = np.cumsum(_cadence_spm(speed_mps, usual_spm) / 120.0 * ease(speed_mps / 0.6)) * _STEP_S
    skip = int(rng.uniform(0.0, length_m / 1.2) / _STEP_S)
    kept = slice(skip, None)
    t_s = np.arange(len(phase) - skip) * _STEP_S
    return _Walk(t_s, along_m[kept], speed_mps[kept], is_here[kept], is_back[kept], phase[kept])
