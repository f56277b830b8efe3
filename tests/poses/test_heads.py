"""Decoding of the network's heads, against heads made by hand and a plain loop after the reference graph."""

from __future__ import annotations

import math

import numpy as np
import pytest

from device.poses.heads import HeadsDecoder
from device.poses.lazy import VOTERS, DenseHeads
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER

CELLS = 48
TRUNK = [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]
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


def random_heads(seed: int, cells: int = CELLS, spread: float = 3.0) -> Heads:
    """Values without any sense, so that every cell may be the best."""
    random = np.random.default_rng(seed)
    heatmap, center, regress, offset = (
        random.normal(0, spread, (cells, cells, n)).astype(np.float32) for n in (17, 1, 34, 34)
    )
    return heatmap, center, regress, offset


def decode(
    heads: Heads, expected: np.ndarray | None = None, decoder: HeadsDecoder | None = None
) -> tuple[np.ndarray, np.ndarray]:
    heatmap, center, regress, offset = heads
    return (decoder or HeadsDecoder(len(heatmap))).decode(heatmap, center, DenseHeads(regress, offset), expected)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def best_cells(heads: Heads) -> list[tuple[int, int]]:
    """The key points' cells by the reference graph's operations, one cell at a time."""
    heatmap, center, regress, _ = heads
    cells = len(heatmap)
    best, at = -1.0, (0, 0)
    for row in range(cells):
        for column in range(cells):
            score = sigmoid(center[row, column, 0]) / (math.hypot(row - cells / 2, column - cells / 2) + 1.8)
            if score > best:
                best, at = score, (row, column)
    found = []
    for k in range(17):
        y, x = at[0] + regress[*at, 2 * k], at[1] + regress[*at, 2 * k + 1]
        best = -1.0
        for row in range(cells):
            for column in range(cells):
                score = sigmoid(heatmap[row, column, k]) / (math.hypot(row - y, column - x) + 1.8)
                if score > best:
                    best, cell = score, (row, column)
        found.append(cell)
    return found


def plain(heads: Heads) -> np.ndarray:
    """The whole decoding, one cell at a time."""
    heatmap, _, _, offset = heads
    cells = len(heatmap)
    keypoints = np.zeros((17, 3))
    for k, (row, column) in enumerate(best_cells(heads)):
        votes, weights = [], []
        for y, x in np.add(VOTERS, (row, column)).astype(int).tolist():
            if not (0 <= y < cells and 0 <= x < cells):
                continue
            votes.append((x + offset[y, x, 2 * k + 1], y + offset[y, x, 2 * k]))
            weights.append(sigmoid(heatmap[y, x, k]) ** 2)
        keypoints[k, :2] = np.average(votes, axis=0, weights=weights) / cells
        keypoints[k, 2] = sigmoid(heatmap[row, column, k])
    return keypoints


@pytest.mark.parametrize("cells", [12, 13, 48])
@pytest.mark.parametrize("spread", [0.3, 3.0, 12.0])
def test_agrees_with_the_plain_loop(cells: int, spread: float) -> None:
    """Leaving out what cannot be the best changes nothing: random heads decode as they do cell by cell."""
    heads = random_heads(cells, cells, spread)
    np.testing.assert_allclose(decode(heads)[0], plain(heads), atol=2e-5)


@pytest.mark.parametrize("seed", range(8))
def test_looks_far_where_the_peak_is_far(seed: int) -> None:
    """A peak anywhere in an even map is found when it outweighs its distance, and not when another one does."""
    heads = empty_heads()
    random = np.random.default_rng(seed)
    heads[1][:] = random.normal(0, 1, heads[1].shape)
    for k in range(17):
        for row, column in random.integers(0, CELLS, (k + 1, 2)).tolist():
            heads[0][row, column, k] = random.uniform(-2, 3)
    np.testing.assert_allclose(decode(heads)[0], plain(heads), atol=2e-5)


def test_the_first_of_equal_cells_wins() -> None:
    """As in the reference graph, of cells of equal worth the first in reading order is taken, in whichever block."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 24] = 5
    heatmap[20, 24] = heatmap[28, 24] = heatmap[24, 20] = heatmap[24, 28] = 3
    assert decode((heatmap, center, regress, offset))[0][:, 1] == pytest.approx(20 / CELLS, abs=1e-4)


def test_one_point() -> None:
    """A peak at row 12, column 30 with offset (0.25 down, 0.5 right) is the point x 30.5/48, y 12.25/48."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 24] = 5
    regress[24, 24, 0:2] = 12 - 24, 30 - 24
    heatmap[12, 30, 0] = 2
    offset[12, 30, 0:2] = 0.25, 0.5
    nose = decode((heatmap, center, regress, offset))[0][0]
    np.testing.assert_allclose(nose, (30.5 / 48, 12.25 / 48, sigmoid(2)), atol=1e-6)


