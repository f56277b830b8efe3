"""The queue: order, room, and what the disk may do to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.publish.outbox import MOST_FRESH, NAME, Outbox, OutboxError


def texts(outbox: Outbox, number: int = 0, most: int = 10_000) -> list[bytes]:
    return [one.payload for one in outbox.after(number, most)]


def test_what_arrives_at_once_never_touches_the_disk(tmp_path: Path) -> None:
    """A message that is acknowledged before it is kept is written nowhere."""
    outbox = Outbox(tmp_path, 10**6)
    outbox.add("a", b"1")
    outbox.done([one.number for one in outbox.after(0, 5)])
    outbox.keep()
    assert len(outbox) == 0
    outbox.close()
    assert texts(Outbox(tmp_path, 10**6)) == []


def test_order_and_numbers_go_on_over_restarts(tmp_path: Path) -> None:
    """What was kept comes first, in its order, whatever was acknowledged in between."""
    outbox = Outbox(tmp_path, 10**6)
    for number in range(6):
        outbox.add("a", b"%d" % number)
    outbox.keep()
    outbox.done([1, 2, 3])
    outbox.add("a", b"6")
    assert texts(outbox, 0, 2) == [b"3", b"4"]
    assert texts(outbox) == [b"3", b"4", b"5", b"6"]
    assert len(outbox) == 4
    outbox.keep()
    outbox.close()
    again = Outbox(tmp_path, 10**6)
    again.add("a", b"7")
    assert texts(again) == [b"3", b"4", b"5", b"6", b"7"]


def test_it_is_bounded_and_runs_go_last(tmp_path: Path) -> None:
    """A full queue gives up its oldest events, then its oldest runs, and counts them."""
    outbox = Outbox(tmp_path, 20_000)
    outbox.add_run("run", 1000 * b"r", 7)
    for number in range(1000):
        outbox.add("event", b"%03d" % number + 97 * b"x")
        if number % 50 == 0:
            outbox.keep()
    outbox.keep()
    waiting = outbox.after(0, 10_000)
    assert sum(one.size_bytes for one in waiting) <= 20_000
    assert waiting[0].run
    assert waiting[-1].payload.startswith(b"999")
    assert outbox.dropped == 1001 - len(waiting)
    for number in range(30):
        outbox.add_run("run", 1000 * b"r", number)
    waiting = outbox.after(0, 10_000)
    assert all(one.run for one in waiting)
    assert sum(one.size_bytes for one in waiting) <= 20_000
    assert outbox.mark == 29
    assert (tmp_path / NAME).stat().st_size < 200_000


def test_memory_is_bounded_where_the_disk_fails() -> None:
    """What cannot be kept is given up, the oldest first."""
    outbox = Outbox(None, 10**6)
    for number in range(MOST_FRESH + 5):
        outbox.add("a", b"%d" % number)
    assert len(outbox) == MOST_FRESH
    assert texts(outbox)[0] == b"5"
    assert outbox.dropped == 5


def test_a_damaged_file_is_begun_anew_and_told(tmp_path: Path) -> None:
    """Rubbish in the queue's place costs what waited, not the publishing."""
    (tmp_path / NAME).write_bytes(5000 * b"rubbish")
    told: list[str] = []
    outbox = Outbox(tmp_path, 10**6, told.append)
    outbox.add("a", b"1")
    outbox.keep()
    assert texts(outbox) == [b"1"]
    assert len(told) == 1
    assert NAME in told[0]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """No folder, no queue: an error of ours."""
    with pytest.raises(OutboxError, match="cannot be used"):
        Outbox(tmp_path / "missing", 10**6)
