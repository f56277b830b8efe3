"""The ring of the last rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device.posture.window import Window


@given(capacity=st.integers(1, 20), count=st.integers(0, 70), since=st.floats(-1, 80))
def test_window_is_a_plain_list_of_the_newest(capacity: int, count: int, since: float) -> None:
    """It gives exactly the newest rows later than a time, oldest first."""
    window = Window(capacity, 2)
    for number in range(count):
        window.push(float(number), np.array([number, -number]))
    expected = list(range(count))[-capacity:]
    expected = [n for n in expected if n > since]
    t_s, rows = window.since(since)
    assert t_s.tolist() == expected
    assert rows[:, 1].tolist() == [-n for n in expected]


def test_cleared_window_is_empty() -> None:
    """After clearing nothing of the old is left."""
    window = Window(4, 1)
    window.push(1.0, np.array([1.0]))
    window.clear()
    assert window.since(0.0)[0].size == 0


def test_rows_are_one_piece() -> None:
    """What is given lies side by side, wherever in the ring it began: nothing is copied to hand it out."""
    window = Window(5, 34)
    for number in range(8):
        window.push(float(number), np.full(34, float(number)))
    t_s, rows = window.since(3.5)
    assert rows.shape == (4, 34)
    assert t_s.flags.c_contiguous
    assert rows.flags.c_contiguous
    assert not rows.flags.owndata
