"""When strides beyond a limit become a fault, and when it is mended."""

from __future__ import annotations

import math

import pytest
from stickman import Stickman, ill_seen, poses
from test_limits import baseline, posture

from device.faults import FaultJudge
from device.pipeline import Coach
from device.records import Cue, Fault
from device.settings import LeanSettings, Settings

SETTINGS = Settings()
BASELINE = baseline()
GOOD = posture(known=BASELINE)
LIMIT_DEG = BASELINE.lean_deg + SETTINGS.forward_lean.rise_deg
BETWEEN_DEG = LIMIT_DEG - 0.5 * SETTINGS.forward_lean.clear_deg
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
            faults = self.judge.step(GOOD._replace(t_s=self.t_s, stride=self.stride, **measures))
        return {fault.fault: fault for fault in faults}


BAD = {
    "forward_lean": {"lean_deg": 14.0},
    "hunched_shoulders": {"raised_pct": 9.0},
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
    between = belt.run(20, lean_deg=BETWEEN_DEG)["forward_lean"]
    assert between.clear < BETWEEN_DEG < between.limit
    assert not between.on
    belt.run(10, lean_deg=14.0)
    assert belt.run(30, lean_deg=BETWEEN_DEG)["forward_lean"].on


def test_shoulders_need_a_baseline() -> None:
    """Without a baseline no value of theirs becomes a fault."""
    shoulders = Belt().run(20, baseline=None, raised_pct=50.0)["hunched_shoulders"]
    assert not shoulders.on
    assert math.isnan(shoulders.limit)


def test_shoulders_that_come_forward_instead_are_not_mended() -> None:
    """Who lets the shoulders down but pushes the head forward has the fault still, and it is told which."""
    belt = Belt()
    up = belt.run(10, raised_pct=9.0)["hunched_shoulders"]
    assert (up.on, up.measure) == (True, "raised")
    forward = belt.run(20, raised_pct=0.0, rounded_pct=5.0, head_forward_pct=7.0)["hunched_shoulders"]
    assert (forward.on, forward.measure) == (True, "forward")
    assert not belt.run(8)["hunched_shoulders"].on


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
    assert not belt.run(4, motion="walking")["forward_lean"].on


def test_from_the_front_lean_is_not_watched() -> None:
    """What a view does not show is not judged, even if a value were there."""
    lean = Belt().run(20, view="front", baseline=baseline("front"), lean_deg=30.0)["forward_lean"]
    assert not lean.watched
    assert not lean.on


def test_another_view_begins_anew() -> None:
    """Strides seen from elsewhere do not count together with those from here."""
    belt = Belt()
    belt.run(5, lean_deg=14.0)
    assert not belt.run(3, view="side", lean_deg=14.0)["forward_lean"].on
    assert belt.run(5, view="side", lean_deg=14.0)["forward_lean"].on


def test_a_disabled_fault_is_not_watched() -> None:
    """A fault switched off in the settings is left alone."""
    off = Settings(forward_lean=LeanSettings(enabled=False))
    assert not Belt(off).run(20, lean_deg=30.0)["forward_lean"].watched


def test_persistence_has_a_least_time() -> None:
    """Six quick strides within less than the least time are not yet a fault."""
    judge = FaultJudge(Settings())
    for stride in range(1, 9):
        faults = judge.step(GOOD._replace(t_s=stride * 0.3, stride=stride, lean_deg=14.0))
    assert not faults[0].on


def test_excess_compares_faults() -> None:
    """Each fault as far beyond its limit as the limit is from good form has the same excess."""
    own = SETTINGS
    twice = {
        "lean_deg": BASELINE.lean_deg + 2 * own.forward_lean.rise_deg,
        "raised_pct": 2 * own.hunched_shoulders.raised_pct,
        "twist_deg": BASELINE.twist_deg * (2 * own.torso_twist.rise_ratio - 1),
    }
    state = Belt().run(1, **twice)
    assert [fault.excess for fault in state.values()] == pytest.approx([1.0, 1.0, 1.0])
    assert [fault.excess for fault in Belt().run(1).values()] == pytest.approx([-1.0, -1.0, -1.0])


def leaning(t_s: float) -> Stickman:
    return Stickman(lean_deg=16 if 20 <= t_s < 34 else 4)


def said(fps: float, jitter: float = 0.0) -> list[Cue]:
    """What the whole coach says to a runner who leans for a while."""
    coach = Coach(Settings())
    run = ill_seen(poses(leaning, 46, fps, jitter=jitter), noise_px=1.0)
    said = [moment.said for pose in run if (moment := coach.step(pose)).said]
    return [cue for cue in said if cue.kind != "notice"]


@pytest.fixture(scope="module")
def usual() -> list[Cue]:
    """What is said at 25 frames a second: a cue for the lean, and praise."""
    cues = said(25)
    assert [(cue.kind, cue.fault) for cue in cues] == [("cue", "forward_lean"), ("praise", "forward_lean")]
    assert 20 < cues[0].t_s < 32
    return cues


@pytest.mark.parametrize(
    ("fps", "jitter"), [(10, 0.0), (15, 0.0), (24, 0.0), (30, 0.0), (60, 0.0), (12, 0.6), (30, 0.6)]
)
def test_cues_are_the_same_at_any_frame_rate(fps: int, jitter: float, usual: list[Cue]) -> None:
    """10 to 60 frames a second, evenly or not: the same words, within a stride."""
    cues = said(fps, jitter)
    assert [cue.text for cue in cues] == [cue.text for cue in usual]
    assert [cue.t_s for cue in cues] == pytest.approx([cue.t_s for cue in usual], abs=0.75)
