"""The announcer thread: speaks what the coach says, in time or not at all, and looks after the loudspeaker."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from device.cues import SilentSpeaker, Speaker, open_speaker
from device.live.journal import Journal
from device.live.worker import Worker
from device.settings import VoiceSettings

RETRY_S = 5.0
"""A loudspeaker that is gone is tried this often (chosen by us)."""

CHECK_S = 60.0
"""One that works is looked after this often, so that it is known to be gone before the next cue (chosen by us)."""

LONGEST_S = 10.0
"""No phrase takes longer."""

NO_SOUND = "there is nothing to play sound on; plug in a loudspeaker, or see `form-coach doctor`"

LOOK_S = 0.25
"""How often it is looked whether what is being said comes through."""


class Announcer(Worker):
    """Takes a text and returns at once; whoever sees and judges never waits for speech.

    A text that could not be begun within ``late_s`` is left out: a cue that comes late is about another stride.

    :param open_speaker: opens the loudspeaker that the settings name and makes the phrases ready; called on the
        announcer's thread, again whenever the settings changed.
    :param journal: is told when speech fails and when it is back.
    :ivar last: what was said last, and when.
    :ivar dropped: how many texts could not be said in time.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        open_speaker: Callable[[VoiceSettings], Speaker],
        journal: Journal,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("announcer")
        self._settings = settings
        self._open_speaker = open_speaker
        self._journal = journal
        self._clock = clock
        self._wake = threading.Condition()
        self._text: tuple[float, str] | None = None
        self._retuned = False
        self._stopping = False
        self._until_s = -math.inf
        self.speaker: Speaker | None = None
        self.last: tuple[float, str] | None = None
        self.dropped = 0

    def say(self, text: str) -> None:
        """Say a text as soon as possible; it takes the place of one that was not begun yet."""
        with self._wake:
            self.dropped += self._text is not None
            self._text = (self._clock(), text)
            self._wake.notify()

    @property
    def waiting(self) -> bool:
        """Whether a text waits to be begun."""
        with self._wake:
            return self._text is not None

    def retune(self, settings: VoiceSettings) -> None:
        """Speak with other settings from now on."""
        with self._wake:
            if settings != self._settings:
                self._settings, self._retuned = settings, True
                self._wake.notify()

    def stop(self) -> None:
        """End what is being said, and the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def work(self) -> None:
        """Speak until stopped."""
        try:
            self._open()
            tried_s = self._clock()
            while True:
                with self._wake:
                    if not (self._stopping or self._text or self._retuned):
                        self._wake.wait(LOOK_S if self._speaking else RETRY_S)
                    if self._stopping:
                        return
                    (text, self._text), (retuned, self._retuned) = (self._text, None), (self._retuned, False)
                if retuned:
                    self._open()
                if text is not None:
                    self._speak(*text)
                self._look()
                if not self._speaking and self._clock() - tried_s >= (RETRY_S if self._wrong else CHECK_S):
                    self._probe()
                    tried_s = self._clock()
        finally:
            if self.speaker is not None:
                self.speaker.close()

    @property
    def _wrong(self) -> bool:
        return "voice" in self._journal.troubles

    @property
    def _speaking(self) -> bool:
        """Whether what was said last may still be going on."""
        return self._clock() < self._until_s

    def _open(self) -> None:
        if self.speaker is not None:
            self.speaker.close()
        self.speaker = self._open_speaker(self._settings)
        self._probe()

    def _speak(self, asked_s: float, text: str) -> None:
        assert self.speaker is not None
        if self._clock() - asked_s > self._settings.late_s:
            self.dropped += 1
            return
        self.last = (asked_s, text)
        self._until_s = self._clock() + LONGEST_S
        self.speaker.say(text)

    def _look(self) -> None:
        """See how the speech is getting on."""
        assert self.speaker is not None
        if problem := self.speaker.healthy():
            self._journal.wrong("voice", problem)
            self._until_s = -math.inf

    def _probe(self) -> None:
        assert self.speaker is not None
        if self.speaker.probe():
            self._journal.right("voice", "sound is back")
        else:
            self._journal.wrong("voice", self.speaker.healthy() or NO_SOUND)


def open_loudspeaker(settings: VoiceSettings, texts: list[str], tell: Callable[[list[str]], None]) -> Speaker:
    """The loudspeaker that the settings name.

    One that is missing now may come later, so there is always one unless none is wanted.  All texts are made ready in
    the background, which takes a while when it happens first.

    :param tell: is given what keeps texts from being made as the settings want it, one line each; [] when all are.
    """
    if settings.speaker == "none":
        return SilentSpeaker()
    from device.cues.voice import Voice  # only now, on the announcer's thread: the first picture does not wait for it

    voice = Voice.from_settings(settings)

    def prepare() -> None:
        tell(voice.prepare(texts))

    threading.Thread(target=prepare, name="phrases", daemon=True).start()
    return open_speaker(settings.speaker, voice, settings.device, later=True)
