"""Following one runner: with a fake model that sees a white block as a person, and on the demonstration clip."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from device.poses import load_model
from device.poses.crop import Square, whole_frame
from device.poses.fake import FakePoseModel
from device.poses.follow import LOST_AFTER_S, RunnerFollower
from device.records import L_ANKLE, L_HIP, L_SHOULDER, NOSE, R_ANKLE, R_HIP, R_SHOULDER, Frame, Pose

FPS = 30
CLIP = Path(__file__).resolve().parents[1] / "clips" / "demo.mp4"


def see_block(square: np.ndarray) -> np.ndarray:
    """A white block is a person: nose at its top, ankles at its foot; a red one shows no legs; else nobody."""
    bright = square[:, :, 0] > 127
    keypoints = np.full((17, 3), (0.5, 0.5, 0.02), np.float32)
    if bright.sum() < 20:
        return keypoints
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    top, foot = rows[0] / len(square), (rows[-1] + 1) / len(square)
    left, right = columns[0] / len(square), (columns[-1] + 1) / len(square)
    keypoints[:] = ((left + right) / 2, top, 0.9)
    for points, down in (((L_SHOULDER, R_SHOULDER), 0.18), ((L_HIP, R_HIP), 0.5), ((L_ANKLE, R_ANKLE), 1.0)):
        for point, x in zip(points, (right, left), strict=True):
            keypoints[point, :2] = x, top + down * (foot - top)
    if square[:, :, 1].max() < 128:
        keypoints[L_HIP:, 2] = 0.02
    return keypoints


def block(
    width: int, height: int, x: float, y: float, tall: float, colour: tuple[int, int, int] = (255, 255, 255)
) -> np.ndarray:
    """A frame with a block of this height, a third as wide, its middle at (x, y)."""
    rgb = np.zeros((height, width, 3), np.uint8)
    left, right = round(x - tall / 6), round(x + tall / 6)
    top, foot = round(y - tall / 2), round(y + tall / 2)
    rgb[max(top, 0) : max(foot, 0), max(left, 0) : max(right, 0)] = colour
    return rgb


def follow(follower: RunnerFollower, pictures: Iterable[np.ndarray], start_s: float = 0) -> list[Pose]:
    return [follower.step(Frame(start_s + i / FPS, rgb)) for i, rgb in enumerate(pictures)]


def inside(square: Square | None, x: float, y: float, tall: float) -> bool:
    """Whether the square shows all of the block."""
    assert square is not None
    return (
        square.x_px <= x - tall / 6
        and square.x_px + square.size_px >= x + tall / 6
        and square.y_px <= y - tall / 2
        and square.y_px + square.size_px >= y + tall / 2
    )


@pytest.mark.parametrize(
    ("width", "height"), [(640, 480), (641, 479), (480, 640), (1080, 1920), (1920, 480), (97, 61), (1300, 200)]
)
def test_any_frame_size(width: int, height: int) -> None:
    """In any frame, upright, lying, odd or small, the points are where the runner is, in pixels of that frame."""
    x, y, tall = width * 0.6, height * 0.45, height * 0.5
    follower = RunnerFollower(FakePoseModel(see_block))
    pose = follow(follower, [block(width, height, x, y, tall)] * 6)[-1]
    assert (pose.width_px, pose.height_px) == (width, height)
    assert pose.keypoints.dtype == np.float32
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(x, abs=0.03 * tall + 1)
    assert pose.keypoints[NOSE, 1] == pytest.approx(y - tall / 2, abs=0.03 * tall + 1)
    assert pose.keypoints[L_ANKLE, 1] == pytest.approx(y + tall / 2, abs=0.03 * tall + 1)
    assert inside(follower.square, x, y, tall)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 9), (16, 16)])
def test_tiny_frames(width: int, height: int) -> None:
    """Frames too small for a person still give a pose, of no confidence."""
    follower = RunnerFollower(FakePoseModel(see_block))
    for pose in follow(follower, [np.zeros((height, width, 3), np.uint8)] * 3):
        assert np.isfinite(pose.keypoints).all()
        assert pose.keypoints[:, 2].max() < 0.1


def test_looks_at_the_whole_frame_first() -> None:
    """The first look is at the whole frame; later looks are closer."""
    model = FakePoseModel(see_block)
    follower = RunnerFollower(model)
    rgb = block(1280, 720, 900, 300, 200)
    follow(follower, [rgb] * 3)
    share = [(square[:, :, 0] > 127).mean() for square in model.squares]
    assert share[1] > 5 * share[0]


def test_steps_do_not_move_the_square() -> None:
    """A runner who bobs by 4 % and swings arms and legs in and out is seen through one square for all strides.

    If the square moved with the steps, the model's grid would move under the body in time with them, and the angles
    would sway.
    """
    follower = RunnerFollower(FakePoseModel(see_block))
    phase = np.arange(8 * FPS) / FPS * 2 * np.pi * 2.8
    pictures = [block(640, 480, 320 + 4 * np.sin(p / 2), 240 + 10 * np.sin(p), 260 + 8 * np.cos(p)) for p in phase]
    follow(follower, pictures[:FPS])
    squares = set()
    for i, rgb in enumerate(pictures[FPS:], start=FPS):
        follower.step(Frame(i / FPS, rgb))
        squares.add(follower.square)
    assert len(squares) <= 2  # it may shrink once, when the first two seconds are over


def test_follows_a_runner_who_drifts() -> None:
    """A runner who drifts across the frame and comes nearer never leaves the square."""
    follower = RunnerFollower(FakePoseModel(see_block))
    for i in range(150):
        x, y, tall = 200 + 3 * i, 240 + 0.3 * i, 150 + 0.8 * i
        follower.step(Frame(i / FPS, block(960, 540, x, y, tall)))
        assert inside(follower.square, x, y, tall)


def test_shrinks_when_the_runner_goes_away() -> None:
    """A runner who steps back is looked at closely again, after the two seconds that a stride can never take."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(960, 540, 480, 270, 400)] * 10)
    near = follower.square
    follow(follower, [block(960, 540, 480, 270, 200)] * 150, start_s=1)
    assert near is not None
    assert follower.square is not None
    assert follower.square.size_px < 0.6 * near.size_px


