"""Lean and twist in degrees from one stride's marks, without a baseline."""

from __future__ import annotations

import math

import numpy as np
import pytest
from followed import strides_marks, unseen
from hypothesis import given, settings
from hypothesis import strategies as st
from stickman import Stickman

from device.posture import measures, view
from device.posture.marks import MEANS, SWINGS, TRUNK_UP, Marks


def far_away(azimuth_deg: float, pitch_deg: float = 0.0, **posture: float) -> Stickman:
    """A runner so far from the camera, which is aimed at him, that there is no perspective to speak of."""
    distance_m = 3000.0
    return Stickman(
        azimuth_deg=azimuth_deg,
        pitch_deg=pitch_deg,
        camera_m=1.1 + distance_m * math.tan(math.radians(pitch_deg)),
        distance_m=distance_m,
        scale=distance_m / 3.2,
        **posture,
    )


@settings(max_examples=25, deadline=None)
@given(lean_deg=st.floats(-20, 35), azimuth_deg=st.floats(20, 90), pitch_deg=st.floats(-25, 25))
def test_lean_is_exact_from_afar(lean_deg: float, azimuth_deg: float, pitch_deg: float) -> None:
    """From any azimuth, with the camera looking down or up by a known angle, lean comes out as it is."""
    seen = strides_marks(far_away(azimuth_deg, pitch_deg, lean_deg=lean_deg, twist_deg=0.0), fps=20)
    assert measures.lean_deg(seen, azimuth_deg, pitch_deg) == pytest.approx(lean_deg, abs=0.2)


@pytest.mark.parametrize("lean_deg", [-8.0, 4.0, 15.0])
def test_a_pitch_not_told_spoils_lean_at_an_angle(lean_deg: float) -> None:
    """It is why there is a setting: a camera that looks down by 25° otherwise changes an oblique lean."""
    seen = strides_marks(far_away(45, 25, lean_deg=lean_deg))
    told, untold = measures.lean_deg(seen, 45, 25), measures.lean_deg(seen, 45)
    assert abs(told - lean_deg) < 0.3
    assert abs(untold - lean_deg) > 1.1 * abs(told - lean_deg)


@settings(max_examples=25, deadline=None)
@given(twist_deg=st.floats(8, 60), azimuth_deg=st.floats(32, 90))
def test_twist_is_the_whole_range_of_yaw(twist_deg: float, azimuth_deg: float) -> None:
    """Nothing of it is eaten, from any azimuth from which the chest never turns past the camera."""
    seen = strides_marks(far_away(azimuth_deg, twist_deg=twist_deg, lean_deg=0.0), fps=30)
    assert measures.twist_deg(seen, azimuth_deg, view.trunk_px(seen)) == pytest.approx(twist_deg, rel=0.1, abs=1)


@pytest.mark.parametrize("azimuth_deg", [-15.0, 0.0, 19.0])
def test_from_the_front_nothing_is_guessed(azimuth_deg: float) -> None:
    """There neither lean nor twist shows enough to be told in degrees."""
    seen = strides_marks(Stickman(azimuth_deg=azimuth_deg, lean_deg=15))
    assert math.isnan(measures.lean_deg(seen, azimuth_deg))
    assert math.isnan(measures.twist_deg(seen, azimuth_deg, 94.0))


@pytest.mark.parametrize("azimuth_deg", [20.0, 45.0, 90.0, math.nan])
def test_what_is_not_seen_is_not_known(azimuth_deg: float) -> None:
    """Neither hidden points nor an unknown azimuth become a number, and none of it raises."""
    nothing = unseen()
    assert math.isnan(measures.lean_deg(nothing, azimuth_deg))
    assert math.isnan(measures.twist_deg(nothing, azimuth_deg, math.nan))
    whole = strides_marks(Stickman())
    assert math.isnan(measures.lean_deg(whole, math.nan))
    assert math.isnan(measures.twist_deg(whole, math.nan, 94.0))


def test_a_trunk_upside_down_has_no_lean() -> None:
    """Hips above shoulders are no runner."""
    seen = strides_marks(Stickman())
    seen.means[TRUNK_UP] = -seen.means[TRUNK_UP]
    assert math.isnan(measures.lean_deg(seen, 45))


@given(width=st.floats(0, 3), swing=st.floats(0, 3), azimuth_deg=st.floats(20, 90))
def test_a_twist_that_nobody_can_do_is_not_told(width: float, swing: float, azimuth_deg: float) -> None:
    """Noise may carry the shoulders beyond their full width, or turn them round: twist is then not known."""
    means, swings = np.zeros(len(MEANS)), np.zeros(len(SWINGS), complex)
    means[MEANS.index("shoulder_width")], swings[0] = width, swing
    twist_deg = measures.twist_deg(Marks(means, swings, np.zeros(2)), azimuth_deg, 1.0)
    assert math.isnan(twist_deg) or 0 <= twist_deg <= measures.MOST_TWIST_DEG


def test_shoulders_that_change_sides_have_no_twist() -> None:
    """From an angle the far shoulder never comes nearer than the other one, however much one turns."""
    means, swings = np.zeros(len(MEANS)), np.zeros(len(SWINGS), complex)
    means[MEANS.index("shoulder_width")], swings[0] = 0.1, 3.0
    assert math.isnan(measures.twist_deg(Marks(means, swings, np.zeros(2)), 25.0, 1.0))
