"""The capture thread: newest frame wins, and a camera that went away is found again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from staged import Camera, picture, until

from device.errors import SourceError
from device.frames import FrameSource
from device.live.capture import Capture
from device.live.journal import Journal
from device.records import Frame


class Staged:
    """A capture of a staged camera, with what the journal was told."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.told: list[str] = []
        self.journal = Journal(lambda kind, text: self.told.append(text))
        self.capture = Capture(camera.open, self.journal)


@pytest.fixture
def staged() -> Iterator[Staged]:
    """One at 100 pictures a second."""
    made = Staged(Camera())
    yield made
    made.capture.stop()
    made.camera.released.set()
    assert made.capture.join(5)
    assert made.capture.failure is None


def test_frames_come_in_order_each_once(staged: Staged) -> None:
    """Who is fast enough gets every frame."""
    staged.capture.start()
    taken = [staged.capture.take(5) for _ in range(20)]
    times = [frame.t_s for frame in taken if frame is not None]
    assert len(times) == 20
    assert times == sorted(set(times))


def test_who_is_slow_gets_the_newest_and_nothing_is_queued(staged: Staged) -> None:
    """After a long look the next frame is a fresh one; those between are counted as dropped."""
    staged.capture.start()
    assert staged.capture.take(5) is not None
    until(lambda: staged.camera.given >= 30)
    frame = staged.capture.take(5)
    assert frame is not None
    assert int(frame.rgb[0, 0, 0]) >= 29
    assert staged.capture.dropped >= 25
    assert staged.capture.dropped <= staged.camera.given


def test_taking_waits_no_longer_than_asked(staged: Staged) -> None:
    """Without a camera there is no frame, after the time given."""
    staged.camera.plugged.clear()
    staged.capture.start()
    begin_s = time.monotonic()
    assert staged.capture.take(0.2) is None
    assert 0.15 < time.monotonic() - begin_s < 2.0


def test_a_camera_that_comes_later_is_found(staged: Staged) -> None:
    """It is looked for until it is there; its absence and its coming are told once."""
    staged.camera.plugged.clear()
    staged.capture.start()
    assert until(lambda: bool(staged.journal.troubles))
    assert staged.capture.waiting(5.0)
    staged.camera.plugged.set()
    assert staged.capture.take(5) is not None
    assert staged.told == ["camera: there is no camera; plug it in", "camera: staged camera is back"]


def test_a_camera_that_goes_and_comes(staged: Staged) -> None:
    """It is closed, said to be gone, opened again, and no frame from before the gap is handed over after it."""
    staged.capture.start()
    assert staged.capture.take(5) is not None
    assert (staged.capture.name, staged.capture.size_px) == ("staged camera", (64, 48))
    staged.camera.plugged.clear()
    assert until(lambda: "camera" in staged.journal.troubles)
    gap_s = time.monotonic()
    assert (staged.capture.name, staged.capture.size_px) == (None, None)
    staged.camera.plugged.set()
    frame = staged.capture.take(5)
    assert frame is not None
    assert frame.t_s > gap_s
    assert staged.camera.opened == 2
    assert not staged.journal.troubles


def test_a_camera_that_hangs_is_not_taken_for_one_that_is_missing(staged: Staged) -> None:
    """A thread stuck in a driver gives no sign of life: that is for the watchdog."""
    staged.capture.start()
    assert staged.capture.take(5) is not None
    staged.camera.hangs.set()
    assert not staged.capture.waiting(5.0)


def test_other_settings_open_it_anew(staged: Staged) -> None:
    """Without a word in the journal."""
    staged.capture.start()
    assert staged.capture.take(5) is not None
    staged.capture.reopen()
    assert until(lambda: staged.camera.opened == 2)
    assert staged.capture.take(5) is not None
    assert staged.told == []


@pytest.mark.parametrize(
    "damaged",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((2, 2, 3), np.uint8),
        None,
    ],
)
def test_what_is_no_picture_is_left_out(damaged: np.ndarray | None) -> None:
    """Damaged pictures are counted, and the next good one is handed over."""
    staged = Staged(Camera(rgb=lambda number: picture(number) if number > 5 else damaged))  # type: ignore[return-value]
    staged.capture.start()
    frame = staged.capture.take(5)
    while frame is None:
        frame = staged.capture.take(5)
    assert frame.rgb.shape == (48, 64, 3)
    assert staged.capture.bad == 5
    staged.capture.stop()
    assert staged.capture.join(5)


def test_time_only_grows() -> None:
    """A frame that claims to be older than the one before is left out."""

    class Confused(Camera):
        def frames(self) -> Iterator[Frame]:
            for t_s in (5.0, 4.0, 5.0, 6.0):
                yield Frame(t_s, picture())

    staged = Staged(Confused())
    staged.capture.start()
    assert until(lambda: staged.capture.ended)
    frame = staged.capture.take(1)
    assert frame is not None
    assert frame.t_s == 6.0
    assert staged.capture.bad == 2


def test_a_recording_ends() -> None:
    """At its end nobody waits for more."""

    class Short(Camera):
        def frames(self) -> Iterator[Frame]:
            yield Frame(1.0, picture())

    staged = Staged(Short())
    staged.capture.start()
    assert until(lambda: staged.capture.ended)
    assert staged.capture.take(5) is not None
    begin_s = time.monotonic()
    assert staged.capture.take(5) is None
    assert time.monotonic() - begin_s < 2
    assert staged.camera.closed == 1


def test_a_source_that_breaks_unforeseen_ends_the_thread() -> None:
    """What nobody expected is kept for the main thread, which ends the coach; systemd starts it anew."""

    class Broken(Camera):
        def frames(self) -> Iterator[Frame]:
            raise ZeroDivisionError("never expected")

    staged = Staged(Broken())
    staged.capture.start()
    assert staged.capture.join(5)
    assert isinstance(staged.capture.failure, ZeroDivisionError)


def test_stopping_does_not_wait_for_a_driver_that_hangs(staged: Staged) -> None:
    """The join gives up after its time."""
    staged.capture.start()
    assert staged.capture.take(5) is not None
    staged.camera.hangs.set()
    time.sleep(0.05)
    staged.capture.stop()
    begin_s = time.monotonic()
    assert not staged.capture.join(0.2)
    assert time.monotonic() - begin_s < 2


def test_an_open_that_fails_is_tried_again() -> None:
    """Every second, however often it fails."""
    attempts = []

    def opening() -> FrameSource:
        attempts.append(time.monotonic())
        raise SourceError("no")

    capture = Capture(opening, Journal(lambda kind, text: None))
    capture.start()
    assert until(lambda: len(attempts) >= 3)
    assert attempts[2] - attempts[0] >= 1.5
    capture.stop()
    assert capture.join(5)
