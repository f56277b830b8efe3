"""How often to draw."""

from __future__ import annotations

import itertools

import pytest

from device.screen.pace import BLIND_S, FASTEST_S, SHARE, SLOWEST_S, Pace


def drawn(delay_s: float | None, seconds: float = 60.0, cost_s: float = 0.001) -> list[float]:
    """When it is drawn to a terminal that answers so late; None: never."""
    pace, times, answers = Pace(), [], []
    for tick in range(round(seconds / 0.01)):
        now_s = tick * 0.01
        if answers and answers[0] <= now_s:
            answers.pop(0)
            pace.answered(now_s)
        if pace.due(now_s):
            times.append(now_s)
            pace.drawn(now_s, cost_s * (1 + len(times)))
            if pace.asks:
                pace.asked(now_s)
                answers += [] if delay_s is None else [now_s + delay_s]
    return times


def rate(times: list[float]) -> float:
    """Redraws a second, once it has settled."""
    late = [t_s for t_s in times if t_s > 20]
    return len(late) / 40


def test_a_fast_link_gets_ten_a_second() -> None:
    """No more."""
    assert rate(drawn(0.005)) == pytest.approx(1 / FASTEST_S, rel=0.1)


@pytest.mark.parametrize("delay_s", [0.5, 1.0, 3.0])
def test_a_slow_link_is_never_behind(delay_s: float) -> None:
    """The next redraw waits until the last one has arrived."""
    times = [t_s for t_s in drawn(delay_s) if t_s > 5]
    assert all(later - t_s >= delay_s for t_s, later in itertools.pairwise(times))
    assert rate(times) == pytest.approx(1 / delay_s, rel=0.2)


def test_a_terminal_that_never_answers() -> None:
    """It is drawn at a steady pace, from the first second on, and asked no more after a while."""
    times = drawn(None)
    assert rate(times) == pytest.approx(1 / BLIND_S, rel=0.1)
    assert sum(t_s < 3 for t_s in times) >= 8


def test_an_answer_that_is_lost_is_not_waited_for() -> None:
    """For some seconds it stands still, then it goes on."""
    pace = Pace()
    pace.asked(0.0)
    pace.answered(0.01)
    pace.drawn(1.0, 0.1)
    pace.asked(1.0)
    assert not pace.due(1.0 + SLOWEST_S - 0.1)
    assert pace.due(1.0 + SLOWEST_S + 0.1)


def test_it_leaves_the_processor_to_the_coach() -> None:
    """A redraw that costs a lot comes less often."""
    assert rate(drawn(0.001, cost_s=0.1)) == pytest.approx(SHARE / 0.1, rel=0.15)
