"""Tables of numbers, as Markdown for readers and as plain values for programs: the same numbers in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .statistics import Number

NOTHING = "–"
"""What stands where there is no data."""


@dataclass(frozen=True)
class Column:
    """One column.

    :param key: its name in the JSON.
    :param title: its name for readers, with the unit.
    :param digits: decimals shown.
    :param own_n: whether each number is shown with its n, where no other column tells it; a target has none.
    """

    key: str
    title: str
    digits: int = 1
    own_n: bool = False

    def shown(self, number: Number) -> str:
        """A number of this column as readers see it."""
        text = shown(number, self.digits)
        return f"{text}, n {number.n:.0f}" if self.own_n and number.value is not None and number.n else text


@dataclass
class Table:
    """Rows of numbers under a title.

    :param key: its name in the JSON.
    :param label: what the rows are.
    :param note: what a reader must know of it.
    """

    key: str
    title: str
    label: str
    columns: Sequence[Column]
    note: str = ""
    rows: list[tuple[str, Mapping[str, Number]]] = field(default_factory=list)

    def add(self, name: str, numbers: Mapping[str, Number]) -> None:
        """Add a row; it has a number for every column."""
        self.rows.append((name, numbers))

    def markdown(self) -> str:
        """The table with its title and note."""
        lines = [f"### {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += [
            f"| {self.label} | {' | '.join(column.title for column in self.columns)} |",
            f"| --- |{' --: |' * len(self.columns)}",
        ]
        for name, numbers in self.rows:
            cells = [column.shown(numbers[column.key]) for column in self.columns]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines) + "\n"

    def record(self) -> dict[str, Any]:
        """The table as plain values."""
        return {
            "title": self.title,
            "columns": {column.key: column.title for column in self.columns},
            "rows": [
                {"row": name, **{column.key: plain(numbers[column.key]) for column in self.columns}}
                for name, numbers in self.rows
            ],
        }


def shown(number: Number, digits: int) -> str:
    """A number as readers see it: 83.1 (71.0–90.8); n is a column of its own."""
    if number.value is None:
        return NOTHING
    text = _figure(number.value, digits)
    if number.low is None or number.high is None:
        return text
    return f"{text} ({_figure(number.low, digits)} – {_figure(number.high, digits)})"


def plain(number: Number) -> dict[str, float | None]:
    """A number for the JSON, rounded far below what its interval means."""
    names = ("value", "n", "low", "high")
    values = (number.value, number.n, number.low, number.high)
    return {name: None if value is None else round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _figure(value: float, digits: int) -> str:
    """With a true minus sign, and no negative zero; rounded as the JSON is first, so that both round alike."""
    text = f"{round(value, 4):.{digits}f}"
    return text.lstrip("-") if not float(text) else text.replace("-", "−")
