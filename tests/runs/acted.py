"""A runner as acted: moments as the coach makes them, without a picture or a model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from device.records import FAULTS, Baseline, Cue, Event, Fault, Moment, Pose, Posture
from device.runs.batch import About
from device.runs.gather import Gatherer
from device.settings import RunsSettings, Settings

STRIDE_S = 0.75
LIMITS = {"forward_lean": 8.0, "hunched_shoulders": 3.4, "torso_twist": 40.0}
BASELINE = Baseline(0.0, "side", 80.0, 2.0, 30.0, 12, 60.0, (100.0, 50.0), (1.0,) * 12, (1j,) * 8, 1.0, (0.5,) * 6)


@dataclass
class Act:
    """What is acted at a time: whether the runner runs, leans too far, and has a baseline."""

    running: bool = True
    seen: bool = True
    lean_deg: float = 2.0
    baseline: Baseline | None = None


def pose(t_s: float, seen: bool = True) -> Pose:
    """Key points that sway; all zero where nobody is."""
    points = np.zeros((17, 3), np.float32)
    if seen:
        sway = math.sin(2 * math.pi * t_s / STRIDE_S)
        points[:, 0] = 100 + 7 * np.arange(17) + 5 * sway
        points[:, 1] = 60 + 11 * np.arange(17) + 3 * sway * sway
        points[:, 2] = 0.5 + 0.02 * np.arange(17) + 0.05 * sway
    return Pose(t_s, points, 640, 480)


def moments(
    seconds: float, fps: float = 10.0, start_s: float = 0.0, acted: dict[float, Act] | None = None
) -> list[Moment]:
    """Moments one after another.

    :param acted: from which time of the act on what is done; steady running without.
    """
    return list(_played(seconds, fps, start_s, acted or {0.0: Act()}))


def _played(seconds: float, fps: float, start_s: float, acted: dict[float, Act]) -> Iterator[Moment]:
    stride, phase, on, known = 0, 0.0, False, None
    for number in range(round(seconds * fps)):
        own_s = number / fps
        t_s = start_s + own_s
        act = acted[max(since for since in acted if since <= own_s)]
        running = act.running and act.seen
        if running:
            phase += 1 / fps / STRIDE_S
            stride, phase = (stride + 1, phase - 1) if phase >= 1 else (stride, phase)
        posture = Posture(
            t_s,
            "running" if running else "standing" if act.seen else "absent",
            "side",
            80.0,
            act.lean_deg if running else math.nan,
            30.0 if running else math.nan,
            cadence_spm=120 / STRIDE_S if running else math.nan,
            confidence=0.8,
            stride=stride,
            baseline=act.baseline,
        )
        events: list[Event] = []
        said = None
        if act.baseline is not known and act.baseline is not None:
            data = {"view": "side", "lean_deg": 2.0, "twist_deg": None, "strides": 12}
            events.append(Event(t_s, "baseline", data))
        known = act.baseline
        out = running and act.lean_deg > LIMITS["forward_lean"]
        numbers = {"fault": "forward_lean", "value": act.lean_deg, "limit": LIMITS["forward_lean"]}
        if out != on:
            on = out
            events.append(
                Event(t_s, "fault_on" if on else "fault_off", {**numbers, **({} if on else {"mended": running})})
            )
            if on or running:
                kind, text = ("cue", "Stand taller") if on else ("praise", "Good, you are running tall")
                said = Cue(t_s, kind, "forward_lean", text)
                events.append(Event(t_s, kind, {**numbers, "text": text}))
        faults = tuple(
            _fault(name, act.lean_deg if name == "forward_lean" else math.nan, running, on and name == "forward_lean")
            for name in FAULTS
        )
        yield Moment(pose(t_s, act.seen), posture, faults, said, tuple(events))


def _fault(name: str, value: float, running: bool, on: bool) -> Fault:
    watched = running and name != "torso_twist"
    limit = LIMITS[name] if watched else math.nan
    value = value if running else math.nan
    return Fault(name, value, limit, limit - 3, on, watched, (value - limit) / limit, "")


def about(**runs: object) -> About:
    """What runs are kept with."""
    return About(Settings(runs=RunsSettings(**runs)), "", "acted", "0" * 64, "test")  # type: ignore[arg-type]


def gatherer(**runs: object) -> Gatherer:
    """A gatherer whose runs have the names run-1, run-2 …"""
    names = iter(range(1, 1000))
    own = about(**runs)
    return Gatherer(own, own.settings.runs.end_s, own.settings.runs.poses, lambda: f"run-{next(names)}")
