"""Texts fitted to the columns of a terminal: cleaned, cut, wrapped, padded, coloured.

What is shown comes from drivers, files and other versions, so it may hold anything: control characters are taken out,
and what a terminal draws two columns wide counts as two.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import TextIO

_STYLES = {"bold": "1", "dim": "2", "red": "1;31", "green": "32", "yellow": "33"}
_PLAIN = str.maketrans(
    {"█": "#", "·": ".", "┃": "|", "✓": "+", "✗": "x", "…": "~", "–": "-", "→": ">", "×": "x", "°": "deg"}
)


def clean(text: object) -> str:
    """The text on one line, without anything that moves a terminal's cursor or changes its colours."""
    words = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in str(text)).split()
    return " ".join(words)


def columns(text: str) -> int:
    """How many columns a terminal needs for the text."""
    return sum(_width(sign) for sign in text)


def cut(text: str, width: int) -> str:
    """The text, its end replaced by "…" where it is too long."""
    if columns(text) <= width:
        return text
    return text[: _fitting(text, width - 1)].rstrip() + "…" if width > 0 else ""


def pad(text: str, width: int) -> str:
    """The text, cut or filled with blanks to exactly this many columns."""
    short = cut(text, width)
    return short + " " * (width - columns(short))


def wrap(text: str, width: int, most: int | None = None) -> list[str]:
    """The text in lines broken between words, at most so many; a word too long for a line is broken anywhere.

    :param width: at least 2, so that every sign fits.
    """
    lines = [""]
    for word in text.split():
        while columns(word) > width:
            fits = _fitting(word, width)
            lines += [word[:fits], ""]
            word = word[fits:]
        if lines[-1] and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    lines = [line for line in lines if line]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], cut(f"{lines[most - 1]}…", width)]
    return lines


def paint(text: str, style: str, colour: bool) -> str:
    """The text in a style ("bold", "dim", "red", "green", "yellow"), or as it is where colour is off."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text


def unpainted(text: str) -> str:
    """The text without :func:`paint`'s marks."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)


def colourful(stream: TextIO) -> bool:
    """Whether colours are welcome there: a terminal that knows them, and nobody who asked for none (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def show(text: str, end: str = "\n") -> None:
    """Print to standard output; signs that its encoding lacks are written with plain ones."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    print(text, end=end, flush=True)


def _fitting(text: str, width: int) -> int:
    """How many signs of the text fit into so many columns."""
    used = 0
    for count, sign in enumerate(text):
        used += _width(sign)
        if used > width:
            return count
    return len(text)


def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
