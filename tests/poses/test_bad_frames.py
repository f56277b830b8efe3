"""Frames that show nothing, change their size or have hardly any: from picture to cue, with the shipped model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import CLIPS, form_coach
from movies import make_movie
from PIL import Image

from device import loop
from device.pipeline import Coach
from device.poses import PoseModel, load_model
from device.poses.follow import RunnerFollower
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER, Frame, Moment, Pose
from device.settings import Settings

FPS = 25
TRUNK = [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]
BACK_S = 0.5  # so soon a runner is found again (issue 8)


@pytest.fixture(scope="module")
def model() -> PoseModel:
    return load_model(threads=1)


@pytest.fixture(scope="module")
def clip() -> list[np.ndarray]:
    """The first 1.6 s of the demonstration: a runner in frames of 640×480."""
    with av.open(str(CLIPS / "demo.mp4")) as film:
        return [frame.to_ndarray(format="rgb24") for _, frame in zip(range(40), film.decode(video=0), strict=False)]


class Stream:
    """Pictures one by one through a follower, as the coach's loop takes them."""

    duration_s = None
    trouble = None
    trouble_code = 0

    def __init__(self, model: PoseModel, pictures: list[np.ndarray]) -> None:
        self.follower = RunnerFollower(model)
        self._pictures = pictures

    def __iter__(self) -> Iterator[tuple[Frame, Pose]]:
        for number, rgb in enumerate(self._pictures):
            frame = Frame(number / FPS, rgb)
            yield frame, self.follower.step(frame)

    def close(self) -> None:
        pass


def coached(model: PoseModel, pictures: list[np.ndarray]) -> tuple[list[Moment], RunnerFollower]:
    """What the coach makes of pictures, from the first to the last."""
    stream, moments = Stream(model, pictures), []
    loop.run(stream, Coach(Settings()), [], show=moments.append)
    return moments, stream.follower


def scaled(rgb: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.asarray(Image.fromarray(rgb).resize((width, height)))


@pytest.mark.parametrize("brightness", [0, 128, 255], ids=["black", "grey", "white"])
@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (600, 8), (8, 600), (1, 1)], ids=str)
def test_an_empty_picture_shows_nobody(model: PoseModel, brightness: int, size: tuple[int, int]) -> None:
    """Nobody is followed in all-black, all-grey or all-white frames, be they usual or tiny, and nothing is said."""
    moments, follower = coached(model, [np.full((*size, 3), brightness, np.uint8)] * 15)
    assert len(moments) == 15
    assert follower.square is None
    for moment in moments:
        assert np.isfinite(moment.pose.keypoints).all()
        assert not moment.posture.seen
        assert moment.said is None


def test_a_flash_loses_nobody_for_long(model: PoseModel, clip: list[np.ndarray]) -> None:
    """After some white frames, and some black ones, the runner is where they were before."""
    white, black = (np.full_like(clip[0], brightness) for brightness in (255, 0))
    moments, _ = coached(model, [*clip[:15], *[white] * 3, *[black] * 3, *clip[21:]])
    straight, _ = coached(model, clip)
    off_px = np.abs(moments[-1].pose.keypoints[TRUNK, :2] - straight[-1].pose.keypoints[TRUNK, :2])
    assert off_px.max() < 6


@pytest.mark.parametrize("size", [(1280, 960), (320, 240), (800, 600)], ids=str)
def test_a_camera_that_changes_its_size(model: PoseModel, clip: list[np.ndarray], size: tuple[int, int]) -> None:
    """From the very next frame on poses are in the new frame's pixels, and within half a second of the right runner."""
    turn = 20
    moments, _ = coached(model, clip[:turn] + [scaled(rgb, *size) for rgb in clip[turn:]])
    straight, _ = coached(model, clip)
    assert all((m.pose.width_px, m.pose.height_px) == size for m in moments[turn:])
    for moment, before in list(zip(moments, straight, strict=True))[turn + round(BACK_S * FPS) :]:
        assert moment.pose.keypoints[TRUNK, 2].max() > 0.3
        off_px = moment.pose.keypoints[TRUNK, :2] * (640 / size[0]) - before.pose.keypoints[TRUNK, :2]
        assert np.abs(off_px).max() < 0.03 * 640


