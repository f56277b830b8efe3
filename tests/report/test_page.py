"""The report as a file: what stands in it, for every kind of run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import ROOT
from reading import Read, drawings, report
from reported_runs import BEGUN, Made

from device.advice import book
from device.advice.diary import Entry
from device.records import FAULTS

EVIL = "</title><script>alert(1)</script><img src=http://example.org/x onerror=alert(2)>&amp;\"'{name}$x_1^2$"
RUNS = {
    "usual": Made(),
    "one minute": Made(minutes=1, spells=()),
    "nothing": Made(minutes=0, spells=(), baseline=None, view="", azimuth_deg=None),
    "no baseline": Made(baseline=None, watched=("forward_lean", "torso_twist"), spells=()),
    "front": Made(view="front", azimuth_deg=5.0, watched=("hunched_shoulders", "torso_twist"), spells=()),
    "nothing judged": Made(watched=(), spells=(), baseline=None),
    "no clock": Made(begun=None),
    "cut off": Made(closed="power"),
    "still on": Made(closed="open"),
    "strides gone": Made(strides=False),
    "two hours": Made(minutes=120, spells=[(FAULTS[n % 3], 100.0 * n, 100.0 * n + 40) for n in range(1, 70)]),
    "camera moved": Made(events=("camera_moved", "camera_moved", "runner_changed")),
}


def checked(text: str) -> Read:
    """A page, after what holds for each: it is well formed, needs nothing, and its drawings have names."""
    read = Read(text)
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    for attributes in read.named("svg"):
        if attributes.get("class") != "plot":
            continue
        assert attributes["role"] == "img"
        names = str(attributes["aria-labelledby"]).split()
        assert len(names) == 2
        assert set(names) <= set(ids)
    for _, attributes in read.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "src"
            if name in ("href", "xlink:href", "clip-path"):
                assert re.match(r"#|url\(#|https://", str(value)), value
                inside = re.search(r"#([^)]*)", str(value))
                assert str(value).startswith("https://") or (inside is not None and inside[1] in ids)
    assert {"script", "link", "iframe", "object", "form"}.isdisjoint(tag for tag, _ in read.tags)
    assert not re.search(r"@import|url\((?!#)", text)
    assert "#a1b2" not in text
    no_device = book.load(book.shipped("en")).sections["coach"].texts["no_device"]
    assert read.text.count(no_device) == 1
    assert "nan" not in read.text.lower().split()
    assert "None" not in read.text.replace("None of ", "")
    return read


@pytest.mark.parametrize("name", RUNS)
def test_every_kind_of_run(tmp_path: Path, name: str) -> None:
    """Whatever the run was like there is a page, and it is whole."""
    text = report(tmp_path, RUNS[name])
    read = checked(text)
    assert "How far to trust it" in read.text
    assert len(text) < 1_000_000


def test_what_it_says_of_a_run(tmp_path: Path) -> None:
    """Main fault and its share, cues and mendings, limits, the change from fresh to tired, and the accuracy."""
    text = report(tmp_path, Made(minutes=30, drift={"forward_lean": 3.0}))
    read = checked(text)
    assert "The main fault was hunched shoulders: there for 7 % of the time." in read.text
    assert "The coach spoke up 3 times; 3 cues were followed by mending, half of them within 25 s." in read.text
    assert "there once, up to 02:00; 1 cue, 1 mended, half within 115 s." in read.text
    told = drawings(text)
    assert told["Forward lean over the run"].startswith("Forward lean: middle 3.6°, limit 8.0.")
    row = re.search(r"Forward lean, ° ([^ST]*?)Torso", read.text)
    assert row is not None
    assert row[1].split()[:2] == ["2.0", "8.0"]
    assert "+2.0" in row[1].split()
    with open(ROOT / "docs" / "scorecard.json", encoding="utf-8") as file:
        episodes = [e for e in json.load(file)["episodes"] if e["view"] == "oblique"]
    called = sum(e["recalled"] for e in episodes)
    assert f"Of {len(episodes)} faults, mild ones included, {called} were called within 15 s" in read.text
    assert "Trends begin with the second run." in read.text


def test_drawings_are_all_there(tmp_path: Path) -> None:
    """A fault over the run each, fresh against tired, left and right, cadence, seeing, trends, and three strides."""
    text = report(tmp_path, Made(begun=BEGUN - timedelta(days=2)), Made(minutes=16), kept_poses=True)
    told = drawings(text)
    assert [title.split(" over")[0] for title in told][:3] == ["Forward lean", "Hunched shoulders", "Torso twist"]
    assert [title for title in told if "over the run" not in title] == [
        "Your good form, as it was learned",
        "Typical stride",
        "Worst for hunched shoulders",
        "Fresh against tired",
        "How far the chest turned to the left and to the right",
        "How much of the time the coach could see and judge",
        "Time with each fault in the last runs, and pain noted after them",
    ]
    assert "Steps a minute over the run" in told
    assert all(told.values())
    checked(text)


def test_names_are_only_names(tmp_path: Path) -> None:
    """What a profile, a cue, a shoe or the diary is called is shown as it is, and does nothing."""
    made = Made(runner=EVIL, software=EVIL, model=EVIL, text=EVIL)
    text = report(tmp_path, made, pain=(Entry(BEGUN, 4, EVIL, EVIL),), shoes_km=700.0)
    read = checked(text)
    assert "<script" not in text
    assert read.text.count(" ".join(EVIL.split())) >= 6
    assert "blue <b>Pegasus</b> has run" in read.text


def test_nothing_may_be_loaded_or_run(tmp_path: Path) -> None:
    """A policy in the page forbids it, too."""
    policy = next(one for one in Read(report(tmp_path, Made())).named("meta") if "http-equiv" in one)
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert str(policy["content"]).startswith("default-src 'none'")


def test_pain(tmp_path: Path) -> None:
    """Entries against runs; pain that lasts brings the advice to see somebody, first of all, with the signs."""
    entries = tuple(Entry(BEGUN + timedelta(days=day), 5, "between the shoulder blades") for day in range(3))
    read = checked(report(tmp_path, Made(), pain=entries))
    page = book.load(book.shipped("en"))
    lasting = page.sections["doctor"].text("lasting", count=3, level=4, days=14)
    assert lasting in read.text
    assert read.text.index(lasting) < read.text.index("Each fault over the run")
    assert page.sections["red_flags"].lists["now"][0] in read.text
    assert page.sections["training"].texts["ask_first"] in read.text
    assert "between the shoulder blades" in read.text
    assert "Pain diary" not in checked(report(tmp_path, Made(runner="ada"))).text


@pytest.mark.parametrize("language", book.languages())
def test_advice_in_the_language_of_the_voice(tmp_path: Path, language: str) -> None:
    """Why, how to correct it, exercises with all their parts, and the sources that are cited."""
    text = report(tmp_path, Made(), language=language)
    read, own = Read(text), book.load(book.shipped(language))
    assert f'<section class="advice" lang="{language}">' in text
    assert own.topics["hunched_shoulders"].texts["why"] in read.text
    first = own.exercises[own.helps()["hunched_shoulders"][0]]
    for name in ("sets", "frequency", "easier", "harder", "not_when"):
        assert first.texts[name].rstrip(".") in read.text
    assert first.lists["how_to"][0] in read.text
    assert own.sources["acsm2009"].texts["link"] in text
    assert "[" not in own.topics["hunched_shoulders"].texts["why"]


def test_why_a_fault_was_not_watched(tmp_path: Path) -> None:
    """The page says so where there would be a drawing."""
    front = checked(report(tmp_path, RUNS["front"])).text
    assert "Not watched: from the front a lean does not show." in front
    unlearned = checked(report(tmp_path, RUNS["no baseline"])).text
    assert "Not watched: there was no baseline of your own good form to compare with." in unlearned
    assert "No fault could be judged" in checked(report(tmp_path, RUNS["nothing judged"])).text


def test_another_model_than_was_measured(tmp_path: Path) -> None:
    """The accuracy is that of the shipped model, and the page says if the run had another."""
    assert "another pose model than was measured" in checked(report(tmp_path, Made())).text


def test_trends_are_the_runners_own(tmp_path: Path) -> None:
    """Runs of the same runner up to this one; short ones and other people's do not count."""
    others = [replace(Made(minutes=5), runner="bob"), Made(minutes=0.5, spells=()), Made(minutes=8, spells=())]
    assert "This run against the run before" in checked(report(tmp_path, *others, Made())).text
