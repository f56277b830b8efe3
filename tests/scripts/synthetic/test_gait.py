"""Legs run and walk as legs do, whatever the body, the speed and the cadence."""

from __future__ import annotations

from dataclasses import replace

import moving
import numpy as np
import pytest
from synthetic import gait
from synthetic.description import Style
from synthetic.moments import WALK, steady
from synthetic.outfit import SOLE_M

PACES = [(2.0, 150.0), (2.75, 170.0), (5.0, 190.0)]


def run(speed_mps: float, cadence_spm: float, name: str = "man") -> gait.Cycle:
    """A runner's stride."""
    return moving.poser(name, Style(speed_mps=speed_mps, cadence_spm=cadence_spm)).run


def clear_m(name: str, style: Style, walking: bool = False) -> np.ndarray:
    """How far the left sole is over the ground, over one stride."""
    m = moving.stride(name, style)
    if walking:
        m = replace(m, gaits=np.tile(np.eye(4)[WALK], (len(m.phase), 1)), step_m=m.step_m * 0 + step_m(name, style))
    feet = moving.sole(name, moving.poser(name, style).pose(m))
    return feet[..., 2].min(axis=1) - SOLE_M


def step_m(name: str, style: Style) -> float:
    """A walker's step."""
    return moving.poser(name, style).walk.step_m


def slips(name: str, style: Style, cycle: gait.Cycle, walking: bool) -> tuple[np.ndarray, np.ndarray]:
    """Speed (N, 3) of the place of the sole that is lowest, and the phase, while the foot is down."""
    phase = np.linspace(0.02, cycle.stance - 0.03, 80)
    m = steady(style, phase, cycle.step_m)
    if walking:
        m = replace(m, gaits=np.tile(np.eye(4)[WALK], (len(phase), 1)))
    feet = moving.sole(name, moving.poser(name, style).pose(m))
    lowest = feet[:-1, :, 2].argmin(axis=1)
    passed_s = (phase[1] - phase[0]) * 120.0 / cycle.cadence_spm
    return (feet[1:] - feet[:-1])[np.arange(len(lowest)), lowest] / passed_s, phase[:-1]


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize(("speed_mps", "cadence_spm"), PACES)
def test_runners_feet_go_with_the_belt(name: str, speed_mps: float, cadence_spm: float) -> None:
    """What touches the belt goes back as fast as the belt, not aside, and hardly sinks in or hovers."""
    style = Style(speed_mps=speed_mps, cadence_spm=cadence_spm)
    cycle = moving.poser(name, style).run
    speeds, phase = slips(name, style, cycle, walking=False)
    assert speeds[:, 1].mean() == pytest.approx(speed_mps, rel=0.02)
    flat = (phase > 0.25 * cycle.stance) & (phase < 0.38 * cycle.stance)
    assert speeds[flat, 1] == pytest.approx(speed_mps, rel=0.01)
    assert np.abs(speeds[:, 0]).max() < 0.1
    over_m = clear_m(name, style)[cycle.stance - 0.03 > moving.PHASES]
    assert over_m.min() > -0.002
    assert over_m.max() < 0.012


@pytest.mark.parametrize("name", moving.BUILDS)
def test_walkers_feet_go_with_the_belt(name: str) -> None:
    """The same for walking, over a heel that rolls."""
    style = Style()
    cycle = moving.poser(name, style).walk
    speeds, _ = slips(name, style, cycle, walking=True)
    assert speeds[:, 1].mean() == pytest.approx(gait.WALK_MPS, rel=0.03)
    over_m = clear_m(name, style, walking=True)[cycle.stance - 0.03 > moving.PHASES]
    assert over_m.min() > -0.003
    assert over_m.max() < 0.012


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize(("speed_mps", "cadence_spm"), PACES)
def test_runners_fly(name: str, speed_mps: float, cadence_spm: float) -> None:
    """In every step of a run both feet are off the belt for a while."""
    over_m = clear_m(name, Style(speed_mps=speed_mps, cadence_spm=cadence_spm))
    both_m = np.minimum(over_m, np.roll(over_m, len(over_m) // 2))
    assert (both_m > 0.005).mean() > 0.05


@pytest.mark.parametrize("name", moving.BUILDS)
def test_walkers_never_fly(name: str) -> None:
    """A walker has one foot on the belt at all times, and both from each landing on for a tenth of the stride."""
    over_m = clear_m(name, Style(), walking=True)
    other_m = np.roll(over_m, len(over_m) // 2)
    assert np.minimum(over_m, other_m).max() < 0.012
    assert np.maximum(over_m, other_m)[moving.PHASES < 0.10].max() < 0.010
    assert over_m[(moving.PHASES > 0.75) & (moving.PHASES < 0.9)].min() > 0.015


def test_a_step_is_speed_by_cadence() -> None:
    """At 3 m/s and 180 steps a minute a step is a metre long."""
    assert run(3.0, 180.0).step_m == pytest.approx(1.0)


def test_stance_shrinks_with_speed() -> None:
    """The faster, the smaller the share of a stride that a foot is down; always below one half."""
    shares = [run(speed_mps, 170.0).stance for speed_mps in (2.0, 2.75, 3.5, 4.25, 5.0)]
    assert shares == sorted(shares, reverse=True)
    assert 0.2 < shares[-1] < 0.3
    assert 0.36 < shares[1] < 0.40
    assert shares[0] < 0.5


@pytest.mark.parametrize("name", moving.BUILDS)
def test_knees_swing_further_with_speed(name: str) -> None:
    """The swinging foot comes up higher at 5 than at 2 m/s."""
    slow, fast = (clear_m(name, Style(speed_mps=speed_mps)).max() for speed_mps in (2.0, 5.0))
    assert fast > slow + 0.08


@pytest.mark.parametrize("name", moving.BUILDS)
def test_hips_rise_and_fall_by_what_is_asked(name: str) -> None:
    """The hips go up and down by the style's rise twice a stride."""
    cycle = moving.poser(name, Style()).run
    rise_m = cycle.rise_m(moving.PHASES, 0.066)
    assert np.ptp(rise_m) == pytest.approx(0.066, abs=0.001)
    assert rise_m[:60] == pytest.approx(rise_m[60:])


@pytest.mark.parametrize("name", moving.BUILDS)
def test_walkers_step_105_to_120_times_a_minute(name: str) -> None:
    """Long legs step more slowly."""
    assert 105 <= moving.poser(name, Style()).walk.cadence_spm <= 120


def test_curves_join() -> None:
    """The end of a stride is the beginning of the next."""
    curve = gait.periodic(((0.0, 0.0), (0.5, 10.0)))
    assert gait.at(curve, 0.999999) == pytest.approx(float(gait.at(curve, 0.0)), abs=0.01)


def test_many_phases_at_once_are_the_single_ones() -> None:
    """Reading a curve of several columns at phases of any shape gives each one's value."""
    curve = np.stack([gait.periodic(((0.0, 0.0), (0.5, k))) for k in (1.0, 10.0)], axis=1)
    phases = np.array([[0.1, 1.3], [-0.2, 0.5]])
    values = gait.at(curve, phases)
    assert values.shape == (2, 2, 2)
    assert values[1, 0] == pytest.approx(gait.at(curve, 0.8))
