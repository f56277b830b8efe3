"""Which cue, and when."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from device.cues.policy import CuePolicy
from device.records import FAULTS, Cue, Fault
from device.settings import CueSettings, Settings

LEAN, SHOULDERS, TWIST = FAULTS


def fault(name: str, excess: float) -> Fault:
    """A fault that is on when its excess is above 0; NaN is out of sight."""
    return Fault(name, excess, 0.0, -1.0, on=excess > 0, watched=not math.isnan(excess), excess=excess)


def spoken(at: Callable[[float], dict[str, float]], seconds: float, settings: Settings | None = None) -> list[Cue]:
    """What is said when the faults have the given excess at each time; those not given are in good form."""
    policy = CuePolicy(settings or Settings())
    said = []
    for tenth in range(int(seconds * 10)):
        t_s = tenth / 10
        excess = at(t_s)
        cue = policy.step(t_s, tuple(fault(name, excess.get(name, -1.0)) for name in FAULTS))
        if cue is not None:
            said.append(cue)
    return said


def test_silence_while_all_is_well() -> None:
    """Good form is left in peace."""
    assert spoken(lambda t_s: {}, 600) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [(LEAN, "Stand taller"), (SHOULDERS, "Relax your shoulders"), (TWIST, "Keep your chest facing forward")],
)
def test_a_fault_is_cued_at_once_and_praised_once_mended(name: str, text: str) -> None:
    """The first cue comes with the fault, one word of praise with its end, and nothing else."""
    said = spoken(lambda t_s: {name: 0.5} if 10 <= t_s < 20 else {}, 60)
    assert [(cue.t_s, cue.kind, cue.fault) for cue in said] == [(10.0, "cue", name), (20.0, "praise", name)]
    assert said[0].text == text


def test_texts_take_turns() -> None:
    """The second cue for a lean is another one."""
    said = spoken(lambda t_s: {LEAN: 0.5}, 50)
    assert [cue.text for cue in said] == ["Stand taller", "Brace your core"]


def test_worst_first() -> None:
    """Of two faults the one further beyond its limit is cued, the other not before the gap has passed."""
    said = spoken(lambda t_s: {LEAN: 0.3, TWIST: 0.9}, 30)
    assert [(cue.t_s, cue.fault) for cue in said] == [(0.0, TWIST), (20.0, LEAN)]


def test_ignored_cues_get_rarer() -> None:
    """A fault that stays is cued after 45 s, then after twice as long each time, up to ten minutes."""
    times = [cue.t_s for cue in spoken(lambda t_s: {LEAN: 0.5}, 3000)]
    waits = [round(b - a) for a, b in pairwise(times)]
    assert waits == [45, 90, 180, 360, 600, 600, 600]


def test_mending_ends_the_back_off() -> None:
    """After a fault was mended the next episode starts with the short wait."""
    said = spoken(lambda t_s: {} if 400 < t_s < 500 else {LEAN: 0.5}, 600)
    again = [cue.t_s for cue in said if cue.kind == "cue" and cue.t_s > 450]
    assert again[0] == pytest.approx(500)
    assert again[1] - again[0] == pytest.approx(45)


def test_no_praise_without_a_cue() -> None:
    """A fault that went before it could be cued is not praised."""
    said = spoken(lambda t_s: {LEAN: 0.9, SHOULDERS: 0.2} if t_s < 10 else {}, 60)
    assert [(cue.kind, cue.fault) for cue in said] == [("cue", LEAN), ("praise", LEAN)]


def test_no_praise_for_stepping_out_of_sight() -> None:
    """A fault that is merely no longer seen is not mended."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 10 else {LEAN: math.nan}, 60)
    assert [cue.kind for cue in said] == ["cue"]


def test_no_cue_for_a_stride_within_limits() -> None:
    """A fault that is on, but within its limit at this very stride, is not cued now."""
    policy = CuePolicy(Settings())
    assert policy.step(0.0, (Fault(LEAN, 9.0, 10.0, 7.0, on=True, watched=True, excess=-0.1),)) is None


def test_praise_keeps_its_distance() -> None:
    """Praise does not fall on the heels of a cue; two praises do not run into each other."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 1 else {}, 60)
    assert [cue.t_s for cue in said] == [0.0, 4.0]
    said = spoken(lambda t_s: {LEAN: 0.5, TWIST: 0.4} if t_s < 25 else {}, 60)
    times = [cue.t_s for cue in said]
    assert all(later - earlier >= 4.0 for earlier, later in pairwise(times))


def test_praise_can_be_switched_off() -> None:
    """Who wants no praise gets none."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 10 else {}, 60, Settings(cues=CueSettings(praise=False)))
    assert [cue.kind for cue in said] == ["cue"]


def test_oscillation_around_the_limit_is_not_nagged() -> None:
    """A fault that comes and goes every ten seconds gets at most a cue in 45 s."""
    said = [cue for cue in spoken(lambda t_s: {LEAN: 0.5} if t_s % 20 < 10 else {}, 300) if cue.kind == "cue"]
    assert len(said) <= 7
