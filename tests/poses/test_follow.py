"""Following one runner: with a fake model that sees a painted block as a person, and on the demonstration clip."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from device.poses import load_model
from device.poses.crop import Square, cut
from device.poses.fake import FakePoseModel
from device.poses.follow import LOST_AFTER_S, RunnerFollower
from device.records import (
    L_ANKLE,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
    Frame,
    Pose,
)

FPS = 30
UPPER = slice(L_KNEE)  # head, arms and trunk
CLIP = Path(__file__).resolve().parents[1] / "clips" / "demo.mp4"


def body() -> np.ndarray:
    """A typical person's key points (17, 2): across and down from the crown's middle, in shares of the height."""
    points = np.full((17, 2), (0, 0.06))
    for left, right, across, down in (
        (L_SHOULDER, R_SHOULDER, 0.096, 0.180),
        (L_ELBOW, R_ELBOW, 0.150, 0.330),
        (L_WRIST, R_WRIST, 0.120, 0.420),
        (L_HIP, R_HIP, 0.055, 0.475),
        (L_KNEE, R_KNEE, 0.055, 0.710),
        (L_ANKLE, R_ANKLE, 0.055, 0.950),
    ):
        points[left], points[right] = (across, down), (-across, down)
    return points


BODY = body()
HALF_WIDTH = 1 / 6  # of the painted body, arms included
TRUNK_SHARE = 0.295  # of the height
ELBOWS = 0.36  # just below them
FACE = 0.06  # here are its key points; above them forehead and hair


def person(width: int, height: int, x: float, y: float, tall: float, hidden_from: float = 1.0) -> np.ndarray:
    """A frame with a person of this height, crown to sole, whose middle is at (x, y).

    The person is a block painted with a map of itself, so that any part of it tells where the rest is: red is full,
    green grows from crown to sole, blue from one side to the other.

    :param hidden_from: what is further down than this share of the height is hidden, as behind a console.
    """
    rgb = np.zeros((height, width, 3), np.uint8)
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    down, across = (rows - y) / tall + 0.5, (columns - x) / tall / (2 * HALF_WIDTH) + 0.5
    seen = np.ix_((down >= 0) & (down <= hidden_from), (across >= 0) & (across <= 1))
    paint = np.stack(np.broadcast_arrays(1.0, down[:, None], across), axis=2)
    rgb[seen] = np.rint(255 * paint[seen])
    return rgb


def see_person(square: np.ndarray) -> np.ndarray:
    """The person painted by :func:`person`, from whatever part of it the picture shows; else nobody.

    As with the real model, how large the person is taken to be does not depend on how much of it is cut off; and what
    is cut off or hidden is guessed, with a low score.
    """
    keypoints = np.full((17, 3), (0.5, 0.5, 0.02), np.float32)
    rows, columns = np.nonzero(square[:, :, 0] > 127)
    if len(rows) < 20:
        return keypoints
    red, green, blue = square[rows, columns].T.astype(float)  # at the body's edge all three are mixed with black alike
    there = np.stack([(blue / red - 0.5) * 2 * HALF_WIDTH, green / red], axis=1)
    here = (np.stack([columns, rows], axis=1) + 0.5) / len(square)
    off = there - there.mean(axis=0)
    tall = (off * here).sum() / (off**2).sum()  # least squares
    keypoints[:, :2] = here.mean(axis=0) + tall * (BODY - there.mean(axis=0))
    near = 0.04  # of the height: a pixel, where the person is small
    seen = (there.min(axis=0) - near <= BODY) & (there.max(axis=0) + near >= BODY)
    inside = (keypoints[:, :2] >= 0) & (keypoints[:, :2] <= 1)
    keypoints[(seen & inside).all(axis=1), 2] = 0.9
    return keypoints


def follow(follower: RunnerFollower, pictures: Iterable[np.ndarray], start_s: float = 0) -> list[Pose]:
    return [follower.step(Frame(start_s + i / FPS, rgb)) for i, rgb in enumerate(pictures)]


def inside(square: Square | None, x: float, y: float, tall: float, top: float = 0.0) -> bool:
    """Whether the square shows the person from the crown (or ``top``) to the hips, and as wide as the arms are."""
    assert square is not None
    return (
        square.x_px <= x - HALF_WIDTH * tall
        and square.x_px + square.size_px >= x + HALF_WIDTH * tall
        and square.y_px <= y + (top - 0.5) * tall
        and square.y_px + square.size_px >= y + (BODY[L_HIP, 1] - 0.5) * tall
    )


@pytest.mark.parametrize("square", [(0, 0, 640), (250, 60, 150), (270, 100, 90), (300, 130, 40)])
@pytest.mark.parametrize("hidden_from", [1.0, 0.6, ELBOWS])
def test_the_fake_is_faithful(square: tuple[int, int, int], hidden_from: float) -> None:
    """The person is placed alike through any square that shows a part; what is not seen has no score."""
    x_px, y_px, size_px = square
    truth = BODY * 300 + (320, 60)
    keypoints = see_person(cut(person(640, 480, 320, 210, 300, hidden_from), Square(*square), 192))
    assert keypoints[:, :2] * size_px + (x_px, y_px) == pytest.approx(truth, abs=4)
    shown = ((truth > (x_px + 4, y_px + 4)) & (truth < (x_px + size_px - 4, y_px + size_px - 4))).all(axis=1)
    cut_off = ((truth < (x_px - 4, y_px - 4)) | (truth > (x_px + size_px + 4, y_px + size_px + 4))).any(axis=1)
    hidden = BODY[:, 1] > hidden_from
    assert (keypoints[shown & ~hidden, 2] > 0.5).all()
    assert (keypoints[cut_off | hidden, 2] < 0.1).all()


@pytest.mark.parametrize(
    ("width", "height"), [(640, 480), (641, 479), (480, 640), (1080, 1920), (1920, 480), (97, 61), (1300, 200)]
)
def test_any_frame_size(width: int, height: int) -> None:
    """In any frame, upright, lying, odd or small, the points are where the runner is, in pixels of that frame."""
    x, y, tall = width * 0.6, height * 0.45, height * 0.5
    follower = RunnerFollower(FakePoseModel(see_person))
    pose = follow(follower, [person(width, height, x, y, tall)] * 6)[-1]
    assert (pose.width_px, pose.height_px) == (width, height)
    assert pose.keypoints.dtype == np.float32
    trusted = pose.keypoints[:, 2] > 0.5
    assert trusted[UPPER].all()
    truth = BODY * tall + (x, y - tall / 2)
    assert pose.keypoints[trusted, :2] == pytest.approx(truth[trusted], abs=0.03 * tall + 1)
    assert inside(follower.square, x, y, tall)


@pytest.mark.parametrize("tall", [120, 240, 400])
def test_the_trunk_stands_large_before_the_model(tall: float) -> None:
    """Near or far, the trunk fills at least a third of the square's side, and the square stays as it is for good.

    It must not creep in on a runner whose legs it cuts off.
    """
    follower = RunnerFollower(FakePoseModel(see_person))
    pictures = [person(640, 480, 320, 240, tall)] * FPS
    follow(follower, pictures)
    square = follower.square
    assert square is not None
    assert TRUNK_SHARE * tall >= square.size_px / 3
    follow(follower, pictures * 8, start_s=1)
    assert follower.square == square


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 9), (16, 16)])
def test_tiny_frames(width: int, height: int) -> None:
    """Frames too small for a person still give a pose, of no confidence."""
    follower = RunnerFollower(FakePoseModel(see_person))
    for pose in follow(follower, [np.zeros((height, width, 3), np.uint8)] * 3):
        assert np.isfinite(pose.keypoints).all()
        assert pose.keypoints[:, 2].max() < 0.1


def test_looks_at_the_whole_frame_first() -> None:
    """The first look is at the whole frame; later looks are closer."""
    model = FakePoseModel(see_person)
    follower = RunnerFollower(model)
    rgb = person(1280, 720, 900, 300, 200)
    follow(follower, [rgb] * 3)
    share = [(square[:, :, 0] > 127).mean() for square in model.squares]
    assert share[1] > 5 * share[0]


@pytest.mark.parametrize("start", [0.0, 1.6, 3.1, 4.7])
def test_steps_do_not_move_the_square(start: float) -> None:
    """A runner who rises and falls by 7 % of the height, 0.12 m, sways and breathes is seen through one square.

    If the square moved with the steps, the model's grid would move under the body in time with them, and the angles
    would sway.  In whichever phase of the step the runner was found, it holds for all strides.
    """
    follower = RunnerFollower(FakePoseModel(see_person))
    phase = start + np.arange(8 * FPS) / FPS * 2 * np.pi * 2.8
    pictures = [person(640, 480, 320 + 4 * np.sin(p / 2), 240 + 9 * np.sin(p), 260 + 8 * np.cos(p)) for p in phase]
    follow(follower, pictures[:FPS])
    squares = set()
    for i, rgb in enumerate(pictures[FPS:], start=FPS):
        follower.step(Frame(i / FPS, rgb))
        squares.add(follower.square)
    assert len(squares) <= 2  # it may shrink once, when the first two seconds are over


def test_follows_a_runner_who_drifts() -> None:
    """A runner who drifts across the frame and comes nearer never leaves the square."""
    follower = RunnerFollower(FakePoseModel(see_person))
    for i in range(150):
        x, y, tall = 200 + 3 * i, 240 + 0.3 * i, 150 + 0.8 * i
        follower.step(Frame(i / FPS, person(960, 540, x, y, tall)))
        assert inside(follower.square, x, y, tall)


@pytest.mark.parametrize("gone_up", [0.0, 0.2])
def test_grows_when_the_runner_comes_nearer(gone_up: float) -> None:
    """A runner who comes nearer is seen from face to hips all the time, and still stands large at the end.

    :param gone_up: how far the middle rises, in shares of the growth.
    """
    follower = RunnerFollower(FakePoseModel(see_person))
    for i in range(10 * FPS):
        tall = 150 + min(i, 200)
        y = 270 - gone_up * (tall - 150)
        follower.step(Frame(i / FPS, person(960, 540, 480, y, tall)))
        assert inside(follower.square, 480, y, tall, FACE)
    assert follower.square is not None
    assert follower.square.size_px < 3 * TRUNK_SHARE * 350


@pytest.mark.parametrize(("before", "after"), [(150, 260), (150, 400), (400, 150)])
def test_a_jump(before: float, after: float) -> None:
    """A runner who suddenly stands much nearer or farther, as after a gap in the video, is soon seen as before."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(960, 540, 480, 270, before)] * FPS)
    pose = follow(follower, [person(960, 540, 480, 270, after)] * FPS, start_s=1)[-1]
    assert inside(follower.square, 480, 270, after)
    assert (pose.keypoints[UPPER, 2] > 0.5).all()


