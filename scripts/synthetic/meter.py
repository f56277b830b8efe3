"""Says how far a long job is."""

from __future__ import annotations

import sys
import time


class Meter:
    """What is done and the time left, on one line of a terminal; silent elsewhere.

    :param name: of the job.
    :param unit: what is counted.
    """

    def __init__(self, name: str, unit: str = "frames") -> None:
        self._name = name
        self._unit = unit
        self._start_s = time.monotonic()
        self._shown_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show the state, a few times a second at most."""
        now_s = time.monotonic()
        if not sys.stderr.isatty() or (done < total and now_s - self._shown_s < 0.3):
            return
        self._shown_s = now_s
        left_s = (now_s - self._start_s) / max(done, 1) * (total - done)
        left = f", {left_s / 60:.0f} min left" if left_s > 90 else f", {left_s:.0f} s left"
        line = f"{self._name}: {done} of {total} {self._unit}{left if done else ''}"
        print(f"\r{line:<70}", end="\n" if done == total else "", file=sys.stderr, flush=True)
