"""Angles: where the camera stands, lean, twist."""

from __future__ import annotations

import math

from device.posture.core import VIEW_STRIDES
from device.posture.view import HYSTERESIS_DEG, NOSE_PER_SHOULDERS, SECTORS_DEG, SHOULDERS_PER_TRUNK

from .card import (
    AMBER,
    BLUE,
    FAINT,
    GREEN,
    INK,
    PALE_AMBER,
    PALE_BLUE,
    PALE_GREEN,
    PANEL,
    RED,
    SOFT,
    Card,
    Place,
    turned,
)


def azimuth() -> Card:
    """Where the camera stands, seen from above."""
    card = Card(
        760,
        428,
        "Seen from above: a runner turned away from the camera by the azimuth a. In the picture the shoulders' width "
        "shrinks with the cosine of a, the distance from ears to nose grows with its sine.",
    )
    _projections(card, (178, 120), 40.0)
    card.line((418, 24), (418, 366), colour=FAINT, width=1)
    card.line((24, 382), (736, 382), colour=FAINT, width=1)
    _sectors(card, (588, 128), 122)
    return card


def _projections(card: Card, middle: Place, angle_deg: float) -> None:
    card.text(24, 34, "Seen from above", 15, bold=True)
    half, floor = 78.0, 258.0
    face = 2 * half * NOSE_PER_SHOULDERS
    left, right = turned(middle, angle_deg, 0, -half), turned(middle, angle_deg, 0, half)
    nose = turned(middle, angle_deg, face, 0)
    for shoulder in (left, right):
        card.dashed(shoulder, (shoulder[0], floor), colour=BLUE)
    card.dashed(middle, (middle[0], floor + 34))
    card.dashed(nose, (nose[0], floor + 34), colour=RED)
    card.dashed(nose, turned(middle, angle_deg, 132, 0), colour=INK)
    card.line(left, right, colour=BLUE, width=9)
    card.dot(middle, 29, fill=PANEL, colour=INK, width=2)
    card.line(middle, nose, colour=RED, width=3)
    card.dot(nose, 5.5, fill=RED)
    card.dot(middle, 4)
    for shoulder in (left, right):
        card.dot(shoulder, 6, fill=BLUE)
    card.arc(middle, 96, 90 - angle_deg, 90)
    card.text(middle[0] + 17, middle[1] + 88, "_a_", 17, at="middle", bold=True)
    card.text(*_shift(turned(middle, angle_deg, 132, 0), 6, 8), "way the runner faces", 13, SOFT)
    card.text(right[0] - 12, right[1] - 6, "right", 13, SOFT, "end")
    card.text(right[0] - 12, right[1] + 10, "shoulder", 13, SOFT, "end")
    card.text(left[0] + 12, left[1] + 4, "left", 13, SOFT)
    card.line((right[0], floor), (left[0], floor), colour=BLUE, width=7)
    card.line((middle[0], floor + 34), (nose[0], floor + 34), colour=RED, width=7)
    card.text(left[0] + 16, floor + 5, "width · cos _a_", 14, BLUE)
    card.text(left[0] + 16, floor + 39, "ears to nose · sin _a_", 14, RED)
    card.text(right[0] - 16, floor + 5, "in the", 13, SOFT, "end")
    card.text(right[0] - 16, floor + 21, "picture", 13, SOFT, "end")
    card.camera(middle[0], 330)
    card.text(24, 410, f"tan _a_ = (nose ahead of ears ÷ {NOSE_PER_SHOULDERS:g}) ÷ shoulders' width", 15, bold=True)
    card.text(736, 410, "both as the picture shows them", 13, SOFT, "end")


