"""Decodes the heads of MoveNet: which cells of their grid hold the runner's key points, and where in them.

The heads lie on a grid of cells, one for each 4 × 4 pixels.  A person is found by the centre head; the regress head at
that cell says roughly where each key point is; the heat map's best cell near there is the key point's.  So far this
is what the reference graph does (tfhub.dev/google/movenet/singlepose/lightning/4), number for number.  Three things
are ours:

- Who is followed is told from others by where the runner's trunk was last, not by who stands mid-picture.
- The reference takes a key point's place from the offset head at its best cell.  Here the eight cells around it
  vote, too, weighted by their squared scores: the best cell jumps with the noise, the mean does not
  (`scripts/eval_decoder`).
- The peak's width is measured, which tells how far off the key point may be (``device.poses.uncertainty``).

The heat map has 39,168 values (Lightning).  Only blocks of cells that could hold a best cell, going by their highest
value and their distance, are looked into; the outcome is the same.  Large arrays are made once and used again.
"""

from __future__ import annotations

import numpy as np

from device.poses.crop import TRUSTED_SCORE
from device.poses.lazy import AROUND, KEYPOINT_COUNT, SmallHeads
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER

DISTANCE_OFFSET_CELLS = 1.8
"""Added to a distance before dividing by it; a constant of the reference graph, for both weightings."""

PEAK_CELLS = 3
"""The width of a peak is taken from the cells up to so many away from its best one.  Chosen by us among 2 and 3."""

MOST_PEOPLE = 8
"""So many people at most are compared with the one who is expected.  Chosen by us."""

FIT_CELLS = 1.8
"""A person's score counts half when the shoulders and hips lie this far from the expected ones.  Chosen by us."""

_TRUNK = np.array([L_SHOULDER, R_SHOULDER, L_HIP, R_HIP])
_BLOCK_CELLS = 8
_ROUNDING = np.float32(1 + 1e-5)  # bounds and values are rounded differently
_POINTS = np.arange(KEYPOINT_COUNT)
_NOTHING = np.float32(1e-9)  # a score so low everywhere makes a peak as wide as can be
_TINY = np.finfo(np.float32).tiny


