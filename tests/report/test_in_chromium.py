"""The report in a real browser."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from browser import Browser, find
from PIL import Image
from reading import drawings, report
from reported_runs import BEGUN, Made

from device.advice.diary import Entry

FOUND = find()
pytestmark = pytest.mark.skipif(FOUND is None, reason="needs Chromium or Chrome (apt-get install chromium)")

HOUR = [
    (fault, begun, begun + 60.0)
    for place, fault in enumerate(("forward_lean", "hunched_shoulders", "torso_twist"))
    for begun in np.arange(200.0 + 90 * place, 3500.0, 290.0).tolist()
]
WORST = Made(
    minutes=60,
    spells=HOUR,
    drift={"forward_lean": 5.0, "hunched_shoulders": 3.0, "torso_twist": 8.0},
    turn_drift=9.0,
    cadence_spm=148.0,
    events=("camera_moved",),
    runner="Maximiliane von und zu Hohenstein-Waldburg",
)
"""As much to say as there can be: every topic of the advice, and every warning."""

DIARY = tuple(
    Entry(BEGUN - timedelta(days=day), 9 - day, "between the shoulder blades", "after sitting all day")
    for day in range(6)
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests."""
    assert FOUND is not None
    with Browser(FOUND) as opened:
        yield opened


def pages(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of the usual kind."""
    folder = tmp_path_factory.mktemp("usual")
    before = [Made(minutes=8, begun=BEGUN - timedelta(days=day)) for day in (9, 6, 2)]
    path = folder / "report.html"
    path.write_text(report(folder, *before, Made(minutes=20), pain=DIARY[3:], kept_poses=True))
    return path


def test_it_renders_in_peace(browser: Browser, usual: Path) -> None:
    """No error, no warning, no script, and nothing asked of the network but the file itself."""
    browser.open(usual)
    asked = [
        one["params"]["request"]["url"] for one in browser.told if one.get("method") == "Network.requestWillBeSent"
    ]
    assert asked == [usual.resolve().as_uri()]
    spoken = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed")
    assert [one for one in browser.told if one.get("method") in spoken] == []
    assert browser.value("document.querySelectorAll('svg.plot').length") == len(drawings(usual.read_text()))
    sizes = browser.value("[...document.querySelectorAll('svg.plot')].map(e => e.getBoundingClientRect().height)")
    assert min(sizes) > 60


def test_who_listens_hears_what_is_drawn(browser: Browser, usual: Path) -> None:
    """Each drawing is one picture with a name and a description; headings come in order."""
    browser.open(usual)
    nodes = browser("Accessibility.getFullAXTree")["nodes"]
    shown = [node for node in nodes if not node.get("ignored")]
    images = [node for node in shown if node["role"]["value"] in ("image", "img")]
    names = [node["name"]["value"] for node in images]
    told = drawings(usual.read_text())
    assert len(names) == len(told)
    for title, text in told.items():
        assert any(name.startswith(title) and text[:30] in name for name in names), title
    levels = [
        next(one["value"]["value"] for one in node["properties"] if one["name"] == "level")
        for node in shown
        if node["role"]["value"] == "heading"
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert any(node["role"]["value"] == "table" for node in shown)


@pytest.mark.parametrize("width", [360, 860, 1600])
def test_it_fits_every_screen(browser: Browser, usual: Path, width: int) -> None:
    """Nothing lies beside the screen, from a phone to a desk."""
    browser.open(usual)
    browser.look(width)
    assert browser.value("document.documentElement.scrollWidth") <= width


def test_light_and_dark(browser: Browser, usual: Path) -> None:
    """Both are what they are called, and the curves are drawn in either; paper is light in both."""
    browser.open(usual)
    grounds = {}
    for dark in (False, True):
        picture = np.asarray(Image.open(io.BytesIO(browser.look(860, dark))).convert("RGB"), np.int16)
        grounds[dark] = picture.reshape(-1, 3).mean()
        blue = (picture[..., 2] - picture[..., 0]) > 90
        assert blue.sum() > 2000
    assert grounds[False] > 225
    assert grounds[True] < 60
    ground = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    browser("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert browser.value(ground) == "#ffffff"
    browser("Emulation.setEmulatedMedia", media="", features=[])


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["usual", "worst"])
def test_two_pages_of_paper(browser: Browser, tmp_path: Path, kind: str, language: str) -> None:
    """An hour's run takes two pages of A4, also with as much to say as there can be, in either language."""
    path = tmp_path / "report.html"
    before = [Made(minutes=3, begun=BEGUN - timedelta(days=day), runner=WORST.runner) for day in range(12, 0, -1)]
    text = (
        report(tmp_path, *before, WORST, pain=DIARY, language=language, kept_poses=True, shoes_km=700.0)
        if kind == "worst"
        else report(tmp_path, Made(minutes=60), language=language, kept_poses=True)
    )
    path.write_text(text)
    browser.open(path)
    assert pages(browser.printed()) <= 2


def test_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    """A name that is a script is not run."""
    path = tmp_path / "report.html"
    path.write_text(report(tmp_path, Made(minutes=2, spells=(), runner="<script>document.title='run'</script>")))
    browser.open(path)
    assert browser.value("document.title").startswith("Run of ")
