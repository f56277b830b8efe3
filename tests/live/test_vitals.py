"""Rate and latency of the live coach."""

from __future__ import annotations

import pytest

from device.live.vitals import Vitals


def fed(count: int, fps: float = 30.0, wait_s: float = 0.05) -> Vitals:
    """Frames at a rate, each decided upon after a while."""
    vitals = Vitals()
    for index in range(count):
        vitals.decided(index / fps, index / fps + wait_s)
    return vitals


def test_nothing_is_told_before_the_first_frame() -> None:
    """Neither rate nor latency is made up."""
    vitals = Vitals()
    assert vitals.fps(0.0) is None
    assert vitals.latency_ms() == {"p50": None, "p95": None}


def test_rate_and_latency_are_those_of_the_frames() -> None:
    """Thirty frames a second with 50 ms each are told as such."""
    vitals = fed(200)
    assert vitals.fps(200 / 30) == pytest.approx(30, abs=0.1)
    assert vitals.latency_ms() == {"p50": 50.0, "p95": 50.0}
    assert vitals.frames == 200


def test_the_slow_frames_show_in_p95() -> None:
    """One frame in ten that takes long moves what 19 of 20 stay within, not the middle."""
    vitals = Vitals()
    for index in range(300):
        vitals.decided(index, index + (0.4 if index % 10 == 0 else 0.05))
    assert vitals.latency_ms() == {"p50": 50.0, "p95": 400.0}


def test_a_rate_is_of_now() -> None:
    """Some seconds after the last frame there is no rate any more."""
    assert fed(200).fps(200 / 30 + 4) is None


def test_only_the_last_frames_count() -> None:
    """What was slow minutes ago is forgotten."""
    vitals = fed(100, wait_s=1.0)
    for index in range(300):
        vitals.decided(10 + index / 30, 10 + index / 30 + 0.02)
    assert vitals.latency_ms()["p95"] == pytest.approx(20.0)
