"""What has changed against the runner's own good form."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from followed import strides_marks, unseen
from hypothesis import given, settings
from hypothesis import strategies as st
from stickman import Stickman

from device.posture import signatures
from device.posture.baseline import middle
from device.posture.change import FORWARD, HEAD, LEAN, RAISED, ROUNDED, TWIST, Change, ChangeEstimator, differences
from device.posture.marks import MEANS, SWINGS, Marks
from device.records import Baseline, Posture

AZIMUTHS_DEG = [5.0, -45.0, 45.0, 85.0]


@cache
def good(azimuth_deg: float) -> Baseline:
    """The good form of a runner who scatters as usual."""
    man = Stickman(azimuth_deg=azimuth_deg)
    posture = Posture(0.0, "running", "oblique", azimuth_deg, 4.0, 26.0)
    made = middle([(posture, strides_marks(man, phase=turn / 7)) for turn in range(7)])
    assert made is not None
    return made._replace(scatter=1.0)


def read(estimator: ChangeEstimator, *strides: Marks) -> Change:
    """The change that some strides show."""
    return estimator.read([differences(marks, estimator.baseline) for marks in strides])


@cache
def bent(azimuth_deg: float) -> Marks:
    return strides_marks(Stickman(azimuth_deg=azimuth_deg, lean_deg=9, raise_mm=20))


def moved_by(baseline: Baseline, change: np.ndarray) -> Marks:
    """The marks of a runner who changed exactly as the signatures say; baselines of runners who look to the right."""
    shift = signatures.signature(baseline.azimuth_deg) @ change
    model = np.array(baseline.swings)
    swings = model * (1 + shift[len(MEANS) :] / np.abs(model))
    order = [0, 2, 1, 4, 3, 5, 6, 7]
    return Marks(
        (np.array(baseline.means) + shift[: len(MEANS)]) * baseline.unit_px,
        swings[order] * baseline.unit_px,
        np.array(baseline.place_px),
    )


@pytest.mark.parametrize("azimuth_deg", AZIMUTHS_DEG)
def test_good_form_is_no_change(azimuth_deg: float) -> None:
    """The marks that the baseline was made of read as nothing, and as nothing strange."""
    change = read(ChangeEstimator(good(azimuth_deg)), strides_marks(Stickman(azimuth_deg=azimuth_deg), phase=0.3))
    assert change.value == pytest.approx(np.zeros(5), abs=0.3)
    assert change.strange < 0.1


@pytest.mark.parametrize("azimuth_deg", [a for a in AZIMUTHS_DEG if a > 0])
@settings(max_examples=20, deadline=None)
@given(change=st.tuples(*[st.floats(-1, 1)] * 5), factor=st.floats(-2, 2))
def test_readings_are_linear(azimuth_deg: float, change: tuple[float, ...], factor: float) -> None:
    """Twice the change reads as twice as much, and two changes at once as the sum of both."""
    baseline = good(azimuth_deg)
    estimator = ChangeEstimator(baseline)
    small = np.array(change) * [4.0, 2.0, 2.0, 2.0, 0.3]
    here = read(estimator, moved_by(baseline, small)).value
    assert read(estimator, moved_by(baseline, factor * small)).value == pytest.approx(factor * here, abs=1e-6)
    parts = [read(estimator, moved_by(baseline, np.where(np.arange(5) == i, small, 0))).value for i in range(5)]
    assert sum(parts) == pytest.approx(here, abs=1e-6)


@pytest.mark.parametrize(
    ("azimuth_deg", "which", "size"),
    [
        (45.0, LEAN, 10.0),
        (85.0, LEAN, 10.0),
        (5.0, RAISED, 8.0),
        (45.0, RAISED, 8.0),
        (85.0, RAISED, 8.0),
        (85.0, ROUNDED, 8.0),
        (5.0, TWIST, 0.8),
        (45.0, TWIST, 0.8),
        (85.0, TWIST, 0.8),
    ],
)
def test_a_change_reads_as_itself_and_never_as_more(azimuth_deg: float, which: int, size: float) -> None:
    """Of what the signatures say, most is told and nothing is added: doubtful marks make the reading smaller."""
    baseline = good(azimuth_deg)
    found = read(ChangeEstimator(baseline), moved_by(baseline, np.where(np.arange(5) == which, size, 0.0))).value
    assert 0.6 * size < found[which] < 1.05 * size
    others = np.delete(found / signatures.PRIOR, [which, *([HEAD] if which == ROUNDED else [])])
    assert np.abs(others).max() < 0.35


@pytest.mark.parametrize("azimuth_deg", AZIMUTHS_DEG)
@settings(max_examples=20, deadline=None)
@given(hidden=st.sets(st.integers(0, len(MEANS) + len(SWINGS) - 1)), more=st.integers(0, len(MEANS) + len(SWINGS) - 1))
def test_what_is_not_seen_makes_less_sure(azimuth_deg: float, hidden: set[int], more: int) -> None:
    """With every mark that is missing the spread grows or stays, and no reading becomes NaN."""
    estimator = ChangeEstimator(good(azimuth_deg))

    def found(without: set[int]) -> tuple[np.ndarray, np.ndarray]:
        known = differences(bent(azimuth_deg), estimator.baseline)
        known[list(without)] = math.nan
        change = estimator.read([known])
        assert math.isfinite(change.strange)
        return change.value, change.spread

    value, spread = found(hidden)
    value_less, spread_less = found(hidden | {more})
    assert np.isfinite([*value, *value_less, *spread, *spread_less]).all()
    assert (spread_less >= spread - 1e-9).all()


def test_of_nothing_nothing_is_told() -> None:
    """Where no mark is seen the reading is no change, as unsure as before anything was looked at."""
    estimator = ChangeEstimator(good(45.0))
    change = read(estimator, unseen())
    assert change.value == pytest.approx(np.zeros(5))
    assert change.spread[:FORWARD] == pytest.approx(signatures.PRIOR)
    assert change.strange == 0


def test_the_spread_says_what_shows_from_where() -> None:
    """Lean shows better from the side than from the front, and a runner who scatters more shows less."""
    front, side = ChangeEstimator(good(5.0)).spread(), ChangeEstimator(good(85.0)).spread()
    assert side[LEAN] < 0.5 * front[LEAN]
    unsteady = ChangeEstimator(good(85.0)._replace(scatter=3.0)).spread()
    assert (unsteady > side).all()


def test_who_scatters_is_read_from_more_strides() -> None:
    """An uneven runner is read from the mean of several strides, a stride that was not seen left out."""
    assert ChangeEstimator(good(85.0)).strides == 1
    estimator = ChangeEstimator(good(85.0)._replace(scatter=3.0))
    assert estimator.strides > 1
    known = differences(bent(85.0), estimator.baseline)
    whole = estimator.read([known] * estimator.strides)
    assert estimator.read([0.5 * known, known, 1.5 * known]).value == pytest.approx(whole.value)
    assert estimator.read([known, np.full(len(known), math.nan), known]).value == pytest.approx(whole.value)


def test_shoulders_and_head_together_are_surer_than_their_sum() -> None:
    """The last spread is of both together: less than that of two that know nothing of each other."""
    spread = ChangeEstimator(good(85.0)).spread()
    assert spread[FORWARD] < math.hypot(signatures.PRIOR[ROUNDED], signatures.PRIOR[HEAD])


@settings(max_examples=20, deadline=None)
@given(phase=st.floats(0, 1), azimuth_deg=st.sampled_from(AZIMUTHS_DEG))
def test_where_a_stride_begins_does_not_matter(phase: float, azimuth_deg: float) -> None:
    """Differences are the same from whatever moment of the stride."""
    man = Stickman(azimuth_deg=azimuth_deg, twist_deg=40, lean_deg=8)
    here = differences(strides_marks(man), good(azimuth_deg))
    assert differences(strides_marks(man, phase=phase), good(azimuth_deg)) == pytest.approx(here, abs=0.01)


def test_noise_does_not_pass_for_twist() -> None:
    """Swings that come at other phases than the runner's own count for nothing on the whole."""
    baseline = good(85.0)
    random = np.random.default_rng(3)
    size = np.abs(np.array(baseline.swings)) * baseline.unit_px
    marks = strides_marks(Stickman(azimuth_deg=85.0), fps=15)
    found = []
    for _ in range(40):
        extra = 0.5 * size * np.exp(2j * np.pi * random.random(len(size)))
        found.append(read(ChangeEstimator(baseline), marks._replace(swings=marks.swings + extra)).value[TWIST])
    assert np.mean(found) == pytest.approx(0.0, abs=0.1)


def test_a_hand_at_the_face_is_strange() -> None:
    """Marks that no fault explains are told as strange; a fault in form is not."""
    estimator = ChangeEstimator(good(45.0))
    for fault in ({"lean_deg": 14.0}, {"raise_mm": 40.0}, {"rounded_mm": 40.0}, {"twist_deg": 46.0}):
        assert read(estimator, strides_marks(Stickman(**fault))).strange < 6
    drinking = strides_marks(Stickman())
    drinking.means[MEANS.index("wrist_up")] += 0.35 * good(45.0).unit_px
    drinking.means[MEANS.index("elbow_up")] += 0.3 * good(45.0).unit_px
    assert read(estimator, drinking).strange > 8