def test_shrinks_when_the_runner_goes_away() -> None:
    """A runner who steps back is looked at closely again, after the two seconds that a stride can never take."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(960, 540, 480, 270, 400)] * 10)
    near = follower.square
    follow(follower, [person(960, 540, 480, 270, 200)] * 150, start_s=1)
    assert near is not None
    assert follower.square is not None
    assert follower.square.size_px < 0.6 * near.size_px


def test_a_blink_is_forgiven() -> None:
    """A runner hidden for a moment is looked for in the same place."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(640, 480, 400, 240, 200)] * 8)
    square = follower.square
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * int(LOST_AFTER_S * FPS * 0.8), start_s=8 / FPS)
    assert follower.square == square


def test_recovers_elsewhere() -> None:
    """A runner who leaves and comes back in another place and size is found again at once."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(640, 480, 120, 240, 150)] * 20)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 30, start_s=1)
    assert follower.square is None
    pose = follow(follower, [person(640, 480, 500, 300, 250)] * 2, start_s=3)[-1]
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(500, abs=5)
    assert inside(follower.square, 500, 300, 250)


def test_a_small_runner_in_a_wide_frame() -> None:
    """Where the whole frame shows the runner too small to be seen, smaller squares are searched in turn."""

    def short_sighted(square: np.ndarray) -> np.ndarray:
        seen = see_person(square)
        return seen if (square[:, :, 0] > 127).any(axis=1).sum() > 60 else np.full((17, 3), (0.5, 0.5, 0), np.float32)

    follower = RunnerFollower(FakePoseModel(short_sighted))
    pose = follow(follower, [person(1920, 480, 1600, 240, 220)] * 10)[-1]
    assert pose.keypoints[NOSE, 2] > 0.5
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(1600, abs=5)


def test_upper_body_only() -> None:
    """With all below the elbows hidden the runner is followed as closely as ever, not through the whole frame."""
    seen, hidden = (RunnerFollower(FakePoseModel(see_person)) for _ in range(2))
    follow(seen, [person(1280, 720, 900, 300, 200)] * 10)
    follow(hidden, [person(1280, 720, 900, 300, 200, hidden_from=ELBOWS)] * 10)
    assert seen.square is not None
    assert hidden.square is not None
    assert hidden.square.size_px == pytest.approx(seen.square.size_px, rel=0.1)
    assert inside(hidden.square, 900, 300, 200)


def test_hips_come_and_go() -> None:
    """Hips that vanish behind a console, for a moment or for good, do not move the square."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(640, 480, 320, 240, 260)] * FPS)
    square = follower.square
    assert square is not None
    for i in range(FPS, 6 * FPS):
        hidden_from = 1.0 if i < 3 * FPS and i % 7 else ELBOWS
        follower.step(Frame(i / FPS, person(640, 480, 320, 240, 260, hidden_from)))
        assert follower.square == square


