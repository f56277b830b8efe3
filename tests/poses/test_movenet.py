"""Decoding of the network's heads, against heads made by hand and a plain loop after the reference graph."""

from __future__ import annotations

import math

import numpy as np
import pytest

from device.poses.movenet import HeadsDecoder, decode_single

CELLS = 48
Heads = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def empty_heads(cells: int = CELLS) -> Heads:
    """Nobody anywhere: all logits far below zero, no offsets."""
    shape = (cells, cells)
    return (
        np.full((*shape, 17), -9, np.float32),
        np.full((*shape, 1), -9, np.float32),
        np.zeros((*shape, 34), np.float32),
        np.zeros((*shape, 34), np.float32),
    )


def reference(heatmap: np.ndarray, center: np.ndarray, regress: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """The reference graph's operations, one cell at a time."""
    cells = len(heatmap)

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    best, at = -1.0, (0, 0)
    for row in range(cells):
        for column in range(cells):
            weight = 1 / (math.hypot(row - cells / 2, column - cells / 2) + 1.8)
            score = sigmoid(center[row, column, 0]) * weight
            if score > best:
                best, at = score, (row, column)
    keypoints = np.zeros((17, 3))
    for k in range(17):
        y, x = at[0] + regress[*at, 2 * k], at[1] + regress[*at, 2 * k + 1]
        best = -1.0
        for row in range(cells):
            for column in range(cells):
                score = sigmoid(heatmap[row, column, k]) / (math.hypot(row - y, column - x) + 1.8)
                if score > best:
                    best, cell = score, (row, column)
        keypoints[k] = (
            (cell[1] + offset[*cell, 2 * k + 1]) / cells,
            (cell[0] + offset[*cell, 2 * k]) / cells,
            sigmoid(heatmap[*cell, k]),
        )
    return keypoints


@pytest.mark.parametrize("seed", [0, 1])
def test_agrees_with_the_reference(seed: int) -> None:
    """Random heads decode as the reference graph does it, cell by cell."""
    random = np.random.default_rng(seed)
    heads = [random.normal(0, 3, (CELLS, CELLS, n)).astype(np.float32) for n in (17, 1, 34, 34)]
    np.testing.assert_allclose(HeadsDecoder(CELLS).decode(*heads), reference(*heads), atol=1e-5)


def test_one_point() -> None:
    """A peak at row 12, column 30 with offset (0.25 down, 0.5 right) is the point x 30.5/48, y 12.25/48."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 24] = 5
    regress[24, 24, 0:2] = 12 - 24, 30 - 24
    heatmap[12, 30, 0] = 2
    offset[12, 30, 0:2] = 0.25, 0.5
    nose = HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)[0]
    np.testing.assert_allclose(nose, (30.5 / 48, 12.25 / 48, 1 / (1 + math.exp(-2))), rtol=1e-6)


def test_every_point_uses_its_own_channels() -> None:
    """Point k reads channel k of the heat map and channels 2k, 2k+1 of the other heads."""
    heatmap, center, regress, offset = empty_heads()
    center[20, 25] = 5
    for k in range(17):
        regress[20, 25, 2 * k : 2 * k + 2] = k - 8, 8 - k
        heatmap[20 + k - 8, 25 + 8 - k, k] = 3
        offset[20 + k - 8, 25 + 8 - k, 2 * k : 2 * k + 2] = k / 100, -k / 100
    keypoints = HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)
    k = np.arange(17)
    np.testing.assert_allclose(keypoints[:, 0] * CELLS, 25 + 8 - k - k / 100, rtol=1e-5)
    np.testing.assert_allclose(keypoints[:, 1] * CELLS, 20 + k - 8 + k / 100, rtol=1e-5)


def test_the_person_in_the_middle_is_preferred() -> None:
    """Of two people with equal centre scores, the one nearer to the middle of the square is taken."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 20] = center[24, 44] = 4
    heatmap[10, 20] = heatmap[10, 44] = 2
    regress[:, :, 0::2] = -14
    keypoints = HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)
    np.testing.assert_allclose(keypoints[:, 0], 20 / 48)


def test_a_near_peak_beats_a_far_higher_one() -> None:
    """Another person's clearer ankle does not become the runner's: scores count by distance to where it should be."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 24] = 4
    regress[24, 24, 0::2] = 10
    heatmap[33, 24] = 0
    heatmap[33, 40] = 5
    assert HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)[:, 0] == pytest.approx(0.5)


def test_extreme_logits() -> None:
    """Logits that overflow the exponential give scores of exactly 0 and 1, no warning and no NaN."""
    heatmap, center, regress, offset = empty_heads()
    heatmap[:] = -1000
    heatmap[5, 5] = 1000
    with np.errstate(all="raise", over="warn", under="ignore"):
        keypoints = HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)
    assert (keypoints[:, 2] == 1).all()
    heatmap[:] = -1000
    assert (HeadsDecoder(CELLS).decode(heatmap, center, regress, offset)[:, 2] == 0).all()


def test_answers_do_not_share_memory() -> None:
    """The scratch arrays kept between calls never show in an answer."""
    decoder = HeadsDecoder(12)
    random = np.random.default_rng(3)
    heads = [[random.normal(0, 3, (12, 12, n)).astype(np.float32) for n in (17, 1, 34, 34)] for _ in range(2)]
    first = decoder.decode(*heads[0])
    kept = first.copy()
    decoder.decode(*heads[1])
    assert (first == kept).all()
    assert (decoder.decode(*heads[0]) == kept).all()


def test_single_output_is_turned_round() -> None:
    """Google's files say y before x; a pose says x before y."""
    output = np.arange(51, dtype=np.float32).reshape(1, 1, 17, 3)
    keypoints = decode_single(output)
    assert keypoints[0].tolist() == [1, 0, 2]
    assert keypoints[16].tolist() == [49, 48, 50]
