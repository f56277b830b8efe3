"""Whether the runner is seen well enough."""

from __future__ import annotations

from collections.abc import Callable

from device.posture.sight import Sight
from device.records import Posture


def told(at: Callable[[float], tuple[str, float, bool]], seconds: float) -> list[tuple[float, str]]:
    """When what is told, for a motion, a confidence and "nothing read" at each time."""
    sight, reasons = Sight(), []
    for tenth in range(int(10 * seconds)):
        t_s = tenth / 10
        motion, confidence, unread = at(t_s)
        if reason := sight.step(Posture(t_s, motion, confidence=confidence), unread):
            reasons.append((t_s, reason))
    return reasons


RUNNING, STANDING, DARK, GONE = (
    ("running", 0.8, False),
    ("standing", 0.8, False),
    ("standing", 0.3, False),
    ("absent", 0.0, False),
)


def test_a_runner_who_is_seen_hears_nothing() -> None:
    """Running, standing and walking off are all in order."""
    assert told(lambda t_s: RUNNING if t_s < 60 else STANDING if t_s < 90 else GONE, 200) == []


def test_an_empty_room_hears_nothing() -> None:
    """Where nobody ever was nothing is told."""
    assert told(lambda t_s: GONE, 100) == []


def test_who_vanishes_while_running_is_told_once() -> None:
    """After six seconds, and not again until the runner was seen well."""
    assert told(lambda t_s: RUNNING if t_s < 20 else GONE, 100) == [(26.0, "gone")]
    assert told(lambda t_s: RUNNING if t_s % 40 < 20 else GONE, 80) == [(26.0, "gone"), (66.0, "gone")]


def test_a_moment_out_of_sight_is_nothing() -> None:
    """Who is back within six seconds was not gone."""
    assert told(lambda t_s: GONE if 20 <= t_s < 25 else RUNNING, 60) == []


def test_running_that_fades_in_the_dark_counts_as_running() -> None:
    """Before a badly seen runner is lost, running looks like standing for a moment."""
    assert told(lambda t_s: RUNNING if t_s < 20 else DARK if t_s < 23 else GONE, 60) == [(29.0, "gone")]
    assert told(lambda t_s: RUNNING if t_s < 20 else STANDING if t_s < 40 else GONE, 90) == []


def test_who_is_badly_seen_from_the_start_is_told() -> None:
    """In the dark a runner seems to stand; after a quarter of a minute that is told, once."""
    assert told(lambda t_s: DARK, 100) == [(15.0, "unclear")]


def test_who_is_seen_much_worse_than_before_is_told() -> None:
    """What is plenty for one camera may be little for another: it counts against what was usual here."""
    half = ("standing", 0.5, False)
    assert told(lambda t_s: half, 60) == []
    assert [reason for _, reason in told(lambda t_s: RUNNING if t_s < 20 else half, 60)] == ["unclear"]


def test_who_runs_and_cannot_be_read_is_told() -> None:
    """Running in plain sight with no measure to be had, as behind a towel that stays."""
    assert told(lambda t_s: ("running", 0.8, t_s > 20), 60) == [(35.0, "unclear")]


def test_how_long_the_runner_was_away() -> None:
    """It is told at the frame of the return, and is nothing afterwards."""
    sight = Sight()
    for t_s, posture in ((0.0, "running"), (1.0, "absent"), (80.0, "absent"), (81.0, "running")):
        sight.step(Posture(t_s, posture, confidence=0.8), False)
    assert sight.away_s == 80.0
    sight.step(Posture(82.0, "running", confidence=0.8), False)
    assert sight.away_s == 0.0
