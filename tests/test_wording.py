"""Events in words."""

from __future__ import annotations

import pytest

from device import wording
from device.records import Event


@pytest.mark.parametrize(("t_s", "text"), [(0.0, "00:00"), (41.9, "00:41"), (600, "10:00"), (3723, "1:02:03")])
def test_clock(t_s: float, text: str) -> None:
    """Minutes and seconds; hours from the first hour on."""
    assert wording.clock(t_s) == text


def test_a_cue_is_one_line_with_measure_and_limit() -> None:
    """Time, words, measure, limit."""
    data = {"fault": "forward_lean", "text": "Stand taller", "value": 16.2, "limit": 12.0}
    line = wording.line(Event(41.3, "cue", data))
    assert line.split("  ")[0] == "00:41"
    assert " ".join(line.split()) == "00:41 Stand taller forward lean 16.2° (limit 12.0°)"


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("runner_found", {"confidence": 0.8}, "Runner found"),
        ("runner_lost", {"last_seen_s": 3.0}, "Runner lost"),
        ("view", {"view": "front", "watching": []}, "nothing can be judged from here"),
        ("view", {"view": "side", "watching": ["torso_twist"]}, "watching torso twist"),
        ("baseline", {"lean_deg": None, "twist_deg": 25.0}, "Baseline learned twist 25.0°"),
        ("fault_off", {"fault": "torso_twist", "value": None, "limit": None, "mended": False}, "out of sight"),
        ("praise", {"fault": "hunched_shoulders", "text": "Good", "value": 99.0, "limit": 88.0}, "(limit 88.0 %)"),
    ],
)
def test_every_kind_has_words(kind: str, data: dict[str, object], words: str) -> None:
    """No event is shown as raw data."""
    assert words in " ".join(wording.line(Event(1.0, kind, data)).split())


def test_nobody_seen() -> None:
    """A run without a runner says so in one line."""
    empty = {"duration_s": 80.02, "seen_s": 0.0, "running_s": 0.0, "cadence_spm": None, "faults": {}}
    assert wording.summary(Event(80.0, "summary", empty)) == "no runner seen in 80 s"
