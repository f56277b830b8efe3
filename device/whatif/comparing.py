"""Two sets of settings over one recording, the posture worked out only once where both read it alike."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from device.posture import PostureCore
from device.posture.concern import Concern
from device.records import Baseline, Pose
from device.runs.poselog import Log, open_log
from device.settings import Settings
from device.whatif.coaching import Listener, Poses, Progress, Told, counted, told

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


def concerned(old: Settings, new: Settings) -> bool:
    """Whether postures that are known under some settings may be others under new ones.

    The limits by which a baseline is refused do not count: what is learned stays learned.
    """
    one, other = Concern.of(old), Concern.of(new)
    return one != other._replace(most_lean_deg=one.most_lean_deg, most_twist_deg=one.most_twist_deg)


def compare(
    poses: Poses,
    old: Settings,
    new: Settings,
    known: Sequence[Baseline] = (),
    progress: Progress = lambda share: None,
) -> tuple[Told, Told]:
    """What two sets of settings make of a recording: exactly what :func:`told` makes of each.

    One core reads the postures for both for as long as that makes no difference.  Else the new settings have a process
    of their own, from the beginning.
    """
    core, one = PostureCore(old, known), Listener(old)
    beside: Listener | None = Listener(new)
    with _Elsewhere(poses, new, known) as elsewhere:
        if not core.alike(new):
            beside = None
            elsewhere.begin()
        stride = -1
        for pose in counted(poses, progress):
            posture = core.step(pose)
            one.take(pose, posture, core)
            if beside is None:
                continue
            if posture.stride != stride:
                stride = posture.stride
                if not core.alike(new):
                    beside = None
                    elsewhere.begin()
                    continue
            beside.take(pose, posture, core)
        return one.told(), beside.told() if beside is not None else elsewhere.end()


class _Elsewhere:
    """Coaches in a process of its own; where there can be none, in this one, at the end.

    Used as a context, it leaves no process behind.
    """

    def __init__(self, poses: Poses, settings: Settings, known: Sequence[Baseline]) -> None:
        # A log is read anew there, sooner than it could be sent.
        self._work = poses.path if isinstance(poses, Log) else poses, settings, known
        self._process: BaseProcess | None = None
        self._answer: Connection | None = None

    def __enter__(self) -> _Elsewhere:
        """Nothing is begun yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """End it, whether it is done or not."""
        if self._answer is not None:
            self._answer.close()
        if self._process is not None:
            self._process.terminate()
            self._process.join()

    def begin(self) -> None:
        """Set out."""
        import multiprocessing  # only now: the live coach compares nothing

        spawning = multiprocessing.get_context("spawn")  # a fork of a process with threads may hang
        self._answer, theirs = spawning.Pipe(duplex=False)
        process = spawning.Process(target=_coach, args=(theirs, *self._work), daemon=True)
        # Ctrl-C reaches both processes; this one tells of it, and ends the other.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with suppress(OSError):
                process.start()
                self._process = process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def end(self) -> Told:
        """Wait for the result."""
        if self._process is not None and self._answer is not None:
            with suppress(EOFError, OSError):  # it was ended, for want of memory perhaps
                done: Told = self._answer.recv()
                return done
        return _coached(*self._work)


def _coach(answer: Connection, poses: Path | Sequence[Pose], settings: Settings, known: Sequence[Baseline]) -> None:
    """What the other process does."""
    answer.send(_coached(poses, settings, known))


def _coached(poses: Path | Sequence[Pose], settings: Settings, known: Sequence[Baseline]) -> Told:
    log = open_log(poses) if isinstance(poses, Path) else poses
    assert log is not None, "it was a log when it was opened"
    return told(log, settings, known)
