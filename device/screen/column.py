"""The grid on Textual's terms."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from device.screen.grid import Grid
from device.screen.look import STYLES

_STYLES = {name: Style.parse(style) for name, style in STYLES.items()}


class Column(Widget):
    """A few columns of the grid.

    What Textual writes of a changed line begins at the left edge of a widget, wherever the change is: with narrow ones
    that is not far away.

    :param left: the grid's column that it begins with.
    """

    ALLOW_SELECT = False
    WIDTH = 8

    def __init__(self, left: int) -> None:
        super().__init__()
        self._left = left
        self._grid = Grid(0, 0)

    def show(self, grid: Grid, changes: list[tuple[int, int, int]] | None) -> None:
        """Show another grid.

        :param changes: what differs (:meth:`Grid.changes`); None for everything.
        """
        self._grid = grid
        if changes is None:
            self.refresh()
            return
        right = self._left + self.WIDTH
        regions = [
            Region(max(x - self._left, 0), y, min(x + width, right) - max(x, self._left), 1)
            for x, y, width in changes
            if x < right and x + width > self._left
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """A row for Textual."""
        if y >= self._grid.height or self._left >= self._grid.width:
            return Strip.blank(self.size.width)
        runs = self._grid.runs(y, self._left, self._left + self.WIDTH)
        return Strip([Segment(text, _STYLES[style]) for text, style in runs])