def _sectors(card: Card, middle: Place, radius: float) -> None:
    card.text(436, 34, "What a view is called", 15, bold=True)
    middle = (middle[0], middle[1] - 4)
    fills = {"front": PALE_AMBER, "oblique": PALE_GREEN, "side": PALE_BLUE}
    for name, (low, high) in SECTORS_DEG.items():
        for side in (1, -1):
            card.sector(middle, radius, 90 + side * low, 90 + side * high, fills[name])
    for name, (low, high) in SECTORS_DEG.items():
        for side in (1, -1) if name != "front" else (0,):
            angle = math.radians(90 - side * (0.5 * (low + high) if side else 0))
            card.text(
                middle[0] + 0.76 * radius * math.cos(angle),
                middle[1] + 0.76 * radius * math.sin(angle) + 4,
                name,
                13,
                at="middle",
            )
    borders = sorted({high for _, high in SECTORS_DEG.values()})
    for border in borders:
        for side in (1, -1):
            angle = math.radians(90 + side * border)
            x, y = middle[0] + (radius + 8) * math.cos(angle), middle[1] + (radius + 8) * math.sin(angle)
            sign = "+" if side > 0 else "−"
            card.text(x, y + 8, f"{sign}{border:g}°", 12, SOFT, "end" if side > 0 else "start")
    card.line((middle[0] - 34, middle[1] - 12), (middle[0] + 34, middle[1] - 12), colour=BLUE, width=8)
    card.dot((middle[0], middle[1] - 12), 14, fill=PANEL, colour=INK, width=2)
    card.line((middle[0], middle[1] - 10), (middle[0], middle[1] + 12), colour=RED, width=3)
    card.dot((middle[0], middle[1] + 12), 4, fill=RED)
    card.text(middle[0], middle[1] + radius + 22, "0°: in front of the runner", 12, SOFT, "middle")
    card.lines(
        436,
        middle[1] + radius + 54,
        "+ is at the runner's right, − at the left.",
        f"A view is left only {HYSTERESIS_DEG:g}° beyond its border.",
        f"The azimuth is the middle of {VIEW_STRIDES} strides,",
        "so that a glance aside does not count.",
    )


def lean() -> Card:
    """A trunk that leans, from three sides."""
    card = Card(
        760,
        430,
        "A trunk of length 1 leaning by lambda reaches sine lambda ahead and cosine lambda up. From azimuth a the "
        "picture shows sine lambda times sine a of the reach; a camera that looks down by p shortens the height.",
    )
    for x in (256, 506):
        card.line((x, 24), (x, 330), colour=FAINT, width=1)
    _sagittal(card, (84, 282))
    _reach(card, (352, 92))
    _pitch(card, (688, 268))
    card.line((24, 346), (736, 346), colour=FAINT, width=1)
    card.text(24, 374, "_q_  =  shoulders ahead of hips ÷ shoulders above hips, both as the picture shows them", 14)
    card.text(24, 404, "tan λ  =  _q_ · cos _p_  ÷  (sin _a_ + _q_ · cos _a_ · sin _p_)", 16, bold=True)
    card.text(736, 404, "level camera, _p_ = 0:   tan λ  =  _q_ ÷ sin _a_", 14, at="end")
    return card


def _sagittal(card: Card, hips: Place) -> None:
    card.text(24, 34, "From the side: the lean λ", 15, bold=True)
    angle, length = math.radians(22), 165.0
    shoulders = (hips[0] + length * math.sin(angle), hips[1] - length * math.cos(angle))
    head = (shoulders[0] + 20, shoulders[1] - 34)
    card.dot(head, 21, fill=PANEL, colour=SOFT)
    card.line((head[0] + 20, head[1] - 2), (head[0] + 28, head[1] + 4), (head[0] + 20, head[1] + 8), colour=SOFT)
    card.dashed(hips, (hips[0], shoulders[1] - 18))
    card.line(hips, shoulders, width=5)
    card.arc(hips, 74, -90, -68)
    card.text(hips[0] + 9, hips[1] - 82, "λ", 17, bold=True)
    card.dot(hips, 7)
    card.dot(shoulders, 7)
    card.text(hips[0], hips[1] + 28, "hips' middle", 13, SOFT, "middle")
    card.text(shoulders[0] + 14, shoulders[1] + 8, "shoulders'", 13, SOFT)
    card.text(shoulders[0] + 14, shoulders[1] + 24, "middle", 13, SOFT)
    card.arrow((hips[0], shoulders[1] - 8), (shoulders[0] - 6, shoulders[1] - 8), RED, both=True)
    card.text(hips[0] - 6, shoulders[1] - 6, "sin λ", 14, RED, "end")
    card.arrow((hips[0] - 22, hips[1]), (hips[0] - 22, shoulders[1] + 4), BLUE, both=True)
    card.text(hips[0] - 28, 0.5 * (hips[1] + shoulders[1]) + 8, "cos λ", 14, BLUE, "end")
    card.text(hips[0] + 0.62 * (shoulders[0] - hips[0]) + 14, hips[1] - 86, "trunk = 1", 13, SOFT)


