"""What a command shows on the terminal while the coach runs."""

from __future__ import annotations

import sys
import time

from device import wording
from device.records import Moment


class Progress:
    """Prints events as they come, and on a terminal how far the replay is."""

    EVERY_S = 0.2

    def __init__(self, duration_s: float | None) -> None:
        self._duration_s = duration_s
        self._bar = sys.stderr.isatty()
        self._drawn_s = 0.0
        self._width = 0

    def __enter__(self) -> Progress:
        """Nothing is drawn yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave a clean line behind."""
        self._wipe()

    def show(self, moment: Moment) -> None:
        """Print a moment's events and the progress."""
        lines = wording.lines(moment)
        if lines:
            self._wipe()
            print("\n".join(lines), flush=True)
        now_s = time.monotonic()
        if self._bar and now_s - self._drawn_s >= self.EVERY_S:
            self._drawn_s = now_s
            self._draw(moment.pose.t_s)

    def _draw(self, t_s: float) -> None:
        text = wording.clock(t_s)
        if self._duration_s:
            share = min(t_s / self._duration_s, 1.0)
            filled = round(30 * share)
            bar = "#" * filled + "." * (30 - filled)
            text = f"{text} of {wording.clock(self._duration_s)}  [{bar}] {100 * share:3.0f} %"
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = max(self._width, len(text))

    def _wipe(self) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)
            self._width = 0
