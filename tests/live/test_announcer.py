"""The announcer: in time or not at all, and it looks after the loudspeaker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from staged import until

from device.cues import Speaker
from device.live import announcer
from device.live.announcer import Announcer
from device.live.journal import Journal
from device.settings import VoiceSettings

OWN = VoiceSettings()


class Loudspeaker(Speaker):
    """One whose plug the test holds."""

    name = "alsa"
    device = "staged"

    def __init__(self) -> None:
        self.said: list[str] = []
        self.plugged = True
        self.slow = threading.Event()
        self.slow.set()
        self.closed = 0
        self._problem: str | None = None

    def say(self, text: str) -> None:
        self.slow.wait()
        self._problem = None if self.plugged else "unplugged"
        if self.plugged:
            self.said.append(text)

    def healthy(self) -> str | None:
        return self._problem

    def probe(self) -> bool:
        self._problem = None if self.plugged else "unplugged"
        return self.plugged

    def close(self) -> None:
        self.closed += 1


class Staged:
    """An announcer with a staged loudspeaker."""

    def __init__(self) -> None:
        self.loudspeaker = Loudspeaker()
        self.opened: list[VoiceSettings] = []
        self.told: list[str] = []
        self.journal = Journal(lambda kind, text: self.told.append(text))
        self.announcer = Announcer(OWN, self._open, self.journal)

    def _open(self, settings: VoiceSettings) -> Speaker:
        self.opened.append(settings)
        return self.loudspeaker


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Staged]:
    """One that tries again soon."""
    monkeypatch.setattr(announcer, "RETRY_S", 0.05)
    made = Staged()
    yield made
    made.loudspeaker.slow.set()
    made.announcer.stop()
    assert made.announcer.join(5)
    assert made.announcer.failure is None
    assert made.loudspeaker.closed >= 1


def test_a_text_is_spoken(staged: Staged) -> None:
    """At once, and it is known what was said last."""
    staged.announcer.start()
    staged.announcer.say("Stand taller")
    assert until(lambda: staged.loudspeaker.said == ["Stand taller"])
    assert staged.announcer.last is not None
    assert staged.announcer.last[1] == "Stand taller"
    assert staged.told == []


def test_who_asks_never_waits(staged: Staged) -> None:
    """However long the loudspeaker takes; of what waits meanwhile only the newest is said, and that not late."""
    staged.announcer.start()
    staged.loudspeaker.slow.clear()
    begin_s = time.monotonic()
    for number in range(50):
        staged.announcer.say(str(number))
        time.sleep(0.002)
    assert time.monotonic() - begin_s < 2.0
    staged.loudspeaker.slow.set()
    assert until(lambda: "49" in staged.loudspeaker.said)
    assert len(staged.loudspeaker.said) <= 2
    assert staged.announcer.dropped >= 48


def test_what_comes_too_late_is_not_said(staged: Staged) -> None:
    """A cue that had to wait for longer than late_s is about another stride."""
    staged.announcer.retune(replace(OWN, late_s=0.1))
    staged.announcer.start()
    staged.loudspeaker.slow.clear()
    staged.announcer.say("first")
    assert until(lambda: staged.announcer.last is not None)
    staged.announcer.say("second")
    time.sleep(0.3)
    staged.loudspeaker.slow.set()
    assert until(lambda: staged.announcer.dropped == 1)
    assert staged.loudspeaker.said == ["first"]


def test_a_loudspeaker_that_goes_and_comes(staged: Staged) -> None:
    """It is told that it is gone, tried again, told that it is back, and speaks then."""
    staged.announcer.start()
    staged.announcer.say("one")
    assert until(lambda: staged.loudspeaker.said == ["one"])
    staged.loudspeaker.plugged = False
    staged.announcer.say("two")
    assert until(lambda: "voice" in staged.journal.troubles)
    staged.loudspeaker.plugged = True
    assert until(lambda: not staged.journal.troubles)
    staged.announcer.say("three")
    assert until(lambda: staged.loudspeaker.said == ["one", "three"])
    assert staged.told == ["voice: unplugged", "voice: sound is back"]


def test_a_loudspeaker_that_is_missing_at_the_start(staged: Staged) -> None:
    """It is known before the first cue, and found when it comes."""
    staged.loudspeaker.plugged = False
    staged.announcer.start()
    assert until(lambda: "voice" in staged.journal.troubles)
    staged.loudspeaker.plugged = True
    assert until(lambda: not staged.journal.troubles)


def test_other_settings_open_another_loudspeaker(staged: Staged) -> None:
    """The old one is let go; the same settings change nothing."""
    staged.announcer.start()
    assert until(lambda: len(staged.opened) == 1)
    staged.announcer.retune(OWN)
    staged.announcer.retune(replace(OWN, rate_wpm=200))
    assert until(lambda: len(staged.opened) == 2)
    assert staged.opened[1].rate_wpm == 200
    assert staged.loudspeaker.closed == 1


def test_stopping_does_not_wait_for_a_loudspeaker_that_hangs(staged: Staged) -> None:
    """The join gives up after its time."""
    staged.announcer.start()
    staged.loudspeaker.slow.clear()
    staged.announcer.say("one")
    assert until(lambda: staged.announcer.last is not None)
    staged.announcer.stop()
    assert not staged.announcer.join(0.2)
