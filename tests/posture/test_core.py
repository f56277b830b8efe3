"""The posture core on a runner of sticks, whose posture is known."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from followed import ALIKE_S, MEASURES, changed, follow, settled
from hypothesis import given, settings
from hypothesis import strategies as st
from stickman import CONSOLE, Stickman, ill_seen, mirrored, poses

from device.faults.limits import watched
from device.posture import PostureCore
from device.records import (
    L_EAR,
    L_ELBOW,
    L_EYE,
    L_HIP,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_EAR,
    R_ELBOW,
    R_EYE,
    R_HIP,
    R_SHOULDER,
    R_WRIST,
    Pose,
    Posture,
)
from device.settings import CameraSettings, Settings

VIEWS = {0: "front", 45: "oblique", -45: "oblique", 85: "side", -85: "side"}
LIMITS = Settings().hunched_shoulders


@pytest.mark.parametrize("azimuth_deg", VIEWS)
def test_view(azimuth_deg: int) -> None:
    """The view is found from the data, on either side of the runner, and the azimuth with its sign."""
    posture = settled(Stickman(azimuth_deg=azimuth_deg))
    assert posture.view == VIEWS[azimuth_deg]
    assert posture.azimuth_deg == pytest.approx(azimuth_deg, abs=6)


def test_given_view_is_kept() -> None:
    """A view that was given is not argued with."""
    given_view = Settings(camera=CameraSettings(view="side"))
    assert settled(Stickman(azimuth_deg=45), setting=given_view).view == "side"


@pytest.mark.parametrize("azimuth_deg", [30, 45, -45, 60, 75, 90, -90])
@pytest.mark.parametrize("lean_deg", [-8.0, 0.0, 5.0, 15.0])
def test_lean_is_signed_and_true_to_the_runner(azimuth_deg: int, lean_deg: float) -> None:
    """Lean is read in the runner's own sagittal plane, forward positive, to 2° from the side and 3° at an angle."""
    posture = settled(Stickman(lean_deg=lean_deg, azimuth_deg=azimuth_deg))
    assert posture.lean_deg == pytest.approx(lean_deg, abs=2 if abs(azimuth_deg) > 65 else 3)


@pytest.mark.parametrize("pitch_deg", [-10.0, 12.0, 20.0])
@pytest.mark.parametrize("azimuth_deg", [45, -60, 85])
def test_the_cameras_pitch_is_allowed_for(azimuth_deg: int, pitch_deg: float) -> None:
    """With a camera that looks down or up, lean is as true as ever once the settings say by how much."""
    height_m = 1.1 + 3.2 * math.tan(math.radians(pitch_deg))
    man = Stickman(lean_deg=10, azimuth_deg=azimuth_deg, pitch_deg=pitch_deg, camera_m=height_m)
    told = settled(man, setting=Settings(camera=CameraSettings(pitch_deg=pitch_deg)))
    assert told.lean_deg == pytest.approx(10, abs=2 if abs(azimuth_deg) > 65 else 3)


def test_lean_is_not_guessed_from_the_front() -> None:
    """From the front a lean does not show; without a baseline none is reported, and neither is a twist."""
    posture = settled(Stickman(lean_deg=15, azimuth_deg=0))
    assert np.isnan([posture.lean_deg, posture.twist_deg]).all()


@pytest.mark.parametrize("azimuth_deg", [30, 45, -45, 70, 85, -85])
@pytest.mark.parametrize("twist_deg", [16.0, 26.0, 40.0, 60.0])
def test_twist_is_the_range_of_yaw(azimuth_deg: int, twist_deg: float) -> None:
    """Twist is the whole range of the thorax' yaw in a stride: to 15 % from the side, 20 % at an angle."""
    posture = settled(Stickman(twist_deg=twist_deg, azimuth_deg=azimuth_deg))
    assert posture.twist_deg == pytest.approx(twist_deg, rel=0.15 if abs(azimuth_deg) > 65 else 0.2)


@pytest.mark.parametrize("azimuth_deg", VIEWS)
def test_good_form_stays_near_its_baseline(azimuth_deg: int) -> None:
    """Who runs on as before has changed next to nothing."""
    posture = changed(Stickman(azimuth_deg=azimuth_deg))
    assert posture.raised_pct == pytest.approx(0, abs=2)
    assert posture.rounded_pct + posture.head_forward_pct == pytest.approx(0, abs=0.6 * LIMITS.forward_pct)
    assert posture.baseline is not None
    if VIEWS[azimuth_deg] != "front":
        assert posture.lean_deg == pytest.approx(posture.baseline.lean_deg, abs=1)
    assert posture.twist_deg == pytest.approx(posture.baseline.twist_deg, rel=0.2)


