"""``form-coach advice``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from advised import Household, household
from stored_runs import add_run

from device.advice import book, diary


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Household:
    """A household without runs."""
    return household(tmp_path, monkeypatch, capsys)


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", book.languages())
def test_advice_for_the_last_run(home: Household, language: str) -> None:
    """Why, how to correct it, exercises, sources by number, and once that it is a coach; no line is too long."""
    home.settings(f'[voice]\nlanguage = "{language}"\n')
    with home.store() as store:
        add_run(store, {"torso_twist": 0.2})
        add_run(store, {"forward_lean": 0.3, "hunched_shoulders": 0.2})
    out = home("advice")
    own = book.load(book.shipped(language))
    said = words(out)
    for fault in ("forward_lean", "hunched_shoulders"):
        assert own.topics[fault].texts["why"] in said
    assert own.topics["torso_twist"].texts["why"] not in said
    assert own.topics["forward_lean"].text("found", share=30) in said
    assert said.index(own.topics["forward_lean"].texts["name"].upper()) < said.index(
        own.topics["hunched_shoulders"].texts["name"].upper()
    )
    first = own.exercises[own.helps()["forward_lean"][0]]
    for name in ("sets", "frequency", "easier", "harder", "not_when"):
        assert first.texts[name] in said
    assert said.count(own.sections["coach"].texts["no_device"]) == 1
    assert "[" not in said
    text, _, listed = out.partition(own.label("sources").upper())
    numbers = set(re.findall(r"^\((\d+)\)", listed, re.MULTILINE))
    assert set(re.findall(r"\((\d+)\)", text)) <= numbers
    assert numbers == {str(number) for number in range(1, len(numbers) + 1)}
    assert max(map(len, out.splitlines())) <= 80


def test_another_run(home: Household) -> None:
    """By its number; one that is not there is refused, and before the first run so is all."""
    assert "no runs" in (home("advice"), home.err)[1]
    with home.store() as store:
        number = add_run(store, {"torso_twist": 0.2})
        add_run(store)
    assert "twisted too much for 20 %" in home("advice", "show", str(number))
    assert "there is no run" in home.refused("advice", "show", "77")


def test_pain_that_lasts_comes_first(home: Household) -> None:
    """And the exercises are to be shown to somebody before; with lesser pain they are gentle."""
    with home.store() as store:
        add_run(store, {"forward_lean": 0.3})
        diary.add(store, "", diary.Entry(datetime.now(UTC), 5))
    assert "take the easier form" in words(home("advice"))
    with home.store() as store:
        diary.add(store, "", diary.Entry(datetime.now(UTC), 8))
    out = words(home("advice"))
    assert out.startswith("SEE A DOCTOR OR PHYSICAL THERAPIST Pain of 8 or more")
    assert "Have your pain looked at before" in out


def test_exercises_are_listed_and_shown(home: Household) -> None:
    """By the name of the list, or as they are called; a slip is helped with."""
    names = [line.split()[0] for line in home("advice", "exercise").splitlines()]
    assert names == list(book.load(book.shipped("en")).exercises)
    for name in names:
        assert "Not when: " in home("advice", "exercise", name)
    assert home("advice", "exercise", "Dead Bug") == home("advice", "exercise", "dead_bug")
    assert "did you mean plank?" in home.refused("advice", "exercise", "plankk")


def test_every_mistake_of_a_file_at_once(home: Household) -> None:
    """The check names them all and leaves with 2; the shipped file has none."""
    assert "no mistakes found" in home("advice", "check")
    path = home.folder / "advice.fr.toml"
    path.write_text(book.shipped("en").read_text().replace('why = "', 'wy = "').replace("[coach]", "[coatch]"))
    text = home.refused("advice", "check", path)
    assert f"{path}: " in text
    assert "[coatch]: there is no such section; did you mean coach?" in text
    assert "topics.drift.why: is missing" in text


def test_the_texts_are_there_to_edit(home: Household) -> None:
    """What is printed is a file without mistakes, and beside the settings it is in force."""
    text = home("advice", "text", "--language", "de")
    own = home.folder / "advice.en.toml"
    own.write_text(home("advice", "text").replace('name = "Plank"', 'name = "Board"'))
    assert f"{own}: no mistakes found" in home("advice", "check")
    assert "Board" in home("advice", "exercise")
    assert "Unterarmstütz" in text
    own.write_text("[")
    assert "Plank" in home("advice", "exercise")
    assert str(own) in home.err
    assert "there is advice in de, en" in home.refused("advice", "text", "--language", "xx")
