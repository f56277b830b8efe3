"""Where the camera stands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from followed import strides_marks
from hypothesis import given
from hypothesis import strategies as st
from stickman import Stickman

from device.posture import view
from device.posture.marks import (
    EAR_AHEAD,
    EAR_UP,
    EYE_UP,
    MEANS,
    NOSE_AHEAD,
    NOSE_UP,
    SHOULDER_WIDTH,
    SWINGS,
    TRUNK_AHEAD,
    TRUNK_UP,
    Marks,
)


def seen(**means: float) -> Marks:
    """Marks of which only some are known."""
    known = np.full(len(MEANS), math.nan)
    known[[MEANS.index(name) for name in means]] = list(means.values())
    return Marks(known, np.zeros(len(SWINGS), complex), np.zeros(2))


@pytest.mark.parametrize("azimuth_deg", range(-85, 86, 10))
def test_azimuth_of_a_runner(azimuth_deg: int) -> None:
    """It is right within 6°, left and right told apart."""
    assert view.azimuth_deg(strides_marks(Stickman(azimuth_deg=azimuth_deg))) == pytest.approx(azimuth_deg, abs=6)


@pytest.mark.parametrize("man", [Stickman(lean_deg=14), Stickman(raise_mm=40), Stickman(twist_deg=47)])
def test_azimuth_is_the_cameras_not_the_runners(man: Stickman) -> None:
    """A fault in form is not another place of the camera."""
    assert view.azimuth_deg(strides_marks(man)) == pytest.approx(man.azimuth_deg, abs=6)


def test_azimuth_is_continuous() -> None:
    """From one side to the other, through the front, it grows by about a degree with every degree."""
    found = [view.azimuth_deg(strides_marks(Stickman(azimuth_deg=a), fps=20)) for a in range(-85, 86)]
    assert np.diff(found).min() > 0.5
    assert np.diff(found).max() < 1.5


def test_azimuth_by_hand() -> None:
    """Shoulders as wide as they are: front.  No width but a whole face: side.  Neither: unknown."""
    assert view.azimuth_deg(seen(shoulder_width=65.0, ear_ahead=0.0, nose_ahead=0.0)) == 0.0
    assert view.azimuth_deg(seen(shoulder_width=0.0, ear_ahead=5.0, nose_ahead=27.0)) == 90.0
    assert view.azimuth_deg(seen(shoulder_width=0.0, ear_ahead=-5.0, nose_ahead=-27.0)) == -90.0
    assert view.azimuth_deg(seen(shoulder_width=50.0, ear_ahead=0.0, nose_ahead=50 * view.NOSE_PER_SHOULDERS)) == (
        pytest.approx(45.0)
    )
    assert math.isnan(view.azimuth_deg(seen(shoulder_width=0.0, ear_ahead=0.0, nose_ahead=0.0)))
    assert math.isnan(view.azimuth_deg(seen(ear_ahead=0.0, nose_ahead=9.0)))
    assert math.isnan(view.azimuth_deg(seen(shoulder_width=40.0, nose_ahead=9.0)))


@pytest.mark.parametrize("azimuth_deg", [-85, -45, 45, 85])
def test_azimuth_without_a_face(azimuth_deg: int) -> None:
    """Where the head is hidden, shoulders, trunk and elbows still tell where the camera stands, and on which side."""
    whole = strides_marks(Stickman(azimuth_deg=azimuth_deg))
    faceless = whole.means.copy()
    faceless[[EAR_UP, EYE_UP, NOSE_UP, EAR_AHEAD, NOSE_AHEAD]] = np.nan
    assert view.azimuth_deg(whole._replace(means=faceless)) == pytest.approx(azimuth_deg, abs=12)


@given(width=st.integers(-200, 200), ear=st.integers(-100, 100), nose=st.integers(-100, 100), larger=st.floats(0.1, 10))
def test_azimuth_knows_no_size_and_has_bounds(width: int, ear: int, nose: int, larger: float) -> None:
    """Whatever is seen, it stays within ±90°, and a larger picture gives the same."""
    small = view.azimuth_deg(seen(shoulder_width=width, ear_ahead=ear, nose_ahead=nose))
    large = view.azimuth_deg(seen(shoulder_width=width * larger, ear_ahead=ear * larger, nose_ahead=nose * larger))
    assert math.isnan(small) or -90 <= small <= 90
    assert large == pytest.approx(small, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize(("azimuth_deg", "name"), [(0, "front"), (20, "front"), (-45, "oblique"), (80, "side")])
def test_sectors(azimuth_deg: float, name: str) -> None:
    """Without anything known before, the azimuth's size says the view."""
    assert view.sector(azimuth_deg, "") == name


