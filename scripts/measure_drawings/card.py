"""A light card to draw on, legible on light and dark pages alike, and the few shapes that the drawings need."""

from __future__ import annotations

import math
import re
from html import escape

INK, SOFT, FAINT = "#2b2f36", "#6f757e", "#d5d3cb"
PAPER, PANEL = "#fcfbf8", "#f2f0ea"
BLUE, RED, GREEN, AMBER = "#2f6db5", "#c8443f", "#2b8a5b", "#c27c0e"
PALE_BLUE, PALE_RED, PALE_GREEN, PALE_AMBER = "#d9e6f5", "#f6dcd9", "#d8ecdf", "#f8e8c9"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

Place = tuple[float, float]


class Card:
    """An SVG picture.

    :param title: what it shows, for those who cannot see it.
    """

    def __init__(self, width: float, height: float, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" role="img" font-family="{FONT}">',
            f"<title>{escape(title)}</title>",
        ]
        self.rect(0.5, 0.5, width - 1, height - 1, fill=PAPER, stroke=FAINT, radius=10)

    def svg(self) -> str:
        """The whole file."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"

    def add(self, part: str) -> None:
        """Add a piece of SVG as it is."""
        self._parts.append(part)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, stroke: str = "none", radius: float = 0
    ) -> None:
        """A rectangle."""
        self.add(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:g}" fill="{fill}" '
            f'stroke="{stroke}"/>'
        )

    def line(self, *places: Place, colour: str = INK, width: float = 2, dash: str = "", fill: str = "none") -> None:
        """A line through places."""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.add(
            f'<polyline points="{points}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-linecap="round" stroke-linejoin="round"{dashed}/>'
        )

    def dashed(self, *places: Place, colour: str = SOFT, width: float = 1.2) -> None:
        """A thin dashed line: a help, not a thing."""
        self.line(*places, colour=colour, width=width, dash="4 4")

    def shape(self, *places: Place, fill: str, colour: str = "none", width: float = 2) -> None:
        """A filled polygon."""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        self.add(f'<polygon points="{points}" fill="{fill}" stroke="{colour}" stroke-width="{width:g}"/>')

    def dot(self, place: Place, radius: float = 4.5, fill: str = INK, colour: str = PAPER, width: float = 1.5) -> None:
        """A circle."""
        self.add(
            f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius:g}" fill="{fill}" stroke="{colour}" '
            f'stroke-width="{width:g}"/>'
        )

    def arrow(self, start: Place, end: Place, colour: str = INK, width: float = 1.6, both: bool = False) -> None:
        """An arrow, with heads at both ends for a distance."""
        self.line(start, end, colour=colour, width=width)
        self._head(start, end, colour)
        if both:
            self._head(end, start, colour)

    def _head(self, start: Place, end: Place, colour: str) -> None:
        way = math.atan2(end[1] - start[1], end[0] - start[0])
        size = min(8.0, 0.45 * math.dist(start, end))
        wings = [(end[0] - size * math.cos(way + s), end[1] - size * math.sin(way + s)) for s in (0.42, -0.42)]
        self.shape(end, *wings, fill=colour)

    def arc(self, middle: Place, radius: float, start_deg: float, end_deg: float, colour: str = INK) -> None:
        """Part of a circle; angles as on paper: 0° to the right, 90° down."""
        self.line(*_round(middle, radius, start_deg, end_deg), colour=colour, width=1.6)

    def sector(self, middle: Place, radius: float, start_deg: float, end_deg: float, fill: str) -> None:
        """A slice of a disc."""
        self.shape(middle, *_round(middle, radius, start_deg, end_deg), fill=fill, colour=PAPER)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 14,
        colour: str = INK,
        at: str = "start",
        bold: bool = False,
        rim: bool = True,
    ) -> None:
        """Words; what stands between _underscores_ leans.

        :param at: what ``x`` is: the words' "start", "middle" or "end".
        :param rim: whether they stand on a rim of paper, so that no line runs through them.
        """
        inner = re.sub(r"_([^_]+)_", r'<tspan font-style="italic">\1</tspan>', escape(words))
        weight = ' font-weight="600"' if bold else ""
        if rim:
            weight += f' stroke="{PAPER}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
        self.add(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}" text-anchor="{at}"{weight}>'
            f"{inner}</text>"
        )

    def lines(self, x: float, y: float, *rows: str, size: float = 13, colour: str = SOFT, at: str = "start") -> None:
        """Rows of words."""
        for number, row in enumerate(rows):
            self.text(x, y + number * size * 1.38, row, size, colour, at)

    def camera(self, x: float, y: float, turn_deg: float = 0.0) -> None:
        """A camera that looks up the page, turned clockwise; its lens is at the place."""
        self.add(
            f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn_deg:g})"><path d="M-8 0 L8 0 L5 9 L-5 9 Z" '
            f'fill="{SOFT}"/><rect x="-17" y="9" width="34" height="21" rx="4" fill="{INK}"/></g>'
        )


def turned(middle: Place, angle_deg: float, ahead: float, right: float) -> Place:
    """A place on a body seen from above, that faces down the page turned by an angle towards the page's right.

    :param ahead: how far before the body's middle.
    :param right: how far to the body's own right.
    """
    sine, cosine = math.sin(math.radians(angle_deg)), math.cos(math.radians(angle_deg))
    return middle[0] + ahead * sine - right * cosine, middle[1] + ahead * cosine + right * sine


def _round(middle: Place, radius: float, start_deg: float, end_deg: float) -> list[Place]:
    count = max(2, round(abs(end_deg - start_deg) / 3) + 1)
    angles = [math.radians(start_deg + (end_deg - start_deg) * i / (count - 1)) for i in range(count)]
    return [(middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle)) for angle in angles]
