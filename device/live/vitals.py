"""How the live coach is doing: pictures a second, those left out, and the time from picture to decision."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

SPAN = 300
"""Frames that rate and latency are told of: ten seconds at 30 a second (chosen by us)."""

RECENT_S = 3.0
"""A rate is told only while frames keep coming."""


class Vitals:
    """Counts frames and times; any thread may add and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decided: deque[tuple[float, float]] = deque(maxlen=SPAN)
        self.frames = 0

    def decided(self, taken_s: float, now_s: float) -> None:
        """A frame taken at ``taken_s`` has led to a decision at ``now_s``."""
        with self._lock:
            self._decided.append((now_s, now_s - taken_s))
            self.frames += 1

    def fps(self, now_s: float) -> float | None:
        """Frames that are coached a second; None while there are none."""
        with self._lock:
            times = [at_s for at_s, _ in self._decided if now_s - at_s <= RECENT_S]
        if len(times) < 2 or times[-1] <= times[0]:
            return None
        return round((len(times) - 1) / (times[-1] - times[0]), 1)

    def latency_ms(self) -> dict[str, float | None]:
        """The middle time from picture to decision, and what 19 of 20 frames stay within, in milliseconds."""
        with self._lock:
            waits = [wait_s for _, wait_s in self._decided]
        if not waits:
            return {"p50": None, "p95": None}
        p50, p95 = np.percentile(waits, (50, 95))
        return {"p50": round(1000 * float(p50), 1), "p95": round(1000 * float(p95), 1)}
