"""What the button's presses mean."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device.panel.presses import BOUNCE_S, LOOK_S, Presses

START_S = 64.0  # so that sums of the times below are exact


def replay(
    edges: list[tuple[float, bool]], until_s: float, shutdown: bool = True, looks: bool = True
) -> list[tuple[float, str]]:
    """The commands that edges give, with the time of each; all times since the start.

    :param looks: whether the button is looked at when :attr:`Presses.wait_s` asks for it, or only at edges and the end.
    """
    presses, level, now_s = Presses(False, START_S, shutdown), False, 0.0
    commands = []

    def feed(pressed: bool) -> None:
        command = presses.feed(pressed, START_S + now_s)
        if command is not None:
            commands.append((now_s, command))

    for at_s, pressed in [*edges, (until_s, None)]:
        while looks and now_s + presses.wait_s < at_s:
            now_s += presses.wait_s
            feed(level)
        now_s = at_s
        level = level if pressed is None else pressed
        feed(level)
    return commands


def press(held_s: float, at_s: float = 1.0) -> list[tuple[float, bool]]:
    return [(at_s, True), (at_s + held_s, False)]


@pytest.mark.parametrize("looks", [True, False], ids=["looked at", "edges only"])
@pytest.mark.parametrize(
    ("held_s", "shutdown", "command"),
    [
        (0.0625, True, "mute"),
        (0.5, True, "mute"),
        (1.9921875, True, "mute"),
        (2.0, True, "relearn"),
        (5.9921875, True, "relearn"),
        (6.0, True, "shutdown"),
        (29.0, True, "shutdown"),
        (6.0, False, "relearn"),
        (30.0, False, "relearn"),
    ],
)
def test_a_press_gives_its_command(held_s: float, shutdown: bool, command: str, looks: bool) -> None:
    """Below 2 s mute, from 2 s relearn, from 6 s shutdown where allowed and else relearn; each exactly at its limit."""
    assert [what for _, what in replay(press(held_s), 40.0, shutdown, looks)] == [command]


def test_shutdown_does_not_wait_for_the_release() -> None:
    """Whoever holds for 6 s sees it happen then, and letting go adds nothing."""
    ((at_s, command),) = replay(press(20.0, at_s=1.0), 40.0)
    assert command == "shutdown"
    assert 7.0 <= at_s <= 7.0 + LOOK_S + 1e-9


@pytest.mark.parametrize("shutdown", [True, False])
def test_a_stuck_button_gives_nothing_more(shutdown: bool) -> None:
    """After 30 s the button is stuck: no command of its, until it was let go; the next press counts again."""
    presses = Presses(False, 0.0, shutdown)
    commands = [presses.feed(True, 0.01 * i) for i in range(3100)]
    assert [what for what in commands if what] == (["shutdown"] if shutdown else [])
    assert presses.stuck
    assert presses.pressed_s is None, "the light shows the state again"
    assert [presses.feed(False, 31.0), presses.feed(False, 31.5)] == [None, None]
    assert not presses.stuck
    assert [presses.feed(True, 40.0), presses.feed(False, 40.5), presses.feed(False, 41.0)] == [None, None, "mute"]


def test_a_button_found_stuck_late_switches_nothing_off() -> None:
    """A panel that was held up for half a minute does not take a stuck button for a wish to switch off."""
    presses = Presses(False, 0.0, True)
    assert presses.feed(True, 1.0) is None
    assert presses.feed(True, 60.0) is None
    assert presses.stuck


@pytest.mark.parametrize("held_s", [0.5, 3.0, 7.0, 40.0])
def test_a_button_pressed_from_the_start_gives_no_command(held_s: float) -> None:
    """What was pressed before the panel was there means nothing, but is told when it is stuck."""
    presses = Presses(True, 0.0, True)
    assert not any(presses.feed(True, 0.05 * i) for i in range(1, int(held_s / 0.05)))
    assert presses.stuck == (held_s > 30.0)
    assert [presses.feed(False, held_s), presses.feed(False, held_s + 1.0)] == [None, None]
    assert [presses.feed(True, 50.0), presses.feed(False, 50.5), presses.feed(False, 51.0)] == [None, None, "mute"]


def test_a_click_too_short_for_a_finger_is_none() -> None:
    """Sparks and static that last less than contacts bounce give no command."""
    assert replay(press(BOUNCE_S - 0.001), 10.0) == []
    assert replay(press(BOUNCE_S - 0.001, 1.0) + press(BOUNCE_S - 0.001, 2.0), 10.0) == []


def test_a_shudder_does_not_end_a_press() -> None:
    """Contacts that open for a moment amid a press neither end it nor begin another."""
    edges = [(1.0, True), (2.5, False), (2.5 + BOUNCE_S / 2, True), (4.0, False)]
    assert [what for _, what in replay(edges, 10.0)] == ["relearn"]


def test_letting_go_just_before_the_limit_does_not_switch_off() -> None:
    """While the contacts are open nothing happens that only holding may do, even before the release is certain."""
    edges = [(1.0, True), (7.0 - BOUNCE_S / 4, False)]
    assert [what for _, what in replay(edges, 10.0)] == ["relearn"]


def test_when_nobody_presses_nobody_needs_to_look() -> None:
    """An idle button costs nothing; a pressed one is looked at, a stuck one seldom."""
    presses = Presses(False, 0.0, True)
    assert presses.wait_s == float("inf")
    presses.feed(True, 0.0)
    assert presses.wait_s == BOUNCE_S
    presses.feed(True, 1.0)
    assert presses.wait_s == LOOK_S
    presses.feed(True, 60.0)
    assert presses.wait_s >= 1.0


def expected(held_s: float, shutdown: bool) -> list[str]:
    """The command of a press, said in the words of the manual."""
    if held_s < 2.0:
        return ["mute"]
    if shutdown and held_s >= 6.0:
        return ["shutdown"]
    return ["relearn"] if held_s <= 30.0 else []


TICKS = 1024
"""Times below are counted in 1/1024 s, about a millisecond: what they add up to is exact in binary."""

HOLDS = st.one_of(
    st.integers(50, 2 * TICKS + 50),
    st.integers(2 * TICKS - 50, 6 * TICKS + 50),
    st.integers(6 * TICKS - 50, 45 * TICKS),
    st.sampled_from([2 * TICKS, 6 * TICKS, 30 * TICKS]),
)
BOUNCES = st.lists(st.integers(1, 6), max_size=6)
"""What the contacts do before they rest: how long away, how long back, and again."""
PRESSES = st.lists(st.tuples(st.integers(60, 20 * TICKS), HOLDS, BOUNCES, BOUNCES), max_size=8)


@given(presses=PRESSES, shutdown=st.booleans())
@example(presses=[(60, 2048, [], []), (60, 6144, [], []), (60, 30720, [], [])], shutdown=True)
def test_every_press_gives_its_one_command(
    presses: list[tuple[int, int, list[int], list[int]]], shutdown: bool
) -> None:
    """Whatever is pressed for however long, bouncing or not: one command a press at most, and the right one."""
    edges: list[tuple[float, bool]] = []
    wanted = []
    now = 0
    for pause, held, closing, opening in presses:
        now += pause
        for level, bounces in ((True, closing), (False, opening)):
            for away, back in zip(bounces[::2], bounces[1::2], strict=False):
                edges += [(now / TICKS, level), ((now + away) / TICKS, not level)]
                now += away + back
            edges.append((now / TICKS, level))  # from here on it rests: this is when it was pressed, or let go
            rested, now = now, now + (held if level else 0)
            if level:
                closed = rested
        wanted += expected((now - closed) / TICKS, shutdown)
    got = [command for _, command in replay(edges, now / TICKS + 1.0, shutdown)]
    assert got == wanted
