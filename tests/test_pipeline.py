"""Pose in, moment out: the events of a run, on a runner of sticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from stickman import Stickman, poses

from device.outputs import to_json
from device.pipeline import Coach
from device.records import FAULTS, L_HIP, L_SHOULDER, R_HIP, Baseline, Event
from device.settings import NoticeSettings, PersistenceSettings, Settings

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


def told(events: list[Event]) -> list[str]:
    """What notices are about, less the two of every run: what is watched, and that the baseline is learned."""
    about = [event.data["about"] for event in of(events, "notice")]
    return [name for name in about if name not in ("watching", "baseline_learned")]


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
    assert kinds == [
        "runner_found", "view", "notice", "baseline", "notice", "fault_on", "cue", "fault_off", "praise", "summary",
    ]  # fmt: skip


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
    assert told(events) == [notice]
    (said,) = [event for event in of(events, "notice") if event.data["about"] == notice]
    assert said.data["text"] == getattr(NoticeSettings(), notice)
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
    assert [event.kind for event in of(events, "baseline", "camera_moved", "cue")] == [
        "baseline", "camera_moved", "baseline",
    ]  # fmt: skip
    assert told(events) == ["camera_moved"]
    assert of(events, "baseline")[1].data["view"] == "side"


def test_another_runner_is_noticed() -> None:
    """When somebody else steps on, the baseline is learned anew, and it is said."""
    events = coached(lambda t_s: Stickman() if t_s < 25 else None if t_s < 30 else Somebody(), 65)
    assert [event.kind for event in of(events, "baseline", "runner_changed", "cue")] == [
        "baseline", "runner_changed", "baseline",
    ]  # fmt: skip
    assert told(events) == ["runner_changed"]


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


def test_the_runner_is_told_what_is_watched_and_when_the_form_is_known() -> None:
    """First that the camera sees the runner and what is watched from there, then that the baseline is learned."""
    events = coached(lambda t_s: Stickman(), 25)
    watching, known = of(events, "notice")
    assert watching.data["text"] == "I see you, and watch your lean, shoulders and twist"
    assert known.data["about"] == "baseline_learned"
    (view,), (baseline,) = of(events, "view"), of(events, "baseline")
    assert view.t_s <= watching.t_s < view.t_s + 1
    assert baseline.t_s <= known.t_s < baseline.t_s + 1


def test_less_being_watched_is_told_in_place_of_the_baseline() -> None:
    """From the front the lean is not watched once the form is known; that is said, and each thing said is true."""
    events = coached(lambda t_s: Stickman(azimuth_deg=3), 25)
    views, notices = of(events, "view"), of(events, "notice")
    assert notices[-1].data["about"] == "watching"
    names = {"forward_lean": "lean", "hunched_shoulders": "shoulders", "torso_twist": "twist"}
    for name, word in names.items():
        assert (word in notices[-1].data["text"]) == (name in views[-1].data["watching"])


def test_who_comes_back_later_is_told_anew() -> None:
    """After a short break nothing is said again; after more than a minute what is watched is."""

    def at(t_s: float) -> Stickman | None:
        return None if 25 <= t_s < 35 or 50 <= t_s < 115 else Stickman()

    times = [event.t_s for event in of(coached(at, 130), "view")]
    assert len(times) == 2
    assert times[1] > 115


def test_muted_nothing_is_said_and_all_is_judged() -> None:
    """While muted the same faults come and go; nothing is said then, nor praised later."""
    coach = Coach(Settings())
    events = []
    for pose in poses(leaning, 60, noise_px=1.0):
        if pose.t_s == 18:
            coach.mute(True)
        if pose.t_s == 40:
            coach.mute(False)
            coach.mute(False)
        events += coach.step(pose).events
    kinds = [event.kind for event in events if event.t_s >= 18]
    assert kinds == ["muted", "fault_on", "fault_off", "unmuted"]
    assert coach.summary().data["faults"]["forward_lean"]["cues"] == 0


def test_other_settings_hold_from_the_next_pose_on() -> None:
    """A limit moved in mid-run is in force at once; the baseline stays and nothing is said twice."""
    coach = Coach(Settings())
    events = []
    for pose in poses(lambda t_s: Stickman(lean_deg=4 if t_s < 20 else 8), 60, noise_px=1.0):
        if pose.t_s == 40:
            limits = replace(Settings().forward_lean, rise_deg=2.0, least_deg=2.0)
            coach.retune(replace(Settings(), forward_lean=limits))
        events += coach.step(pose).events
    assert [event.kind for event in of(events, "baseline", "fault_on", "cue")] == ["baseline", "fault_on", "cue"]
    assert 40 < of(events, "cue")[0].t_s < 50
    limit = of(events, "cue")[0].data["limit"]
    assert limit == pytest.approx(of(events, "baseline")[0].data["lean_deg"] + 2, abs=0.1)


def test_fewer_strides_looked_at_hold_at_once() -> None:
    """The persistence may be changed in mid-run in either direction."""
    for strides in (4, 30):
        coach = Coach(Settings())
        events = []
        for pose in poses(leaning, 45, noise_px=1.0):
            if pose.t_s == 15:
                rule = PersistenceSettings(strides=strides, on_strides=3, off_strides=1)
                coach.retune(replace(Settings(), persistence=rule))
            events += coach.step(pose).events
        assert [event.kind for event in of(events, "fault_on", "fault_off")][:1] == ["fault_on"]


def test_who_vanishes_while_running_is_told() -> None:
    """Nobody leaves a moving belt within a second: the coach says, once, that it cannot see the runner."""
    events = coached(lambda t_s: Stickman() if t_s < 20 else None, 90)
    (unseen,) = of(events, "cannot_see")
    assert unseen.data == {"reason": "gone"}
    assert 26 <= unseen.t_s <= 30
    assert told(events) == ["cannot_see"]


def test_who_steps_off_after_walking_is_not_told() -> None:
    """Who slows down, walks and leaves hears nothing."""

    def at(t_s: float) -> Stickman | None:
        return None if t_s > 35 else Stickman(cadence_spm=170 if t_s < 20 else 105)

    events = coached(at, 90)
    assert of(events, "runner_lost")
    assert not of(events, "cannot_see")


def test_who_runs_where_nothing_can_be_read_is_told_once() -> None:
    """With one shoulder and little else to be seen nothing is judged; after a while that is said, and once."""
    behind = (*range(5), L_SHOULDER, L_HIP, R_HIP)
    events = coached(lambda t_s: Stickman(hide=behind if t_s > 25 else ()), 90)
    (unseen,) = of(events, "cannot_see")
    assert unseen.data == {"reason": "unclear"}
    assert 40 <= unseen.t_s <= 45
    assert told(events) == ["cannot_see"]
