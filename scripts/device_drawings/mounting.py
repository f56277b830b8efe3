"""Where the camera stands, and what it should see."""

from __future__ import annotations

import math

from measure_drawings.card import (
    AMBER,
    FAINT,
    GREEN,
    INK,
    PALE_AMBER,
    PALE_BLUE,
    PALE_GREEN,
    PAPER,
    RED,
    SOFT,
    Card,
    Place,
)

from device.posture.view import SECTORS_DEG

from .runner import KNEES_M, TOP_M, runner, runner_from_above, treadmill

AWAY_M, LENS_M = 3.0, 1.1
"""How far away the camera is, and how high."""

BEST_DEG = 30, 60
"""From straight ahead: well within the view at an angle, on whichever side."""
assert SECTORS_DEG["oblique"][0] < BEST_DEG[0] < BEST_DEG[1] < SECTORS_DEG["oblique"][1]

FRAME = "#e9ebea"
FILLS = {"front": PALE_AMBER, "oblique": PALE_GREEN, "side": PALE_BLUE}
SEEN = {
    "oblique": ("at an angle", ("yes", "yes", "yes"), "the best place"),
    "side": ("side", ("yes", "yes", "yes"), ""),
    "front": ("front", ("no", "yes", "most"), "the console is in the way, too"),
}
"""By view: its name, whether lean, shoulders and twist are seen from there, and what else is to say."""


def mounting() -> Card:
    """From above, from the side, and the picture."""
    card = Card(
        760,
        530,
        f"Where the camera stands: about {AWAY_M:g} m away, at hip to chest height, best at {BEST_DEG[0]} to "
        f"{BEST_DEG[1]} degrees from straight ahead, "
        "where lean, shoulders and twist are all seen; from the side, too; from the front no lean and twist not in "
        "everybody. The picture shows the runner from head to knees. No window behind the runner.",
    )
    _above(card, (234, 138), 56.0)
    _table(card, 24, 370)
    card.line((444, 24), (444, 506), colour=FAINT, width=1)
    _side(card, (520, 204), 62.0)
    card.line((462, 262), (736, 262), colour=FAINT, width=1)
    _picture(card, 462, 306)
    return card


def _above(card: Card, middle: Place, scale: float) -> None:
    card.text(24, 36, "From above", 15, bold=True)
    x = middle[0]
    reach = AWAY_M * scale
    for name, (low, high) in SECTORS_DEG.items():
        for side in (1, -1):
            card.sector(middle, reach, 90 + side * low, 90 + side * high, FILLS[name])
    # The wall behind the runner, with what the camera should not look into.
    card.line((x - 120, 52), (x - 44, 52), colour=SOFT, width=5)
    card.line((x + 44, 52), (x + 120, 52), colour=SOFT, width=5)
    card.line((x - 40, 52), (x + 40, 52), colour=AMBER, width=2)
    card.line((x - 12, 43), (x + 12, 61), colour=RED, width=3)
    card.line((x - 12, 61), (x + 12, 43), colour=RED, width=3)
    card.text(x + 52, 42, "no window behind you", 12, RED)
    runner_from_above(card, middle, scale)
    for angle_deg, strong in ((45.0, True), (-45.0, True), (82.0, False), (-82.0, False), (0.0, False)):
        place = _around(middle, reach, angle_deg)
        _camera(card, place, angle_deg, INK if strong else SOFT)
    for side in (1, -1):
        best = [_around(middle, reach, side * angle_deg) for angle_deg in range(BEST_DEG[0], BEST_DEG[1] + 1, 2)]
        card.line(*best, colour=GREEN, width=5)
    card.arrow(_around(middle, 26, 45.0), _around(middle, reach - 5, 45.0), GREEN, both=True)
    at = _around(middle, 0.62 * reach, 59.0)
    card.text(at[0] + 30, at[1] + 4, f"about {AWAY_M:g} m", 12.5, GREEN, "end")
    for name, angle_deg, far in (("side", 78.0, 0.8), ("side", -78.0, 0.8), ("front", 0.0, 0.84)):
        at = _around(middle, far * reach, angle_deg)
        card.text(at[0], at[1] + 4, name, 13, at="middle")
    at = _around(middle, 0.64 * reach, -46.0)
    card.text(at[0], at[1], "best:", 13, at="middle", bold=True)
    card.text(at[0], at[1] + 17, f"{BEST_DEG[0]}–{BEST_DEG[1]}°", 13, at="middle", bold=True)


