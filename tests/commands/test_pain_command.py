"""``form-coach pain``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from advised import Household, household
from stored_runs import add_run

from device.advice import book, desk, diary

PLACE = "between the shoulder blades"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Household:
    """A household without runs."""
    return household(tmp_path, monkeypatch, capsys)


def words(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def test_pain_is_noted_and_listed_against_run_and_faults(home: Household) -> None:
    """An entry names its run, and the list shows that run's faults, and what was said."""
    with home.store() as store:
        number = add_run(store, {"forward_lean": 0.23, "hunched_shoulders": 0.04})
    out = home("pain", "4", "--where", PLACE, "--after", "last", "--note", "after hills")
    assert home.code == 0
    assert f"pain 4 of 10, {PLACE}, after run {number}, after hills" in out
    _, row = home("pain").split("where\n")
    assert words(row).startswith(f"1 {datetime.now():%Y-%m-%d} 4 {number} 23 % 4 % – {PLACE} · after hills")


def test_the_run_may_be_named_by_its_number(home: Household) -> None:
    """Any run of one's own, the last by default of the word; another's is refused, and so is one there is not."""
    with home.store() as store:
        first, _ = add_run(store), add_run(store)
        other = add_run(store, runner="anna")
    assert f"after run {first}" in home("pain", "2", "--after", str(first))
    assert f"run {other} is one of anna" in home.refused("pain", "2", "--after", str(other))
    assert "there is no run '99'" in home.refused("pain", "2", "--after", "99")
    assert "no run" in home.refused("pain", "2", "--after", "yesterday")


@pytest.mark.parametrize("level", ["-1", "11", "4.5", "four", "", "nan", "1e1", "٤", "99999999999999999999"])
def test_what_is_no_level_is_refused(home: Household, level: str) -> None:
    """A clear error, and nothing is noted."""
    assert "a whole number from 0 (none) to 10" in home.refused("pain", level)
    assert not (home.folder / "state" / "runs.sqlite").exists()


@pytest.mark.parametrize(("level", "shown"), [("0", False), ("1", True), ("10", True)])
def test_red_flags_are_listed_whenever_pain_is_noted(home: Household, level: str, shown: bool) -> None:
    """Every sign, and once that this is no medical device; no pain needs none."""
    out = words(home("pain", level))
    page = book.load(book.shipped("en")).sections["red_flags"]
    for sign in (*page.lists["now"], *page.lists["soon"]):
        assert (sign in out) == shown
    assert out.count("no medical device") == int(shown)


def test_pain_that_lasts_brings_the_advice_to_see_somebody(home: Household) -> None:
    """With the third entry of 4 within two weeks, and then each time the diary is looked at; two are not enough."""
    today = datetime.now().date()
    days = [str(today - timedelta(days=back)) for back in (12, 6, 1)]
    assert all("SEE A DOCTOR" not in home("pain", "4", "--on", day) for day in days[:2])
    assert "3 entries of 4 or more within 14 days" in words(home("pain", "4", "--on", days[2]))
    assert "SEE A DOCTOR" in home("pain")


def test_severe_pain_does_so_at_once(home: Household) -> None:
    """One entry of 8; of 7 it does not."""
    assert "SEE A DOCTOR" not in home("pain", "7")
    assert "Pain of 8 or more: see a doctor" in words(home("pain", "8"))


def test_limits_come_from_the_settings(home: Household) -> None:
    """And the words from the language of the voice."""
    home.settings('[voice]\nlanguage = "de"\n[pain]\nsevere = 5\n')
    out = words(home("pain", "5"))
    assert "Schmerz von 5 oder mehr" in out
    assert "kein Medizinprodukt" in out


def test_a_slip_can_be_taken_back(home: Household) -> None:
    """By the number that was told; what is not there is said so."""
    home("pain", "8")
    assert home("pain", "--forget", "1") == "entry 1 is forgotten\n"
    assert "SEE A DOCTOR" not in home("pain")
    assert "there is no such entry" in home.refused("pain", "--forget", "1")
    assert "the number of an entry" in home.refused("pain", "--forget", "-3")
    assert "goes by itself" in home.refused("pain", "3", "--forget", "1")


