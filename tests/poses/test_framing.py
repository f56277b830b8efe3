"""How still the square is held, from hand-made squares."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.poses.crop import Square, square_about
from device.poses.framing import HURRY_SHARE, MOVE_SHARE, Framing

FPS = 15
SIDE = 250


def settled() -> Framing:
    """The square around somebody who has stood still for three seconds."""
    framing = Framing(0.0, square_about(300, 200, SIDE), 192)
    for i in range(3 * FPS):
        framing.step(i / FPS, square_about(300, 200, SIDE))
    return framing


def test_points_that_come_and_go_do_not_move_it() -> None:
    """Hips that are found in every third pose only, and pull by a sixth of the side, leave the square where it is."""
    framing = settled()
    before = framing.square
    for i in range(10 * FPS):
        framing.step(3 + i / FPS, square_about(300, 200 + (0.17 * SIDE if i % 3 == 0 else 0), SIDE))
        assert framing.square == before


def test_it_moves_to_the_middle_of_what_is_wanted() -> None:
    """A runner who has moved by more than the share is in its middle again, to within a tenth, after a second; one who
    jumps far is at once."""
    framing = settled()
    for i in range(FPS):
        framing.step(3 + i / FPS, square_about(300 + 1.5 * MOVE_SHARE * SIDE, 200, SIDE))
    assert abs(framing.square.middle[0] - (300 + 1.5 * MOVE_SHARE * SIDE)) <= MOVE_SHARE * SIDE
    assert framing.square.middle[0] > 300
    there = 300 + 3 * HURRY_SHARE * SIDE
    framing.step(5, square_about(there, 200, SIDE))
    assert framing.square == square_about(there, 200, SIDE)


def test_it_goes_on_with_a_square_that_is_known() -> None:
    """A runner who comes back is looked at through the same square as before, if that still serves."""
    known = Square(170, 72, 258)
    framing = Framing(0.0, square_about(300, 200, SIDE), 192, known)
    for i in range(5 * FPS):
        framing.step(i / FPS, square_about(300, 200, SIDE))
        assert framing.square == known


@given(st.lists(st.tuples(st.integers(-50, 700), st.integers(-50, 500), st.integers(10, 640)), min_size=1, max_size=50))
def test_never_larger_than_what_was_wanted(wanted: list[tuple[int, int, int]]) -> None:
    """Whatever is wanted, the square is never larger than the largest, or than the model's picture.

    The middle that the last pose wants lies well within it.
    """
    squares = [Square(*one) for one in wanted]
    framing = Framing(0.0, squares[0], 192)
    for i, square in enumerate(squares):
        framing.step(i / FPS, square)
        assert framing.square.size_px <= max(192, *(one.size_px for one in squares[: i + 1]))
        (x, y), (middle_x, middle_y) = framing.square.middle, square.middle
        assert max(abs(x - middle_x), abs(y - middle_y)) <= HURRY_SHARE * framing.square.size_px + 1
