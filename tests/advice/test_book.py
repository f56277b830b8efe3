"""The texts of the advice, and the check for who edits them."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from device import texts
from device.advice import book
from device.advice.book import BookError
from device.advice.choose import TOPICS
from device.advice.layout import PLACEHOLDERS
from device.records import FAULTS

LANGUAGES = book.languages()
ENGLISH: dict[str, Any] = tomllib.loads(book.shipped("en").read_text(encoding="utf-8"))


@pytest.fixture
def content() -> dict[str, Any]:
    """What the English file holds, to be damaged."""
    return copy.deepcopy(ENGLISH)


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every text and list of a file, by its place."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    else:
        yield path, value


def put(content: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Put a value in a place; None takes it out."""
    for name in path[:-1]:
        content = content[name]
    if value is None:
        del content[path[-1]]
    else:
        content[path[-1]] = value


def test_every_language_that_is_spoken_has_advice() -> None:
    """English and German are there, and the advice's files pass for no languages of the voice."""
    assert {"en", "de"} <= set(LANGUAGES) == set(texts.languages())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_files_have_no_mistakes(language: str) -> None:
    """Each is complete, and says all that the coach may choose."""
    found = book.load(book.shipped(language))
    assert found.language == language
    assert set(found.topics) == set(TOPICS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_give_the_same_advice(language: str) -> None:
    """Topics have the same exercises and sources in every language, exercises as many steps, sources the same links."""
    own = tomllib.loads(book.shipped(language).read_text(encoding="utf-8"))
    english, mine = dict(leaves(ENGLISH)), dict(leaves(own))
    assert set(mine) == set(english)
    for path, value in english.items():
        if path[0] != "labels" and path[-1] in ("exercises", "sources", "link"):
            assert mine[path] == value, path
        elif isinstance(value, list):
            other = mine[path]
            assert isinstance(other, list)
            assert len(other) == len(value), path


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_translations_are_translated(language: str) -> None:
    """No text that is more than a name is still English."""
    mine = dict(leaves(tomllib.loads(book.shipped(language).read_text(encoding="utf-8"))))
    for path, value in leaves(ENGLISH):
        if path[0] != "sources" and isinstance(value, str) and len(value) > 12:
            assert mine[path] != value, path


@pytest.mark.parametrize("name", ENGLISH["exercises"])
def test_every_exercise_can_be_done_by_the_book(name: str) -> None:
    """Each says how, how much and how often in numbers, an easier and a harder form, and when not to do it."""
    page = ENGLISH["exercises"][name]
    assert len(page["how_to"]) >= 2
    assert any(sign.isdigit() for sign in page["sets"])
    assert any(sign.isdigit() for sign in page["frequency"]) or "daily" in page["frequency"]
    assert page["easier"] != page["harder"]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_explained_from_sources(fault: str) -> None:
    """Why it strains, how to correct it, and numbers that name what they were read in."""
    page = ENGLISH["topics"][fault]
    assert "back" in page["why"] + page["numbers"]
    assert len(page["correct"]) >= 3
    assert "practice" not in page["sources"]
    assert book.cited(page["numbers"]) == page["sources"]


def test_sources_say_where_they_are_and_what_was_read() -> None:
    """Each but common practice has a link, and names what of it was read."""
    for name, page in ENGLISH["sources"].items():
        assert bool(page["link"]) == bool(page["read"]) == (name != "practice")


@pytest.mark.parametrize("path", [path for path, _ in leaves(ENGLISH)], ids=".".join)
def test_whatever_is_missing_is_named(path: tuple[str, ...], content: dict[str, Any]) -> None:
    """A text that is left out is reported with its full name, and so is one that became a number."""
    put(content, path, None)
    assert f"{'.'.join(path)}: is missing" in book.mistakes(content)
    content = copy.deepcopy(ENGLISH)
    put(content, path, 7)
    assert any(line.startswith(f"{'.'.join(path)}: must be a ") for line in book.mistakes(content))


def test_every_mistake_at_once(content: dict[str, Any], tmp_path: Path) -> None:
    """Many mistakes give one line each, with what was probably meant."""
    content["exercises"]["plank"]["sets"] = "  "
    content["exercises"]["row"]["setz"] = "3 times"
    content["topics"]["drift"]["exercises"] = ["planc"]
    content["topics"]["torso_twst"] = content["topics"].pop("torso_twist")
    content["topics"]["good"]["exercises"] = []
    content["doctor"]["severe"] = "Pain of {levle} or more"
    content["shoes"]["check"] = ["Sole", ""]
    content["coach"]["no_device"] = "A coach {"
    content["sources"]["teng2014"]["link"] = "www.jospt.org"
    content["topics"]["forward_lean"]["numbers"] += " [nobody1999]"
    content["topcis"] = {}
    found = book.mistakes(content)
    for line in (
        "[topcis]: there is no such section; did you mean topics?",
        "exercises.plank.sets: is empty",
        "exercises.row.setz: there is no such text; did you mean sets?",
        "topics.drift.exercises: there is no [exercises.planc]; did you mean plank?",
        "[topics.torso_twst]: there is no such topic; did you mean torso_twist?",
        "[topics.torso_twist]: is missing",
        "topics.good.exercises: is empty",
        "doctor.severe: {level} is missing",
        "doctor.severe: {levle} cannot be filled in here",
        "shoes.check: text 2 is empty",
        "coach.no_device: a single { or }",
        "sources.teng2014.link: must begin with https://, or be empty",
        "topics.forward_lean.numbers: [nobody1999] does not stand in topics.forward_lean.sources",
    ):
        assert line in found, line
    error = BookError("my.toml", found)
    assert str(error).splitlines()[0] == f"my.toml: {len(found)} mistakes in the advice"
    assert error.exit_code == 2


def test_what_nothing_names_is_reported(content: dict[str, Any]) -> None:
    """An exercise in no topic would never be shown, a source that nothing rests on is no source."""
    content["exercises"]["squat"] = content["exercises"]["plank"]
    content["sources"]["spare"] = content["sources"]["hung2019"]
    assert book.mistakes(content) == ["[exercises.squat]: nothing names it", "[sources.spare]: nothing names it"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "is missing"),
        (b"[labels", "not valid TOML"),
        (b"\xff\xfe", "this is not a text file in UTF-8"),
        (b"# " + b"x" * 600_000, "no file of advice"),
        (b"a = " + b"[" * 5000, "not valid TOML"),
        (b"labels = 3\ntopics = 4\nsources = []\n", "this is a section"),
        (b"[topics]\ngood = 3\n[sources]\nx = 1\n[exercises]\ny = []\n", "this is a section"),
    ],
)
def test_foreign_files_are_mistakes_and_nothing_else(text: bytes, what: str, tmp_path: Path) -> None:
    """Whatever a file holds, it is told in lines."""
    path = tmp_path / "advice.en.toml"
    path.write_bytes(text)
    with pytest.raises(BookError) as raised:
        book.load(path)
    assert any(what in line for line in raised.value.problems)
    with pytest.raises(BookError, match="there is no such file"):
        book.load(tmp_path / "none.toml")
    with pytest.raises(BookError, match="cannot be read"):
        book.load(tmp_path)


