"""How long the coach takes from Pose to Cue, and which stage takes how much."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from benching.stopwatch import Calls, Stopwatch
from device import loop, pipeline, replay, wording
from device.cues import policy
from device.errors import SourceError
from device.faults import judge
from device.poses.log import KeypointLog, write_log
from device.posture import baseline, change, core
from device.records import Moment, Pose
from device.runs.poselog import encode
from device.settings import Settings

BLOCK_POSES = 240
"""Poses in a block of a run's log: 8 s of 30 a second."""

STAGES: Calls = {
    "window": ((core.Presence, "step"), (core.Window, "push"), (core.Window, "since")),
    "rhythm": ((core, "rhythm"),),
    "fit": ((core, "fit"), (core, "without_jumps")),
    "marks, measures": (
        (core, "marks"),
        *((core.views, name) for name in ("azimuth_deg", "unit_px")),
        *((core.measures, name) for name in ("lean_deg", "twist_deg")),
    ),
    "baseline, change": (
        (baseline.BaselineLearner, "step"),
        (change.ChangeEstimator, "read"),
        *((core, name) for name in ("moved", "strange")),
    ),
    "rest of posture": ((core.PostureCore, "step"),),
    "faults": ((judge.FaultJudge, "step"),),
    "cues": ((policy.CuePolicy, "step"),),
    "rest of pipeline": ((pipeline.Coach, "step"),),
}
"""The calls that make up a step."""


def measure(log: KeypointLog, seconds: float, folder: Path) -> dict[str, Any]:
    """All numbers of one run over the beginning of a key-point log."""
    count = int(np.searchsorted(log.t_s, log.t_s[:1] + seconds, side="left")[0]) if log.t_s.size else 0
    if not count:
        raise SourceError(f"{log.path}: there is no pose in it")
    path = folder / "measured.npz"
    sigma_px = None if log.sigma_px is None else log.sigma_px[:count]
    write_log(path, log.t_s[:count], log.keypoints[:count], log.width_px, log.height_px, sigma_px)
    replayed = _replay(path, count)  # first, while no memory freed before can hide that more is taken
    poses = list(KeypointLog(path).poses())
    return {
        "poses": count,
        "step_us": _steps(poses),
        "stages": _stages(poses),
        "replay": replayed,
        "log_bytes": _kept(poses),
    }


def _kept(poses: list[Pose]) -> int:
    """What the poses take on the disk as a kept run's key points."""
    timed = [(pose.t_s, pose) for pose in poses]
    return sum(len(encode(timed[at : at + BLOCK_POSES])) for at in range(0, len(timed), BLOCK_POSES))


def _steps(poses: list[Pose]) -> dict[str, float]:
    """How long each step takes, in microseconds."""
    coach, took = pipeline.Coach(Settings()), []
    for pose in poses:
        begin_s = time.perf_counter()
        coach.step(pose)
        took.append(1e6 * (time.perf_counter() - begin_s))
    median, p99 = np.percentile(took, (50, 99)).tolist()
    return {"median": median, "mean": statistics.fmean(took), "p99": p99}


def _stages(poses: list[Pose]) -> dict[str, float]:
    """Each stage's share of the whole step.  The clock itself takes part of what it measures, so these are shares."""
    watch, coach = Stopwatch(STAGES), pipeline.Coach(Settings())
    with watch.running():
        for pose in poses:
            coach.step(pose)
    whole_s = sum(watch.spent_s.values())
    return {stage: took_s / whole_s for stage, took_s in watch.spent_s.items()}


def _replay(path: Path, poses: int) -> dict[str, float]:
    """The whole log through the loop that ``form-coach replay`` runs, the file's reading included."""
    begin_s, begin_processor_s = time.perf_counter(), time.process_time()
    stream = replay.open_poses(path)
    settled = poses // 12  # of an hour the first five minutes
    count, settled_bytes = 0, 0

    def show(moment: Moment) -> None:
        nonlocal count, settled_bytes
        wording.lines(moment)
        if count == settled:
            settled_bytes = _memory_bytes()
        count += 1

    summary = loop.run(stream, pipeline.Coach(Settings()), [], show=show)
    took_s, processor_s = time.perf_counter() - begin_s, time.process_time() - begin_processor_s
    return {
        "duration_s": summary.data["duration_s"],
        "took_s": took_s,
        "processor_s": processor_s,
        "growth_kib": (_memory_bytes() - settled_bytes) / 1024,
        "cues": sum(tally["cues"] for tally in summary.data["faults"].values()),
    }


def _memory_bytes() -> int:
    """What this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
