"""A screenful of characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.screen.grid import Grid

WIDTH, HEIGHT = 12, 3
TEXTS = st.lists(
    st.tuples(
        st.integers(-3, WIDTH + 2),
        st.integers(-1, HEIGHT),
        st.text(st.sampled_from("ab ✓日e\u0301"), max_size=8),
        st.sampled_from(["", "bold"]),
    ),
    max_size=6,
)


def of(texts: list[tuple[int, int, str, str]]) -> Grid:
    grid = Grid(WIDTH, HEIGHT)
    for x, y, text, style in texts:
        grid.put(x, y, text, style)
    return grid


@given(TEXTS, TEXTS)
def test_changes_are_enough_and_all(old: list[tuple[int, int, str, str]], new: list[tuple[int, int, str, str]]) -> None:
    """Whoever writes the changes over what was there has what is there."""
    before, after = of(old), of(new)
    for x, y, width in after.changes(before):
        assert width > 0
        before.signs[y][x : x + width] = after.signs[y][x : x + width]
        before.styles[y][x : x + width] = after.styles[y][x : x + width]
    assert before.signs == after.signs
    assert before.styles == after.styles


@given(TEXTS)
def test_no_line_is_longer_than_the_screen(texts: list[tuple[int, int, str, str]]) -> None:
    """Whatever is put wherever: each row has its columns, a wide sign two of them."""
    grid = of(texts)
    assert all(len(row) == WIDTH for row in grid.signs)
    assert all("".join(text for text, _ in grid.runs(y)) == "".join(grid.signs[y]) for y in range(HEIGHT))


def test_a_change_is_no_larger_than_it_must_be() -> None:
    """One sign that differs is one sign to write; two near each other are one change, two far apart are two."""
    before = Grid(40, 2)
    after = Grid(40, 2)
    after.put(3, 1, "x")
    assert list(after.changes(before)) == [(3, 1, 1)]
    after.put(6, 1, "x")
    assert list(after.changes(before)) == [(3, 1, 4)]
    after.put(30, 1, "x")
    assert list(after.changes(before)) == [(3, 1, 4), (30, 1, 1)]


def test_the_topmost_spot_is_clicked() -> None:
    """A click finds what lies there, on pasted parts, too; beside it nothing."""
    grid, part = Grid(20, 5), Grid(6, 1)
    grid.put(0, 2, "underneath", action="under")
    part.put(1, 0, "top", action="top")
    grid.paste(part, 4, 2)
    assert [grid.clicked(x, 2) for x in (4, 5, 7, 8)] == ["under", "top", "top", "under"]
    assert grid.clicked(5, 3) == ""


def test_a_long_text_is_cut() -> None:
    """What has no room ends in dots."""
    grid = Grid(10, 1)
    assert grid.put(0, 0, "too long for this", width=8) == 8
    assert grid.text() == "too lon…"
