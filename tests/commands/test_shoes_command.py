"""``form-coach shoes``."""

from __future__ import annotations

from pathlib import Path

import pytest
from advised import Household, household
from stored_runs import add_run

from device.advice import shoes


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Household:
    """A household without runs."""
    return household(tmp_path, monkeypatch, capsys)


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def run_in(home: Household, name: str, hours: float, **more: float) -> int:
    """A run in the pair of that name."""
    with home.store() as store:
        [pair] = [one.id for one in shoes.pairs(store, "", 9.0) if one.name == name]
        return add_run(store, running_s=3600 * hours, shoes=pair, **more)  # type: ignore[arg-type]


def test_a_pair_is_added_listed_and_retired(home: Household) -> None:
    """With what it has run, its limit, and whether the next run counts for it."""
    home("shoes", "add", "blue Pegasus", "--foot", "neutral", "--km", "120")
    run_in(home, "blue Pegasus", 2.0)
    line = home("shoes", "list").splitlines()[0]
    assert words(line).startswith("blue Pegasus 138 of 500 km 1 run since ")
    assert line.endswith("the next run counts for it")
    assert "retired after about 138 km in 1 run\n" in home("shoes", "retire", "BLUE pegasus")
    assert "retired 2" in home("shoes")
    assert "there is no such pair in use" in home.refused("shoes", "retire", "blue Pegasus")


def test_the_reminder_comes_at_500_km(home: Household) -> None:
    """With what to look for, as often as the list is shown, until the pair is retired."""
    home("shoes", "add", "blue", "--km", "499")
    assert "look at it" not in home("shoes").lower()
    run_in(home, "blue", 0.2)
    out = words(home("shoes"))
    assert "blue has run about 501 km (reminder at 500 km)" in out
    assert "tread" in out
    home("shoes", "retire", "blue")
    assert "reminder" not in home("shoes")


def test_limit_and_speed_come_from_the_settings_or_are_said(home: Household) -> None:
    """``--limit`` counts more than the setting, a run's own speed more than the usual one."""
    home.settings("[shoes]\nlimit_km = 300\nspeed_kmh = 12\n")
    home("shoes", "add", "one")
    home("shoes", "add", "two", "--limit", "600,5")
    number = run_in(home, "one", 1.0)
    assert "12 of 300 km" in words(home("shoes"))
    assert "0 of 600.5 km" in words(home("shoes"))
    assert "in 1 of 1 runs nobody told it, and your usual 12 km/h was taken" in words(home("shoes"))
    assert home("shoes", "run", str(number), "--speed", "10.5") == "run 1: about 10.5 km at 10.5 km/h in one\n"
    assert "nobody told" not in home("shoes")
    home("shoes", "run", "last", "--pair", "two")
    assert "10 of 600.5 km" in words(home("shoes"))


@pytest.mark.parametrize(
    ("foot", "told"), [("neutral", "a neutral shoe"), ("flat", "pronated"), ("high", "cushioning")]
)
def test_what_fits_the_foot(home: Household, foot: str, told: str) -> None:
    """Said when the pair is added, with its sources."""
    out = words(home("shoes", "add", "blue", "--foot", foot))
    assert told in out
    assert "Malisoux" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "x", "--km", "-1"),
        ("add", "x", "--km", "far"),
        ("add", "x", "--limit", "0"),
        ("add", "x", "--limit", "nan"),
        ("add", "x", "--limit", "inf"),
        ("add", "x", "--foot", "cold"),
        ("add", " "),
        ("add", "x" * 41),
        ("add",),
        ("run", "1"),
        ("run", "1", "--speed", "99"),
        ("retire", "x"),
        ("polish", "x"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Household, arguments: tuple[str, ...]) -> None:
    """In one line, and nothing is written."""
    assert home.refused("shoes", *arguments)
    assert not (home.folder / "state" / "runs.sqlite").exists()


def test_two_pairs_in_use_have_two_names(home: Household) -> None:
    """However they are written; a retired pair's name may come again, and a slip is helped with."""
    home("shoes", "add", "Blue")
    assert "there is such a pair in use" in home.refused("shoes", "add", "blue")
    assert "did you mean Blue?" in home.refused("shoes", "retire", "Blu")
    home("shoes", "retire", "blue")
    home("shoes", "add", "blue")
    assert home.code == 0


def test_runs_that_are_not_there_or_not_ones_own(home: Household) -> None:
    """They are refused by name."""
    home("shoes", "add", "blue")
    with home.store() as store:
        number = add_run(store, runner="anna")
    assert "is one of anna" in home.refused("shoes", "run", str(number), "--speed", "9")
    assert "there are no runs yet" in home.refused("shoes", "run", "last", "--speed", "9")


def test_options_stand_before_or_behind_the_action(home: Household) -> None:
    """Whose shoes it is may be said in both places."""
    (home.folder / "profiles").mkdir()
    (home.folder / "profiles" / "anna.toml").write_text("")
    home("shoes", "--runner", "anna", "add", "hers")
    home("shoes", "add", "hers too", "--runner", "anna")
    assert "hers too" in home("shoes", "--runner", "anna", "list")
    assert "no shoes yet" in home("shoes")


def test_a_clock_that_is_not_set(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pair is added all the same, without its day."""
    from device.advice import desk

    monkeypatch.setattr(desk, "now", lambda: None)
    home("shoes", "add", "blue")
    assert home.code == 0
    assert "since" not in home("shoes")
