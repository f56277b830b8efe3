"""Lines and dots within characters: eight dots a character in Braille, or two in half blocks."""

from __future__ import annotations

import math

from device.screen.grid import Grid

_BRAILLE = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each Braille dot, by row and column (Unicode, chapter 21.1)."""
_HALVES = " ▀▄█"


class Canvas:
    """A grid of dots.

    Of several strokes in one character the one with the highest rank gives it its style.

    :param columns: width in characters.
    :param rows: height in characters.
    :param braille: 2 × 4 dots a character; else 1 × 2, for terminals without Braille (the Linux console).
    """

    def __init__(self, columns: int, rows: int, braille: bool = True) -> None:
        self.columns, self.rows = columns, rows
        self._across, self._down = (2, 4) if braille else (1, 2)
        self._braille = braille
        self.width, self.height = columns * self._across, rows * self._down
        self._bits = [[0] * columns for _ in range(rows)]
        self._styles: list[list[tuple[int, str]]] = [[(-1, "")] * columns for _ in range(rows)]

    def dot(self, x: float, y: float, style: str = "", rank: int = 0) -> None:
        """Set the dot nearest to a point; (0, 0) is the middle of the upper left one.  Outside nothing is set."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return
        column, row = math.floor(x + 0.5), math.floor(y + 0.5)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return
        bit = _BITS[row % 4][column % 2] if self._braille else 1 + row % 2
        row, column = row // self._down, column // self._across
        self._bits[row][column] |= bit
        if rank >= self._styles[row][column][0]:
            self._styles[row][column] = (rank, style)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], style: str = "", rank: int = 0, every: int = 1
    ) -> None:
        """A straight line.

        :param every: set only every second, third … of its dots.
        """
        if not all(map(math.isfinite, (*start, *end))):
            return
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        # What lies far outside need not be walked through: it would take for ever.
        count = max(1, math.ceil(min(steps, 8.0 * (self.width + self.height))))
        for step in range(0, count + 1, every):
            share = step / count
            x, y = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            self.dot(x, y, style, rank)

    def grid(self) -> Grid:
        """The dots as characters."""
        grid = Grid(self.columns, self.rows)
        for y, row in enumerate(self._bits):
            for x, bits in enumerate(row):
                if bits:
                    grid.signs[y][x] = chr(_BRAILLE + bits) if self._braille else _HALVES[bits]
                    grid.styles[y][x] = self._styles[y][x][1]
        return grid
