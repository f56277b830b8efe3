"""The last seconds of key points, as plain arrays."""

from __future__ import annotations

import numpy as np


class Window:
    """A ring of rows with their times, from which the newest can be had as one piece without copying.

    Each row is kept twice, ``capacity`` places apart, so that the last ``capacity`` rows always lie side by side.

    :param capacity: how many rows are kept; older ones are forgotten.
    :param width: numbers in a row.
    """

    def __init__(self, capacity: int, width: int) -> None:
        self._capacity = capacity
        self._t_s = np.full(2 * capacity, np.inf)
        self._both = np.full((2, capacity, width), np.nan)
        self._rows = self._both.reshape(2 * capacity, width)
        self._next = 0
        self._count = 0

    def push(self, t_s: float, row: np.ndarray) -> None:
        """Add a row; its time must be later than that of the last."""
        place = self._next
        self._t_s[place] = self._t_s[place + self._capacity] = t_s
        self._both[:, place] = row
        self._next = (place + 1) % self._capacity
        if self._count < self._capacity:
            self._count += 1

    def since(self, t_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Times and rows later than ``t_s``, oldest first; views that the next push may change."""
        end = self._next + self._capacity
        start = end - self._count
        start += int(np.searchsorted(self._t_s[start:end], t_s, side="right"))
        return self._t_s[start:end], self._rows[start:end]

    def clear(self) -> None:
        """Forget everything."""
        self._count = 0