def _reach(card: Card, hips: Place) -> None:
    card.text(272, 34, "From above: azimuth _a_", 15, bold=True)
    angle_deg, reach, floor = 45.0, 92.0, 236.0
    end = turned(hips, angle_deg, reach, 0)
    card.dashed(hips, (hips[0], floor))
    card.dashed(end, (end[0], floor), colour=RED)
    card.arrow(hips, _toward(hips, end, reach - 7), RED, 3)
    card.dot(hips, 7)
    card.dot(end, 6)
    card.arc(hips, 52, 45, 90)
    card.text(hips[0] + 20, hips[1] + 71, "_a_", 17, bold=True)
    card.text(hips[0] - 12, hips[1] + 5, "hips", 13, SOFT, "end")
    card.text(end[0] + 9, end[1] - 7, "shoulders", 13, SOFT)
    card.text(0.5 * (hips[0] + end[0]) + 10, 0.5 * (hips[1] + end[1]) - 10, "sin λ", 14, RED)
    card.line((hips[0] - 60, floor), (hips[0] + 118, floor), colour=SOFT, width=1.2)
    card.line((hips[0], floor), (end[0], floor), colour=RED, width=7)
    card.text(hips[0] + 38, floor + 22, "sin λ · sin _a_", 14, RED)
    card.text(hips[0] - 60, floor - 8, "picture", 13, SOFT)
    card.camera(hips[0], floor + 38)


def _pitch(card: Card, hips: Place) -> None:
    card.text(522, 34, "Camera looks down by _p_", 15, bold=True)
    pitch = math.radians(16)
    up, down = (math.sin(pitch), -math.cos(pitch)), (math.cos(pitch), math.sin(pitch))
    shoulders = (hips[0] - 40, hips[1] - 150)
    origin = (hips[0] - 90, hips[1] - 64)

    def shown(place: Place) -> Place:
        along = (place[0] - origin[0]) * up[0] + (place[1] - origin[1]) * up[1]
        return origin[0] + along * up[0], origin[1] + along * up[1]

    foot, top = shown(hips), shown(shoulders)
    card.dashed((hips[0], hips[1]), (hips[0], shoulders[1] - 16))
    card.dashed(hips, foot, colour=BLUE)
    card.dashed(shoulders, top, colour=BLUE)
    card.line(
        (foot[0] - 16 * up[0], foot[1] - 16 * up[1]), (top[0] + 22 * up[0], top[1] + 22 * up[1]), colour=SOFT, width=1.2
    )
    card.line(foot, top, colour=BLUE, width=7)
    card.line(hips, shoulders, width=5)
    card.dot(hips, 7)
    card.dot(shoulders, 7)
    lens = (origin[0] - 46 * down[0] - 4 * up[0], origin[1] - 46 * down[1] - 4 * up[1])
    card.camera(*lens, turn_deg=90 + math.degrees(pitch))
    card.dashed(lens, (lens[0] + 118, lens[1]))
    card.dashed(lens, (lens[0] + 118 * down[0], lens[1] + 118 * down[1]), colour=INK)
    card.arc(lens, 78, 0, math.degrees(pitch))
    card.text(lens[0] + 83, lens[1] + 17, "_p_", 16, bold=True)
    card.arrow((hips[0], shoulders[1] - 9), (shoulders[0] + 7, shoulders[1] - 9), RED, both=True)
    card.text(736, shoulders[1] - 24, "sin λ · cos _a_", 13, RED, "end")
    card.text(foot[0] + 4, foot[1] + 22, "picture", 13, SOFT, "end")
    card.text(hips[0] + 9, hips[1] - 70, "cos λ", 14, BLUE)
    card.text(736, 300, "height shown:", 13, SOFT, "end")
    card.text(736, 320, "cos λ · cos _p_ − sin λ · cos _a_ · sin _p_", 12.5, BLUE, "end")