def test_cells_beside_the_best_vote() -> None:
    """Each of the cells says where the point lies; their squared scores weigh what they say."""
    heatmap, center, regress, offset = empty_heads()
    heatmap[24, 24:26, 0] = 2.0, 1.0
    offset[24, 24, :2], offset[24, 25, :2] = (0.5, 0.5), (0.5, 0.1)
    near, beside = sigmoid(2) ** 2, sigmoid(1) ** 2
    nose = decode((heatmap, center, regress, offset))[0][0]
    x = (near * 24.5 + beside * 25.1) / (near + beside)
    np.testing.assert_allclose(nose[:2] * CELLS, (x, 24.5), atol=1e-4)


def test_every_point_uses_its_own_channels() -> None:
    """Point k reads channel k of the heat map and channels 2k, 2k+1 of the other heads."""
    heatmap, center, regress, offset = empty_heads()
    center[20, 25] = 5
    for k in range(17):
        regress[20, 25, 2 * k : 2 * k + 2] = k - 8, 8 - k
        heatmap[20 + k - 8, 25 + 8 - k, k] = 3
        offset[20 + k - 8, 25 + 8 - k, 2 * k : 2 * k + 2] = k / 100, -k / 100
    keypoints, _ = decode((heatmap, center, regress, offset))
    k = np.arange(17)
    np.testing.assert_allclose(keypoints[:, 0] * CELLS, 25 + 8 - k - k / 100, rtol=1e-5)
    np.testing.assert_allclose(keypoints[:, 1] * CELLS, 20 + k - 8 + k / 100, rtol=1e-5)


