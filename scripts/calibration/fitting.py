"""From runs to the tables that the posture core reads changes by.

A stride's marks differ from the baseline's by Δm, while the runner truly changed by θ.  Of these pairs, over all
strides of all runs, are made:

**Signatures** S(a), what one unit of each change does to each mark, by least squares of Δm on θ.  Seen from azimuth a,
a movement in space shows across the picture with the cosine or the sine of a, along it with neither, so each entry is a
constant plus a cosine plus a sine part (:func:`device.posture.signatures.signature`), and one fit takes all views
together.  Each episode – all strides of a run that show the same – weighs the same, however long it lasts: its strides
are much alike.  The model's and the true key points weigh the same, so that a better model is read no worse.

Rendered runners round their shoulders and push the head forward together, in one proportion, so no fit can tell the two
apart.  The head's share is set by geometry: a head pushed forward by 1 % of the trunk takes ears and nose 1 % ahead of
the shoulders, times the sine of the azimuth, and moves no other mark.  The rest is the shoulders'.

**Scatter**, the covariance of what is left over, Δm − S·θ, in the model's poses of each view: what the same person in
the same form is read to differ by.  It is shrunk towards its diagonal, since some dozen runs cannot tell 190
covariances.

**Flutter**, how much the model's marks differ from one stride to the next: what a runner's own steadiness is measured
by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from scoring.errors import ScoreError
from scoring.truth import VIEWS

from device.posture import signatures
from device.posture.change import CHANGES, HEAD, LEAN, RAISED, ROUNDED, TWIST
from device.posture.marks import EAR_AHEAD, NOSE_AHEAD

from .collecting import BUSY, CLEAN, Run

AZIMUTHS_DEG = (6.0, 45.0, 84.0)
"""Where the camera stands on average in the three rendered views; scatter is told for these."""

FITTED = (LEAN, RAISED, HEAD, TWIST)
"""The changes that rendered runners make independently of each other; rounded shoulders come with the head."""

LEAST_STRIDES = 3
"""Fewer strides are no episode (chosen by us)."""

RIDGE = 0.05
"""Weight, in episodes, with which signatures are held at zero (chosen by us: next to nothing beside some hundred
episodes, but it keeps the fit solvable where few views were seen)."""

FAULTY = 0.5
"""Weight of what is left over during a fault, beside what is left over in good form (chosen by us): some of it is the
signature's own error in this runner, and that too keeps one fault from being told from another."""

OUTLIER = 6.0
"""What is left over counts as no more than so many robust standard deviations (chosen by us)."""

SHRINK = 0.25
"""Share by which covariances are drawn towards zero (chosen by us)."""

LEAST_EIGENVALUE = 0.05
"""No combination of marks counts as steadier than this, in correlations (chosen by us): in some dozen runs some
combination is steady by chance."""

_ROBUST = 1.4826
"""Standard deviation of normal numbers over the median of their sizes."""


@dataclass(frozen=True, eq=False)
class Tables:
    """What :mod:`device.posture.tables` holds, as arrays in trunk lengths.

    :param signatures: (3, 20, 5) constant, cosine and sine part.
    :param scatter: (3, 20, 20) covariance in each view.
    :param flutter: (3, 20) standard deviation in each view.
    """

    signatures: np.ndarray
    scatter: np.ndarray
    flutter: np.ndarray

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let the product read changes by these tables instead of those that ship."""
        names = ("SIGNATURES", "SCATTER", "FLUTTER")
        shipped = [getattr(signatures, name) for name in names]
        try:
            for name, table in zip(names, (self.signatures, self.scatter, self.flutter), strict=True):
                setattr(signatures, name, table)
            yield
        finally:
            for name, table in zip(names, shipped, strict=True):
                setattr(signatures, name, table)


def fit(runs: Sequence[Run]) -> Tables:
    """The tables that some runs make.

    :raises ScoreError: a view or a change is not to be seen in them.
    """
    problems = [f"{view}: no clip shows good running after its baseline" for view in VIEWS if not _seen(runs, view)]
    problems += [f"{CHANGES[part]}: no clip shows it" for part in FITTED if not _varied(runs, part)]
    if problems:
        raise ScoreError(problems)
    shown = fit_signatures(runs)
    return Tables(
        shown,
        np.array([_scatter(_of(runs, view), shown) for view in VIEWS]),
        np.array([_flutter(_of(runs, view)) for view in VIEWS]),
    )


def fit_signatures(runs: Sequence[Run]) -> np.ndarray:
    """(3, 20, 5) the constant, cosine and sine part of every change's effect on every mark."""
    size, parts = signatures.SIZE, len(FITTED) * 3
    unit = signatures.PRIOR[list(FITTED)]
    normal, right = np.zeros((size, parts, parts)), np.zeros((size, parts))
    for run in runs:
        shares = _shares(run.azimuth_deg)
        for _, strides in run.episodes():
            number = int(strides.sum())
            if number < LEAST_STRIDES:
                continue
            causes = run.changed[strides][:, list(FITTED)] / unit
            causes = (causes[:, :, None] * shares).reshape(number, parts)
            moved = run.moved[strides]
            known = np.isfinite(moved)
            known[:, known.sum(axis=0) < LEAST_STRIDES] = False
            products = (causes[:, :, None] * causes[:, None, :]).reshape(number, -1)
            normal += (known.T.astype(float) @ products).reshape(normal.shape) / number
            right += np.where(known, moved, 0.0).T @ causes / number
    found = np.linalg.solve(normal + RIDGE * np.eye(parts), right[:, :, None])[:, :, 0]
    found = found.reshape(size, len(FITTED), 3).transpose(2, 0, 1) / unit
    made = np.zeros((3, size, len(CHANGES)))
    made[:, :, FITTED] = found
    head = np.zeros((3, size))
    head[2, [EAR_AHEAD, NOSE_AHEAD]] = 0.01  # 1 % ahead is 0.01 trunk lengths, times the sine
    made[:, :, HEAD] = head
    made[:, :, ROUNDED] = (found[:, :, FITTED.index(HEAD)] - head) / _rounded_with_head(runs)
    return made


