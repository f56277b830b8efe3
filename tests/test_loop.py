"""The loop around the coach: outputs, errors, pace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stickman import Stickman, poses

from device import loop
from device.errors import UsageError
from device.outputs import Output, check_writable
from device.pipeline import Coach
from device.records import Event, Frame, Moment, Pose
from device.settings import Settings


class Stream:
    """Some poses of a runner; after the last one an error, if there is to be one."""

    duration_s = None
    trouble = None
    trouble_code = 0

    def __init__(self, count: int, error: Exception | None = None, fps: float = 25.0) -> None:
        self._poses = list(poses(lambda t_s: Stickman(), count / fps, fps))
        self._error = error
        self.closed = False

    def __iter__(self) -> Iterator[tuple[Frame | None, Pose]]:
        for pose in self._poses:
            yield None, pose
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        self.closed = True


class Kept(Output):
    """Keeps what it is given; fails at a given moment, if it is to."""

    def __init__(self, fails_at: int | None = None) -> None:
        super().__init__(Path("kept"))
        self.moments: list[Moment] = []
        self.summary: Event | None = None
        self.closed = 0
        self._fails_at = fails_at

    def add(self, frame: Frame | None, moment: Moment) -> None:
        if len(self.moments) == self._fails_at:
            raise OSError(28, "No space left on device")
        self.moments.append(moment)

    def end(self, summary: Event) -> None:
        self.summary = summary

    def close(self) -> None:
        self.closed += 1


def test_every_output_gets_every_moment_and_the_summary() -> None:
    """All outputs see the same run, and are closed once at its end, as is the source."""
    stream, outputs = Stream(40), [Kept(), Kept()]
    summary = loop.run(stream, Coach(Settings()), list(outputs))
    assert [len(output.moments) for output in outputs] == [40, 40]
    assert all(output.summary is summary and output.closed == 1 for output in outputs)
    assert stream.closed


def test_a_source_that_fails_leaves_the_outputs_whole() -> None:
    """What was coached before the source broke is kept: outputs are closed before the error goes on."""
    stream, output = Stream(30, RuntimeError("the disk is gone")), Kept()
    with pytest.raises(RuntimeError, match="the disk is gone"):
        loop.run(stream, Coach(Settings()), [output])
    assert len(output.moments) == 30
    assert output.closed == 1
    assert stream.closed


def test_an_output_that_fails_is_named_and_the_others_are_closed() -> None:
    """A full disk is reported with the file's name; the other outputs are finished all the same."""
    bad, good = Kept(fails_at=10), Kept()
    with pytest.raises(UsageError, match="cannot write kept: no space left on device"):
        loop.run(Stream(30), Coach(Settings()), [bad, good])
    assert (bad.closed, good.closed) == (1, 1)


def test_real_time_is_the_streams_own_time() -> None:
    """In real time a second of the run takes a second; else it takes as little as it can."""
    started_s = time.monotonic()
    loop.run(Stream(10, fps=10.0), Coach(Settings()), [], realtime=True)
    assert time.monotonic() - started_s >= 0.9


def test_outputs_are_checked_without_leaving_a_trace(tmp_path: Path) -> None:
    """Checking whether a file can be written neither makes it nor changes one that is there."""
    there, new = tmp_path / "there", tmp_path / "new"
    there.write_text("kept")
    check_writable([there, new], tmp_path / "source")
    assert there.read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_two_outputs_of_one_name_are_refused(tmp_path: Path) -> None:
    """Two outputs cannot be one file, by whatever path."""
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError, match="another output already"):
        check_writable([tmp_path / "a", tmp_path / "sub" / ".." / "a"], tmp_path / "source")
