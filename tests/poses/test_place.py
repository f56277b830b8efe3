"""Where the runner runs, and whether somebody runs there, from hand-made squares."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.poses.crop import Square, square_about
from device.poses.place import Habit, Place, settled

FPS = 15
SIDE = 130


def watched(seconds: float, rise: float = 0.02, walk: float = 0.0, nearer: float = 0.0) -> Habit:
    """Somebody whose shoulders rise and fall 2.7 times a second.

    :param rise: standard deviation of that, in sides of the square.
    :param walk: sides a second across the picture.
    :param nearer: growth a second (natural logarithm).
    """
    habit = Habit(0.0, square_about(200, 150, SIDE), 120.0)
    for i in range(1, round(seconds * FPS) + 1):
        t_s = i / FPS
        off = math.sqrt(2) * rise * SIDE * math.sin(2 * math.pi * 2.7 * t_s)
        square = square_about(200 + walk * SIDE * t_s, 150 + off / 2, SIDE * math.exp(nearer * t_s))
        habit.step(t_s, square, 120.0 + off)
    return habit


@pytest.mark.parametrize("rise", [0.013, 0.02, 0.04])
def test_who_runs_on_the_spot_is_known(rise: float) -> None:
    """The calmest and the liveliest of runners run after two seconds, and the time since the beginning counts."""
    habit = watched(10, rise)
    assert habit.running
    assert habit.running_s > 8


@pytest.mark.parametrize("how", [{"rise": 0.0}, {"rise": 0.004}, {"walk": 1.0}, {"walk": 0.3}, {"nearer": 0.3}])
def test_others_do_not_run(how: dict[str, float]) -> None:
    """A picture on the wall, somebody who stands, who walks past or comes nearer is no runner."""
    habit = watched(6, **how)
    assert not habit.running
    assert habit.running_s < 1


def test_a_pause_begins_anew_and_a_misread_moment_does_not() -> None:
    """Who stops for seconds starts again from nothing; one second of bad poses is forgiven."""
    habit = watched(10)
    for i in range(8 * FPS):  # stands
        habit.step(10 + i / FPS, square_about(200, 150, SIDE), 120.0)
    assert habit.running_s == 0
    habit = watched(10)
    habit.step(10.1, square_about(300, 150, SIDE), 120.0)
    assert not habit.running
    assert habit.running_s > 8


@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(20, 400), st.floats(0.1, 10.0))
def test_places_scale(x: int, y: int, side: int, zoom: float) -> None:
    """How far and how much larger does not depend on the frame's size."""
    here, there = Place(0.0, 0.0, math.log(100)), Place.of(Square(x, y, side))
    larger = Place(0.0, 0.0, math.log(100 * zoom))
    other = Place(there.x_px * zoom, there.y_px * zoom, there.size + math.log(zoom))
    assert larger.away(other) == pytest.approx(here.away(there))
    assert larger.differs(other) == pytest.approx(here.differs(there), abs=1e-9)


def test_the_treadmill_s_place_follows_slowly() -> None:
    """A camera that slips is followed within a minute, another runner's size within some; a moment changes nothing.

    The rate of frames does not matter.
    """
    home, there = Place(100.0, 100.0, 4.0), Place(130.0, 110.0, 4.2)
    assert settled(home, there, 0.1).away(home) < 0.01
    for rate in (1, 30):
        now = home
        for _ in range(300 * rate):
            now = settled(now, there, 1 / rate)
        assert now.away(there) < 0.01
        assert now.differs(there) == pytest.approx(0, abs=0.01)
