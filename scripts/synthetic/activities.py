"""What a person does besides running: how much of each at any time, and where hands and head go for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import GESTURES, Activity, Clip
from .faults import share
from .gait import ease
from .moments import RAILS, RUN, STAND, WALK, Reach
from .skeleton import Body

_BARS_M = {"short": (0.345, -0.68, 0.93), "long": (0.41, -0.45, 1.0)}
"""Where wrists go that hold on to the handrails, at the left; without handrails it is the bar before the runner."""

_FORWARD_TO_BAR_M = 0.22
"""How far up the belt somebody comes who holds on to the bar (chosen by us)."""

_WIPE_S = 1.3
"""How long a hand takes across the forehead and back (chosen by us)."""

_OUT_OF_SIGHT_M = 0.7
"""How far beyond the picture's edge somebody is gone."""


def gaits(activities: tuple[Activity, ...], t_s: np.ndarray) -> np.ndarray:
    """(N, 4) weights of running, walking, standing and standing on the rails; whoever steps off walks."""
    weights = np.zeros((len(t_s), 4))
    for activity in activities:
        if activity.kind in _LEGS:
            weights[:, _LEGS[activity.kind]] += share(activity, t_s)
        elif activity.kind == "away":
            weights[:, WALK] += ease(_gone(activity, t_s) / 0.35)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    weights[:, RUN] = 1.0 - weights.sum(axis=1)
    return weights


_LEGS = {"walk": WALK, "stand": STAND, "rails": RAILS}


def _gone(activity: Activity, t_s: np.ndarray) -> np.ndarray:
    """0 not begun .. 1 out of sight, at an even pace in time."""
    out, back = (t_s - activity.start_s) / activity.ramp_s, (t_s - activity.end_s) / activity.ramp_s
    return np.clip(np.minimum(out, 1.0 - back), 0.0, 1.0)


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody who steps off is, (N,) or (N, 2).

    :param off_m: how far on the way from the belt; 0 on it.
    :param place_m: x and y.
    :param on_belt: 1 with the belt under the feet, 0 on the floor.
    :param present: False when out of sight.
    """

    off_m: np.ndarray
    place_m: np.ndarray
    heading_deg: np.ndarray
    on_belt: np.ndarray
    present: np.ndarray


class WayOff:
    """The way from the belt out of the camera's sight: off its back end, then aside, away from a neighbour."""

    def __init__(self, clip: Clip) -> None:
        self._activities = tuple(a for a in clip.activities if a.kind == "away")
        view, sensor = clip.viewpoint, clip.sensor
        azimuth = np.radians(abs(view.azimuth_deg))
        side = 1.0 if view.azimuth_deg >= 0 else -1.0
        half = np.arctan(np.tan(np.radians(view.fov_deg / 2)) * sensor.width_px / sensor.height_px)
        # A rolled picture shows more to the sides.
        slope = np.tan(min(half + abs(np.radians(view.roll_deg)), np.radians(70.0)))
        back_m = np.array([0.0, 1.35])
        # The end lies on the edge of sight, before the wall behind: aside for a camera ahead, back for one at the side.
        end_y = back_m[1] + 0.85 * np.sin(azimuth)
        out_m = _OUT_OF_SIGHT_M + slope * (view.distance_m + end_y * np.cos(azimuth)) - end_y * np.sin(azimuth)
        end_m = np.array([side * max(out_m / (np.cos(azimuth) + slope * np.sin(azimuth)), 0.3), end_y])
        self._side = side
        self._back_m, self._end_m = back_m, end_m
        grid = np.linspace(0.0, 1.0, 201)
        steps = np.linalg.norm(np.diff(self._curve(grid), axis=0), axis=1)
        self._along_m = np.concatenate([[0.0], np.cumsum(steps)])
        self._grid = grid

    @property
    def length_m(self) -> float:
        """All the way."""
        return float(self._along_m[-1])

    def at(self, t_s: np.ndarray) -> Whereabouts:
        """Where the person is at those times."""
        gone, leaving = np.zeros(len(t_s)), np.ones(len(t_s), dtype=bool)
        for activity in self._activities:
            now = _gone(activity, t_s)
            leaving = np.where(now > gone, t_s < 0.5 * (activity.start_s + activity.ramp_s + activity.end_s), leaving)
            gone = np.maximum(gone, now)
        off_m = self.length_m * np.clip((gone - 0.12) / 0.88, 0.0, 1.0) ** 1.5
        part = np.interp(off_m, self._along_m, self._grid)
        way = 2 * (1 - part)[:, None] * self._back_m + 2 * part[:, None] * (self._end_m - self._back_m)
        # Whoever leaves turns round to the side he or she goes to; whoever comes back walks on to the belt.
        out_deg = self._side * np.abs(np.degrees(np.arctan2(way[:, 0], -way[:, 1])))
        turn = ease(off_m / 0.9)
        back_deg = np.degrees(np.arctan2(-way[:, 0], way[:, 1]))
        heading_deg = np.where(leaving, turn * out_deg, back_deg)
        return Whereabouts(off_m, self._curve(part), heading_deg, 1.0 - ease((off_m - 0.7) / 0.5), gone < 1.0)

    def _curve(self, part: np.ndarray) -> np.ndarray:
        part = part[:, None]
        return 2 * part * (1 - part) * self._back_m + part**2 * self._end_m


