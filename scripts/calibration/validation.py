"""Would these numbers hold for runners they were not made from?  Cross-validation by clip.

Clips are dealt into folds; each fold's runs are read by the product's own estimator with tables made from the others.
What is judged is the estimate of change alone, without the core's further checks and the lean that it reads in degrees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scoring.errors import ScoreError
from scoring.truth import VIEWS

from device.posture.baseline import middle
from device.posture.change import HEAD, LEAN, RAISED, ROUNDED, TWIST, ChangeEstimator
from device.settings import Settings

from .collecting import CLEAN, SOURCES, Run
from .fitting import LEAST_STRIDES, Tables, fit

FOLDS = 6

PLAIN, NONE = 1.05, 0.6
"""An episode whose true change is more than this many times the limit ought to be beyond it; one with less than this
ought not (chosen by us: in between either is right)."""

SPELL_S = 2.0
"""Clean strides that lie further apart are two spells: something else was between."""


@dataclass(frozen=True)
class Measure:
    """What a limit is set on.

    :param parts: the changes that are added up to it.
    :param limit: in the change's own unit.
    """

    name: str
    parts: tuple[int, ...]
    limit: float


def measures(settings: Settings) -> tuple[Measure, ...]:
    """All of them, with the limits in force."""
    shoulders = settings.hunched_shoulders
    return (
        Measure("lean", (LEAN,), settings.forward_lean.rise_deg),
        Measure("raised", (RAISED,), shoulders.raised_pct),
        Measure("forward", (ROUNDED, HEAD), shoulders.forward_pct),
        Measure("twist", (TWIST,), settings.torso_twist.rise_ratio - 1.0),
    )


@dataclass(frozen=True)
class Verdict:
    """How one measure was read in one view by one source's key points.

    :param beyond: for each episode that ought to be beyond the limit, whether it was.
    :param gains: of these episodes, what was read over what was there.
    :param wrong: for each clean spell, whether it was beyond.
    :param strayed: the same for each episode of something else.
    """

    view: str
    measure: str
    source: str
    beyond: tuple[bool, ...]
    gains: tuple[float, ...]
    wrong: tuple[bool, ...]
    strayed: tuple[bool, ...]


def validate(runs: Sequence[Run], settings: Settings) -> list[Verdict]:
    """The verdicts on all views, measures and sources.

    :raises ScoreError: there are too few clips to make tables without some of them.
    """
    fold_of = deal(runs)
    read: list[tuple[Run, np.ndarray]] = []
    for fold in sorted(set(fold_of.values())):
        try:
            tables = fit([run for run in runs if fold_of[run.clip] != fold])
        except ScoreError as error:
            raise ScoreError([f"too few clips to validate by: {problem}" for problem in error.problems]) from error
        read += [(run, values(run, tables)) for run in runs if fold_of[run.clip] == fold]
    return [
        _judge(
            [pair for pair in read if pair[0].view == view and pair[0].source == source], view, source, one, settings
        )
        for view in VIEWS
        for one in measures(settings)
        for source in SOURCES
    ]


def deal(runs: Sequence[Run]) -> dict[str, int]:
    """The fold of every clip: each view's clips evenly over all folds, by a lot that is always the same."""
    dealt: dict[str, int] = {}
    for number, view in enumerate(VIEWS):
        clips = sorted({run.clip for run in runs if run.view == view})
        order = np.random.default_rng(number).permutation(len(clips))
        dealt |= {clips[place]: index % FOLDS for index, place in enumerate(order.tolist())}
    return dealt


def values(run: Run, tables: Tables) -> np.ndarray:
    """(N, 5) the change that every stride of a run is read to show by some tables."""
    with tables.in_force():
        baseline = middle(run.learned)
        assert baseline is not None  # it was once already
        estimator = ChangeEstimator(baseline)
        recent: deque[np.ndarray] = deque(maxlen=estimator.strides)
        read = []
        for moved in run.moved:
            recent.append(moved)
            read.append(estimator.read(recent).value)
        return np.array(read)


def lasts(out: np.ndarray, settings: Settings) -> bool:
    """Whether so many of so many strides in a row are out that the coach holds it for a fault."""
    rule = settings.persistence
    recent = np.convolve(out.astype(int), np.ones(rule.strides, int))[: len(out)]
    return bool((recent >= rule.on_strides).any())


def _judge(
    read: Sequence[tuple[Run, np.ndarray]], view: str, source: str, measure: Measure, settings: Settings
) -> Verdict:
    beyond, gains, wrong, strayed = [], [], [], []
    parts = list(measure.parts)
    for run, found in read:
        told, true = found[:, parts].sum(axis=1), run.changed[:, parts].sum(axis=1)
        out = told > measure.limit
        for name, strides in run.episodes():
            if strides.sum() < LEAST_STRIDES:
                continue
            there = float(np.median(true[strides]))
            if name == CLEAN:
                wrong += [lasts(out[spell], settings) for spell in _spells(run, strides)]
            elif there > PLAIN * measure.limit:
                beyond.append(lasts(out[strides], settings))
                gains.append(float(np.median(told[strides])) / there)
            elif there < NONE * measure.limit:
                strayed.append(lasts(out[strides], settings))
    return Verdict(view, measure.name, source, tuple(beyond), tuple(gains), tuple(wrong), tuple(strayed))


def _spells(run: Run, strides: np.ndarray) -> list[np.ndarray]:
    """The clean strides of a run, cut where something else lies between."""
    places = np.flatnonzero(strides)
    return [spell for spell in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(spell)]
