"""What a person does besides running comes and goes smoothly, and shows where hands, feet and head go."""

from __future__ import annotations

from dataclasses import replace

import moving
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import measures
from synthetic.activities import WayOff, gaits
from synthetic.camera import stand
from synthetic.description import GESTURES, LEGS, Activity, Clip, FaultSpan, Runner, Scene, Sensor, Style, Viewpoint
from synthetic.performance import Performance
from synthetic.scene import BELT_M
from synthetic.skeleton import coco_points
from synthetic.strides import Strides

FASTEST_MPS = 15.0
"""No key point of a runner at 5 m/s is faster: feet that swing forward reach three times the belt's speed at most."""


def clip(*activities: Activity, **changes: object) -> Clip:
    """Half a minute with those activities."""
    return replace(Clip("x", 3, 30.0, activities=activities), **changes)


def perform(*activities: Activity, **changes: object) -> Performance:
    """The same, performed by the usual man."""
    return Performance(clip(*activities, **changes), moving.body("man"))


def shown(who: Performance, start_s: float, end_s: float, step_s: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    """Times and key points (N, 17, 3)."""
    t_s = np.arange(start_s, end_s, step_s)
    return t_s, coco_points(who.body, who.poses(t_s))


@pytest.mark.parametrize("kind", LEGS)
def test_running_is_running_only(kind: str) -> None:
    """Before and after it is running; in between, and from half of the ramp on, it is not."""
    who = perform(Activity(kind, 10.0, 16.0, 2.0))
    assert [who.at(t_s).running for t_s in (0.0, 9.9, 12.0, 15.9, 18.5, 29.0)] == [True, True, False, False, True, True]


@pytest.mark.parametrize("kind", GESTURES)
def test_gestures_leave_the_run(kind: str) -> None:
    """Who drinks, wipes, holds on or looks about goes on running at the same cadence."""
    who = perform(Activity(kind, 10.0, 16.0, 0.8))
    instant = who.at(13.0)
    assert instant.running
    assert instant.present
    assert instant.cadence_spm == pytest.approx(170.0, abs=8.0)


@pytest.mark.parametrize("kind", LEGS)
def test_cadence(kind: str) -> None:
    """Walkers step 105 to 120 times a minute; who stands or is gone does not step at all."""
    cadence_spm = perform(Activity(kind, 10.0, 18.0, 2.0)).at(14.0).cadence_spm
    if kind == "walk":
        assert 105 <= cadence_spm <= 120
    elif kind != "away":
        assert np.isnan(cadence_spm)


def test_steps_come_at_the_cadence() -> None:
    """At 170 steps a minute the phase grows by 85 strides in a minute, to a hundredth."""
    who = Performance(Clip("x", 3, 60.0), moving.body("man"))
    assert who.at(60.0).phase == pytest.approx(85.0, rel=0.01)
    assert who.at(0.0).phase == pytest.approx(0.0)


def test_fatigue_slows_and_bends_a_little() -> None:
    """Tired at the end, a runner makes 4 steps a minute less, leans 2° more, and stays far from any fault."""
    style = Style(fatigue=1.0, variation=0.0)
    who = Performance(Clip("x", 3, 60.0, Runner(style=style)), moving.body("man"))
    assert who.at(0.5).cadence_spm - who.at(59.9).cadence_spm == pytest.approx(4.0, abs=0.1)
    lean = [measures.lean_deg(shown(who, t_s, t_s + 3.5)[1]).mean() for t_s in (0.0, 56.5)]
    assert lean[1] - lean[0] == pytest.approx(1.9, abs=0.2)


@given(variation=st.floats(0.0, 3.0), seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_strides_differ_by_the_variation(variation: float, seed: int) -> None:
    """Differences between strides grow with the variation; without it there are none; strides stay alike in time."""
    strides = Strides(Style(variation=variation), 100, seed)
    differ = strides.at(np.linspace(1.0, 90.0, 800))
    assert np.std(differ.lean_deg) == pytest.approx(0.45 * variation, rel=0.4, abs=1e-9)
    assert np.abs(strides.pace(np.linspace(1.0, 90.0, 800)) - 1.0).max() <= 0.045 * variation + 1e-9


def test_same_seed_same_strides() -> None:
    """The same description gives the same poses in any order of asking; another seed gives others."""
    first, again = perform(), perform()
    other = Performance(replace(clip(), seed=4), moving.body("man"))
    again.at(20.0)
    poses = [who.at(7.3).transforms for who in (first, again, other)]
    assert all(pose is not None for pose in poses)
    assert (poses[0][1] == poses[1][1]).all()
    assert not np.allclose(poses[0][1], poses[2][1])


@pytest.mark.parametrize("drift_m", [0.0, 0.25])
def test_drift(drift_m: float) -> None:
    """A runner wanders on the belt by no more than the style says, without sliding over it."""
    who = Performance(Clip("x", 3, 40.0, Runner(style=Style(drift_m=drift_m, variation=0.0))), moving.body("man"))
    t_s, points = shown(who, 0.0, 40.0)
    hips = points[:, 11:13, :2].mean(axis=1)
    strides = np.add.reduceat(hips, np.arange(0, len(hips), 36))[:-1] / 36
    assert np.ptp(strides[:, 1]) < 2 * drift_m + 0.02
    assert drift_m == 0 or np.ptp(strides[:, 1]) > drift_m
    lowest = points[:, 15, 2] < points[:, 15, 2].min() + 0.01
    pace_mps = np.gradient(points[:, 15, 1], t_s)[lowest]
    assert np.median(pace_mps) == pytest.approx(2.75, rel=0.05)


@pytest.mark.parametrize("azimuth_deg", [-90.0, 0.0, 40.0, 90.0])
@pytest.mark.parametrize("fov_deg", [35.0, 60.0])
def test_who_steps_off_leaves_the_picture(azimuth_deg: float, fov_deg: float) -> None:
    """During the ramp the person walks out of the picture, is gone, and comes back the same way on to the belt."""
    changes = {"viewpoint": Viewpoint(azimuth_deg=azimuth_deg, fov_deg=fov_deg), "sensor": Sensor(480, 360)}
    who = perform(Activity("away", 8.0, 16.0, 3.0), **changes)
    camera = stand(*changes.values())
    assert [who.at(t_s).present for t_s in (7.0, 10.9, 11.1, 15.9, 16.1, 20.0)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert who.at(13.0).transforms is None
    last = who.at(10.99).transforms
    assert last is not None
    pixels = camera.project(coco_points(who.body, last))
    assert ((pixels[:, 0] < 0) | (pixels[:, 0] > 480) | np.isnan(pixels[:, 0])).all()
    start, end = (coco_points(who.body, who.at(t_s).transforms)[11:13].mean(axis=0) for t_s in (7.0, 21.0))
    assert end == pytest.approx(start, abs=0.15)


@pytest.mark.parametrize("azimuth_deg", [-60.0, 60.0])
def test_way_off_keeps_clear_of_the_neighbour(azimuth_deg: float) -> None:
    """Nobody walks off towards the side where a neighbour may run."""
    way = WayOff(clip(Activity("away", 8.0, 16.0, 3.0), viewpoint=Viewpoint(azimuth_deg=azimuth_deg)))
    x_m = way.at(np.linspace(8.0, 19.0, 100)).place_m[:, 0]
    assert (np.sign(azimuth_deg) * x_m >= 0).all()


def test_who_steps_off_faces_the_way() -> None:
    """Who leaves turns the back to the console; who comes back faces it."""
    who = perform(Activity("away", 8.0, 16.0, 3.0))
    assert abs(who.at(10.9).heading_deg) > 90
    assert who.at(18.9).heading_deg == pytest.approx(0.0, abs=5.0)
    assert who.at(21.0).heading_deg == 0


def test_the_floor_is_lower_than_the_belt() -> None:
    """Off the treadmill the feet are on the floor."""
    who = perform(Activity("away", 8.0, 16.0, 3.0))
    on, off = (shown(who, t_s, t_s + 0.3)[1][:, 15:, 2].min() for t_s in (5.0, 10.6))
    assert on - off == pytest.approx(BELT_M, abs=0.04)


@pytest.mark.parametrize("name", moving.BUILDS)
@pytest.mark.parametrize("on", ["run", "walk", "stand"])
def test_drinking_brings_a_hand_to_the_mouth(name: str, on: str) -> None:
    """The wrist of one hand is a hand's breadth or two from the mouth, the other one swings on."""
    legs = () if on == "run" else (Activity(on, 1.0, 28.0, 1.0),)
    who = Performance(clip(*legs, Activity("drink", 10.0, 16.0, 0.8)), moving.body(name))
    _, points = shown(who, 11.0, 15.0)
    far_m = np.linalg.norm(points[:, 9:11] - points[:, :1], axis=2)
    hand = int(far_m.mean(axis=0).argmin())
    assert far_m[:, hand].max() < 0.22
    assert far_m[:, 1 - hand].min() > 0.25
    assert (points[:, 9 + hand, 2] < points[:, 0, 2]).all()


@pytest.mark.parametrize("name", moving.BUILDS)
def test_wiping_takes_a_hand_across_the_forehead(name: str) -> None:
    """One wrist stays by the eyes' height or over it and goes from side to side before the face."""
    who = Performance(clip(Activity("wipe", 10.0, 16.0, 0.8)), moving.body(name))
    _, points = shown(who, 11.0, 15.0)
    eyes = points[:, 1:3].mean(axis=1)
    far_m = np.linalg.norm(points[:, 9:11] - eyes[:, None], axis=2)
    hand = int(far_m.mean(axis=0).argmin())
    assert far_m[:, hand].max() < 0.25
    assert (points[:, 9 + hand, 2] > eyes[:, 2] - 0.03).all()
    assert np.ptp(points[:, 9 + hand, 0] - eyes[:, 0]) > 0.08


@pytest.mark.parametrize("handrails", ["none", "short", "long"])
def test_holding_on_stills_the_hands(handrails: str) -> None:
    """Both wrists are ahead, low, apart, and all but still in the room."""
    who = perform(Activity("hold_rail", 10.0, 16.0, 0.8), scene=Scene(handrails=handrails))
    _, points = shown(who, 11.5, 15.0)
    _, free = shown(who, 2.0, 6.0)
    wrists, shoulders = points[:, 9:11], points[:, 5:7].mean(axis=1)
    assert (wrists[..., 1] < shoulders[:, None, 1] - 0.1).all()
    assert (wrists[..., 2] < shoulders[:, None, 2] - 0.2).all()
    assert (wrists[:, 0, 0] - wrists[:, 1, 0] > 0.3).all()
    assert np.ptp(wrists[..., 1], axis=0).max() < 0.4 * np.ptp(free[:, 9:11, 1], axis=0).min()


def test_looking_turns_the_head() -> None:
    """To the console the head goes down by about 30°; aside it turns by about 60°."""
    down, aside = (perform(Activity(kind, 10.0, 16.0, 0.8)) for kind in ("look_console", "look_aside"))
    gaze = []
    for who in (down, aside):
        _, points = shown(who, 11.0, 15.0)
        ahead = points[:, 0] - points[:, 3:5].mean(axis=1)
        gaze.append((ahead / np.linalg.norm(ahead, axis=1, keepdims=True)).mean(axis=0))
    _, points = shown(down, 2.0, 6.0)
    usual = (points[:, 0] - points[:, 3:5].mean(axis=1)).mean(axis=0)
    pitch_deg = [np.degrees(np.arctan2(-g[2], -g[1])) for g in (gaze[0], usual)]
    assert pitch_deg[0] - pitch_deg[1] == pytest.approx(29.0, abs=3.0)
    assert abs(np.degrees(np.arctan2(gaze[1][0], -gaze[1][1]))) == pytest.approx(60.0, abs=4.0)


@pytest.mark.parametrize("kind", GESTURES)
def test_gestures_are_no_faults(kind: str) -> None:
    """Whatever hands and head do, lean, twist and shoulders read the same within what skin that is drawn along does."""
    plain, busy = perform(), perform(Activity(kind, 5.0, 25.0, 0.8))
    lean, twist, raised = [], [], []
    for who in (plain, busy):
        t_s = np.arange(8.0, 22.0, 0.02)
        points, thorax = measures.measured_points(who.body, who.poses(t_s))
        lean.append(measures.lean_deg(points).mean())
        twist.append(np.std(measures.thorax_yaw_deg(points)))
        raised.append(measures.raise_mm(measures.in_thorax(points, thorax, measures.SHOULDERS), who.rest_m[0]).mean())
    assert lean[1] == pytest.approx(lean[0], abs=1.5)
    assert twist[1] == pytest.approx(twist[0], rel=0.15)
    assert raised[1] == pytest.approx(raised[0], abs=8.0)


def programme(draws: list[tuple[str, float, float, float]]) -> tuple[Activity, ...]:
    """Activities one after the other, each with the next one's ramp after its own."""
    activities, t_s = [], 0.5
    for kind, before_s, long_s, ramp_s in draws:
        start_s = t_s + before_s
        activities.append(Activity(kind, start_s, start_s + ramp_s + long_s, ramp_s))
        t_s = activities[-1].end_s + ramp_s
    return tuple(activities)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    legs=st.lists(
        st.tuples(st.sampled_from(LEGS), st.floats(0.0, 4.0), st.floats(0.5, 5.0), st.floats(1.8, 3.0)), max_size=3
    ),
    gestures=st.lists(
        st.tuples(st.sampled_from(GESTURES), st.floats(0.0, 4.0), st.floats(0.0, 4.0), st.floats(0.6, 2.0)), max_size=3
    ),
    speed_mps=st.floats(2.0, 5.0),
    azimuth_deg=st.floats(-90.0, 90.0),
)
def test_nobody_jumps(
    legs: list[tuple[str, float, float, float]],
    gestures: list[tuple[str, float, float, float]],
    speed_mps: float,
    azimuth_deg: float,
) -> None:
    """Whatever is done in whatever order: no pose is broken, no limb stretched, nothing jumps while in sight."""
    who = Performance(
        clip(
            *programme(legs),
            *programme(gestures),
            runner=Runner(style=Style(speed_mps=speed_mps)),
            viewpoint=Viewpoint(azimuth_deg=azimuth_deg),
            faults=(FaultSpan("twist", 3.0, 12.0, 2.0), FaultSpan("arms_cross", 6.0, 20.0, 90.0, 2.0)),
        ),
        moving.body("man"),
    )
    t_s, points = shown(who, 0.0, 30.0, 0.02)
    here = np.array([who.at(t).present for t in t_s[::5]]).repeat(5)[: len(t_s)]
    here &= np.roll(here, 5) & np.roll(here, -5)
    assert np.isfinite(points).all()
    way_m = np.linalg.norm(np.diff(points, axis=0), axis=2)[here[1:] & here[:-1]]
    assert way_m.max() / 0.02 < FASTEST_MPS + 3.0
    for root, end, longest in ((5, 7, 0.40), (7, 9, 0.35), (11, 13, 0.55), (13, 15, 0.52)):
        assert np.linalg.norm(points[:, root] - points[:, end], axis=1).max() < longest
    assert (points[:, :5, 2].min(axis=1) > points[:, 11:13, 2].max(axis=1)).all()


@given(st.lists(st.tuples(st.sampled_from(LEGS), st.floats(0, 3), st.floats(0, 4), st.floats(0.2, 3)), max_size=5))
def test_weights_sum_to_one(draws: list[tuple[str, float, float, float]]) -> None:
    """At all times running, walking, standing and standing astride make up one whole."""
    weights = gaits(programme(draws), np.linspace(0.0, 40.0, 400))
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert (weights >= -1e-12).all()


def test_belt_goes_with_the_feet() -> None:
    """The belt has the runner's speed, a walker's under a walker, and stands still under somebody who stands on it."""
    who = perform(Activity("walk", 5.0, 12.0, 1.0), Activity("stand", 16.0, 22.0, 1.0), Activity("rails", 25.0, 29.0))
    way_m = [who.belt_m(t_s + 1.0) - who.belt_m(t_s) for t_s in (2.0, 8.0, 19.0, 27.0)]
    assert way_m == pytest.approx([2.75, 1.35, 0.0, 2.75], abs=0.01)