def test_a_blink_is_forgiven() -> None:
    """A runner hidden for a moment is looked for in the same place."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(640, 480, 400, 240, 200)] * 8)
    square = follower.square
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * int(LOST_AFTER_S * FPS * 0.8), start_s=8 / FPS)
    assert follower.square == square


def test_recovers_elsewhere() -> None:
    """A runner who leaves and comes back in another place and size is found again at once."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(640, 480, 120, 240, 150)] * 20)
    follow(follower, [np.zeros((480, 640, 3), np.uint8)] * 30, start_s=1)
    assert follower.square is None
    pose = follow(follower, [block(640, 480, 500, 300, 250)] * 2, start_s=3)[-1]
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(500, abs=5)
    assert inside(follower.square, 500, 300, 250)


def test_a_small_runner_in_a_wide_frame() -> None:
    """Where the whole frame shows the runner too small to be seen, smaller squares are searched in turn."""

    def short_sighted(square: np.ndarray) -> np.ndarray:
        seen = see_block(square)
        return seen if (square[:, :, 0] > 127).any(axis=1).sum() > 60 else np.full((17, 3), (0.5, 0.5, 0), np.float32)

    follower = RunnerFollower(FakePoseModel(short_sighted))
    pose = follow(follower, [block(1920, 480, 1600, 240, 220)] * 10)[-1]
    assert pose.keypoints[NOSE, 2] > 0.5
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(1600, abs=5)


def test_upper_body_only() -> None:
    """With the legs hidden the runner is still followed closely, not through the whole frame."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(1280, 720, 900, 300, 200, (255, 0, 0))] * 10)
    assert follower.square is not None
    assert follower.square != whole_frame(1280, 720)
    assert inside(follower.square, 900, 250, 100)  # nose to hips


def test_doubt_looks_again() -> None:
    """A thing mistaken for a person does not hold the square for ever: after some seconds of doubt it looks again."""

    def doubtful(square: np.ndarray) -> np.ndarray:
        keypoints = see_block(square)
        keypoints[:, 2] = np.minimum(keypoints[:, 2], 0.25)
        return keypoints

    follower = RunnerFollower(FakePoseModel(doubtful))
    squares = []
    for i in range(5 * FPS):
        follower.step(Frame(i / FPS, block(640, 480, 100, 100, 90)))
        squares.append(follower.square)
    assert squares[FPS] is not None
    assert None in squares[FPS:]


def test_size_changes_in_mid_stream() -> None:
    """When the frames change their size, the runner is looked for anew, in the new pixels."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(640, 480, 100, 100, 120)] * 5)
    pose = follow(follower, [block(320, 640, 200, 500, 120)] * 4, start_s=1)[-1]
    assert (pose.width_px, pose.height_px) == (320, 640)
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(200, abs=4)


def test_time_may_jump_back() -> None:
    """A source that starts again at zero (a looped video) does not confuse the follower."""
    follower = RunnerFollower(FakePoseModel(see_block))
    follow(follower, [block(640, 480, 300, 200, 150)] * 90, start_s=100)
    pose = follow(follower, [block(640, 480, 300, 200, 150)] * 5, start_s=0)[-1]
    assert pose.t_s == pytest.approx(4 / FPS)
    assert pose.keypoints[[L_HIP, R_HIP], 0].mean() == pytest.approx(300, abs=4)


def test_frames_are_not_changed() -> None:
    """A frame that may not be written to is fine: the follower only reads."""
    rgb = block(640, 480, 300, 200, 150)
    rgb.setflags(write=False)
    follow(RunnerFollower(FakePoseModel(see_block)), [rgb] * 3)


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
