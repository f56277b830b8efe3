"""A file played in real time, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from movies import make_movie

from device.errors import SourceError
from device.frames import played
from device.frames.played import PlayedFile
from device.frames.video import VideoFile

START_S = 1000.0
SECOND = [number / 30 for number in range(30)]


class Clock:
    """Time that passes only while somebody sleeps or the test says so."""

    def __init__(self) -> None:
        self.now_s = START_S

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, span_s: float) -> None:
        assert span_s > 0
        self.now_s += span_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_movie(tmp_path / "film.mp4", SECOND)


@pytest.fixture
def play(film: Path, clock: Clock) -> Iterator[Any]:
    """Opens the film; it is closed when the test ends."""
    opened: list[PlayedFile] = []

    def begin(**options: Any) -> PlayedFile:
        opened.append(PlayedFile(film, clock=clock, sleep=clock.sleep, **options))
        return opened[-1]

    yield begin
    for source in opened:
        source.close()


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever a picture is converted to RGB."""
    real, done = VideoFile._upright, []

    def count(self: VideoFile, picture: Any) -> np.ndarray:
        done.append(1)
        return real(self, picture)

    monkeypatch.setattr(VideoFile, "_upright", count)
    return done


def test_frames_come_when_they_are_due(play: Any, clock: Clock) -> None:
    """A frame's time is when playing began plus the file's own time, and it comes at that time."""
    taken = [(frame.t_s, clock.now_s) for frame in play().frames()]
    assert [t_s for t_s, _ in taken] == pytest.approx([START_S + t_s for t_s in SECOND], abs=0.001)
    assert [now_s for _, now_s in taken] == pytest.approx([t_s for t_s, _ in taken])


def test_without_loop_it_ends_when_the_last_frame_has_been_seen(play: Any, clock: Clock) -> None:
    """The end comes a frame time after the last frame, without an error."""
    assert len(list(play().frames())) == 30
    assert clock.now_s == pytest.approx(START_S + 1.0, abs=0.01)


def test_a_loop_goes_on_evenly(play: Any) -> None:
    """From round to round the time grows by just a frame time."""
    frames = list(islice(play(loop=True).frames(), 95))
    steps = [later.t_s - earlier.t_s for earlier, later in pairwise(frames)]
    assert min(steps) > 0.03
    assert max(steps) < 0.037


def test_who_is_late_gets_what_is_due(play: Any, clock: Clock, conversions: list[int]) -> None:
    """Frames that were missed are left out, and cost no conversion."""
    frames = play().frames()
    next(frames)
    clock.now_s += 0.5
    frame = next(frames)
    assert clock.now_s - frame.t_s <= 1 / 30 + 0.001
    assert frame.t_s == pytest.approx(START_S + 0.5, abs=0.04)
    assert len(conversions) == 2


def test_who_is_late_over_the_end_gets_the_next_round(play: Any, clock: Clock) -> None:
    """A pause that lasts longer than the film does not end it, and no frame is dated back."""
    frames = play(loop=True).frames()
    first = next(frames)
    clock.now_s += 7.3
    later = list(islice(frames, 40))
    assert later[0].t_s >= first.t_s + 7.3
    assert all(after.t_s > before.t_s for before, after in pairwise(later))


def test_a_file_read_more_slowly_than_it_plays_still_gives_frames(
    play: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine too slow for the film frames come at least every second, at their true times."""
    real = played._Film._pictures

    def slowly(self: Any) -> Iterator[Any]:
        for picture in real(self):
            clock.now_s += 0.07
            yield picture

    monkeypatch.setattr(played._Film, "_pictures", slowly)
    begun_s = clock.now_s
    times_s = [frame.t_s for frame in islice(play(loop=True).frames(), 20)]
    assert max(later - earlier for earlier, later in pairwise([begun_s, *times_s])) < 1.0
    assert abs(clock.now_s - times_s[-1]) < 0.1


def test_a_machine_that_slept_goes_on(play: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a suspension as long as it may be, the film goes on after half a second of catching up."""
    frames = play(loop=True).frames()
    next(frames)
    clock.now_s += 3600.0
    assert clock.now_s - next(frames).t_s < 0.1
    assert clock.now_s < START_S + 3602.0


def test_a_file_taken_away_is_a_camera_unplugged(play: Any, clock: Clock, film: Path) -> None:
    """Within two seconds after the file is gone there is an error that says so."""
    frames = play(loop=True).frames()
    next(frames)
    film.rename(film.with_suffix(".away"))
    with pytest.raises(SourceError, match="taken away"):
        list(islice(frames, 1000))
    assert clock.now_s < START_S + 2.1


def test_a_file_is_missed_between_pictures_too(clock: Clock, tmp_path: Path) -> None:
    """However long it is to the next picture."""
    path = make_movie(tmp_path / "slow.mkv", [0.0, 60.0])
    source = PlayedFile(path, clock=clock, sleep=clock.sleep)
    frames = source.frames()
    next(frames)
    path.unlink()
    with pytest.raises(SourceError, match="taken away"):
        next(frames)
    assert clock.now_s < START_S + 2.1
    source.close()


def test_a_file_given_back_can_be_opened_again(play: Any, film: Path) -> None:
    """Unplugged and plugged in again."""
    frames = play(loop=True).frames()
    next(frames)
    film.rename(film.with_suffix(".away"))
    with pytest.raises(SourceError):
        list(islice(frames, 1000))
    with pytest.raises(SourceError, match="no such file"):
        play()
    film.with_suffix(".away").rename(film)
    assert len(list(islice(play(loop=True).frames(), 5))) == 5


def test_a_film_that_was_replaced_is_taken_up_by_the_next_round(play: Any, film: Path, tmp_path: Path) -> None:
    """One can put another film in place."""
    frames = play(loop=True).frames()
    assert next(frames).rgb.shape == (48, 64, 3)
    make_movie(tmp_path / "other.mp4", SECOND, (32, 24)).replace(film)
    assert list(islice(frames, 35))[-1].rgb.shape == (24, 32, 3)


def test_a_damaged_film_plays_what_can_be_read(clock: Clock, tmp_path: Path) -> None:
    """A damaged film is no reason to stop a loop."""
    path = make_movie(tmp_path / "a.mkv", [number / 30 for number in range(90)], (320, 240))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)
    source = PlayedFile(path, True, clock=clock, sleep=clock.sleep)
    frames = list(islice(source.frames(), 250))
    source.close()
    assert all(later.t_s > earlier.t_s for earlier, later in pairwise(frames))


def test_what_cannot_be_read_is_kept_as_trouble(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film that breaks off ends, and says why."""
    real = played._Film._pictures

    def broken(self: Any) -> Iterator[Any]:
        yield from islice(real(self), 5)
        self.trouble = "film.mp4: the rest cannot be read"

    monkeypatch.setattr(played._Film, "_pictures", broken)
    source = play()
    assert len(list(source.frames())) == 5
    assert source.trouble == "film.mp4: the rest cannot be read"


def test_a_film_without_pictures_does_not_spin(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose pictures are all damaged raises, instead of looping for ever without a frame."""
    monkeypatch.setattr(played._Film, "_pictures", lambda self: iter(()))
    with pytest.raises(SourceError, match="not one picture"):
        next(play(loop=True).frames())
