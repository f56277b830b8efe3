"""Pose in, moment out: the events of a run, on a runner of sticks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stickman import Stickman, poses

from device.outputs import to_json
from device.pipeline import Coach
from device.records import Event
from device.settings import Settings

Runner = Callable[[float], Stickman | None]


def coached(at: Runner, seconds: float, fps: float = 25.0) -> list[Event]:
    """All events of a run, the summary last."""
    coach = Coach(Settings())
    events = [event for pose in poses(at, seconds, fps, noise_px=1.0) for event in coach.step(pose).events]
    return [*events, coach.summary()]


def leaning(t_s: float) -> Stickman:
    return Stickman(lean_deg=17 if 20 <= t_s < 32 else 4)


def test_a_run_from_first_sight_to_praise() -> None:
    """Found, view, baseline, fault, cue, mended, praise, summary: in this order, each once."""
    kinds = [event.kind for event in coached(leaning, 45)]
    assert kinds == ["runner_found", "view", "baseline", "fault_on", "cue", "fault_off", "praise", "summary"]


@pytest.mark.parametrize("fps", [10, 15, 30, 60])
def test_cues_come_at_the_same_time_at_any_frame_rate(fps: int) -> None:
    """Cues are decided within a stride of each other, whatever the frame rate."""
    said = [event.t_s for event in coached(leaning, 45, fps) if event.kind in ("cue", "praise")]
    usual = [event.t_s for event in coached(leaning, 45) if event.kind in ("cue", "praise")]
    assert said == pytest.approx(usual, abs=0.75)


def test_the_same_poses_give_the_same_events() -> None:
    """Nothing but the poses decides: two coaches write the same lines."""
    first, second = coached(leaning, 40), coached(leaning, 40)
    assert [to_json(event) for event in first] == [to_json(event) for event in second]


def test_who_steps_off_in_mid_fault_is_not_praised() -> None:
    """A runner who leaves while leaning is lost, the fault ends unmended, and nothing is said about it."""
    events = coached(lambda t_s: leaning(t_s) if t_s < 29 else None, 50)
    assert [event.kind for event in events if event.kind in ("cue", "praise")] == ["cue"]
    (ended,) = [event for event in events if event.kind == "fault_off"]
    assert ended.data["mended"] is False
    (lost,) = [event for event in events if event.kind == "runner_lost"]
    assert lost.t_s == pytest.approx(30.5, abs=0.2)
    assert lost.data["last_seen_s"] == pytest.approx(29, abs=0.1)


def test_the_summary_adds_up() -> None:
    """Time seen and running, cadence, and for each fault its share of time, cues and mendings."""
    summary = coached(lambda t_s: leaning(t_s) if t_s < 45 else None, 60)[-1]
    assert summary.kind == "summary"
    assert summary.data["duration_s"] == pytest.approx(60, abs=0.1)
    assert summary.data["seen_s"] == pytest.approx(46, abs=0.6)
    assert 40 < summary.data["running_s"] < 45.5
    assert summary.data["cadence_spm"] == pytest.approx(170, abs=1)
    lean = summary.data["faults"]["forward_lean"]
    assert (lean["cues"], lean["mended"]) == (1, 1)
    assert lean["share"] == pytest.approx(12 / 42, abs=0.06)
    assert summary.data["faults"]["torso_twist"] == {
        "watched_s": pytest.approx(42, abs=3),
        "share": 0.0,
        "cues": 0,
        "mended": 0,
    }


def test_walkers_are_seen_but_not_coached() -> None:
    """Somebody who walks bent over is found, and left alone."""
    kinds = [event.kind for event in coached(lambda t_s: Stickman(lean_deg=25, cadence_spm=110), 40)]
    assert kinds == ["runner_found", "summary"]


def test_no_poses_give_an_empty_summary() -> None:
    """A run without a single frame sums up to nothing."""
    summary = Coach(Settings()).summary()
    assert (summary.t_s, summary.data["seen_s"], summary.data["cadence_spm"]) == (0.0, 0.0, None)
