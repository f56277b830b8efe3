"""Frames from video files."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from movies import make_movie, turn

from device.errors import SourceError
from device.frames import FrameSource, open_source
from device.frames.video import VideoFile
from device.records import Frame

EVEN = [number / 30 for number in range(60)]


def read(source: FrameSource) -> list[Frame]:
    try:
        return list(source.frames())
    finally:
        source.close()


def corner(frame: Frame) -> str:
    """Which corner of the picture is red."""
    height, width = frame.rgb.shape[:2]
    red = frame.rgb[..., 0].astype(int) - frame.rgb[..., 2]
    rows = "upper" if red[: height // 2].sum() > red[height // 2 :].sum() else "lower"
    columns = "left" if red[:, : width // 2].sum() > red[:, width // 2 :].sum() else "right"
    return f"{rows} {columns}"


def test_frames_are_upright_rgb(tmp_path: Path) -> None:
    """Frames come as uint8 RGB, colours in that order."""
    frame = read(open_source(make_movie(tmp_path / "a.mp4", EVEN)))[0]
    assert frame.rgb.shape == (48, 64, 3)
    assert frame.rgb.dtype == np.uint8
    assert frame.rgb[5, 5, 0] > 200
    assert frame.rgb[40, 60, 2] > 200
    assert corner(frame) == "upper left"


@pytest.mark.parametrize(("degrees", "where"), [(90, "upper right"), (180, "lower right"), (270, "lower left")])
def test_rotation_metadata_is_honoured(tmp_path: Path, degrees: int, where: str) -> None:
    """A video taken with the phone turned is shown as players show it."""
    path = make_movie(tmp_path / "a.mp4", EVEN[:5])
    turn(path, degrees)
    frame = read(open_source(path))[0]
    assert frame.rgb.shape == ((64, 48, 3) if degrees != 180 else (48, 64, 3))
    assert corner(frame) == where


def test_times_are_the_files_own(tmp_path: Path) -> None:
    """A variable frame rate comes through as it is."""
    chance = random.Random(3)
    times_s = [round(number / 20 + chance.uniform(0, 0.04), 3) for number in range(50)]
    frames = read(open_source(make_movie(tmp_path / "a.mkv", times_s)))
    assert [frame.t_s for frame in frames] == pytest.approx(times_s, abs=0.0011)


def test_times_grow_strictly(tmp_path: Path) -> None:
    """Every frame is later than the one before it."""
    frames = read(open_source(make_movie(tmp_path / "a.mp4", EVEN)))
    assert len(frames) == 60
    assert all(later.t_s > earlier.t_s for earlier, later in pairwise(frames))


def test_odd_sizes(tmp_path: Path) -> None:
    """A frame of odd size is read whole."""
    assert read(open_source(make_movie(tmp_path / "a.mkv", EVEN[:3], (161, 119))))[0].rgb.shape == (119, 161, 3)


@pytest.mark.parametrize("kind", ["mkv", "fragmented mp4"])
def test_a_cut_off_file_gives_what_is_readable_and_says_so(tmp_path: Path, kind: str) -> None:
    """A video cut off half-way is read up to there; the rest is reported."""
    path = tmp_path / ("a.mkv" if kind == "mkv" else "a.mp4")
    options = {} if kind == "mkv" else {"movflags": "faststart"}
    make_movie(path, [number / 30 for number in range(300)], (320, 240), options=options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.6)])
    source = open_source(path)
    frames = read(source)
    assert 20 < len(frames) < 300
    assert source.trouble is not None
    assert str(path) in source.trouble


def test_a_whole_file_has_no_trouble(tmp_path: Path) -> None:
    """A file that ends where it should is not called cut off."""
    source = open_source(make_movie(tmp_path / "a.mp4", EVEN))
    assert source.duration_s == pytest.approx(2.0, abs=0.1)
    read(source)
    assert source.trouble is None


def test_damaged_middle_costs_only_itself(tmp_path: Path) -> None:
    """Bytes overwritten in the middle cost some frames, not the rest of the run."""
    path = make_movie(tmp_path / "a.mkv", [number / 30 for number in range(300)], (160, 120))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60] = bytes(60)
    path.write_bytes(data)
    assert read(open_source(path))[-1].t_s > 8


def test_what_is_no_video_is_refused_with_its_name(tmp_path: Path) -> None:
    """A missing file, a folder, a text, an empty file: each says what is wrong and where."""
    (tmp_path / "text.mp4").write_text("this is not a video")
    (tmp_path / "empty.mp4").write_bytes(b"")
    for path, reason in [
        (tmp_path / "none.mp4", "no such file"),
        (tmp_path, "not a file"),
        (tmp_path / "text.mp4", "cannot be read as a video"),
        (tmp_path / "empty.mp4", "cannot be read as a video"),
    ]:
        with pytest.raises(SourceError, match=reason) as caught:
            VideoFile(path)
        assert str(path) in str(caught.value)


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    """Closing lets go of the file, as often as asked."""
    source = open_source(make_movie(tmp_path / "a.mp4", EVEN[:2]))
    source.close()
    source.close()
