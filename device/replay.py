"""Poses from a recording: a video, or a key-point log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from device.errors import SourceError
from device.frames import open_source
from device.poses import load_model
from device.poses.log import is_recorded
from device.records import Frame, Pose

if TYPE_CHECKING:
    from device.runs.poselog import Log


class _FromLog:
    """Poses straight from a key-point log."""

    model = ("", "")
    """The model's name and digest, where one is used."""
    trouble_code = 0  # key points that count as not seen cost nothing else

    def __init__(self, log: Log) -> None:
        self._log = log
        self.duration_s: float | None = self._log.duration_s

    @property
    def trouble(self) -> str | None:
        return self._log.trouble

    def __iter__(self) -> Iterator[tuple[Frame | None, Pose]]:
        for pose in self._log.poses():
            yield None, pose

    def close(self) -> None:
        self._log.close()


class _FromFrames:
    """Poses that the model finds in the frames of a video."""

    trouble_code = SourceError.exit_code  # a part of the run is missing

    def __init__(self, path: Path, model_path: Path | None, threads: int) -> None:
        from device.poses.follow import RunnerFollower

        self._source = open_source(path)
        with ExitStack() as undo:
            undo.callback(self._source.close)
            self._model = load_model(model_path, threads)
            undo.pop_all()
        self._follower = RunnerFollower(self._model)
        self.model = (self._model.name, self._model.sha256)
        self.duration_s = self._source.duration_s

    @property
    def trouble(self) -> str | None:
        return self._source.trouble

    def __iter__(self) -> Iterator[tuple[Frame | None, Pose]]:
        for frame in self._source.frames():
            yield frame, self._follower.step(frame)

    def close(self) -> None:
        self._source.close()
        self._model.close()


def open_poses(path: Path, model_path: Path | None = None, threads: int = 2) -> _FromLog | _FromFrames:
    """Poses of a video (through the model) or of a key-point log (which needs none).

    :raises SourceError: the file cannot be read.
    :raises ModelError: the model cannot be loaded.
    """
    if is_recorded(path):
        from device.runs.poselog import open_log  # only now: a video has nothing to do with kept runs

        log = open_log(path)
        if log is not None:
            return _FromLog(log)
    return _FromFrames(path, model_path, threads)
