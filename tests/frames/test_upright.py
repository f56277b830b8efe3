"""Pictures made upright."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from device.frames.upright import turned, upright

pictures = arrays(np.uint8, st.tuples(st.integers(1, 7), st.integers(1, 7), st.just(3)))
turns = st.sampled_from([0, 90, 180, 270])


@given(pictures)
def test_a_quarter_turn_is_clockwise(rgb: np.ndarray) -> None:
    """Turned by 90°, what was the left column, read upwards, is the upper row."""
    assert np.array_equal(upright(rgb, 90)[0], rgb[::-1, 0])


@given(pictures, turns, turns)
def test_turns_add_up(rgb: np.ndarray, one: int, other: int) -> None:
    """Two turns are one by their sum."""
    assert np.array_equal(upright(upright(rgb, one), other), upright(rgb, (one + other) % 360))


@given(pictures, turns)
def test_mirroring_comes_after_turning(rgb: np.ndarray, turn: int) -> None:
    """The picture is mirrored left for right as a viewer sees it, that is, once it is upright."""
    assert np.array_equal(upright(rgb, turn, mirror=True), upright(rgb, turn)[:, ::-1])


@given(pictures, turns, st.booleans())
def test_pixels_lie_one_after_the_other(rgb: np.ndarray, turn: int, mirror: bool) -> None:
    """What comes out can be handed to C code, and holds the very pixels."""
    out = upright(rgb, turn, mirror)
    assert out.flags.c_contiguous
    assert sorted(map(tuple, out.reshape(-1, 3))) == sorted(map(tuple, rgb.reshape(-1, 3)))


def test_what_is_upright_is_not_copied() -> None:
    """A camera that hangs as it should costs nothing."""
    rgb = np.zeros((4, 6, 3), np.uint8)
    assert upright(rgb) is rgb


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_turning_alone_copies_nothing(turn: int, mirror: bool) -> None:
    """A camera whose buffer must be copied anyway pays for one copy, not for two."""
    rgb = np.zeros((4, 6, 3), np.uint8)
    assert np.shares_memory(turned(rgb, turn, mirror), rgb)
