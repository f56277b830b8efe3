"""Geometry of the square around the runner."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from device.poses.crop import (
    Square,
    cut,
    search_squares,
    square_about,
    square_around,
    to_frame,
    whole_frame,
)
from device.records import (
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_EYE,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_EYE,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)

CLIPS = Path(__file__).resolve().parents[1] / "clips"
HEAD, LEGS = list(range(L_SHOULDER)), list(range(L_HIP, 17))
LIMBS = [point for point in range(17) if point not in (L_SHOULDER, R_SHOULDER, L_HIP, R_HIP)]
UPPER = slice(L_KNEE)  # head, arms and trunk

SIZES = [(640, 480), (641, 479), (480, 640), (1920, 1080), (1080, 1920), (7, 5), (1, 1), (2000, 100)]


def to_square(keypoints: np.ndarray, square: Square) -> np.ndarray:
    """The way back from ``to_frame``: pixels of the frame -> shares of the square."""
    corner = np.array([square.x_px, square.y_px, 0], np.float32)
    return (keypoints - corner) / np.array([square.size_px, square.size_px, 1], np.float32)


def standing(x: float, y: float, height: float) -> np.ndarray:
    """A typical person seen from the front: hips at (x, y), ``height`` pixels from nose to ankles, every score 0.9.

    A trunk is 0.35 of that height.
    """
    points = np.full((17, 3), (x, y, 0.9), np.float32)
    points[NOSE, 1] = y - 0.49 * height
    for left, right, half, up in (
        (L_EYE, R_EYE, 0.02, 0.51),
        (L_EAR, R_EAR, 0.04, 0.50),
        (L_SHOULDER, R_SHOULDER, 0.115, 0.35),
        (L_ELBOW, R_ELBOW, 0.17, 0.17),
        (L_WRIST, R_WRIST, 0.14, 0.05),
        (L_HIP, R_HIP, 0.06, 0),
        (L_KNEE, R_KNEE, 0.06, -0.26),
        (L_ANKLE, R_ANKLE, 0.06, -0.51),
    ):
        points[left, :2] = x + half * height, y - up * height
        points[right, :2] = x - half * height, y - up * height
    return points


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """The same person turned clockwise in the picture, about the middle between the hips."""
    middle, angle = points[[L_HIP, R_HIP], :2].mean(axis=0), np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.concatenate([(points[:, :2] - middle) @ turn + middle, points[:, 2:]], axis=1).astype(np.float32)


def shows(square: Square, points: np.ndarray) -> bool:
    """Whether the square shows all of these points."""
    shares = to_square(points, square)[:, :2]
    return bool(((shares >= 0) & (shares <= 1)).all())


def square_of(points: np.ndarray) -> Square:
    """The square around a runner in a large frame; there is one."""
    square = square_around(points, 1920, 1080)
    assert square is not None
    return square


def running(clip: str) -> list[np.ndarray]:
    """True key points of the runner of one of the project's clips, each with score 0.9."""
    rows = json.loads((CLIPS / f"{clip}.json").read_text())["keypoints_px"]
    return [np.array([(x, y, 0.9) for x, y, _ in row], np.float32) for row in rows if row]


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


def test_square_shows_the_upper_body() -> None:
    """The square around a standing person shows all of head and arms, and ends between mid-thigh and knee."""
    height = 300
    points = standing(320, 400, height)
    square = square_of(points)
    assert square.middle[0] == pytest.approx(320, abs=1)
    assert shows(square, points[UPPER])
    assert square.y_px < points[NOSE, 1] - 0.07 * height  # so far above the nose ends the hair
    thigh = points[L_HIP, 1], points[L_KNEE, 1]
    assert np.mean(thigh) <= square.y_px + square.size_px <= thigh[1]


def test_the_trunk_stands_large() -> None:
    """The trunk, from which posture is read, fills at least a third of the square's side, however far the runner is."""
    for height in (250, 500, 800):
        assert 0.35 * height >= square_of(standing(900, 500, height)).size_px / 3


