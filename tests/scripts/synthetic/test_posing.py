"""What is asked for is what the mesh shows, for any body and way of running."""

from __future__ import annotations

from dataclasses import replace

import moving
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import measures
from synthetic.body import load
from synthetic.description import Build, Style
from synthetic.moments import RAILS, STAND, WALK
from synthetic.outfit import SOLE_M
from synthetic.posing import Poser

STYLES = (
    Style(),
    Style(speed_mps=2.0, cadence_spm=150.0, lean_deg=-3.0, thorax_yaw_deg=14.0, shoulder_raise_mm=-10.0),
    Style(speed_mps=5.0, cadence_spm=190.0, lean_deg=14.0, thorax_yaw_deg=42.0, shoulder_raise_mm=25.0),
    Style(head_forward_mm=40.0, arm_swing_deg=90.0, elbow_deg=70.0),
    Style(head_forward_mm=-15.0, elbows_out_deg=35.0, arm_middle_deg=-35.0, rise_m=0.12),
)
WIDE = {
    "speed_mps": (2.0, 5.0),
    "cadence_spm": (140.0, 210.0),
    "lean_deg": (-3.0, 14.0),
    "thorax_yaw_deg": (14.0, 42.0),
    "pelvis_yaw_deg": (2.0, 16.0),
    "shoulder_raise_mm": (-10.0, 25.0),
    "head_forward_mm": (-15.0, 40.0),
    "rise_m": (0.03, 0.12),
    "arm_swing_deg": (15.0, 90.0),
    "arm_middle_deg": (-40.0, 10.0),
    "elbow_deg": (60.0, 125.0),
    "elbows_out_deg": (0.0, 35.0),
    "hands_in_deg": (0.0, 45.0),
}
ANY_BUILD = st.builds(
    Build,
    sex=st.sampled_from(["male", "female"]),
    height_m=st.floats(1.5, 2.0),
    weight=st.floats(0.0, 1.0),
    muscle=st.floats(0.0, 1.0),
    age_years=st.floats(18.0, 80.0),
)
ANY_STYLE = st.builds(Style, **{name: st.floats(low, high) for name, (low, high) in WIDE.items()})


def agree(shown: dict[str, float], style: Style) -> None:
    """The measures of good form are those of the style."""
    assert shown["lean_deg"] == pytest.approx(style.lean_deg, abs=0.2)
    assert shown["twist_deg"] == pytest.approx(style.thorax_yaw_deg, rel=0.03)
    assert shown["pelvis_deg"] == pytest.approx(style.pelvis_yaw_deg, rel=0.05, abs=0.4)
    assert shown["raise_mm"] == pytest.approx(style.shoulder_raise_mm, abs=3.0)
    assert shown["head_mm"] == pytest.approx(style.head_forward_mm, abs=4.0)


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("style", STYLES)
def test_good_form_is_the_styles_own(name: str, style: Style) -> None:
    """Over a stride the mesh leans, twists, and carries shoulders and head as the style says."""
    agree(moving.measured(name, style, moving.stride(name, style)), style)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(build=ANY_BUILD, style=ANY_STYLE)
def test_good_form_of_anybody(build: Build, style: Style) -> None:
    """The same for any build and any style within their ranges."""
    moving.BUILDS["anybody"] = build
    for cached in (moving.body, moving.poser):
        cached.cache_clear()
    agree(moving.measured("anybody", style, moving.stride("anybody", style)), style)
    del moving.BUILDS["anybody"]


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize(
    ("kind", "wanted_deg"),
    [
        ("lean_hips_deg", -12.0),
        ("lean_hips_deg", 10.0),
        ("lean_hips_deg", 30.0),
        ("lean_thorax_deg", 10.0),
        ("lean_thorax_deg", 30.0),
    ],
)
def test_ten_degrees_of_lean_read_ten(name: str, kind: str, wanted_deg: float) -> None:
    """Lean that is asked for on top reads within 0.2° in the mesh, and does not touch the rest."""
    style = STYLES[0]
    plain = moving.measured(name, style, moving.stride(name, style))
    shown = moving.measured(name, style, moving.stride(name, style, **{kind: wanted_deg}))
    assert shown["lean_deg"] - plain["lean_deg"] == pytest.approx(wanted_deg, abs=0.2)
    assert shown["twist_deg"] == pytest.approx(plain["twist_deg"], rel=0.05)
    assert shown["raise_mm"] == pytest.approx(plain["raise_mm"], abs=2.0)
    assert shown["protraction_mm"] == pytest.approx(plain["protraction_mm"], abs=4.0)
    assert shown["head_mm"] == pytest.approx(plain["head_mm"], abs=3.0)