def _around(middle: Place, away: float, angle_deg: float) -> Place:
    """A place at the runner's right (on the page's left), turned by an angle from straight ahead."""
    angle = math.radians(angle_deg)
    return middle[0] - away * math.sin(angle), middle[1] + away * math.cos(angle)


def _camera(card: Card, place: Place, angle_deg: float, colour: str) -> None:
    """A camera that looks at the runner."""
    card.add(
        f'<g transform="translate({place[0]:.1f} {place[1]:.1f}) rotate({angle_deg:g})">'
        f'<path d="M-6 0 L6 0 L4 7 L-4 7 Z" fill="{SOFT}"/>'
        f'<rect x="-12" y="7" width="24" height="15" rx="3" fill="{colour}" stroke="{PAPER}"/></g>'
    )


def _table(card: Card, x: float, y: float) -> None:
    """Which view shows which fault."""
    columns = [x + 130 + 62 * column for column in range(3)]
    for at, words in zip(columns, ("lean", "shoulders", "twist"), strict=True):
        card.text(at, y, words, 12, SOFT, "middle")
    for row, (name, (title, seen, remark)) in enumerate(SEEN.items()):
        line = y + 26 + 36 * row
        card.rect(x, line - 12, 14, 14, fill=FILLS[name], stroke=SOFT, radius=3)
        card.text(x + 22, line, title, 13, bold=name == "oblique")
        if remark:
            card.text(x + 22, line + 15, remark, 12, SOFT)
        for at, word in zip(columns, seen, strict=True):
            _mark(card, (at, line - 5), word)
    card.text(x, y + 26 + 36 * 3 + 2, "What does not show is not judged, and the coach says so.", 12, SOFT)


def _mark(card: Card, place: Place, word: str) -> None:
    x, y = place
    if word == "yes":
        card.line((x - 6, y), (x - 2, y + 5), (x + 7, y - 6), colour=GREEN, width=3)
    elif word == "no":
        card.line((x - 5, y - 5), (x + 5, y + 5), colour=RED, width=3)
        card.line((x - 5, y + 5), (x + 5, y - 5), colour=RED, width=3)
    else:
        card.text(x, y + 5, "in most", 12, AMBER, "middle")


def _side(card: Card, foot: Place, scale: float) -> None:
    card.text(462, 36, "From the side", 15, bold=True)

    def where(ahead: float, up: float) -> Place:
        return foot[0] + scale * ahead, foot[1] - scale * up

    floor = -0.16
    lens = where(AWAY_M, LENS_M)
    card.shape(lens, where(0.1, TOP_M + 0.3), where(0.1, KNEES_M - 0.25), fill=PALE_GREEN)
    treadmill(card, where)
    runner(card, where, scale)
    card.line(where(-1.0, floor), where(AWAY_M + 0.4, floor), colour=SOFT, width=1.5)
    for leg in (-0.22, 0.0, 0.22):
        card.line((lens[0] + 12, lens[1] + 10), (lens[0] + 12 + leg * scale, where(0, floor)[1]), colour=SOFT, width=2)
    _camera(card, lens, -90.0, INK)
    card.text(lens[0] + 26, lens[1] - 34, "hip to chest", 12, SOFT, "end")
    card.text(lens[0] + 26, lens[1] - 20, "height, level", 12, SOFT, "end")
    card.arrow(where(0.0, floor - 0.24), where(AWAY_M, floor - 0.24), GREEN, both=True)
    card.text(*where(0.5 * AWAY_M, floor - 0.50), f"about {AWAY_M:g} m", 12.5, GREEN, "middle")


def _picture(card: Card, x: float, y: float) -> None:
    """What the camera should see."""
    card.text(x, y - 16, "The picture", 15, bold=True)
    wide, high = 168.0, 126.0
    card.rect(x, y, wide, high, fill=FRAME, stroke=INK, radius=4)
    scale = high / 2.25

    def where(ahead: float, up: float) -> Place:
        return x + wide / 2 + scale * ahead, y + high - 8 - scale * (up + 0.12)

    runner(card, where, scale)
    for height_m, words in ((TOP_M, "room above"), (KNEES_M, "the knees")):
        level = where(0, height_m)[1]
        card.dashed((x + 8, level), (x + wide + 12, level), colour=GREEN)
        card.text(x + wide + 16, level + 4, words, 12.5, GREEN)
    card.lines(
        x,
        y + high + 24,
        "Light from the camera's side.",
        "No mirror, nobody else behind you.",
        "A tripod or a shelf, not the treadmill:",
        "it must not shake.",
        size=12.5,
    )
