"""Each trouble is told once when it begins and once when it is over."""

from __future__ import annotations

import subprocess
import sys

from device.live.journal import AGAIN_S, Journal


class Book:
    """A journal with a clock of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now_s = 1000.0
        self.journal = Journal(lambda kind, text: self.lines.append(f"{kind} {text}"), lambda: self.now_s)


def test_a_trouble_is_told_when_it_begins_and_when_it_ends() -> None:
    """However often it is reported in between."""
    book = Book()
    for _ in range(100):
        book.journal.wrong("camera", "gone")
    assert book.journal.troubles == {"camera": "gone"}
    for _ in range(100):
        book.journal.right("camera", "back")
    assert book.lines == ["problem camera: gone", "note camera: back"]
    assert book.journal.troubles == {}


def test_what_was_never_wrong_is_not_told_to_be_right() -> None:
    """All is well is no news."""
    book = Book()
    book.journal.right("camera", "back")
    assert book.lines == []


def test_another_reason_is_told() -> None:
    """A trouble that turns into another one is news."""
    book = Book()
    book.journal.wrong("camera", "unplugged")
    book.journal.wrong("camera", "in use by another program")
    assert [line.split(": ")[1] for line in book.lines] == ["unplugged", "in use by another program"]


def test_a_loose_contact_does_not_fill_the_journal() -> None:
    """A trouble that comes and goes every ten seconds for an hour is told every five minutes."""
    book = Book()
    for _ in range(360):
        book.journal.wrong("camera", "unplugged")
        book.now_s += 5
        book.journal.right("camera", "back")
        book.now_s += 5
    assert len(book.lines) <= 2 * (3600 / AGAIN_S + 1)
    assert book.lines[:2] == ["problem camera: unplugged", "note camera: back"]
    assert book.journal.troubles == {}


def test_topics_do_not_disturb_each_other() -> None:
    """Two things may be wrong at once, and mend one by one."""
    book = Book()
    book.journal.wrong("camera", "gone")
    book.journal.wrong("voice", "mute")
    book.journal.right("camera", "back")
    assert book.journal.troubles == {"voice": "mute"}


def test_under_systemd_a_line_carries_its_level() -> None:
    """One line each, with syslog's level in front, which the journal takes off again."""
    code = "from device.live.journal import Journal; j = Journal(); j.wrong('settings', 'two\\nlines'); j.note('up')"
    for environment, expected in (
        ({"JOURNAL_STREAM": "8:1"}, "<4>settings: two; lines\n<6>up\n"),
        ({}, "form-coach: settings: two\nlines\nform-coach: up\n"),
    ):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stderr == expected
