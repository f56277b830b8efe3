"""The posture core on a runner of sticks, whose posture is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stickman import Stickman, poses

from device.posture import PostureCore
from device.records import Pose, Posture
from device.settings import CameraSettings, Settings

VIEWS = {0: "front", 45: "oblique", -45: "oblique", 90: "side", -90: "side"}


def last(man: Stickman, seconds: float = 8.0, fps: float = 25.0, setting: Settings | None = None, **more) -> Posture:
    core = PostureCore(setting or Settings())
    for pose in poses(lambda t_s: man, seconds, fps, **more):
        posture = core.step(pose)
    return posture


@pytest.mark.parametrize("azimuth_deg", VIEWS)
def test_view(azimuth_deg: int) -> None:
    """The view is found from the data, on either side of the runner."""
    assert last(Stickman(azimuth_deg=azimuth_deg)).view == VIEWS[azimuth_deg]


def test_given_view_is_kept() -> None:
    """A view that was given is not argued with."""
    given_view = Settings(camera=CameraSettings(view="side"))
    assert last(Stickman(azimuth_deg=45), setting=given_view).view == "side"


@pytest.mark.parametrize("azimuth_deg", [45, -45, 70, 90, -90])
@pytest.mark.parametrize("lean_deg", [-8.0, 0.0, 5.0, 15.0])
def test_lean_is_signed_and_true_to_the_runner(azimuth_deg: int, lean_deg: float) -> None:
    """Lean is read in the runner's own sagittal plane, forward positive, to 2° from the side and 3° at an angle."""
    posture = last(Stickman(lean_deg=lean_deg, azimuth_deg=azimuth_deg))
    assert posture.lean_deg == pytest.approx(lean_deg, abs=2 if abs(azimuth_deg) > 65 else 3)


def test_lean_is_not_guessed_from_the_front() -> None:
    """From the front a lean does not show; then none is reported."""
    assert np.isnan(last(Stickman(lean_deg=15, azimuth_deg=0)).lean_deg)


@pytest.mark.parametrize("azimuth_deg", VIEWS)
@pytest.mark.parametrize("twist_deg", [18.0, 30.0, 50.0])
def test_twist_is_the_range_of_yaw(azimuth_deg: int, twist_deg: float) -> None:
    """Twist is the whole range of the thorax' yaw in a stride: nothing of it is eaten by smoothing."""
    posture = last(Stickman(twist_deg=twist_deg, azimuth_deg=azimuth_deg))
    assert posture.twist_deg == pytest.approx(twist_deg, rel=0.2)


@pytest.mark.parametrize("azimuth_deg", VIEWS)
def test_raised_shoulders_come_nearer_to_the_ears(azimuth_deg: int) -> None:
    """Shoulders raised by 40 mm show as less distance to the ears, against the runner's own baseline."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(azimuth_deg=azimuth_deg, raise_mm=40 if t_s > 22 else 0), 30):
        posture = core.step(pose)
        if pose.t_s > 18 and pose.t_s < 22:
            assert posture.shoulder_pct == pytest.approx(100, abs=1)
    assert posture.shoulder_pct < 85


@pytest.mark.parametrize("fps", [10, 15, 24, 30, 60])
def test_frame_rate_does_not_matter(fps: int) -> None:
    """10 or 60 frames a second read the same posture."""
    man = Stickman(lean_deg=6, twist_deg=30)
    slow, fast = last(man, fps=fps), last(man, fps=25)
    assert slow.lean_deg == pytest.approx(fast.lean_deg, abs=0.3)
    assert slow.twist_deg == pytest.approx(fast.twist_deg, rel=0.05)
    assert slow.cadence_spm == pytest.approx(fast.cadence_spm, abs=0.7)


@pytest.mark.parametrize("cadence_spm", [145, 160, 185, 200])
def test_cadence(cadence_spm: int) -> None:
    """Cadence is steps, not strides, a minute, right to one step."""
    assert last(Stickman(cadence_spm=cadence_spm)).cadence_spm == pytest.approx(cadence_spm, abs=1)


def test_walking_and_standing_are_not_running() -> None:
    """There is no posture while the runner walks or stands."""
    for man in (Stickman(cadence_spm=110), Stickman(running=False)):
        posture = last(man)
        assert posture.seen
        assert not posture.running
        assert np.isnan([posture.lean_deg, posture.twist_deg, posture.cadence_spm]).all()


def test_arms_and_legs_alone_are_not_running() -> None:
    """Somebody who swings arms and legs as a runner does, but whose trunk does not bounce, is not running."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(), 8):
        keypoints = pose.keypoints.copy()
        keypoints[:, 1] -= keypoints[5:7, 1].mean()
        assert not core.step(replace(pose, keypoints=keypoints)).running


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scale=st.floats(0.3, 4.0),
    azimuth_deg=st.sampled_from([0, 45, 90]),
    shift_px=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_size_and_place_do_not_matter(scale: float, azimuth_deg: int, shift_px: tuple[float, float]) -> None:
    """A larger picture, or a runner elsewhere in it, reads the same."""
    man = Stickman(azimuth_deg=azimuth_deg)
    one, other = PostureCore(Settings()), PostureCore(Settings())
    for pose in poses(lambda t_s: man, 6, 15):
        moved = pose.keypoints.copy()
        moved[:, :2] = moved[:, :2] * scale + np.float32(shift_px)
        here, there = one.step(pose), other.step(replace(pose, keypoints=moved))
    for name in ("lean_deg", "twist_deg", "ear_shoulder", "cadence_spm"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-2, abs=1e-2, nan_ok=True)


