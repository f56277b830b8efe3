"""Following one runner: with a fake model that sees a painted block as a person, and on the demonstration clip."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.poses import load_model
from device.poses.crop import Square, cut, to_frame
from device.poses.fake import FakePoseModel
from device.poses.follow import AWAY_S, LOST_AFTER_S, RunnerFollower
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


def test_another_recording_begins() -> None:
    """When the time starts again at zero, or the frame's size changes, the treadmill may stand elsewhere."""
    for start_s, width in ((0.0, 640), (12.0, 660)):
        follower = follower_of_the_nearest()
        run(follower, 0, 12)
        for i in range(5):
            pose = follower.step(Frame(start_s + i / 15, crowd((470, 240, 200), width=width)))
        assert shown(pose) == pytest.approx(470, abs=8)


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


def crowd(*people: tuple[float, float, float], width: int = 640, height: int = 480) -> np.ndarray:
    """A frame with several people at (x, y), ``tall`` pixels high; the earlier stand before the later."""
    rgb = np.zeros((height, width, 3), np.uint8)
    for x, y, tall in reversed(people):
        one = person(width, height, x, y, tall)
        np.copyto(rgb, one, where=one[:, :, :1] > 0)
    return rgb


def see_nearest(model: FakePoseModel) -> Callable[[np.ndarray], np.ndarray]:
    """See whoever is nearest to where somebody is expected, or to the middle of the picture, as the real models do."""

    def see(square: np.ndarray) -> np.ndarray:
        columns = np.flatnonzero((square[:, :, 0] > 127).any(axis=0))
        if not len(columns):
            return see_person(square)
        expected = model.expected[-1]
        aim = 0.5 if expected is None else float(expected[[L_SHOULDER, R_SHOULDER], 0].mean())
        bodies = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
        body = min(bodies, key=lambda body: abs(body.mean() / len(square) - aim))
        alone = np.zeros_like(square)
        alone[:, body] = square[:, body]
        return see_person(alone)

    return see


def follower_of_the_nearest() -> RunnerFollower:
    """A follower whose model sees one of several people."""
    model = FakePoseModel()
    model._answer = see_nearest(model)
    return RunnerFollower(model)


def running(t_s: float, x: float = 300, y: float = 240, tall: float = 200) -> tuple[float, float, float]:
    """Somebody who runs on the spot, as they stand at a time; the shoulders rise and fall by 3 % of the height."""
    return x, y + 0.03 * tall * np.sin(2 * np.pi * 2.7 * t_s), tall


RUNNER, NEIGHBOUR = (300.0, 240.0, 200.0), (470.0, 240.0, 200.0)


def run(
    follower: RunnerFollower, start_s: float, seconds: float, *others: tuple[float, float, float], alone: bool = False
) -> list[Pose]:
    """The runner for some seconds, others beside; ``alone``: only the others.  Everybody runs."""
    poses = []
    for i in range(round(seconds * 15)):
        t_s = start_s + i / 15
        people = [running(t_s + 0.1 * k, *other) for k, other in enumerate(others)]
        poses.append(follower.step(Frame(t_s, crowd(*people, *([] if alone else [running(t_s, *RUNNER)])))))
    return poses


def shown(pose: Pose) -> float | None:
    """Where the pose's trunk is, across the frame; None if it is nobody's."""
    trusted = pose.keypoints[:, 2] >= 0.2
    return float(pose.keypoints[[L_HIP, R_HIP], 0].mean()) if trusted.any() else None


def test_nobody_else_is_followed_when_the_runner_leaves() -> None:
    """Who runs on the next treadmill is nobody while the runner is away, and that can be told; who comes back is found
    within half a second, through the very square as before."""
    follower = follower_of_the_nearest()
    assert shown(run(follower, 0, 12, NEIGHBOUR)[-1]) == pytest.approx(300, abs=8)
    square = follower.square
    away = run(follower, 12, 20, NEIGHBOUR, alone=True)
    assert [shown(pose) for pose in away] == [None] * len(away)
    assert follower.elsewhere
    back = run(follower, 32, 3, NEIGHBOUR)
    assert all(shown(pose) == pytest.approx(300, abs=8) for pose in back[8:])
    assert follower.square == square
    assert not follower.elsewhere


