"""A runner of sticks with known posture, seen by a pinhole camera: truth for the pure parts of the coach.

Lengths in metres.  Body axes: x forward, y to the runner's left, z up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from device.records import Pose

WIDTH_PX, HEIGHT_PX = 640, 480


@dataclass(frozen=True)
class Stickman:
    """Posture and camera of one moment; ``poses`` asks for it at every frame."""

    lean_deg: float = 4.0
    twist_deg: float = 26.0
    raise_mm: float = 0.0
    azimuth_deg: float = 45.0
    cadence_spm: float = 170.0
    running: bool = True
    score: float = 0.8
    distance_m: float = 3.2
    scale: float = 1.0

    def keypoints(self, phase: float, noise: np.ndarray | None = None) -> np.ndarray:
        """Key points (17, 3) at a phase of the stride (0..1)."""
        swing = math.sin(2 * math.pi * phase) if self.running else 0.0
        bounce = 0.035 * math.cos(4 * math.pi * phase) if self.running else 0.0
        hip, trunk = np.array([0.0, 0.0, 0.92 + bounce]), 0.50
        lean, yaw = math.radians(self.lean_deg), math.radians(self.twist_deg / 2) * swing
        axis = np.array([math.sin(lean), 0.0, math.cos(lean)])
        neck = hip + trunk * axis
        left = np.array([-math.sin(yaw), math.cos(yaw), 0.0])
        ahead = np.array([math.cos(yaw), math.sin(yaw), 0.0])
        up = np.array([0.0, 0.0, self.raise_mm / 1000])
        head = neck + np.array([0.06, 0.0, 0.22])
        points = np.zeros((17, 3))
        points[0] = head + np.array([0.10, 0.0, 0.0])
        for side, sign in ((0, 1), (1, -1)):
            y = np.array([0.0, 1.0, 0.0]) * sign
            points[1 + side] = head + [0.08, 0, 0.04] + 0.03 * y
            points[3 + side] = head + 0.07 * y
            shoulder = neck + 0.163 * sign * left + up
            points[5 + side] = shoulder
            arm = 0.5 * swing * sign  # the arm swings back with its shoulder
            elbow = shoulder - 0.15 * ahead - 0.22 * np.array([0, 0, 1]) + 0.10 * -arm * ahead
            points[7 + side] = elbow
            points[9 + side] = elbow + 0.22 * ahead + np.array([0, 0, 0.08 - 0.15 * arm])
            points[11 + side] = hip + 0.10 * y
            knee = hip + 0.10 * y + [0.25 * sign * swing, 0, -0.40]
            points[13 + side] = knee
            points[15 + side] = knee + np.array(
                [-0.12 + 0.15 * sign * swing, 0, -0.40 + 0.10 * max(0.0, -sign * swing)]
            )
        return self._project(points, noise)

    def _project(self, points: np.ndarray, noise: np.ndarray | None) -> np.ndarray:
        turn = math.radians(self.azimuth_deg)
        # At 0° the runner looks into the camera, at 90° to the right of the picture, at −90° to its left.
        depth = points[:, 0] * math.cos(turn) - points[:, 1] * math.sin(turn)
        across = points[:, 0] * math.sin(turn) + points[:, 1] * math.cos(turn)
        focal_px = 600 * self.scale
        far = self.distance_m - depth
        keypoints = np.empty((17, 3), np.float32)
        keypoints[:, 0] = 320 * self.scale + focal_px * across / far
        keypoints[:, 1] = 240 * self.scale - focal_px * (points[:, 2] - 1.1) / far
        keypoints[:, 2] = self.score
        if noise is not None:
            keypoints[:, :2] += noise
        return keypoints


def poses(
    at: Callable[[float], Stickman | None],
    seconds: float,
    fps: float = 25.0,
    noise_px: float = 0.0,
    seed: int = 0,
    start_s: float = 0.0,
) -> Iterator[Pose]:
    """The poses of a run.

    :param at: the runner at a time; None where nobody is there.
    :param noise_px: standard deviation of independent noise in each coordinate.
    """
    random = np.random.default_rng(seed)
    phase = 0.0
    for frame in range(round(seconds * fps)):
        t_s = start_s + frame / fps
        man = at(t_s)
        if man is None:
            yield Pose(t_s, np.full((17, 3), 0.02, np.float32), WIDTH_PX, HEIGHT_PX)
            continue
        phase += man.cadence_spm / 120 / fps
        noise = random.normal(0, noise_px, (17, 2)) if noise_px else None
        yield Pose(t_s, man.keypoints(phase, noise), WIDTH_PX, HEIGHT_PX)
