"""A generated runner, as a key-point log: for measuring without a film."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from device.records import L_ANKLE, L_EAR, L_ELBOW, L_EYE, L_HIP, L_KNEE, L_SHOULDER, L_WRIST, NOSE

WIDTH_PX, HEIGHT_PX, FPS = 640, 480, 30


def runner(seconds: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, int, int]:
    """A runner of sticks seen at an angle from the front, as the columns of a key-point log.

    All that the coach does is in it: in every five minutes the runner leans too far for half a minute, and later steps
    out of the picture for ten seconds.  Key points scatter by 1.5 px, with scores like the model's.
    """
    random = np.random.default_rng(seed)
    t_s = np.arange(round(seconds * FPS)) / FPS
    strides = np.cumsum(1.42 + 0.03 * np.sin(t_s / 40.0)) / FPS
    swing, bounce = np.sin(2 * np.pi * strides), 0.035 * np.cos(4 * np.pi * strides)
    time_s = t_s % 300.0
    lean = np.radians(np.where((time_s > 120.0) & (time_s < 150.0), 16.0, 4.0))
    yaw = np.radians(13.0) * swing

    def at(forward: Any, left: Any, up: Any) -> np.ndarray:
        """Places in metres, from the hips' middle of someone who stands: forward, to the runner's left, up."""
        return np.stack(np.broadcast_arrays(forward, left, up, t_s)[:3], axis=1)

    hips = at(0.0, 0.0, bounce)
    neck = hips + at(0.5 * np.sin(lean), 0.0, 0.5 * np.cos(lean))
    ears = neck + at(0.06, 0.0, 0.22)
    body = np.empty((len(t_s), 17, 3))
    body[:, NOSE] = ears + at(0.10, 0.0, 0.0)
    for side, sign in ((0, 1.0), (1, -1.0)):
        leg, arm = 0.25 * sign * swing, -0.05 * sign * swing
        body[:, L_EYE + side] = ears + at(0.08, 0.03 * sign, 0.04)
        body[:, L_EAR + side] = ears + at(0.0, 0.07 * sign, 0.0)
        shoulder = neck + 0.163 * sign * at(-np.sin(yaw), np.cos(yaw), 0.0)
        body[:, L_SHOULDER + side] = shoulder
        body[:, L_ELBOW + side] = shoulder + at(arm - 0.15, 0.0, -0.22)
        body[:, L_WRIST + side] = shoulder + at(2 * arm + 0.07, 0.0, arm - 0.14)
        body[:, L_HIP + side] = hips + at(0.0, 0.10 * sign, 0.0)
        body[:, L_KNEE + side] = hips + at(leg, 0.10 * sign, -0.4)
        body[:, L_ANKLE + side] = hips + at(1.6 * leg - 0.12, 0.10 * sign, -0.8 - 0.4 * np.minimum(leg, 0.0))
    # The camera stands 45° from the front, 3.2 m away, 0.2 m above the hips.
    half = math.sqrt(0.5)
    far_m = 3.2 - half * (body[..., 0] - body[..., 1])
    x_px = 320 + 600 * half * (body[..., 0] + body[..., 1]) / far_m
    y_px = 240 - 600 * (body[..., 2] - 0.2) / far_m
    scores = random.uniform(0.3, 0.9, x_px.shape)
    scores[(time_s > 200.0) & (time_s < 210.0)] = 0.02
    keypoints = np.stack([x_px, y_px, scores], axis=2)
    keypoints[..., :2] += random.normal(0.0, 1.5, (*x_px.shape, 2))
    return t_s, keypoints, WIDTH_PX, HEIGHT_PX
