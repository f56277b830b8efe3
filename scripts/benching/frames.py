"""How long a whole frame takes, from picture to cue, beside a call of another model: in turns in one run."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import numpy as np

from benching.stopwatch import Calls, Stopwatch
from device.cues import policy
from device.errors import SourceError, UsageError
from device.faults import judge
from device.frames import open_source
from device.pipeline import Coach
from device.poses import PoseModel, follow, load_model
from device.poses.crop import whole_frame
from device.poses.follow import RunnerFollower
from device.poses.movenet import MoveNet
from device.posture import core
from device.settings import Settings

MODEL_CALL = "model call"
"""The stage that a slower or faster model changes; all others are the coach's own."""

SQUARES_PX = (150, 192, 240, 300, 384, 480)
"""Sides of squares whose cutting out is timed."""

CLOCK = time.thread_time
"""All runs on one thread, so its processor time is what a frame takes on a computer that has nothing else to do."""

WARM_FRAMES = 10
"""The first frames are not counted: caches fill, and the runner is looked for."""

TURN_FRAMES = 25
"""After so many frames it is the other model's turn for as many calls: it must not push the coach out of the caches
between two frames, where the coach alone would run."""


def stages(model: MoveNet) -> Calls:
    """The calls that make up a frame's way to a cue with a model."""
    runtime = model._interpreter
    return {
        "crop": ((follow, "cut"),),
        MODEL_CALL: ((runtime, "set_tensor"), (runtime, "invoke")),
        "decode": ((model, "estimate_with_sigma"),),
        "follow": ((RunnerFollower, "step"),),
        "posture": ((core.PostureCore, "step"),),
        "faults": ((judge.FaultJudge, "step"),),
        "cues": ((policy.CuePolicy, "step"),),
        "rest": ((Coach, "step"),),
    }


def measure(film: Path, seconds: float, other: Path | None) -> dict[str, Any]:
    """Coach the beginning of a film on one thread, and time each frame; decoding the film is not part of it.

    :param other: the model file that the time is a share of; None takes the coach's model itself.
    :raises SourceError: the film cannot be read, or is too short.
    :raises ModelError: a model cannot be used.
    """
    with ExitStack() as closed:
        model, beside = (closed.enter_context(closing(_movenet(path))) for path in (None, other))
        source = closed.enter_context(closing(open_source(film)))
        calls = stages(model)
        watch, follower, coach = Stopwatch(calls, CLOCK), RunnerFollower(model), Coach(Settings())
        took: dict[str, list[float]] = defaultdict(list)
        sides_px: list[int] = []
        others_s: list[float] = []
        rgb, square = np.empty((1, 1, 3), np.uint8), _picture(beside)
        closed.enter_context(watch.running())
        for frame in itertools.takewhile(lambda frame: frame.t_s < seconds, source.frames()):
            rgb = frame.rgb
            watch.spent_s.update(dict.fromkeys(calls, 0.0))
            coach.step(follower.step(frame))
            for stage, spent_s in watch.spent_s.items():
                took[stage].append(spent_s)
            if follower.square is not None:
                sides_px.append(follower.square.size_px)
            if len(took["crop"]) % TURN_FRAMES == 0:
                others_s += [_call_s(beside, square) for _ in range(TURN_FRAMES)]
        if len(others_s) <= WARM_FRAMES:
            raise SourceError(f"{film}: there are only {len(took['crop'])} pictures in it, {TURN_FRAMES} are needed")
        ms = {stage: 1e3 * np.array(each_s[WARM_FRAMES:]) for stage, each_s in took.items()}
        other_ms = 1e3 * np.array(others_s[WARM_FRAMES:])
        own_ms = sum(each_ms for stage, each_ms in ms.items() if stage != MODEL_CALL)
        return {
            "film": film.name,
            "frames": len(ms["crop"]),
            "size_px": [rgb.shape[1], rgb.shape[0]],
            "square_px": [int(side) for side in np.percentile(sides_px, (5, 50, 95))] if sides_px else None,
            "model": model.name,
            "stages_ms": {stage: _of(each_ms) for stage, each_ms in ms.items()},
            "own_ms": _of(own_ms),
            "other": beside.name,
            "other_ms": _of(other_ms),
            "crop_ms": crops(rgb, model.size_px),
        }


def crops(rgb: np.ndarray, size_px: int, rounds: int = 60) -> dict[str, float]:
    """The middle time of cutting out a square from the middle of a picture, for several sides and the whole frame."""
    height, width = rgb.shape[:2]
    squares = {
        f"{side} px": follow.Square((width - side) // 2, (height - side) // 2, side)
        for side in SQUARES_PX
        if side <= min(width, height)
    }
    squares["whole"] = whole_frame(width, height)
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, square in squares.items():
            begin_s = CLOCK()
            follow.cut(rgb, square, size_px)
            took[name].append(1e3 * (CLOCK() - begin_s))
    return {name: float(np.median(each_ms)) for name, each_ms in took.items()}


def _movenet(path: Path | None) -> MoveNet:
    """A model on one thread, whose runtime can be timed."""
    model = load_model(path, threads=1)
    if not isinstance(model, MoveNet):
        raise UsageError(f"{path}: only a MoveNet can be timed")
    return model


def _picture(model: PoseModel) -> np.ndarray:
    """A picture for a model; what it shows does not change how long a call takes."""
    return np.random.default_rng(1).integers(0, 256, (model.size_px, model.size_px, 3), np.uint8)


def _call_s(model: MoveNet, square: np.ndarray) -> float:
    """How long a call of a model takes, from picture to key points."""
    begin_s = CLOCK()
    model.estimate(square)
    return CLOCK() - begin_s


def _of(each_ms: np.ndarray) -> dict[str, float]:
    return {"median": float(np.median(each_ms)), "mean": float(np.mean(each_ms))}
