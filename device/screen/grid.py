"""A screenful of characters, each with a style; what differs between two; and what a click on it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from device.columns import columns, cut

NEAR = 6
"""Changes on a line that are no further apart are written as one: moving the cursor takes about as many bytes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a line that does something when clicked.

    :param action: what, by the name that :mod:`device.screen.keys` gives it.
    """

    x: int
    y: int
    width: int
    action: str


class Grid:
    """Signs in rows and columns, from the upper left.  What is put beyond an edge is left out.

    :ivar signs: for each row its signs; "" stands behind a sign that is two columns wide.
    :ivar styles: for each row the style of each sign (:data:`device.screen.look.STYLES`).
    :ivar spots: what can be clicked; the last one that fits counts.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.signs = [[" "] * width for _ in range(height)]
        self.styles = [[""] * width for _ in range(height)]
        self.spots: list[Spot] = []

    def put(self, x: int, y: int, text: str, style: str = "", width: int | None = None, action: str = "") -> int:
        """Write a text; the column behind it comes back.

        :param width: columns there are at most; a longer text ends in "…".
        :param action: what a click on it does.
        """
        if width is not None:
            text = cut(text, width)
        begun = x
        for sign in text:
            wide = 1 if sign < "\u0300" else columns(sign)  # most are, and asking takes long
            if wide == 0:
                continue
            if 0 <= y < self.height and x >= 0 and x + wide <= self.width:
                self.signs[y][x], self.styles[y][x] = sign, style
                if wide == 2:
                    self.signs[y][x + 1], self.styles[y][x + 1] = "", style
            x += wide
        if action:
            self.spots.append(Spot(begun, y, x - begun, action))
        return x

    def put_right(self, x: int, y: int, text: str, style: str = "") -> int:
        """Write a text that ends before column ``x``; the column it begins at comes back."""
        begin = x - columns(text)
        self.put(begin, y, text, style)
        return begin

    def paste(self, other: Grid, x: int, y: int) -> None:
        """Lay another grid over this one."""
        for row in range(other.height):
            for column in range(other.width):
                if 0 <= y + row < self.height and 0 <= x + column < self.width:
                    self.signs[y + row][x + column] = other.signs[row][column]
                    self.styles[y + row][x + column] = other.styles[row][column]
        self.spots += [Spot(spot.x + x, spot.y + y, spot.width, spot.action) for spot in other.spots]

    def clicked(self, x: int, y: int) -> str:
        """What a click there means; "" for nothing."""
        for spot in reversed(self.spots):
            if spot.y == y and spot.x <= x < spot.x + spot.width:
                return spot.action
        return ""

    def runs(self, y: int, begin: int = 0, end: int | None = None) -> Iterator[tuple[str, str]]:
        """A row, or a part of it, as texts of one style each."""
        text, before = "", ""
        for sign, style in zip(self.signs[y][begin:end], self.styles[y][begin:end], strict=True):
            if style != before and text:
                yield text, before
                text = ""
            before = style
            text += sign
        if text:
            yield text, before

    def changes(self, before: Grid) -> Iterator[tuple[int, int, int]]:
        """The parts of lines that differ from a grid of the same size: x, y and width of each."""
        for y in range(self.height):
            if self.signs[y] == before.signs[y] and self.styles[y] == before.styles[y]:
                continue
            begin = end = -1
            for x in range(self.width):
                if self.signs[y][x] == before.signs[y][x] and self.styles[y][x] == before.styles[y][x]:
                    continue
                if begin >= 0 and x - end > NEAR:
                    yield begin, y, end - begin
                    begin = x
                begin = x if begin < 0 else begin
                end = x + 1
            yield begin, y, end - begin

    def text(self) -> str:
        """All lines without styles and without blanks at their ends."""
        return "\n".join("".join(row).rstrip() for row in self.signs)
