"""Leaving out channels that the others can stand in for."""

from __future__ import annotations

import numpy as np
import pytest
from model_build.thinning import DAMPING, MOST_LOST, thinned

ROUNDING = 2 * np.sqrt(DAMPING)


def moments(channels: np.ndarray) -> np.ndarray:
    """The mean products of channels (places, n) and of a constant 1."""
    values = np.hstack([channels, np.ones((len(channels), 1))])
    return values.T @ values / len(values)


def said(channels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What a linear layer makes of channels (places, n); its last row is the bias."""
    return channels @ weights[:-1] + weights[-1]


@pytest.fixture
def random() -> np.random.Generator:
    """The same numbers each time."""
    return np.random.default_rng(5)


def test_what_all_need_stays(random: np.random.Generator) -> None:
    """Where each channel tells something of its own, nothing goes."""
    channels, weights = random.normal(size=(500, 16)), random.normal(size=(17, 4))
    kept, new, lost = thinned(weights, moments(channels))
    assert kept.tolist() == list(range(16))
    assert (new == weights).all()
    assert lost == 0


def test_channels_that_are_always_0_go(random: np.random.Generator) -> None:
    """They go first, and the others' weights stay as they are; a multiple of eight channels is left."""
    channels, weights = random.normal(size=(500, 24)), random.normal(size=(25, 4))
    silent = [1, 3, 4, 9, 10, 11, 20, 23]
    channels[:, silent] = 0
    kept, new, lost = thinned(weights, moments(channels))
    assert kept.tolist() == sorted(set(range(24)) - set(silent))
    assert new == pytest.approx(weights[[*kept, 24]], abs=1e-6)
    assert lost < ROUNDING


def test_others_take_over_what_they_can_tell(random: np.random.Generator) -> None:
    """Channels that are mixtures of others, and one that is constant, go: the layer says the same without them."""
    channels, weights = random.normal(size=(500, 16)), random.normal(size=(17, 4))
    channels[:, 8:15] = channels[:, :8] @ random.normal(size=(8, 7)) + 3
    channels[:, 15] = 0.7
    kept, new, lost = thinned(weights, moments(channels))
    assert len(kept) == 8
    assert said(channels[:, kept], new) == pytest.approx(said(channels, weights), abs=1e-3)
    assert lost < ROUNDING


def test_what_is_lost_is_told(random: np.random.Generator) -> None:
    """The share that is lost is that of the output's spread, and no more than is allowed."""
    channels, weights = random.normal(size=(5000, 16)), random.normal(size=(17, 4))
    channels[:, 8:] = channels[:, :8] @ random.normal(size=(8, 8)) + random.normal(size=(5000, 8)) * 0.01
    kept, new, lost = thinned(weights, moments(channels))
    wanted = said(channels, weights)
    off = np.square(said(channels[:, kept], new) - wanted).sum() / np.square(wanted - wanted.mean(axis=0)).sum()
    assert len(kept) == 8
    assert ROUNDING < lost <= MOST_LOST
    assert lost == pytest.approx(np.sqrt(off), rel=0.1)
