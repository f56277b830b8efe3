"""A runner of sticks with known posture, seen by a pinhole camera: truth for the pure parts of the coach.

Lengths in metres.  Body axes: x forward, y to the runner's left, z up.  The sizes are those of a middling rendered
runner; only the elbows hang further back, as they do in public motion capture of treadmill runners.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from device.records import (
    L_ANKLE,
    L_HIP,
    L_KNEE,
    L_WRIST,
    R_ANKLE,
    R_HIP,
    R_KNEE,
    R_WRIST,
    Pose,
)

WIDTH_PX, HEIGHT_PX = 640, 480

TRUNK_M = 0.50
"""Hips' middle to shoulders' middle: 10 mm are 2 % of it."""

LEGS = (L_KNEE, R_KNEE, L_ANKLE, R_ANKLE)
CONSOLE = (*LEGS, L_HIP, R_HIP, L_WRIST, R_WRIST)
"""What a treadmill's console hides from straight ahead."""

MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
"""The key points with left and right exchanged."""


@dataclass(frozen=True)
class Stickman:
    """Posture and camera of one moment; ``poses`` asks for it at every frame.

    :param lean_deg: of the line from the hips' to the shoulders' middle.  The trunk bends at the hips and takes head
        and arms along; the head nods with less than half of it.
    :param twist_deg: range of the thorax' yaw within a stride; the arms turn with it and swing besides.
    :param raise_mm: shoulders drawn up along the trunk; they come a little nearer to each other.
    :param rounded_mm: head pushed forward by so much, and down; the shoulders follow by half, and the hips give way so
        that the trunk's line stays where it was.
    :param azimuth_deg: 0 with the camera in front, 90 with it at the runner's right.
    :param pitch_deg: how far the camera looks down.
    :param hide: key points that are not seen.
    """

    lean_deg: float = 4.0
    twist_deg: float = 26.0
    raise_mm: float = 0.0
    rounded_mm: float = 0.0
    azimuth_deg: float = 45.0
    cadence_spm: float = 170.0
    running: bool = True
    score: float = 0.8
    distance_m: float = 3.2
    scale: float = 1.0
    pitch_deg: float = 0.0
    camera_m: float = 1.1
    hide: tuple[int, ...] = ()

    def keypoints(self, phase: float, noise: np.ndarray | None = None) -> np.ndarray:
        """Key points (17, 3) at a phase of the stride (0..1)."""
        keypoints = np.empty((17, 3), np.float32)
        keypoints[:, :2] = self._project(self._points(phase))
        keypoints[:, 2] = self.score
        keypoints[list(self.hide), 2] = 0.05
        if noise is not None:
            keypoints[:, :2] += noise
        return keypoints

    def _points(self, phase: float) -> np.ndarray:
        """(17, 3) the key points in space."""
        swing = math.sin(2 * math.pi * phase) if self.running else 0.0
        bounce = (0.035 if self.cadence_spm > 130 else 0.02) * math.cos(4 * math.pi * phase) * self.running
        lean, yaw = math.radians(self.lean_deg), math.radians(self.twist_deg / 2) * swing
        raised, rounded = self.raise_mm / 1000, self.rounded_mm / 1000
        hip = np.array([0.0, 0.0, 0.92 + bounce])
        neck = hip + TRUNK_M * np.array([math.sin(lean), 0.0, math.cos(lean)])

        # Head: along the trunk from the shoulders, then level but for a nod.
        ears = neck + _bent([(0.03 + 0.5 * rounded, 0.0, 0.19 - 0.4 * rounded)], lean)
        face = [(0.119, 0, -0.005), (0.085, 0.03, 0.03), (0.085, -0.03, 0.03), (0, 0.07, 0), (0, -0.07, 0)]
        head = ears + _bent(face, 0.4 * lean)

        half = 0.163 - 0.13 * raised - 0.1 * rounded
        arms: list[tuple[float, float, float]] = []
        for sign in (1, -1):
            reach = -sign * swing  # the arm goes forward with its shoulder
            arms.append((0.0, sign * half, raised))
            arms.append((-0.15 + 0.25 * rounded + 0.11 * reach, sign * (half + 0.05), raised - 0.225))
            arms.append((0.02 + 0.15 * reach, sign * (half - 0.02), raised - 0.33 + 0.08 * reach))
        turned = np.array(arms)
        ahead, left = turned[:, 0].copy(), turned[:, 1].copy()
        turned[:, 0] = ahead * math.cos(yaw) - left * math.sin(yaw)
        turned[:, 1] = ahead * math.sin(yaw) + left * math.cos(yaw)
        upper = neck + _bent(turned, lean)

        legs = []
        for sign in (1, -1):
            knee = (0.25 * sign * swing, sign * 0.10, -0.40)
            lift = 0.10 * max(0.0, -sign * swing)
            ankle = (knee[0] - 0.12 + 0.15 * sign * swing, knee[1], -0.80 + lift)
            legs += [(0.0, sign * 0.10, 0.0), knee, ankle]
        lower = hip + np.array(legs)
        return np.concatenate([head, upper[[0, 3, 1, 4, 2, 5]], lower[[0, 3, 1, 4, 2, 5]]])

    def _project(self, points: np.ndarray) -> np.ndarray:
        turn, pitch = math.radians(self.azimuth_deg), math.radians(self.pitch_deg)
        # At 0° the runner looks into the camera, at 90° to the right of the picture, at −90° to its left.
        far = self.distance_m - (points[:, 0] * math.cos(turn) - points[:, 1] * math.sin(turn))
        across = points[:, 0] * math.sin(turn) + points[:, 1] * math.cos(turn)
        above = points[:, 2] - self.camera_m
        depth = far * math.cos(pitch) - above * math.sin(pitch)
        up = far * math.sin(pitch) + above * math.cos(pitch)
        focal_px = 600 * self.scale
        return np.stack(
            [320 * self.scale + focal_px * across / depth, 240 * self.scale - focal_px * up / depth], axis=1
        )