@pytest.mark.parametrize("clip", ["clean_front", "clean_oblique", "clean_side", "lean_side", "twist_oblique"])
def test_square_shows_head_and_arms_in_every_phase(clip: str) -> None:
    """Of a running body nothing from head to hips is cut off, with good form as with a fault, from any side."""
    for points in running(clip):
        assert shows(square_of(points), points[UPPER])


@given(
    st.lists(
        st.tuples(st.floats(-500, 2500), st.floats(-500, 1500), st.floats(0, 1)),
        min_size=len(LIMBS),
        max_size=len(LIMBS),
    )
)
def test_square_hangs_on_the_trunk(limbs: list[tuple[float, float, float]]) -> None:
    """Where head, arms and legs are, and how well they are seen, changes nothing: they swing, the trunk does not."""
    points = standing(900, 500, 400)
    expected = square_of(points)
    points[LIMBS] = limbs
    assert square_of(points) == expected


@pytest.mark.parametrize(
    ("part", "dx", "dy"),
    [
        ([L_WRIST, L_ELBOW], 300, -80),
        ([R_ANKLE, R_KNEE], -200, -100),
        ([L_ANKLE], 0, 150),
        ([NOSE, L_EYE, R_EYE], 40, 30),
    ],
    ids=["arm stretched out", "leg swung back", "foot further down", "head bowed"],
)
def test_a_limb_does_not_move_the_square(part: list[int], dx: float, dy: float) -> None:
    """A single limb that moves leaves the square as it is."""
    points = standing(900, 500, 400)
    expected = square_of(points)
    points[part, :2] += dx, dy
    assert square_of(points) == expected


@pytest.mark.parametrize("degrees", [-90, -30, 15, 45, 90, 180])
def test_square_follows_a_lean(degrees: float) -> None:
    """Who leans, or runs in a picture that is turned, is shown as large, and from head to hips all the same."""
    upright = standing(900, 500, 400)
    points = turned(upright, degrees)
    square = square_of(points)
    assert square.size_px == pytest.approx(square_of(upright).size_px, abs=1)
    assert shows(square, points[UPPER])


@pytest.mark.parametrize("hidden", [[L_SHOULDER], [R_HIP], [L_SHOULDER, L_HIP], [L_SHOULDER, R_HIP]])
def test_one_side_is_enough(hidden: list[int]) -> None:
    """With a shoulder or a hip hidden by the body itself the runner is shown about as large."""
    points = standing(900, 500, 400)
    expected = square_of(points)
    points[hidden, 2] = 0.1
    assert square_of(points).size_px == pytest.approx(expected.size_px, rel=0.15)


@pytest.mark.parametrize(("point", "hidden"), [(L_SHOULDER, []), (R_HIP, []), (L_EYE, [L_HIP, R_HIP])])
def test_untrusted_points_do_not_count(point: int, hidden: list[int]) -> None:
    """A point with a score below 0.2 has no say, one with 0.2 has."""
    points = standing(320, 200, 200)
    points[[point, *hidden], 2] = 0
    expected = square_around(points, 1920, 1080)
    points[point] = (500, -600, 0.19)
    assert square_around(points, 1920, 1080) == expected
    points[point, 2] = 0.2
    assert square_around(points, 1920, 1080) != expected


@pytest.mark.parametrize("seen", [[], [NOSE, 1, 2], [L_HIP, R_HIP, L_ANKLE], [L_SHOULDER], [L_SHOULDER, R_SHOULDER]])
def test_no_runner(seen: list[int]) -> None:
    """Nobody, a face, a pair of legs or bare shoulders are no runner to follow."""
    points = standing(320, 200, 200)
    hidden = np.setdiff1d(np.arange(17), seen)
    points[hidden, 2] = 0.1
    assert square_around(points, 640, 480) is None


