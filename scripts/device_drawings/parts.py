"""What belongs together, and what plugs in where."""

from __future__ import annotations

from measure_drawings.card import AMBER, BLUE, INK, PANEL, PAPER, RED, SOFT, Card, Place

from .board import HIGH, METAL_EDGE, WIDE, board, socket

BLACK = "#3a4048"


def parts() -> Card:
    """The Raspberry Pi, and around it what it needs."""
    card = Card(
        760,
        400,
        "The parts: a Raspberry Pi 4 or 5 with its power supply and an SD card; a camera, the Pi's own on its ribbon "
        "or a USB webcam; a loudspeaker on USB, or on the jack of a Pi 4; a button and a light on the header, if you "
        "like.",
    )
    x, y = 314.0, 112.0
    card.text(24, 36, "What you need, and where it goes", 15, bold=True)
    left, top, _ = socket(x, y)
    _wire(card, (190, 146), (260, 146), (270, y + 34), (x - 2, y + 34), colour=BLACK)
    _wire(card, (190, 352), (x + 26, 352), (x + 26, y + HIGH + 4), colour=BLACK)
    _wire(card, (578, 330), (546, 352), (x + 66, 352), (x + 66, y + HIGH + 4), colour=BLACK)
    board(card, x, y)
    _wire(card, (196, 262), (240, 262), (262, y + 123), (x + 8, y + 123), colour="#b8bcc2", width=12)
    card.rect(x + 6, y + 114, 9, 18, fill="#f7f5ef", stroke=SOFT, radius=1)
    _wire(card, (left + 5, top + 40), (520, top + 40), (548, 136), (578, 136), colour=BLUE)
    _wire(card, (left + 5, top + 52), (520, top + 52), (548, 216), (572, 216), colour=AMBER)
    _supply(card, (156, 146))
    _ribbon_camera(card, (164, 262))
    _webcam(card, (160, 352))
    _card(card, (x + 65, 68))
    _button(card, (604, 136))
    _light(card, (604, 216))
    _loudspeaker(card, (604, 316))
    card.text(x + WIDE / 2, y + 150, "Pi 4 or 5", 13, at="middle", bold=True)
    return card


def _wire(card: Card, *places: Place, colour: str, width: float = 3.2) -> None:
    card.line(*places, colour=PAPER, width=width + 3)
    card.line(*places, colour=colour, width=width)


def _words(card: Card, x: float, y: float, title: str, *rows: str, at: str = "start") -> None:
    card.text(x, y, title, 13.5, INK, at, bold=True)
    card.lines(x, y + 17, *rows, size=12, at=at)


def _supply(card: Card, middle: Place) -> None:
    x, y = middle
    card.rect(x - 4, y - 22, 38, 44, fill=INK, radius=6)
    for side in (-9, 9):
        card.line((x - 5, y + side), (x - 16, y + side), colour=METAL_EDGE, width=4)
    _words(card, x - 30, y - 8, "Power supply", "the Pi's own:", "27 W, Pi 4: 15 W", at="end")


def _ribbon_camera(card: Card, middle: Place) -> None:
    x, y = middle
    card.rect(x - 18, y - 18, 50, 36, fill="#dcebdf", stroke="#7fae8c", radius=4)
    card.rect(x - 6, y - 11, 22, 22, fill=INK, radius=3)
    card.dot((x + 5, y), 6, fill=SOFT, colour=PAPER)
    _words(card, x - 38, y - 14, "Pi camera", "any model; Pi 5:", "narrow ribbon", at="end")


def _webcam(card: Card, middle: Place) -> None:
    x, y = middle
    card.rect(x - 24, y - 13, 54, 26, fill=INK, radius=12)
    card.dot((x + 3, y), 8, fill=SOFT, colour=PAPER)
    _words(card, x - 34, y - 2, "or a webcam", "USB, 30 pictures/s", at="end")


def _card(card: Card, middle: Place) -> None:
    x, y = middle
    card.shape((x - 13, y - 17), (x + 8, y - 17), (x + 13, y - 11), (x + 13, y + 17), (x - 13, y + 17), fill=INK)
    for side in (-8, -2, 4):
        card.rect(x + side, y - 13, 4, 8, fill="#e3c46a")
    card.arrow((x, y + 20), (x, y + 36), SOFT)
    _words(card, x + 24, y - 4, "SD card", "16 GB or more")


def _button(card: Card, middle: Place) -> None:
    x, y = middle
    card.rect(x - 26, y - 26, 52, 52, fill=PANEL, stroke=SOFT, radius=7)
    card.dot(middle, 16, fill=RED, colour=INK, width=2)
    _words(card, x + 38, y - 8, "Button", "if you like;", "see the wiring")


def _light(card: Card, middle: Place) -> None:
    x, y = middle
    card.line((x - 34, y), (x - 6, y), colour=METAL_EDGE, width=3)
    card.add(
        f'<path d="M{x - 8:.1f} {y - 18:.1f} h7 v4 h10 a14 14 0 0 1 0 28 h-10 v4 h-7 Z" fill="#f7c948" '
        f'stroke="{AMBER}" stroke-width="2" stroke-linejoin="round"/>'
    )
    _words(card, x + 38, y - 8, "LED, 330 Ω", "if you like;", "any colour")


def _loudspeaker(card: Card, middle: Place) -> None:
    x, y = middle
    card.rect(x - 28, y - 34, 52, 72, fill=PANEL, stroke=SOFT, radius=7)
    card.dot((x - 2, y - 17), 8, fill=INK, colour=SOFT)
    card.dot((x - 2, y + 12), 17, fill=INK, colour=SOFT)
    card.dot((x - 2, y + 12), 6, fill=SOFT, colour=INK)
    _words(card, x + 38, y - 12, "Loudspeaker", "USB; on a Pi 4", "its jack, too.", "A Pi 5 has none.")
