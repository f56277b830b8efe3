"""What the coach would have told over a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from device.pipeline import Coach, Learning
from device.records import Baseline, Cue, Event, Moment, Pose, Posture
from device.runs.poselog import Log
from device.settings import Settings

Poses = Log | Sequence[Pose]
"""A recording: its key-point log, or its poses, oldest first."""

Progress = Callable[[float], None]
"""Is told, now and then, what share of the work is done."""

TELL_EVERY = 1024
"""Poses between two tellings: some hundredths of a second."""


class Told(NamedTuple):
    """What was said, and what happened.

    :param said: cues, praise and notices, oldest first.
    :param events: as ``form-coach replay --events`` writes them, less the summary.
    :param summary: the event that closes the run.
    """

    said: tuple[Cue, ...]
    events: tuple[Event, ...]
    summary: Event

    @property
    def cues(self) -> list[Cue]:
        """The cues alone."""
        return [one for one in self.said if one.kind == "cue"]

    @property
    def praise(self) -> list[Cue]:
        """The praise alone."""
        return [one for one in self.said if one.kind == "praise"]


class Listener:
    """A coach whose every word is written down.

    :param settings: those it coaches by.
    :param known: good form of earlier runs; needed only if it reads postures itself.
    """

    def __init__(self, settings: Settings, known: Sequence[Baseline] = ()) -> None:
        self._coach = Coach(settings, known)
        self._said: list[Cue] = []
        self._events: list[Event] = []

    def step(self, pose: Pose) -> None:
        """Coach a pose."""
        self._note(self._coach.step(pose))

    def take(self, pose: Pose, posture: Posture, learning: Learning) -> None:
        """Coach a pose whose posture is known already."""
        self._note(self._coach.take(pose, posture, learning))

    def told(self) -> Told:
        """All so far."""
        return Told(tuple(self._said), tuple(self._events), self._coach.summary())

    def _note(self, moment: Moment) -> None:
        if moment.events:
            self._events += moment.events
            if moment.said is not None:
                self._said.append(moment.said)


def told(
    poses: Poses, settings: Settings, known: Sequence[Baseline] = (), progress: Progress = lambda share: None
) -> Told:
    """Coach a recording from its beginning to its end.

    :param known: the runner's baselines of earlier runs, as a live run would begin with.
    """
    listener = Listener(settings, known)
    for pose in counted(poses, progress):
        listener.step(pose)
    return listener.told()


def counted(poses: Poses, progress: Progress) -> Iterator[Pose]:
    """The poses, while it is told how far they are."""
    count, source = (len(poses.t_s), poses.poses()) if isinstance(poses, Log) else (len(poses), iter(poses))
    for number, pose in enumerate(source):
        if number % TELL_EVERY == 0:
            progress(number / count)
        yield pose
    progress(1.0)
