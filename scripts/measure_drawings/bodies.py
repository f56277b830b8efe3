"""Shoulders raised, shoulders and head drawn forward: figures made of the key points."""

from __future__ import annotations

import numpy as np

from device.posture.change import RAISED
from device.posture.marks import EAR_UP, ELBOW_UP, EYE_UP, TRUNK_UP
from device.posture.signatures import signature

from .card import BLUE, FAINT, GREEN, INK, PANEL, RED, SOFT, Card, Place

TRUNK = 150.0
TALL = 1.2
"""The figures seen from the front are larger by this."""
RAISE = 0.15
"""Drawn larger than real faults are, to be seen."""


def raised() -> Card:
    """The same runner with shoulders down and up, from the front."""
    card = Card(
        760,
        400,
        "Front view of a runner with shoulders down and with shoulders raised: the distance from shoulders to ears "
        "gets shorter, the trunk from hips to shoulders longer.",
    )
    level = 172.0
    _front(card, (112, level), 0.0, "Good form")
    _front(card, (356, level), RAISE, "Shoulders raised")
    card.dashed((30, level), (470, level), colour=SOFT)
    card.text(237, level + 17, "usual height", 12, SOFT, "middle")
    card.line((492, 24), (492, 372), colour=FAINT, width=1)
    _table(card, 510)
    return card


def _front(card: Card, usual: Place, lift: float, title: str) -> None:
    x, level = usual
    card.text(x, 34, title, 15, at="middle", bold=True)
    trunk = TALL * TRUNK
    up = level - lift * trunk
    shoulders = [(x + side * 56, up) for side in (-1, 1)]
    hips = [(x + side * 30, level + trunk) for side in (-1, 1)]
    elbows = [(x + side * 86, level + 92 - 0.45 * lift * trunk) for side in (-1, 1)]
    wrists = [(x + side * 50, level + 62 - 0.75 * lift * trunk) for side in (-1, 1)]
    face = level - 74
    card.dot((x, face + 2), 31, fill=PANEL, colour=SOFT)
    card.line((x, face + 33), (x, up), colour=SOFT)
    card.line(shoulders[0], shoulders[1], hips[1], hips[0], shoulders[0], colour=INK, width=4, fill=PANEL)
    for shoulder, elbow, wrist in zip(shoulders, elbows, wrists, strict=True):
        card.line(shoulder, elbow, wrist, colour=INK, width=4)
    ears = [(x + side * 31, face + 2) for side in (-1, 1)]
    eyes = [(x + side * 12, face - 5) for side in (-1, 1)]
    for place in (*shoulders, *hips, *elbows, *wrists):
        card.dot(place, 5.5, fill=INK)
    for place in (*ears, *eyes, (x, face + 10)):
        card.dot(place, 3.6, fill=INK)
    colours = (RED, GREEN) if lift else (SOFT, SOFT)
    card.arrow((x + 66, face + 2), (x + 66, up), colours[0], both=True)
    card.dashed((x + 36, face + 2), (x + 74, face + 2), colour=colours[0])
    card.arrow((x, up + 6), (x, level + trunk - 4), colours[1], both=True)
    if lift:
        card.text(x + 72, 0.5 * (face + up) + 6, "shorter", 13, RED)
        card.text(x, level + 132, "longer", 13, GREEN, "middle")
    else:
        card.text(x + 72, 0.5 * (face + up) + 6, "ears over", 13, SOFT)
        card.text(x + 72, 0.5 * (face + up) + 22, "shoulders", 13, SOFT)
        card.text(x, level + 132, "trunk", 13, SOFT, "middle")


