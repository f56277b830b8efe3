"""From faults to spoken cues: when to say what, and the loudspeakers that say it.

A new loudspeaker is a subclass of :class:`Speaker` plus a line in :func:`open_speaker`; ``tests/cues/test_speakers.py``
holds what all of them promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from device.errors import UsageError

if TYPE_CHECKING:
    from device.cues.voice import Voice

SPEAKERS = ("auto", "alsa", "none")
"""What ``open_speaker`` knows."""


class Speaker(ABC):
    """Says texts aloud, one at a time.

    A back end must override :meth:`say`, and :meth:`healthy`, :meth:`wait` and :meth:`close` where its speech goes on
    after :meth:`say` returned, and :meth:`probe` where it can come to fail.  None of them may raise over a loudspeaker
    that does not work: the coach goes on without it, and :meth:`healthy` tells the runner.  All are called from one
    thread.
    """

    name: str = ""
    """What settings and events call this back end."""

    device: str = ""
    """What it plays on now; "" where there is nothing to name."""

    @abstractmethod
    def say(self, text: str) -> None:
        """Begin to say the text and return, without waiting for the speech.

        What is still being said ends: the newer cue is the one that counts.  After :meth:`close` nothing is said.
        """

    def healthy(self) -> str | None:
        """Return None if speech can be heard as far as is known, else one line saying what is wrong.

        It is about the speech begun last, or the :meth:`probe` since: a loudspeaker that works again is healthy again.
        """
        return None

    def probe(self) -> bool:
        """Find out, without a noise, whether what is said now would be heard; :meth:`healthy` tells then why not.

        Call it before the first text, every few seconds while something is wrong, and now and then while all is well,
        but not while something is being said: a device that is back is used from then on, a better one taken where
        the choice is open.  It takes a moment while all is well, and no more than a few seconds ever, unless phrases
        have to be made.  After :meth:`close` it is False where sound could be missing.
        """
        return True

    def wait(self, timeout_s: float) -> None:  # noqa: B027  (a back end whose speech ends at once has nothing to do)
        """Return when the speech has ended, or after ``timeout_s`` seconds."""

    def close(self) -> None:  # noqa: B027
        """End what is being said and let go of the device.  It may be called more than once and takes under 1 s."""


class SilentSpeaker(Speaker):
    """Says nothing and remembers it: ``speaker = "none"``, and the fake in tests.

    :ivar said: the texts, in order.
    """

    name = "none"

    def __init__(self) -> None:
        self.said: list[str] = []
        self._closed = False

    def say(self, text: str) -> None:
        """Remember the text."""
        if not self._closed:
            self.said.append(text)

    def close(self) -> None:
        """Say nothing from now on."""
        self._closed = True


def open_speaker(kind: str, voice: Voice, device: str = "auto", *, later: bool = False) -> Speaker:
    """Return the loudspeaker of that kind.

    :param kind: "alsa"; "none"; or "auto", which is "alsa" where there is something to play on and "none" elsewhere.
    :param device: the ALSA device to play on, as ``aplay -L`` lists them: "default", "plughw:CARD=Headphones", …; or
        "auto", which takes the best (:mod:`device.cues.devices`).
    :param later: what to play on may come later: "auto" is "alsa" at once, and :meth:`Speaker.probe` looks for it.
    :raises UsageError: there is no such kind.
    """
    if kind not in SPEAKERS:
        raise UsageError(f"speaker {kind!r} is not known; there are: {', '.join(SPEAKERS)}")
    if kind == "none" or (kind == "auto" and not later and not sound_card(device)):
        return SilentSpeaker()
    from device.cues.alsa import AlsaSpeaker

    return AlsaSpeaker(voice, device)


def sound_card(device: str = "auto") -> bool:
    """Return whether ALSA has something to play on (a busy one counts), by playing a moment of silence."""
    from device.cues.devices import plays

    return plays(device)
