"""The runner's own good form, learned from some steady strides."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from followed import ALIKE_S, follow, strides_marks, unseen
from stickman import CONSOLE, Stickman, ill_seen, poses

from device.posture import PostureCore
from device.posture.baseline import LEAST_STRIDES, USUAL_LEAN_DEG, USUAL_TWIST_DEG, BaselineLearner
from device.posture.marks import Marks
from device.records import Baseline, Posture
from device.settings import BaselineSettings, Settings

RULE = BaselineSettings()
STRIDE_S = 0.7
GOOD = Posture(0.0, "running", "side", 85.0, lean_deg=4.0, twist_deg=26.0)


@cache
def _marks(phase: int) -> Marks:
    return strides_marks(Stickman(azimuth_deg=85), phase=phase / 10)


def teach(
    learner: BaselineLearner,
    strides: int,
    start_s: float = 0.0,
    at: Callable[[int], tuple[Posture, Marks]] = lambda number: (GOOD, _marks(number % 10)),
) -> float:
    """Give a learner some strides; the time after the last."""
    for number in range(strides):
        posture, marks = at(number)
        learner.step(posture._replace(t_s=start_s + number * STRIDE_S), marks)
    return start_s + strides * STRIDE_S


def test_it_takes_steady_running_of_a_given_time() -> None:
    """Nothing is learned before settling in and learning have each had their seconds; then it is, at once."""
    learner, strides = BaselineLearner(Settings()), math.ceil((RULE.settle_s + RULE.learn_s) / STRIDE_S)
    teach(learner, strides)
    assert learner.learned is None
    teach(learner, 3, strides * STRIDE_S)
    assert learner.learned is not None
    assert learner.learned.lean_deg == pytest.approx(4.0)
    assert learner.learned.view == "side"
    assert learner.learned.strides >= LEAST_STRIDES
    assert not learner.recalled
    assert learner.refused == ""


def test_it_begins_anew_after_an_interruption() -> None:
    """Strides from before and after a stop are not taken together."""
    learner = BaselineLearner(Settings())
    now_s = teach(learner, 14)
    learner.interrupt()
    now_s = teach(learner, 14, now_s)
    assert learner.learned is None
    teach(learner, 6, now_s)
    assert learner.learned is not None


def test_too_few_strides_are_no_middle() -> None:
    """However short the time to learn is set, fewer than six strides make no baseline."""
    learner = BaselineLearner(Settings(baseline=replace(RULE, settle_s=0.0, learn_s=3.0)))
    for number in range(LEAST_STRIDES - 1):
        learner.step(GOOD._replace(t_s=5.0 * number), _marks(number))
    assert learner.learned is None
    learner.step(GOOD._replace(t_s=30.0), _marks(0))
    assert learner.learned is not None


@pytest.mark.parametrize(("form", "why"), [({"lean_deg": 17.0}, "forward_lean"), ({"twist_deg": 100.0}, "torso_twist")])
def test_bad_form_is_refused_until_it_is_better(form: dict[str, float], why: str) -> None:
    """Who is beyond an absolute limit is no model; the learner says which, and goes on until the form is good."""
    learner = BaselineLearner(Settings())
    now_s = teach(learner, 30, at=lambda number: (GOOD._replace(**form), _marks(number % 10)))
    assert learner.learned is None
    assert learner.refused == why
    teach(learner, 30, now_s)
    assert learner.learned is not None
    assert learner.refused == ""
    assert learner.learned.lean_deg == pytest.approx(4.0)


def test_unsteady_strides_are_refused() -> None:
    """Strides that have little to do with each other are no steady running."""
    random = np.random.default_rng(1)

    def wild(number: int) -> tuple[Posture, Marks]:
        marks = _marks(number % 10)
        means = marks.means + random.normal(0, 25, marks.means.shape)
        return GOOD, marks._replace(means=means, swings=marks.swings * random.uniform(-1, 2, marks.swings.shape))

    learner = BaselineLearner(Settings())
    teach(learner, 40, at=wild)
    assert learner.learned is None
    assert learner.refused == "unsteady"


def test_who_is_not_seen_is_refused() -> None:
    """Where too little of the runner was seen there is nothing to learn, and that is said."""
    learner = BaselineLearner(Settings())
    teach(learner, 30, at=lambda number: (GOOD, unseen()))
    assert learner.learned is None
    assert learner.refused == "unseen"


def test_some_wild_strides_do_not_move_the_middle() -> None:
    """A third of strides in which somebody drank, or was misread, leaves the baseline where it was."""
    clean, spoiled = BaselineLearner(Settings()), BaselineLearner(Settings())
    teach(clean, 25)

    def at(number: int) -> tuple[Posture, Marks]:
        marks = _marks(number % 10)
        if number % 3:
            return GOOD, marks
        return GOOD._replace(lean_deg=40.0, twist_deg=80.0), Marks(marks.means * 1.5, -2 * marks.swings, marks.place)

    teach(spoiled, 25, at=at)
    assert clean.learned is not None
    assert spoiled.learned is not None
    assert spoiled.learned.lean_deg == clean.learned.lean_deg
    assert spoiled.learned.unit_px == pytest.approx(clean.learned.unit_px, rel=0.02)
    assert spoiled.learned.means == pytest.approx(clean.learned.means, abs=0.02)
    assert np.abs(spoiled.learned.swings) == pytest.approx(np.abs(clean.learned.swings), abs=0.05)


def test_forgetting_learns_another_form() -> None:
    """After forgetting, the next steady strides count, not those of before."""
    learner = BaselineLearner(Settings())
    now_s = teach(learner, 25)
    learner.forget()
    assert learner.learned is None
    teach(learner, 25, now_s, at=lambda number: (GOOD._replace(lean_deg=8.0), _marks(number % 10)))
    assert learner.learned is not None
    assert learner.learned.lean_deg == pytest.approx(8.0)


def learned_from(man: Stickman, seconds: float = ALIKE_S, **spoiled: float) -> tuple[PostureCore, Baseline | None]:
    core = PostureCore(Settings())
    run = poses(lambda t_s: man, seconds, 20)
    return core, follow(ill_seen(run, noise_px=1.0, **spoiled) if spoiled else run, core)[-1].baseline


@pytest.mark.parametrize("azimuth_deg", [45, 85])
def test_the_baseline_is_the_runners_own(azimuth_deg: int) -> None:
    """Lean and twist of the runner it was learned from, from a camera where it stands."""
    _, baseline = learned_from(Stickman(azimuth_deg=azimuth_deg, lean_deg=6, twist_deg=34))
    assert baseline is not None
    assert baseline.lean_deg == pytest.approx(6, abs=1)
    assert baseline.twist_deg == pytest.approx(34, rel=0.1)
    assert baseline.azimuth_deg == pytest.approx(azimuth_deg, abs=6)
    assert baseline.unit_px == pytest.approx(94, rel=0.05)


def test_from_the_front_what_runners_usually_have_stands_in() -> None:
    """There neither lean nor twist can be told, so the usual ones are taken; a console does not hinder learning."""
    _, baseline = learned_from(Stickman(azimuth_deg=5, hide=CONSOLE, lean_deg=9, twist_deg=20))
    assert baseline is not None
    assert (baseline.lean_deg, baseline.twist_deg) == (USUAL_LEAN_DEG, USUAL_TWIST_DEG)
    assert np.isnan(baseline.means).any()


@pytest.mark.parametrize("azimuth_deg", [45, 85])
def test_jumps_and_swaps_do_not_spoil_it(azimuth_deg: int) -> None:
    """Frames with left and right exchanged, or with a point elsewhere, leave the baseline where it was."""
    man = Stickman(azimuth_deg=azimuth_deg)
    _, clean = learned_from(man)
    _, spoiled = learned_from(man, swaps=0.04, jumps=0.06, dropouts=0.04)
    assert clean is not None
    assert spoiled is not None
    assert spoiled.lean_deg == pytest.approx(clean.lean_deg, abs=0.5)
    assert spoiled.twist_deg == pytest.approx(clean.twist_deg, rel=0.1)
    assert spoiled.means == pytest.approx(clean.means, abs=0.03)


def test_a_leaning_runner_is_refused_with_a_reason() -> None:
    """Who begins far bent over is told why nothing is learned, and learned from as soon as he stands up."""
    core = PostureCore(Settings())
    for posture in follow(poses(lambda t_s: Stickman(lean_deg=22, azimuth_deg=85), 20, 20), core):
        assert posture.baseline is None
    assert core.refused == "forward_lean"
    upright = poses(lambda t_s: Stickman(lean_deg=5, azimuth_deg=85), 20, 20, start_s=20.0)
    baseline = follow(upright, core)[-1].baseline
    assert baseline is not None
    assert baseline.lean_deg == pytest.approx(5, abs=1)
    assert core.refused == ""


@pytest.mark.parametrize("noise_px", [0.0, 2.0])
def test_a_twisting_runner_is_refused_with_a_reason(noise_px: float) -> None:
    """Who twists beyond the absolute limit is no model either, however shaky the picture."""
    core = PostureCore(Settings())
    run = poses(lambda t_s: Stickman(twist_deg=75, azimuth_deg=85), 20, 20)
    assert follow(ill_seen(run, noise_px=noise_px), core)[-1].baseline is None
    assert core.refused == "torso_twist"


def test_relearning_on_request() -> None:
    """Asked to, the core forgets at once and learns the form that is run now."""
    core, before = learned_from(Stickman(azimuth_deg=85))
    assert before is not None
    core.relearn()
    after = follow(poses(lambda t_s: Stickman(azimuth_deg=85, lean_deg=8), 22, 20, start_s=ALIKE_S), core)
    assert after[0].baseline is None
    assert after[-1].baseline is not None
    assert after[-1].baseline.lean_deg == pytest.approx(8, abs=1)


def test_a_baseline_of_an_earlier_run_is_recalled() -> None:
    """The same runner before the same camera is known again within a few strides; then nothing is learned anew."""
    _, known = learned_from(Stickman(azimuth_deg=45))
    assert known is not None
    core = PostureCore(Settings(), known=[known])
    seen = follow(poses(lambda t_s: Stickman(azimuth_deg=45, cadence_spm=164), 12, 20), core)
    assert seen[-1].baseline is known
    assert core.recalled


@pytest.mark.parametrize(
    "other",
    [
        Stickman(azimuth_deg=75),
        Stickman(azimuth_deg=-45),
        Stickman(azimuth_deg=45, scale=1.5),
        Stickman(azimuth_deg=45, camera_m=1.6),
    ],
)
def test_a_baseline_from_another_camera_is_not(other: Stickman) -> None:
    """From another place of the camera, or another height, an earlier baseline says nothing; a new one is learned."""
    _, known = learned_from(Stickman(azimuth_deg=45))
    assert known is not None
    core = PostureCore(Settings(), known=[known])
    baseline = follow(poses(lambda t_s: other, 18, 20), core)[-1].baseline
    assert baseline is not None
    assert baseline is not known
    assert not core.recalled


def test_a_camera_that_was_knocked_is_noticed() -> None:
    """A tripod turned in mid-run makes the core drop the baseline, say so once, and learn a new one."""
    core = PostureCore(Settings())
    dropped = []
    for pose in poses(lambda t_s: Stickman(azimuth_deg=50 if t_s < 20 else 85), 60, 20):
        posture = core.step(pose)
        if core.dropped:
            dropped.append((core.dropped, pose.t_s))
    assert [why for why, _ in dropped] == ["camera"]
    assert 20 < dropped[0][1] < 45
    assert posture.baseline is not None
    assert posture.baseline.azimuth_deg == pytest.approx(85, abs=6)


@pytest.mark.parametrize("fault", [{"lean_deg": 16.0}, {"raise_mm": 50.0}, {"rounded_mm": 50.0}, {"twist_deg": 50.0}])
@pytest.mark.parametrize("azimuth_deg", [5, 45, 85])
def test_a_fault_is_not_another_runner_or_camera(azimuth_deg: int, fault: dict[str, float]) -> None:
    """However long bad form lasts, the baseline it is measured against stays."""
    core = PostureCore(Settings())
    man = Stickman(azimuth_deg=azimuth_deg)
    run = poses(lambda t_s: man if t_s < ALIKE_S else replace(man, **fault), 50, 15)
    for pose in ill_seen(run, noise_px=1.0):
        posture = core.step(pose)
        assert core.dropped == ""
    assert posture.baseline is not None
    assert posture.baseline.t_s < ALIKE_S
