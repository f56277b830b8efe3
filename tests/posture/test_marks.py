"""What one stride shows: mean places and swings."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from followed import strides_marks
from hypothesis import given
from hypothesis import strategies as st
from stickman import MIRRORED, Stickman

from device.posture.marks import MEANS, SWINGS, Marks, in_step, marks
from device.records import KEYPOINTS, L_EAR, L_ELBOW, L_SHOULDER, R_EAR, R_SHOULDER

PLACES = {  # x, y in the picture: someone who looks to the right, left side farther, drawn by hand
    "nose": (130, 62),
    "left_eye": (126, 57),
    "right_eye": (124, 57),
    "left_ear": (112, 60),
    "right_ear": (108, 60),
    "left_shoulder": (115, 100),
    "right_shoulder": (95, 100),
    "left_elbow": (100, 145),
    "right_elbow": (70, 145),
    "left_wrist": (120, 170),
    "right_wrist": (100, 160),
    "left_hip": (100, 200),
    "right_hip": (90, 200),
    "left_knee": (110, 280),
    "right_knee": (90, 280),
    "left_ankle": (90, 360),
    "right_ankle": (80, 360),
}


def terms() -> np.ndarray:
    """A stride in which nothing swings, at :data:`PLACES`."""
    known = np.zeros((6, 34))
    known[0] = np.array([PLACES[name] for name in KEYPOINTS]).reshape(-1)
    return known


def named(seen: Marks) -> dict[str, float]:
    return dict(zip(MEANS, seen.means.tolist(), strict=True))


def test_means_are_the_lengths_that_a_ruler_finds() -> None:
    """Up is up, ahead is to the right, and each is measured from where its name says."""
    assert named(marks(terms())) == pytest.approx(
        {
            "trunk_up": 100.0,
            "trunk_ahead": 10.0,
            "shoulder_width": 20.0,
            "ear_up": 40.0,
            "eye_up": 43.0,
            "nose_up": 38.0,
            "ear_ahead": 5.0,
            "nose_ahead": 25.0,
            "elbow_up": -45.0,
            "elbow_ahead": -20.0,
            "elbow_width": 30.0,
            "wrist_up": -65.0,
        }
    )
    assert marks(terms()).place == pytest.approx([105, 100])


def test_a_swing_is_told_from_end_to_end() -> None:
    """A shoulder that goes 7 px to either side of its place swings by 14 px, at the phase it has."""
    moving = terms()
    moving[2, 2 * L_SHOULDER] = 7.0  # a cosine of the stride
    moving[5, 2 * R_SHOULDER] = 3.0  # a sine of its double
    swings = dict(zip(SWINGS, marks(moving).swings.tolist(), strict=True))
    assert swings["shoulder_width"] == pytest.approx(14.0)
    assert swings["near_shoulder"] == pytest.approx(14.0)
    assert swings["shoulders"] == pytest.approx(7.0)
    assert swings["far_shoulder"] == 0
    assert swings["shoulder_width_twice"] == pytest.approx(6.0j)


def test_one_ear_will_do() -> None:
    """From the side the far ear is hidden; without either only what needs an ear is not known."""
    one = terms()
    one[:, 2 * R_EAR : 2 * R_EAR + 2] = math.nan
    assert named(marks(one))["ear_ahead"] == pytest.approx(7.0)
    assert np.isfinite(marks(one).swings).all()
    one[:, 2 * L_EAR : 2 * L_EAR + 2] = math.nan
    assert {name for name, value in named(marks(one)).items() if math.isnan(value)} == {"ear_up", "ear_ahead"}


def test_a_hidden_elbow_hides_the_elbows_only() -> None:
    """What has nothing to do with an elbow is told without it."""
    hidden = terms()
    hidden[:, 2 * L_ELBOW : 2 * L_ELBOW + 2] = math.nan
    seen = marks(hidden)
    assert {MEANS[i] for i in np.flatnonzero(np.isnan(seen.means))} == {"elbow_up", "elbow_ahead", "elbow_width"}
    assert {SWINGS[i] for i in np.flatnonzero(np.isnan(seen.swings))} == {"near_elbow", "elbow_width"}


@pytest.mark.parametrize("azimuth_deg", [20, 45, 85])
def test_who_faces_left_reads_like_who_faces_right(azimuth_deg: int) -> None:
    """The mirrored picture, each taken the way it looks, has the same means, and the near side swings as much."""
    man = Stickman(azimuth_deg=azimuth_deg)
    right = strides_marks(man)
    left = strides_marks(replace(man, azimuth_deg=-azimuth_deg), phase=0.5)
    assert right.facing(1).means == pytest.approx(left.facing(-1).means, abs=1e-2)
    assert abs(right.facing(1).swings) == pytest.approx(abs(left.facing(-1).swings), abs=0.1)


def test_facing_leaves_the_original_alone() -> None:
    """Turning marks round gives new ones; twice round is where one began."""
    seen = marks(terms())
    kept = seen.means.copy()
    assert seen.facing(-1).facing(-1).means == pytest.approx(kept)
    assert seen.means == pytest.approx(kept)


def test_mirroring_exchanges_all_of_the_pairs() -> None:
    """The order that the tests mirror by is right by the names."""
    for here, there in enumerate(MIRRORED):
        assert KEYPOINTS[there].replace("left", "right") == KEYPOINTS[here].replace("left", "right")
        assert (here == there) == (KEYPOINTS[here] == "nose")


@given(turn=st.floats(-math.pi, math.pi), size=st.floats(0.1, 10), hidden=st.sets(st.integers(0, 6), max_size=5))
def test_in_step_finds_the_phase_again(turn: float, size: float, hidden: set[int]) -> None:
    """A stride that begins at another moment turns every swing, the second harmonic twice as far; that is undone."""
    model = np.array([3, 1 + 1j, 2j, 1 - 2j, 0.5, 4 + 1j, 1j, 2 - 1j])
    late = size * model * np.exp(1j * turn * np.array([1, 1, 1, 1, 1, 1, 1, 2]))
    late[list(hidden)] = complex(math.nan, math.nan)
    found = in_step(late, model)
    seen = np.isfinite(late)
    assert found[seen] == pytest.approx(size * model[seen])
    assert np.isnan(found[~seen]).all()


def test_in_step_of_nothing_is_nothing() -> None:
    """No swing at all, or none that both have seen, turns nothing and is no error."""
    still, model = np.zeros(8, complex), np.ones(8, complex)
    assert in_step(still, model) == pytest.approx(still)
    unseen = np.full(8, complex(math.nan, math.nan))
    assert np.isnan(in_step(unseen, model)).all()