def test_hysteresis() -> None:
    """Near a border the view before is kept; far beyond it changes."""
    assert view.sector(30, "front") == "front"
    assert view.sector(20, "oblique") == "oblique"
    assert view.sector(-70, "oblique") == "oblique"
    assert view.sector(60, "side") == "side"
    assert view.sector(40, "front") == "oblique"
    assert view.sector(10, "oblique") == "front"
    assert view.sector(80, "oblique") == "side"
    assert view.sector(5, "side") == "front"


@given(border=st.sampled_from([25.0, 65.0]), wander=st.lists(st.floats(-9, 9), min_size=2, max_size=30))
def test_wandering_about_a_border_changes_the_view_once_at_most(border: float, wander: list[float]) -> None:
    """Where the camera stands at a border, the view is settled by the first reading and stays."""
    first = name = view.sector(border + wander[0], "")
    for off in wander[1:]:
        name = view.sector(border + off, name)
        assert name == first


@given(azimuth_deg=st.floats(-90, 90), name=st.sampled_from(sorted(view.SECTORS_DEG)))
def test_a_given_view_bounds_the_azimuth(azimuth_deg: float, name: str) -> None:
    """An azimuth that does not fit a view given by the user is taken to its border, on its own side."""
    kept = view.within(azimuth_deg, name)
    low, high = view.SECTORS_DEG[name]
    assert low <= abs(kept) <= high
    assert kept == azimuth_deg or not low <= abs(azimuth_deg) <= high
    assert math.copysign(1, kept) == math.copysign(1, azimuth_deg)


def test_a_given_view_stands_in_for_an_unknown_azimuth() -> None:
    """Where nothing tells the azimuth, the middle of the given view does; without a view nothing does."""
    assert view.within(math.nan, "oblique") == 45.0
    assert math.isnan(view.within(math.nan, ""))


def test_trunk_is_measured_along_its_lean() -> None:
    """A trunk that leans is no shorter; one that hangs down is none."""
    assert view.trunk_px(seen(trunk_up=80.0, trunk_ahead=-60.0)) == pytest.approx(100.0)
    assert math.isnan(view.trunk_px(seen(trunk_up=-80.0, trunk_ahead=60.0)))
    assert math.isnan(view.trunk_px(seen()))


@pytest.mark.parametrize("azimuth_deg", [0, 20, 45, 70, 90])
def test_unit_is_the_trunk_from_every_side(azimuth_deg: int) -> None:
    """A trunk of 0.5 m, 3.2 m away, is 94 px long, to 5 %; where hips are hidden, shoulders tell it from the front."""
    whole = strides_marks(Stickman(azimuth_deg=azimuth_deg))
    assert view.unit_px(whole, azimuth_deg) == pytest.approx(94, rel=0.05)
    hipless = Marks(whole.means.copy(), whole.swings, whole.place)
    hipless.means[[TRUNK_UP, TRUNK_AHEAD]] = math.nan
    if azimuth_deg <= 45:
        assert view.unit_px(hipless, azimuth_deg) == pytest.approx(94, rel=0.06)
    if azimuth_deg >= 70:
        assert math.isnan(view.unit_px(hipless, azimuth_deg))
    narrow = Marks(whole.means.copy(), whole.swings, whole.place)
    narrow.means[SHOULDER_WIDTH] = math.nan
    assert view.unit_px(narrow, azimuth_deg) == pytest.approx(94, rel=0.05)