@pytest.mark.parametrize("azimuth_deg", VIEWS)
def test_raised_shoulders_are_raised_shoulders(azimuth_deg: int) -> None:
    """Shoulders drawn up by 40 mm show beyond the limit, and as neither lean nor twist."""
    good, raised = (changed(Stickman(azimuth_deg=azimuth_deg), raise_mm=mm) for mm in (0, 40))
    assert raised.raised_pct > LIMITS.raised_pct
    assert raised.raised_pct > good.raised_pct + 4
    assert raised.lean_deg == pytest.approx(good.lean_deg, abs=2, nan_ok=VIEWS[azimuth_deg] == "front")
    assert raised.twist_deg == pytest.approx(good.twist_deg, rel=0.25)


def test_raised_shoulders_show_behind_a_console() -> None:
    """From the front hips, hands and legs may be hidden: shoulders and head are enough."""
    assert changed(Stickman(azimuth_deg=5, hide=CONSOLE), raise_mm=40).raised_pct > LIMITS.raised_pct


@pytest.mark.parametrize("azimuth_deg", [45, -45, 85, -85])
def test_shoulders_and_head_drawn_forward(azimuth_deg: int) -> None:
    """A head pushed forward by 40 mm, with the shoulders after it, shows beyond its limit, and not as a lean."""
    good, forward = (changed(Stickman(azimuth_deg=azimuth_deg), rounded_mm=mm) for mm in (0, 40))
    assert forward.rounded_pct + forward.head_forward_pct > LIMITS.forward_pct
    assert forward.rounded_pct > good.rounded_pct
    assert forward.head_forward_pct > good.head_forward_pct
    assert forward.raised_pct < LIMITS.raised_pct
    assert forward.lean_deg == pytest.approx(good.lean_deg, abs=1)


@pytest.mark.parametrize("azimuth_deg", [45, -45, 85, -85])
def test_a_lean_is_no_hunched_back(azimuth_deg: int) -> None:
    """10° more lean are read as such, and stay within the limits of the shoulders and of twist."""
    posture = changed(Stickman(azimuth_deg=azimuth_deg), lean_deg=14.0)
    assert posture.baseline is not None
    assert posture.lean_deg - posture.baseline.lean_deg == pytest.approx(10, abs=1.5)
    assert posture.raised_pct < LIMITS.raised_pct
    assert posture.rounded_pct + posture.head_forward_pct < LIMITS.forward_pct
    assert posture.twist_deg < Settings().torso_twist.rise_ratio * posture.baseline.twist_deg


@pytest.mark.parametrize("azimuth_deg", [5, *[a for a in VIEWS if a]])
def test_more_twist_against_the_baseline(azimuth_deg: int) -> None:
    """Twist that grew by 1.8 is read as 1.5 times and more, from the front, too, where it is watched."""
    posture = changed(Stickman(azimuth_deg=azimuth_deg), twist_deg=1.8 * 26)
    assert "torso_twist" in watched(posture, Settings())
    assert posture.baseline is not None
    assert 1.5 < posture.twist_deg / posture.baseline.twist_deg < 2.1
    assert posture.raised_pct < LIMITS.raised_pct
    assert posture.rounded_pct + posture.head_forward_pct < LIMITS.forward_pct
    if VIEWS.get(azimuth_deg, "front") != "front":
        assert posture.lean_deg == pytest.approx(4, abs=2)


@pytest.mark.parametrize("fps", [10, 15, 24, 30, 60])
@pytest.mark.parametrize("jitter", [0.0, 0.6])
def test_frame_rate_does_not_matter(fps: int, jitter: float) -> None:
    """10 or 60 frames a second, evenly or not, read the same posture."""
    man = Stickman(lean_deg=6, twist_deg=30)
    usual = settled(man)
    seen = follow(poses(lambda t_s: man, 9, fps, jitter=jitter))
    late = [posture for posture in seen if posture.t_s > 6]
    assert np.median([posture.lean_deg for posture in late]) == pytest.approx(usual.lean_deg, abs=0.3)
    assert np.median([posture.twist_deg for posture in late]) == pytest.approx(usual.twist_deg, rel=0.05)
    assert np.median([posture.cadence_spm for posture in late]) == pytest.approx(170, abs=1)


def test_a_stride_is_counted_once() -> None:
    """Strides are as many as were run, at 170 steps a minute 85 in a minute."""
    seen = follow(poses(lambda t_s: Stickman(), 30, 15))
    first = next(posture for posture in seen if posture.running)
    assert seen[-1].stride - first.stride == pytest.approx((30 - first.t_s) * 85 / 60, abs=1)
    assert {after.stride - before.stride for before, after in pairwise(seen)} == {0, 1}