def test_a_neighbour_in_the_same_place_is_another_size() -> None:
    """Seen from the side, the next treadmill is in the same place, but further off: when the runner has gone, who is to
    be seen there is nobody, for half a minute."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 15, start_s=12)
    away = run(follower, 13, 20, (300, 240, 145), alone=True)
    assert {shown(pose) for pose in away} == {None}


def test_a_runner_who_is_read_in_another_size_stays_the_runner() -> None:
    """Hips behind a console may be read elsewhere all of a sudden: who never was away is still followed; and who was,
    is followed again after half a minute."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    other = run(follower, 12, 12, (300, 240, 145), alone=True)
    assert all(shown(pose) == pytest.approx(300, abs=8) for pose in other)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 15, start_s=24)
    back = run(follower, 25, 32, (300, 240, 210), alone=True)
    assert all(shown(pose) == pytest.approx(300, abs=8) for pose in back[-15:])


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_who_run_the_larger_and_more_central_one_is_followed(first: int) -> None:
    """Both are there from the start, and whoever was found first: the camera was aimed at the one."""
    follower = follower_of_the_nearest()
    pair = [(300.0, 240.0, 200.0), (520.0, 230.0, 160.0)]
    for i in range(30):  # one stands there before the other
        follower.step(Frame(i / 15, crowd(running(i / 15, *pair[first]))))
    poses = [
        follower.step(Frame(2 + i / 15, crowd(*(running(2 + i / 15 + k, *one) for k, one in enumerate(pair)))))
        for i in range(5 * 15)
    ]
    assert all(shown(pose) == pytest.approx(300, abs=8) for pose in poses[-30:])


@pytest.mark.parametrize("tall", [175, 235])
def test_somebody_else_on_the_treadmill(tall: float) -> None:
    """Whoever of another height steps onto the treadmill is followed at once."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 60, start_s=12)
    poses = run(follower, 14, 6, (300, 240, tall), alone=True)
    assert all(shown(pose) == pytest.approx(300, abs=8) for pose in poses[8:])


def test_who_was_away_for_long_may_come_anywhere() -> None:
    """A camera that was aimed anew blinds the coach for some minutes at most, and not at all after ``forget``; and as
    soon as somebody is on the treadmill again, the guest elsewhere is left."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    run(follower, 12, 5, NEIGHBOUR, alone=True)
    assert follower.square is None
    late = run(follower, 13 + AWAY_S, 5, NEIGHBOUR, alone=True)
    assert shown(late[-1]) == pytest.approx(470, abs=8)
    back = run(follower, 18 + AWAY_S, 5, NEIGHBOUR)
    assert shown(back[-1]) == pytest.approx(300, abs=8)
    run(follower, 23 + AWAY_S, 3, NEIGHBOUR, alone=True)
    assert follower.square is None
    follower.forget()
    assert shown(run(follower, 26 + AWAY_S, 3, NEIGHBOUR, alone=True)[-1]) == pytest.approx(470, abs=8)


def test_a_picture_on_the_wall_is_left_for_a_runner() -> None:
    """Whoever was taken first but does not run is left as soon as somebody runs elsewhere."""
    follower = follower_of_the_nearest()
    poster = (330.0, 200.0, 150.0)
    follow(follower, [crowd(poster)] * 150)
    assert follower.square is not None
    for i in range(5 * 15):
        pose = follower.step(Frame(6 + i / 15, crowd(poster, running(i / 15, 480, 250, 260))))
    assert shown(pose) == pytest.approx(480, abs=8)


def test_who_walks_past_is_not_followed() -> None:
    """Somebody who walks past behind the runner is not taken along, even where both look like one."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    for i in range(60):
        t_s = 12 + i / 15
        pose = follower.step(Frame(t_s, crowd(running(t_s), (100 + 8 * i, 240, 150))))
        assert shown(pose) == pytest.approx(300, abs=50)
    assert shown(pose) == pytest.approx(300, abs=8)


def test_the_model_is_told_where_the_runner_is() -> None:
    """Nobody is expected at first, the last pose later on, in shares of the square that the model is shown; and while
    the runner is gone, the last pose on the treadmill."""
    model = FakePoseModel()
    model._answer = see_nearest(model)
    follower = RunnerFollower(model)
    poses = run(follower, 0, 10)
    assert model.expected[0] is None
    square, expected = follower.square, model.expected[-1]
    assert square is not None
    assert expected is not None
    assert to_frame(expected, square) == pytest.approx(poses[-2].keypoints, abs=0.1)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 20, start_s=10)
    assert model.expected[-1] is not None


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([(64, 48), (48, 64), (160, 40)]),
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 3), st.sampled_from([0.03, 0.4, 3.0, 300.0])),
        min_size=1,
        max_size=30,
    ),
)
def test_whatever_is_seen(size: tuple[int, int], people: list[tuple[float, float, float, float]]) -> None:
    """Whatever comes and goes at whatever times: all numbers are finite, the same frames give the same poses, and the
    square never exceeds the frame's longer side."""
    width, height = size
    frames, t_s = [], 0.0
    for x, y, tall, later_s in people:
        t_s += later_s
        frames.append(Frame(t_s, person(width, height, x * width, y * height, tall * height)))
    one, two = RunnerFollower(FakePoseModel(see_person)), RunnerFollower(FakePoseModel(see_person))
    for frame in frames:
        pose = one.step(frame)
        assert np.isfinite(pose.keypoints).all()
        assert pose.keypoints.tobytes() == two.step(frame).keypoints.tobytes()
        assert one.square is None or one.square.size_px <= max(size)