def test_lean_from_the_thorax_leaves_the_hips() -> None:
    """Bending the upper spine does not turn the pelvis; leaning from the hips does."""
    at = moving.body("man")
    pelvis, low = at.bones.index("root"), at.bones.index("spine04")
    turns = {
        kind: moving.poser("man", Style()).pose(moving.stride("man", Style(), **{kind: 12.0}))[0]
        for kind in ("lean_deg", "lean_hips_deg", "lean_thorax_deg")
    }
    plain = moving.poser("man", Style()).pose(moving.stride("man", Style()))[0]
    assert turns["lean_thorax_deg"][:, pelvis] == pytest.approx(plain[:, pelvis])
    assert turns["lean_thorax_deg"][:, low] == pytest.approx(plain[:, low], abs=0.03)
    assert np.abs(turns["lean_hips_deg"] - plain)[:, pelvis].max() > 0.1


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("wanted_mm", [25.0, 60.0, 80.0])
def test_raised_shoulders_read_what_is_asked(name: str, wanted_mm: float) -> None:
    """Shoulders rise by so much, come a little forward, and the lean to them grows by 2.5° at most."""
    shown = moving.measured(name, Style(), moving.stride(name, Style(), raise_mm=wanted_mm))
    assert shown["raise_mm"] == pytest.approx(wanted_mm, abs=3.0)
    assert shown["twist_deg"] == pytest.approx(26.0, rel=0.03)
    assert 0 < shown["lean_deg"] - 5.0 < 2.5


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("wanted_mm", [25.0, 60.0, 80.0])
def test_rounded_shoulders_read_what_is_asked(name: str, wanted_mm: float) -> None:
    """The head pokes out by so much with a level face, the shoulders come half as far, and do not rise."""
    m = moving.stride(name, Style(), rounded_mm=wanted_mm)
    shown = moving.measured(name, Style(), m)
    assert shown["head_mm"] == pytest.approx(wanted_mm, abs=4.0)
    assert 0.4 * wanted_mm < shown["protraction_mm"] < 0.8 * wanted_mm
    assert shown["raise_mm"] == pytest.approx(0.0, abs=4.0)
    assert shown["twist_deg"] == pytest.approx(26.0, rel=0.03)
    assert shown["lean_deg"] - 5.0 < 0.09 * wanted_mm
    head = moving.body(name).bones.index("head")
    turns = [moving.poser(name, Style()).pose(x)[0][:, head, 2, 1] for x in (m, moving.stride(name, Style()))]
    assert np.degrees(np.arcsin(turns[0] - turns[1])) == pytest.approx(0.0, abs=3.0)


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("factor", [1.5, 2.1, 3.0])
def test_twist_reads_what_is_asked(name: str, factor: float) -> None:
    """The thorax' range grows by the factor, the lean does not change, the arms go along."""
    shown = moving.measured(name, Style(), moving.stride(name, Style(), yaw_range_deg=26.0 * factor))
    assert shown["twist_deg"] == pytest.approx(26.0 * factor, rel=0.03)
    assert shown["lean_deg"] == pytest.approx(5.0, abs=0.8)
    assert shown["raise_mm"] == pytest.approx(0.0, abs=1.0)
    # The arms go along: they hang from the thorax as before.
    bones = moving.body(name).bones
    plain, twisted = (
        moving.poser(name, Style()).pose(moving.stride(name, Style(), yaw_range_deg=deg))[0]
        for deg in (26.0, 26.0 * factor)
    )
    thorax, arm = bones.index("spine01"), bones.index("lowerarm01.L")
    hang = [np.swapaxes(turns[:, thorax], 1, 2) @ turns[:, arm] for turns in (plain, twisted)]
    assert hang[0] == pytest.approx(hang[1], abs=1e-6)


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("wanted_mm", [20.0, 80.0, 150.0])
def test_wrists_cross_the_midline_by_what_is_asked(name: str, wanted_mm: float) -> None:
    """At the front of its swing each wrist passes the middle of the shoulders by so much; the thorax stays as it is."""
    m = moving.stride(name, Style(), cross=1.0, cross_mm=wanted_mm)
    at = moving.points(name, Style(), m)
    beyond_mm = 1000.0 * np.array([1.0, -1.0]) * (at[:, 5:7, 0].mean(axis=1)[:, None] - at[:, 9:11, 0])
    assert beyond_mm.max(axis=0) == pytest.approx([wanted_mm, wanted_mm], abs=15.0)
    shown = moving.measured(name, Style(), m)
    assert shown["twist_deg"] == pytest.approx(26.0, rel=0.06)
    assert shown["lean_deg"] == pytest.approx(5.0, abs=0.3)


