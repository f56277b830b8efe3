"""A Raspberry Pi seen from above, its USB sockets pointing down the page."""

from __future__ import annotations

from measure_drawings.card import PAPER, Card

WIDE, HIGH = 132.0, 200.0
METAL, METAL_EDGE, SOCKET = "#e4e4e2", "#a5a8ac", "#23272d"
_BOARD, _EDGE, _CHIP, _PIN = "#dcebdf", "#7fae8c", "#c9cbce", "#e3c46a"


def board(card: Card, x: float, y: float) -> None:
    """Draw the board with its upper left corner at the place."""
    card.rect(x + 48, y - 5, 34, 24, fill=METAL, stroke=METAL_EDGE, radius=2)
    card.rect(x, y, WIDE, HIGH, fill=_BOARD, stroke=_EDGE, radius=7)
    for hole in ((x + 9, y + 9), (x + WIDE - 9, y + 9), (x + 9, y + 144), (x + WIDE - 9, y + 144)):
        card.dot(hole, 4, fill=PAPER, colour=_EDGE)
    card.rect(x + 44, y + 54, 38, 38, fill=_CHIP, stroke=METAL_EDGE, radius=3)
    for top, high in ((24.0, 20.0), (64.0, 14.0), (92.0, 14.0)):
        card.rect(x - 4, y + top, 18, high, fill=METAL, stroke=METAL_EDGE, radius=2)
    for left in (10.0, 51.0, 92.0):
        card.rect(x + left, y + HIGH - 42, 31, 50, fill=METAL, stroke=METAL_EDGE, radius=2)
    left, top, bottom = socket(x, y)
    card.rect(left, top, 15, bottom - top, fill=SOCKET, radius=2)
    for row in range(20):
        for column in (0, 1):
            card.rect(left + 3.2 + 6 * column, top + 2.6 + 5.9 * row, 2.6, 2.6, fill=_PIN)


def socket(x: float, y: float) -> tuple[float, float, float]:
    """Where the header is on a board drawn at a place: its left, top and bottom edge."""
    return x + WIDE - 19, y + 17, y + 136