def twist() -> Card:
    """Shoulders that turn, seen from above, and what the picture shows of it."""
    card = Card(
        760,
        466,
        "Shoulders seen from above at both ends of a twist of 30 degrees. From the side and at an angle their "
        "width in the picture changes a lot; from the front it hardly does, but the elbows move sideways.",
    )
    for number, (name, azimuth_deg) in enumerate((("At an angle, 45°", 45.0), ("Side, 85°", 85.0), ("Front, 0°", 0.0))):
        x = 16 + 248 * number
        if number:
            card.line((x - 4, 24), (x - 4, 384), colour=FAINT, width=1)
        _turning(card, x, name, azimuth_deg)
    card.line((24, 402), (736, 402), colour=FAINT, width=1)
    card.text(24, 438, f"width in the picture = {SHOULDERS_PER_TRUNK:g} · cos(_a_ + ψ)", 16, bold=True)
    card.text(736, 438, "twist = largest ψ − smallest ψ in a stride", 15, at="end")
    return card


def _turning(card: Card, x: float, name: str, azimuth_deg: float, half_twist_deg: float = 15.0) -> None:
    card.text(x + 10, 34, name, 15, bold=True)
    middle, half, floor = (x + 118.0, 154.0), 70.0, 260.0
    elbow_back, elbow_out = 50.0, 84.0
    ends = []
    for side, colour in ((-1, BLUE), (1, AMBER)):
        angle_deg = azimuth_deg + side * half_twist_deg
        left, right = (turned(middle, angle_deg, 0, way * half) for way in (-1, 1))
        ends.append((angle_deg, left, right, colour))
        if azimuth_deg == 0:
            elbows = [turned(middle, angle_deg, -elbow_back, way * elbow_out) for way in (-1, 1)]
            for shoulder, elbow in zip((left, right), elbows, strict=True):
                card.line(shoulder, elbow, colour=colour, width=3)
                card.dot(elbow, 5, fill=colour)
        card.line(left, right, colour=colour, width=6)
        card.dot(left, 6, fill=colour)
        card.dot(right, 6, fill=colour)
    card.dot(middle, 23, fill=PANEL, colour=INK, width=2)
    ahead = turned(middle, azimuth_deg, 36, 0)
    card.line(middle, ahead, colour=INK)
    card.dot(ahead, 4)
    for row, (_, left, right, colour) in enumerate(ends):
        y = floor + 24 * row
        for shoulder in (left, right):
            card.dashed(shoulder, (shoulder[0], y), colour=colour, width=1)
    for row, (angle_deg, left, right, colour) in enumerate(ends):
        y = floor + 24 * row
        width = SHOULDERS_PER_TRUNK * math.cos(math.radians(angle_deg))
        card.line((right[0], y), (left[0], y), colour=colour, width=7)
        edge = max(left[0], right[0]) + 10
        card.text(edge, y + 5, f"{width:.2f}".replace("-", "−"), 13, colour)
    card.camera(middle[0], 312)
    low, high = sorted(SHOULDERS_PER_TRUNK * math.cos(math.radians(end[0])) for end in ends)
    if azimuth_deg == 0:
        card.lines(
            x + 118,
            364,
            f"{high:.2f} at both ends, {SHOULDERS_PER_TRUNK:g} between:",
            "the elbows' way tells more",
            at="middle",
        )
        elbows = [turned(middle, end, -elbow_back, elbow_out) for end in (half_twist_deg, -half_twist_deg)]
        inner, outer = (elbow[0] for elbow in elbows)
        y = middle[1] - elbow_back - 40
        for elbow in elbows:
            card.dashed((elbow[0], y), (elbow[0], elbow[1] - 8), colour=GREEN)
        card.arrow((inner, y), (outer, y), GREEN, both=True)
        card.text(max(inner, outer) + 10, y + 5, "elbow's way", 13, GREEN)
    else:
        card.lines(x + 118, 364, "the width changes by", f"{high - low:.2f} trunk lengths", at="middle")


def _shift(place: Place, right: float, down: float) -> Place:
    return place[0] + right, place[1] + down


def _toward(start: Place, end: Place, length: float) -> Place:
    share = length / math.dist(start, end)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
