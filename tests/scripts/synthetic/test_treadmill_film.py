"""Clips are rendered whole or not at all, the same every time.  Needs OpenGL (moderngl and EGL)."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic.description import Activity, Build, Clip, FaultSpan, Light, Runner, Scene, Sensor
from synthetic.errors import DescriptionError, DiskError, NoOpenGLError

pytest.importorskip("moderngl", reason="needs the render extra (moderngl)")

from synthetic import film

SMALL = Clip("small", 3, 1.0, sensor=Sensor(160, 120, 10))
TREADMILL = Path(__file__).resolve().parents[3] / "scripts" / "treadmill"


@pytest.fixture(scope="module", autouse=True)
def opengl() -> None:
    """Skips where OpenGL does not start."""
    try:
        film.Stage(replace(SMALL, runner=None)).close()
    except NoOpenGLError as error:
        pytest.skip(f"needs OpenGL without a screen: {error}")


def pictures(video: Path) -> np.ndarray:
    """All frames, uint8."""
    import av

    with av.open(str(video)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def render(clip: Clip, folder: Path) -> Path:
    """Render one clip into a folder."""
    video = folder / f"{clip.name}.mp4"
    film.render(clip, video, lambda done, total: None)
    return video


def test_same_description_same_bytes(tmp_path: Path) -> None:
    """Rendering twice gives the same video and the same truth, byte for byte; another seed gives others."""
    clip = replace(SMALL, sensor=replace(SMALL.sensor, noise=0.03, dropped=0.2, exposure_s=0.01))
    first, second = (render(clip, tmp_path / name) for name in ("a", "b") if not (tmp_path / name).mkdir())
    assert first.read_bytes() == second.read_bytes()
    assert first.with_suffix(".json").read_bytes() == second.with_suffix(".json").read_bytes()
    other = render(replace(clip, name="other", seed=4), tmp_path)
    assert other.read_bytes() != first.read_bytes()


def test_everything_at_once_can_be_rendered(tmp_path: Path) -> None:
    """A heavy small runner with two faults and a gesture, seen through every nuisance, gives frames and truth."""
    clip = Clip(
        "all",
        5,
        1.5,
        Runner(Build("female", 1.52, 0.9, 0.3, 66.0)),
        (FaultSpan("lean_hips", 0.2, 1.2, 10.0, 0.5), FaultSpan("twist", 0.2, 1.2, 1.8, 0.5)),
        (Activity("wipe", 0.2, 1.3),),
        sensor=Sensor(160, 120, 10, 0.03, 0.2, 0.05),
        light=Light(0.3, 0.8, 0.2, 0.5),
        scene=Scene("high", "long", 3, 2, True, True, True),
    )
    video = render(clip, tmp_path)
    record = json.loads(video.with_suffix(".json").read_text())
    frames = pictures(video)
    assert len(frames) == len(record["frames"]["t_s"]) == len(record["keypoints_px"]) < 15
    assert all(np.ptp(frame) > 30 for frame in frames)


def test_runner_is_where_the_truth_says(tmp_path: Path) -> None:
    """The picture differs from that of the empty treadmill at the visible key points of the trunk."""
    with_runner = render(SMALL, tmp_path)
    empty = pictures(render(replace(SMALL, name="empty", runner=None), tmp_path))
    record = json.loads(with_runner.with_suffix(".json").read_text())
    for seen, blank, points in zip(pictures(with_runner), empty, record["keypoints_px"], strict=True):
        for index in (5, 6, 11, 12):
            x, y, visible = points[index]
            if visible:
                spot = slice(int(y) - 1, int(y) + 2), slice(int(x) - 1, int(x) + 2)
                assert np.abs(seen[spot].astype(int) - blank[spot]).max() > 15


def test_wrong_description_is_refused(tmp_path: Path) -> None:
    """A clip with a problem is refused before anything is written."""
    with pytest.raises(DescriptionError, match="duration_s"):
        render(replace(SMALL, duration_s=0.0), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_be_written_is_said() -> None:
    """Where no file can be, the message names the file and the reason."""
    with pytest.raises(DiskError, match=r"cannot write /dev/full/small\.mp4: not a directory"):
        film.make([(SMALL, Path("/dev/full/small.mp4"))], 1, lambda done, total: None)


def test_full_disk_is_said(tmp_path: Path) -> None:
    """When the disk takes no more, one line says so, the exit code is 2, and no half clip is left."""
    description = tmp_path / "x.toml"
    description.write_text("duration_s = 4.0\n[sensor]\nwidth_px = 160\nheight_px = 120\nnoise = 0.1\n")
    # A limit on the size of files is what a full disk is to one file.
    command = f"ulimit -f 20; exec {sys.executable} {TREADMILL} render {description} --out {tmp_path}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".mp4", ".json")] == []


@pytest.mark.parametrize(("ending", "jobs", "code"), [(signal.SIGINT, "1", 130), (signal.SIGTERM, "2", 143)])
def test_interrupted_render_leaves_no_half_clip_and_resumes(
    tmp_path: Path, ending: signal.Signals, jobs: str, code: int
) -> None:
    """Ended from outside, the command leaves nothing but whole clips; the next run makes the rest."""
    long = tmp_path / "long.toml"
    long.write_text("duration_s = 600.0\n[sensor]\nwidth_px = 160\nheight_px = 120\n")
    command = [sys.executable, str(TREADMILL), "render", str(long), "--out", str(tmp_path), "--jobs", jobs]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline_s = time.monotonic() + 60
    while not list(tmp_path.glob(".long.*.mp4")) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    assert list(tmp_path.glob(".long.*.mp4")), "it never began"
    running.send_signal(ending)
    assert running.wait(30) == code
    assert [path.suffix for path in tmp_path.iterdir() if path.suffix in (".mp4", ".json")] == []
    long.write_text(long.read_text().replace("600", "1"))
    assert subprocess.run(command, check=False).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"long.toml", "long.mp4", "long.json"}


def test_two_at_once_share_the_work(tmp_path: Path) -> None:
    """Two processes that want the same clips both get them, whole, and nothing else is left behind."""
    clips = [replace(SMALL, name=name) for name in ("one", "two")]
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=ensure, args=(clips, tmp_path)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(120)
        assert process.exitcode == 0
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".json", ".mp4", ".mp4"]


def ensure(clips: list[Clip], folder: Path) -> None:
    """What each of the two processes does."""
    videos = film.ensure(clips, folder, 1, lambda done, total: None)
    assert all(pictures(video).shape[0] == 10 for video in videos)


def test_leftovers_of_a_killed_render_are_taken_away(tmp_path: Path) -> None:
    """Half files of a process that was killed do not stay once the clip is rendered again."""
    video = tmp_path / "small.mp4"
    half = tmp_path / f".small.{os.getpid() + 1}.mp4"
    half.write_bytes(b"half")
    film.make([(SMALL, video)], 1, lambda done, total: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.json", "small.mp4"]


def test_changed_description_is_another_file() -> None:
    """Any change of what is shown changes the name in the cache; asking again does not."""
    assert film.digest(SMALL) == film.digest(replace(SMALL))
    assert film.digest(SMALL) != film.digest(replace(SMALL, seed=9))
    assert film.digest(SMALL) != film.digest(replace(SMALL, light=Light(level=0.9)))
