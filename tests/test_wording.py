"""Events in words."""

from __future__ import annotations

import numpy as np
import pytest

from device import wording
from device.records import Cue, Event, Moment, Pose, Posture


@pytest.mark.parametrize(("t_s", "text"), [(0.0, "00:00"), (41.9, "00:41"), (600, "10:00"), (3723, "1:02:03")])
def test_clock(t_s: float, text: str) -> None:
    """Minutes and seconds; hours from the first hour on."""
    assert wording.clock(t_s) == text


def test_a_cue_is_one_line_with_measure_and_limit() -> None:
    """Time, words, measure, limit."""
    data = {"fault": "forward_lean", "text": "Stand taller", "value": 16.2, "limit": 12.0}
    line = wording.line(Event(41.3, "cue", data))
    assert line.split("  ")[0] == "00:41"
    assert " ".join(line.split()) == "00:41 Stand taller forward lean 16.2° (limit 12.0°)"


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("runner_found", {"confidence": 0.8}, "Runner found"),
        ("runner_lost", {"last_seen_s": 3.0}, "Runner lost"),
        ("view", {"view": "front", "watching": []}, "nothing can be judged from here"),
        ("view", {"view": "side", "watching": ["torso_twist"]}, "watching torso twist"),
        ("baseline", {"lean_deg": None, "twist_deg": 25.0}, "Baseline learned twist 25.0°"),
        (
            "baseline_recalled",
            {"lean_deg": 3.0, "twist_deg": 25.0},
            "Baseline of an earlier run lean 3.0°, twist 25.0°",
        ),
        ("baseline_refused", {"reason": "forward_lean"}, "(no baseline yet) too much forward lean"),
        ("baseline_refused", {"reason": "torso_twist"}, "(no baseline yet) too much torso twist"),
        ("baseline_refused", {"reason": "unsteady"}, "(no baseline yet) the running is not steady"),
        ("baseline_refused", {"reason": "unseen"}, "(no baseline yet) too little of the runner is seen"),
        ("camera_moved", {}, "Camera moved baseline is learned anew"),
        ("runner_changed", {}, "Another runner baseline is learned anew"),
        ("notice", {"about": "refused_lean", "text": "I cannot learn yet"}, "I cannot learn yet"),
        ("fault_off", {"fault": "torso_twist", "value": None, "limit": None, "mended": False}, "out of sight"),
        (
            "cue",
            {"fault": "hunched_shoulders", "text": "Relax", "measure": "raised", "value": 6.0, "limit": 4.0},
            "Relax shoulders raised 6.0 % of trunk (limit 4.0 %)",
        ),
        (
            "praise",
            {"fault": "hunched_shoulders", "text": "Good", "measure": "forward", "value": 1.0, "limit": 7.0},
            "Good shoulders and head forward 1.0 % of trunk (limit 7.0 %)",
        ),
        (
            "fault_off",
            {"fault": "hunched_shoulders", "value": None, "limit": None, "mended": False},
            "(hunched shoulders out of sight) shoulders",
        ),
    ],
)
def test_every_kind_has_words(kind: str, data: dict[str, object], words: str) -> None:
    """No event is shown as raw data."""
    assert words in " ".join(wording.line(Event(1.0, kind, data)).split())


def said(cue: Cue, *events: Event) -> list[str]:
    """The lines of a moment at which something is said."""
    pose = Pose(1.0, np.zeros((17, 3), np.float32), 640, 480)
    told = Event(1.0, cue.kind, {"text": cue.text, "fault": cue.fault, "value": None, "limit": None})
    return wording.lines(Moment(pose, Posture(1.0), (), cue, (*events, told)))


def test_what_is_spoken_of_has_no_second_line() -> None:
    """A fault that is cued at once, and a refusal or a moved camera that is spoken of at once, are one line each."""
    fault = Event(1.0, "fault_on", {"fault": "torso_twist", "value": 50.0, "limit": 40.0})
    refused = Event(1.0, "baseline_refused", {"reason": "unseen"})
    moved = Event(1.0, "camera_moved", {})
    learned = Event(1.0, "baseline", {"lean_deg": 3.0, "twist_deg": 25.0})
    assert len(said(Cue(1.0, "cue", "torso_twist", "Turn less"), fault)) == 1
    assert len(said(Cue(1.0, "cue", "forward_lean", "Stand taller"), fault)) == 2
    assert len(said(Cue(1.0, "cue", "forward_lean", "Stand taller"), refused)) == 2
    assert said(Cue(1.0, "notice", "refused_unseen", "Step back"), refused) == ["00:01  Step back"]
    assert said(Cue(1.0, "notice", "camera_moved", "Moved!"), moved) == ["00:01  Moved!"]
    assert len(said(Cue(1.0, "notice", "baseline_learned", "Got it"), learned)) == 2


def test_nobody_seen() -> None:
    """A run without a runner says so in one line."""
    empty = {"duration_s": 80.02, "seen_s": 0.0, "running_s": 0.0, "cadence_spm": None, "faults": {}}
    assert wording.summary(Event(80.0, "summary", empty)) == "no runner seen in 80 s"
