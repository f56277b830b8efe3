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


@pytest.mark.parametrize("where", ["front", "oblique", "side"])
@pytest.mark.parametrize(("twist_deg", "watched"), [(20.0, True), (7.0, False), (math.nan, False)])
def test_twist_that_does_not_show_is_not_watched(where: str, twist_deg: float, watched: bool) -> None:
    """Of a runner who seems to twist less than anybody does, the twist is not seen from there, and not judged."""
    learned = Baseline(10.0, where, 3.0, twist_deg, 0.4, 12)
    assert ("torso_twist" in view.watching(where, learned)) is watched
    assert "hunched_shoulders" in view.watching(where, learned)
