"""Decodes the heads of MoveNet: which cells of their grid hold the runner's key points, and where in them.

The heads lie on a grid of cells, one for each 4 × 4 pixels.  A person is found by the centre head; the regress head at
that cell says roughly where each key point is; the heat map's best cell near there is the key point's.  So far this
is what the reference graph does (tfhub.dev/google/movenet/singlepose/lightning/4), number for number.  Three things
are ours:

- Who is followed is told from others by where the runner's trunk was last, not by who stands mid-picture.
- The reference takes a key point's place from the offset head at its best cell.  Here the four cells beside it
  vote, too, weighted by their squared scores: the best cell jumps with the noise, the mean does not
  (`scripts/eval_decoder`).
- The peak's width is measured, which tells how far off the key point may be (``device.poses.uncertainty``).

The heat map has 39,168 values (Lightning).  A best cell is looked for in a window around where it should be; what
cannot be told from there is looked for in the whole map.  The outcome is the same.  Right after the network has run no
cache holds any of this, and calling a NumPy function costs more than its work: so there are few calls, and tables.
"""

from __future__ import annotations

import math

import numpy as np

from device.poses.crop import TRUSTED_SCORE
from device.poses.lazy import KEYPOINT_COUNT, VOTERS, SmallHeads
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER

DISTANCE_OFFSET_CELLS = 1.8
"""Added to a distance before dividing by it; a constant of the reference graph, for both weightings."""

PEAK_CELLS = 3
"""The width of a peak is taken from the cells up to so many away from its best one.  Chosen by us among 2 and 3."""

MOST_PEOPLE = 8
"""So many people at most are compared with the one who is expected.  Chosen by us."""

FIT_CELLS = 1.8
"""A person's score counts half when the shoulders and hips lie this far from the expected ones.  Chosen by us."""

WINDOW_CELLS = 6
"""A best cell is looked for up to so many cells away from its rough place first.  Chosen by us: it is faster so."""

_TRUNK = np.array([L_SHOULDER, R_SHOULDER, L_HIP, R_HIP])
_BLOCK_CELLS = 8
_OUTSIDE = np.float32(WINDOW_CELLS + 0.5 + DISTANCE_OFFSET_CELLS - 1e-3)  # bounds and values are rounded differently
_POINTS = np.arange(KEYPOINT_COUNT)
_NOTHING = np.float32(1e-9)  # a score so low everywhere makes a peak as wide as can be
_TINY = np.finfo(np.float32).tiny


