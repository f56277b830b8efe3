"""Drivers' time stamps on the program's clock."""

from __future__ import annotations

import time

import pytest

from device.frames.stamps import monotonic_s


@pytest.fixture
def suspended(monkeypatch: pytest.MonkeyPatch) -> float:
    """The machine has slept for an hour since it was started."""
    monkeypatch.setattr(time, "clock_gettime", lambda clock: time.monotonic() + 3600.0)
    return 3600.0


@pytest.mark.usefixtures("suspended")
def test_a_monotonic_stamp_is_taken_as_it_is() -> None:
    """The usual case."""
    stamp_s = time.monotonic() - 0.04
    assert monotonic_s(stamp_s) == stamp_s


def test_a_stamp_that_counts_suspension_is_converted(suspended: float) -> None:
    """CLOCK_BOOTTIME runs on while the machine sleeps."""
    taken_s = time.monotonic() - 0.04
    assert monotonic_s(taken_s + suspended) == pytest.approx(taken_s, abs=0.02)


@pytest.mark.parametrize("stamp_s", [None, 0.0, 12.5, 1.7e9, float("nan")])
def test_any_other_stamp_gives_way_to_the_time_of_arrival(stamp_s: float | None) -> None:
    """A clock that is not known, or none at all: the picture counts as taken when it came."""
    before_s = time.monotonic()
    assert before_s <= monotonic_s(stamp_s) <= time.monotonic()


def test_nothing_is_taken_in_the_future() -> None:
    """A stamp that is a little ahead is now."""
    assert monotonic_s(time.monotonic() + 0.5) <= time.monotonic()
