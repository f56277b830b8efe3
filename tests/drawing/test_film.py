"""The film as a file."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from invented import moment, picture

from device.drawing.film import Film
from device.drawing.overlay import Overlay
from device.errors import UsageError
from device.records import Cue, Frame

TIMES = (10.0, 10.04, 10.08, 10.16, 10.2, 10.3, 10.4, 10.5)


class FakeTrack:
    """A track with a tone from ``from_s`` to ``to_s``, and what was asked of it."""

    def __init__(self, from_s: float, to_s: float, rate_hz: int = 22050) -> None:
        self.rate_hz = rate_hz
        self.between = (from_s, to_s)
        self.asked: list[tuple[float, float]] = []

    def samples(self, from_s: float, to_s: float) -> np.ndarray:
        self.asked.append((from_s, to_s))
        t = np.arange(round(from_s * self.rate_hz), round(to_s * self.rate_hz)) / self.rate_hz
        tone = 12000 * np.sin(2 * np.pi * 500 * t)
        return cast(np.ndarray, np.where((t >= self.between[0]) & (t < self.between[1]), tone, 0).astype(np.int16))


def film(path: Path, track: Any = None, times: tuple[float, ...] = TIMES) -> None:
    with Film(path, track) as made:
        for k, t_s in enumerate(times):
            made.add(Frame(t_s, picture(k)), moment(t_s))


def video(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def sound(path: Path) -> tuple[np.ndarray, int]:
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    assert abs(float(frames[0].pts * frames[0].time_base)) < 0.03
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), frames[0].sample_rate


def test_every_frame_is_in_the_film_at_its_own_time(tmp_path: Path) -> None:
    """The film has the frames' own times, counted from the first one, even where they are not evenly spaced."""
    film(tmp_path / "demo.mp4")
    frames = video(tmp_path / "demo.mp4")
    assert [frame.time for frame in frames] == pytest.approx([t - TIMES[0] for t in TIMES], abs=0.001)
    with av.open(str(tmp_path / "demo.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.codec_context.name) == (1280, 720, "h264")
        assert stream.codec_context.pix_fmt == "yuv420p"  # what every phone can play
        assert not container.streams.audio


def test_the_film_shows_what_was_drawn(tmp_path: Path) -> None:
    """Colours and order survive the encoding."""
    film(tmp_path / "demo.mp4")
    overlay = Overlay()
    for k, frame in enumerate(video(tmp_path / "demo.mp4")):
        drawn = overlay.draw(Frame(TIMES[k], picture(k)), moment(TIMES[k]))
        seen = frame.reformat(format="rgb24", src_colorspace=av.video.reformatter.Colorspace.ITU709).to_ndarray()
        assert np.abs(seen.astype(int) - drawn).mean() < 4


@pytest.mark.parametrize("rate_hz", [22050, 22000])
def test_the_speech_is_heard_when_it_was_said(tmp_path: Path, rate_hz: int) -> None:
    """The film carries the run's speech, in time with the picture, whatever the track's rate."""
    times = tuple(5 + k / 10 for k in range(31))
    film(tmp_path / "demo.mp4", FakeTrack(6.0, 7.0, rate_hz), times)
    heard, rate = sound(tmp_path / "demo.mp4")
    loud = np.flatnonzero(np.abs(heard) > 0.1) / rate
    assert loud[0] == pytest.approx(1.0, abs=0.03)
    assert loud[-1] == pytest.approx(2.0, abs=0.03)
    assert heard.size / rate == pytest.approx(3.0, abs=0.1)


def test_the_track_is_asked_only_up_to_the_frames_time(tmp_path: Path) -> None:
    """What is said later may still be added to the track: nothing ahead of a frame is fetched before it."""
    track = FakeTrack(0.0, 0.0)
    with Film(tmp_path / "demo.mp4", cast(Any, track)) as made:
        for t_s in TIMES:
            made.add(None, moment(t_s))
            assert all(to_s <= t_s + 1e-4 for _, to_s in track.asked)
    stretches = track.asked[:-1]  # the last one asks for what goes on after the last picture
    assert all(first[1] == pytest.approx(second[0]) for first, second in pairwise(stretches))


def test_speech_is_not_cut_off_with_the_last_picture(tmp_path: Path) -> None:
    """A cue that is still being spoken at the last picture is heard to its end."""
    film(tmp_path / "demo.mp4", FakeTrack(10.3, 11.5))
    heard, rate = sound(tmp_path / "demo.mp4")
    assert np.flatnonzero(np.abs(heard) > 0.1)[-1] / rate == pytest.approx(1.5, abs=0.05)


def test_a_hole_in_the_source_does_not_shift_the_sound(tmp_path: Path) -> None:
    """A camera that pauses for a minute leaves picture and sound in time."""
    film(tmp_path / "demo.mp4", FakeTrack(61.0, 61.5), (0.0, 0.1, 60.9, 61.0, 61.5))
    heard, rate = sound(tmp_path / "demo.mp4")
    assert np.flatnonzero(np.abs(heard) > 0.1)[0] / rate == pytest.approx(61.0, abs=0.03)
    assert video(tmp_path / "demo.mp4")[2].time == pytest.approx(60.9, abs=0.001)


def test_times_that_do_not_grow_do_not_stop_the_film(tmp_path: Path) -> None:
    """A source that repeats a time costs no film."""
    film(tmp_path / "demo.mp4", None, (0.0, 0.1, 0.1, 0.05, 0.2))
    assert len(video(tmp_path / "demo.mp4")) == 5


def test_a_film_without_frames_leaves_no_file(tmp_path: Path) -> None:
    """No runner, no film; closing again is harmless."""
    made = Film(tmp_path / "demo.mp4")
    made.close()
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_until_it_is_closed_the_name_is_free(tmp_path: Path) -> None:
    """Nobody finds half a film under its name, and an earlier film stays until the new one is whole."""
    path = tmp_path / "demo.mp4"
    path.write_bytes(b"earlier")
    made = Film(path)
    made.add(None, moment(0.0))
    assert path.read_bytes() == b"earlier"
    made.close()
    made.close()
    assert len(video(path)) == 1
    assert os.listdir(tmp_path) == ["demo.mp4"]
    with pytest.raises(ValueError, match="closed"):
        made.add(None, moment(1.0))


def test_an_interruption_loses_nothing_already_filmed(tmp_path: Path) -> None:
    """After an error elsewhere the film is finished with all that was added, and the error goes on its way."""
    path = tmp_path / "demo.mp4"

    def interrupted() -> None:
        with Film(path) as made:
            for t_s in TIMES:
                made.add(Frame(t_s, picture()), moment(t_s))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(video(path)) == len(TIMES)
    assert os.listdir(tmp_path) == ["demo.mp4"]


def test_an_error_while_drawing_reaches_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the film's own thread is raised where the film is used, and what was filmed before is kept."""
    path = tmp_path / "demo.mp4"
    draw = Overlay.draw

    def broken(self: Overlay, frame: Any, now: Any) -> Any:
        if now.pose.t_s > 10.3:
            raise ZeroDivisionError("broken")
        return draw(self, frame, now)

    monkeypatch.setattr(Overlay, "draw", broken)
    with pytest.raises(ZeroDivisionError, match="broken"):
        film(path)
    assert len(video(path)) == 6
    with pytest.raises(ZeroDivisionError, match="broken"):
        film(path, None, (11.0,))
    assert len(video(path)) == 6  # a film without one picture does not replace it
    assert os.listdir(tmp_path) == ["demo.mp4"]


@pytest.mark.parametrize("where", ["missing/demo.mp4", "folder"])
def test_a_film_that_cannot_be_written_says_why(tmp_path: Path, where: str) -> None:
    """The first frame tells that the film cannot be written, with the file's name and the reason."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"^cannot write .*(No such file|it is a folder)"), Film(tmp_path / where) as m:
        m.add(None, moment(0.0))
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_says_so(tmp_path: Path) -> None:
    """A disk that fills up while filming ends in one clear error."""
    path = tmp_path / "demo.mp4"
    (tmp_path / ".demo.mp4.part").symlink_to("/dev/full")
    with pytest.raises(UsageError, match=r"cannot write .*demo.mp4: No space left"):
        film(path, None, tuple(k / 25 for k in range(20)))
    assert not path.exists()


@pytest.mark.parametrize("name", ["a:b.mp4", "100% läuft.mp4", "no ending"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    """A film is written under any name that the file system takes."""
    film(tmp_path / name, None, (0.0, 0.1))
    assert len(video(tmp_path / name)) == 2 if ":" not in name else (tmp_path / name).stat().st_size > 1000


def test_the_caption_is_in_the_film(tmp_path: Path) -> None:
    """A cue said at a moment is seen in the film at that moment."""
    with Film(tmp_path / "demo.mp4") as made:
        for k in range(4):
            cue = Cue(k / 5, "cue", "forward_lean", "Stand taller") if k == 2 else None
            made.add(None, moment(k / 5, said=cue))
    ambers = []
    for frame in video(tmp_path / "demo.mp4"):
        rgb = frame.to_ndarray(format="rgb24")[560:700, 20:868].astype(int)
        ambers.append(int(((rgb[..., 0] > 220) & (rgb[..., 2] < 130)).sum()))
    assert ambers[0] == ambers[1] == 0
    assert ambers[3] > 10_000
