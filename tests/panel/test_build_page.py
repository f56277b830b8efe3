"""What docs/build.md and its drawings say is what the device does."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import gpiozero
import pytest
from conftest import ROOT
from device_drawings import header, light, wiring

from device import texts
from device.panel.patterns import STATES, held
from device.settings import PanelSettings

PAGE = (ROOT / "docs" / "build.md").read_text()
WORDS = " ".join(PAGE.split())
PANEL = PanelSettings()


def test_the_drawings_are_up_to_date() -> None:
    """docs/device/*.svg are what scripts/draw_device makes of the program as it is."""
    check = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "draw_device"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_page_shows_every_drawing() -> None:
    """Each drawing is on the page, with words for those who cannot see it, and inside as well."""
    for path in (ROOT / "docs" / "device").glob("*.svg"):
        assert re.search(rf"!\[.{{40,}}\]\(device/{path.name}\)", PAGE), path.name
        title = ET.parse(path).getroot().find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert len(title.text or "") > 40


def test_the_header_is_that_of_the_board() -> None:
    """All 40 pins are where gpiozero knows them to be, on a Pi 4 and a Pi 5."""
    for revision in (0xC03114, 0xC04170):
        known = gpiozero.pi_info(revision).headers["J8"]
        assert (known.rows, known.columns, len(header.PINS)) == (20, 2, 40)
        for pin in header.PINS:
            theirs = known.pins[pin.number]
            assert theirs.name == pin.name, pin.number
            assert (theirs.row, theirs.col) == (pin.row + 1, 1 if pin.left else 2)


def test_the_wires_go_to_pins_that_fit() -> None:
    """The drawing names the pins of the settings' defaults, and a ground pin of its own for each part."""
    button, lamp = header.gpio(PANEL.button_gpio), header.gpio(PANEL.light_gpio)
    grounds = header.ground(button), header.ground(lamp)
    assert [pin.name for pin in grounds] == ["GND", "GND"]
    assert grounds[0] != grounds[1]
    drawn = wiring.wiring().svg()
    for pin in (button, lamp):
        assert f"pin {pin.number}: {pin.name}" in drawn
        assert f"pin {pin.number} ({pin.name})" in WORDS
    for pin in grounds:
        assert f"pin {pin.number}: ground" in drawn
        assert f"pin {pin.number} (ground)" in WORDS


@pytest.mark.parametrize("name", STATES)
def test_the_bars_are_the_patterns(name: str) -> None:
    """At any time a state's bar is bright where the light is lit, from the first second to the last."""
    bar = light.spans(STATES[name], 1.0, 7.0)
    assert (bar[0][1], bar[-1][2]) == (1.0, 8.0)
    for i in range(700):
        at_s = (i + 0.5) / 100
        (shown,) = [lit for lit, begin_s, end_s in bar if begin_s <= 1.0 + at_s < end_s]
        assert shown == STATES[name].lit(at_s)


def test_the_page_says_what_the_light_does() -> None:
    """Each state's pattern, in the program's own words; and the two limits of holding."""
    for pattern in STATES.values():
        assert pattern.words in WORDS, pattern.words
    assert [f"hold it for {seconds:g} s" in WORDS for _, seconds in held(True).steps[:2]] == [True, True]


def test_what_the_page_quotes_is_said() -> None:
    """Each phrase of the coach's on the page is one of its texts."""
    english = texts.load("en")
    names = [english[fault]["name"] for fault in ("forward_lean", "hunched_shoulders", "torso_twist")]
    faults = ", ".join(names[:-1]) + english["notices"]["joiner"] + names[-1]
    said = {text.format(faults=faults) for text in english["notices"].values()}
    said |= {text for fault in english.values() for kind in ("cues", "praise") for text in fault.get(kind, ())}
    quoted = re.findall(r'"([A-Z][^"]+)"', WORDS)
    assert len(quoted) >= 8
    for phrase in quoted:
        beginning = phrase.removesuffix("…")
        assert phrase in said or any(beginning != phrase and text.startswith(beginning) for text in said), phrase
