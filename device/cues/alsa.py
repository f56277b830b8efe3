"""Speech through ALSA: each phrase is a WAV that ``aplay`` plays, as a process that can be ended.

pyttsx3's own playing is of no use here: it cannot be stopped from outside and calls a missing device a success.
"""

from __future__ import annotations

import time
import wave
from pathlib import Path

from device.cues import Speaker
from device.cues.aplay import NOT_INSTALLED, Aplay
from device.cues.devices import AUTO, choose, fault
from device.cues.voice import Voice
from device.errors import VoiceError

STUCK_S = 5.0
"""Playing that takes so much longer than the phrase lasts is stuck."""


class AlsaSpeaker(Speaker):
    """Plays a voice's phrases on an ALSA device.

    Prepare the phrases beforehand (:meth:`Voice.prepare`): one that is not there yet is made first, which holds
    :meth:`say` up.  One that could not be made is not tried again before the next :meth:`probe`.  Where the device is
    left open, let :meth:`probe` choose it before the first :meth:`say`, which else does so itself.

    :param device: the ALSA device, as ``aplay -L`` lists them, or "auto" (see :mod:`device.cues.devices`).
    :ivar device: the one in use; "" while none is found.
    """

    name = "alsa"

    def __init__(self, voice: Voice, device: str = AUTO) -> None:
        self.voice = voice
        self.device = "" if device == AUTO else device
        self._auto = device == AUTO
        self._good = False  # whether the device played what it was given last
        self._playing: Aplay | None = None
        self._due_s = 0.0  # on the monotonic clock: when playing should have ended
        self._problem: str | None = None
        self._unspeakable: dict[str, str] = {}
        self._closed = False

    def say(self, text: str) -> None:
        """Begin to play the phrase; see :class:`Speaker`."""
        if self._closed:
            return
        self._look()
        self._stop()
        self._problem = self._unspeakable.get(text)
        if self._problem is not None or (not self.device and not self._find()):
            return
        try:
            self._play(self.voice.soon(text))
        except VoiceError as error:
            self._problem = self._unspeakable[text] = str(error)
        except FileNotFoundError:
            self._problem = NOT_INSTALLED
        except (OSError, wave.Error, EOFError) as error:
            self._problem = f"aplay cannot be started: {error}"

    def healthy(self) -> str | None:
        """Say what is wrong with the speech begun last; see :class:`Speaker`."""
        self._look()
        if self._stuck():
            return f"sound does not move on: aplay is stuck on device {self.device!r}"
        return self._problem

    def probe(self) -> bool:
        """Find out with a moment of silence; see :class:`Speaker`.

        A device that is known to play is left alone; where the choice is open, better ones are tried, so that a
        loudspeaker plugged in during the run is taken.
        """
        self._look()
        if self._playing is not None and not self._stuck():
            return self._problem is None
        if self._closed:
            return False
        self._stop()
        self._problem = None
        return self._find() and self._can_speak()

    def wait(self, timeout_s: float) -> None:
        """Wait until the phrase has been played."""
        if self._playing is not None:
            self._playing.wait(timeout_s)
        self._look()

    def close(self) -> None:
        """End what is being played."""
        self._closed = True
        self._stop()

    def _find(self) -> bool:
        """Make sure of a device that plays."""
        if self._auto:
            self.device, self._problem = choose(self.device if self._good else "")
        else:
            self._problem = fault(self.device, self._good)
        self._good = self._problem is None
        return self._good

    def _can_speak(self) -> bool:
        """Try again to make the phrases that could not be made; the first that fails tells of all."""
        for text in list(self._unspeakable):
            try:
                self.voice.wav(text)
            except VoiceError as error:
                self._problem = self._unspeakable[text] = str(error)
                return False
            del self._unspeakable[text]
        return True

    def _play(self, path: Path) -> None:
        with wave.open(str(path), "rb") as file:
            length_s = file.getnframes() / file.getframerate()
        self._playing = Aplay(self.device, str(path))
        self._due_s = time.monotonic() + length_s + STUCK_S

    def _stuck(self) -> bool:
        return self._playing is not None and time.monotonic() > self._due_s

    def _look(self) -> None:
        """Take note if playing has ended, and how."""
        if self._playing is not None and self._playing.ended():
            self._problem = self._playing.problem()
            self._good = self._problem is None
            self._stop()

    def _stop(self) -> None:
        if self._playing is not None:
            if self._stuck():
                self._good = False
            self._playing.stop()
            self._playing = None
