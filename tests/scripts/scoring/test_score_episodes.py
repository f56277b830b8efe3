"""What a moment is, and what a cue in it is worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handmade import truth
from scoring.episodes import GRACE_S, PHASES, hours, phases, verdict


def phase(known: object, t_s: float) -> str:
    """The phase of one time by name."""
    return PHASES[int(phases(known, np.array([t_s]))[0])]  # type: ignore[arg-type]


def test_a_fault_lasts_until_its_grace_is_over(tmp_path: Path) -> None:
    """Right from the start until end, ramp and grace have passed; false before and after."""
    known = truth(tmp_path, faults=[("lean_hips", 20, 30, 10)])
    over_s = 30 + 1 + GRACE_S
    assert [phase(known, t) for t in (19.9, 20.0, over_s, over_s + 0.1)] == ["clean", "fault", "fault", "clean"]
    cues = [verdict(known, t, "forward_lean") for t in (19.9, 20.0, over_s, over_s + 0.1)]
    assert cues == ["clean", "right", "right", "clean"]


def test_a_cue_for_another_fault_is_the_wrong_one(tmp_path: Path) -> None:
    """While only a lean is there, a cue for twist is wrong; with both there, both are right."""
    lean = ("lean_thorax", 20, 30, 10)
    assert verdict(truth(tmp_path, faults=[lean]), 25.0, "torso_twist") == "wrong_fault"
    both = truth(tmp_path, faults=[lean, ("arms_cross", 24, 34, 60)])
    assert verdict(both, 25.0, "torso_twist") == verdict(both, 25.0, "forward_lean") == "right"


@pytest.mark.parametrize("fault", ["forward_lean", "hunched_shoulders", "torso_twist"])
def test_leaning_back_asks_for_silence(tmp_path: Path, fault: str) -> None:
    """Any cue while the runner leans back is wrong."""
    known = truth(tmp_path, faults=[("lean_back", 20, 30, 10)])
    assert verdict(known, 25.0, fault) == "lean_back"
    assert phase(known, 31.5) == "clean"


@pytest.mark.parametrize("scene", [{"bystanders": 1}, {"neighbour": True}, {"mirror": True}, {"poster": True}])
def test_others_in_sight_are_a_distraction(tmp_path: Path, scene: dict[str, object]) -> None:
    """The whole clip is one of distractions, apart from its faults."""
    known = truth(tmp_path, scene=scene, faults=[("twist", 20, 30, 2)])
    assert [phase(known, t) for t in (5.0, 25.0, 55.0)] == ["distraction", "fault", "distraction"]


def test_activities_and_not_running_are_distractions(tmp_path: Path) -> None:
    """A gesture with its grace, and any time in which nobody runs."""
    drinks = truth(tmp_path, activities=[("drink", 20, 25)])
    assert [phase(drinks, t) for t in (19.0, 22.0, 35.9, 36.1)] == ["clean", "distraction", "distraction", "clean"]
    stands = truth(tmp_path, running=lambda t_s: t_s < 30)
    assert [phase(stands, t) for t in (29.0, 31.0)] == ["clean", "distraction"]
    assert phase(truth(tmp_path, at=lambda t_s: None), 10.0) == "distraction"


def test_the_hours_of_a_clip_add_up(tmp_path: Path) -> None:
    """Every frame belongs to one phase: 21 s of fault with its grace, 9 s of drinking before it, the rest clean."""
    known = truth(tmp_path, faults=[("lean_hips", 20, 30, 10)], activities=[("drink", 11, 12)])
    seconds = {name: 3600 * value for name, value in hours(known).items()}
    assert seconds["fault"] == pytest.approx(21, abs=0.06)
    assert seconds["distraction"] == pytest.approx(9, abs=0.06)
    assert seconds["lean_back"] == 0
    assert sum(seconds.values()) == pytest.approx(60, abs=0.01)