def test_hips_hidden() -> None:
    """With all below the elbows behind a console, head and shoulders are enough, and the square is the same, nearly."""
    points = standing(320, 300, 200)
    seen = square_around(points, 640, 480)
    points[L_WRIST:, 2] = 0.05
    points[L_WRIST:, :2] = (500, 20)
    square = square_around(points, 640, 480)
    assert seen is not None
    assert square is not None
    assert square.size_px == pytest.approx(seen.size_px, rel=0.1)
    assert square.middle == pytest.approx(seen.middle, abs=0.05 * seen.size_px)


@pytest.mark.parametrize("clip", ["clean_front", "clean_oblique", "clean_side"])
@pytest.mark.parametrize(
    "hidden",
    [LEGS, [*LEGS, L_ELBOW, L_WRIST, R_WRIST], [*LEGS, L_EYE, L_EAR]],
    ids=["legs", "arms too", "turned face too"],
)
def test_hips_hidden_while_running(clip: str, hidden: list[int]) -> None:
    """From any side, a runner whose hips are hidden is shown about as large as with hips seen, and as completely.

    So the square stays when the hips come and go behind a console.
    """
    for points in running(clip):
        seen = square_of(points)
        part = points.copy()
        part[hidden, 2] = 0.1
        square = square_of(part)
        assert square.size_px == pytest.approx(seen.size_px, rel=0.2)
        assert np.subtract(square.middle, seen.middle) == pytest.approx((0, 0), abs=0.1 * seen.size_px)
        assert shows(square, points[UPPER])


@pytest.mark.parametrize("hidden", [HEAD, [R_SHOULDER]], ids=["from the shoulders", "from the head"])
def test_hips_hidden_and_more(hidden: list[int]) -> None:
    """Hips hidden, the shoulders' width alone, or the head's height over one shoulder, tells the size."""
    points = standing(900, 500, 400)
    seen = square_of(points)
    points[[*LEGS, *hidden], 2] = 0.1
    assert square_of(points).size_px == pytest.approx(seen.size_px, rel=0.15)


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


@pytest.mark.parametrize("side", [193, 300, 384, 460, 576, 700, 1280])
def test_cut_averages(side: int) -> None:
    """Scaled by any factor, no pixel of the model's is far from the mean of the frame's pixels under it."""
    random = np.random.default_rng(2)
    coarse = Image.fromarray(random.integers(0, 256, (40, 40, 3), np.uint8))
    rgb = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))
    out = cut(rgb, Square(0, 0, side), 192).astype(float)
    sums = np.pad(rgb.astype(float).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0), (0, 0)))
    edges = np.arange(193) * side / 192
    low, part = np.floor(edges).astype(int), (edges % 1)[:, None]
    for axis in (0, 1):
        sums = np.moveaxis(sums, axis, 0)
        above = sums[np.minimum(low + 1, side)]
        sums = np.moveaxis(sums[low] + (above - sums[low]) * part[:, None], 0, axis)
    means = np.diff(np.diff(sums, axis=0), axis=1) * (192 / side) ** 2
    assert np.abs(out - means).mean() < 3
    assert np.abs(out - means).max() < 40


@pytest.mark.parametrize("side", [192, 200, 400])
def test_cut_reads_pictures_however_they_lie(side: int) -> None:
    """A part of a larger picture, a mirrored or a turned one, and one that may not be written to, are cut alike."""
    rgb = np.random.default_rng(3).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    rgb.setflags(write=False)
    square = Square(-20, 100, side)
    for view in (rgb, rgb[:, ::-1], rgb[::-1], np.rot90(rgb), rgb[40:, 31:], rgb[:, :, ::-1], rgb[::2, ::2]):
        out = cut(view, square, 192)
        assert (out == cut(view.copy(), square, 192)).all()
        assert out.flags.writeable


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(-400, 400), st.integers(-400, 400), st.integers(1, 900))
def test_cut_takes_any_square(width: int, height: int, x: int, y: int, size: int) -> None:
    """Any frame and any square, even one that misses the frame, give a picture of the model's size."""
    out = cut(np.full((height, width, 3), 9, np.uint8), Square(x, y, size), 64)
    assert out.shape == (64, 64, 3)
    assert out.dtype == np.uint8
    assert out.max() <= 9
