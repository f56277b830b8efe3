"""Files are written in the background, and a disk that fails holds up nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from device.live.journal import Journal
from device.live.keeper import Keeper


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.01)
    return true()


def test_a_file_is_written_soon(tmp_path: Path) -> None:
    """Without anybody waiting for it."""
    keeper = Keeper(Journal(lambda kind, text: None))
    keeper.start()
    keeper.keep(tmp_path / "a", lambda: (tmp_path / "a").write_text("new") and None)
    assert until((tmp_path / "a").exists)
    keeper.stop()
    assert keeper.join(5)


def test_what_waits_is_written_before_the_end(tmp_path: Path) -> None:
    """Something handed in just before the stop is not lost."""
    keeper = Keeper(Journal(lambda kind, text: None))
    keeper.keep(tmp_path / "a", lambda: (tmp_path / "a").write_text("new") and None)
    keeper.stop()
    keeper.start()
    assert keeper.join(5)
    assert (tmp_path / "a").read_text() == "new"


def test_a_disk_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    """The trouble is told with the file's name, the newest version waits, and is written once the disk is back."""
    journal = Journal(lambda kind, text: None)
    keeper = Keeper(journal, retry_s=0.05)
    full = threading.Event()
    full.set()
    written: list[str] = []

    def version(text: str) -> Callable[[], None]:
        def write() -> None:
            if full.is_set():
                raise OSError(28, "No space left on device")
            written.append(text)

        return write

    keeper.start()
    keeper.keep(tmp_path / "a", version("old"))
    assert until(lambda: "disk" in journal.troubles)
    assert str(tmp_path / "a") in journal.troubles["disk"]
    assert "no space left" in journal.troubles["disk"]
    keeper.keep(tmp_path / "a", version("new"))
    full.clear()
    assert until(lambda: not journal.troubles)
    assert written == ["new"]
    keeper.stop()
    assert keeper.join(5)
    assert keeper.failure is None


def test_a_disk_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    """Handing in never waits for the disk."""
    keeper, hangs = Keeper(Journal(lambda kind, text: None)), threading.Event()
    keeper.start()
    keeper.keep(tmp_path / "a", lambda: hangs.wait() and None)
    begin_s = time.monotonic()
    for _ in range(100):
        keeper.keep(tmp_path / "b", lambda: None)
    assert time.monotonic() - begin_s < 1.0
    keeper.stop()
    assert not keeper.join(0.1)
    hangs.set()
    assert keeper.join(5)
