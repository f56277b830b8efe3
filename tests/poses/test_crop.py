"""Geometry of the square around the runner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.poses.crop import (
    Square,
    cut,
    search_squares,
    square_about,
    square_around,
    to_frame,
    whole_frame,
)
from device.records import L_ANKLE, L_HIP, L_SHOULDER, NOSE, R_ANKLE, R_HIP, R_SHOULDER

SIZES = [(640, 480), (641, 479), (480, 640), (1920, 1080), (1080, 1920), (7, 5), (1, 1), (2000, 100)]


def to_square(keypoints: np.ndarray, square: Square) -> np.ndarray:
    """The way back from ``to_frame``: pixels of the frame -> shares of the square."""
    corner = np.array([square.x_px, square.y_px, 0], np.float32)
    return (keypoints - corner) / np.array([square.size_px, square.size_px, 1], np.float32)


def standing(x: float, y: float, height: float) -> np.ndarray:
    """A person seen from the front: hips at (x, y), ``height`` pixels from nose to ankles, every score 0.9."""
    points = np.full((17, 3), (x, y, 0.9), np.float32)
    points[NOSE, 1] = y - 0.45 * height
    for left, right, half, up in (
        (L_SHOULDER, R_SHOULDER, 0.1, 0.3),
        (L_HIP, R_HIP, 0.06, 0),
        (L_ANKLE, R_ANKLE, 0.06, -0.55),
    ):
        points[left, :2] = x + half * height, y - up * height
        points[right, :2] = x - half * height, y - up * height
    return points


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_whole_frame_holds_the_frame(width: int, height: int) -> None:
    """The square around the whole frame is no larger than its longer side and has the frame in its middle."""
    square = whole_frame(width, height)
    assert square.size_px == max(width, height)
    assert square.x_px <= 0
    assert square.y_px <= 0
    assert abs(square.middle[0] - width / 2) <= 0.5
    assert abs(square.middle[1] - height / 2) <= 0.5


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_search_leaves_no_part_out(width: int, height: int) -> None:
    """Looking for a lost runner starts with the whole frame; the smaller squares together cover it, none outside."""
    squares = search_squares(width, height)
    assert squares[0] == whole_frame(width, height)
    if len(squares) > 1:
        covered = np.zeros((height, width), bool)
        for s in squares[1:]:
            assert s.x_px >= 0
            assert s.y_px >= 0
            covered[s.y_px : s.y_px + s.size_px, s.x_px : s.x_px + s.size_px] = True
        assert covered.all()
    assert len(squares) == 1 or max(width, height) > 1.5 * min(width, height)


def test_square_holds_the_body() -> None:
    """The square around a standing person is centred on the hips and leaves a margin at head and feet."""
    square = square_around(standing(320, 200, 300), 1920, 1080)
    assert square is not None
    assert square.middle == pytest.approx((320, 200), abs=1)
    assert square.size_px == pytest.approx(2 * 1.2 * 0.55 * 300, abs=2)


def test_untrusted_points_do_not_count() -> None:
    """A point with a score below 0.2 has no say."""
    points = standing(320, 200, 200)
    expected = square_around(points, 1920, 1080)
    points[9] = (5000, 5000, 0.19)
    assert square_around(points, 1920, 1080) == expected


@pytest.mark.parametrize("seen", [[], [NOSE, 1, 2], [L_HIP, R_HIP, L_ANKLE], [L_SHOULDER], [L_SHOULDER, R_SHOULDER]])
def test_no_runner(seen: list[int]) -> None:
    """Nobody, a face, a pair of legs or bare shoulders are no runner to follow."""
    points = standing(320, 200, 200)
    hidden = np.setdiff1d(np.arange(17), seen)
    points[hidden, 2] = 0.1
    assert square_around(points, 640, 480) is None


def test_upper_body_only() -> None:
    """With the legs behind a console, head and shoulders are enough, and the square leaves room below."""
    points = standing(320, 300, 200)
    points[11:, 2] = 0.05
    points[7:11, :2] = (330, 290)
    square = square_around(points, 640, 480)
    assert square is not None
    assert square.y_px < 300 - 0.45 * 200
    assert square.y_px + square.size_px > 300 + 20


def test_never_larger_than_the_frame() -> None:
    """A runner close to the camera is looked at in the whole frame."""
    assert square_around(standing(320, 240, 2000), 640, 480) == whole_frame(640, 480)


def test_never_a_speck() -> None:
    """All points on one spot still give a square that can hold a picture."""
    square = square_around(np.full((17, 3), (100, 100, 0.9), np.float32), 640, 480)
    assert square is not None
    assert square.size_px >= 50


@given(
    st.integers(-3000, 3000),
    st.integers(-3000, 3000),
    st.integers(1, 4000),
    st.lists(st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)), min_size=17, max_size=17),
)
def test_round_trip(x: int, y: int, size: int, shares: list[tuple[float, float]]) -> None:
    """Square → frame → square gives every point back within a thousandth of the square, and scores untouched."""
    square = Square(x, y, size)
    points = np.array([(px, py, 0.5) for px, py in shares], np.float32)
    there = to_frame(points, square)
    assert there.dtype == np.float32
    # float32 holds a pixel at 3000 to 0.0002 px; a square of one pixel makes that 0.0005 of its side
    np.testing.assert_allclose(to_square(there, square), points, atol=1e-3)
    assert (there[:, 2] == points[:, 2]).all()


@given(st.floats(-100, 800), st.floats(-100, 600), st.floats(0, 900))
def test_square_about_is_close(x: float, y: float, side: float) -> None:
    """Rounding to whole pixels moves the middle by a pixel at most."""
    square = square_about(x, y, side)
    assert square.size_px >= 1
    assert max(abs(square.middle[0] - x), abs(square.middle[1] - y)) <= 1


def test_cut_keeps_the_picture() -> None:
    """A square inside the frame at the model's own size comes out pixel for pixel, as a copy."""
    rgb = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    out = cut(rgb, Square(20, 30, 192), 192)
    assert (out == rgb[30:222, 20:212]).all()
    assert not np.shares_memory(out, rgb)


