"""The voice: phrases made into WAV files once, ahead of time, and kept.

An engine speaks (see :mod:`device.cues.engines`), each phrase in a short-lived process of its own.  What comes out is
checked, since programs report success whatever happened.  In front of it goes a little silence, because HDMI and
Bluetooth loudspeakers swallow the beginning of what they play after a pause, and if wanted a chime.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import subprocess
import tempfile
import threading
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import numpy as np

from device import texts
from device.cues.engines import ENGINES, Engine, Phrase
from device.cues.sound import chime, first_heard, louder, read_wav, write_wav
from device.errors import VoiceError
from device.settings import VoiceSettings

FORMAT = 2
"""Version of how phrases are made; part of their key, so that old files are not used after a change."""

RATE_WPM = (80, 450)
"""The rates espeak-ng can speak at, in words per minute."""

TRIES = 3
"""On a busy machine pyttsx3 leaves an empty file about once in 400 times."""

KEPT_PHRASES = 256
"""So many phrases stay in the cache (about 100 kB each), those used last."""

KEPT_BEFORE_S = 0.01
"""Of the silence an engine begins with so much is kept, for consonants that begin softly."""

CHIME_GAP_S = 0.1
"""Silence between the chime and the speech."""


class Voice:
    """Makes phrases into 16-bit mono WAV files and keeps them.

    Where the engine or the voice that was asked for does not work, espeak-ng speaks instead with the language's usual
    voice, for as long as this object lives: the runner must hear something.

    :param rate_wpm: words per minute, 80 to 450.
    :param volume: loudness, 0 (silent) to 2; 1 is the engine's own.  Above 1 loud vowels may be clipped.
    :param voice: name of one of the engine's voices (see :mod:`device.cues.engines`); "" takes the language's own.
    :param lead_in_s: silence in front of each phrase, in seconds.
    :param language: of all that is said; one of :func:`device.texts.languages`.
    :param engine: what makes the speech; one of :data:`device.cues.engines.ENGINES`.
    :param chime: whether a short sound comes before speech, after the silence.
    :param cache_dir: where the files are kept; made when needed.  None takes :func:`cache_folder`'s.
    :raises VoiceError: a number is out of range, or there is no such engine or language.
    :ivar trouble: None while what was asked for speaks, else one line saying why espeak-ng does so instead.
    """

    def __init__(
        self,
        *,
        rate_wpm: int = 165,
        volume: float = 1.0,
        voice: str = "",
        lead_in_s: float = 0.25,
        language: str = "en",
        engine: str = "espeak-ng",
        chime: bool = False,
        cache_dir: Path | None = None,
    ) -> None:
        for name, value, low, high in (
            ("rate_wpm", rate_wpm, *RATE_WPM),
            ("volume", volume, 0, 2),
            ("lead_in_s", lead_in_s, 0, 5),
        ):
            if not low <= value <= high:
                raise VoiceError(f"{name} = {value} is out of range: {low} to {high}")
        for name, word, known in (("language", language, texts.languages()), ("engine", engine, tuple(ENGINES))):
            if word not in known:
                raise VoiceError(f"{name} = {word!r} is not known; there are: {', '.join(known)}")
        self.rate_wpm = int(rate_wpm)
        self.volume = float(volume)
        self.voice = voice
        self.lead_in_s = float(lead_in_s)
        self.language = language
        self.engine = engine
        self.chime = chime
        self.trouble: str | None = None
        self._lock = threading.Lock()
        self._folder = cache_dir
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._checked: set[Path] = set()
        self._other: Voice | None = None

    @classmethod
    def from_settings(cls, settings: VoiceSettings, cache_dir: Path | None = None) -> Self:
        """Return the voice that the settings ask for."""
        return cls(
            rate_wpm=settings.rate_wpm,
            volume=settings.volume,
            voice=settings.voice,
            lead_in_s=settings.lead_in_s,
            language=settings.language,
            engine=settings.engine,
            chime=settings.chime,
            cache_dir=cache_dir,
        )

    def wav(self, text: str) -> Path:
        """Return the phrase's WAV file, made now if it is not there yet (0.15 s on a PC).

        :raises VoiceError: it cannot be made; one line with the reason and a remedy.
        """
        result = self._make([text])[text]
        if isinstance(result, VoiceError):
            raise result
        return result

    def soon(self, text: str) -> Path:
        """Return a WAV file of the phrase to play now: made by espeak-ng where the engine would take seconds for it.

        :raises VoiceError: as :meth:`wav`.
        """
        if ENGINES[self.engine].slow and self._spare is not None and not self._have(self._path(text)):
            return self._spare.wav(text)
        return self.wav(text)

    def samples(self, text: str) -> tuple[np.ndarray, int]:
        """Return what the phrase's file holds, lead-in included: int16 samples (one channel) and their rate in Hz.

        :raises VoiceError: as :meth:`wav`.
        """
        return read_wav(self.wav(text))

    def prepare(self, wanted: Iterable[str]) -> list[str]:
        """Make all phrases that are not there yet, as many at a time as the engine allows.

        :return: what went wrong, each problem once and in one line; empty if nothing did.  That another engine had to
            speak instead is one of them, told by the call that finds it out.
        """
        before = self.trouble
        problems = [str(result) for result in self._make(list(wanted)).values() if isinstance(result, VoiceError)]
        if self.trouble and not before:
            problems.insert(0, self.trouble)
        return list(dict.fromkeys(problems))

    @property
    def folder(self) -> Path:
        """Where the files are kept."""
        with self._lock:  # phrases may be made ready on one thread and spoken on another
            if self._folder is None:
                self._folder = cache_folder()
            if self._folder is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="form-coach-voice-")
                self._folder = Path(self._temporary.name)
            return self._folder

    @property
    def _usual(self) -> str:
        """The language's own voice for the engine; "" where there is none."""
        return str(texts.load(self.language)["voices"].get(self.engine, ""))

    @property
    def _spare(self) -> Voice | None:
        """What speaks where this cannot; None where this is the last resort itself."""
        if self.engine == "espeak-ng" and self.voice in ("", self._usual):
            return None
        if self._other is None:
            self._other = Voice(
                rate_wpm=self.rate_wpm,
                volume=self.volume,
                lead_in_s=self.lead_in_s,
                language=self.language,
                chime=self.chime,
                cache_dir=self.folder,
            )
        return self._other

    def _path(self, text: str) -> Path:
        voice = self.voice or self._usual
        key = [FORMAT, text, self.engine, voice, self.rate_wpm, self.volume, self.lead_in_s, self.chime]
        return self.folder / (hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32] + ".wav")

    def _make(self, wanted: list[str]) -> dict[str, Path | VoiceError]:
        """Return for each text its file or why there is none."""
        results: dict[str, Path | VoiceError] = {}
        missing: list[str] = []
        try:
            for text in dict.fromkeys(wanted):
                if not text.strip():
                    results[text] = VoiceError("an empty text cannot be spoken")
                elif self._have(path := self._path(text)):
                    results[text] = path
                else:
                    missing.append(text)
            if missing and self.trouble is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                results |= self._render(missing)
                self._purge()
        except OSError as error:
            problem = VoiceError(f"speech cannot be kept in {self._folder}: {error.strerror or error}")
            return {text: results.get(text, problem) for text in wanted}
        if self.trouble is not None and self._spare is not None:
            results |= self._spare._make([text for text in missing if not isinstance(results.get(text), Path)])
        return results

    def _have(self, path: Path) -> bool:
        """Whether the file is there and sound; looked into once, later only whether it is still there."""
        if path in self._checked:
            return path.exists()
        try:
            read_wav(path)
        except (OSError, EOFError, wave.Error):
            return False
        with contextlib.suppress(OSError):
            os.utime(path)  # marks it as used, for _purge
        self._checked.add(path)
        return True

    def _render(self, missing: list[str]) -> dict[str, Path | VoiceError]:
        """Make phrases with this very engine; where another stands by, no more of them once it failed."""
        results: dict[str, Path | VoiceError] = {}
        engine = ENGINES[self.engine]
        at_once = engine.at_once or os.cpu_count() or 1
        with tempfile.TemporaryDirectory(prefix="form-coach-") as making:
            for first in range(0, len(missing), at_once):
                if self.trouble is not None:
                    break
                begun: list[tuple[Phrase, Path, subprocess.Popen[str]]] = []
                for i, text in enumerate(missing[first : first + at_once], first):
                    phrase = Phrase(text, self.language, self.voice or self._usual, self.rate_wpm, self.volume)
                    file = Path(making, f"{i}.wav")
                    try:
                        begun.append((phrase, file, engine.start(phrase, file)))
                    except VoiceError as problem:
                        results[text] = problem
                for phrase, file, child in begun:
                    try:
                        results[phrase.text] = self._finish(engine, phrase, file, child)
                    except VoiceError as problem:
                        results[phrase.text] = problem
                failed = [result for result in results.values() if isinstance(result, VoiceError)]
                if failed and self._spare is not None:
                    self.trouble = f"{failed[0]} (espeak-ng speaks instead)"
        return results

    def _finish(self, engine: Engine, phrase: Phrase, file: Path, child: subprocess.Popen[str]) -> Path:
        """Wait for the process, check what it made, put silence and chime in front and the file in its place."""
        sound = self._outcome(engine, phrase, file, child)
        for _ in range(TRIES - 1):
            if sound is None:
                sound = self._outcome(engine, phrase, file, engine.start(phrase, file))
        if sound is None:
            raise VoiceError(f"{engine.name} made no sound of {phrase.text!r}; remedy: {engine.remedy}")
        spoken, rate_hz = sound
        if not engine.sets_volume:
            spoken = louder(spoken, self.volume)
        spoken = spoken[max(0, first_heard(spoken) - round(KEPT_BEFORE_S * rate_hz)) :]
        blocks = [_silence(self.lead_in_s, rate_hz)]
        if self.chime:
            blocks += [chime(rate_hz, self.volume), _silence(CHIME_GAP_S, rate_hz)]
        path = self._path(phrase.text)
        write_wav(path, [*blocks, spoken], rate_hz)
        self._checked.add(path)
        return path

    def _outcome(
        self, engine: Engine, phrase: Phrase, file: Path, child: subprocess.Popen[str]
    ) -> tuple[np.ndarray, int] | None:
        """Return the samples the process made and their rate; None if it made a file without any sound in it."""
        engine.finish(phrase, child)
        try:
            spoken, rate_hz = read_wav(file)
        except (OSError, EOFError, wave.Error):
            return None
        # one hundredth of full scale: an espeak-ng without its data writes a well-formed file of silence
        least = 327 * min(self.volume, 1.0) if engine.sets_volume else 327
        return (spoken, rate_hz) if np.abs(spoken.astype(np.int32)).max() >= least else None

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


def _silence(length_s: float, rate_hz: int) -> np.ndarray:
    return np.zeros(math.ceil(length_s * rate_hz), np.int16)
