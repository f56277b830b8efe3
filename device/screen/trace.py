"""How a fault's value went, stride by stride, beside its limits."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from device.screen.canvas import Canvas
from device.screen.grid import Grid

SPAN_S = 120.0
"""How far back a trace goes."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a stride measured; it holds until the next.

    :param value: NaN from when it is not known any more.
    :param limit: what it was held against, NaN where nothing.
    """

    t_s: float
    value: float
    limit: float
    measure: str = ""


@dataclass(slots=True)
class Trace:
    """The points of the last :data:`SPAN_S`."""

    points: deque[Point] = field(default_factory=deque)
    _stride: int = -1

    def add(self, t_s: float, stride: int, value: float | None, limit: float | None, measure: str = "") -> None:
        """Take in a moment; between strides nothing is new."""
        if self.points and t_s < self.points[-1].t_s:
            self.points.clear()  # the coach was started anew: its clock, too
        known = math.nan if value is None else value
        last = self.points[-1] if self.points else None
        if last is None or stride != self._stride or math.isnan(known) != math.isnan(last.value):
            if not (math.isnan(known) and (last is None or math.isnan(last.value))):
                self.points.append(Point(t_s, known, math.nan if limit is None else limit, measure))
        elif known != last.value:  # still the same stride, read better
            self.points[-1] = Point(last.t_s, known, math.nan if limit is None else limit, measure)
        self._stride = stride
        while len(self.points) > 1 and self.points[1].t_s < t_s - SPAN_S - 10:
            self.points.popleft()

    def replace(self, points: Iterable[Point]) -> None:
        """Take other points in place of these."""
        self.points = deque(points)

    def out_share(self, t_s: float) -> float | None:
        """Share of the last :data:`SPAN_S` that was beyond the limit, of what was watched; None if nothing was."""
        watched_s = out_s = 0.0
        for point, end_s in _held(self.points, t_s):
            if math.isnan(point.value) or math.isnan(point.limit):
                continue
            lasts_s = max(0.0, end_s - max(point.t_s, t_s - SPAN_S))
            watched_s += lasts_s
            out_s += lasts_s * (point.value > point.limit)
        return out_s / watched_s if watched_s > 0 else None


@dataclass(frozen=True, slots=True)
class Lines:
    """What a trace is drawn against; None for what is not known.

    :param on: above it a stride is out.
    :param clear: below it a stride is good again.
    :param own: the runner's own good form.
    """

    on: float | None = None
    clear: float | None = None
    own: float | None = None


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    height: int

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return (1 - min(1.0, max(0.0, share))) * (self.height - 1)


def draw(columns: int, rows: int, points: Sequence[Point], t_s: float, lines: Lines, braille: bool = True) -> Grid:
    """The last two minutes as a line, the limits as lines across, their numbers at the right.

    The values are drawn through; the on limit has a dot for every character, the off limit for every second, the own
    form for every fourth.  It moves on by whole characters, so that
    a slow terminal has little to redraw.
    """
    grid = Grid(columns, rows)
    label = 5 if columns >= 24 else 0
    across = columns - label
    canvas = Canvas(across, rows, braille)
    cell_s = SPAN_S / across
    right_s = (math.floor(t_s / cell_s) + 1) * cell_s
    shown = [(point, end_s) for point, end_s in _held(points, t_s) if end_s >= right_s - SPAN_S]
    values = [_scaled(point, lines) for point, _ in shown]
    scale = _scale(lines, [value for value in values if math.isfinite(value)], canvas.height)
    _across(canvas, scale, lines)
    dots_s = SPAN_S / canvas.width
    before: tuple[float, float] | None = None
    for (point, end_s), value in zip(shown, values, strict=True):
        if math.isnan(value):
            before = None
            continue
        begin = canvas.width - (right_s - max(point.t_s, right_s - SPAN_S)) / dots_s
        end = canvas.width - (right_s - end_s) / dots_s - 1
        style = "bad" if lines.on is not None and value > lines.on else "good"
        y = scale.y(value)
        if before is not None:
            canvas.line(before, (begin, y), style, 3)
        canvas.line((begin, y), (max(begin, end), y), style, 3)
        before = (max(begin, end), y)
    grid.paste(canvas.grid(), 0, 0)
    if label:
        _labels(grid, across, rows, scale, lines, canvas.height)
    return grid


def _held(points: Iterable[Point], t_s: float) -> list[tuple[Point, float]]:
    """Each point and until when it holds; those that come later than ``t_s`` are left out."""
    listed = [point for point in points if point.t_s <= t_s]
    return list(zip(listed, [*(point.t_s for point in listed[1:]), t_s], strict=False))


def _scaled(point: Point, lines: Lines) -> float:
    """The value as it is drawn now: of a fault with two measures each stands against a limit of its own."""
    if not point.measure or lines.on is None or not point.limit > 0:
        return point.value
    return point.value * lines.on / point.limit


def _scale(lines: Lines, values: Sequence[float], height: int) -> _Scale:
    """From a little below the own form to a little above the limit; further where values are.

    In three rows of characters limit, off limit and own form then have one each.
    """
    if lines.on is None:
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        middle, half = (low + high) / 2, max(1.0, high - low)
        return _Scale(middle - half, middle + half, height)
    own = lines.own if lines.own is not None else 0.0
    far = max(lines.on - own, 0.25 * abs(lines.on), 0.5)
    above, below = 0.6, 0.5
    if values:
        above, below = _enough(max(values) - lines.on, far, above), _enough(own - min(values), far, below)
    return _Scale(own - below * far, lines.on + above * far, height)


def _enough(beyond: float, far: float, least: float) -> float:
    """How much room beyond a line is enough: whole steps, so that it does not change with every stride.

    It has an end: one wild stride must not flatten all others.
    """
    share = beyond / far
    return least if share <= least else float(min(math.ceil(share), 4))


def _across(canvas: Canvas, scale: _Scale, lines: Lines) -> None:
    for rank, (value, style, every) in enumerate(
        ((lines.own, "own", 8), (lines.clear, "clear", 4), (lines.on, "limit", 2))
    ):
        if value is not None and scale.low <= value <= scale.high:
            for x in range(0, canvas.width, every):
                canvas.dot(x, scale.y(value), style, rank)


def _labels(grid: Grid, x: int, rows: int, scale: _Scale, lines: Lines, height: int) -> None:
    """The lines' numbers; where two share a row the more important one stands."""
    for value, style in ((lines.own, "own"), (lines.clear, "clear"), (lines.on, "limit")):
        if value is not None and scale.low <= value <= scale.high:
            y = round(scale.y(value)) * rows // height
            grid.put(x, y, f" {value:<4.1f}"[: grid.width - x], style)
