"""Sound as arrays: WAV files read and written, and the short sound that announces speech."""

from __future__ import annotations

import os
import secrets
import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np

CHIME_HZ = (659.3, 880.0)
"""E5 and A5, a fourth upwards: it calls without alarm, well above a treadmill's rumble (chosen by us)."""

CHIME_NOTE_S = 0.13
CHIME_STEP_S = 0.09
"""The second note begins this long after the first, which still sounds; together they take 0.22 s."""

CHIME_ATTACK_S = 0.012
"""A note that begins faster than about 5 ms begins with a click."""

CHIME_PEAK = 0.22
"""Of full scale, at volume 1: well below espeak-ng's speech, which reaches 0.6 to 1."""


AUDIBLE = 100
"""Samples below this (of 32,768) at the beginning of speech are silence; espeak-ng's own is pure zeros."""


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


def read_wav(path: Path) -> tuple[np.ndarray, int]:
    """Return what a WAV of whole numbers holds, as int16 samples of one channel, and its rate in Hz.

    Several channels become their mean; 8-, 24- and 32-bit samples are brought to 16.

    :raises wave.Error: it is something else, empty or cut off.
    :raises EOFError: it ends within its header.
    :raises OSError: it cannot be read.
    """
    with wave.open(str(path), "rb") as file:
        channels, width, rate_hz, count = file.getparams()[:4]
        data = file.readframes(count)
    if count == 0 or len(data) != count * channels * width:
        raise wave.Error("cut off")
    samples = np.frombuffer(data, np.uint8).reshape(count, channels, width)
    if width == 1:  # the only one without a sign
        wide = (samples[..., 0].astype(np.int32) - 128) << 8
    else:
        wide = np.ascontiguousarray(samples[..., -2:]).view("<i2")[..., 0].astype(np.int32)
    return (wide[:, 0] if channels == 1 else wide.mean(axis=1).round()).astype(np.int16), rate_hz


def first_heard(samples: np.ndarray) -> int:
    """Return the number of the first sample that is not silence; their count if all are."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= AUDIBLE)
    return int(loud[0]) if loud.size else samples.size


def louder(samples: np.ndarray, factor: float) -> np.ndarray:
    """Return int16 samples made louder or softer; what would not fit stops at full scale."""
    return np.clip(np.round(samples * np.float64(factor)), -32768, 32767).astype(np.int16)


def chime(rate_hz: int, volume: float) -> np.ndarray:
    """Return a short soft sound of two rising notes, as int16 samples.

    :param volume: 1 is :data:`CHIME_PEAK`.
    """
    note = np.arange(round(CHIME_NOTE_S * rate_hz)) / rate_hz
    # A cosine's flank up, and down over all the rest: a struck bar's sound, and silence at both ends.
    rise = np.clip(note / CHIME_ATTACK_S, 0, 1)
    fall = np.clip((note[-1] - note) / (note[-1] - CHIME_ATTACK_S), 0, 1)
    shape = (1 - np.cos(np.pi * rise)) * (1 - np.cos(np.pi * fall)) / 4
    later = round(CHIME_STEP_S * rate_hz)
    both = np.zeros(later + note.size)
    for first, hertz in zip((0, later), CHIME_HZ, strict=True):
        both[first : first + note.size] += np.sin(2 * np.pi * hertz * note) * shape
    return louder(both / np.abs(both).max() * 32767, CHIME_PEAK * volume)
