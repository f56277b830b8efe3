"""A pose model without a network, for tests and for trying the coach out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from device.poses import PoseModel


class FakePoseModel(PoseModel):
    """Answers what it is told to; keeps the pictures that it was shown, and where it was told to expect the runner.

    :param answer: key points (17, 3) = x, y, score for a picture; None: nobody, all scores 0.
    """

    name = "fake"
    sha256 = ""

    def __init__(self, answer: Callable[[np.ndarray], np.ndarray] | None = None, size_px: int = 192) -> None:
        """Nothing was shown yet."""
        self.size_px = size_px
        self.squares: list[np.ndarray] = []
        self.expected: list[np.ndarray | None] = []
        self._answer = answer

    def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
        """See :meth:`PoseModel.estimate`."""
        wanted = (self.size_px, self.size_px, 3)
        if square.shape != wanted or square.dtype != np.uint8:
            raise ValueError(f"a uint8 picture {wanted} is needed, not {square.dtype} {square.shape}")
        self.squares.append(square)
        self.expected.append(expected)
        if self._answer is None:
            return np.array([(0.5, 0.5, 0.0)] * 17, np.float32)
        return np.array(self._answer(square), np.float32)
