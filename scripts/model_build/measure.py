"""How far a model is from its float graph, how long a call takes, and what it should cost on a Raspberry Pi."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.poses import PoseModel, load_model
from device.poses.metadata import heads_weights

from . import tflite

TRUSTED = 0.2
"""Key points the float model itself does not trust say nothing about a copy of it."""

UNIT_PX = 192
"""Distances are in pixels of Lightning's picture, for Thunder as well: shares of the side times this."""

INNER_CELLS, OUTER_CELLS = 1 + 17 * 9, 1 + 17
"""Cells at which ``device.poses.lazy`` computes the inner layers of the heads that are not in the graph, and the last
one: a person's middle, and around each of 17 key points nine cells whose mean goes through the last layer."""

FLOAT_COST = {"Pi 4": 2, "Pi 5": 4}
"""How many INT8 multiply-accumulates take as long as one in float: Cortex-A72, and A76 with its dot product."""

IN_A_ROW = 10
"""Timed calls of a model before it is the next one's turn."""


@dataclass(frozen=True)
class Deviation:
    """Key points' distances from the float graph's, in 1/192 of the picture's side, and their scores' differences."""

    pictures: int
    median_px: float
    mean_px: float
    worst_5_pct_px: float
    score: float


@dataclass(frozen=True)
class Cost:
    """Millions of multiply-accumulates of one call with decoding."""

    int8: float
    floating: float

    def on(self, board: str) -> float:
        """The same in INT8 ones of a board of ``FLOAT_COST``."""
        return self.int8 + FLOAT_COST[board] * self.floating


def deviation(model: PoseModel, squares: Sequence[np.ndarray], wanted: np.ndarray) -> Deviation:
    """What a model says of pictures, compared with what the float graph says (n, 17, 3)."""
    got = np.array([model.estimate(square) for square in squares])
    trusted = wanted[:, :, 2] >= TRUSTED
    off = np.hypot(*np.moveaxis(got[:, :, :2] - wanted[:, :, :2], 2, 0))[trusted] * UNIT_PX
    score = np.abs(got[:, :, 2] - wanted[:, :, 2])[trusted]
    return Deviation(
        len(squares), float(np.median(off)), float(off.mean()), float(np.percentile(off, 95)), float(score.mean())
    )


def times_ms(files: Sequence[Path | None], threads: int, squares: dict[int, np.ndarray], rounds: int) -> list[float]:
    """The middle time of a call with decoding of each model, each told where the runner was last.

    In turn each is called some times in a row, as the coach calls it; the first of these, on caches that another model
    has filled, does not count.

    :param squares: a picture with a person for each size.
    :param rounds: timed calls of each.
    """
    models = [load_model(file, threads) for file in files]
    expected = [model.estimate(squares[model.size_px]) for model in models]
    took: list[list[float]] = [[] for _ in models]
    for _ in range(-(-rounds // IN_A_ROW)):
        for model, pose, own in zip(models, expected, took, strict=True):
            square = squares[model.size_px]
            model.estimate(square, pose)
            for _ in range(IN_A_ROW):
                started = time.perf_counter()
                model.estimate(square, pose)
                own.append(1000 * (time.perf_counter() - started))
    for model in models:
        model.close()
    return [float(np.median(own)) for own in took]


def cost(content: bytes) -> Cost:
    """What a file's convolutions come to, with the cells of the lazy heads where it has them."""
    model = tflite.unpacked(content)
    tensors = model.subgraphs[0].tensors
    count = {np.dtype(np.int8): 0, np.dtype(np.float32): 0}
    for op in model.subgraphs[0].operators:
        if tflite.operation(model, op) in tflite.CONVOLUTIONS:
            _, height, width, channels = tensors[op.outputs[0]].shape
            kernel = tensors[op.inputs[1]]
            taps = int(np.prod(kernel.shape[1:] if tflite.operation(model, op) == "CONV_2D" else kernel.shape[1:3]))
            count[tflite.dtype(tensors[op.inputs[0]])] += int(height) * int(width) * int(channels) * taps
    lazy = heads_weights(content, "the model") or {}
    for name, cells in (("depthwise", INNER_CELLS), ("expand", INNER_CELLS), ("out", OUTER_CELLS)):
        if lazy:  # the offset head stands for both, which are alike
            count[np.dtype(np.float32)] += cells * lazy[f"offset_{name}"].size
    return Cost(count[np.dtype(np.int8)] / 1e6, count[np.dtype(np.float32)] / 1e6)