def _shares(azimuth_deg: float) -> np.ndarray:
    """(3,) of constant, cosine and sine part, as :func:`device.posture.signatures.signature` has them."""
    angle = np.radians(abs(azimuth_deg))
    return np.array([1.0, np.cos(angle), np.sin(angle)])


def _rounded_with_head(runs: Sequence[Run]) -> float:
    """How far shoulders round for each step of the head forward, in rendered runners."""
    pairs = np.concatenate([run.changed[strides][:, [ROUNDED, HEAD]] for run in runs for _, strides in run.episodes()])
    share = float((pairs[:, 0] * pairs[:, 1]).sum() / max((pairs[:, 1] ** 2).sum(), 1e-9))
    if not share > 0.1:
        raise ScoreError([f"{CHANGES[ROUNDED]}: no clip shows it"])
    return share


def _scatter(runs: Sequence[Run], shown: np.ndarray) -> np.ndarray:
    """(20, 20) covariance of what signatures leave over."""
    rows, weights = [], []
    for run in runs:
        signature = np.tensordot(_shares(run.azimuth_deg), shown, 1)
        for name, strides in run.episodes():
            number = int(strides.sum())
            if number >= LEAST_STRIDES:
                rows.append(run.moved[strides] - run.changed[strides] @ signature.T)
                weights.append(np.full(number, (1.0 if name == CLEAN else FAULTY) / number))
    left, weight = np.concatenate(rows), np.concatenate(weights)[:, None]
    most = OUTLIER * _ROBUST * np.array([_middle(np.abs(column)) for column in left.T]) + 1e-9
    known = np.isfinite(left)
    left = np.clip(np.where(known, left, 0.0), -most, most)
    covariance = (weight * left).T @ left / np.maximum((weight * known).T @ known, 1e-9)
    deviation = np.sqrt(np.maximum(np.diag(covariance), 1e-8))
    correlation = (1.0 - SHRINK) * covariance / np.outer(deviation, deviation)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    correlation = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    return np.asarray(0.5 * (correlation + correlation.T) * np.outer(deviation, deviation))


def _flutter(runs: Sequence[Run]) -> np.ndarray:
    """(20,) standard deviation of the marks from stride to stride, of the run in the middle.

    From each to the next but one, for a stride's marks are read over two.
    """
    steady = [run.moved[run.shows != BUSY] for run in runs]
    steps = [np.abs(moved[2:] - moved[:-2]) for moved in steady]
    usual = np.array([[_middle(column) for column in step.T] for step in steps])
    return np.array([_ROBUST * _middle(column) for column in usual.T]) / math.sqrt(2.0)


def _middle(values: np.ndarray) -> float:
    """The median of what is known; 0 of nothing."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else 0.0


def _of(runs: Sequence[Run], view: str) -> list[Run]:
    """The model's runs in a view."""
    return [run for run in runs if run.view == view and run.source == "model"]


def _seen(runs: Sequence[Run], view: str) -> bool:
    return any((run.shows == CLEAN).sum() >= LEAST_STRIDES for run in _of(runs, view))


def _varied(runs: Sequence[Run], part: int) -> bool:
    """Whether a change is to be seen in an episode, at half of what is to be expected."""
    least = 0.5 * signatures.PRIOR[part]
    return any((np.abs(run.changed[strides][:, part]) >= least).any() for run in runs for _, strides in run.episodes())