@pytest.mark.parametrize("azimuth_deg", [0, 45, 90])
def test_mirrored_runner_reads_the_same(azimuth_deg: int) -> None:
    """A picture turned left to right, with left and right swapped as a model would, gives the same posture."""
    order = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    one, other = PostureCore(Settings()), PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(azimuth_deg=azimuth_deg), 6):
        mirrored = pose.keypoints[order].copy()
        mirrored[:, 0] = pose.width_px - mirrored[:, 0]
        here, there = one.step(pose), other.step(replace(pose, keypoints=mirrored))
    assert there.view == here.view
    for name in ("lean_deg", "twist_deg", "ear_shoulder", "cadence_spm"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), rel=1e-3, nan_ok=True)


def test_single_frame_jumps_and_swaps_are_ignored() -> None:
    """One frame in twenty with left and right swapped, or with a point elsewhere, changes next to nothing."""
    swap = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    clean, spoiled = PostureCore(Settings()), PostureCore(Settings())
    for number, pose in enumerate(poses(lambda t_s: Stickman(azimuth_deg=90, lean_deg=6), 8)):
        keypoints = pose.keypoints
        if number % 20 == 7:
            keypoints = keypoints[swap]
        if number % 20 == 15:
            keypoints = keypoints.copy()
            keypoints[5, :2] += 80
        good, bad = clean.step(pose), spoiled.step(replace(pose, keypoints=keypoints))
    assert bad.lean_deg == pytest.approx(good.lean_deg, abs=1)
    assert bad.twist_deg == pytest.approx(good.twist_deg, rel=0.1)


@pytest.mark.parametrize("azimuth_deg", [0, 45, 90])
def test_the_view_stays_through_noise_and_swaps(azimuth_deg: int) -> None:
    """The camera stands still: noise, lost points and swapped frames do not make it wander."""
    swap = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    random = np.random.default_rng(4)
    core, views, running = PostureCore(Settings()), set(), 0
    for pose in poses(lambda t_s: Stickman(azimuth_deg=azimuth_deg), 60, 15, noise_px=2.5):
        keypoints = pose.keypoints[swap] if random.random() < 0.02 else pose.keypoints.copy()
        keypoints[random.random(17) < 0.03, 2] = 0.05
        posture = core.step(replace(pose, keypoints=keypoints))
        views.add(posture.view)
        running += posture.running
    assert views == {"", VIEWS[azimuth_deg]}
    assert running > 0.95 * 57 * 15


def test_hidden_hips_give_nothing_rather_than_a_guess() -> None:
    """A console that hides the hips hides the trunk: no lean, no twist, no shoulders."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(), 8):
        keypoints = pose.keypoints.copy()
        keypoints[11:, 2] = 0.05
        posture = core.step(replace(pose, keypoints=keypoints))
    assert np.isnan([posture.lean_deg, posture.twist_deg, posture.ear_shoulder]).all()


def test_values_die_when_nobody_is_there() -> None:
    """Two seconds after the runner stepped off, nothing is left of the last values, and the runner is gone."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman() if t_s < 8 else None, 10.5):
        posture = core.step(pose)
        if 7 < pose.t_s < 8:
            assert posture.running
        if pose.t_s > 9.3:
            assert not posture.running
            assert np.isnan(posture.lean_deg)
    assert not posture.seen


def test_a_gap_in_time_is_no_movement() -> None:
    """After ten seconds without frames measuring starts anew; nothing is drawn out across the gap."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(), 8):
        core.step(pose)
    for pose in poses(lambda t_s: Stickman(), 1, start_s=18.0):
        assert not core.step(pose).running
    for pose in poses(lambda t_s: Stickman(), 5, start_s=19.0):
        posture = core.step(pose)
    assert posture.running


def test_baseline_is_learned_and_kept_while_out_of_sight() -> None:
    """The baseline is the runner's own form, and it outlives a short absence."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(lean_deg=5) if t_s < 20 or t_s > 24 else None, 32):
        posture = core.step(pose)
        if pose.t_s > 19:
            assert posture.baseline is not None
            assert posture.baseline.lean_deg == pytest.approx(5, abs=1.5)
    assert posture.baseline is not None
    assert posture.baseline.t_s < 20


def test_bad_form_is_not_taken_for_the_baseline() -> None:
    """A runner who begins beyond the absolute limits gives no baseline until the form is better."""
    core = PostureCore(Settings())
    for pose in poses(lambda t_s: Stickman(lean_deg=22 if t_s < 30 else 5, azimuth_deg=90), 60):
        posture = core.step(pose)
        if pose.t_s < 30:
            assert posture.baseline is None
    assert posture.baseline is not None
    assert posture.baseline.lean_deg < 10


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_nothing_in_the_key_points_raises_or_becomes_infinite(data: st.DataObject) -> None:
    """Whatever a pose holds, what comes out is a finite number or NaN."""
    core = PostureCore(Settings())
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    kind = data.draw(st.sampled_from(["noise", "zeros", "one point", "nan", "huge"]))
    for frame in range(60):
        keypoints = random.normal(200, 100, (17, 3)).astype(np.float32)
        keypoints[:, 2] = random.uniform(0, 1, 17)
        if kind == "zeros":
            keypoints[:] = 0
        if kind == "one point":
            keypoints[:] = (5, 5, 1)
        if kind == "nan":
            keypoints[random.uniform(size=17) < 0.5] = np.nan
        if kind == "huge":
            keypoints[:, :2] *= 1e12
        posture = core.step(Pose(frame / 15, keypoints, 640, 480))
        numbers = np.array([posture.lean_deg, posture.twist_deg, posture.shoulder_pct, posture.cadence_spm])
        assert not np.isinf(numbers).any()
