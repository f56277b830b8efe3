"""Which advice for which run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from device.advice import book
from device.advice.choose import (
    FADED,
    FEW_STEPS_SPM,
    LEAST_SHARE,
    MOST_EXERCISES,
    TOPICS,
    Plan,
    judged,
    main_fault,
    plan,
)
from device.advice.facts import FEWEST, FaultFacts, RunFacts, faded, of_summary
from device.pipeline import Coach
from device.records import FAULTS
from device.settings import Settings

HELPS = book.load(book.shipped("en")).helps()


def run(lean: float | None = 0.0, shoulders: float | None = 0.0, twist: float | None = 0.0, **more: object) -> RunFacts:
    """A run of half an hour with the faults there for these shares of the time; None for never watched."""
    faults = tuple(
        FaultFacts(fault, 0.0 if share is None else 1500.0, share)
        for fault, share in zip(FAULTS, (lean, shoulders, twist), strict=True)
    )
    return RunFacts(1800.0, 170.0, faults)._replace(**more)  # type: ignore[arg-type]


def with_faded(fault: str, by: float) -> RunFacts:
    """A run in which one fault's measure grew."""
    facts = run()
    return facts._replace(faults=tuple(one._replace(faded=by) if one.fault == fault else one for one in facts.faults))


def names(chosen: Plan) -> list[str]:
    """The topics of a plan."""
    return [topic.name for topic in chosen.topics]


def test_the_worst_fault_comes_first() -> None:
    """Faults are in the order of their shares, and those of no account are left out."""
    chosen = plan(run(0.1, 0.4, LEAST_SHARE - 0.01), HELPS)
    assert names(chosen) == ["hunched_shoulders", "forward_lean"]
    assert [topic.share for topic in chosen.topics] == [0.4, 0.1]


def test_the_first_exercise_is_for_the_worst_fault_and_each_fault_has_its_turn() -> None:
    """Exercises are dealt in turn, each once and not too many."""
    chosen = plan(run(0.1, 0.4, 0.2), HELPS)
    assert chosen.exercises[:3] == (
        HELPS["hunched_shoulders"][0],
        HELPS["torso_twist"][0],
        HELPS["forward_lean"][0],
    )
    assert len(chosen.exercises) == len(set(chosen.exercises)) == MOST_EXERCISES


def test_the_exercises_of_the_article_are_among_the_advice_for_the_faults() -> None:
    """Planks, back extensions and rows each help against one of the faults, and all in good form."""
    assert {"plank", "back_extension", "row"} <= {name for fault in FAULTS for name in HELPS[fault]}
    assert set(plan(run(), HELPS).exercises) == {"plank", "back_extension", "row"}


def test_good_form_is_told_as_such_and_nothing_judged_is_not() -> None:
    """A run without faults is good; one in which nothing was watched is none that can be praised."""
    assert names(plan(run(), HELPS)) == ["good"]
    assert names(plan(run(None, None, None), HELPS)) == ["unjudged"]
    assert names(plan(run(0.0, None, None), HELPS)) == ["good"]


def test_a_fault_watched_for_a_moment_counts_only_with_a_cue() -> None:
    """Ten seconds are no judgement, unless the coach found them worth a word."""
    short = FaultFacts("torso_twist", 10.0, 1.0)
    assert names(plan(RunFacts(1800.0, None, (short,)), HELPS)) == ["unjudged"]
    assert names(plan(RunFacts(1800.0, None, (short._replace(cues=1),)), HELPS)) == ["torso_twist"]


@pytest.mark.parametrize("fault", FAULTS)
def test_form_that_fades(fault: str) -> None:
    """A measure that grew by its limit is told, one that grew by less is not, nor one that got better."""
    chosen = plan(with_faded(fault, FADED[fault]), HELPS)
    assert names(chosen) == ["drift"]
    assert chosen.topics[0].faded == ((fault, FADED[fault]),)
    assert names(plan(with_faded(fault, FADED[fault] - 0.1), HELPS)) == ["good"]
    assert names(plan(with_faded(fault, -9.0), HELPS)) == ["good"]


def test_turning_to_one_side() -> None:
    """The side that the turn moved to is named."""
    assert plan(run(shifted_deg=5.0), HELPS).topics[0].side == "right"
    assert plan(run(shifted_deg=-5.0), HELPS).topics[0].side == "left"
    assert names(plan(run(shifted_deg=3.0), HELPS)) == ["good"]


def test_few_steps_are_told_last() -> None:
    """Cadence is a hint, after all else; unknown cadence is none."""
    assert names(plan(run(0.2, cadence_spm=FEW_STEPS_SPM - 1), HELPS)) == ["forward_lean", "cadence"]
    assert names(plan(run(cadence_spm=FEW_STEPS_SPM), HELPS)) == ["good"]
    assert names(plan(run(cadence_spm=None), HELPS)) == ["good"]


def test_pain_makes_the_exercises_gentle_and_pain_that_lasts_comes_first() -> None:
    """From moderate pain on the easier forms are meant; pain that lasts is to be looked at before."""
    assert plan(run(), HELPS).care == plan(run(), HELPS, pain=3).care == ""
    assert plan(run(), HELPS, pain=4).care == "gentle"
    assert plan(run(), HELPS, pain=4, lasting=True).care == "ask_first"


def test_the_main_fault() -> None:
    """It is the one with the largest share; none where all are below the least."""
    assert main_fault(run(0.1, 0.3, 0.2)) == "hunched_shoulders"
    assert main_fault(run(0.1, 0.3, 0.2), 0.31) == ""
    assert main_fault(run(None, None, None)) == ""
    assert main_fault(run(0.0, 0.0, 0.0), 0.0) == ""


def test_facts_of_a_summary() -> None:
    """The summary of a coach, an empty one included, can be read."""
    empty = of_summary(Coach(Settings()).summary().data)
    assert not judged(empty)
    assert [one.fault for one in empty.faults] == list(FAULTS)
    data = {
        "running_s": 100.0,
        "cadence_spm": 165.0,
        "faults": {"torso_twist": {"watched_s": 90.0, "share": 0.5, "cues": 2, "mended": 1}},
    }
    assert of_summary(data).fault("torso_twist") == FaultFacts("torso_twist", 90.0, 0.5, 2, 1)
    assert of_summary(data).fault("forward_lean").share is None


def test_fading_needs_enough_strides() -> None:
    """It is the middle of the last fifth less that of the first; None where either has too few known strides."""
    rising = [float(place) for place in range(10 * FEWEST)]
    assert faded(rising) == pytest.approx(0.8 * len(rising))
    assert faded(rising[: 5 * FEWEST - 5]) is None
    assert faded([None] * 2 * FEWEST + rising[2 * FEWEST :]) is None
    assert faded([]) is None


shares = some.none() | some.floats(0, 1)


@given(shares, shares, shares, some.none() | some.floats(0, 230), some.none() | some.floats(-90, 90))
def test_there_is_always_advice(
    lean: float | None, shoulders: float | None, twist: float | None, cadence: float | None, shifted: float | None
) -> None:
    """Whatever a run was, something is said of it, in words that exist, with exercises that exist."""
    chosen = plan(run(lean, shoulders, twist, cadence_spm=cadence, shifted_deg=shifted), HELPS)
    assert chosen.topics
    assert set(names(chosen)) <= set(TOPICS)
    assert 1 <= len(chosen.exercises) <= MOST_EXERCISES
