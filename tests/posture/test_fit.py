"""A stride taken apart by least squares."""

from __future__ import annotations

import numpy as np
import pytest

from device.posture.fit import fit, swing

STRIDE_S = 0.7


def signal(t_s: np.ndarray) -> np.ndarray:
    turn = 2 * np.pi * t_s / STRIDE_S
    return 3.0 + 2.0 * np.sin(turn + 0.4) + 0.5 * np.cos(2 * turn)


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_middle_and_range_are_exact_at_any_rate(fps: int) -> None:
    """A signal of two harmonics comes back whole, whatever the frame rate."""
    t_s = np.arange(5.0, 5.0 + 2 * STRIDE_S, 1 / fps)
    terms = fit(t_s, signal(t_s)[:, None], STRIDE_S)
    fine = signal(np.linspace(0, STRIDE_S, 1000))
    assert terms[0, 0] == pytest.approx(3.0, abs=1e-4)
    assert np.ptp(swing(terms[:, 0])) == pytest.approx(np.ptp(fine), rel=0.01)


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