def test_doubt_looks_again() -> None:
    """A thing mistaken for a person does not hold the square for ever: after some seconds of doubt it looks again."""

    def doubtful(square: np.ndarray) -> np.ndarray:
        keypoints = see_person(square)
        keypoints[:, 2] = np.minimum(keypoints[:, 2], 0.25)
        return keypoints

    follower = RunnerFollower(FakePoseModel(doubtful))
    squares = []
    for i in range(5 * FPS):
        follower.step(Frame(i / FPS, person(640, 480, 100, 100, 90)))
        squares.append(follower.square)
    assert squares[FPS] is not None
    assert None in squares[FPS:]


def test_size_changes_in_mid_stream() -> None:
    """When the frames change their size, the runner is looked for anew, in the new pixels."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(640, 480, 100, 100, 120)] * 5)
    pose = follow(follower, [person(320, 640, 200, 500, 120)] * 4, start_s=1)[-1]
    assert (pose.width_px, pose.height_px) == (320, 640)
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(200, abs=4)


def test_time_may_jump_back() -> None:
    """A source that starts again at zero (a looped video) does not confuse the follower."""
    follower = RunnerFollower(FakePoseModel(see_person))
    follow(follower, [person(640, 480, 300, 200, 150)] * 90, start_s=100)
    pose = follow(follower, [person(640, 480, 300, 200, 150)] * 5, start_s=0)[-1]
    assert pose.t_s == pytest.approx(4 / FPS)
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(300, abs=4)


def test_frames_are_not_changed() -> None:
    """A frame that may not be written to is fine: the follower only reads."""
    rgb = person(640, 480, 300, 200, 150)
    rgb.setflags(write=False)
    follow(RunnerFollower(FakePoseModel(see_person)), [rgb] * 3)


def test_black_frames_show_nobody() -> None:
    """The real model finds no runner in darkness, whatever the frame's shape."""
    model = load_model()
    for size in ((480, 640), (479, 641), (640, 360), (200, 1300)):
        follower = RunnerFollower(model)
        for pose in follow(follower, [np.zeros((*size, 3), np.uint8)] * 4):
            assert pose.keypoints[[L_SHOULDER, R_SHOULDER, L_HIP, R_HIP], 2].max() < 0.2
        assert follower.square is None


