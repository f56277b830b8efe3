"""Intervals against known values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring.statistics import Number, mean, median, quantiles, rate, ratio, share


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe, Stat. Med. 17 (1998), table I: the score method without continuity correction.
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.0, 16.11), (1, 29, 0.61, 17.18)],
)
def test_shares_have_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    """As published."""
    found = share(hits, n)
    assert found.value == pytest.approx(100 * hits / n)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.006), pytest.approx(high, abs=0.006))


@pytest.mark.parametrize(
    ("events", "low", "high"),
    # The exact Poisson limits in every table of them (Garwood 1936): 3.69 for none, 0.0253-5.57 for one.
    [(0, 0.0, 3.6889), (1, 0.02532, 5.5716), (3, 0.6187, 8.7673), (10, 4.7954, 18.3904), (100, 81.364, 121.627)],
)
def test_rates_have_garwoods_interval(events: int, low: float, high: float) -> None:
    """As tabled, and per hour."""
    found = rate(events, 0.5)
    assert found.value == 2 * events
    assert found.n == 0.5
    assert (found.low, found.high) == (pytest.approx(2 * low, rel=1e-3, abs=1e-9), pytest.approx(2 * high, rel=1e-3))


@given(st.integers(0, 60), st.integers(0, 60))
def test_intervals_hold_their_number(a: int, b: int) -> None:
    """Whatever was counted lies within its own interval."""
    for found in (share(min(a, b), max(a, b, 1)), rate(a, b + 0.1)):
        assert found.low is not None
        assert found.high is not None
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9


def test_nothing_gives_no_number() -> None:
    """Without data there is no number, and nothing is divided by zero."""
    none, clips = np.array([]), np.array([])
    unknown = np.array([np.nan, np.nan])
    assert share(0, 0) == rate(0, 0.0) == Number(None, 0)
    assert mean(none, clips).value is None
    assert mean(unknown, np.array([0, 1])).value is None
    assert median(none, clips) == Number(None, 0)
    assert ratio(np.array([1.0]), np.array([0.0]), np.array([0])).value is None


def test_bootstrap_is_over_clips() -> None:
    """A thousand frames of two clips are two witnesses: the interval spans both clips, not the error of a thousand."""
    values = np.repeat([1.0, 3.0], 500)
    clips = np.repeat([0, 1], 500)
    found = mean(values, clips)
    assert (found.value, found.n, found.low, found.high) == (2.0, 1000, 1.0, 3.0)
    many = mean(values, np.arange(1000))
    assert many.low is not None
    assert many.low > 1.9


def test_one_clip_alone_has_no_interval() -> None:
    """Nothing is known of other clips from one."""
    found = median(np.array([1.0, 2.0, 9.0]), np.zeros(3))
    assert found == Number(2.0, 3)


def test_bootstrap_is_repeatable() -> None:
    """The same clips give the same interval."""
    values, clips = np.random.default_rng(0).normal(size=300), np.arange(300) % 20
    assert quantiles(values, clips, (0.5, 0.9)) == quantiles(values, clips, (0.5, 0.9))


def test_quantiles_of_very_many_values_are_the_same() -> None:
    """The steps that large sets are drawn in change nothing that can be seen."""
    values = np.random.default_rng(1).normal(size=50_000)
    clips = np.arange(50_000) % 40
    found = median(values, clips)
    drawn = [np.median(np.concatenate([values[clips == c] for c in row])) for row in _drawn(40)]
    assert found.value == np.median(values)
    assert (found.low, found.high) == (
        pytest.approx(np.quantile(drawn, 0.025), abs=0.004),
        pytest.approx(np.quantile(drawn, 0.975), abs=0.004),
    )


def _drawn(clips: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, clips, (200, clips))


def test_unknown_values_are_left_out() -> None:
    """NaN is never a number to calculate with; n counts what is known."""
    found = mean(np.array([1.0, np.nan, 3.0]), np.array([0, 0, 1]))
    assert (found.value, found.n) == (2.0, 2)
