"""The short matrix, kept small: poses and truths of some clips, and the bounds that the coach must hold on them.

With the poses kept, the tests need neither films nor model; that they are still those of the shipped model and of the
pose code is told by their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from device.poses.log import KeypointLog, poses_of
from device.poses.steps import STEPS_PX, steps
from device.records import FAULTS, Pose

from . import metrics
from .cache import PoseCache, code_sha256, model_sha256
from .coaching import coach
from .document import whole
from .errors import ScoreError
from .judge import Judged, score
from .metrics import Run
from .report import views
from .truth import MEASURES, read_truth

BOUNDS = "bounds.json"
AGAIN = "scripts/score --size short --keep tests/scorecard"
QUARTER_PX, SCORES = 4.0, 255.0
LOOSE, LOOSE_LEAST = 1.05, 0.1
"""Errors may grow by a twentieth and a tenth of a unit: other processors add up in another order.  Counts may not."""

UP, DOWN = "at_least", "at_most"


def keep(clips: Sequence[Judged], cache: PoseCache, folder: Path) -> None:
    """Write the poses and truths of some clips and the bounds that they hold now; what was kept before goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.npz"), *folder.glob("*.json")):
        old.unlink()
    for clip in clips:
        _write_poses(cache.poses(clip.path), folder / f"{clip.truth.clip}.npz")
        _write_truth(clip.path.with_suffix(".json"), folder / f"{clip.truth.clip}.json")
    # The bounds are those of what was kept, which is a little coarser.
    numbers = measured(stored(folder))
    bounds = {name: {key: _bound(key, value) for key, value in one.items()} for name, one in numbers.items()}
    made = {"model_sha256": cache.model_sha256, "pose_code_sha256": cache.code_sha256, "bounds": bounds}
    whole(folder / BOUNDS, json.dumps(made, indent=1) + "\n")


def stored(folder: Path) -> list[Judged]:
    """All kept clips, coached anew."""
    clips = []
    for path in sorted(folder.glob("*.npz")):
        truth = read_truth(path.with_suffix(".json"))
        clips.append(Judged(path, truth, score(truth, coach(poses(path))), None, None))
    return clips


def stale(folder: Path) -> list[str]:
    """Why the kept poses are not those that the coach would see today; empty where they are."""
    made = _made(folder)
    now = {"model_sha256": model_sha256(None), "pose_code_sha256": code_sha256()}
    what = {"model_sha256": "the shipped model is", "pose_code_sha256": "device/poses or device/frames are"}
    return [
        f"{what[name]} not what the poses in {folder} were made with: run `{AGAIN}` again"
        for name, value in now.items()
        if made[name] != value
    ]


def broken(folder: Path) -> list[str]:
    """The bounds that the coach no longer holds, one line each."""
    numbers = measured(stored(folder))
    lines = []
    for name, bounds in _made(folder)["bounds"].items():
        for key, bound in bounds.items():
            value = numbers.get(name, {}).get(key)
            for way, limit in bound.items():
                if value is None or (value < limit if way == UP else value > limit):
                    lines.append(f"{name}: {key} is {value}, {way.replace('_', ' ')} {limit} was held")
    return lines


def measured(clips: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """The numbers that are bound: for each fault and view the episodes called and praised, for each view the rest.

    Counts, not shares: the clips stay the same.
    """
    found: dict[str, dict[str, float]] = {}
    for view, runs in views(metrics.modelled(clips)):
        for fault in FAULTS:
            episodes = [e for _, e in metrics.episodes(runs) if e.fault == fault]
            if episodes:
                found[f"{fault}, {view}"] = {
                    "called": sum(e.recalled for e in episodes),
                    "watched": sum(e.watched for e in episodes),
                    "praised": sum(e.praise_due and e.praise_s is not None for e in episodes),
                }
        found[view] = {
            f"cues_{verdict}": sum(run.score.heard.wrong(verdict) for run in runs)
            for verdict in ("clean", "distraction", "wrong_fault", "lean_back")
        } | _errors(runs)
    return found


def _errors(runs: Sequence[Run]) -> dict[str, float]:
    numbers = metrics.lean(runs) | metrics.twist(runs) | metrics.shoulders(runs) | metrics.cadence(runs)
    keys = (
        "lean_error",
        "lean_change_error",
        "twist_error",
        "twist_change_error",
        "raise_change_error",
        "cadence_error",
    )
    read = ("lean_read_pct", "twist_read_pct", "cadence_read_pct")
    return {key: round(value, 3) for key in (*keys, *read) if (value := numbers[key].value) is not None}


def _bound(key: str, value: float) -> dict[str, float]:
    if key in ("called", "watched", "praised"):
        return {UP: value}
    if key.startswith("cues_"):
        return {DOWN: value}
    if key.endswith("read_pct"):
        return {UP: round(value / LOOSE - LOOSE_LEAST, 3)}
    return {DOWN: round(value * LOOSE + LOOSE_LEAST, 3)}


def _made(folder: Path) -> dict[str, Any]:
    try:
        made: dict[str, Any] = json.loads((folder / BOUNDS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScoreError([f"{folder / BOUNDS}: cannot be read ({error}); run `{AGAIN}`"]) from error
    return made


def _write_poses(log: KeypointLog, path: Path) -> None:
    """Key points to a quarter of a pixel, as differences from frame to frame, which pack better."""
    quarters = np.clip(np.round(log.keypoints[..., :2] * QUARTER_PX), -32768, 32767).astype(np.int16)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            t_s=log.t_s,
            steps=np.diff(quarters, axis=0, prepend=np.int16(0)),
            scores=np.round(log.keypoints[..., 2] * SCORES).astype(np.uint8),
            sigma=np.diff(steps(_told(log)), axis=0, prepend=np.uint8(0)),
            size_px=np.array([log.width_px, log.height_px]),
        )


def _told(log: KeypointLog) -> np.ndarray:
    return np.zeros((log.t_s.size, 17)) if log.sigma_px is None else log.sigma_px


def poses(path: Path) -> list[Pose]:
    with np.load(path, allow_pickle=False) as kept:
        quarters = np.cumsum(kept["steps"], axis=0, dtype=np.int16)
        scores = kept["scores"][..., None] / SCORES
        points = np.concatenate([quarters / QUARTER_PX, scores], axis=2).astype(np.float32)
        width_px, height_px = kept["size_px"].tolist()
        sigma_px = STEPS_PX[np.cumsum(kept["sigma"], axis=0, dtype=np.uint8)]
        return list(poses_of(kept["t_s"], points, width_px, height_px, sigma_px))


def _write_truth(source: Path, path: Path) -> None:
    """The truth without what the engine is not judged by."""
    record = json.loads(source.read_text(encoding="utf-8"))
    record["frames"] = {name: record["frames"][name] for name in ("t_s", "running", *MEASURES)}
    record["keypoints_px"] = []
    whole(path, json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n")
