"""What a run leaves behind in files: events, key points, posture, speech, film.

Every output takes the moments as they come and is finished by ``close``, also after an error: what was written up to
then is kept whole.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from device.errors import UsageError
from device.poses.log import write_log
from device.records import Event, Frame, Moment

if TYPE_CHECKING:
    from device.cues.track import SpeechTrack


class Output(ABC):
    """Something that is written while the coach runs.  A new kind of output overrides these."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Take in a moment; ``frame`` is None where the poses come from a log."""

    def end(self, summary: Event) -> None:
        """Take in the summary, after the last moment."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Finish the file.  May be called twice."""


class EventsOutput(Output):
    """Events as JSON lines: ``t_s`` and ``kind`` first, then what belongs to the kind."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = _open_text(path)

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Write the moment's events."""
        for event in moment.events:
            self._write(event)

    def end(self, summary: Event) -> None:
        """Write the summary."""
        self._write(summary)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, event: Event) -> None:
        self._file.write(to_json(event) + "\n")
        self._file.flush()  # few lines, and each must survive whatever comes next


class PostureOutput(Output):
    """Posture as CSV, one row a frame; empty where not known."""

    HEADER = (
        "t_s,motion,view,azimuth_deg,lean_deg,twist_deg,raised_pct,rounded_pct,head_forward_pct,cadence_spm,confidence"
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = _open_text(path)
        self._file.write(self.HEADER + "\n")

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Write a row."""
        p = moment.posture
        measures = (p.lean_deg, p.twist_deg, p.raised_pct, p.rounded_pct, p.head_forward_pct)
        numbers = [_number(p.azimuth_deg, 1), *map(_number, measures), _number(p.cadence_spm, 1)]
        self._file.write(",".join([f"{p.t_s:.4f}", p.motion, p.view, *numbers, _number(p.confidence, 3)]) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


_UNTOLD = np.zeros(17, np.float32)


class PosesOutput(Output):
    """The key-point log; see :mod:`device.poses.log`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._t_s: list[float] = []
        self._keypoints: list[np.ndarray] = []
        self._sigma_px: list[np.ndarray] = []
        self._size_px = (0, 0)
        self._closed = False

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Keep the pose."""
        pose = moment.pose
        if not self._t_s:
            self._size_px = (pose.width_px, pose.height_px)
        self._t_s.append(pose.t_s)
        self._keypoints.append(pose.keypoints)
        self._sigma_px.append(_UNTOLD if pose.sigma_px is None else pose.sigma_px)

    def close(self) -> None:
        """Write the file."""
        if not self._closed and self._t_s:
            sigma_px = np.array(self._sigma_px)
            told = sigma_px if sigma_px.any() else None
            write_log(self.path, np.array(self._t_s), np.array(self._keypoints), *self._size_px, told)
        self._closed = True


class AudioOutput(Output):
    """The run's speech at its true times, as WAV.

    :param track: where the speech is laid out; whoever runs the coach adds to it.
    """

    def __init__(self, path: Path, track: SpeechTrack) -> None:
        super().__init__(path)
        self._track = track
        self._until_s = 0.0
        self._closed = False

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Note how far the run has come."""
        self._until_s = moment.pose.t_s

    def close(self) -> None:
        """Write the file."""
        if not self._closed:
            self._track.save(self.path, self._until_s)
        self._closed = True


class VideoOutput(Output):
    """The picture with skeleton, measures, limits and cues drawn in, with the speech as its sound."""

    def __init__(self, path: Path, track: SpeechTrack | None) -> None:
        super().__init__(path)
        from device.drawing.film import Film  # lazily: only this output draws

        self._film = Film(path, track)

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Draw and encode a picture."""
        self._film.add(frame, moment)

    def close(self) -> None:
        """Finish the file."""
        self._film.close()


def to_json(event: Event) -> str:
    """An event as one line of JSON."""
    return json.dumps({"t_s": round(event.t_s, 4), "kind": event.kind, **event.data}, ensure_ascii=False)


def check_writable(paths: list[Path], source: Path | None = None) -> None:
    """Make sure before the work that every output can be written and none overwrites another, or the source.

    :raises UsageError: with every path that cannot.
    """
    problems = []
    seen = {source.resolve(): "the source"} if source is not None else {}
    for path in paths:
        place = path.resolve()
        if place in seen:
            problems.append(f"{path}: this is {seen[place]} already; choose another name")
            continue
        seen[place] = "another output"
        problem = _obstacle(path)
        if problem:
            problems.append(f"cannot write {path}: {problem}")
    if problems:
        raise UsageError("\n".join(problems))


def _obstacle(path: Path) -> str | None:
    """Why a file cannot be written, found by trying; what is there is left as it is."""
    if path.is_dir():
        return "this is a folder"
    fresh = not path.exists()
    try:
        with open(path, "ab"):
            pass
        # Outputs are made beside their final name and renamed, so the folder must take new files as well.
        beside = path.with_name(path.name + ".part")
        with open(beside, "xb" if not beside.exists() else "ab"):
            pass
        beside.unlink()
        if fresh:
            path.unlink()
    except FileNotFoundError:
        return f"there is no folder {path.parent}"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None


def _open_text(path: Path) -> TextIO:
    return open(path, "w", encoding="utf-8", newline="\n")


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else ""
