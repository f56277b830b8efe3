"""Why a fault is not judged: the words fit what is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.faults.judge import FaultJudge
from device.faults.reasons import why_not
from device.posture.marks import MEANS, SWINGS
from device.records import FAULTS, L_EAR, L_HIP, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER, Baseline, Pose, Posture
from device.settings import LeanSettings, Settings

SETTINGS = Settings()
GOOD = Baseline(
    10.0,
    "oblique",
    azimuth_deg=45.0,
    lean_deg=3.0,
    twist_deg=26.0,
    strides=12,
    unit_px=94.0,
    place_px=(320.0, 200.0),
    means=(0.5,) * len(MEANS),
    swings=(0.1 + 0j,) * len(SWINGS),
    scatter=1.0,
    spread=(0.1,) * 6,
)
RUNS = Posture(20.0, "running", "oblique", 45.0, 3.0, 26.0, 0.0, 0.0, 0.0, 170.0, 0.8, 20, GOOD)


def pose(*hidden: int) -> Pose:
    keypoints = np.full((17, 3), 0.8, np.float32)
    keypoints[list(hidden), 2] = 0.05
    return Pose(20.0, keypoints, 640, 480)


def reasons(posture: Posture, seen: Pose | None = None, settings: Settings = SETTINGS) -> dict[str, str | None]:
    faults = FaultJudge(settings).step(posture)
    return {fault.fault: why_not(fault, posture, seen or pose(), settings) for fault in faults}


def test_what_is_judged_has_no_reason() -> None:
    """All is seen, all is known: nothing to say."""
    assert reasons(RUNS) == dict.fromkeys(FAULTS)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"motion": "absent"}, "nobody is seen"),
        ({"motion": "standing"}, "judged only while you run"),
        ({"motion": "walking"}, "judged only while you run"),
        ({"view": ""}, "finding out where the camera stands"),
    ],
)
def test_what_keeps_all_from_being_judged(change: dict[str, str], why: str) -> None:
    """Nobody, somebody who does not run, or a camera whose place is not known yet."""
    assert set(reasons(RUNS._replace(**change)).values()) == {why}


def test_before_the_form_is_known() -> None:
    """Shoulders wait for it; lean and twist have limits of their own, but not from the front."""
    unknown = RUNS._replace(baseline=None)
    assert reasons(unknown) == {"forward_lean": None, "hunched_shoulders": "learning your form", "torso_twist": None}
    assert reasons(unknown._replace(view="front")) == {
        "forward_lean": "not from the front",
        "hunched_shoulders": "learning your form",
        "torso_twist": "learning your form",
    }


def test_what_does_not_show_from_there() -> None:
    """Lean never from the front; the others where one stride tells too little, said with the view."""
    vague = GOOD._replace(view="front", spread=(100.0,) * 6)
    front = reasons(RUNS._replace(view="front", baseline=vague))
    assert front == {
        "forward_lean": "not from the front",
        "hunched_shoulders": "shows too little from the front",
        "torso_twist": "shows too little from the front",
    }
    hipless = GOOD._replace(means=(math.nan,) + (0.5,) * (len(MEANS) - 1))
    assert reasons(RUNS._replace(baseline=hipless))["forward_lean"] == "cannot see your hips"


@pytest.mark.parametrize(
    ("hidden", "measures", "fault", "why"),
    [
        ((L_HIP, R_HIP), {"lean_deg": math.nan}, "forward_lean", "cannot see your hips"),
        ((L_SHOULDER, R_SHOULDER), {"lean_deg": math.nan}, "forward_lean", "cannot see your shoulders"),
        ((L_SHOULDER, R_SHOULDER), {"twist_deg": math.nan}, "torso_twist", "cannot see your shoulders"),
        ((NOSE, L_EAR, R_EAR), {"raised_pct": math.nan}, "hunched_shoulders", "cannot see your head"),
        ((L_HIP,), {"lean_deg": math.nan}, "forward_lean", "waiting for a clear stride"),
    ],
)
def test_what_is_out_of_sight(hidden: tuple[int, ...], measures: dict[str, float], fault: str, why: str) -> None:
    """A measure that cannot be read names the part that is hidden; one of a pair is enough to see it by."""
    if fault == "hunched_shoulders":
        measures = {**measures, "rounded_pct": math.nan, "head_forward_pct": math.nan}
    assert reasons(RUNS._replace(**measures), pose(*hidden))[fault] == why


def test_what_is_switched_off_says_so_whatever_else() -> None:
    """The settings come first."""
    off = replace(SETTINGS, forward_lean=LeanSettings(enabled=False))
    for posture in (RUNS, RUNS._replace(motion="absent"), RUNS._replace(view="front", baseline=None)):
        assert reasons(posture, settings=off)["forward_lean"] == "switched off in the settings"


@given(
    motion=st.sampled_from(["absent", "standing", "running"]),
    view=st.sampled_from(["", "front", "oblique", "side"]),
    spread=st.sampled_from([0.1, 1.0, 100.0, math.nan]),
    learned=st.booleans(),
    lean=st.sampled_from([3.0, math.nan]),
    raised=st.sampled_from([0.0, math.nan]),
    hidden=st.sets(st.integers(0, 16)),
    hips=st.booleans(),
)
def test_there_is_a_reason_exactly_where_nothing_is_judged(
    motion: str,
    view: str,
    spread: float,
    learned: bool,
    lean: float,
    raised: float,
    hidden: set[int],
    hips: bool,
) -> None:
    """A fault that is watched with a value has none; every other has one line of words."""
    means = (0.5 if hips else math.nan,) + (0.5,) * (len(MEANS) - 1)
    known = GOOD._replace(spread=(spread,) * 6, means=means) if learned else None
    posture = RUNS._replace(motion=motion, view=view, baseline=known, lean_deg=lean, raised_pct=raised)
    for fault in FaultJudge(SETTINGS).step(posture):
        why = why_not(fault, posture, pose(*hidden), SETTINGS)
        assert (why is None) == (fault.watched and not math.isnan(fault.value))
        assert why is None or why.strip()
