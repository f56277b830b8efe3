"""The voice: phrases made into WAV files once, ahead of time, and kept.

espeak-ng speaks, pyttsx3 drives it, each phrase in a short-lived process of its own (see :mod:`device.cues.render`).
What comes out is checked, since pyttsx3 reports success whatever happened, and gets a little silence in front: HDMI and
Bluetooth loudspeakers swallow the beginning of what they play after a pause.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import secrets
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from device.errors import VoiceError

FORMAT = 1
"""Version of how phrases are made; part of their key, so that old files are not used after a change."""

DEFAULT_VOICES = ("en-us", "en-gb")
"""What ``voice = ""`` means.  American first: it sounds its r's ("shoulders", "forward"), which is one more thing to
hear over a treadmill; chosen by us."""

RATE_WPM = (80, 450)
"""The rates espeak-ng can speak at, in words per minute."""

CHILD_TIMEOUT_S = 20.0
"""Rendering takes 0.15 s on a PC; this leaves room for a Pi with a cold SD card."""

TRIES = 3
"""On a busy machine pyttsx3 leaves an empty file about once in 400 times."""

KEPT_PHRASES = 256
"""So many phrases stay in the cache (about 100 kB each), those used last."""


class Voice:
    """Makes phrases into 16-bit mono WAV files and keeps them.

    :param rate_wpm: words per minute, 80 to 450.
    :param volume: loudness, 0 (silent) to 2; 1 is espeak-ng's own.  Above 1 loud vowels may be clipped.
    :param voice: language ("en-gb"), name or identifier of a voice of espeak-ng, with a variant if wanted ("en-us+f3");
        "" takes the first of :data:`DEFAULT_VOICES` there is.
    :param lead_in_s: silence in front of each phrase, in seconds.
    :param cache_dir: where the files are kept; made when needed.  None takes :func:`cache_folder`'s.
    :raises VoiceError: a number is out of range.
    """

    def __init__(
        self,
        *,
        rate_wpm: int = 165,
        volume: float = 1.0,
        voice: str = "",
        lead_in_s: float = 0.25,
        cache_dir: Path | None = None,
    ) -> None:
        for name, value, low, high in (
            ("rate_wpm", rate_wpm, *RATE_WPM),
            ("volume", volume, 0, 2),
            ("lead_in_s", lead_in_s, 0, 5),
        ):
            if not low <= value <= high:
                raise VoiceError(f"{name} = {value} is out of range: {low} to {high}")
        self.rate_wpm = int(rate_wpm)
        self.volume = float(volume)
        self.voice = voice
        self.lead_in_s = float(lead_in_s)
        self._folder = cache_dir
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._checked: set[Path] = set()

    def wav(self, text: str) -> Path:
        """Return the phrase's WAV file, made now if it is not there yet (0.15 s on a PC).

        :raises VoiceError: it cannot be made; one line with the reason and a remedy.
        """
        (result,) = self._make([text])
        if isinstance(result, VoiceError):
            raise result
        return result

    def samples(self, text: str) -> tuple[np.ndarray, int]:
        """Return what the phrase's file holds, lead-in included: int16 samples (one channel) and their rate in Hz.

        :raises VoiceError: as :meth:`wav`.
        """
        return _read(self.wav(text))

    def prepare(self, texts: Iterable[str]) -> list[str]:
        """Make all phrases that are not there yet, as many at a time as there are processors.

        :return: what went wrong, each problem once and in one line; empty if nothing did.
        """
        return list(dict.fromkeys(str(r) for r in self._make(list(texts)) if isinstance(r, VoiceError)))

    @property
    def folder(self) -> Path:
        """Where the files are kept."""
        if self._folder is None:
            self._folder = cache_folder()
        if self._folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="form-coach-voice-")
            self._folder = Path(self._temporary.name)
        return self._folder

    def _path(self, text: str) -> Path:
        key = [FORMAT, DEFAULT_VOICES, text, self.voice, self.rate_wpm, self.volume, self.lead_in_s]
        return self.folder / (hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32] + ".wav")

    def _make(self, texts: list[str]) -> list[Path | VoiceError]:
        """Return for each text its file or why there is none."""
        results: dict[str, Path | VoiceError] = {}
        missing: list[str] = []
        try:
            for text in texts:
                if not text.strip():
                    results[text] = VoiceError("an empty text cannot be spoken")
                elif self._have(path := self._path(text)):
                    results[text] = path
                elif text not in missing:
                    missing.append(text)
            if missing:
                self.folder.mkdir(parents=True, exist_ok=True)
                results |= self._render(missing)
                self._purge()
        except OSError as error:
            problem = VoiceError(f"speech cannot be kept in {self._folder}: {error.strerror or error}")
            return [results.get(text, problem) for text in texts]
        return [results[text] for text in texts]

    def _have(self, path: Path) -> bool:
        """Whether the file is there and sound; looked into once, later only whether it is still there."""
        if path in self._checked:
            return path.exists()
        try:
            _read(path)
        except (OSError, EOFError, wave.Error):
            return False
        with contextlib.suppress(OSError):
            os.utime(path)  # marks it as used, for _purge
        self._checked.add(path)
        return True

    def _render(self, texts: list[str]) -> dict[str, Path | VoiceError]:
        results: dict[str, Path | VoiceError] = {}
        at_once = os.cpu_count() or 1
        with tempfile.TemporaryDirectory(prefix="form-coach-") as making:
            for first in range(0, len(texts), at_once):
                group = texts[first : first + at_once]
                files = [Path(making, f"{first + i}.wav") for i in range(len(group))]
                children = [self._start(text, file) for text, file in zip(group, files, strict=True)]
                for text, file, child in zip(group, files, children, strict=True):
                    try:
                        results[text] = self._finish(text, file, child)
                    except VoiceError as problem:
                        results[text] = problem
        return results

    def _start(self, text: str, file: Path) -> subprocess.Popen[str]:
        request = {
            "text": text,
            "rate_wpm": self.rate_wpm,
            "volume": self.volume,
            "voices": [self.voice] if self.voice else DEFAULT_VOICES,
            "path": str(file),
        }
        # -P: modules beside render.py must not hide the standard library's
        command = [sys.executable, "-P", str(Path(__file__).with_name("render.py"))]
        pipe = subprocess.PIPE
        child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, errors="replace")
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; _finish tells why
            child.stdin.write(json.dumps(request))
            child.stdin.close()
        child.stdin = None
        return child

    def _finish(self, text: str, file: Path, child: subprocess.Popen[str]) -> Path:
        """Wait for the process, check what it made, put the silence in front and the file in its place."""
        sound = self._outcome(text, file, child)
        for _ in range(TRIES - 1):
            if sound is None:
                sound = self._outcome(text, file, self._start(text, file))
        if sound is None:
            raise VoiceError(
                f"espeak-ng made no sound of {text!r}; "
                "remedy: sudo apt install --reinstall libespeak-ng1 espeak-ng-data"
            )
        spoken, rate_hz = sound
        path = self._path(text)
        write_wav(path, [np.zeros(math.ceil(self.lead_in_s * rate_hz), np.int16), spoken], rate_hz)
        self._checked.add(path)
        return path

    def _outcome(self, text: str, file: Path, child: subprocess.Popen[str]) -> tuple[np.ndarray, int] | None:
        """Return the samples the process made and their rate; None if it made a file without any sound in it."""
        try:
            output, errors = child.communicate(timeout=CHILD_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise VoiceError(
                f"espeak-ng took more than {CHILD_TIMEOUT_S:.0f} s to speak {text!r}; is the machine overloaded?"
            ) from None
        if child.returncode != 0:
            problems = [line[9:] for line in output.splitlines() if line.startswith("problem: ")]
            lines = [line.strip() for line in errors.splitlines() if line.strip()]
            reason = lines[-1] if lines else f"exit status {child.returncode}"
            raise VoiceError(problems[-1] if problems else f"espeak-ng failed: {reason}")
        try:
            spoken, rate_hz = _read(file)
        except (OSError, EOFError, wave.Error):
            return None
        # one hundredth of full scale: an espeak-ng without its data writes a well-formed file of silence
        heard = np.abs(spoken.astype(np.int32)).max() >= 327 * min(self.volume, 1.0)
        return (spoken, rate_hz) if heard else None

    def _purge(self) -> None:
        """Drop what was used longest ago.  By order, not by age: a Pi without network does not know the date."""
        used: list[tuple[float, Path]] = []
        for path in self.folder.glob("*.wav"):
            with contextlib.suppress(OSError):  # another process may be purging too
                used.append((path.stat().st_mtime, path))
        for _, path in sorted(used)[:-KEPT_PHRASES]:
            path.unlink(missing_ok=True)


def cache_folder() -> Path | None:
    """Where phrases are kept by default, made if need be; None if no such place can be written to.

    ``$CACHE_DIRECTORY`` (set by systemd for a service with a cache of its own), then ``$XDG_CACHE_HOME``, then
    ``~/.cache``.
    """
    candidates: list[Path] = []
    if own := os.environ.get("CACHE_DIRECTORY", "").split(":")[0]:
        candidates.append(Path(own, "voice"))
    if shared := os.environ.get("XDG_CACHE_HOME", ""):
        candidates.append(Path(shared, "form-coach", "voice"))
    with contextlib.suppress(RuntimeError):  # no HOME, and a user without an entry
        candidates.append(Path.home() / ".cache" / "form-coach" / "voice")
    for folder in candidates:
        if not folder.is_absolute():
            continue
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return None


def write_wav(path: Path, blocks: Iterable[np.ndarray], rate_hz: int) -> None:
    """Write int16 blocks, one after another, as a 16-bit mono WAV; the file appears whole or not at all.

    :raises OSError: it cannot be written.
    """
    # not mkstemp: its files are for one user's eyes only, whatever the umask
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file, wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate_hz)
            for block in blocks:
                out.writeframes(np.asarray(block, "<i2").tobytes())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path: Path) -> tuple[np.ndarray, int]:
    """Return the int16 samples of a 16-bit mono WAV and their rate in Hz; wave.Error if it is something else."""
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error("not 16-bit mono")
        count, rate_hz = file.getnframes(), file.getframerate()
        data = file.readframes(count)
    if count == 0 or len(data) != 2 * count:
        raise wave.Error("cut off")
    return np.frombuffer(data, "<i2").astype(np.int16), rate_hz