class HeadsDecoder:
    """Decodes the heads of one grid size; keeps its tables and scratch arrays between calls.

    :param cells: cells along one side of the square grid (48 for Lightning).
    """

    def __init__(self, cells: int) -> None:
        """Prepare the tables that depend on the grid alone."""
        self.cells = cells
        steps = np.arange(cells, dtype=np.float32)
        middle = np.float32(cells / 2)
        away = np.hypot(steps[:, None] - middle, steps[None, :] - middle)
        self._middle_weight = (1 / (away + np.float32(DISTANCE_OFFSET_CELLS))).ravel()

        block = max(n for n in range(1, _BLOCK_CELLS + 1) if cells % n == 0)
        self._blocks = cells // block
        self._half = np.float32((block - 1) / 2)
        self._block_middles = steps[::block] + self._half
        # For each block its cells, and their rows and columns: (blocks², block²).
        grid: np.ndarray = np.arange(cells * cells).reshape(self._blocks, block, self._blocks, block)
        grid = np.ascontiguousarray(grid.swapaxes(1, 2)).reshape(self._blocks**2, block**2)
        self._block_rows, self._block_columns = (part.astype(np.float32) for part in np.divmod(grid, cells))
        self._block_cells = grid
        self._all_blocks = np.arange(len(grid))
        # For each row, or column, those near it.  Beyond the edge the map goes on as it ends: a peak that is cut off is
        # no narrower for that.
        ring = np.arange(-PEAK_CELLS, PEAK_CELLS + 1)
        self._near = np.clip(np.arange(cells)[:, None] + ring, 0, cells - 1)
        rows, columns = (part.ravel() for part in np.meshgrid(ring, ring, indexing="ij"))
        moments = [np.ones_like(rows), rows, columns, rows**2 + columns**2]
        self._peak_moments = np.stack(moments, axis=1).astype(np.float32)
        self._nothing = _NOTHING * np.array([1, 0, 0, 2 * PEAK_CELLS**2], np.float32)
        self._not_at_the_edge = np.clip(np.arange(cells), 1, cells - 2)
        self._votes = (AROUND @ np.array([cells, 1], np.float32)).astype(np.intp)

    def decode(
        self, heatmap: np.ndarray, center: np.ndarray, heads: SmallHeads, expected: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The key points in one picture, and the width of their peaks.

        :param heatmap: float32 (cells, cells, 17), logits; the first axis is y, the second x.
        :param center: float32 (cells, cells, 1), logits.
        :param heads: the two other heads.
        :param expected: see :meth:`device.poses.PoseModel.estimate`.
        :returns: float32 (17, 3) = x, y, score, x and y as shares of the picture's side; and float32 (17,), the root
            mean square distance of a peak from its middle, in cells.  Where the heads hold NaN or infinity: points in
            the middle with score 0 and width infinity.
        """
        values = heatmap.reshape(-1)
        with np.errstate(over="ignore"):  # the exponential of a very low score: its inverse is, rightly, 0
            rough = self._rough(center, heads, expected)
            peaks = self._highest(heatmap)
            if not (np.isfinite(rough).all() and np.isfinite(peaks).all()):
                nobody = np.full((KEYPOINT_COUNT, 3), 0.5, np.float32)
                nobody[:, 2] = 0
                return nobody, np.full(KEYPOINT_COUNT, np.inf, np.float32)
            rows, columns = np.divmod(self._best_cells(values, rough, peaks), self.cells)
            return self._placed(values, rows, columns, heads)

    def _rough(self, center: np.ndarray, heads: SmallHeads, expected: np.ndarray | None) -> np.ndarray:
        """About where the key points of the one person are, float32 (17, 2) = y, x in cells."""
        logits = center.reshape(self.cells, self.cells)
        trusted = _TRUNK[expected[_TRUNK, 2] >= TRUSTED_SCORE] if expected is not None else _TRUNK[:0]
        if expected is None or not trusted.size:
            scores = _sigmoid(logits.ravel())
            scores *= self._middle_weight
            cells = np.array([scores.argmax()])
        else:
            cells = self._people(logits)
        rows, columns = np.divmod(cells, self.cells)
        rough = heads.regress(rows, columns)
        rough[..., 0] += rows[:, None]
        rough[..., 1] += columns[:, None]
        if expected is None or len(rough) == 1:
            found: np.ndarray = rough[0]
            return found
        wanted = expected[trusted, 1::-1].astype(np.float32) * np.float32(self.cells)
        off = rough[:, trusted] - wanted
        off = np.sqrt(np.einsum("npi,npi->np", off, off)).mean(axis=1) / np.float32(FIT_CELLS)
        fit = _sigmoid(logits.ravel()[cells]) / (1 + off * off)
        best: np.ndarray = rough[fit.argmax()]
        return best

    def _people(self, logits: np.ndarray) -> np.ndarray:
        """The cells (n,) that may be people's middles: the best of each block, the highest :data:`MOST_PEOPLE` of them.

        Somebody on the border of blocks is in it more than once, which does no harm.
        """
        blocks = logits.take(self._block_cells)
        at = blocks.argmax(axis=1)
        best = np.argsort(blocks[self._all_blocks, at], kind="stable")[-MOST_PEOPLE:]
        cells: np.ndarray = self._block_cells[best, at[best]]
        return cells

    def _highest(self, heatmap: np.ndarray) -> np.ndarray:
        """The highest logit of each key point in each block, float32 (blocks, blocks, 17)."""
        blocks, side = self._blocks, self.cells // self._blocks
        rows = heatmap.reshape(blocks, side, -1).max(axis=1)
        highest: np.ndarray = rows.reshape(blocks, blocks, side, KEYPOINT_COUNT).max(axis=2)
        return highest

    def _best_cells(self, values: np.ndarray, rough: np.ndarray, peaks: np.ndarray) -> np.ndarray:
        """The cell (17,) where each key point's score, divided by the distance from ``rough``, is the highest.

        What is compared is the inverse, (1 + exp(-logit)) × (distance + 1.8): the lowest counts, the first of equals.
        """
        # No cell of a block is nearer than its nearest edge, or better than its highest value at its farthest corner.
        away = np.abs(self._block_middles[:, None, None] - rough)
        nearest, farthest = np.square(np.maximum(away - self._half, 0)), np.square(away + self._half)
        inverse = np.exp(-peaks)
        inverse += 1
        bounds = []
        for squares in (nearest, farthest):
            distance = np.sqrt(squares[:, None, :, 0] + squares[None, :, :, 1])
            distance += np.float32(DISTANCE_OFFSET_CELLS)
            distance *= inverse
            bounds.append(distance.reshape(-1, KEYPOINT_COUNT))
        worth = bounds[0] <= bounds[1].min(axis=0) * _ROUNDING
        points, blocks = np.nonzero(worth.T)  # in the order of the points, each at least once

        distance = np.square(self._block_rows.take(blocks, axis=0) - rough[points, :1])
        distance += np.square(self._block_columns.take(blocks, axis=0) - rough[points, 1:])
        np.sqrt(distance, out=distance)
        distance += np.float32(DISTANCE_OFFSET_CELLS)
        costs = values.take(self._block_cells.take(blocks, axis=0) * KEYPOINT_COUNT + points[:, None])
        np.negative(costs, out=costs)
        np.exp(costs, out=costs)
        costs += 1
        costs *= distance

        at = costs.argmin(axis=1)
        ours = np.arange(len(at))
        lowest, cells = costs[ours, at], self._block_cells[blocks, at]
        first = np.searchsorted(points, _POINTS)
        ties = lowest == np.minimum.reduceat(lowest, first)[points]
        best: np.ndarray = np.minimum.reduceat(np.where(ties, cells, self.cells**2), first)
        return best

    def _placed(
        self, values: np.ndarray, rows: np.ndarray, columns: np.ndarray, heads: SmallHeads
    ) -> tuple[np.ndarray, np.ndarray]:
        """Key points and the width of their peaks, from each one's best cell (17,)."""
        cells = self._near[rows][:, :, None] * self.cells + self._near[columns][:, None]
        scores = _sigmoid(values.take(cells.reshape(KEYPOINT_COUNT, -1) * KEYPOINT_COUNT + _POINTS[:, None]))
        keypoints = np.empty((KEYPOINT_COUNT, 3), np.float32)
        keypoints[:, 2] = scores[:, scores.shape[1] // 2]

        moments = scores @ self._peak_moments  # 1, y, x, y² + x²
        moments += self._nothing
        moments[:, 1:] /= moments[:, :1]
        width = np.sqrt(moments[:, 3] - np.square(moments[:, 1]) - np.square(moments[:, 2]))

        # All nine that vote lie within the grid.
        rows, columns = self._not_at_the_edge[rows], self._not_at_the_edge[columns]
        cells = (rows * self.cells + columns)[:, None] + self._votes
        weights = np.square(_sigmoid(values.take(cells * KEYPOINT_COUNT + _POINTS[:, None])))
        weights += _TINY
        weights /= weights.sum(axis=1, keepdims=True)
        place = weights @ AROUND
        place += heads.offset(rows, columns, weights)
        place[:, 0] += rows
        place[:, 1] += columns
        np.divide(place, np.float32(self.cells), out=keypoints[:, 1::-1])
        return keypoints, width


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) in float32."""
    result: np.ndarray = np.negative(logits)
    np.exp(result, out=result)
    result += 1
    np.reciprocal(result, out=result)
    return result
