"""The two small heads, computed at single cells, against the same layers computed everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from device.poses.lazy import VOTERS, DenseHeads, LazyHeads

CELLS, CHANNELS, WIDTH = 12, 5, 7
Weights = dict[str, np.ndarray]


def weights(seed: int = 0) -> Weights:
    random = np.random.default_rng(seed)
    shapes = {
        "depthwise": (3, 3, CHANNELS),
        "expand": (CHANNELS, WIDTH),
        "expand_bias": (WIDTH,),
        "out": (WIDTH, 34),
        "out_bias": (34,),
    }
    return {
        f"{head}_{part}": random.normal(0, 1, shape).astype(np.float32)
        for head in ("regress", "offset")
        for part, shape in shapes.items()
    }


def dense(features: np.ndarray, arrays: Weights, head: str) -> np.ndarray:
    """The head at every cell, straight from its definition."""
    padded = np.pad(features.astype(float), ((1, 1), (1, 1), (0, 0)))
    out = np.empty((CELLS, CELLS, 34), np.float32)
    for row in range(CELLS):
        for column in range(CELLS):
            seen = (padded[row : row + 3, column : column + 3] * arrays[f"{head}_depthwise"]).sum(axis=(0, 1))
            inner = np.maximum(seen @ arrays[f"{head}_expand"] + arrays[f"{head}_expand_bias"], 0)
            out[row, column] = inner @ arrays[f"{head}_out"] + arrays[f"{head}_out_bias"]
    return out


def features(quantized: bool) -> tuple[np.ndarray, np.ndarray, float, int]:
    """A map as the file puts it out, its values, its scale and its zero point."""
    random = np.random.default_rng(1)
    if not quantized:
        values = random.uniform(0, 2, (CELLS, CELLS, CHANNELS)).astype(np.float32)
        return values, values, 1.0, 0
    stored = random.integers(-128, 128, (CELLS, CELLS, CHANNELS)).astype(np.int8)
    return stored, (stored.astype(float) + 100) * 0.02, 0.02, -100


def inner_cells(random: np.random.Generator) -> np.ndarray:
    """One cell for each key point, none of them at the edge."""
    cells: np.ndarray = np.array([CELLS, 1]) @ random.integers(1, CELLS - 1, (2, 17))
    return cells


@pytest.mark.parametrize("quantized", [False, True])
def test_equals_the_layers_computed_everywhere(quantized: bool) -> None:
    """At every cell, corners and edges too, both heads are what the whole layers give."""
    stored, values, scale, zero_point = features(quantized)
    arrays = weights()
    lazy = LazyHeads(arrays, CELLS, scale, zero_point)
    lazy.take(stored)
    whole = DenseHeads(dense(values, arrays, "regress"), dense(values, arrays, "offset"))
    cells = np.arange(CELLS**2)
    np.testing.assert_allclose(lazy.regress(cells), whole.regress(cells), rtol=1e-4, atol=2e-4)
    random = np.random.default_rng(2)
    for _ in range(20):
        cells = inner_cells(random)
        share = random.dirichlet(np.ones(len(VOTERS)), 17).astype(np.float32)
        found, wanted = lazy.offset(cells, share), whole.offset(cells, share)
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=2e-4)


def test_weights_of_the_mean_offset() -> None:
    """The weights belong to the cells that vote in reading order, and each point reads its own two channels."""
    random = np.random.default_rng(3)
    offset = random.normal(0, 1, (CELLS, CELLS, 34)).astype(np.float32)
    cells = inner_cells(random)
    for number, (y, x) in enumerate(VOTERS.astype(int).tolist()):
        one = np.zeros((17, len(VOTERS)), np.float32)
        one[:, number] = 1
        found = DenseHeads(offset, offset).offset(cells, one)
        for k, (row, column) in enumerate(zip(*np.divmod(cells, CELLS), strict=True)):
            assert (found[k] == offset[row + y, column + x, 2 * k : 2 * k + 2]).all()


def test_the_map_is_copied() -> None:
    """The runtime may write over its memory after ``take``; nothing of an earlier picture remains."""
    stored, _, scale, zero_point = features(True)
    cells = np.array([0, 6, 11]) * (CELLS + 1)
    lazy = LazyHeads(weights(), CELLS, scale, zero_point)
    lazy.take(np.full_like(stored, 5))
    lazy.take(given := stored.copy())
    first = lazy.regress(cells)
    given[:] = 0
    assert (lazy.regress(cells) == first).all()
    other = LazyHeads(weights(), CELLS, scale, zero_point)
    other.take(stored)
    assert (other.regress(cells) == first).all()


def test_the_weights_are_left_alone() -> None:
    """The arrays that are handed over may be used again."""
    arrays = weights()
    LazyHeads(arrays, CELLS, 0.5, -128)
    for name, array in weights().items():
        assert (arrays[name] == array).all()


@pytest.mark.parametrize("name", sorted(weights()))
def test_what_is_missing_is_named(name: str) -> None:
    """A part that is not there is said by its name."""
    arrays = weights()
    del arrays[name]
    with pytest.raises(ValueError, match=f"lacks {name}$"):
        LazyHeads(arrays, CELLS)


@pytest.mark.parametrize("name", sorted(weights()))
def test_what_does_not_fit_is_named(name: str) -> None:
    """A part of another shape, or that holds NaN, is refused before it can spoil a pose."""
    arrays = weights()
    arrays[name] = np.concatenate([arrays[name]] * 2, axis=-1)
    with pytest.raises(ValueError, match="shape"):
        LazyHeads(arrays, CELLS)
    arrays = weights()
    arrays[name].flat[0] = np.nan
    with pytest.raises(ValueError, match=f"{name} holds"):
        LazyHeads(arrays, CELLS)


def test_heads_that_read_different_maps() -> None:
    """Both heads read the same map of features."""
    arrays = weights()
    arrays["offset_depthwise"], arrays["offset_expand"] = np.zeros((3, 3, 4)), np.zeros((4, WIDTH))
    with pytest.raises(ValueError, match="5 and 4 features"):
        LazyHeads(arrays, CELLS)
