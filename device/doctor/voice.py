"""The voice: whether speech can be made, and whether it plays."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from device.cues import open_speaker
from device.cues.voice import Voice
from device.doctor import Result, bad, none, ok, warn
from device.errors import VoiceError
from device.settings import VoiceSettings

PHRASE = "Form Coach"

LIMIT_S = 60.0
"""Time for the whole check: making a phrase takes up to 20 s on a Pi with a cold SD card, three times at worst."""

PLAYING_S = 15.0

STUCK = "unplug the loudspeaker and plug it in again, or name another under [voice] device (aplay -L lists them)"

QUIET_REMEDY = (
    "turn the loudspeaker on and up (alsamixer), look at its cable; aplay -L lists the devices, and [voice] device "
    "names the one to speak on"
)
"""What to do about speech that plays, but is not heard."""

_ENGINE_REMEDY = "sudo apt install --reinstall libespeak-ng1 espeak-ng-data"


def voice(settings: VoiceSettings, play: bool, status: Mapping[str, Any]) -> Result:
    """Make a phrase and play it.

    :param play: whether it is to be heard.
    :param status: what the running coach tells of itself; {} where none runs.
    """
    if settings.speaker == "none":
        return none('switched off in the settings ([voice] speaker = "none")')
    with tempfile.TemporaryDirectory(prefix="form-coach-") as folder:  # made anew, not taken from the cache
        try:
            spoken = Voice.from_settings(settings, Path(folder))
            began_s = time.monotonic()
            spoken.wav(PHRASE)
            took_ms = 1000 * (time.monotonic() - began_s)
        except VoiceError as error:
            return bad(str(error), _ENGINE_REMEDY)
        told = f"“{PHRASE}” made in {took_ms:.0f} ms"
        if play:
            device, problem = _play(settings, spoken)
            if problem:
                return bad(f"{told}, but {problem}", QUIET_REMEDY)
            told += f", played without an error on {device}"
        else:
            told += ", not played (--no-voice)"
    if spoken.trouble:
        return warn(f"{told}; {spoken.trouble}", "or choose another [voice] engine or voice")
    troubles = status.get("troubles")
    if isinstance(troubles, Mapping):
        for topic in ("voice", "speech"):
            if troubles.get(topic):  # it is another user, who may lack rights that whoever tests has
                return bad(f"{told}; but the running coach says: {troubles[topic]}", QUIET_REMEDY)
    return ok(told)


def _play(settings: VoiceSettings, spoken: Voice) -> tuple[str, str]:
    """The device it was played on, and what went wrong; "" for nothing."""
    speaker = open_speaker(settings.speaker, spoken, settings.device, later=True)  # it says itself what is missing
    try:
        speaker.say(PHRASE)
        speaker.wait(PLAYING_S)
        return str(getattr(speaker, "device", "") or settings.device), speaker.healthy() or ""
    finally:
        speaker.close()
