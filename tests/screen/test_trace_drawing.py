"""How a fault's value went."""

from __future__ import annotations

import math

import pytest

from device.screen import trace
from device.screen.trace import Lines, Point, Trace

LINES = Lines(8.0, 5.0, 2.0)


def ink(grid: trace.Grid, style: str) -> set[tuple[int, int]]:
    return {
        (x, y) for y, row in enumerate(grid.styles) for x, own in enumerate(row) if own == style and row[x] is not None
    }


def test_a_stride_is_one_point() -> None:
    """Moments of the same stride change nothing; what is unknown ends the line once."""
    kept = Trace()
    for t_s, stride, value in ((0, 1, None), (1, 1, 2.0), (1.1, 1, 2.0), (2, 2, 3.0), (3, 2, None), (4, 3, None)):
        kept.add(t_s, stride, value, 8.0)
    assert [(point.t_s, point.value) for point in kept.points][:2] == [(1, 2.0), (2, 3.0)]
    assert len(kept.points) == 3
    assert math.isnan(kept.points[-1].value)


def test_what_is_old_is_forgotten() -> None:
    """Hours of running do not grow it."""
    kept = Trace()
    for stride in range(5000):
        kept.add(stride * 0.7, stride, 2.0, 8.0)
    assert len(kept.points) < 200
    kept.add(0.0, 0, 2.0, 8.0)  # the coach was started anew
    assert len(kept.points) == 1


def test_time_out_of_limits() -> None:
    """Of 100 s watched 25 s were out; what was not watched does not count."""
    kept = Trace()
    for t_s, value in ((0, 4.0), (50, 9.0), (75, 4.0), (100, None)):
        kept.add(t_s, t_s, value, 8.0)
    assert kept.out_share(110) == pytest.approx(0.25)
    assert kept.out_share(1000) is None
    assert Trace().out_share(5) is None


def test_values_are_above_and_below_the_limits() -> None:
    """Out is drawn above the on limit, the own form at its line; each in its style."""
    points = [Point(float(t_s), 12.0 if t_s >= 60 else 2.0, 8.0) for t_s in range(0, 120, 2)]
    grid = trace.draw(65, 12, points, 119.0, LINES)
    limit_row = next(y for y in range(12) if "limit" in grid.styles[y])
    own_row = next(y for y in range(12) if "own" in grid.styles[y])
    out = {y for y in range(12) if "bad" in grid.styles[y]}
    good = {y for y in range(12) if "good" in grid.styles[y]}
    assert min(out) < limit_row < own_row
    assert max(out) >= limit_row  # it went up there
    assert good == {own_row}
    assert grid.text().split("\n")[limit_row].endswith("8.0")
    assert grid.text().split("\n")[own_row].endswith("2.0")


def test_now_is_at_the_right() -> None:
    """The newest value stands at the right end, what is two minutes old at the left."""
    grid = trace.draw(20, 4, [Point(0.0, 2.0, 8.0), Point(115.0, math.nan, 8.0)], 119.9, LINES)
    columns = [x for x in range(20) if any(grid.styles[y][x] == "good" for y in range(4))]
    assert columns[0] == 0
    assert columns[-1] in (18, 19)
    grid = trace.draw(20, 4, [Point(118.0, 2.0, 8.0)], 119.9, LINES)
    assert [x for x in range(20) if any(grid.styles[y][x] == "good" for y in range(4))] == [19]


def test_it_stands_still_between_characters() -> None:
    """Within the time of one character nothing but the newest end changes: a slow link has little to do."""
    points = [Point(t_s * 0.7, 2.0 + (t_s % 3), 8.0) for t_s in range(160)]
    cell_s = trace.SPAN_S / 40
    t_s = math.floor(108 / cell_s) * cell_s
    before, after = (trace.draw(45, 4, points, t_s + add_s, LINES) for add_s in (0.1, cell_s - 0.1))
    assert {x for x, _, _ in after.changes(before)} <= {38, 39}


def test_one_wild_stride_does_not_flatten_the_rest() -> None:
    """The scale has an end."""
    points = [Point(0.0, 2.0, 8.0), Point(60.0, 500.0, 8.0), Point(61.0, 4.0, 8.0)]
    grid = trace.draw(45, 8, points, 100.0, LINES)
    rows = [y for y in range(8) if "limit" in grid.styles[y]]
    assert rows[0] <= 6


def test_two_measures_share_one_trace() -> None:
    """Each value is drawn in proportion to the limit that it was held against."""
    points = [Point(0.0, 4.0, 8.0, "forward"), Point(60.0, 1.7, 3.4, "raised")]
    grid = trace.draw(45, 8, points, 119.0, Lines(3.4, 2.0, 0.0))
    assert len({y for y in range(8) if "good" in grid.styles[y]}) == 1


def test_nothing_known() -> None:
    """No limits, no values, a dot of a window: nothing fails."""
    assert trace.draw(30, 3, [], 0.0, Lines()).text().strip() == ""
    trace.draw(1, 1, [Point(0.0, 1.0, math.nan)], 5.0, Lines())
    trace.draw(30, 1, [Point(0.0, 1.0, math.nan)], 5.0, Lines(0.0, 0.0, None))
