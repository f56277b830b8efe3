"""Numbers with their 95 % intervals.

Shares of events that stand for themselves get Wilson's interval, counts over time Garwood's, and whatever is read many
times from the same clip a bootstrap over *clips*: a clip's seconds and frames are no independent witnesses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

LEVEL = 0.95
"""What share of intervals is to hold the true number."""

Z = 1.959963984540054
"""The normal distribution's quantile for :data:`LEVEL`."""

DRAWS = 400
"""Clips are drawn anew so often (chosen by us: the ends of the interval then shake by a few per cent of its length)."""

STEPS = 2000
"""Quantiles of more values than this are drawn in so many steps of equal count: to a twentieth of a per cent."""

SEED = 20
"""Of the bootstrap: the same clips give the same intervals."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the scorecard.

    :param value: None where there is nothing to take it from.
    :param n: from how many events, seconds, points, or hours.
    :param low: lower end of the interval; None where there is none.
    """

    value: float | None
    n: float
    low: float | None = None
    high: float | None = None


def count(n: float) -> Number:
    """A plain count, or a sum of hours."""
    return Number(n, n)


def share(hits: int, n: int) -> Number:
    """Per cent, with the interval of Wilson (J. Am. Stat. Assoc. 22, 1927)."""
    if n == 0:
        return Number(None, 0)
    p, spread = hits / n, Z * Z / n
    middle = (p + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(p * (1 - p) / n + spread / (4 * n))
    return Number(100 * p, n, 100 * max(0.0, middle - half), 100 * min(1.0, middle + half))


def rate(events: int, hours: float) -> Number:
    """Events per hour, with the exact interval of Garwood (Biometrika 28, 1936); n is the hours."""
    if hours <= 0:
        return Number(None, 0)
    tail = (1 - LEVEL) / 2
    # Where at least so many events are as unlikely as the tail, and where at most so many are.
    low = _root(lambda mean: 1 - _at_most(events - 1, mean) - tail, events) if events else 0.0
    high = _root(lambda mean: tail - _at_most(events, mean), events + 5 * math.sqrt(events + 1) + 10)
    return Number(events / hours, hours, low / hours, high / hours)


def mean(values: np.ndarray, clips: np.ndarray) -> Number:
    """Mean of what is known; see :func:`ratio`."""
    return ratio(values, np.where(np.isfinite(values), 1.0, np.nan), clips)


def ratio(above: np.ndarray, below: np.ndarray, clips: np.ndarray) -> Number:
    """Sum over sum of what is known, with a bootstrap over clips.

    :param above: (N,) and ``below`` (N,); where either is NaN both are left out.
    :param clips: (N,) which clip each is from; one clip alone gives no interval.
    """
    known = np.isfinite(above) & np.isfinite(below)
    above, below = np.asarray(above, float)[known], np.asarray(below, float)[known]
    if not above.size or not below.sum():
        return Number(None, int(above.size))
    names, owner = np.unique(np.asarray(clips)[known], return_inverse=True)
    value = float(above.sum() / below.sum())
    if len(names) < 2:
        return Number(value, int(above.size))
    weights = _draws(len(names))
    sums = weights @ np.bincount(owner, above), weights @ np.bincount(owner, below)
    drawn = sums[0][sums[1] != 0] / sums[1][sums[1] != 0]
    return Number(value, int(above.size), *_ends(drawn))


def median(values: np.ndarray, clips: np.ndarray) -> Number:
    """Median of what is known; see :func:`quantiles`."""
    return quantiles(values, clips, (0.5,))[0]


def quantiles(values: np.ndarray, clips: np.ndarray, shares: tuple[float, ...]) -> list[Number]:
    """Quantiles of what is known, with a bootstrap over clips.

    :param shares: which quantiles, 0..1.
    """
    known = np.isfinite(values)
    values, clips = np.asarray(values, float)[known], np.asarray(clips)[known]
    if not values.size:
        return [Number(None, 0) for _ in shares]
    found = np.quantile(values, shares).tolist()
    names, owner = np.unique(clips, return_inverse=True)
    if len(names) < 2:
        return [Number(value, values.size) for value in found]
    order = np.argsort(values)
    values, owner = values[order], owner[order]
    # Neighbours in size share a step, so that a draw is a sum of a few thousand steps and not of a million values.
    steps = min(STEPS, values.size)
    step = np.arange(values.size) * steps // values.size
    tops = values[np.append(np.flatnonzero(np.diff(step)), values.size - 1)]
    counts = np.bincount(owner * steps + step, minlength=len(names) * steps).reshape(len(names), steps)
    below = np.cumsum(_draws(len(names)) @ counts, axis=1)
    drawn = [tops[(below >= share * below[:, -1:]).argmax(axis=1)] for share in shares]
    return [Number(value, values.size, *_ends(column)) for value, column in zip(found, drawn, strict=True)]


@lru_cache(maxsize=512)
def _draws(clips: int) -> np.ndarray:
    """(DRAWS, clips): how often each clip is drawn when as many are drawn as there are."""
    random = np.random.default_rng(SEED)
    return random.multinomial(clips, np.full(clips, 1 / clips), size=DRAWS).astype(float)


def _ends(drawn: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _at_most(events: int, mean: float) -> float:
    """Probability of at most so many events where so many are to be expected."""
    if mean <= 0:
        return 1.0
    return min(1.0, sum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(events + 1)))


def _root(function: Callable[[float], float], high: float) -> float:
    """Where a growing function of 0..high passes 0."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2
