"""When strides beyond a limit become a fault, and when it is mended."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from device.faults import FaultJudge
from device.records import Baseline, Fault, Posture
from device.settings import LeanSettings, Settings

BASELINE = Baseline(0.0, "oblique", lean_deg=3.0, twist_deg=26.0, ear_shoulder=0.40, strides=12)
GOOD = Posture(
    0.0, "oblique", 3.0, 26.0, 0.40, 100.0, 170.0, confidence=0.8, seen=True, running=True, baseline=BASELINE
)
STRIDE_S = 0.7


class Belt:
    """Feeds a judge posture after posture, some frames to a stride."""

    def __init__(self, settings: Settings | None = None, frames: int = 10) -> None:
        self.judge = FaultJudge(settings or Settings())
        self.frames = frames
        self.t_s = 0.0
        self.stride = 0

    def run(self, strides: int, **measures: object) -> dict[str, Fault]:
        """Strides of one posture; the state after the last."""
        for frame in range(strides * self.frames):
            self.t_s += STRIDE_S / self.frames
            self.stride += (frame + 1) % self.frames == 0
            faults = self.judge.step(replace(GOOD, t_s=self.t_s, stride=self.stride, **measures))
        return {fault.fault: fault for fault in faults}


BAD = {
    "forward_lean": {"lean_deg": 14.0},
    "hunched_shoulders": {"shoulder_pct": 80.0},
    "torso_twist": {"twist_deg": 45.0},
}


@pytest.mark.parametrize("fault", BAD)
@pytest.mark.parametrize("frames", [1, 5, 40])
def test_a_fault_needs_six_strides_of_eight(fault: str, frames: int) -> None:
    """Five strides out are not yet a fault, six are; how many frames a stride has does not matter."""
    belt = Belt(frames=frames)
    belt.run(12)
    assert not belt.run(5, **BAD[fault])[fault].on
    state = belt.run(1, **BAD[fault])
    assert state[fault].on
    assert not any(other.on for name, other in state.items() if name != fault)


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_is_mended_when_strides_are_good_again(fault: str) -> None:
    """With at most two of the last eight strides not yet good the fault is over."""
    belt = Belt()
    belt.run(12, **BAD[fault])
    assert belt.run(5)[fault].on
    assert not belt.run(1)[fault].on


def test_between_the_limits_nothing_changes() -> None:
    """Between clear and limit a fault neither begins nor ends."""
    belt = Belt()
    between = belt.run(20, lean_deg=8.5)["forward_lean"]
    assert between.clear < 8.5 < between.limit
    assert not between.on
    belt.run(10, lean_deg=14.0)
    assert belt.run(30, lean_deg=8.5)["forward_lean"].on


def test_limits_follow_the_baseline_within_bounds() -> None:
    """The lean limit is the runner's own plus 6°, but at least 10° and at most 15°."""

    def limit(baseline: Baseline | None) -> float:
        return Belt().run(1, baseline=baseline)["forward_lean"].limit

    assert limit(None) == 15.0
    assert limit(replace(BASELINE, lean_deg=1.0)) == 10.0
    assert limit(replace(BASELINE, lean_deg=6.0)) == 12.0
    assert limit(replace(BASELINE, lean_deg=14.0)) == 15.0


def test_shoulders_need_a_baseline() -> None:
    """Without a baseline shoulders are not watched, and no value makes them a fault."""
    shoulders = Belt().run(20, baseline=None, shoulder_pct=50.0)["hunched_shoulders"]
    assert not shoulders.watched
    assert not shoulders.on


def test_backward_lean_is_not_forward_lean() -> None:
    """Lean is signed: leaning back far is not leaning forward."""
    assert not Belt().run(20, lean_deg=-20.0)["forward_lean"].on


def test_unknown_strides_do_not_vote() -> None:
    """Strides that were not seen neither make a fault nor mend it; after two seconds of them it is dropped."""
    belt = Belt()
    belt.run(5, lean_deg=14.0)
    assert not belt.run(2, lean_deg=math.nan)["forward_lean"].on
    assert belt.run(1, lean_deg=14.0)["forward_lean"].on
    assert belt.run(2, lean_deg=math.nan)["forward_lean"].on
    assert not belt.run(2, lean_deg=math.nan)["forward_lean"].on


def test_a_fault_ends_when_the_running_does() -> None:
    """Someone who stopped running has no fault for long."""
    belt = Belt()
    assert belt.run(10, lean_deg=14.0)["forward_lean"].on
    assert not belt.run(4, running=False)["forward_lean"].on


def test_from_the_front_lean_is_not_watched() -> None:
    """What a view does not show is not judged, even if a value were there."""
    front = replace(BASELINE, view="front")
    lean = Belt().run(20, view="front", baseline=front, lean_deg=30.0)["forward_lean"]
    assert not lean.watched
    assert not lean.on


def test_a_baseline_from_another_view_is_not_used() -> None:
    """After the camera was moved nothing is judged until the new baseline is there."""
    assert not any(fault.watched for fault in Belt().run(3, view="side").values())


def test_a_disabled_fault_is_not_watched() -> None:
    """A fault switched off in the settings is left alone."""
    off = Settings(forward_lean=LeanSettings(enabled=False))
    assert not Belt(off).run(20, lean_deg=30.0)["forward_lean"].watched


def test_persistence_has_a_least_time() -> None:
    """Six quick strides within less than the least time are not yet a fault."""
    judge = FaultJudge(Settings())
    for stride in range(1, 9):
        faults = judge.step(replace(GOOD, t_s=stride * 0.3, stride=stride, lean_deg=14.0))
    assert not faults[0].on


def test_excess_compares_faults() -> None:
    """Excess is 0 at the limit and 1 as far beyond it as the limit is from the runner's good form."""
    lean = Belt().run(1, lean_deg=10.0)["forward_lean"]
    assert lean.excess == pytest.approx(0.0)
    assert Belt().run(1, lean_deg=17.0)["forward_lean"].excess == pytest.approx(1.0)
    assert Belt().run(1, shoulder_pct=76.0)["hunched_shoulders"].excess == pytest.approx(1.0)
    assert Belt().run(1, shoulder_pct=100.0)["hunched_shoulders"].excess == pytest.approx(-1.0)