@pytest.fixture(scope="module")
def clip() -> list[np.ndarray]:
    """The first 2 s of the project's own demonstration clip."""
    if not CLIP.is_file():
        pytest.skip(f"needs {CLIP}")
    av = pytest.importorskip("av")
    frames = []
    with av.open(str(CLIP)) as container:
        for frame in container.decode(video=0):
            frames.append(frame.to_ndarray(format="rgb24"))
            if len(frames) == 2 * FPS:
                break
    return frames


TRUNK = [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]


def test_the_clip_s_runner_is_found(clip: list[np.ndarray]) -> None:
    """The runner of the demonstration clip is found from the first frame on and not lost."""
    follower = RunnerFollower(load_model())
    poses = follow(follower, clip)
    assert min(pose.keypoints[TRUNK, 2].max() for pose in poses) > 0.3
    assert np.median([pose.keypoints[TRUNK, 2].mean() for pose in poses]) > 0.4


def test_the_clip_s_runner_stands_large(clip: list[np.ndarray]) -> None:
    """From the second look on the trunk fills at least a third of the square's side, and at most a half.

    Nothing from head to hips is cut off: the true key points lie in the square, arms included.
    """
    truth = json.loads(CLIP.with_suffix(".json").read_text())
    follower = RunnerFollower(load_model())
    for i, rgb in enumerate(clip):
        square = follower.square  # this frame is looked at through it
        pose = follower.step(Frame(i / truth["fps"], rgb))
        if i < 2:
            continue
        assert square is not None
        down = pose.keypoints[[L_HIP, R_HIP], :2].mean(axis=0) - pose.keypoints[[L_SHOULDER, R_SHOULDER], :2].mean(
            axis=0
        )
        assert 1 / 3 <= np.hypot(*down) / square.size_px <= 1 / 2
        if i % truth["keypoints_every"] == 0:
            points = np.array(truth["keypoints_px"][i // truth["keypoints_every"]])[UPPER, :2]
            assert (
                (points >= (square.x_px, square.y_px)) & (points <= np.add(square.size_px, (square.x_px, square.y_px)))
            ).all()


def test_the_clip_gives_the_same_poses_again(clip: list[np.ndarray]) -> None:
    """The same frames give the same poses byte for byte, with one thread as with two."""
    poses = [follow(RunnerFollower(load_model(threads=n)), clip[:20]) for n in (1, 2)]
    for one, two in zip(*poses, strict=True):
        assert one.keypoints.tobytes() == two.keypoints.tobytes()


def test_the_clip_after_darkness(clip: list[np.ndarray]) -> None:
    """A runner lost in the dark is found again, and within some frames as exactly as without the dark."""
    model = load_model()
    dark = [np.zeros_like(clip[0])] * 20
    poses = follow(RunnerFollower(model), clip[:20] + dark + clip[40:])
    straight = follow(RunnerFollower(model), clip)
    off = np.hypot(*(poses[-1].keypoints[TRUNK, :2] - straight[-1].keypoints[TRUNK, :2]).T)
    assert off.max() < 0.03 * max(clip[0].shape)


def test_the_clip_in_odd_sizes(clip: list[np.ndarray]) -> None:
    """Cut to an odd size, and made narrow and upright, the clip gives the same runner in the other frame's pixels."""
    model = load_model()
    straight = follow(RunnerFollower(model), clip[:12])[-1].keypoints
    height, width = clip[0].shape[:2]
    middle = round(float(straight[TRUNK, 0].mean()))
    left = min(max(middle - width // 4, 0), width // 2 - 1)
    for dx, dy, right in ((1, 1, width), (left, 0, left + width // 2)):
        pose = follow(RunnerFollower(model), [rgb[dy:, dx:right] for rgb in clip[:12]])[-1]
        shifted = pose.keypoints[TRUNK, :2] + (dx, dy)
        assert np.abs(shifted - straight[TRUNK, :2]).max() < 0.03 * max(height, width)


def test_upside_down_colours_are_noticed(clip: list[np.ndarray]) -> None:
    """The model is fed red, green, blue: swapping red and blue lowers its confidence or moves its points."""
    right = follow(RunnerFollower(load_model()), clip[:5])[-1].keypoints
    wrong = follow(RunnerFollower(load_model()), [rgb[:, :, ::-1] for rgb in clip[:5]])[-1].keypoints
    assert not np.allclose(right, wrong, atol=0.01)
