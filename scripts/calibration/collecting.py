"""From clips to runs: each stride's marks, as the product's own core finds them, beside what the runner truly did.

Of the tables in force only flutter has a say in that, and hardly ever: strides that scatter many times as much as usual
make no baseline.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scoring.cache import PoseCache
from scoring.coaching import true_poses
from scoring.errors import ScoreError
from scoring.truth import Truth, read_truth
from scoring.workers import each
from synthetic.matrix import SPLITS
from synthetic.meter import Meter

from device.posture import PostureCore
from device.posture.change import differences
from device.posture.core import STRIDES_FITTED
from device.posture.marks import EAR_AHEAD, NOSE_AHEAD, SHOULDER_WIDTH, Marks
from device.records import Baseline, Pose, Posture
from device.settings import Settings

SOURCES = ("model", "true")
"""Where key points come from: the pose model, or the truth."""

CLEAN, LEARNING, RAMP, BUSY = "clean", "learning", "ramp", "busy"
"""What a stride shows besides faults: good form; the baseline is being learned; a fault comes or goes; the runner does
something else."""

TOUCHES_S = 0.5
"""An activity is kept away from by so much on either side (chosen by us: hands begin before the truth says so)."""

LEAST_CLEAN = 4
"""A baseline made from fewer strides whose true form is known says nothing of changes (chosen by us)."""

FACE_DEG = (25.0, 65.0)
"""Azimuths between which both face and shoulders show well enough to be compared: the oblique view's."""

_TRUE = ("lean_deg", "shoulder_raise_mm", "protraction_mm", "head_forward_mm", "twist_deg")
"""The truth's names of what :data:`device.posture.change.CHANGES` are."""


@dataclass(frozen=True, eq=False)
class Run:
    """One clip by one source's key points, from the strides on that its baseline is made of.

    :param source: one of :data:`SOURCES`.
    :param view: the view that was rendered.
    :param azimuth_deg: size of the camera's azimuth, as the core read it.
    :param shows: (N,) what each stride shows: :data:`CLEAN` and its like, or the kinds of faults, joined by "+".
    :param moved: (N, 20) how the marks differ from the baseline's, in trunk lengths; NaN where not known.
    :param changed: (N, 5) what truly changed, in the order of :data:`device.posture.change.CHANGES`.
    :param learned: the strides that the baseline is the middle of.
    :param face: how far the nose is ahead of the ears, over the shoulders' width, from the baseline and the camera's
        true azimuth; NaN near the front and the side, where one of the two hardly shows.
    """

    clip: str
    source: str
    view: str
    azimuth_deg: float
    shows: np.ndarray
    moved: np.ndarray
    changed: np.ndarray
    learned: list[tuple[Posture, Marks]]
    face: float = math.nan

    def episodes(self) -> list[tuple[str, np.ndarray]]:
        """What is to be seen steadily, good form first, and which strides show it: (N,) of bool each.

        Sorted by name, so that sums over them come out the same to the last digit.
        """
        names = sorted(set(self.shows.tolist()) - {CLEAN, LEARNING, RAMP, BUSY})
        return [(name, self.shows == name) for name in (CLEAN, *names)]


@dataclass(frozen=True, eq=False)
class Collected:
    """All runs, and what they were made from.

    :param runs: in the order of the clips' names, both sources of a clip beside each other.
    :param clips: how many clips there were, those that no run could be made of included.
    :param hours: how long they are together.
    """

    runs: list[Run]
    clips: int
    hours: float


@dataclass(frozen=True)
class _Task:
    clip: Path
    cache: PoseCache


def collect_all(films: Sequence[Path], cache: PoseCache, jobs: int) -> Collected:
    """The runs of films that have their truth beside them; poses that are not kept yet are found first.

    :raises ScoreError: with all reasons at once; among them every film of the split that is only ever scored.
    """
    cache.folder.mkdir(parents=True, exist_ok=True)
    cache.sweep()
    problems, known = [], []
    for film in films:
        try:
            refuse_test(film)
            truth = read_truth(film.with_suffix(".json"))
        except ScoreError as error:
            problems += error.problems
            continue
        if not film.exists():
            problems.append(f"{film}: there is no such film, only its truth")
        known.append((truth.clip, film, float(truth.t_s[-1])))
    if problems:
        raise ScoreError(problems)
    known.sort()
    tasks = [_Task(film, cache) for _, film, _ in known]
    seconds = [s for _, _, s in known]
    runs = each(_collect, tasks, jobs, Meter("collect", "s of film"), seconds)
    return Collected([run for pair in runs for run in pair], len(films), sum(seconds) / 3600)


def refuse_test(film: Path) -> None:
    """Object to a film whose truth says that it is of the split which is only ever scored.

    :raises ScoreError: it is.
    """
    path = film.with_suffix(".json")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # read_truth tells better what is wrong with it
    if not isinstance(record, dict):
        return
    seed = record.get("seed")
    if str(record.get("clip")).startswith("test-") or (isinstance(seed, int) and _split(seed) == "test"):
        raise ScoreError([f"{film}: is a clip of the test split, which is only ever scored, never learned from"])


def _split(seed: int) -> str:
    """The split whose seeds this is one of; "" for none."""
    return next((name for name, first in SPLITS.items() if first <= seed < first + 1_000_000), "")


