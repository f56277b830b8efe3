"""Times calls stage by stage, inside a program that knows nothing of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

Calls = Mapping[str, tuple[tuple[Any, str], ...]]
"""The calls that make up each stage: who has them, and by which name."""


class Stopwatch:
    """Adds up the time spent in each stage.  A call within another counts for its own stage only.

    :param calls: the calls of each stage.
    :param clock: tells seconds; that of the thread's processor time leaves out when another program had it.
    :ivar spent_s: seconds for each stage; they may be set back to 0.
    """

    def __init__(self, calls: Calls, clock: Callable[[], float] = time.perf_counter) -> None:
        self._calls = calls
        self._clock = clock
        self._inner_s = [0.0]
        self.spent_s = dict.fromkeys(calls, 0.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time the calls inside the context; then they are what they were."""
        with ExitStack() as undo:
            for stage, calls in self._calls.items():
                for owner, name in calls:
                    undo.enter_context(patch.object(owner, name, self._timed(getattr(owner, name), stage)))
            yield

    def _timed(self, call: Callable[..., Any], stage: str) -> Callable[..., Any]:
        clock, inner_s, spent_s = self._clock, self._inner_s, self.spent_s

        def inside(*arguments: Any, **named: Any) -> Any:
            inner_s.append(0.0)
            begin_s = clock()
            result = call(*arguments, **named)
            took_s = clock() - begin_s
            spent_s[stage] += took_s - inner_s.pop()
            inner_s[-1] += took_s
            return result

        return inside
