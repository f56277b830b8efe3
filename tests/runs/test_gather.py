from __future__ import annotations

import json

import pytest
from acted import BASELINE, Act, about, gatherer, moments

from device.records import Event, Moment
from device.runs.batch import Batch
from device.runs.gather import Gatherer
from device.settings import LeanSettings, ProfileSettings, RunsSettings, Settings


def played(followed: Gatherer, made: list[Moment], every: int = 80) -> list[Batch]:
    """All batches of these moments, taken once in a while; a run's are put together."""
    found: dict[str, Batch] = {}
    for number, moment in enumerate(made):
        followed.step(moment)
        if number % every == every - 1:
            _add(found, followed)
    followed.end()
    _add(found, followed)
    return list(found.values())


def _add(found: dict[str, Batch], followed: Gatherer) -> None:
    for batch in followed.take():
        if batch.name in found:
            found[batch.name].add(batch)
        else:
            found[batch.name] = batch


def test_a_run_ends_after_two_minutes_without_running_and_not_before() -> None:
    """A pause of 110 s is part of the run, one of 120 s ends it; duration counts up to the last running."""
    acted = {0.0: Act(), 60.0: Act(running=False), 170.0: Act(), 200.0: Act(seen=False), 330.0: Act()}
    first, second = played(gatherer(), moments(350.0, acted=acted))
    assert first.over
    assert second.over
    assert first.run["duration_s"] == pytest.approx(199.9)
    assert first.run["running_s"] == pytest.approx(90.0, abs=0.5)
    assert first.run["seen_share"] == pytest.approx(1.0)
    assert second.begun_s == pytest.approx(320.0), "ten seconds before running was seen"
    assert second.run["duration_s"] == pytest.approx(29.9)


def test_the_setting_says_how_long_a_pause_may_be() -> None:
    """With end_s = 20 a pause of 30 s makes two runs."""
    acted = {0.0: Act(), 30.0: Act(running=False), 60.0: Act()}
    assert len(played(gatherer(end_s=20.0), moments(90.0, acted=acted))) == 2


def test_what_came_shortly_before_the_running_is_kept_and_what_came_long_before_is_not() -> None:
    """The record begins ten seconds before running is seen, and its times count from there."""
    acted = {0.0: Act(seen=False), 60.0: Act()}
    (run,) = played(gatherer(), moments(80.0, acted=acted))
    assert run.begun_s == pytest.approx(50.0)
    assert run.poses[0][0] == 0.0
    assert min(row["t_s"] for row in run.strides.values()) > 10.0
    assert run.run["duration_s"] == pytest.approx(29.9)
    assert run.run["seen_share"] == pytest.approx(20 / 29.9, abs=0.01)


@pytest.mark.parametrize("seconds", [0.0, 4.0])
def test_less_than_five_seconds_of_running_are_no_run(seconds: float) -> None:
    """Somebody who steps on and off leaves nothing behind."""
    acted = {0.0: Act(running=False), 5.0: Act(), 5.0 + seconds: Act(running=False)}
    assert played(gatherer(), moments(200.0, acted=acted)) == []


def test_faults_cues_and_mendings_are_rows() -> None:
    """An episode knows its limits, its worst and its end; the cue knows when it was heeded."""
    acted = {0.0: Act(), 20.0: Act(lean_deg=12.0), 30.0: Act(lean_deg=15.0), 40.0: Act(), 60.0: Act(lean_deg=10.0)}
    (run,) = played(gatherer(), moments(80.0, acted=acted))
    mended, lasting = run.episodes.values()
    assert (mended["begun_s"], mended["ended_s"], mended["mended"]) == (20.0, 40.0, 1)
    assert (mended["value_max"], mended["limit_"]) == (15.0, 8.0)
    assert (lasting["begun_s"], lasting["ended_s"], lasting["mended"]) == (60.0, None, None)
    kinds = [(cue["kind"], cue["t_s"], cue["mended_s"]) for cue in run.cues.values()]
    assert kinds == [("cue", 20.0, 40.0), ("praise", 40.0, None), ("cue", 60.0, None)]
    tally = next(tally for tally in run.tallies if tally["fault"] == "forward_lean")
    assert (tally["cues"], tally["mended"]) == (2, 1)
    assert tally["on_s"] == pytest.approx(40.0, abs=0.3)
    assert tally["out_strides"] / tally["strides"] == pytest.approx(0.5, abs=0.04)
    assert tally["value_mean"] == pytest.approx((40 * 2.0 + 10 * 12.0 + 10 * 15.0 + 20 * 10.0) / 80, abs=0.2)


def test_a_fault_that_went_out_of_sight_is_not_mended() -> None:
    """Who steps off mid-fault did not heed the cue."""
    acted = {0.0: Act(), 20.0: Act(lean_deg=12.0), 40.0: Act(seen=False)}
    (run,) = played(gatherer(), moments(60.0, acted=acted))
    assert [episode["mended"] for episode in run.episodes.values()] == [0]
    assert [cue["mended_s"] for cue in run.cues.values()] == [None]


