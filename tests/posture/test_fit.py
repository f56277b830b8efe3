"""A stride taken apart by least squares."""

from __future__ import annotations

import numpy as np
import pytest

from device.posture.fit import fit, without_jumps

STRIDE_S = 0.7


def signal(t_s: np.ndarray) -> np.ndarray:
    turn = 2 * np.pi * t_s / STRIDE_S
    return 3.0 + 2.0 * np.sin(turn + 0.4) + 0.5 * np.cos(2 * turn)


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_middle_and_range_are_exact_at_any_rate(fps: int) -> None:
    """A signal of two harmonics comes back whole, whatever the frame rate."""
    t_s = np.arange(5.0, 5.0 + 2 * STRIDE_S, 1 / fps)
    terms = fit(t_s, signal(t_s)[:, None], STRIDE_S)
    assert terms[0, 0] == pytest.approx(3.0, abs=1e-4)
    assert np.hypot(*terms[2:4, 0]) == pytest.approx(2.0, abs=1e-3)
    assert np.hypot(*terms[4:6, 0]) == pytest.approx(0.5, abs=1e-3)


def test_uneven_times_and_gaps_do_not_matter() -> None:
    """Jittered stamps and lost frames change nothing."""
    random = np.random.default_rng(1)
    t_s = np.sort(random.uniform(0, 2 * STRIDE_S, 40))
    rows = signal(t_s)[:, None]
    rows[10:16] = np.nan
    assert fit(t_s, rows, STRIDE_S)[0, 0] == pytest.approx(3.0, abs=1e-3)


def test_outliers_are_left_out() -> None:
    """A few samples far off do not bend the fit."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 30)
    rows = signal(t_s)[:, None]
    rows[[5, 21]] += 40.0
    assert fit(t_s, rows, STRIDE_S)[0, 0] == pytest.approx(3.0, abs=0.3)


def test_too_little_is_not_known() -> None:
    """With most samples missing the answer is NaN, in that column only."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 30)
    rows = np.stack([signal(t_s), signal(t_s)], axis=1)
    rows[5:, 0] = np.nan
    terms = fit(t_s, rows, STRIDE_S)
    assert np.isnan(terms[:, 0]).all()
    assert np.isfinite(terms[:, 1]).all()


def test_columns_do_not_know_each_other() -> None:
    """A gap in one of the 34 columns changes no other."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 25)
    rows = signal(t_s)[:, None] * np.arange(1, 35)
    whole = fit(t_s, rows, STRIDE_S)
    rows[3:20, 7] = np.nan
    spoiled = fit(t_s, rows, STRIDE_S)
    assert np.delete(spoiled, 7, axis=1) == pytest.approx(np.delete(whole, 7, axis=1), abs=1e-9)


def test_drift_is_not_swing() -> None:
    """Who drifts along the belt swings no more for it; the middle is that of the window."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 60)
    still, drifting = (fit(t_s, (signal(t_s) + speed * t_s)[:, None], STRIDE_S) for speed in (0.0, 3.0))
    assert drifting[2:] == pytest.approx(still[2:], abs=1e-3)
    assert drifting[0, 0] == pytest.approx(still[0, 0] + 3.0 * t_s.mean(), abs=1e-3)


@pytest.mark.parametrize("fps", [10, 15, 24, 30, 60])
@pytest.mark.parametrize("cadence_spm", [140, 163, 171, 187, 197])
def test_no_stride_is_mistaken_for_a_jump(cadence_spm: int, fps: int) -> None:
    """Of a plain swing nothing is left out, at any frame rate."""
    t_s = np.arange(0, 3.5, 1 / fps)
    rows = np.sin(2 * np.pi * cadence_spm / 120 * t_s + 0.3)[:, None]
    assert np.isfinite(without_jumps(rows)).all()


def test_jumps_are_left_out() -> None:
    """A frame far from all others is not known; gaps stay gaps, and a column never seen stays so."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 25)
    rows = np.stack([signal(t_s), signal(t_s), np.full(len(t_s), np.nan)], axis=1)
    rows[8, 0] += 30.0
    rows[4, 1] = np.nan
    left = without_jumps(rows)
    assert np.flatnonzero(np.isnan(left[:, 0])).tolist() == [8]
    assert np.flatnonzero(np.isnan(left[:, 1])).tolist() == [4]
    assert np.isnan(left[:, 2]).all()


def test_what_counts_less_bends_the_fit_less() -> None:
    """Half of the samples shifted: the middle lies between, nearer to those that count more."""
    t_s = np.arange(0, 2 * STRIDE_S, 1 / 30)
    shifted = np.arange(len(t_s)) % 2 == 1
    rows = (signal(t_s) + 0.5 * shifted)[:, None]
    alike = fit(t_s, rows, STRIDE_S)[0, 0]
    less = fit(t_s, rows, STRIDE_S, np.where(shifted, 0.2, 1.0)[:, None])[0, 0]
    assert alike == pytest.approx(3.25, abs=0.02)
    assert less == pytest.approx(3.0 + 0.5 * 0.2 / 1.2, abs=0.02)
    assert np.array_equal(fit(t_s, rows, STRIDE_S, np.ones_like(rows)), fit(t_s, rows, STRIDE_S))
