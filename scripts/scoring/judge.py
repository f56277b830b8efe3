"""One clip, judged: the coach's words, readings and key points beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthetic.meter import Meter

from device.errors import SourceError
from device.frames import open_source

from .cache import PoseCache
from .coaching import Coached, coach, true_poses
from .cues import Heard, hear
from .errors import ScoreError
from .keypoints import PointErrors, compare
from .posture import Readings, readings
from .truth import Truth, read_truth
from .workers import each


@dataclass(frozen=True, eq=False)
class Score:
    """What the coach made of one clip's poses.

    :param heard: what it said.
    :param read: what it read.
    """

    heard: Heard
    read: Readings


@dataclass(frozen=True, eq=False)
class Judged:
    """One clip.

    :param path: its film.
    :param score: from the model's poses.
    :param exact: from the true key points; None where those are too far apart in time, or it was not asked for.
    :param points: None where the truth holds no key points.
    """

    path: Path
    truth: Truth
    score: Score
    exact: Score | None
    points: PointErrors | None


@dataclass(frozen=True)
class _Task:
    clip: Path
    cache: PoseCache
    exact: bool


def judge_all(clips: Sequence[Path], cache: PoseCache, jobs: int, exact: bool = True) -> list[Judged]:
    """Judge films that have their truth beside them; poses that are not kept yet are found first.

    :param exact: whether to coach by the true key points as well, which takes half as long again.
    :raises ScoreError: with all reasons at once.
    """
    cache.folder.mkdir(parents=True, exist_ok=True)
    cache.sweep()
    seconds, new, problems = [], [], []
    for clip in clips:
        try:
            seconds.append(float(read_truth(clip.with_suffix(".json")).t_s[-1]))
            if cache.read(cache.place(clip)) is None:
                open_source(clip).close()
                new.append(len(seconds) - 1)
        except ScoreError as error:
            problems += error.problems
        except SourceError as error:
            problems.append(str(error))
        except FileNotFoundError:
            problems.append(f"{clip}: there is no such film, only its truth")
    if problems:
        raise ScoreError(problems)
    tasks = [_Task(clip, cache, exact) for clip in clips]
    each(_pose, [tasks[i] for i in new], jobs, Meter("poses", "s of film"), [seconds[i] for i in new])
    return each(_judge, tasks, jobs, Meter("coach", "s of film"), seconds)


def score(truth: Truth, coached: Coached) -> Score:
    """Everything that is told about one run of the coach."""
    return Score(hear(truth, coached), readings(truth, coached))


def _pose(task: _Task) -> None:
    task.cache.make(task.clip)


def _judge(task: _Task) -> Judged:
    log = task.cache.poses(task.clip)
    truth = read_truth(task.clip.with_suffix(".json"))
    points = compare(truth, log)
    true = true_poses(truth) if task.exact else None
    return Judged(
        task.clip,
        replace(truth, keypoints=truth.keypoints[:0]),  # the heavy part, and no longer needed
        score(truth, coach(log.poses())),
        None if true is None else score(truth, coach(true)),
        points,
    )
