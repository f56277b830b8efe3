"""Runs that are over and not yet told of, found in the database of the runs."""

from __future__ import annotations

import time
from pathlib import Path

from device.publish import messages
from device.publish.outbox import Outbox
from device.runs import store
from device.runs.store import Store

AT_ONCE = 20
"""So many runs are taken in one go."""

SETTLED_S = 10.0
"""SQLite writes, waits for the disk, and only then lets others read: what changed so lately is looked at again."""


class Finished:
    """Watches the database, and opens it only when it has changed lately.

    :param folder: the coach's state folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / store.NAME
        self._seen: list[tuple[float, int]] = []

    def take(self, outbox: Outbox, topic: str) -> None:
        """Put runs that have ended since last time into the outbox, each once.

        Those from before publishing was first switched on are the past, and are not told.

        :raises StoreError: the runs cannot be read.
        :raises OutboxError: the outbox cannot be written.
        """
        now = self._looks()
        if now == self._seen:
            return
        if not self._path.exists():
            if outbox.mark is None:
                outbox.mark = 0  # all runs that come are new
        elif not self._read(outbox, topic):
            return
        if all(abs(time.time() - changed_s) > SETTLED_S for changed_s, _ in now):
            self._seen = now

    def _read(self, outbox: Outbox, topic: str) -> bool:
        """Whether all was taken."""
        with Store(self._path, read_only=True) as runs:
            mark = outbox.mark
            newest = runs.rows("SELECT seq FROM sqlite_sequence WHERE name = 'runs'")
            last = newest[0]["seq"] if newest else 0
            if mark is None:
                on = runs.rows("SELECT min(id) AS id FROM runs WHERE closed = 'open'")[0]["id"]
                outbox.mark = last if on is None else on - 1
                return True
            if last < mark:  # a damaged database was put aside, and a new one begun
                outbox.mark = mark = 0
            # The one that is on holds back those after it: they cannot have ended before.
            sql = "SELECT * FROM runs WHERE id > ? ORDER BY id LIMIT ?"
            lines = runs.rows(sql, (mark, AT_ONCE))
            for line in lines:
                if line["closed"] == "open":
                    return True
                message = messages.run(line, runs.table("tallies", line["id"]))
                outbox.add_run(topic, messages.encode(message), line["id"])
            return len(lines) < AT_ONCE

    def _looks(self) -> list[tuple[float, int]]:
        """When each of its files was changed, and its size."""
        found = []
        for tail in ("", "-wal"):
            try:
                own = Path(f"{self._path}{tail}").stat()
                found.append((own.st_mtime, own.st_size))
            except OSError:
                found.append((0.0, 0))
        return found