@pytest.mark.parametrize(
    ("man", "motion"), [(Stickman(cadence_spm=110), "walking"), (Stickman(running=False), "standing"), (None, "absent")]
)
def test_there_is_no_posture_without_running(man: Stickman | None, motion: str) -> None:
    """While the runner walks, stands or is not there, nothing is measured."""
    posture = follow(poses(lambda t_s: man, 8))[-1]
    assert posture.motion == motion
    assert posture.seen == (motion != "absent")
    numbers = [getattr(posture, name) for name in MEASURES if name != "confidence"]
    assert np.isnan(numbers).all()


def test_arms_and_legs_alone_are_not_running() -> None:
    """Somebody who swings arms and legs as a runner does, but whose trunk does not bounce, is not running."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(), 8):
        keypoints = pose.keypoints.copy()
        keypoints[:, 1] -= keypoints[5:7, 1].mean()
        assert not core.step(pose._replace(keypoints=keypoints)).running


def same(here: Posture, there: Posture, tolerance: float, turned: bool = False) -> None:
    """Both postures read the same; the azimuth turned round where the picture was."""
    assert (there.motion, there.view, there.stride) == (here.motion, here.view, here.stride)
    for name in MEASURES:
        sign = -1 if turned and name == "azimuth_deg" else 1
        assert sign * getattr(there, name) == pytest.approx(
            getattr(here, name), rel=0.01, abs=tolerance, nan_ok=True
        ), name


@pytest.mark.parametrize("azimuth_deg", [5, 45, 85])
@settings(max_examples=3, deadline=None)
@given(scale=st.floats(0.4, 3.0), shift_px=st.tuples(st.floats(-300, 300), st.floats(-300, 300)))
def test_size_and_place_do_not_matter(azimuth_deg: int, scale: float, shift_px: tuple[float, float]) -> None:
    """A larger picture, or a runner elsewhere in it, reads the same, baseline and changes included."""
    man = Stickman(azimuth_deg=azimuth_deg)
    one, other = PostureCore(Settings()), PostureCore(Settings())
    for pose in poses(lambda t_s: man if t_s < ALIKE_S else replace(man, raise_mm=30), 20, 12):
        moved = pose.keypoints.copy()
        moved[:, :2] = moved[:, :2] * scale + np.float32(shift_px)
        here, there = one.step(pose), other.step(pose._replace(keypoints=moved))
    assert here.baseline is not None
    same(here, there, 0.05)


@pytest.mark.parametrize("azimuth_deg", [5, 45, 85])
@pytest.mark.parametrize("fault", [{}, {"lean_deg": 14.0}, {"rounded_mm": 40.0}, {"twist_deg": 45.0}])
def test_mirrored_runner_reads_the_same(azimuth_deg: int, fault: dict[str, float]) -> None:
    """A picture turned left to right, with left and right as a model would see them, gives the same posture."""
    man = Stickman(azimuth_deg=azimuth_deg)
    one, other = PostureCore(Settings()), PostureCore(Settings())
    for pose in poses(lambda t_s: man if t_s < ALIKE_S else replace(man, **fault), 22, 15):
        here, there = one.step(pose), other.step(mirrored(pose))
    assert here.baseline is not None
    # Of an even number the median is one of the middle two, in the mirror the other.
    same(here, there, 0.1, turned=True)


@pytest.mark.parametrize("azimuth_deg", [5, 45, 85])
def test_single_frame_jumps_and_swaps_are_ignored(azimuth_deg: int) -> None:
    """One frame in twenty-five with left and right exchanged, or with a point elsewhere, changes next to nothing."""
    man = Stickman(azimuth_deg=azimuth_deg, lean_deg=6)
    run = list(poses(lambda t_s: man, 26))
    clean = follow(ill_seen(run, noise_px=1.0))
    spoiled = follow(ill_seen(run, noise_px=1.0, swaps=0.04, jumps=0.04))

    def middle(seen: list[Posture], name: str) -> float:
        return float(np.median([getattr(posture, name) for posture in seen if posture.t_s > ALIKE_S]))

    if azimuth_deg > 20:
        assert middle(spoiled, "lean_deg") == pytest.approx(middle(clean, "lean_deg"), abs=0.7)
    assert middle(spoiled, "twist_deg") == pytest.approx(
        middle(clean, "twist_deg"), rel=0.1 if azimuth_deg > 20 else 0.2
    )
    assert middle(spoiled, "raised_pct") == pytest.approx(middle(clean, "raised_pct"), abs=1)
    assert middle(spoiled, "cadence_spm") == pytest.approx(170, abs=1)


@pytest.mark.parametrize("azimuth_deg", [5, 45, 85])
def test_the_view_stays_through_noise_and_swaps(azimuth_deg: int) -> None:
    """The camera stands still: noise, lost points and swapped frames do not make it wander, nor end the run."""
    man = Stickman(azimuth_deg=azimuth_deg)
    run = ill_seen(poses(lambda t_s: man, 60, 15), noise_px=2.0, swaps=0.02, jumps=0.02, dropouts=0.03, seed=4)
    seen = follow(run)
    assert {posture.view for posture in seen} == {"", VIEWS.get(azimuth_deg, "front")}
    assert sum(posture.running for posture in seen) > 0.94 * len(seen)


def test_a_glance_aside_is_not_another_view() -> None:
    """A head turned by 50° for five seconds moves neither the view nor the lean."""
    core, men = PostureCore(Settings()), (Stickman(azimuth_deg=45), Stickman(azimuth_deg=-5))
    head = slice(NOSE, R_EAR + 1)
    seen = []
    for pose, turned in zip(*(poses(lambda t_s, man=man: man, 30, 20) for man in men), strict=True):
        keypoints = pose.keypoints.copy()
        if 20 < pose.t_s < 25:
            keypoints[head] = turned.keypoints[head]
        seen.append(core.step(pose._replace(keypoints=keypoints)))
    late = [posture for posture in seen if posture.t_s > 18]
    assert {posture.view for posture in late} == {"oblique"}
    assert np.ptp([posture.lean_deg for posture in late]) < 1.5


GONE = {
    "shoulders": ((L_SHOULDER, R_SHOULDER), ("lean_deg", "twist_deg", "raised_pct", "rounded_pct", "head_forward_pct")),
    "hips": ((L_HIP, R_HIP), ("lean_deg",)),
    "head": ((NOSE, L_EAR, R_EAR), ("raised_pct", "rounded_pct", "head_forward_pct")),
}


@pytest.mark.parametrize("part", GONE)
@pytest.mark.parametrize("azimuth_deg", [45, 85])
def test_what_is_no_longer_seen_dies_within_a_second(part: str, azimuth_deg: int) -> None:
    """A second after the points were last seen nothing is told that needs them; all else lives on."""
    hidden, measures = GONE[part]
    man = Stickman(azimuth_deg=azimuth_deg)
    run = poses(lambda t_s: man if t_s < 20 else replace(man, hide=hidden), 24)
    for posture in follow(run):
        if 18 < posture.t_s < 20:
            assert all(math.isfinite(getattr(posture, name)) for name in measures)
        if posture.t_s > 21:
            assert all(math.isnan(getattr(posture, name)) for name in measures)
            if part != "shoulders":
                assert posture.running
                assert math.isfinite(posture.twist_deg)


def test_values_die_when_nobody_is_there() -> None:
    """A second after the runner stepped off nothing is left of the last values, and soon the runner is gone."""
    for posture in follow(poses(lambda t_s: Stickman() if t_s < 20 else None, 22.5)):
        if 18 < posture.t_s < 20:
            assert posture.running
        if posture.t_s > 21:
            assert np.isnan([posture.lean_deg, posture.twist_deg, posture.raised_pct, posture.rounded_pct]).all()
    assert posture.motion == "absent"


def test_five_seconds_of_nobody() -> None:
    """Who steps off for five seconds is absent, comes back to the same baseline, and is measured against it again."""
    core = PostureCore(Settings())
    before = None
    for posture in follow(poses(lambda t_s: None if 20 <= t_s < 25 else Stickman(), 32, 20), core):
        if 18 < posture.t_s < 20:
            before = posture.baseline
        if 22 < posture.t_s < 25:
            assert posture.motion == "absent"
    assert before is not None
    assert posture.baseline is before
    assert posture.running
    assert posture.raised_pct == pytest.approx(0, abs=1)


def test_a_gap_in_time_is_no_movement() -> None:
    """After ten seconds without frames measuring starts anew; nothing is drawn out across the gap."""
    core = PostureCore(Settings())
    follow(poses(lambda t_s: Stickman(), 8), core)
    assert not any(posture.running for posture in follow(poses(lambda t_s: Stickman(), 1, start_s=18.0), core))
    assert follow(poses(lambda t_s: Stickman(), 5, start_s=19.0), core)[-1].running


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["noise", "zeros", "one point", "nan", "inf", "huge", "scores"]),
)
def test_nothing_in_the_key_points_raises_or_becomes_infinite(seed: int, kind: str) -> None:
    """Whatever a pose holds, what comes out is a finite number or NaN."""
    core, random = PostureCore(Settings()), np.random.default_rng(seed)
    for frame in range(60):
        keypoints = random.normal(200, 100, (17, 3)).astype(np.float32)
        keypoints[:, 2] = random.uniform(0, 1, 17)
        some = random.uniform(size=17) < 0.5
        match kind:
            case "zeros":
                keypoints[:] = 0
            case "one point":
                keypoints[:] = (5, 5, 1)
            case "nan":
                keypoints[some] = np.nan
            case "huge":
                keypoints[:, :2] *= 1e12
            case "scores":
                keypoints[some, 2] = random.choice([np.nan, np.inf, -np.inf, -1.0, 5.0])
        posture = core.step(Pose(frame / 15, keypoints, 640, 480))
        assert not np.isinf([getattr(posture, name) for name in MEASURES if name != "confidence"]).any()


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        (slice(0, 2), np.nan),
        (slice(0, 2), np.inf),
        (slice(0, 2), -np.inf),
        (slice(2, 3), np.nan),
        (slice(2, 3), np.inf),
        (slice(2, 3), -np.inf),
    ],
)
@pytest.mark.parametrize("azimuth_deg", [5, 85])
def test_a_few_spoiled_numbers_do_not_upset_a_run(azimuth_deg: int, column: slice, bad: float) -> None:
    """Coordinates or scores that are no numbers, now and then, count as not seen; the posture goes on as it was."""
    man, random = Stickman(azimuth_deg=azimuth_deg), np.random.default_rng(2)
    core, clean = PostureCore(Settings()), follow(poses(lambda t_s: man, 20, 20))[-1]
    for pose in poses(lambda t_s: man, 20, 20):
        keypoints = pose.keypoints.copy()
        keypoints[random.random(17) < 0.03, column] = bad
        posture = core.step(pose._replace(keypoints=keypoints))
        assert not np.isinf([getattr(posture, name) for name in MEASURES if name != "confidence"]).any()
    assert posture.running
    assert posture.baseline is not None
    assert posture.twist_deg == pytest.approx(clean.twist_deg, rel=0.1)
    assert posture.raised_pct == pytest.approx(clean.raised_pct, abs=1)


def test_what_has_mostly_gone_out_of_sight_is_not_told() -> None:
    """Raised shoulders are unknown once elbows and half of the head are hidden, not read off what little is left."""
    man, hidden = Stickman(azimuth_deg=45, raise_mm=40), (NOSE, L_EYE, R_EYE, L_ELBOW, R_ELBOW, L_WRIST, R_WRIST)
    core = PostureCore(Settings())

    def at(t_s: float) -> Stickman:
        if t_s < 18:
            return Stickman(azimuth_deg=45)
        return man if t_s < 26 else replace(man, hide=hidden)

    told = [core.step(pose) for pose in poses(at, 34, 20)]
    assert max(posture.raised_pct for posture in told if 22 < posture.t_s < 26) > LIMITS.raised_pct
    late = [posture.raised_pct for posture in told if posture.t_s > 30]
    assert np.isnan(late).all()


def test_points_that_are_less_sure_count_less() -> None:
    """A shoulder that is now and then read far off, and said to be, moves the lean less than one thought as good."""
    random = np.random.default_rng(4)
    run = list(poses(lambda t_s: Stickman(lean_deg=5.0, azimuth_deg=85), 12.0))
    off = random.random(len(run)) < 0.45
    bent = []
    for pose, wrong in zip(run, off, strict=True):
        keypoints = pose.keypoints.copy()
        keypoints[[L_SHOULDER, R_SHOULDER], 0] += 12 * wrong
        bent.append(pose._replace(keypoints=keypoints))
    said = [
        pose._replace(sigma_px=np.where(wrong, 12.0, 1.0) * np.ones(17, np.float32))
        for pose, wrong in zip(bent, off, strict=True)
    ]
    right, untold, told = (follow(one)[-1].lean_deg for one in (run, bent, said))
    assert abs(told - right) < 0.5 * abs(untold - right)


def test_points_that_are_all_as_sure_count_alike() -> None:
    """How large an uncertainty is that all samples share changes nothing."""
    run = list(poses(lambda t_s: Stickman(lean_deg=5.0, azimuth_deg=60), 8.0))
    alike = [pose._replace(sigma_px=np.full(17, 7.0, np.float32)) for pose in run]
    assert follow(alike)[-1].lean_deg == pytest.approx(follow(run)[-1].lean_deg, abs=1e-6)
