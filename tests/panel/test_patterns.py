"""What the light shows."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.panel.patterns import CUE, STATES, Pattern, choose, held

ALL = {**STATES, "cue": CUE, "held": held(True), "held without switching off": held(False)}
TICK_S = 0.01


def shown(pattern: Pattern, seconds: float = 9.0) -> list[bool]:
    """Whether it is lit, amid every hundredth of a second."""
    return [pattern.lit((i + 0.5) * TICK_S) for i in range(round(seconds / TICK_S))]


def flashes(lit: list[bool]) -> int:
    """How often it lights up."""
    return sum(after and not before for before, after in itertools.pairwise(lit))


@pytest.mark.parametrize("pair", list(itertools.combinations(STATES, 2)), ids="-".join)
def test_states_are_told_apart_within_three_seconds(pair: tuple[str, str]) -> None:
    """From whenever one looks, 3 s show it: another number of flashes, or lit for a plainly different share."""
    one, other = (shown(STATES[name], 12.0) for name in pair)
    looks = range(0, 600, 25)
    span = round(3.0 / TICK_S)
    counts = [{flashes(lit[start : start + span + 1]) for start in looks} for lit in (one, other)]
    shares = [sum(lit[:span]) / span for lit in (one, other)]
    assert counts[0].isdisjoint(counts[1]) or abs(shares[0] - shares[1]) > 0.3


@pytest.mark.parametrize("name", ALL)
def test_nothing_flashes_more_than_three_times_a_second(name: str) -> None:
    """No light of this device can harm somebody whom flashes harm."""
    for before in (False, True):
        lit = [before] * 100 + shown(ALL[name])
        if name == "cue":
            lit = [before] * 100 + shown(CUE, CUE.length_s) + [before] * 100
        assert max(flashes(lit[start : start + 101]) for start in range(len(lit) - 100)) <= 3


def test_only_trouble_is_restless() -> None:
    """What may last for hours changes less than three times in 2 s; an error at least eight times."""
    for name, pattern in STATES.items():
        lit = shown(pattern, 8.0)
        changes = [
            sum(a != b for a, b in itertools.pairwise(lit[start : start + 201])) for start in range(0, len(lit) - 200)
        ]
        if name == "error":
            assert min(changes) >= 8
        else:
            assert max(changes) <= 4


def test_a_cue_shows_over_light_and_dark() -> None:
    """Over a steady light a cue is three gaps, over the dark it is two flashes; then the lasting state is back."""
    around = {lit: [lit] * 10 + shown(CUE, CUE.length_s) + [lit] * 10 for lit in (True, False)}
    assert flashes([not lit for lit in around[True]]) == 3
    assert flashes(around[False]) == 2
    assert CUE.length_s < 1.0


@given(name=st.sampled_from(sorted(ALL)), elapsed_s=st.floats(0.0, 1e6), share=st.floats(0.0, 0.999))
def test_the_light_stays_as_it_is_for_as_long_as_said(name: str, elapsed_s: float, share: float) -> None:
    """Who looks again after ``left_s`` misses nothing, and something is new by then or nothing ever will be."""
    pattern = ALL[name]
    left_s = pattern.left_s(elapsed_s)
    assert left_s > 0
    if left_s == math.inf:
        assert pattern.lit(elapsed_s + 1000.0 * share) == pattern.lit(elapsed_s)
    else:
        assert pattern.lit(elapsed_s + left_s * share) == pattern.lit(elapsed_s)
    if left_s < math.inf and not (pattern is CUE and elapsed_s >= CUE.steps[-2][1]):  # a cue ends with the state again
        assert pattern.lit(elapsed_s + left_s + 1e-6) != pattern.lit(elapsed_s)


def test_holding_shows_the_two_limits() -> None:
    """Dark until 2 s, lit until 6 s, dark again; lit for ever where holding does not switch off."""
    assert [held(True).lit(t) for t in (0.0, 1.99, 2.0, 5.99, 6.0, 60.0)] == [False, False, True, True, False, False]
    assert [held(False).lit(t) for t in (0.0, 1.99, 2.0, 5.99, 6.0, 60.0)] == [False, False, True, True, True, True]


def test_who_holds_the_button_is_answered_first() -> None:
    """The button goes before a cue, a cue before the state; without any of them the light is out."""
    state = ("muted", 1.0)
    assert choose(None, None, None, True, 5.0) is None
    assert choose(state, None, None, True, 5.0) == (STATES["muted"], 1.0)
    assert choose(state, 4.5, None, True, 5.0) == (CUE, 4.5)
    assert choose(state, 4.5, None, True, 4.5 + CUE.length_s) == (STATES["muted"], 1.0)
    assert choose(state, 4.5, 4.8, True, 5.0) == (held(True), 4.8)
    assert choose(None, 4.5, None, False, 5.0) == (CUE, 4.5)
