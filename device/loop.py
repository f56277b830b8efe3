"""The coach's loop: pose in, moment out, and to whoever records, speaks or shows it; the same live and replayed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Protocol

from device.errors import UsageError
from device.outputs import Output
from device.pipeline import Coach
from device.records import Event, Frame, Moment, Pose


class PoseStream(Protocol):
    """Poses from somewhere, each with the frame it was found in, if there is one."""

    duration_s: float | None

    @property
    def trouble(self) -> str | None:
        """After the last pose: one line about what could not be read, None when all went well."""
        ...

    @property
    def trouble_code(self) -> int:
        """The exit code that goes with :attr:`trouble`."""
        ...

    def __iter__(self) -> Iterator[tuple[Frame | None, Pose]]:
        """Oldest first."""
        ...

    def close(self) -> None:
        """Let go of files and devices."""
        ...


def run(
    stream: PoseStream,
    coach: Coach,
    outputs: list[Output],
    *,
    say: Callable[[float, str], None] = lambda t_s, text: None,
    show: Callable[[Moment], None] = lambda moment: None,
    realtime: bool = False,
) -> Event:
    """Coach the whole stream; the summary comes back.

    Whatever goes wrong on the way, the outputs are finished and the stream is closed before the error goes on.

    :param say: speaks a text at a time of the run; a :class:`VoiceError` from it must not escape.
    :param show: sees every moment, after the outputs.
    :param realtime: keep to the stream's own pace.
    :raises UsageError: an output cannot be written any more.
    """
    with ExitStack() as finish:
        finish.enter_context(closing(stream))
        for output in outputs:
            finish.callback(_finish, output)
        pace = _Pace() if realtime else None
        for frame, pose in stream:
            if pace is not None:
                pace.wait(pose.t_s)
            moment = coach.step(pose)
            if moment.said is not None:
                say(moment.said.t_s, moment.said.text)
            for output in outputs:
                with _naming(output):
                    output.add(frame, moment)
            show(moment)
        summary = coach.summary()
        for output in outputs:
            with _naming(output):
                output.end(summary)
    return summary


def _finish(output: Output) -> None:
    with _naming(output):
        output.close()


@contextmanager
def _naming(output: Output) -> Iterator[None]:
    """Turn what the system says about a full or vanished disk into a message about this output."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {output.path}: {(error.strerror or str(error)).lower()}") from error


class _Pace:
    """Holds a loop back to the pace of its own time stamps."""

    def __init__(self) -> None:
        self._offset_s: float | None = None

    def wait(self, t_s: float) -> None:
        """Return when ``t_s`` is due."""
        now_s = time.monotonic()
        if self._offset_s is None:
            self._offset_s = now_s - t_s
        due_s = t_s + self._offset_s
        if due_s > now_s:
            time.sleep(due_s - now_s)