def test_cut_pads_with_black() -> None:
    """What lies beyond the frame is black, and the frame's own pixels stay where they belong."""
    rgb = np.full((100, 100, 3), 200, np.uint8)
    out = cut(rgb, Square(-96, -96, 192), 192)
    assert (out[:96, :] == 0).all()
    assert (out[:, :96] == 0).all()
    assert (out[96:, 96:] == 200).all()


def test_cut_keeps_the_aspect() -> None:
    """A disc in a 16:9 frame is a disc for the model."""
    yy, xx = np.mgrid[:720, :1280]
    rgb = np.repeat((255 * ((xx - 640) ** 2 + (yy - 360) ** 2 < 200**2)).astype(np.uint8)[:, :, None], 3, axis=2)
    disc = cut(rgb, whole_frame(1280, 720), 192)[:, :, 0] > 127
    assert disc.any(axis=0).sum() == pytest.approx(disc.any(axis=1).sum(), abs=1)
    assert disc.any(axis=0).sum() == pytest.approx(400 / 1280 * 192, abs=1.5)


@pytest.mark.parametrize("side", [300, 700, 1280])
def test_cut_puts_points_where_to_square_says(side: int) -> None:
    """A bright spot is found, after scaling by any factor, where the geometry maps it."""
    yy, xx = np.mgrid[:720, :1280]
    spot = 255 * np.exp(-((xx + 0.5 - 700.5) ** 2 + (yy + 0.5 - 333.5) ** 2) / (2 * 9.0**2))
    rgb = np.repeat(spot.astype(np.uint8)[:, :, None], 3, axis=2)
    square = square_about(660, 360, side)
    out = cut(rgb, square, 192)[:, :, 0].astype(float)
    rows, columns = np.mgrid[:192, :192] + 0.5
    found = (out * columns).sum() / out.sum() / 192, (out * rows).sum() / out.sum() / 192
    points = to_square(np.full((17, 3), (700.5, 333.5, 1), np.float32), square)
    assert found == pytest.approx(tuple(points[0, :2]), abs=0.3 / 192)


def test_cut_does_not_alias() -> None:
    """Stripes finer than the model can see become grey, not false broad stripes."""
    rgb = np.zeros((1000, 1000, 3), np.uint8)
    rgb[:, ::2] = 255
    inside = cut(rgb, Square(0, 0, 1000), 192)[5:-5, 5:-5].astype(int)
    assert np.ptp(inside) < 50


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(-400, 400), st.integers(-400, 400), st.integers(1, 900))
def test_cut_takes_any_square(width: int, height: int, x: int, y: int, size: int) -> None:
    """Any frame and any square, even one that misses the frame, give a picture of the model's size."""
    out = cut(np.full((height, width, 3), 9, np.uint8), Square(x, y, size), 64)
    assert out.shape == (64, 64, 3)
    assert out.dtype == np.uint8
    assert out.max() <= 9
