"""The two heads of the network that are read at a few cells only, computed just there.

The regress head is read at the cell of a person's middle, the offset head around the key points' peaks: a few cells of
thousands.  So their layers are left out of the graph, and the map of features that all heads read is put out instead.
Each head is a depthwise 3 × 3 convolution without bias, one to W channels with ReLU, and one to 34 channels: for each
key point the way in cells, y before x.  Beyond the map's edge all features are 0 (TensorFlow's padding "SAME").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from device.records import KEYPOINTS

KEYPOINT_COUNT = len(KEYPOINTS)
HEADS = ("regress", "offset")
PARTS = ("depthwise", "expand", "expand_bias", "out", "out_bias")
"""The arrays of a head are called ``{head}_{part}``."""


AROUND = np.array([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)], np.float32)
"""Rows and columns of the nine cells around a cell, itself in the middle."""

VOTERS = np.array([(-1, 0), (0, -1), (0, 0), (0, 1), (1, 0)], np.float32)
"""Rows and columns of the cells that vote on a key point's place, beside its best one.  The four at the corners change
nothing that could be measured (`scripts/eval_decoder`).  Chosen by us."""

_POINTS = np.arange(KEYPOINT_COUNT)
_BORDER = 2  # around the map: a cell that votes may lie beyond the edge, and reads one further


class SmallHeads(Protocol):
    """The regress and the offset head of one picture.  Cells are told by their number, row by row."""

    def regress(self, cells: np.ndarray) -> np.ndarray:
        """The way from some cells (n,) to the key points of whoever's middle lies there, float32 (n, 17, 2)."""

    def offset(self, cells: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The mean way to each key point from the cells that vote around its own (17,), float32 (17, 2).

        :param weights: float32 (17, 5) of the cells, in the order of :data:`VOTERS`; 0 beyond the edge.
        """


class DenseHeads:
    """Both heads as a file puts them out that computes them on all cells.

    :param regress: float32 (cells, cells, 34).
    :param offset: float32 (cells, cells, 34).
    """

    def __init__(self, regress: np.ndarray, offset: np.ndarray) -> None:
        self._voters = (VOTERS @ np.array([len(offset), 1], np.float32)).astype(np.intp)
        self._regress = regress.reshape(-1, KEYPOINT_COUNT, 2)
        self._offset = offset.reshape(-1, 2)

    def regress(self, cells: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.regress`."""
        way: np.ndarray = self._regress[cells]
        return way

    def offset(self, cells: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.offset`."""
        places = (cells[:, None] + self._voters) * KEYPOINT_COUNT + _POINTS[:, None]
        ways = self._offset.take(places, axis=0, mode="clip")
        mean: np.ndarray = (ways * weights[..., None]).sum(axis=1)
        return mean


class LazyHeads:
    """Both heads, computed from the map of features where they are asked for.

    :param weights: float32, for each of :data:`HEADS` its :data:`PARTS`: depthwise (3, 3, C), expand (C, W),
        expand_bias (W,), out (W, 34), out_bias (34,).
    :param cells: cells along one side of the map.
    :param scale: a feature's value is scale × (number in the map − zero_point).
    :raises ValueError: a part is missing, or does not fit the others.
    """

    def __init__(self, weights: Mapping[str, np.ndarray], cells: int, scale: float = 1.0, zero_point: int = 0) -> None:
        self._regress, self._offset = (_Head(weights, head, scale, zero_point) for head in HEADS)
        self.channels = self._regress.channels
        if self._offset.channels != self.channels:
            raise ValueError(f"its heads read {self.channels} and {self._offset.channels} features")
        self._offset_out = np.ascontiguousarray(self._offset.out.reshape(-1, KEYPOINT_COUNT, 2).swapaxes(0, 1))
        self._offset_out_bias = self._offset.out_bias.reshape(KEYPOINT_COUNT, 2)
        self._zero_point = zero_point
        self._cells = cells
        self._table = np.empty(0)
        side = cells + 2 * _BORDER
        inside = np.arange(side * side).reshape(side, side)[_BORDER:-_BORDER, _BORDER:-_BORDER]
        self._bordered = inside.ravel()
        self._ring, voters = ((way @ np.array([side, 1], np.float32)).astype(np.intp) for way in (AROUND, VOTERS))
        self._rings = (voters[:, None] + self._ring).ravel()

    def take(self, features: np.ndarray) -> None:
        """Copy the map of the next picture, (cells, cells, C) of any type; it may change or vanish afterwards."""
        if self._table.dtype != features.dtype or not self._table.size:
            side = self._cells + 2 * _BORDER
            self._table = np.full((side, side, self.channels), self._zero_point, features.dtype)
        self._table[_BORDER:-_BORDER, _BORDER:-_BORDER] = features

    def regress(self, cells: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.regress`."""
        way: np.ndarray = self._regress.inner(self._features(cells, self._ring)) @ self._regress.out
        way += self._regress.out_bias
        return way.reshape(-1, KEYPOINT_COUNT, 2)

    def offset(self, cells: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.offset`."""
        inner = self._offset.inner(self._features(cells, self._rings)).reshape(KEYPOINT_COUNT, len(VOTERS), -1)
        # The last layer is linear: one of the mean is the mean of five.  Of its outputs each key point has two.
        mean: np.ndarray = ((weights[:, None] @ inner) @ self._offset_out)[:, 0]
        mean += self._offset_out_bias
        return mean

    def _features(self, cells: np.ndarray, around: np.ndarray) -> np.ndarray:
        """The features (n, 9, C) of some cells around some cells; n is what follows from both."""
        assert self._table.size, "take() comes first"
        places = (self._bordered.take(cells)[:, None] + around).reshape(-1, 9)
        features: np.ndarray = self._table.reshape(-1, self.channels).take(places, axis=0)
        return features


class _Head:
    """The layers of one head, for features as they stand in the map.

    :raises ValueError: see :class:`LazyHeads`.
    """

    def __init__(self, weights: Mapping[str, np.ndarray], head: str, scale: float, zero_point: int) -> None:
        depthwise, self._expand, bias, self.out, self.out_bias = _parts(weights, head)
        self.channels = depthwise.shape[1]
        self._depthwise = depthwise * np.float32(scale)
        # What the zero point adds everywhere is taken away once.
        self._bias = bias - (self._depthwise.sum(axis=0) * np.float32(zero_point)) @ self._expand

    def inner(self, around: np.ndarray) -> np.ndarray:
        """The layer before the last at n cells, float32 (n, W).

        :param around: the features (n, 9, C) around each.
        """
        inner: np.ndarray = np.einsum("nkc,kc->nc", around.astype(np.float32), self._depthwise) @ self._expand
        inner += self._bias
        np.maximum(inner, 0, out=inner)
        return inner


def _parts(weights: Mapping[str, np.ndarray], head: str) -> list[np.ndarray]:
    """The five arrays of a head; the depthwise one as (9, C)."""
    missing = [f"{head}_{part}" for part in PARTS if f"{head}_{part}" not in weights]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    parts = [np.asarray(weights[f"{head}_{part}"], np.float32) for part in PARTS]
    channels, width = parts[0].shape[-1:], parts[1].shape[-1:]
    wanted = [(3, 3, *channels), (*channels, *width), width, (*width, 2 * KEYPOINT_COUNT), (2 * KEYPOINT_COUNT,)]
    for part, array, shape in zip(PARTS, parts, wanted, strict=True):
        if array.shape != shape:
            raise ValueError(f"{head}_{part} has the shape {array.shape}, not {shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{head}_{part} holds values that are no numbers")
    parts[0] = parts[0].reshape(9, -1)
    return parts
