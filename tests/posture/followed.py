"""Runs of the stick man through the posture core."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from stickman import Stickman, ill_seen, poses

from device.posture import PostureCore
from device.posture.fit import fit
from device.posture.marks import MEANS, SWINGS, Marks, marks
from device.records import Pose, Posture
from device.settings import Settings

MEASURES = (
    "lean_deg",
    "twist_deg",
    "raised_pct",
    "rounded_pct",
    "head_forward_pct",
    "azimuth_deg",
    "cadence_spm",
    "confidence",
)

ALIKE_S = 16.0
"""The baseline stands by now."""


def follow(run: Iterable[Pose], core: PostureCore | None = None) -> list[Posture]:
    """The posture of every frame of a run."""
    core = core or PostureCore(Settings())
    return [core.step(pose) for pose in run]


def settled(man: Stickman, seconds: float = 7.0, fps: float = 25.0, setting: Settings | None = None) -> Posture:
    """What is read of a runner who does not change, before there is a baseline."""
    return follow(poses(lambda t_s: man, seconds, fps), PostureCore(setting or Settings()))[-1]


def changed(before: Stickman, fps: float = 20.0, seed: int = 0, noise_px: float = 1.5, **faults: float) -> Posture:
    """What is read of a runner, as a model sees one, whose form changes once the baseline stands: the middle of 9 s."""
    after = replace(before, **faults)
    run = poses(lambda t_s: before if t_s < ALIKE_S else after, ALIKE_S + 12, fps)
    seen = follow(ill_seen(run, noise_px=noise_px, swaps=0.01, jumps=0.02, dropouts=0.02, seed=seed))
    late = [posture for posture in seen if posture.t_s > ALIKE_S + 3]
    return late[-1]._replace(**{name: _middle([getattr(posture, name) for posture in late]) for name in MEASURES})


def _middle(values: list[float]) -> float:
    """The median of what is known; NaN where nothing is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else math.nan


def strides_marks(man: Stickman, fps: float = 60.0, phase: float = 0.0) -> Marks:
    """The marks of two strides."""
    stride_s = 120 / man.cadence_spm
    t_s = np.arange(0, 2 * stride_s, 1 / fps)
    rows = np.array([man.keypoints(phase + at_s / stride_s)[:, :2].reshape(-1) for at_s in t_s], np.float64)
    return marks(fit(t_s, rows, stride_s))


def unseen() -> Marks:
    """The marks of which nothing was seen."""
    nan = math.nan
    return Marks(np.full(len(MEANS), nan), np.full(len(SWINGS), complex(nan, nan)), np.full(2, nan))
