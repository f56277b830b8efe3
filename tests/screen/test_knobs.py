"""The limits that can be moved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from device.faults.limits import LIMITS
from device.records import Baseline, Posture
from device.screen import knobs
from device.screen.knobs import KNOBS
from device.settings import Settings

VALUES = knobs.flat(Settings())


def own(lean_deg: float = 2.0, twist_deg: float = 26.0) -> Baseline:
    return Baseline(0, "side", 90, lean_deg, twist_deg, 12, 100, (0, 0), (), (), 1.0, (0.0, 0.0, 0.0))


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.key)
def test_each_is_a_setting_and_moves_within_its_range(knob: knobs.Knob) -> None:
    """By steps, up to the ends of what the settings allow, and says where they are."""
    value = VALUES[knob.key]
    low, high = knob.setting.metadata["low"], knob.setting.metadata["high"]
    assert knob.moved(value, 1) == (pytest.approx(value + knob.step), "")
    assert knob.moved(value, -1) == (pytest.approx(value - knob.step), "")
    at_end, why = knob.moved(high, 1)
    assert at_end == high
    assert knob.key in why
    assert f"{high:g}" in why
    assert knob.moved(low, -1)[0] == low


def test_settings_survive_the_way_there_and_back() -> None:
    """Flat values, as the link tells them, are the settings; what is missing or odd keeps its default."""
    changed = replace(Settings(), forward_lean=replace(Settings().forward_lean, on_deg=12.5, cues=("Up",)))
    told = {key: list(value) if isinstance(value, tuple) else value for key, value in knobs.flat(changed).items()}
    assert knobs.settings(told) == changed
    assert knobs.settings({"forward_lean.on_deg": "much", "no.such": 1}) == Settings()


@pytest.mark.parametrize("fault", ["forward_lean", "torso_twist"])
@pytest.mark.parametrize("own_deg", [None, 2.0, 26.0])
def test_limits_are_those_of_the_engine(fault: str, own_deg: float | None) -> None:
    """What is shown before the coach has answered is what it will tell."""
    baseline = None if own_deg is None else own(own_deg, own_deg)
    for change in ({}, {f"{fault}.on_deg": 21.0}, {f"{fault}.least_deg": 20.0}):
        values = {**VALUES, **change}
        reading = LIMITS[fault](Posture(0.0, view="side", baseline=baseline), knobs.settings(values))
        assert knobs.limits(fault, values, own_deg, "")[:2] == (reading.limit, reading.clear)


def test_limits_of_the_shoulders() -> None:
    """Each measure has its own."""
    assert knobs.limits("hunched_shoulders", VALUES, 0.0, "raised")[0] == VALUES["hunched_shoulders.raised_pct"]
    assert knobs.limits("hunched_shoulders", VALUES, 0.0, "forward")[0] == VALUES["hunched_shoulders.forward_pct"]


def test_which_setting_counts() -> None:
    """The one whose change would move the limit."""
    lean = "forward_lean"
    assert knobs.behind(lean, VALUES, 2.0, "") == "forward_lean.rise_deg"
    assert knobs.behind(lean, VALUES, None, "") == "forward_lean.on_deg"
    assert knobs.behind(lean, VALUES, 12.0, "") == "forward_lean.on_deg"
    assert knobs.behind(lean, VALUES, -4.0, "") == "forward_lean.least_deg"
    assert knobs.behind("torso_twist", VALUES, 26.0, "") == "torso_twist.rise_ratio"
    assert knobs.behind("hunched_shoulders", VALUES, 0.0, "forward") == "hunched_shoulders.forward_pct"
