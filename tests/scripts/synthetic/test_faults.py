"""Faults come and go over their ramps, several at once, each moving only what it is about."""

from __future__ import annotations

import moving
import numpy as np
import pytest
from synthetic import faults, measures
from synthetic.description import FAULT_KINDS, Clip, FaultSpan
from synthetic.performance import Performance

SPAN = FaultSpan("lean_hips", 10.0, 20.0, 14.0, ramp_s=1.0)
NOTHING = {"lean_hips_deg": 0.0, "lean_thorax_deg": 0.0, "raise_mm": 0.0, "rounded_mm": 0.0, "twist": 1.0, "cross": 0.0}
MOVES = {
    "lean_hips": ("lean_hips_deg", 12.0),
    "lean_thorax": ("lean_thorax_deg", 12.0),
    "lean_back": ("lean_hips_deg", -12.0),
    "shoulders_raised": ("raise_mm", 12.0),
    "shoulders_rounded": ("rounded_mm", 12.0),
    "twist": ("twist", 12.0),
    "arms_cross": ("cross", 1.0),
}


def at(spans: tuple[FaultSpan, ...], t_s: float) -> faults.Amounts:
    """What the spans come to at one time."""
    return faults.amounts(spans, np.array([t_s]))


@pytest.mark.parametrize(("t_s", "share"), [(0, 0), (10, 0), (10.5, 0.5), (11, 1), (20, 1), (20.5, 0.5), (21, 0)])
def test_ramps(t_s: float, share: float) -> None:
    """A fault comes in over its ramp from its start, and goes out over its ramp from its end."""
    assert faults.share(SPAN, t_s) == pytest.approx(share)


def test_every_kind_of_fault_is_known() -> None:
    """Each kind that a description may name moves something."""
    assert set(MOVES) == set(FAULT_KINDS)


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_each_fault_moves_only_its_own(kind: str) -> None:
    """Fully on, a fault moves what it is about by its severity and leaves the rest; before and after, nothing."""
    spans = (FaultSpan(kind, 5.0, 50.0, 12.0),)
    name, size = MOVES[kind]
    for key, nothing in NOTHING.items():
        assert getattr(at(spans, 0.0), key) == pytest.approx(nothing)
        assert getattr(at(spans, 10.0), key) == pytest.approx(size if key == name else nothing)
        assert getattr(at(spans, 60.0), key) == pytest.approx(nothing)


def test_faults_add_up() -> None:
    """Two at once are both there, and two of a kind sum."""
    spans = (SPAN, FaultSpan("twist", 5.0, 50.0, 2.1), FaultSpan("lean_hips", 12.0, 50.0, 3.0))
    both = at(spans, 15.0)
    assert both.lean_hips_deg == pytest.approx(17.0)
    assert both.twist == pytest.approx(2.1)


def test_arms_cross_comes_in_from_where_the_hands_are() -> None:
    """Half way in, the hands are half way to where they cross by the whole severity."""
    half = at((FaultSpan("arms_cross", 5.0, 50.0, 80.0),), 5.5)
    assert half.cross == pytest.approx(0.5)
    assert half.cross_mm == pytest.approx(80.0)


def test_a_clip_shows_its_faults() -> None:
    """In a whole clip, with its strides' differences, the mesh leans, shrugs and twists by what the faults say."""
    clip = Clip(
        "x",
        3,
        40.0,
        faults=(
            FaultSpan("lean_thorax", 6.0, 14.0, 12.0),
            FaultSpan("shoulders_raised", 6.0, 14.0, 50.0),
            FaultSpan("twist", 24.0, 40.0, 2.1),
        ),
    )
    who = Performance(clip, moving.body("man"))
    t_s = np.arange(0.0, 40.0, 0.02)
    points_m, thorax = measures.measured_points(who.body, who.poses(t_s))
    lean, yaw = measures.lean_deg(points_m), measures.thorax_yaw_deg(points_m)
    raised = measures.raise_mm(measures.in_thorax(points_m, thorax, measures.SHOULDERS), who.rest_m[0])
    both, clean, twist = (t_s > 7.5) & (t_s < 13.5), (t_s > 16) & (t_s < 23), t_s > 26
    assert lean[clean].mean() == pytest.approx(5.0, abs=0.6)
    # Shoulders that are raised along a thorax that leans come forward, too.
    assert 12.0 < lean[both].mean() - lean[clean].mean() < 16.0
    assert raised[both].mean() - raised[clean].mean() == pytest.approx(50.0, abs=3.0)
    spread = np.std(yaw[twist]) / np.std(yaw[clean])
    assert spread == pytest.approx(2.1, rel=0.06)
