"""What a clip really shows, read from the JSON beside it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from synthetic.description import FAULT_KINDS, GESTURES, LEGS, Activity, FaultSpan

from .errors import ScoreError

MADE_BY = "scripts/treadmill"

MEASURES = ("lean_deg", "twist_deg", "shoulder_raise_mm", "cadence_spm")
"""What is compared with what the coach reads; the truth holds more."""

VIEWS = ("front", "oblique", "side")

_KEYS: dict[str, type | tuple[type, ...]] = {
    "clip": str,
    "made_by": str,
    "description": dict,
    "tags": dict,
    "fps": (int, float),
    "width_px": int,
    "height_px": int,
    "duration_s": (int, float),
    "view": str,
    "faults": list,
    "activities": list,
    "frames": dict,
    "keypoints_every": int,
    "keypoints_px": list,
}


@dataclass(frozen=True, eq=False)
class Truth:
    """What one clip shows.

    :param tags: the row that the clip counts in, for each of the tables by tag.
    :param height_m: standing height of the runner; NaN where nobody runs.
    :param others: whether anybody else is to be seen: people, a mirror, a picture of a person.
    :param t_s: (N,) times of the frames.
    :param running: (N,) whether the runner runs.
    :param measures: (N,) values by name of :data:`MEASURES`; NaN where there is none.
    :param keypoints: (M, 17, 3) x_px, y_px, visible 0/1 of every ``keypoints_every``-th frame; NaN where nobody is
        there.  M is 0 in the stored truths of the short matrix.
    """

    clip: str
    view: str
    tags: dict[str, str]
    fps: float
    width_px: int
    height_px: int
    height_m: float
    others: bool
    faults: tuple[FaultSpan, ...]
    activities: tuple[Activity, ...]
    t_s: np.ndarray
    running: np.ndarray
    measures: dict[str, np.ndarray]
    keypoints_every: int
    keypoints: np.ndarray

    @property
    def keypoints_t_s(self) -> np.ndarray:
        """(M,) times of the key points."""
        return self.t_s[:: self.keypoints_every][: len(self.keypoints)]

    @property
    def trunk_mm(self) -> float:
        """Length of the trunk between COCO's hips and shoulders, from the runner's height."""
        return 1000.0 * self.height_m * TRUNK_PER_HEIGHT


TRUNK_PER_HEIGHT = 0.288
"""Shoulder height 0.818 less hip height 0.530 of standing height (Drillis & Contini 1966, as in Winter, Biomechanics
and Motor Control of Human Movement).  The rendered bodies' own trunk is not in the truth."""


def read_truth(path: Path) -> Truth:
    """The truth in a file.

    :raises ScoreError: with all reasons, when it is none.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ScoreError([f"{path}: there is no such file; a clip's truth stands beside it"]) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScoreError([f"{path}: cannot be read as a clip's truth ({reason})"]) from error
    wrong = _problems(record)
    if wrong:
        raise ScoreError([f"{path}: {problem}" for problem in wrong])
    try:
        return _truth(record)
    except (ValueError, TypeError, KeyError) as error:
        raise ScoreError([f"{path}: holds what no truth holds ({error})"]) from error


def _problems(record: Any) -> list[str]:
    """What keeps a record from being a truth."""
    if not isinstance(record, dict):
        return ["is no clip's truth: it holds no named values"]
    lacking = [key for key in _KEYS if key not in record]
    if lacking:
        return [f"is no clip's truth: it lacks {', '.join(lacking)}"]
    wrong = [f"{key} has the wrong type" for key, kind in _KEYS.items() if not isinstance(record[key], kind)]
    if wrong:
        return wrong
    if record["made_by"] != MADE_BY:
        wrong.append(f"was made by {record['made_by']!r}, not by {MADE_BY}")
    if record["view"] not in VIEWS:
        wrong.append(f"view is {record['view']!r}, not one of {', '.join(VIEWS)}")
    if record["keypoints_every"] < 1 or record["fps"] <= 0:
        wrong.append("keypoints_every and fps must be above 0")
    for name, known in (("faults", tuple(FAULT_KINDS)), ("activities", (*LEGS, *GESTURES))):
        strange = {str(span.get("kind") if isinstance(span, dict) else span) for span in record[name]} - set(known)
        wrong += [f"{name} knows no {kind!r}" for kind in sorted(strange)]
    lists = {name: record["frames"].get(name) for name in ("t_s", "running", *MEASURES)}
    absent = [name for name, values in lists.items() if not isinstance(values, list)]
    if absent:
        wrong.append(f"frames lacks {', '.join(absent)}")
    elif len({len(values) for values in lists.values()}) > 1 or not lists["t_s"]:
        wrong.append("the lists in frames are not equally long, or empty")
    elif record["keypoints_px"] and not wrong:
        frames, every = len(lists["t_s"] or ()), record["keypoints_every"]
        if len(record["keypoints_px"]) != -(-frames // every):
            wrong.append(f"keypoints_px has not one entry for every {every} of its {frames} frames")
    return wrong


def _truth(record: dict[str, Any]) -> Truth:
    frames, description = record["frames"], record["description"]
    runner, scene = description.get("runner"), description.get("scene", {})
    t_s = np.array(frames["t_s"], float)
    if not np.isfinite(t_s).all() or (np.diff(t_s) <= 0).any():
        raise ValueError("t_s does not grow")
    return Truth(
        clip=record["clip"],
        view=record["view"],
        tags={str(table): str(row) for table, row in record["tags"].items()},
        fps=float(record["fps"]),
        width_px=record["width_px"],
        height_px=record["height_px"],
        height_m=float(runner["build"]["height_m"]) if runner else math.nan,
        others=any(scene.get(name) for name in ("bystanders", "neighbour", "mirror", "poster")),
        faults=tuple(
            FaultSpan(f["kind"], *(float(f[name]) for name in ("start_s", "end_s", "severity", "ramp_s")))
            for f in record["faults"]
        ),
        activities=tuple(
            Activity(a["kind"], *(float(a[name]) for name in ("start_s", "end_s", "ramp_s")))
            for a in record["activities"]
        ),
        t_s=t_s,
        running=np.array(frames["running"], float) == 1,
        measures={name: np.array(frames[name], float) for name in MEASURES},
        keypoints_every=record["keypoints_every"],
        keypoints=_keypoints(record["keypoints_px"]),
    )


def _keypoints(rows: list[Any]) -> np.ndarray:
    points = np.full((len(rows), 17, 3), np.nan)
    there = [index for index, row in enumerate(rows) if row is not None]
    if there:
        points[there] = np.array([rows[index] for index in there], float).reshape(len(there), 17, 3)
    return points
