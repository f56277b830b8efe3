"""Where the camera stands."""

from __future__ import annotations

import math

import pytest

from device.posture import view
from device.records import FAULTS, Baseline


@pytest.mark.parametrize(("azimuth_deg", "name"), [(0, "front"), (45, "oblique"), (90, "side")])
def test_azimuth_from_the_shoulders_width(azimuth_deg: int, name: str) -> None:
    """Shoulders turned away by an angle look narrower by its cosine."""
    span = view.SHOULDERS_PER_TRUNK * math.cos(math.radians(azimuth_deg))
    assert view.azimuth_deg(span) == pytest.approx(azimuth_deg, abs=0.01)
    assert view.azimuth_deg(-span) == pytest.approx(azimuth_deg, abs=0.01)
    assert view.sector(view.azimuth_deg(span), "") == name


def test_wider_than_any_shoulders_is_front() -> None:
    """Noise past the full width is clipped, not NaN."""
    assert view.azimuth_deg(5.0) == 0.0


def test_hysteresis() -> None:
    """Near a border the view before is kept; far beyond it changes."""
    assert view.sector(30, "front") == "front"
    assert view.sector(20, "oblique") == "oblique"
    assert view.sector(40, "front") == "oblique"


def test_lean_is_not_watched_from_the_front() -> None:
    """Each view says which faults it shows."""
    assert view.watching("front", None) == ("hunched_shoulders",)
    assert view.watching("oblique", None) == FAULTS
    assert view.watching("side", None) == FAULTS
    assert view.watching("", None) == ()


@pytest.mark.parametrize(("twist_deg", "watched"), [(20.0, True), (7.0, False), (math.nan, False)])
def test_twist_from_the_front_needs_elbows_that_tell(twist_deg: float, watched: bool) -> None:
    """From the front twist is watched only when the runner's elbows showed it while the baseline was learned."""
    learned = Baseline(10.0, "front", math.nan, twist_deg, 0.4, 12)
    assert ("torso_twist" in view.watching("front", learned)) is watched
