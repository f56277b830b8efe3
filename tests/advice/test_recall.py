"""What the database knows of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stored_runs import add_run

from device.advice import recall
from device.advice.choose import plan
from device.advice.facts import FEWEST, FaultFacts
from device.runs.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


def strides(count: int, azimuth_deg: float = 45.0, moved_deg: float = 0.0) -> list[dict[str, object]]:
    """Strides whose lean and turn grow, the camera moved half way."""
    return [
        {
            "azimuth_deg": azimuth_deg + (moved_deg if 2 * place > count else 0.0),
            "lean": 5.0 + 10.0 * place / count,
            "shoulders": None,
            "twist": 25.0,
            "yaw_left_deg": 13.0 - 6.0 * place / count,
            "yaw_right_deg": 13.0 + 6.0 * place / count,
        }
        for place in range(count)
    ]


def facts(store: Store, number: int):  # type: ignore[no-untyped-def]
    run = store.run(number)
    assert run is not None
    return recall.facts(store, run)


def test_a_run_in_a_few_numbers(store: Store) -> None:
    """Shares, cues, cadence, what grew from fresh to tired, and the side the turn moved to."""
    number = add_run(store, {"forward_lean": 0.3, "torso_twist": 0.0}, strides=strides(10 * FEWEST))
    found = facts(store, number)
    lean = found.fault("forward_lean")
    assert (lean.watched_s, lean.share, lean.cues, lean.mended) == (1500.0, pytest.approx(0.3), 3, 2)
    assert lean.faded == pytest.approx(8.0, abs=0.1)
    assert found.fault("torso_twist").faded == 0.0
    assert found.fault("hunched_shoulders") == FaultFacts("hunched_shoulders")
    assert found.shifted_deg == pytest.approx(4.8, abs=0.1)
    assert (found.running_s, found.cadence_spm) == (1800.0, 170.0)
    assert [topic.name for topic in plan(found, {}).topics] == ["forward_lean", "drift", "one_sided"]


def test_a_camera_that_was_moved_tells_no_side(store: Store) -> None:
    """Left and right share the error of its angle, which is another one then."""
    number = add_run(store, strides=strides(10 * FEWEST, moved_deg=40.0))
    assert facts(store, number).shifted_deg is None


def test_short_runs_and_runs_without_strides(store: Store) -> None:
    """What cannot be known is not made up: a minute's run, one whose strides made room, an empty one."""
    for number in (add_run(store, {"forward_lean": 0.3}, strides=strides(80)), add_run(store, {"forward_lean": 0.3})):
        found = facts(store, number)
        assert found.fault("forward_lean").share == pytest.approx(0.3)
        assert found.fault("forward_lean").faded is None
        assert found.shifted_deg is None
    empty = facts(store, add_run(store, running_s=0.0, cadence_spm=None))
    assert [topic.name for topic in plan(empty, {}).topics] == ["unjudged"]


def test_the_runs_of_one_runner(store: Store) -> None:
    """Runs and shares are each runner's own, the newest first."""
    mine = [add_run(store, {"forward_lean": 0.3}), add_run(store, {"torso_twist": 0.1})]
    add_run(store, {"torso_twist": 0.9}, runner="anna")
    assert [run["id"] for run in recall.runs(store, "")] == mine[::-1]
    assert recall.shares(store, "") == {
        mine[0]: {"forward_lean": pytest.approx(0.3)},
        mine[1]: {"torso_twist": pytest.approx(0.1)},
    }
