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

_POINTS = np.arange(KEYPOINT_COUNT)


class SmallHeads(Protocol):
    """The regress and the offset head of one picture."""

    def regress(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The way from some cells (n,) to the key points of whoever's middle lies there, float32 (n, 17, 2)."""

    def offset(self, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The mean way to each key point from the nine cells around one (17,) that is not at the edge, float32 (17, 2).

        :param weights: float32 (17, 9) of the cells, in the order of :data:`AROUND`.
        """


class DenseHeads:
    """Both heads as a file puts them out that computes them on all cells.

    :param regress: float32 (cells, cells, 34).
    :param offset: float32 (cells, cells, 34).
    """

    def __init__(self, regress: np.ndarray, offset: np.ndarray) -> None:
        self._regress = regress
        self._offset = offset.reshape(*offset.shape[:2], KEYPOINT_COUNT, 2)

    def regress(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.regress`."""
        way: np.ndarray = self._regress[rows, columns].reshape(-1, KEYPOINT_COUNT, 2)
        return way

    def offset(self, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.offset`."""
        rows, columns = (
            middle[:, None] + way.astype(np.intp) for middle, way in zip((rows, columns), AROUND.T, strict=True)
        )
        mean: np.ndarray = (self._offset[rows, columns, _POINTS[:, None]] * weights[..., None]).sum(axis=1)
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
        self._side = cells + 2  # with a border
        self._zero_point = zero_point
        self._table: np.ndarray | None = None
        ring = (AROUND @ np.array([self._side, 1], np.float32)).astype(np.intp)
        self._around = ring
        self._around_those = (ring[:, None] + ring).ravel()

    def take(self, features: np.ndarray) -> None:
        """Copy the map of the next picture, (cells, cells, C) of any type; it may change or vanish afterwards."""
        if self._table is None or self._table.dtype != features.dtype:
            self._table = np.full((self._side, self._side, self.channels), self._zero_point, features.dtype)
        self._table[1:-1, 1:-1] = features

    def regress(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.regress`."""
        way: np.ndarray = self._regress.inner(self._features(rows, columns, self._around)) @ self._regress.out
        way += self._regress.out_bias
        return way.reshape(-1, KEYPOINT_COUNT, 2)

    def offset(self, rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """See :meth:`SmallHeads.offset`."""
        inner = self._offset.inner(self._features(rows, columns, self._around_those))
        # The last layer is linear: one of the mean is the mean of nine.
        mean: np.ndarray = (weights[:, None] @ inner.reshape(KEYPOINT_COUNT, 9, -1))[:, 0] @ self._offset.out
        mean += self._offset.out_bias
        return mean.reshape(KEYPOINT_COUNT, KEYPOINT_COUNT, 2)[_POINTS, _POINTS]

    def _features(self, rows: np.ndarray, columns: np.ndarray, around: np.ndarray) -> np.ndarray:
        """The features (n, 9, C) of some cells around some cells; n is what follows from both."""
        assert self._table is not None, "take() comes first"
        middles = (rows + 1) * self._side + columns + 1
        places = (middles[:, None] + around).reshape(-1, 9)
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
