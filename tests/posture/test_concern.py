"""What of the settings posture depends on."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import pytest
from followed import follow
from stickman import Stickman, poses

from device.posture import PostureCore
from device.posture.concern import Bound, Concern
from device.settings import Settings
from device.tuning.describing import SETTINGS, Setting

READ = {
    "camera.view",
    "camera.pitch_deg",
    "posture.min_score",
    "posture.found_s",
    "posture.lost_s",
    "baseline.settle_s",
    "baseline.learn_s",
    "forward_lean.on_deg",
    "torso_twist.on_deg",
}


def other(setting: Setting) -> Settings:
    """Settings in which one has another value."""
    value: Any = setting.default
    if setting.kind == "switch":
        value = not value
    elif setting.kind == "choice":
        value = next((option for option in setting.options if option != value), value)
    elif setting.kind in ("whole", "number"):
        value = setting.high if value != setting.high else setting.low
    elif setting.kind == "phrases":
        value = ("Something else",)
    else:
        value = "else"
    section = next(part.name for part in fields(Settings) if part.name == setting.section)
    return replace(Settings(), **{section: replace(getattr(Settings(), section), **{setting.name: value})})


@pytest.mark.parametrize("key", SETTINGS)
def test_what_concerns_posture_is_listed(key: str) -> None:
    """Of all settings these and no others reach the core, so that only these can change a posture."""
    assert (Concern.of(other(SETTINGS[key])) != Concern.of(Settings())) == (key in READ)


def test_all_other_settings_change_no_posture() -> None:
    """With every other setting changed at once the postures are the same, bit for bit."""
    changed = Settings()
    for key in set(SETTINGS) - READ:
        section, _, name = key.partition(".")
        value = getattr(getattr(other(SETTINGS[key]), section), name)
        changed = replace(changed, **{section: replace(getattr(changed, section), **{name: value})})
    run = list(poses(lambda t_s: Stickman(lean_deg=17 if t_s > 20 else 4), 30, noise_px=1.0))
    one, two = (follow(run, PostureCore(settings)) for settings in (Settings(), changed))
    assert repr(one) == repr(two)
    assert one[-1].baseline is not None


def test_a_bound_knows_which_others_tell_the_same() -> None:
    """After some comparisons another limit is alike if it had told the same of each of them, itself included."""
    bound = Bound(15.0)
    assert bound.alike(-100.0)
    assert [bound.exceeded(value) for value in (4.0, 15.0, 20.0, math.nan)] == [False, False, True, False]
    assert [bound.alike(limit) for limit in (14.9, 15.0, 19.9, 20.0)] == [False, True, True, False]


def test_limits_are_alike_until_a_baseline_is_refused_by_one_of_them() -> None:
    """A core tells whether its postures would have been the same with another limit for what is good form."""
    core = PostureCore(Settings())

    def limited(on_deg: float) -> Settings:
        return replace(Settings(), forward_lean=replace(Settings().forward_lean, on_deg=on_deg, least_deg=1.0))

    assert core.alike(limited(2.0))
    for pose in poses(lambda t_s: Stickman(lean_deg=6), 20, noise_px=1.0):
        core.step(pose)
    assert core.alike(limited(14.0))
    assert not core.alike(limited(2.0))
    assert not core.alike(replace(Settings(), posture=replace(Settings().posture, lost_s=3.0)))
    core.retune(limited(2.0))
    assert core.alike(limited(2.0))
