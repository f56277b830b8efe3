"""The engine thread: newest frame in, moment out, by the very loop that replays recordings."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

from device import loop
from device.errors import SourceError
from device.live.capture import Capture
from device.live.vitals import Vitals
from device.live.worker import Worker
from device.outputs import Output
from device.pipeline import Coach
from device.poses.follow import RunnerFollower
from device.records import Event, Frame, Moment, Pose

TICK_S = 0.25
"""How long to wait for a frame before what the runner asked for is looked at (chosen by us)."""


class Engine(Worker):
    """Looks at the newest frame, again and again.  The run's time begins when it is made.

    :param say: is given what to say; must return at once.
    :param show: sees each moment, last.
    :ivar moment: the newest one.
    :ivar beat_s: when the thread last gave a sign of life.
    :ivar summary: the run in numbers, once it has ended.
    """

    duration_s: float | None = None
    trouble: str | None = None
    trouble_code = SourceError.exit_code

    def __init__(
        self,
        capture: Capture,
        follower: RunnerFollower,
        coach: Coach,
        outputs: list[Output],
        vitals: Vitals,
        say: Callable[[str], None],
        show: Callable[[Moment], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("engine")
        self._capture = capture
        self._follower = follower
        self._coach = coach
        self._outputs = outputs
        self._vitals = vitals
        self._say = say
        self._show = show
        self._clock = clock
        self._asked: queue.SimpleQueue[Callable[[Coach], None]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.moment: Moment | None = None
        self.beat_s = self._begun_s = clock()
        self.summary: Event | None = None

    def ask(self, what: Callable[[Coach], None]) -> None:
        """Have something done to the coach between two frames."""
        self._asked.put(what)

    def relearn(self) -> None:
        """Look for a runner anew, wherever (the camera may be aimed elsewhere now), and learn good form anew."""

        def anew(coach: Coach) -> None:
            self._follower.forget()
            coach.relearn()

        self.ask(anew)

    @property
    def elsewhere(self) -> bool:
        """Whether somebody is in view, but not on the treadmill, and so is not coached."""
        return self._follower.elsewhere

    def stop(self) -> None:
        """End after the frame in hand."""
        self._stop.set()

    def work(self) -> None:
        """Coach until stopped, or until a recording's end."""
        self.summary = loop.run(
            self, self._coach, self._outputs, say=lambda t_s, text: self._say(text), show=self._seen
        )

    def __iter__(self) -> Iterator[tuple[Frame | None, Pose]]:
        """Frames with their poses, until stopped or at the end of a recording."""
        while not self._stop.is_set():
            frame = self._capture.take(TICK_S)
            while not self._asked.empty():
                self._asked.get()(self._coach)
            self.beat_s = self._clock()
            if frame is not None:
                begun = Frame(frame.t_s - self._begun_s, frame.rgb)
                yield begun, self._follower.step(begun)
            elif self._capture.ended:
                return

    def close(self) -> None:
        """The camera is the capture thread's to close."""

    def _seen(self, moment: Moment) -> None:
        self._vitals.decided(moment.pose.t_s + self._begun_s, self._clock())
        self.moment = moment
        self._show(moment)