def test_each_stride_is_a_row_with_the_limits_in_force() -> None:
    """A fault that was not watched has no value; one that was has its limit beside it."""
    (run,) = played(gatherer(), moments(30.0))
    row = run.strides[10]
    assert (row["lean"], row["lean_limit"], row["lean_clear"]) == (2.0, 8.0, 5.0)
    assert (row["shoulders"], row["shoulders_limit"]) == (None, 3.4)
    assert (row["twist"], row["twist_limit"]) == (None, None)
    assert row["view"] == "side"
    assert len(run.strides) == pytest.approx(40, abs=1)
    assert run.run["steps"] == pytest.approx(80, abs=1)
    assert run.run["cadence_spm"] == pytest.approx(160.0)


def test_the_baseline_is_kept_with_what_the_camera_could_tell() -> None:
    """A twist that the camera cannot tell is not known, though the baseline holds what is usual."""
    acted = {0.0: Act(), 15.0: Act(baseline=BASELINE)}
    (run,) = played(gatherer(), moments(30.0, acted=acted))
    (kept,) = run.baselines.values()
    assert (kept["t_s"], kept["kind"], kept["lean_deg"], kept["twist_deg"]) == (15.0, "learned", 2.0, None)
    assert json.loads(kept["json"])["strides"] == 12
    assert json.loads(kept["json"])["swings"][0] == [0.0, 1.0]


def test_a_baseline_from_before_the_run_is_known() -> None:
    """The report can tell what the run was judged by, also of the second run of an evening."""
    made = [one._replace(events=()) for one in moments(30.0, acted={0.0: Act(baseline=BASELINE)})]
    (run,) = played(gatherer(), made)
    assert [row["kind"] for row in run.baselines.values()] == ["known"]


def test_other_events_are_kept_as_they_are() -> None:
    """What happened and has no table of its own is an event."""
    made = moments(30.0)
    made[100] = made[100]._replace(events=(Event(10.0, "view", {"view": "side", "watching": ["forward_lean"]}),))
    (run,) = played(gatherer(), made)
    (kept,) = run.events.values()
    assert (kept["t_s"], kept["kind"]) == (10.0, "view")
    assert json.loads(kept["json"]) == {"view": "side", "watching": ["forward_lean"]}


def test_the_parts_taken_are_together_the_whole() -> None:
    """How often it is written does not change what is written."""
    acted = {0.0: Act(), 20.0: Act(lean_deg=12.0), 40.0: Act(), 50.0: Act(running=False)}
    made = moments(80.0, acted=acted)
    often, once = played(gatherer(), made, every=7), played(gatherer(), made, every=10**6)
    for one, other in zip(often, once, strict=True):
        assert one.run == other.run
        assert one.tallies == other.tallies
        assert (one.strides, one.episodes, one.cues) == (other.strides, other.episodes, other.cues)
        assert len(one.poses) == len(other.poses)


def test_another_runner_is_another_run() -> None:
    """Choosing another profile ends the run of the one before."""
    followed = gatherer()
    for moment in moments(30.0):
        followed.step(moment)
    own = followed.about
    followed.about = own._replace(runner="anna")
    for moment in moments(30.0, start_s=30.0):
        followed.step(moment)
    followed.end()
    assert [(batch.run["runner"], batch.run["closed"]) for batch in followed.take()] == [("", "end"), ("anna", "end")]


def test_other_settings_in_the_middle_of_a_run_are_told() -> None:
    """The run keeps the settings that it began with, and notes which changed."""
    followed = gatherer()
    made = moments(30.0)
    for moment in made[:150]:
        followed.step(moment)
    settings = Settings(runs=RunsSettings(), forward_lean=LeanSettings(rise_deg=9.0))
    followed.about = followed.about._replace(settings=settings)
    for moment in made[150:]:
        followed.step(moment)
    followed.end()
    (run,) = followed.take()
    (kept,) = run.events.values()
    assert (kept["kind"], json.loads(kept["json"])["toml"]) == ("settings", "[forward_lean]\nrise_deg = 9.0\n")
    assert "rise_deg = 6.0" in run.toml


def test_key_points_are_left_out_where_they_are_not_wanted() -> None:
    """poses = false keeps the strides and no key points."""
    (run,) = played(gatherer(poses=False), moments(30.0))
    assert run.strides
    assert not run.poses


def test_what_a_run_is_kept_with() -> None:
    """Software, model and settings stand in the run's own line."""
    own = about()._replace(runner="anna", settings=Settings(profile=ProfileSettings(name="anna")))
    (run,) = played(Gatherer(own, 120.0), moments(30.0))
    assert run.run["runner"] == "anna"
    assert (run.run["software"], run.run["model"], run.run["model_sha256"]) == ("test", "acted", "0" * 64)
    assert len(run.run["settings_sha256"]) == 64