def _table(card: Card, x: float) -> None:
    card.text(x, 34, "What a raise by 5 % of the", 15, bold=True)
    card.text(x, 54, "trunk (25 mm) does", 15, bold=True)
    card.lines(x, 78, "as the model shows it, % of trunk", size=12.5)
    for column, words in enumerate(("front", "45°", "side")):
        card.text(x + 134 + 46 * column, 112, words, 13, SOFT, "end")
    rows = (
        ("ears over shoulders", EAR_UP),
        ("eyes over shoulders", EYE_UP),
        ("hips to shoulders", TRUNK_UP),
        ("elbows to shoulders", ELBOW_UP),
    )
    x_last = x + 226
    shown = np.array([5.0 * signature(angle)[:, RAISED] for angle in (0.0, 45.0, 90.0)])
    for row, (words, mark) in enumerate(rows):
        y = 146 + 44 * row
        card.text(x, y - 7, words, 13)
        for column in range(3):
            sizes = 100.0 * shown[column, mark] * (-1.0 if mark == ELBOW_UP else 1.0)
            colour = RED if sizes < 0 else GREEN
            card.text(x + 134 + 46 * column, y + 11, _signed(sizes), 14, colour, "end")
        card.line((x, y + 21), (x_last, y + 21), colour=FAINT, width=1)
    card.lines(
        x,
        340,
        "A lean brings ears and shoulders",
        "together as well, but makes the",
        "trunk shorter: a pattern of its own.",
        size=12.5,
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def forward() -> Card:
    """Shoulders rounded and the head pushed forward, from the side."""
    card = Card(
        760,
        392,
        "Side view of a runner in good form, with rounded shoulders, and with the head pushed forward. Rounded "
        "shoulders move ahead below the head; a head pushed forward moves ahead of the shoulders.",
    )
    for number, (title, rounded, head) in enumerate(
        (("Good form", 0.0, 0.0), ("Shoulders rounded", 0.15, 0.0), ("Head pushed forward", 0.0, 0.15))
    ):
        if number:
            card.line((8 + 250 * number, 24), (8 + 250 * number, 368), colour=FAINT, width=1)
        _side(card, (100 + 250 * number, 312), rounded * TRUNK, head * TRUNK, title)
    return card


def _side(card: Card, hip: Place, rounded: float, head: float, title: str) -> None:
    card.text(hip[0] - 76, 34, title, 15, bold=True)
    usual = (hip[0] + 14, hip[1] - TRUNK)
    shoulder = (usual[0] + rounded, usual[1] + 0.1 * rounded)
    usual_ear = (usual[0] + 14, usual[1] - 62)
    ear = (usual_ear[0] + head, usual_ear[1] + 0.25 * head)
    colour = RED if rounded else INK
    neck = (usual[0] - 12 + 0.4 * rounded, usual[1] - 14)
    skull = (ear[0] - 14, ear[1] + 20)
    card.dot((ear[0] + 4, ear[1] - 3), 27, fill=PANEL, colour=SOFT)
    card.add(
        f'<path d="M{hip[0] - 10:.1f} {hip[1]:.1f} C{hip[0] - 14 - 0.3 * rounded:.1f} {hip[1] - 60:.1f} '
        f"{neck[0] - 16 - 1.1 * rounded:.1f} {neck[1] + 64:.1f} {neck[0]:.1f} {neck[1]:.1f} "
        f"C{neck[0] + 5 + 0.3 * rounded:.1f} {neck[1] - 20:.1f} {skull[0] - 4 - 0.9 * head:.1f} {skull[1] + 12:.1f} "
        f'{skull[0]:.1f} {skull[1]:.1f}" fill="none" '
        f'stroke="{SOFT}" stroke-width="4" stroke-linecap="round"/>'
    )
    card.dashed((usual[0], hip[1] + 8), (usual[0], usual[1] - 100))
    card.dashed((usual_ear[0], usual_ear[1] - 44), (usual_ear[0], usual[1] + 26), colour=FAINT, width=1.6)
    card.line(hip, shoulder, colour=INK, width=4)
    elbow = (shoulder[0] - 40, shoulder[1] + 66)
    card.line(shoulder, elbow, (elbow[0] + 76, elbow[1] - 4), colour=INK, width=3)
    card.dot(elbow, 5)
    card.dot((elbow[0] + 76, elbow[1] - 4), 5)
    card.line((ear[0] + 30, ear[1] - 5), (ear[0] + 37, ear[1] + 4), (ear[0] + 29, ear[1] + 7), colour=SOFT)
    card.dot((ear[0] + 24, ear[1] - 7), 3.6)
    card.dot((ear[0] + 37, ear[1] + 4), 3.6)
    card.dot(ear, 6, fill=BLUE if not head else RED)
    card.dot(shoulder, 7, fill=colour)
    card.dot(hip, 7)
    if rounded:
        card.arrow((usual[0], shoulder[1] - 16), (shoulder[0] + 1, shoulder[1] - 16), RED, 2.4)
        card.text(shoulder[0] + 12, shoulder[1] + 8, "rounded", 14, RED)
        card.lines(hip[0] - 76, 348, "ears less ahead of the shoulders,", "upper back curves out")
    elif head:
        card.arrow((usual_ear[0], ear[1] - 40), (ear[0], ear[1] - 40), RED, 2.4)
        card.text(usual_ear[0] - 8, ear[1] - 36, "head forward", 14, RED, "end")
        card.lines(hip[0] - 76, 348, "ears and nose further ahead", "of the shoulders")
    else:
        card.lines(ear[0] + 46, ear[1] - 18, "ear, eye,", "nose")
        card.text(shoulder[0] + 14, shoulder[1] + 6, "shoulder", 13, SOFT)
        card.text(hip[0] - 18, hip[1] + 5, "hip", 13, SOFT, "end")
        card.lines(hip[0] - 76, 348, "dashed: where shoulder and ear", "are in this runner's good form")
