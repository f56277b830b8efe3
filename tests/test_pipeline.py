"""Pose in, moment out: the events of a run, on a runner of sticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from stickman import Stickman, poses

from device.outputs import to_json
from device.pipeline import Coach
from device.records import FAULTS, Baseline, Event
from device.settings import NoticeSettings, Settings

Runner = Callable[[float], Stickman | None]


def coached(
    at: Runner,
    seconds: float,
    fps: float = 25.0,
    *,
    known: Sequence[Baseline] = (),
    settings: Settings | None = None,
) -> list[Event]:
    """All events of a run, the summary last."""
    coach = Coach(settings or Settings(), known)
    events = [event for pose in poses(at, seconds, fps, noise_px=1.0) for event in coach.step(pose).events]
    return [*events, coach.summary()]


def of(events: list[Event], *kinds: str) -> list[Event]:
    """Those of some kinds."""
    return [event for event in events if event.kind in kinds]


def learned(azimuth_deg: float = 45.0) -> Baseline:
    """What the coach learns from a runner in good form."""
    coach = Coach(Settings())
    for pose in poses(lambda t_s: Stickman(azimuth_deg=azimuth_deg), 20, noise_px=1.0):
        baseline = coach.step(pose).posture.baseline
    assert baseline is not None
    return baseline


class Somebody(Stickman):
    """Another body: a long neck, and arms held high and far ahead."""

    def keypoints(self, phase: float, noise: np.ndarray | None = None) -> np.ndarray:
        points = super().keypoints(phase, noise)
        points[:5, 1] -= 25
        points[7:11, 0] += 20
        points[7:9, 1] -= 15
        return points


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


def test_the_baseline_is_told_with_what_it_lets_be_watched() -> None:
    """View, azimuth, lean, twist, number of strides, and the faults that can be judged with it."""
    (baseline,) = of(coached(leaning, 20), "baseline")
    told = baseline.data
    assert list(told) == ["view", "azimuth_deg", "lean_deg", "twist_deg", "strides", "watching"]
    assert (told["view"], told["watching"]) == ("oblique", list(FAULTS))
    assert told["azimuth_deg"] == pytest.approx(45, abs=5)
    assert told["lean_deg"] == pytest.approx(4, abs=1.5)
    assert told["twist_deg"] == pytest.approx(26, abs=4)
    assert told["strides"] >= 8


def test_what_the_camera_cannot_tell_is_not_told() -> None:
    """From the front neither lean nor twist shows in degrees, and none is told."""
    (baseline,) = of(coached(lambda t_s: Stickman(azimuth_deg=3), 20), "baseline")
    assert (baseline.data["view"], baseline.data["lean_deg"], baseline.data["twist_deg"]) == ("front", None, None)
    assert "forward_lean" not in baseline.data["watching"]


@pytest.mark.parametrize(
    ("man", "reason", "notice"),
    [
        (Stickman(lean_deg=20), "forward_lean", "refused_lean"),
        (Stickman(twist_deg=80), "torso_twist", "refused_twist"),
    ],
)
def test_a_refused_baseline_is_spoken_of_once(man: Stickman, reason: str, notice: str) -> None:
    """Who is already out of bounds is cued first, then told once why no form is learned."""
    events = coached(lambda t_s: man, 120)
    assert [event.data["reason"] for event in of(events, "baseline_refused")] == [reason]
    (said,) = of(events, "notice")
    assert said.data == {"about": notice, "text": getattr(NoticeSettings(), notice)}
    cue = of(events, "cue")[0]
    assert cue.data["fault"] == reason
    assert cue.t_s < said.t_s
    assert not of(events, "baseline")


def test_after_a_refusal_good_form_is_learned() -> None:
    """Once the runner is within bounds the baseline is learned after all."""
    events = coached(lambda t_s: Stickman(lean_deg=20 if t_s < 30 else 4), 70)
    *refused, learned = of(events, "baseline_refused", "baseline")
    assert refused[0].data["reason"] == "forward_lean"
    assert learned.kind == "baseline"
    assert learned.data["lean_deg"] == pytest.approx(4, abs=1.5)


def test_notices_can_be_switched_off() -> None:
    """Nothing is spoken then, and the event is written all the same."""
    settings = Settings(notices=NoticeSettings(enabled=False))
    events = coached(lambda t_s: Stickman(lean_deg=20), 30, settings=settings)
    assert of(events, "baseline_refused")
    assert not of(events, "notice")


def test_a_known_baseline_that_fits_is_used() -> None:
    """A baseline of an earlier run is in use sooner than one could be learned, and is told by its own event."""
    own = learned()
    events = coached(leaning, 32, known=[learned(-80), own])
    (recalled,) = of(events, "baseline_recalled")
    assert not of(events, "baseline")
    assert recalled.t_s < of(coached(leaning, 32), "baseline")[0].t_s - 3
    assert recalled.data["lean_deg"] == round(own.lean_deg, 2)
    assert [event.data["fault"] for event in of(events, "cue")] == ["forward_lean"]


def test_a_known_baseline_from_elsewhere_is_not_used() -> None:
    """From another side the form is learned anew."""
    kinds = [event.kind for event in coached(lambda t_s: Stickman(), 20, known=[learned(90)])]
    assert "baseline" in kinds
    assert "baseline_recalled" not in kinds


def test_a_camera_that_moved_is_noticed() -> None:
    """The event, the notice, and then a baseline from the new place; no cue comes of it."""
    events = coached(lambda t_s: Stickman(azimuth_deg=45 if t_s < 25 else 80), 60)
    kinds = [event.kind for event in of(events, "baseline", "camera_moved", "notice", "cue")]
    assert kinds == ["baseline", "camera_moved", "notice", "baseline"]
    assert of(events, "baseline")[1].data["view"] == "side"


def test_another_runner_is_noticed() -> None:
    """When somebody else steps on, the baseline is learned anew, and it is said."""
    events = coached(lambda t_s: Stickman() if t_s < 25 else None if t_s < 30 else Somebody(), 65)
    kinds = [event.kind for event in of(events, "baseline", "runner_changed", "notice", "cue")]
    assert kinds == ["baseline", "runner_changed", "notice", "baseline"]


def test_relearning_on_request() -> None:
    """Asked to, the coach forgets the baseline and learns it from the next steady strides."""
    coach = Coach(Settings())
    events = []
    for pose in poses(lambda t_s: Stickman(), 45, noise_px=1.0):
        if pose.t_s == 20:
            coach.relearn()
        moment = coach.step(pose)
        events += moment.events
        if pose.t_s == 20:
            assert moment.posture.baseline is None
    first, second = of(events, "baseline")
    assert first.t_s < 20 < second.t_s


def test_a_cue_names_the_measure_of_a_fault_that_has_several() -> None:
    """Raised shoulders are told from those drawn forward; lean and twist have one measure only."""
    events = coached(lambda t_s: Stickman(raise_mm=0 if t_s < 20 else 60), 35)
    assert {event.data["measure"] for event in of(events, "cue", "fault_on")} == {"raised"}
    assert all("measure" not in event.data for event in of(coached(leaning, 35), "cue", "fault_on"))


def test_no_poses_give_an_empty_summary() -> None:
    """A run without a single frame sums up to nothing."""
    summary = Coach(Settings()).summary()
    assert (summary.t_s, summary.data["seen_s"], summary.data["cadence_spm"]) == (0.0, 0.0, None)