@pytest.mark.parametrize(("tall", "own"), [(260, True), (285, True), (200, False), (310, False)])
def test_a_square_about_as_large_as_the_models_picture_is_exactly_that(tall: float, own: bool) -> None:
    """Then nothing has to be scaled; others are as large as they are wanted."""
    follower = RunnerFollower(FakePoseModel(see_person))
    for i in range(3 * FPS):
        follower.step(Frame(i / FPS, person(960, 540, 480, 270, tall)))
    assert follower.square is not None
    assert (follower.square.size_px == 192) is own
    assert inside(follower.square, 480, 270, tall)


def half(clip: str, frames: int) -> list[np.ndarray]:
    """The middle of the first frames of a bundled clip, as wide as half a frame: the runner with the treadmill."""
    pictures: list[np.ndarray] = []
    with av.open(str(CLIP.with_name(f"{clip}.mp4"))) as container:
        for frame in container.decode(video=0):
            pictures.append(frame.to_ndarray(format="rgb24")[:, 160:480])
            if len(pictures) == frames:
                break
    return [pictures[i % len(pictures)] for i in range(frames)]


def test_the_clips_neighbour_is_nobody() -> None:
    """Rendered runners side by side, through the real model: who begins alone is followed when another begins to run
    beside, nobody is while only that one is left, and who comes back has a pose again within half a second."""
    fps, alone, both, left, back = 15, 135, 45, 75, 45
    frames = alone + both + left + back
    runner, neighbour, nobody = (half(clip, frames) for clip in ("clean_front", "clean_oblique", "nobody"))
    follower, places = RunnerFollower(load_model()), []
    for i in range(frames):
        gone = alone + both <= i < alone + both + left
        rgb = np.concatenate([nobody[i] if gone else runner[i], nobody[i] if i < alone else neighbour[i]], axis=1)
        pose = follower.step(Frame(i / fps, rgb))
        trusted = pose.keypoints[TRUNK, 2] >= 0.2
        places.append(float(pose.keypoints[TRUNK, 0][trusted].mean()) if trusted.any() else None)
    seen = places[15 : alone + both] + places[-back + fps // 2 :]
    assert sum(place is None for place in seen) <= 2  # a glance about
    assert all(place is None or place < 320 for place in places)
    assert places[alone + both + 8 : -back] == [None] * (left - 8)


def test_a_jump_is_not_the_runner_s() -> None:
    """A single pose of somebody far off is refused: its scores are 0, and the square stays.

    So it is before anybody knows where the treadmill stands.
    """
    follower = RunnerFollower(FakePoseModel(see_person))
    poses = follow(follower, [person(640, 480, 320, 240, 200)] * 20)
    square = follower.square
    poses = follow(follower, [person(640, 480, 320, 300, 200), person(640, 480, 320, 240, 200)], start_s=20 / FPS)
    assert [shown(pose) for pose in poses] == [None, pytest.approx(320, abs=4)]
    assert follower.square == square


def test_who_appears_behind_the_runner_is_nobody() -> None:
    """Somebody further off who comes into view where the runner has just stepped off is not taken for the runner."""
    follower = follower_of_the_nearest()
    run(follower, 0, 12)
    for i in range(9):
        follower.step(Frame(12 + i / 15, crowd(running(12 + i / 15, 300 + 8 * i))))
    poses = run(follower, 12.6, 3, (320, 240, 145), alone=True)
    assert [shown(pose) for pose in poses] == [None] * len(poses)