def test_a_household_may_have_its_own_words(tmp_path: Path) -> None:
    """A file beside the settings is taken; a broken one is left out, and the reason told."""
    settings = tmp_path / "settings.toml"
    assert book.in_force("en", settings) == book.in_force("en", None) == (book.load(book.shipped("en")), "")
    own = tmp_path / "advice.en.toml"
    own.write_text(book.shipped("en").read_text(encoding="utf-8").replace('name = "Plank"', 'name = "Board"'))
    found, trouble = book.in_force("en", settings)
    assert found.exercises["plank"].texts["name"] == "Board"
    assert not trouble
    own.write_text("[labels]\n")
    found, trouble = book.in_force("en", settings)
    assert found.exercises["plank"].texts["name"] == "Plank"
    assert str(own) in trouble
    assert book.in_force("xx", settings)[0].language == "en"


def test_sources_become_numbers() -> None:
    """Names in brackets become numbers; what has none is left out, with its blank."""
    assert book.cited("a [x1] b [y2] [x1].") == ["x1", "y2"]
    assert book.numbered("a [x1] b [y2].", {"y2": 1}) == "a b (1)."


def test_what_is_filled_in_is_known() -> None:
    """Every text with something to fill in is one that the coach fills in."""
    filled = {".".join(path) for path, value in leaves(ENGLISH) if isinstance(value, str) and "{" in value}
    assert filled == set(PLACEHOLDERS)