def _collect(task: _Task) -> list[Run]:
    """Both runs of a clip; none where nobody runs, or no baseline is found."""
    path = task.clip.with_suffix(".json")
    truth = read_truth(path)
    if not truth.height_m > 0:
        return []
    form, camera_deg = true_form(path, truth), _camera_deg(path)
    true = true_poses(truth)
    found = [collect(task.cache.poses(task.clip).poses(), "model", truth, form, camera_deg)]
    if true is not None:
        found.append(collect(true, "true", truth, form, camera_deg))
    return [run for run in found if run is not None]


Form = Callable[[float, float], np.ndarray]
"""What the runner truly did between two times: (5,), lean in degrees, shoulders raised, rounded and head forward in per
cent of the trunk, twist in degrees; NaN where not known."""


def true_form(path: Path, truth: Truth) -> Form:
    """The true form of a clip, from its truth's file: it holds more than the scorecard reads.

    :raises ScoreError: the file lacks a measure.
    """
    frames = json.loads(path.read_text(encoding="utf-8"))["frames"]
    lacking = [name for name in _TRUE if len(frames.get(name) or ()) != len(truth.t_s)]
    if lacking:
        raise ScoreError([f"{path}: frames lacks {', '.join(lacking)}; render it anew"])
    trunk = np.array([1.0, *[100.0 / truth.trunk_mm] * 3, 1.0])
    measures = np.array([frames[name] for name in _TRUE], float).T * trunk

    def between(after_s: float, until_s: float) -> np.ndarray:
        first, end = np.searchsorted(truth.t_s, (after_s, until_s), side="right")
        rows = measures[first:end][np.isfinite(measures[first:end]).all(axis=1)]
        return np.asarray(rows.mean(axis=0)) if len(rows) else np.full(len(_TRUE), math.nan)

    return between


def _camera_deg(path: Path) -> float:
    """The camera's true azimuth; NaN where the truth does not tell."""
    camera = json.loads(path.read_text(encoding="utf-8")).get("camera") or {}
    return float(camera.get("azimuth_deg", math.nan))


def collect(poses: Iterable[Pose], source: str, truth: Truth, form: Form, camera_deg: float = math.nan) -> Run | None:
    """One run; None where the core learned no baseline from strides whose true form is known.

    The first baseline stays the one that all is compared with: in a rendered clip neither camera nor runner changes.
    """
    core = PostureCore(Settings())
    strides: list[tuple[Posture, Marks]] = []
    baseline: Baseline | None = None
    last = 0
    for pose in poses:
        posture = core.step(pose)
        baseline = baseline or posture.baseline
        if posture.running and posture.stride != last and core.marks is not None:
            last = posture.stride
            strides.append((posture, core.marks))
    if baseline is None:
        return None
    read = [stride for stride in strides if math.isfinite(stride[0].azimuth_deg)]
    learned = [stride for stride in read if stride[0].t_s <= baseline.t_s][-baseline.strides :]
    strides = [stride for stride in strides if stride[0].t_s >= learned[0][0].t_s]
    shows = np.array([_shows(posture, truth) for posture, _ in strides])
    did = np.array([form(posture.t_s - _span_s(posture), posture.t_s) for posture, _ in strides])
    good = np.isfinite(did).all(axis=1) & (shows == CLEAN)
    before = np.array([posture.t_s <= baseline.t_s for posture, _ in strides])
    if (good & before).sum() < LEAST_CLEAN:
        return None
    usual = did[good & before].mean(axis=0)
    changed = did - usual
    changed[:, -1] /= usual[-1]
    kept = np.isfinite(changed).all(axis=1)
    shows[before] = LEARNING
    return Run(
        truth.clip,
        source,
        truth.view,
        abs(baseline.azimuth_deg),
        shows[kept],
        np.array([differences(marks, baseline) for _, marks in strides])[kept],
        changed[kept],
        learned,
        _face(baseline, camera_deg),
    )


def _face(baseline: Baseline, camera_deg: float) -> float:
    """See :attr:`Run.face`."""
    if not FACE_DEG[0] <= abs(camera_deg) <= FACE_DEG[1]:
        return math.nan
    width = abs(baseline.means[SHOULDER_WIDTH]) / math.cos(math.radians(camera_deg))
    return (baseline.means[NOSE_AHEAD] - baseline.means[EAR_AHEAD]) / math.sin(math.radians(abs(camera_deg))) / width


def _span_s(posture: Posture) -> float:
    """How long the strides last that a posture is read from."""
    return STRIDES_FITTED * 120.0 / posture.cadence_spm


def _shows(posture: Posture, truth: Truth) -> str:
    """What the strides show that a posture is read from; see :attr:`Run.shows`."""
    until_s = posture.t_s
    after_s = until_s - _span_s(posture)
    for activity in truth.activities:
        if activity.start_s - TOUCHES_S < until_s and after_s < activity.end_s + activity.ramp_s + TOUCHES_S:
            return BUSY
    there = [span for span in truth.faults if span.start_s < until_s and after_s <= span.end_s + span.ramp_s]
    if any(after_s < span.start_s + span.ramp_s or until_s > span.end_s for span in there):
        return RAMP
    return "+".join(span.kind for span in there) or CLEAN
