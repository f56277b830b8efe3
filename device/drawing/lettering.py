"""Text as masks, each drawn once and kept.

The font is the one that Pillow carries in itself, so the film looks the same where no font is installed at all.  It
holds hardly more than ASCII: for a text beyond that DejaVu is taken where the system has it, else letters lose their
accents.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from device.drawing.paint import Mask, Picture, blend
from device.drawing.theme import Colour

_FINER = 3
"""Text is drawn this much larger and then reduced: no hinting, and bold strokes finer than a pixel."""

_PLAIN_SIGNS = {"–": "-", "—": "-", "‑": "-", "×": "x", "ß": "ss", "„": '"', "‚": "'", "ø": "o", "æ": "ae", "ł": "l"}

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)
def _built_in(size_px: int) -> Font:
    font = ImageFont.load_default(size=size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):  # Pillow without FreeType knows only a 10 px bitmap font
        raise RuntimeError("Pillow is built without FreeType")
    return font


@lru_cache(maxsize=512)
def _has(sign: str) -> bool:
    font = _built_in(40)
    return sign == " " or bytes(font.getmask(sign)) != bytes(font.getmask("\ufffe"))


@lru_cache(maxsize=32)
def _installed(size_px: int) -> Font | None:
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size_px)
    except OSError:
        return None


def _readable(string: str) -> str:
    """Return the text with what the built-in font lacks put as plainly as it can be."""
    signs = []
    for sign in string:
        if _has(sign):
            signs.append(sign)
            continue
        spelled = _PLAIN_SIGNS.get(sign) or "".join(s for s in unicodedata.normalize("NFKD", sign) if s.isascii())
        signs.append(spelled or "?")
    return "".join(signs)


@lru_cache(maxsize=512)
def letters(string: str, size_px: int, bold: bool = False) -> Mask:
    """Return a text's mask.

    All masks of one size are equally high, with the baseline at :func:`baseline_px`, so that texts placed at the same y
    stand on one line.
    """
    string = " ".join(string.split())
    font = _built_in(size_px * _FINER)
    if not all(_has(sign) for sign in string):
        other = _installed(size_px * _FINER)
        if other is not None:
            font = other
        else:
            string = _readable(string)
    stroke = max(1, round(size_px * _FINER / 60)) if bold else 0
    height = round(size_px * 1.3)
    width = max(1, -(-(round(font.getlength(string)) + 2 * stroke) // _FINER))
    large = Image.new("L", (width * _FINER, height * _FINER), 0)
    ImageDraw.Draw(large).text(
        (stroke, baseline_px(size_px) * _FINER), string, fill=255, font=font, anchor="ls", stroke_width=stroke
    )
    mask: Mask = np.asarray(large.reduce(_FINER)).copy()
    mask.flags.writeable = False
    return mask


def baseline_px(size_px: int) -> int:
    """Return how far below a mask's top its baseline lies."""
    return size_px


def length_px(string: str, size_px: int, bold: bool = False) -> int:
    """Return a text's width."""
    return int(letters(string, size_px, bold).shape[1])


def write(
    target: Picture,
    string: str,
    x: int,
    baseline: int,
    size_px: int,
    colour: Colour,
    *,
    bold: bool = False,
    align: str = "left",
) -> int:
    """Write a text on a baseline; return its width.

    :param x: where its left edge lies, or its right edge or middle with ``align`` "right" or "middle".
    """
    mask = letters(string, size_px, bold)
    width = int(mask.shape[1])
    left = {"left": x, "right": x - width, "middle": x - width // 2}[align]
    blend(target, mask, colour, left, baseline - baseline_px(size_px))
    return width


def wrap(string: str, size_px: int, width_px: int, lines: int) -> list[str] | None:
    """Break a bold text into at most ``lines`` lines of ``width_px``, about equally long; None where it does not fit.

    A text of fewer lines is preferred to one of more.
    """
    words = string.split()
    for count in range(1, lines + 1):
        target = length_px(string, size_px, bold=True) / count
        rows: list[str] = [""]
        for word in words:
            longer = f"{rows[-1]} {word}".strip()
            here = length_px(longer, size_px, bold=True)
            if rows[-1] and (here > width_px or (here > target * 1.15 and len(rows) < count)):
                rows.append(word)
            else:
                rows[-1] = longer
        if len(rows) <= count and all(length_px(row, size_px, bold=True) <= width_px for row in rows):
            return rows
    return None
