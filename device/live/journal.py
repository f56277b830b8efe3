"""What the coach tells of itself on standard error: each trouble once when it begins and once when it is over."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

AGAIN_S = 300.0
"""A trouble that comes and goes is told at most so often (chosen by us: a journal is to be read)."""

_LEVELS = {"problem": 4, "note": 6}  # syslog's warning and info, as systemd's journal takes them in front of a line


class Journal:
    """Keeps what is wrong right now, by topic ("camera", "voice", …); any thread may tell and ask.

    :param write: takes a line.
    :param clock: seconds that only ever grow.
    """

    def __init__(
        self, write: Callable[[str, str], None] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write or _to_stderr
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, str] = {}
        self._told: dict[str, tuple[float, str]] = {}
        self._open: set[str] = set()
        """Topics whose present trouble was told."""

    def note(self, text: str) -> None:
        """Tell something that is as it should be."""
        self._write("note", text)

    def wrong(self, topic: str, problem: str) -> None:
        """Something is wrong: one line with what and what to do.  The same again says nothing."""
        with self._lock:
            if self._wrong.get(topic) == problem:
                return
            self._wrong[topic] = problem
            told_s, told = self._told.get(topic, (0.0, ""))
            now_s = self._clock()
            if told == problem and now_s - told_s < AGAIN_S:
                return
            self._told[topic] = now_s, problem
            self._open.add(topic)
        self._write("problem", f"{topic}: {problem}")

    def right(self, topic: str, text: str) -> None:
        """It is right again, which is told if the trouble was."""
        with self._lock:
            known = self._wrong.pop(topic, None)
            if known is None or topic not in self._open:
                return
            self._open.discard(topic)
        self._write("note", f"{topic}: {text}")

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong now, by topic."""
        with self._lock:
            return dict(self._wrong)


def _to_stderr(kind: str, text: str) -> None:
    """One line; with the level in front where systemd's journal reads it."""
    level = f"<{_LEVELS[kind]}>" if "JOURNAL_STREAM" in os.environ else "form-coach: "
    one_line = text.replace("\n", "; ") if level[0] == "<" else text
    print(f"{level}{one_line}", file=sys.stderr, flush=True)