def _bent(points: np.ndarray | list[tuple[float, float, float]], angle: float) -> np.ndarray:
    """Points (N, 3) bent forward by an angle in radians."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.asarray(points) @ np.array([[cosine, 0.0, -sine], [0.0, 1.0, 0.0], [sine, 0.0, cosine]])


def poses(
    at: Callable[[float], Stickman | None],
    seconds: float,
    fps: float = 25.0,
    noise_px: float = 0.0,
    seed: int = 0,
    start_s: float = 0.0,
    jitter: float = 0.0,
) -> Iterator[Pose]:
    """The poses of a run.

    :param at: the runner at a time; None where nobody is there.
    :param noise_px: standard deviation of independent noise in each coordinate.
    :param jitter: how uneven the frames come, as a share of the time between two: 0.8 leaves gaps of 0.2 to 1.8.
    """
    random = np.random.default_rng(seed)
    phase, before_s = 0.0, start_s - 1 / fps
    for frame in range(round(seconds * fps)):
        t_s = start_s + (frame + (jitter * random.uniform(-0.5, 0.5) if jitter else 0.0)) / fps
        man = at(t_s)
        if man is None:
            before_s = t_s
            yield Pose(t_s, np.full((17, 3), 0.02, np.float32), WIDTH_PX, HEIGHT_PX)
            continue
        phase += man.cadence_spm / 120 * (t_s - before_s)
        before_s = t_s
        noise = random.normal(0, noise_px, (17, 2)) if noise_px else None
        yield Pose(t_s, man.keypoints(phase, noise), WIDTH_PX, HEIGHT_PX)


def mirrored(pose: Pose) -> Pose:
    """The picture turned left to right, with left and right exchanged as a model would see it."""
    keypoints = pose.keypoints[MIRRORED].copy()
    keypoints[:, 0] = pose.width_px - keypoints[:, 0]
    return pose._replace(keypoints=keypoints)


def ill_seen(
    clean: Iterable[Pose],
    *,
    noise_px: float = 2.0,
    memory_s: float = 0.15,
    swaps: float = 0.0,
    jumps: float = 0.0,
    dropouts: float = 0.0,
    seed: int = 0,
) -> Iterator[Pose]:
    """Poses as a model tells them: errors that stay for a few frames, and now and then one that is plainly wrong.

    :param noise_px: standard deviation of each coordinate's error.
    :param memory_s: how long errors stay alike.
    :param swaps: share of the frames in which left and right are exchanged.
    :param jumps: share of the frames in which some key point is somewhere else, with a good score.
    :param dropouts: share of the key points that get no score.
    """
    random = np.random.default_rng(seed)
    error, before_s = random.normal(0, noise_px, (17, 2)), -math.inf
    for pose in clean:
        alike = math.exp(-(pose.t_s - before_s) / memory_s)
        before_s = pose.t_s
        error = alike * error + random.normal(0, noise_px * math.sqrt(1 - alike**2), (17, 2))
        keypoints = pose.keypoints.copy()
        keypoints[:, :2] += error
        if random.random() < swaps:
            keypoints = keypoints[MIRRORED]
        if random.random() < jumps:
            keypoints[random.integers(17), :2] += random.choice([-1, 1], 2) * random.uniform(30, 150, 2)
        keypoints[random.random(17) < dropouts, 2] = 0.05
        yield pose._replace(keypoints=keypoints)
