"""Truths, events and films made by hand, whose right scores are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from movies import make_movie
from scoring.cache import PoseCache, code_sha256, model_sha256
from scoring.coaching import Coached
from scoring.truth import Truth, read_truth
from stickman import HEIGHT_PX, WIDTH_PX, Stickman
from synthetic.description import FAULT_KINDS

from device.poses.log import write_log
from device.records import FAULTS, Event, Posture

ROOT = Path(__file__).resolve().parents[3]

Span = tuple[str, float, float, float]
"""Kind, start, end, severity; a ramp of 1 s."""


def record(
    seconds: float = 60.0,
    fps: float = 20.0,
    *,
    clip: str = "made",
    view: str = "oblique",
    faults: Sequence[Span] = (),
    activities: Sequence[tuple[str, float, float]] = (),
    scene: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
    running: Callable[[float], bool] = lambda t_s: True,
    at: Callable[[float], Stickman | None] = lambda t_s: Stickman(),
    size: tuple[int, int] = (WIDTH_PX, HEIGHT_PX),
) -> dict[str, Any]:
    """A truth as scripts/treadmill writes it; its runner is a stick man."""
    times = [round(i / fps, 4) for i in range(round(seconds * fps))]
    men = [at(t_s) for t_s in times]
    phases = np.cumsum([0.0 if man is None else man.cadence_spm / 120 / fps for man in men])
    seen = np.array([size[0] / WIDTH_PX, size[1] / HEIGHT_PX])
    return {
        "clip": clip,
        "made_by": "scripts/treadmill",
        "seed": 1,
        "description": {"runner": {"build": {"height_m": 1.75}}, "scene": scene or {}},
        "tags": tags or {},
        "fps": fps,
        "width_px": size[0],
        "height_px": size[1],
        "duration_s": seconds,
        "view": view,
        "camera": {},
        "cadence_spm": 170.0,
        "faults": [
            {
                "kind": k,
                "fault": FAULT_KINDS[k].fault,
                "start_s": a,
                "end_s": b,
                "ramp_s": 1.0,
                "severity": s,
                "unit": "?",
            }
            for k, a, b, s in faults
        ],
        "activities": [{"kind": k, "start_s": a, "end_s": b, "ramp_s": 1.0} for k, a, b in activities],
        "frames": {
            "t_s": times,
            "present": [int(man is not None) for man in men],
            "running": [int(man is not None and running(t_s)) for man, t_s in zip(men, times, strict=True)],
            "lean_deg": [man and man.lean_deg for man in men],
            "twist_deg": [man and man.twist_deg for man in men],
            "shoulder_raise_mm": [man and man.raise_mm for man in men],
            "cadence_spm": [man and man.cadence_spm for man in men],
        },
        "keypoints_every": 1,
        "keypoints_px": [
            None if man is None else [[*(p[:2] * seen).round(2).tolist(), 1] for p in man.keypoints(phase)]
            for man, phase in zip(men, phases, strict=True)
        ],
    }


def write(folder: Path, made: dict[str, Any]) -> Path:
    """Write a truth; where its film would stand."""
    path = folder / f"{made['clip']}.mp4"
    path.with_suffix(".json").write_text(json.dumps(made))
    return path


def truth(folder: Path, **what: Any) -> Truth:
    """A truth, read back."""
    return read_truth(write(folder, record(**what)).with_suffix(".json"))


def film(folder: Path, made: dict[str, Any]) -> Path:
    """A film of the right times and size without a runner, with its truth."""
    path = write(folder, made)
    return make_movie(path, made["frames"]["t_s"], (made["width_px"], made["height_px"]))


def empty_film(folder: Path, clip: str, seconds: float = 1.0, tall: int = 48) -> Path:
    """A short film of nobody, with its truth.

    :param tall: its height: films of different heights are different films.
    """
    return film(folder, record(seconds, 10.0, clip=clip, size=(64, tall), at=lambda t_s: None))


def cache_in(folder: Path, model: str | None = None) -> PoseCache:
    """A pose cache, of the model that ships or one with another hash."""
    folder.mkdir(parents=True, exist_ok=True)
    return PoseCache(folder, None, model or model_sha256(None), code_sha256())


def keep_exact(cache: PoseCache, clip: Path, noise_px: float = 0.0, seed: int = 0) -> None:
    """Put a truth's own key points into a cache as a film's poses: a model that is never wrong by more than noise."""
    known = read_truth(clip.with_suffix(".json"))
    points = known.keypoints.copy()
    points[..., 2] = 0.8
    points[..., :2] += np.random.default_rng(seed).normal(0, noise_px, points[..., :2].shape)
    there = np.isfinite(points).all(axis=2, keepdims=True)
    write_log(cache.place(clip), known.t_s, np.where(there, points, 0.0), known.width_px, known.height_px)


def coached(*events: tuple[float, str, str], watching: Sequence[str] = FAULTS, from_s: float = 3.0) -> Coached:
    """What a coach told: (time, kind, fault) each, after saying at ``from_s`` what it watches."""
    told = [Event(from_s, "view", {"view": "oblique", "watching": list(watching)})]
    told += [Event(t_s, kind, {"fault": fault}) for t_s, kind, fault in events]
    postures = [Posture(float(t_s)) for t_s in range(60)]
    return Coached(sorted(told, key=lambda event: event.t_s), postures, [tuple(watching)] * 60)