class HeadsDecoder:
    """Decodes the heads of one grid size; keeps its tables between calls.

    :param cells: cells along one side of the square grid (48 for Lightning).
    """

    def __init__(self, cells: int) -> None:
        """Prepare the tables that depend on the grid alone."""
        self.cells = cells
        grid: np.ndarray = np.arange(cells * cells).reshape(cells, cells)
        rows, columns = (part.ravel() for part in np.indices(grid.shape))
        self._places = np.stack([rows, columns], axis=1).astype(np.float32)
        away = np.hypot(*(self._places - np.float32(cells / 2)).T)
        self._middle_weight = 1 / (away + np.float32(DISTANCE_OFFSET_CELLS))
        # The cells of each block: (blocks², block²).
        block = max(n for n in range(1, _BLOCK_CELLS + 1) if cells % n == 0)
        blocks = cells // block
        self._block_cells = grid.reshape(blocks, block, blocks, block).swapaxes(1, 2).reshape(blocks**2, block**2)
        self._all_blocks = np.arange(blocks**2)

        # Where the values of a window lie in the heat map, from its first cell on.
        side = min(2 * WINDOW_CELLS + 1, cells)
        self._last_corner = cells - side
        self._window = (grid[:side, :side] * KEYPOINT_COUNT).ravel()
        self._window_cells = grid[:side, :side].ravel()
        self._all_steps = np.arange(cells, dtype=np.float32)
        self._steps = self._all_steps[:side]
        self._cell_steps = np.array([cells, 1], np.float32)

        # For each cell those whose values make a peak's width.  Beyond the edge the map goes on as it ends: a peak that
        # is cut off is no narrower for that.
        ring = np.arange(-PEAK_CELLS, PEAK_CELLS + 1, dtype=np.int32)
        lines = np.clip(np.arange(cells, dtype=np.int32)[:, None] + ring, 0, cells - 1)
        near = (lines * (cells * KEYPOINT_COUNT))[:, None, :, None] + (lines * KEYPOINT_COUNT)[:, None, :]
        # In the smallest numbers that hold them: the table is the largest of all.
        self._near = near.reshape(cells**2, len(ring) ** 2).astype(np.min_scalar_type(int(near.max())))
        # Among these the ones that vote on a place, and whether they lie within the grid.
        self._votes = ((VOTERS + PEAK_CELLS) @ np.array([len(ring), 1], np.float32)).astype(np.intp)
        voters = self._all_steps[:, None] + VOTERS.T[:, None]
        inside = (voters >= 0) & (voters < cells)
        self._inside = (inside[0][:, None] & inside[1]).reshape(cells**2, -1).astype(np.float32)
        y, x = (part.ravel() for part in np.meshgrid(ring, ring, indexing="ij"))
        self._peak_moments = np.stack([np.ones_like(y), y, x, y**2 + x**2], axis=1).astype(np.float32)
        self._nothing = _NOTHING * np.array([1, 0, 0, 2 * PEAK_CELLS**2], np.float32)

    def decode(
        self,
        heatmap: np.ndarray,
        center: np.ndarray,
        heads: SmallHeads,
        expected: np.ndarray | None = None,
        center_scale: float = 1.0,
        center_zero_point: int = 0,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The key points in one picture, and the width of their peaks.

        :param heatmap: float32 (cells, cells, 17), logits; the first axis is y, the second x.
        :param center: float32 or int8 (cells, cells, 1); center_scale × (it − center_zero_point) are logits.
        :param heads: the two other heads.
        :param expected: see :meth:`device.poses.PoseModel.estimate`.
        :returns: float32 (17, 3) = x, y, score, x and y as shares of the picture's side; and float32 (17,), the root
            mean square distance of a peak from its middle, in cells.  Where the heads hold NaN or infinity: points in
            the middle with score 0 and width infinity.
        """
        values = heatmap.reshape(-1)
        highest = heatmap.reshape(self.cells, -1).max(axis=0).reshape(self.cells, KEYPOINT_COUNT).max(axis=0)
        with np.errstate(over="ignore"):  # the exponential of a very low score: its inverse is, rightly, 0
            rough = self._rough(center.reshape(-1), heads, expected, np.float32(center_scale), center_zero_point)
            if math.isfinite(rough.sum() + highest.sum()):
                keypoints, width = self._placed(values, self._best_cells(values, rough, highest), heads)
                if math.isfinite(keypoints.sum()):
                    return keypoints, width
        nobody = np.full((KEYPOINT_COUNT, 3), 0.5, np.float32)
        nobody[:, 2] = 0
        return nobody, np.full(KEYPOINT_COUNT, np.inf, np.float32)

    def _rough(
        self, center: np.ndarray, heads: SmallHeads, expected: np.ndarray | None, scale: np.float32, zero_point: int
    ) -> np.ndarray:
        """About where the key points of the one person are, float32 (17, 2) = y, x in cells."""
        trunk = None if expected is None else expected.take(_TRUNK, axis=0)
        trusted = None if trunk is None else (trunk[:, 2] >= TRUSTED_SCORE).astype(np.float32)
        count = 0.0 if trusted is None else trusted.sum()
        if trunk is None or trusted is None or not count:
            worth = _sigmoid(_logits(center, scale, zero_point))
            worth *= self._middle_weight
            cell = np.array([worth.argmax()])
            only: np.ndarray = (heads.regress(cell) + self._places[cell])[0]
            return only
        cells = self._people(center)
        rough = heads.regress(cells)
        rough += self._places.take(cells, axis=0)[:, None]
        off = rough.take(_TRUNK, axis=1)
        off -= trunk[:, 1::-1] * self.cells
        off *= off
        far = np.sqrt(off[..., 0] + off[..., 1]) @ trusted
        far /= FIT_CELLS * count
        # The score over 1 + the square of this: the inverse is compared.
        far *= far
        far += 1
        far *= _inverse(_logits(center[cells], scale, zero_point))
        best: np.ndarray = rough[far.argmin()]
        return best

    def _people(self, center: np.ndarray) -> np.ndarray:
        """The cells (n,) that may be people's middles: the best of each block, the highest :data:`MOST_PEOPLE` of them.

        Somebody on the border of blocks is in it more than once, which does no harm.
        """
        blocks = center.take(self._block_cells)
        at = blocks.argmax(axis=1)
        best = np.argsort(blocks[self._all_blocks, at], kind="stable")[-MOST_PEOPLE:]
        cells: np.ndarray = self._block_cells[best, at[best]]
        return cells

    def _best_cells(self, values: np.ndarray, rough: np.ndarray, highest: np.ndarray) -> np.ndarray:
        """The cell (17,) where each key point's score, divided by the distance from ``rough``, is the highest.

        What is compared is the inverse, (1 + exp(-logit)) × (distance + 1.8): the lowest counts, the first of equals.

        :param highest: each key point's highest logit in the whole map.
        """
        corners = np.rint(rough)
        corners -= WINDOW_CELLS
        np.minimum(corners, self._last_corner, out=corners)
        np.maximum(corners, 0, out=corners)
        first = (corners @ self._cell_steps).astype(np.intp)
        costs = _inverse(values.take((first * KEYPOINT_COUNT + _POINTS)[:, None] + self._window))
        costs *= _distances(self._steps + (corners - rough)[..., None])
        at = costs.argmin(axis=1)
        best: np.ndarray = first + self._window_cells.take(at)

        # Outside no cell is nearer than half a cell beyond the window, or scores more than the highest of all.
        far = costs[_POINTS, at] >= _inverse(highest) * _OUTSIDE
        if far.any():
            costs = _inverse(values.reshape(-1, KEYPOINT_COUNT).T[far])
            costs *= _distances(self._all_steps - rough[far][..., None])
            best[far] = costs.argmin(axis=1)
        return best

    def _placed(self, values: np.ndarray, best: np.ndarray, heads: SmallHeads) -> tuple[np.ndarray, np.ndarray]:
        """Key points and the width of their peaks, from each one's best cell (17,)."""
        scores = _sigmoid(values.take(self._near.take(best, axis=0) + _POINTS[:, None]))
        keypoints = np.empty((KEYPOINT_COUNT, 3), np.float32)
        keypoints[:, 2] = scores[:, scores.shape[1] // 2]

        moments = scores @ self._peak_moments  # 1, y, x, y² + x²
        moments += self._nothing
        moments[:, 1:] /= moments[:, :1]
        width = np.sqrt(moments[:, 3] - np.square(moments[:, 1]) - np.square(moments[:, 2]))

        weights = scores.take(self._votes, axis=1)
        weights *= weights
        weights += _TINY
        weights *= self._inside.take(best, axis=0)
        weights /= weights.sum(axis=1, keepdims=True)
        place = heads.offset(best, weights)
        place += weights @ VOTERS
        place += self._places.take(best, axis=0)
        np.divide(place, np.float32(self.cells), out=keypoints[:, 1::-1])
        return keypoints, width


def _distances(away: np.ndarray) -> np.ndarray:
    """Distances of all cells of n squares, with the reference's offset, (n, side²), from y and x (n, 2, side)."""
    away *= away
    distances: np.ndarray = (away[:, 0, :, None] + away[:, 1, None, :]).reshape(len(away), -1)
    np.sqrt(distances, out=distances)
    distances += np.float32(DISTANCE_OFFSET_CELLS)
    return distances


def _logits(center: np.ndarray, scale: np.float32, zero_point: int) -> np.ndarray:
    logits: np.ndarray = center.astype(np.float32)
    logits -= zero_point
    logits *= scale
    return logits


def _inverse(logits: np.ndarray) -> np.ndarray:
    """1 + exp(-x) in float32: the inverse of a score."""
    result: np.ndarray = np.negative(logits)
    np.exp(result, out=result)
    result += 1
    return result


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) in float32."""
    result = _inverse(logits)
    np.reciprocal(result, out=result)
    return result