def test_sizes_that_change_all_the_time(model: PoseModel, clip: list[np.ndarray]) -> None:
    """Every frame of another size, one of a single pixel among them, stops nothing."""
    sizes = [(640, 480), (480, 640), (1, 1), (8, 600), (641, 479), (2000, 100)]
    pictures = [scaled(rgb, *sizes[i % len(sizes)]) for i, rgb in enumerate(clip)]
    moments, _ = coached(model, pictures)
    assert [(m.pose.width_px, m.pose.height_px) for m in moments] == [rgb.shape[1::-1] for rgb in pictures]
    assert all(np.isfinite(moment.pose.keypoints).all() for moment in moments)


def test_a_picture_turned_in_memory_is_the_same_picture(model: PoseModel, clip: list[np.ndarray]) -> None:
    """Rows and columns that do not lie one after another, as of a mirrored or cropped picture, change no pose."""
    mirrored = [rgb[:, ::-1] for rgb in clip[:8]]
    views, _ = coached(model, mirrored)
    copies, _ = coached(model, [np.ascontiguousarray(rgb) for rgb in mirrored])
    for view, copy in zip(views, copies, strict=True):
        assert view.pose.keypoints.tobytes() == copy.pose.keypoints.tobytes()


def alone(folder: Path) -> dict[str, str]:
    """The environment of a coach that keeps its files in a folder."""
    return {**os.environ, "XDG_STATE_HOME": str(folder / "state"), "XDG_RUNTIME_DIR": str(folder / "run")}


def film(path: Path, pictures: list[np.ndarray]) -> bytes:
    """Pictures of one size as a bare H.264 stream, which can be put behind another."""
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for rgb in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


def test_a_film_that_changes_its_size(tmp_path: Path, clip: list[np.ndarray]) -> None:
    """``form-coach replay`` coaches it to the end, and writes all that was asked for."""
    parts = (clip[:20], [scaled(rgb, 800, 600) for rgb in clip[20:]])
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(film(tmp_path / "part.h264", part) for part in parts))
    outputs = {"events": "e.jsonl", "poses": "p.npz", "posture": "p.csv", "video": "v.mp4"}
    options = [word for name, file in outputs.items() for word in (f"--{name}", tmp_path / file)]
    done = form_coach("replay", path, *options)
    assert (done.code, done.err) == (0, ""), done.err
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 1 + len(clip)
    with np.load(tmp_path / "p.npz") as log:
        before, after = log["keypoints"][19], log["keypoints"][-1]
    assert np.abs(after[TRUNK, :2] * (640 / 800) - before[TRUNK, :2]).max() < 40  # some strides lie between
    with av.open(str(tmp_path / "v.mp4")) as video:
        assert len({(frame.width, frame.height) for frame in video.decode(video=0)}) == 1


@pytest.mark.parametrize("size", [(2, 2), (8, 600), (600, 8)], ids=str)
def test_a_film_with_hardly_any_pixels(tmp_path: Path, size: tuple[int, int]) -> None:
    """It is coached like any other: there is nobody in it."""
    done = form_coach("replay", make_movie(tmp_path / "tiny.mp4", [i / 30 for i in range(12)], size))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("no runner seen")


@pytest.mark.parametrize("threads", [0, 64])
def test_a_thread_count_that_cannot_be(tmp_path: Path, threads: int) -> None:
    """``replay`` refuses it, and says what it may be; ``run``, which nobody watches, says so and goes on with two."""
    settings, clip = tmp_path / "settings.toml", make_movie(tmp_path / "clip.mp4", [i / 30 for i in range(6)])
    settings.write_text(f"[model]\nthreads = {threads}\n")
    told = f"model.threads = {threads}: must be a whole number 1 to 16"
    done = form_coach("replay", clip, "--config", settings)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    done = form_coach("run", "--source", clip, "--config", settings, env=alone(tmp_path))
    assert done.code == 0
    assert told in done.err


def test_more_threads_than_processors(tmp_path: Path, clip: list[np.ndarray]) -> None:
    """The most threads that can be set give the very poses that one gives."""
    (tmp_path / "clip.h264").write_bytes(film(tmp_path / "part.h264", clip[:12]))
    poses = []
    for threads in (1, 16):
        settings, log = tmp_path / f"{threads}.toml", tmp_path / f"{threads}.npz"
        settings.write_text(f"[model]\nthreads = {threads}\n")
        done = form_coach("replay", tmp_path / "clip.h264", "--config", settings, "--poses", log)
        assert (done.code, done.err) == (0, ""), done.err
        with np.load(log) as arrays:
            poses.append(arrays["keypoints"].tobytes())
    assert poses[0] == poses[1]
