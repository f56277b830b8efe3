"""The pain diary."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from stored_runs import BEGUN, add_run

from device.advice import diary, recall
from device.advice.diary import Comparison, Entry, Lasting
from device.runs.store import Store
from device.settings import PainSettings

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
RULE = PainSettings()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


def entries(*felt: tuple[float, int]) -> list[Entry]:
    """A diary, each entry so many days ago and so strong."""
    return [Entry(NOW - timedelta(days=days), level) for days, level in felt]


def test_what_is_noted_comes_back(store: Store) -> None:
    """The newest first, each with all that was said, and each runner's own."""
    run = add_run(store)
    early = Entry(NOW - timedelta(days=1), 4, "between the shoulder blades", "after hills", run)
    late = Entry(NOW, 0)
    numbers = [diary.add(store, "", one) for one in (early, late)]
    diary.add(store, "anna", Entry(NOW, 9))
    found = diary.entries(store, "")
    assert [(one.level, one.place, one.note, one.run, one.id) for one in found] == [
        (0, "", "", None, numbers[1]),
        (4, "between the shoulder blades", "after hills", run, numbers[0]),
    ]
    assert [one.t_utc for one in found] == [late.t_utc, early.t_utc]
    assert [one.level for one in diary.entries(store, "anna")] == [9]


def test_an_entry_can_be_taken_back_by_its_runner_alone(store: Store) -> None:
    """A slip of the finger must not send anybody to the doctor."""
    number = diary.add(store, "", Entry(NOW, 9))
    assert not diary.forget(store, "anna", number)
    assert diary.forget(store, "", number)
    assert not diary.forget(store, "", number)
    assert diary.entries(store, "") == []


def test_an_entry_outlives_its_run(store: Store) -> None:
    """Who deletes a run keeps the pain that was noted after it."""
    number = add_run(store)
    diary.add(store, "", Entry(NOW, 5, run=number))
    store.delete(number)
    assert [(one.level, one.run) for one in diary.entries(store, "")] == [(5, None)]


@pytest.mark.parametrize(
    ("felt", "expected"),
    [
        ([], None),
        ([(0, 4), (3, 4)], None),
        ([(0, 4), (3, 4), (13.9, 4)], Lasting(False, 3)),
        ([(0, 4), (3, 4), (14.1, 4)], None),
        ([(0, 4), (3, 3), (5, 4)], None),
        ([(5, 7), (3, 7), (4, 6)], Lasting(False, 3)),
        ([(0, 8)], Lasting(True, 1)),
        ([(13, 10), (0, 1)], Lasting(True, 1)),
        ([(15, 10), (0, 1)], None),
        ([(0, 7)], None),
    ],
)
def test_when_pain_lasts(felt: list[tuple[float, int]], expected: Lasting | None) -> None:
    """Three entries of 4 or more within two weeks, or any of 8, unless the settings say otherwise."""
    assert diary.lasting(entries(*felt), RULE, NOW) == expected


def test_the_settings_decide_when_pain_lasts() -> None:
    """Level, number, days and what is severe are taken from them."""
    own = PainSettings(level=2, entries=2, days=3, severe=10)
    assert diary.lasting(entries((0, 9)), own, NOW) is None
    assert diary.lasting(entries((0, 2), (2, 2)), own, NOW) == Lasting(False, 2)
    assert diary.lasting(entries((0, 2), (4, 2)), own, NOW) is None


def test_a_clock_that_went_back_loses_no_entry() -> None:
    """With a clock before the newest entry, that entry is taken for now."""
    felt = entries((0, 5), (1, 5), (2, 5), (30, 9))
    assert diary.lasting(felt, RULE, datetime(1970, 1, 1, tzinfo=UTC)) == Lasting(False, 3)


@given(some.lists(some.tuples(some.floats(0, 40), some.integers(0, 10)), max_size=12))
def test_more_pain_never_takes_the_advice_back(felt: list[tuple[float, int]]) -> None:
    """Where pain lasts, one more entry of today does not change that."""
    before = diary.lasting(entries(*felt), RULE, NOW)
    for level in range(11):
        after = diary.lasting(entries(*felt, (0, level)), RULE, NOW)
        assert after is not None or before is None


def test_the_run_an_entry_belongs_to(store: Store) -> None:
    """The one it names; else the last that ended within a day before; never one that came later or has no date."""
    first, second = add_run(store), add_run(store)
    add_run(store, begun=None)
    lines = recall.runs(store, "")
    ended = BEGUN + timedelta(days=1, hours=1)

    def of(entry: Entry) -> int | None:
        run = diary.run_of(entry, lines)
        return None if run is None else run["id"]

    assert of(Entry(ended + timedelta(minutes=1), 4)) == second
    assert of(Entry(ended - timedelta(minutes=1), 4)) == first
    assert of(Entry(ended + timedelta(hours=25), 4)) is None
    assert of(Entry(ended + timedelta(days=9), 4, run=first)) == first
    assert of(Entry(ended, 4, run=99)) is None
    assert of(Entry(BEGUN - timedelta(days=9), 4)) is None


def test_pain_against_faults(store: Store) -> None:
    """Runs with much of a fault are compared with the others, by the strongest pain after each; few are not."""
    for number in range(6):
        much = number % 2 == 0
        run = add_run(store, {"forward_lean": 0.3 if much else 0.0, "torso_twist": 0.2})
        for level in (1, 6 if much else 2):
            diary.add(store, "", Entry(NOW, level, run=run))
    add_run(store, {"forward_lean": 0.9})  # nobody noted anything
    found = diary.against(diary.entries(store, ""), recall.runs(store, ""), recall.shares(store, ""))
    assert found == [Comparison("forward_lean", 6.0, 3, 2.0, 3)]
    assert diary.against([], recall.runs(store, ""), recall.shares(store, "")) == []