def test_a_near_peak_beats_a_far_higher_one() -> None:
    """Another person's clearer ankle does not become the runner's: scores count by distance to where it should be."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 24] = 4
    regress[24, 24, 0::2] = 10
    heatmap[33, 24] = 0
    heatmap[33, 40] = 5
    assert decode((heatmap, center, regress, offset))[0][:, 0] == pytest.approx(0.5, abs=1e-4)


def two_people() -> Heads:
    """One at column 20, one further from the middle and a little clearer, at column 40; all points in a line."""
    heatmap, center, regress, offset = empty_heads()
    center[24, 20], center[24, 40] = 0.5, 1.0
    center[24, 21], center[24, 39] = 0.4, 0.9  # flanks are no people
    heatmap[10, 20] = heatmap[10, 40] = 2
    regress[:, :, 0::2] = -14
    return heatmap, center, regress, offset


def at_column(column: float, score: float = 0.6) -> np.ndarray:
    """A pose whose points all lie in the row of ``two_people``."""
    return np.tile(np.array([column / CELLS, 10 / CELLS, score]), (17, 1))


def test_the_person_in_the_middle_is_preferred() -> None:
    """While nobody is followed, of two people the one nearer to the middle of the square is taken."""
    assert decode(two_people())[0][:, 0] == pytest.approx(20 / CELLS, abs=1e-4)


@pytest.mark.parametrize("column", [20, 40])
@pytest.mark.parametrize("moved", [-4.0, 0.0, 4.0])
def test_the_expected_person_is_taken(column: int, moved: float) -> None:
    """Whoever's shoulders and hips lie nearer to the last pose's is the runner, wherever in the square that is."""
    keypoints, _ = decode(two_people(), at_column(column + moved))
    assert keypoints[:, 0] == pytest.approx(column / CELLS, abs=1e-4)


def test_only_trusted_points_are_expected() -> None:
    """Points of the last pose with low scores, and points other than shoulders and hips, say nothing of who it is."""
    last = at_column(40, 0.1)
    assert decode(two_people(), last)[0][0, 0] == pytest.approx(20 / CELLS, abs=1e-4)
    last[[0, 9, 10]] = at_column(40)[0]
    assert decode(two_people(), last)[0][0, 0] == pytest.approx(20 / CELLS, abs=1e-4)
    last[R_SHOULDER] = at_column(40)[0]
    assert decode(two_people(), last)[0][0, 0] == pytest.approx(40 / CELLS, abs=1e-4)


def test_a_faint_spot_is_nobody() -> None:
    """A spot that hardly scores does not become the runner for lying where the runner was before a step aside."""
    heatmap, center, regress, offset = two_people()
    center[24, 26] = -6
    heatmap[10, 26] = 1
    keypoints, _ = decode((heatmap, center, regress, offset), at_column(25))
    assert keypoints[:, 0] == pytest.approx(20 / CELLS, abs=1e-4)


def test_a_person_on_a_plateau_counts_once() -> None:
    """Equal centre scores side by side, as INT8 gives them, do not crowd out the other people."""
    heatmap, center, regress, offset = two_people()
    center[20:30, 2:12] = 3
    assert decode((heatmap, center, regress, offset), at_column(40))[0][:, 0] == pytest.approx(40 / CELLS, abs=1e-4)


def test_a_broad_peak_is_wider_than_a_narrow_one() -> None:
    """The width of a peak in the shape of a bell is its standard deviation in both directions together."""
    heatmap, center, regress, offset = empty_heads()
    rows, columns = np.indices((CELLS, CELLS))
    for k, sigma in ((0, 0.7), (1, 1.0)):
        bell = 0.9 * np.exp(-((rows - 24) ** 2 + (columns - 24) ** 2) / (2 * sigma**2))
        heatmap[:, :, k] = np.log(bell + 1e-6) - np.log(1 - bell)
    _, width = decode((heatmap, center, regress, offset))
    assert width[:2] == pytest.approx([0.7 * math.sqrt(2), math.sqrt(2)], rel=0.02)


def test_a_second_peak_nearby_widens() -> None:
    """Where two places are as likely, the width says so."""
    heatmap, center, regress, offset = empty_heads()
    heatmap[24, 24, :2] = 2
    heatmap[24, 27, 1] = 2
    _, width = decode((heatmap, center, regress, offset))
    assert width[0] < 0.3
    assert width[1] == pytest.approx(1.5, abs=0.1)


def test_a_peak_at_the_edge_is_no_narrower() -> None:
    """What lies beyond the picture is not known: a peak that is cut off counts as going on there."""
    heatmap, center, regress, offset = empty_heads()
    heatmap[20:29, 0, 0] = heatmap[20:29, 24, 1] = 2
    _, width = decode((heatmap, center, regress, offset))
    assert width[0] > 1.1 * width[1]


@pytest.mark.parametrize("cell", [(0, 0), (0, 47), (47, 0), (47, 47), (0, 24), (47, 24)])
def test_points_at_the_edge(cell: tuple[int, int]) -> None:
    """Peaks in the outermost cells are found there."""
    heatmap, center, regress, offset = empty_heads()
    heatmap[cell] = 3
    keypoints, _ = decode((heatmap, center, regress, offset))
    np.testing.assert_allclose(keypoints[:, 1::-1] * CELLS, np.tile(cell, (17, 1)), atol=1e-3)


def test_extreme_logits() -> None:
    """Logits that overflow the exponential give scores of exactly 0 and 1, no warning and no NaN."""
    heatmap, center, regress, offset = empty_heads()
    for low in (-1000, -88.5):
        heatmap[:] = low
        keypoints, width = decode((heatmap, center, regress, offset))
        assert (keypoints[:, 2] < 1e-30).all()
        assert np.isfinite(keypoints).all()
        assert (width > 3).all()
    heatmap[5, 5] = 1000
    assert (decode((heatmap, center, regress, offset))[0][:, 2] == 1).all()


@pytest.mark.parametrize("head", range(4))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("expected", [None, at_column(20)])
def test_values_that_are_no_numbers(head: int, bad: float, expected: np.ndarray | None) -> None:
    """A machine at fault gives nobody, not a NaN, and the next picture is right again."""
    decoder, heads = HeadsDecoder(CELLS), two_people()
    heads[head][:] = bad
    keypoints, width = decode(heads, expected, decoder)
    assert np.isfinite(keypoints).all()
    assert not np.isnan(width).any()
    assert (keypoints[:, 2] == 0).all() or head == 1
    assert (decode(two_people(), None, decoder)[0] == decode(two_people())[0]).all()


def test_answers_do_not_share_memory() -> None:
    """The scratch arrays kept between calls never show in an answer, nor in the next one."""
    decoder = HeadsDecoder(12)
    heads = [random_heads(seed, 12) for seed in range(2)]
    first = decode(heads[0], None, decoder)
    kept = [part.copy() for part in first]
    decode(heads[1], at_column(20), decoder)
    for part, copy, again in zip(first, kept, decode(heads[0], None, decoder), strict=True):
        assert (part == copy).all()
        assert (again == copy).all()
