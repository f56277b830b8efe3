"""Speech through ALSA: each phrase is a WAV that ``aplay`` plays, as a process that can be ended.

pyttsx3's own playing is of no use here: it cannot be stopped from outside and calls a missing device a success.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
import wave
from pathlib import Path
from typing import IO

from device.cues import Speaker
from device.cues.voice import Voice
from device.errors import VoiceError

NOT_INSTALLED = "aplay is not installed; remedy: sudo apt install alsa-utils"

PROBE_TIMEOUT_S = 5.0
"""A sound server that does not answer is given up after this."""

STOP_S = 0.3
"""How long ``aplay`` may take to let go of the device before it is killed."""

STUCK_S = 5.0
"""Playing that takes so much longer than the phrase lasts is stuck."""


def plays(device: str) -> bool:
    """Return whether silence can be played on the device.

    Asking ``aplay -l`` for sound cards would miss PipeWire, Bluetooth and whatever else a user's asoundrc names, and
    see cards that cannot be opened.
    """
    command = ["aplay", "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", "22050", "-"]
    try:
        done = subprocess.run(
            command, input=bytes(2205), capture_output=True, timeout=PROBE_TIMEOUT_S, check=False, env=_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 or b"busy" in done.stderr.lower()


def _environment() -> dict[str, str]:
    return os.environ | {"LC_ALL": "C"}  # aplay's complaints are read here


class AlsaSpeaker(Speaker):
    """Plays a voice's phrases on an ALSA device.

    Prepare the phrases beforehand (:meth:`Voice.prepare`): one that is not there yet is made first, which holds
    :meth:`say` up.  One that could not be made is not tried again.

    :param device: the ALSA device, as ``aplay -L`` lists them.
    """

    name = "alsa"

    def __init__(self, voice: Voice, device: str = "default") -> None:
        self.voice = voice
        self.device = device
        self._playing: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._due_s = 0.0  # on the monotonic clock: when playing should have ended
        self._problem: str | None = None
        self._unspeakable: dict[str, str] = {}
        self._closed = False

    def say(self, text: str) -> None:
        """Begin to play the phrase; see :class:`Speaker`."""
        if self._closed:
            return
        self._stop()
        self._problem = self._unspeakable.get(text)
        if self._problem is not None:
            return
        try:
            self._play(self.voice.wav(text))
        except VoiceError as error:
            self._problem = self._unspeakable[text] = str(error)
        except FileNotFoundError:
            self._problem = NOT_INSTALLED
        except (OSError, wave.Error, EOFError) as error:
            self._problem = f"aplay cannot be started: {error}"

    def healthy(self) -> str | None:
        """Say what is wrong with the speech begun last; see :class:`Speaker`."""
        self._look()
        if self._playing is not None and time.monotonic() > self._due_s:
            return f"sound does not move on: aplay is stuck on device {self.device!r}"
        return self._problem

    def wait(self, timeout_s: float) -> None:
        """Wait until the phrase has been played."""
        if self._playing is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._playing.wait(max(0.0, timeout_s))
        self._look()

    def close(self) -> None:
        """End what is being played."""
        self._closed = True
        self._stop()

    def _play(self, path: Path) -> None:
        with wave.open(str(path), "rb") as file:
            length_s = file.getnframes() / file.getframerate()
        # A file, not a pipe: ALSA plug-ins start processes that would hold a pipe open.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as the process)
        self._playing = subprocess.Popen(
            ["aplay", "-q", "-D", self.device, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the coach to handle
        )
        self._due_s = time.monotonic() + length_s + STUCK_S

    def _look(self) -> None:
        """Take note if playing has ended, and how."""
        if self._playing is None or (status := self._playing.poll()) is None:
            return
        if status != 0:
            self._problem = f"sound does not play on device {self.device!r}: {self._complaint(status)}"
        self._forget()

    def _complaint(self, status: int) -> str:
        """The one line of ``aplay``'s complaints that says it best."""
        assert self._errors is not None
        self._errors.seek(0)
        lines = self._errors.read(65536).decode(errors="replace").splitlines()
        own = [line for line in lines if line.startswith("aplay:")]
        if own:
            # "aplay: main:831: audio open error: No such file or directory"
            return own[-1].split(":", 3)[-1].strip()
        return lines[-1] if lines else f"aplay left with status {status}"

    def _stop(self) -> None:
        """End the process and wait for it, bounded, so that the device is free for the next one."""
        self._look()
        if self._playing is None:
            return
        self._playing.terminate()
        try:
            self._playing.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._playing.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # stuck inside the kernel: nothing more to do
                self._playing.wait(STOP_S)
        self._forget()

    def _forget(self) -> None:
        self._playing = None
        if self._errors is not None:
            self._errors.close()
            self._errors = None
