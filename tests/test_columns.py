"""Texts fitted to a terminal's columns."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.columns import clean, colourful, columns, cut, pad, paint, show, unpainted, wrap


@given(st.text(), st.integers(0, 40))
def test_what_is_cut_fits(text: str, width: int) -> None:
    """Whatever the text, it takes no more columns than asked for, and a text that fits stays as it is."""
    text = clean(text)
    short = cut(text, width)
    assert columns(short) <= width
    assert (short == text) == (columns(text) <= width)
    assert columns(pad(text, width)) == width


@given(st.text(), st.integers(2, 40), st.integers(1, 4))
def test_what_is_wrapped_fits_and_keeps_every_sign(text: str, width: int, most: int) -> None:
    """Lines are as narrow as asked for, and together hold the text; cut off at the most lines there may be."""
    text = clean(text)
    lines = wrap(text, width)
    assert all(0 < columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    few = wrap(text, width, most)
    assert len(few) <= most
    assert all(columns(line) <= width for line in few)
    assert few == lines or few[-1].endswith("…")


def test_words_stay_whole_where_they_can() -> None:
    """Lines break between words; a word longer than a line is broken anywhere."""
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("a abcdefghij b", 4) == ["a", "abcd", "efgh", "ij b"]
    assert wrap("", 7) == []


def test_wide_signs_count_twice_and_marks_not_at_all() -> None:
    """Chinese signs take two columns, a combining accent none."""
    assert (columns("跑步"), columns("e\u0301")) == (4, 1)
    assert cut("跑步机", 5) == "跑步…"
    assert cut("跑步机", 4) == "跑…"


@given(st.text())
def test_nothing_moves_the_cursor(text: str) -> None:
    """A device's name cannot clear the screen or colour it: no control characters are left, nor line ends."""
    assert clean(text).isprintable()
    assert clean("\x1b[2Jred\r\n\x07line") == "[2Jred line"


def test_colours_only_where_they_are_welcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file gets none, nor does a terminal that knows none or whose user wants none."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colourful(terminal)
    assert not colourful(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colourful(terminal)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not colourful(terminal)
    assert unpainted(paint("x", "red", True)) == "x" == paint("x", "red", False)


def test_a_terminal_without_the_signs_gets_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the encoding is ASCII, marks and bars become letters, and nothing fails."""
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    show("✓ ██┃· 20 °C 跑\ud800")
    assert raw.getvalue() == b"+ ##|. 20 degC ??\n"
