"""The colours of the report: light, dark, and for who tells few of them apart."""

from __future__ import annotations

import re

import pytest

from device.report import page, svg

CSS = page.STYLE.read_text()
LIGHT, DARK = (
    dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
)
SCHEMES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """As WCAG 2 has it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_there_and_legible(scheme: str) -> None:
    """Every colour a drawing uses is in the style sheet; text has a contrast of 4.5, lines of 3 (WCAG 2 AA)."""
    colours = SCHEMES[scheme]
    assert set(svg.NAMES) <= set(colours)
    for ground in ("paper", "card"):
        for name in ("ink", "soft"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    for name in ("lean", "shoulders", "twist", "out", "good", "left", "right", "pain"):
        assert contrast(colours[name], colours["paper"]) >= 3, name
    assert contrast(colours["ink"], colours["warn"]) >= 4.5


def test_stand_ins_do_not_meet_the_real_ones() -> None:
    """No colour of the style sheet is one that stands in for another in a drawing."""
    assert not set(svg.COLOURS.values()) & {*LIGHT.values(), *DARK.values()}
    assert len(set(svg.COLOURS.values())) == len(svg.NAMES)