class Gestures:
    """Hands and head of somebody who drinks, wipes the face, holds on or looks about.

    :param clip: its seed says which hand and to which side.
    """

    def __init__(self, clip: Clip, body: Body) -> None:
        self._activities = tuple(a for a in clip.activities if a.kind in GESTURES)
        self._hand, self._aside = np.random.default_rng([clip.seed, 7]).integers(2, size=2)
        bar_m = np.array(_BARS_M.get(clip.scene.handrails, (0.25, -0.80, 0.93)))
        self._bar_m = np.stack([bar_m, bar_m * [-1.0, 1.0, 1.0]])
        points_m = body.coco_m
        self._mouth_m = points_m[0] + np.array([0.0, 0.015, -0.045])
        self._forehead_m = points_m[1:3].mean(axis=0) + np.array([0.0, -0.015, 0.055])

    def weight(self, kind: str, t_s: np.ndarray) -> np.ndarray:
        """How much of one gesture is there, 0..1."""
        shares = [share(a, t_s) for a in self._activities if a.kind == kind]
        return np.max(shares, axis=0) if shares else np.zeros(len(t_s))

    def forward_m(self, t_s: np.ndarray) -> np.ndarray:
        """How far up the belt the person comes for it."""
        return _FORWARD_TO_BAR_M * self.weight("hold_rail", t_s)

    def head_deg(self, t_s: np.ndarray) -> np.ndarray:
        """(N, 3) turn of the head: pitch (down positive), tilt, yaw."""
        side = 1.0 if self._aside == 0 else -1.0
        pitch_deg = 29.0 * self.weight("look_console", t_s) - 12.0 * self.weight("drink", t_s)
        yaw_deg = side * 60.0 * self.weight("look_aside", t_s)
        return np.stack([pitch_deg, np.zeros(len(t_s)), yaw_deg], axis=1)

    def reaches(self, t_s: np.ndarray) -> tuple[Reach, ...]:
        """Where the hands go instead of swinging."""
        found: list[Reach] = []
        one = np.eye(2)[self._hand]
        out = 1.0 - 2.0 * self._hand
        for kind in sorted({a.kind for a in self._activities}):
            weight = self.weight(kind, t_s)
            if not weight.any():
                continue
            if kind == "drink":
                # The bottle's neck is at the mouth, the fist round its middle.
                to_m = np.tile(self._mouth_m + np.array([0.05 * out, -0.10, -0.09]), (len(t_s), 2, 1))
                found.append(Reach(weight[:, None] * one, to_m, True, np.array([0.7, -0.25, -0.65])))
            elif kind == "wipe":
                across_m = out * (0.085 + 0.055 * np.cos(2 * np.pi * t_s / _WIPE_S))
                to_m = np.tile(self._forehead_m + np.array([0.0, -0.045, -0.03]), (len(t_s), 2, 1))
                to_m[..., 0] += across_m[:, None]
                found.append(Reach(weight[:, None] * one, to_m, True, np.array([0.8, -0.45, -0.40])))
            elif kind == "hold_rail":
                to_m = np.tile(self._bar_m, (len(t_s), 1, 1))
                found.append(Reach(np.stack([weight, weight], axis=1), to_m, False, np.array([0.45, 0.6, -0.5])))
        return tuple(found)
