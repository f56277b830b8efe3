"""The rhythm: standing, walking and running told apart, and the cadence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stickman import CONSOLE, LEGS, Stickman, ill_seen, poses

from device.posture.strides import LEAST_S, SPAN_S, Rhythm, rhythm
from device.records import L_WRIST, R_WRIST

HIDDEN = {"nothing": (), "legs": LEGS, "legs and hands": (*LEGS, L_WRIST, R_WRIST), "console": CONSOLE}
CADENCES_SPM = (140, 150, 160, 170, 180, 190, 200)
FPS = [10, 15, 24, 30, 60]


def seen(man: Stickman, fps: float = 25.0, seconds: float = SPAN_S, jitter: float = 0.0, **spoiled: float) -> Rhythm:
    """The rhythm of some seconds."""
    run = poses(lambda t_s: man, seconds, fps, jitter=jitter, seed=int(fps + man.cadence_spm))
    t_s, rows = [], []
    for pose in ill_seen(run, **spoiled) if spoiled else run:
        points = pose.keypoints[:, :2].astype(np.float64)
        points[pose.keypoints[:, 2] < 0.2] = np.nan
        t_s.append(pose.t_s)
        rows.append(points.reshape(-1))
    found = rhythm(np.array(t_s), np.array(rows))
    assert found is not None
    return found


@pytest.mark.parametrize("azimuth_deg", [0, -45, 85])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_running_is_told_whatever_is_hidden(hidden: str, azimuth_deg: int) -> None:
    """140 to 200 steps a minute, legs or legs and hands out of sight; before a console from the front."""
    if hidden == "console" and azimuth_deg:
        azimuth_deg = 15
    for cadence_spm in CADENCES_SPM:
        man = Stickman(cadence_spm=cadence_spm, azimuth_deg=azimuth_deg, hide=HIDDEN[hidden])
        found = seen(man, 15, noise_px=1.5)
        assert found.motion == "running", cadence_spm
        assert 120 * found.stride_hz == pytest.approx(cadence_spm, abs=2)


@pytest.mark.parametrize("cadence_spm", CADENCES_SPM)
@pytest.mark.parametrize("fps", FPS)
def test_cadence_at_any_frame_rate(cadence_spm: int, fps: int) -> None:
    """Steps, not strides, a minute, right to one step, from seven steps of a clear picture."""
    for hidden in ((), (*LEGS, L_WRIST, R_WRIST)):
        found = seen(Stickman(cadence_spm=cadence_spm, hide=hidden), fps)
        assert found.motion == "running"
        assert 120 * found.stride_hz == pytest.approx(cadence_spm, abs=1)


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("hidden", ["nothing", "legs and hands"])
def test_uneven_stamps_do_not_matter(hidden: str, fps: int) -> None:
    """Frames that come early and late are running still; on the middle of some readings the cadence is right."""
    errors = []
    for cadence_spm in (144, 158, 172, 186, 198):
        found = seen(Stickman(cadence_spm=cadence_spm, hide=HIDDEN[hidden]), fps, jitter=0.6)
        assert found.motion == "running", cadence_spm
        errors.append(120 * found.stride_hz - cadence_spm)
    assert np.median(errors) == pytest.approx(0, abs=1)
    assert np.abs(errors).max() < 3


@pytest.mark.parametrize("azimuth_deg", [0, 45, 85])
@pytest.mark.parametrize("cadence_spm", [90, 105, 120])
def test_walking_is_no_running(cadence_spm: int, azimuth_deg: int) -> None:
    """At a walker's pace it is walking; with legs and hands hidden it may be taken for standing, never for running."""
    man = Stickman(cadence_spm=cadence_spm, azimuth_deg=azimuth_deg)
    assert seen(man, noise_px=1.5).motion == "walking"
    for hidden in HIDDEN.values():
        assert seen(replace(man, hide=hidden), noise_px=1.5).motion != "running"


@pytest.mark.parametrize("azimuth_deg", [0, 45, 85])
@pytest.mark.parametrize("fps", [10, 30])
def test_standing_is_standing(fps: int, azimuth_deg: int) -> None:
    """Who stands still does so through the noise of a shaky picture, too."""
    for seed in range(5):
        still = Stickman(running=False, azimuth_deg=azimuth_deg)
        assert seen(still, fps, noise_px=2.5, swaps=0.02, jumps=0.02, dropouts=0.03, seed=seed).motion == "standing"


@pytest.mark.parametrize("azimuth_deg", [0, 45, 85])
def test_a_poor_picture_is_running_still(azimuth_deg: int) -> None:
    """Noise, swaps, jumps and lost points do not end a run."""
    for seed in range(8):
        man = Stickman(azimuth_deg=azimuth_deg)
        found = seen(man, 15, noise_px=2.0, swaps=0.03, jumps=0.05, dropouts=0.05, seed=seed)
        assert found.motion == "running"
        assert 120 * found.stride_hz == pytest.approx(170, abs=2)


def test_too_short_or_unseen_is_not_known() -> None:
    """From less than about three strides, or from points never seen, nothing is told."""
    t_s = np.arange(0, LEAST_S - 0.1, 0.04)
    assert rhythm(t_s, np.zeros((len(t_s), 34))) is None
    t_s = np.arange(0, SPAN_S, 0.04)
    assert rhythm(t_s, np.full((len(t_s), 34), np.nan)) is None
