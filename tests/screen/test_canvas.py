"""Dots within characters."""

from __future__ import annotations

import math

from device.screen.canvas import Canvas


def test_each_dot_has_its_own_bit() -> None:
    """The eight dots of a character are those that Unicode numbers 1 to 8."""
    signs = []
    for x, y in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)):
        canvas = Canvas(1, 1)
        canvas.dot(x, y)
        signs.append(ord(canvas.grid().signs[0][0]) - 0x2800)
    assert signs == [1, 2, 4, 8, 16, 32, 64, 128]


def test_a_line_has_no_gaps() -> None:
    """Every column between its ends has a dot."""
    canvas = Canvas(10, 3)
    canvas.line((0, 0), (19, 11))
    dots = sum(bin(ord(sign) - 0x2800).count("1") for row in canvas.grid().signs for sign in row if sign != " ")
    assert dots == canvas.width


def test_without_braille_there_are_halves() -> None:
    """A terminal without Braille gets two dots a character."""
    canvas = Canvas(3, 1, braille=False)
    for x, y in ((0, 0), (1, 1), (2, 0), (2, 1)):
        canvas.dot(x, y)
    assert canvas.grid().text() == "▀▄█"


def test_what_lies_outside_is_left_out() -> None:
    """Points far away, or none at all, neither fail nor take long."""
    canvas = Canvas(4, 2)
    canvas.line((-1e12, 3), (1e12, 3))
    canvas.line((math.nan, 0), (3, 3))
    canvas.dot(math.inf, 0)
    canvas.dot(-1, -1)
    assert canvas.grid().height == 2


def test_the_highest_rank_gives_a_character_its_style() -> None:
    """A trace over a limit keeps the trace's colour, whichever is drawn first."""
    canvas = Canvas(1, 1)
    canvas.dot(0, 0, "trace", 3)
    canvas.dot(1, 1, "limit", 1)
    assert canvas.grid().styles[0][0] == "trace"