def test_each_runner_has_a_diary(home: Household) -> None:
    """That of the profile in use, or of the one named; a name that is none is refused, with what was meant."""
    (home.folder / "profiles").mkdir()
    for name in ("anna", "ben"):
        (home.folder / "profiles" / f"{name}.toml").write_text("")
    home.settings('[profile]\nname = "anna"\n')
    home("pain", "6")
    assert "no pain noted" in home("pain", "--runner", "ben")
    assert "no pain noted" in home("pain", "--runner", "")
    home.settings("")
    assert "no pain noted" in home("pain")
    assert "6" in home("pain", "--runner", "anna").splitlines()[1]
    assert "did you mean anna?" in home.refused("pain", "3", "--runner", "ana")


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "1970-01-01", "9999-12-31", "0001-01-01", ""])
def test_days_that_are_none_are_refused(home: Household, day: str) -> None:
    """So are days that lie ahead, or before anything."""
    assert home.refused("pain", "3", "--on", day).startswith("--on")


def test_a_clock_that_is_not_set_asks_for_the_day(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of 1970 would be lost for the two weeks; with the day said it is kept, and the list works."""
    monkeypatch.setattr(desk, "now", lambda: None)
    assert "clock of this computer is not set" in home.refused("pain", "3")
    home("pain", "9", "--on", "2026-10-08")
    assert home.code == 0
    assert "SEE A DOCTOR" in home("pain")


def test_options_without_a_level_are_refused(home: Household) -> None:
    """Who forgets the level is told what is missing."""
    assert "say how strong the pain is" in home.refused("pain", "--where", PLACE)


def test_hostile_words_are_kept_as_one_clean_line(home: Household) -> None:
    """Control characters move nobody's cursor, quotes break no SQL, and what is too long is refused."""
    home("pain", "3", "--where", "neck\x1b[31m\n'); DROP TABLE pain; --")
    out = home("pain")
    assert "\x1b" not in out
    assert "DROP TABLE pain" in words(out)
    assert "at most 200 characters" in home.refused("pain", "3", "--note", "x" * 201)


def test_mistakes_in_the_settings_keep_nobody_from_noting_pain(home: Household) -> None:
    """They are told in one line, and the rest is in force."""
    home.settings("[pain]\nlevel = 99\nsevere = 5\n")
    assert "Pain of 5 or more" in words(home("pain", "5"))
    assert home.code == 0
    assert "pain.level = 99" in home.err


def test_nothing_noted_yet(home: Household) -> None:
    """It says how to note some, and makes no database."""
    assert 'form-coach pain 4 --where "between the shoulder blades"' in home("pain")
    assert not (home.folder / "state" / "runs.sqlite").exists()


def test_a_long_diary_is_cut_unless_asked_for(home: Household) -> None:
    """The newest 20, and how many more there are; as many as wanted, but not a negative number."""
    with home.store() as store:
        for back in range(25):
            diary.add(store, "", diary.Entry(datetime.now(UTC) - timedelta(days=back), 1))
    assert "5 older: form-coach pain --most 0" in home("pain")
    assert "older" not in home("pain", "-n", "0")
    assert "23 older" in home("pain", "--most", "2")
    assert "must not be negative" in home.refused("pain", "--most", "-1")


def test_pain_is_compared_between_runs_with_and_without_a_fault(home: Household) -> None:
    """After enough runs of both kinds the list says what the pain was, and that it proves nothing."""
    today = datetime.now(UTC)
    with home.store() as store:
        for number in range(6):
            add_run(store, {"torso_twist": 0.5 if number % 2 else 0.0}, begun=today - timedelta(days=40))
    for number in range(6):
        home("pain", "6" if number % 2 else "1", "--after", str(number + 1))
    out = words(home("pain"))
    assert (
        "After 3 runs with much twist (10 % of the time or more) the pain was 6.0 on average, after 3 others 1.0" in out
    )
