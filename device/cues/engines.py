"""The programs that can make speech: how each is asked for a phrase, what it can do, how to get it.

Each runs as a process of its own that writes a WAV file, so nothing of it becomes part of this program; only
espeak-ng is needed.  A new one is a function that returns its command, and a line in :data:`ENGINES`.

=========  =============================  ==========================================  ==========================
engine     languages                      ``voice``                                   ``rate_wpm``
=========  =============================  ==========================================  ==========================
espeak-ng  over 100                       one that ``espeak-ng --voices`` names,      as it is
                                          with a variant if wanted ("en-us+f3")
flite      English                        one that ``flite -lv`` names, or the path   its own pace counts as 165
                                          of a .flitevox file
pico       English, German, French,       "en-US", "en-GB", "de-DE", …                likewise
           Italian, Spanish
piper      what there is a model for      the path of a model (.onnx, with its        likewise
                                          .onnx.json beside it)
=========  =============================  ==========================================  ==========================

The volume of all but espeak-ng is applied to what they made.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from device.errors import VoiceError

OWN_PACE_WPM = 165
"""What the pace of an engine that counts no words is taken for; it is the usual ``rate_wpm``, so that this one leaves
every voice as its makers wanted it."""

PICO_VOICES = ("en-US", "en-GB", "de-DE", "es-ES", "fr-FR", "it-IT")
"""All there will ever be: SVOX published no more."""


class Phrase(NamedTuple):
    """What to say, and how.

    :param language: as ``device/texts`` names it; for messages.
    :param voice: the engine's own name of it, never empty.
    """

    text: str
    language: str
    voice: str
    rate_wpm: int
    volume: float


class Engine(NamedTuple):
    """One program.

    :param command: makes of a phrase, and the file to write, the arguments and what goes to standard input; raises
        VoiceError where the program could not do it.
    :param remedy: how to get it.
    :param no_voice: what is wrong, and what to do, where there is no voice for a language.
    :param timeout_s: after this a phrase is given up.
    :param at_once: so many phrases may be made at a time; 0 is one for each processor.
    :param slow: whether a phrase may take seconds.
    :param sets_volume: whether it minds the volume itself.
    """

    name: str
    command: Callable[[Phrase, Path], tuple[list[str], str]]
    remedy: str
    no_voice: str = ""
    timeout_s: float = 20.0
    at_once: int = 0
    slow: bool = False
    sets_volume: bool = False

    def start(self, phrase: Phrase, file: Path) -> subprocess.Popen[str]:
        """Begin to make a phrase.

        :raises VoiceError: the program is not installed, or cannot say it like that.
        """
        if not phrase.voice:
            raise VoiceError(f"{self.name} has no voice for language {phrase.language!r}; remedy: {self.no_voice}")
        arguments, request = self.command(phrase, file)
        if shutil.which(arguments[0]) is None:
            raise VoiceError(f"{self.name} is not installed; remedy: {self.remedy}")
        pipe = subprocess.PIPE
        try:
            child = subprocess.Popen(
                # the coach at work goes first
                ["nice", "-n", "10", *arguments],
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise VoiceError(f"{self.name} cannot be started: {error.strerror or error}") from error
        assert child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died at once; finish() tells why
            child.stdin.write(request)
            child.stdin.close()
        child.stdin = None
        return child

    def finish(self, phrase: Phrase, child: subprocess.Popen[str]) -> None:
        """Wait until the phrase is made.

        :raises VoiceError: it failed, or took too long.
        """
        try:
            output, errors = child.communicate(timeout=self.timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise VoiceError(
                f"{self.name} took more than {self.timeout_s:.0f} s to speak {phrase.text!r}; "
                "is the machine overloaded?"
            ) from None
        if child.returncode != 0:
            problems = [line[9:] for line in output.splitlines() if line.startswith("problem: ")]
            lines = [line.strip() for line in errors.splitlines() if line.strip()]
            reason = lines[-1] if lines else f"exit status {child.returncode}"
            raise VoiceError(problems[-1] if problems else f"{self.name} failed: {reason}")


def _espeak(phrase: Phrase, file: Path) -> tuple[list[str], str]:
    request = {
        "text": phrase.text,
        "language": phrase.language,
        "rate_wpm": phrase.rate_wpm,
        "volume": phrase.volume,
        "voice": phrase.voice,
        "path": str(file),
    }
    # -P: modules beside render.py must not hide the standard library's
    return [sys.executable, "-P", str(Path(__file__).with_name("render.py"))], json.dumps(request)


def _flite(phrase: Phrase, file: Path) -> tuple[list[str], str]:
    # Of a voice it does not know flite says nothing; it speaks with a very old one.
    if not Path(phrase.voice).is_file() and phrase.voice not in (known := _flite_voices()):
        raise VoiceError(f"flite has no voice {phrase.voice!r}; there are: {', '.join(known)}")
    stretch = OWN_PACE_WPM / phrase.rate_wpm
    arguments = ["flite", "-voice", phrase.voice, "--setf", f"duration_stretch={stretch:.3f}"]
    return [*arguments, "-t", phrase.text, "-o", str(file)], ""


def _flite_voices() -> list[str]:
    try:
        listed = subprocess.run(["flite", "-lv"], capture_output=True, encoding="utf-8", timeout=5.0, check=False)
    except FileNotFoundError:
        raise VoiceError(f"flite is not installed; remedy: {ENGINES['flite'].remedy}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VoiceError(f"flite cannot be used: {error}") from error
    return listed.stdout.partition(":")[2].split()


def _pico(phrase: Phrase, file: Path) -> tuple[list[str], str]:
    if phrase.voice not in PICO_VOICES:
        raise VoiceError(f"pico has no voice {phrase.voice!r}; there are: {', '.join(PICO_VOICES)}")
    # It takes its settings as marks within the text, so the text itself must have none.
    plain = phrase.text.replace("<", " ").replace(">", " ")
    speed = round(100 * phrase.rate_wpm / OWN_PACE_WPM)
    return ["pico2wave", "-l", phrase.voice, "-w", str(file), f'<speed level="{speed}">{plain}</speed>'], ""


def _piper(phrase: Phrase, file: Path) -> tuple[list[str], str]:
    if not Path(phrase.voice).is_file():
        raise VoiceError(f"there is no Piper model at {phrase.voice!r}; remedy: {ENGINES['piper'].no_voice}")
    scale = OWN_PACE_WPM / phrase.rate_wpm
    arguments = ["piper", "--model", phrase.voice, "--length_scale", f"{scale:.3f}", "--output_file", str(file)]
    return arguments, " ".join(phrase.text.split()) + "\n"  # every line is a text of its own


ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            "espeak-ng",
            _espeak,
            "sudo apt install --reinstall libespeak-ng1 espeak-ng-data",
            no_voice="name one of `espeak-ng --voices` in voice.voice",
            sets_volume=True,
        ),
        Engine("flite", _flite, "sudo apt install flite", no_voice='it speaks English; voice.engine = "espeak-ng"'),
        Engine(
            "pico",
            _pico,
            "sudo apt install libttspico-utils (in Debian's section non-free)",
            no_voice='voice.engine = "espeak-ng"',
        ),
        Engine(
            "piper",
            _piper,
            "install piper-tts (GPL-3, a program of its own) so that `piper` is in /usr/local/bin",
            no_voice="download one (`python -m piper.download_voices`) and give its .onnx file's path in voice.voice",
            timeout_s=90.0,  # a Pi 4 loads 63 MB and 200 MB of libraries from its SD card first
            at_once=1,  # each takes 200 MB of memory, and all processors
            slow=True,
        ),
    )
}
"""What ``voice.engine`` may name."""
