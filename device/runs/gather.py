"""Moments in, runs out: when a run begins and ends.  Pure: no clock, no file, no thread."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable

from device.records import Moment
from device.runs.batch import About, Batch
from device.runs.rows import RunRows

PREROLL_S = 10.0
"""A run's record begins so long before running is seen, for the step onto the belt, and so that coaching the key-point
log finds the rhythm where the live coach found it (chosen by us)."""

LEAST_S = 5.0
"""Less running than this is no run: somebody passed by, or stepped on and off (chosen by us)."""


class Gatherer:
    """Follows the moments of a coach, over many runs.

    :param about: what runs are kept with; may be replaced between two moments.
    :param end_s: a run ends after so long without running.
    :param poses: whether key points are kept.
    :param name: makes the name of a run.
    """

    def __init__(
        self,
        about: About,
        end_s: float,
        poses: bool = True,
        name: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.end_s = end_s
        self.poses = poses
        self._about = about
        self._name = name
        self._before: deque[Moment] = deque()
        self._run: RunRows | None = None
        self._over: list[Batch] = []

    @property
    def about(self) -> About:
        """What runs are kept with."""
        return self._about

    @about.setter
    def about(self, about: About) -> None:
        if about == self._about:
            return
        if about.runner != self._about.runner:
            self.end()
        elif self._run is not None and about.settings != self._about.settings:
            self._run.changed(self._about.settings, about.settings)
        self._about = about

    def step(self, moment: Moment) -> None:
        """Take in a moment."""
        t_s = moment.posture.t_s
        run = self._run
        if run is not None and t_s - run.last_running_s >= self.end_s:
            self.end()
            run = None
        if run is not None:
            run.step(moment)
            return
        before = self._before
        before.append(moment)
        while before[0].posture.t_s < t_s - PREROLL_S:
            before.popleft()
        if moment.posture.running:
            self._run = run = RunRows(self._name(), before[0].posture.t_s, self._about, self.poses)
            for one in before:
                run.step(one)
            before.clear()

    def end(self) -> None:
        """End the run that is on, if any."""
        run, self._run = self._run, None
        self._before.clear()
        if run is not None and run.running_s >= LEAST_S:
            self._over.append(run.take("end"))

    def take(self) -> list[Batch]:
        """What there is to write since the last time, the oldest run first."""
        over, self._over = self._over, []
        if self._run is not None and self._run.running_s >= LEAST_S:
            over.append(self._run.take("open"))
        return over

    @property
    def on(self) -> bool:
        """Whether a run is on."""
        return self._run is not None
