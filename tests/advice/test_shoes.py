"""How far shoes ran."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from stored_runs import add_run

from device.advice import shoes
from device.runs.store import Store

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


def test_distance_is_time_times_speed(store: Store) -> None:
    """A run's own speed where it was told, else the usual one, over what the pair had run before."""
    pair = shoes.add(store, "", "blue", NOW, 500.0, 100.0, "flat")
    add_run(store, running_s=3600.0, shoes=pair, speed_kmh=12.0)
    add_run(store, running_s=1800.0, shoes=pair)
    add_run(store, running_s=9000.0)
    [found] = shoes.pairs(store, "", 8.0)
    assert found.km == pytest.approx(100.0 + 12.0 + 4.0)
    assert (found.runs, found.told, found.foot, found.since_utc) == (2, 1, "flat", "2026-10-20T12:00:00Z")
    assert not found.due


def test_a_pair_is_due_at_its_limit(store: Store) -> None:
    """From the limit on, and not once it is retired."""
    pair = shoes.add(store, "", "blue", NOW, 500.0, 495.0)
    assert shoes.due(store, "", 9.0) == []
    add_run(store, running_s=2000.0, shoes=pair)
    assert [one.name for one in shoes.due(store, "", 9.0)] == ["blue"]
    shoes.retire(store, pair, NOW)
    assert shoes.due(store, "", 9.0) == []
    assert [one.km for one in shoes.pairs(store, "", 9.0)] == [pytest.approx(500.0)]


def test_the_next_run_counts_for_the_newest_pair_in_use(store: Store) -> None:
    """The one added last that is not retired, of that runner."""
    assert shoes.in_use(store, "") is None
    old, new = shoes.add(store, "", "old", NOW, 500.0), shoes.add(store, "", "new", None, 500.0)
    shoes.add(store, "anna", "hers", NOW, 500.0)
    assert shoes.in_use(store, "") == new
    shoes.retire(store, new, NOW)
    assert shoes.in_use(store, "") == old
    assert [pair.name for pair in shoes.pairs(store, "", 9.0)] == ["old", "new"]


def test_a_run_that_is_recorded_counts_for_the_pair_in_use(store: Store) -> None:
    """From its first rows on; what is written later of it changes neither pair nor speed."""
    first = shoes.add(store, "", "first", NOW, 500.0)
    add_run(store)
    line = store.rows("SELECT * FROM runs")[0]
    told = {name: value for name, value in line.items() if name not in ("id", "uuid", "shoes", "speed_kmh")}
    rows = {name: {} for name in ("strides", "episodes", "cues", "baselines", "events")}
    batch: Any = SimpleNamespace(name="new", run=told, toml="", tallies=[], **rows)
    number = store.write(batch, {}, None)
    shoes.correct(store, number, speed_kmh=12.0)
    shoes.add(store, "", "second", NOW, 500.0)
    assert store.write(batch, {}, None) == number
    run = store.run(number)
    assert run is not None
    assert (run["shoes"], run["speed_kmh"]) == (first, 12.0)


def test_a_run_can_be_corrected(store: Store) -> None:
    """Its speed and its pair, each alone or both."""
    first, second = shoes.add(store, "", "first", NOW, 500.0), shoes.add(store, "", "second", NOW, 500.0)
    run = add_run(store, running_s=3600.0, shoes=second)
    shoes.correct(store, run, speed_kmh=15.0)
    assert {pair.id: pair.km for pair in shoes.pairs(store, "", 9.0)} == {first: 0.0, second: 15.0}
    shoes.correct(store, run, pair=first)
    assert {pair.id: pair.km for pair in shoes.pairs(store, "", 9.0)} == {first: 15.0, second: 0.0}
