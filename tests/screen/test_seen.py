"""What is known of the coach, from its messages."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from known import seen_after
from stickman import Stickman

from device.link.protocol import COMMANDS
from device.screen import keys
from device.screen.aim import GOOD
from device.screen.desk import Desk
from device.screen.draw import draw
from device.screen.seen import STALE_S, Seen, described

NAMES = [
    "kind", "live", "event", "health", "settings", "status", "t_s", "pose", "posture", "faults", "keypoints", "fault",
    "forward_lean", "hunched_shoulders", "measure", "raised", "value", "limit", "watched", "on", "why", "baseline",
    "lean_deg", "motion", "running", "view", "camera", "latency_ms", "p50", "troubles", "values", "cue", "text",
    "forward_lean.on_deg", "temperature_c", "fps", "width_px", "height_px", "up", "link", "stride", "cadence_spm",
    "torso_twist.rise_ratio", "hunched_shoulders.forward_pct",
]  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(NAMES),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
MESSAGES = st.builds(
    lambda kind, rest: {**rest, "kind": kind},
    st.sampled_from(["live", "event", "health", "settings", "link", "other"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
)


@given(st.lists(MESSAGES, max_size=8))
@example([{"kind": "settings", "values": {"kind": None}}])
@example([{"kind": "settings", "values": {"torso_twist.rise_ratio": 0}}])
def test_no_message_can_break_the_screen(messages: list[dict[str, Any]]) -> None:
    """Whatever a coach of another version tells, it is shown as far as it is understood."""
    seen = Seen()
    for message in [{"kind": "link", "up": True}, *messages]:
        seen.take(message, 1.0)
    for mode in (keys.TUNE, keys.WATCH):
        grid = draw(seen, Desk(mode), 80, 24, 1.0)
        assert all(len(row) == 80 for row in grid.signs)
        assert all(sign.isprintable() for row in grid.signs for sign in row)


def test_a_run_is_known() -> None:
    """Pose, own form, traces and what was said, from the engine's own messages."""
    seen = seen_after(30)
    assert seen.live is not None
    assert seen.live.motion == "running"
    assert seen.aim == GOOD
    assert seen.own("hunched_shoulders") == 0.0
    assert 20 < (seen.own("torso_twist") or 0) < 32
    assert all(len(trace.points) > 5 for trace in seen.traces.values())
    assert [line.text for line in seen.log if line.spoken] == [
        "I see you, and watch your lean, shoulders and twist",
        "I know your form now",
    ]


def test_what_is_old_is_not_shown_as_what_is() -> None:
    """When moments stop, or the link is lost, nobody is drawn any more."""
    seen = seen_after(10)
    now_s = seen.live_at_s
    assert seen.fresh(now_s + STALE_S - 0.1) is not None
    assert seen.fresh(now_s + STALE_S + 0.1) is None
    seen.take({"kind": "link", "up": False, "why": "the coach has gone"}, now_s)
    assert seen.fresh(now_s) is None
    assert seen.troubles() == [("link", "the coach has gone")]


def test_limbs_that_come_and_go_do_not_make_the_words_flicker() -> None:
    """One bad moment in a dozen changes nothing."""

    def at(t_s: float) -> Stickman | None:
        return None if 9.6 < t_s < 9.7 else Stickman()

    assert seen_after(10, at).aim == GOOD


def test_troubles_of_the_coach() -> None:
    """Those of its status, and a broken settings file."""
    seen = seen_after(2, troubles={"camera": "no camera; plug it in"})
    seen.take({"kind": "settings", "values": {}, "trouble": "broken"}, 0.0)
    assert seen.troubles() == [("camera", "no camera; plug it in"), ("settings", "broken")]


def test_events_of_another_version_are_told_as_far_as_they_go() -> None:
    """An unknown kind is its name, a cue without a fault its text."""
    assert described("moon_phase", {}) == "moon phase"
    assert described("cue", {"text": "Stand taller"}) == "Stand taller"


def test_the_screen_asks_only_what_the_link_knows() -> None:
    """The commands behind the keys are those of the link."""
    assert {"watch", "set", "mute", "relearn", "say", "past"} <= set(COMMANDS)