@pytest.mark.parametrize("name", moving.BUILDS)
def test_mirrored_phase_gives_the_mirrored_pose(name: str) -> None:
    """Half a stride later the body stands as in a mirror."""
    at = moving.points(name, Style(), moving.stride(name, Style()))
    later = np.roll(at, -60, axis=0)[:, moving.MIRROR] * [-1.0, 1.0, 1.0]
    assert at == pytest.approx(later, abs=0.002)


@pytest.mark.parametrize("name", moving.BUILDS)
def test_left_stays_left(name: str) -> None:
    """Whatever the phase, the left ear, shoulder, elbow and hip are at the left of the right ones."""
    at = moving.points(name, Style(), moving.stride(name, Style()))
    for left in (1, 3, 5, 7, 11):
        assert (at[:, left, 0] > at[:, left + 1, 0]).all()


def test_left_foot_lands_at_whole_phases() -> None:
    """When the left foot lands it is ahead of the right, and the left arm is behind the right."""
    at = moving.points("man", Style(), moving.stride("man", Style(), np.array([0.0])))[0]
    assert at[15, 1] < at[16, 1] - 0.2
    assert at[9, 1] > at[10, 1] + 0.1


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("column", [WALK, STAND, RAILS])
def test_other_gaits_stand_on_their_feet(name: str, column: int) -> None:
    """Walking and standing bodies are upright, their arms all but straight; who stands is taller than who runs."""
    m = moving.stride(name, Style(), lean_deg=2.0, yaw_range_deg=9.0)
    m = replace(m, gaits=np.tile(np.eye(4)[column], (len(m.phase), 1)))
    at, running = moving.points(name, Style(), m), moving.points(name, Style(), moving.stride(name, Style()))
    if column == STAND:
        assert at[:, 11:13, 2].mean() > running[:, 11:13, 2].mean()
    upper, fore = at[:, 7:9] - at[:, 5:7], at[:, 9:11] - at[:, 7:9]
    cosine = (upper * fore).sum(axis=2) / np.linalg.norm(upper, axis=2) / np.linalg.norm(fore, axis=2)
    assert np.degrees(np.arccos(cosine)).max() < 45
    assert measures.lean_deg(at).mean() == pytest.approx(2.0, abs=1.0)


def test_feet_apart_on_the_rails() -> None:
    """On the side rails the feet stand 0.6 m apart and do not move."""
    m = moving.stride("man", Style())
    m = replace(m, gaits=np.tile(np.eye(4)[RAILS], (len(m.phase), 1)))
    at = moving.points("man", Style(), m)
    assert at[:, 15, 0] - at[:, 16, 0] == pytest.approx(0.61, abs=0.03)
    assert np.ptp(at[:, 15:], axis=0) == pytest.approx(0.0, abs=0.002)


def test_facing_elsewhere_turns_everything() -> None:
    """A heading of 90° turns the whole body to its left about its place."""
    place_m = np.array([1.0, 2.0, 0.0])
    m = replace(moving.stride("man", Style()), place_m=np.tile(place_m, (120, 1)))
    ahead = moving.points("man", Style(), m) - place_m
    left = moving.points("man", Style(), replace(m, heading_deg=np.full(120, 90.0))) - place_m
    assert left == pytest.approx(np.stack([-ahead[..., 1], ahead[..., 0], ahead[..., 2]], axis=-1), abs=1e-5)


def test_one_moment_is_one_of_many() -> None:
    """A pose does not depend on what else is posed with it."""
    who = Poser(load(Build()), Style(), SOLE_M)
    m = moving.stride("man", Style())
    many = who.pose(m)
    one = who.pose(moving.stride("man", Style(), moving.PHASES[7:8]))
    assert one[0][0] == pytest.approx(many[0][7])
    assert one[1][0] == pytest.approx(many[1][7])
