"""The run's speech as one sound track, laid out by the run's own times: what goes into a video or a WAV file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device.cues.sound import first_heard, write_wav
from device.cues.voice import Voice

BLOCK_S = 10.0


class SpeechTrack:
    """What is said during a run, and when.  Only the phrases are kept, each text once; silence costs nothing.

    :param rate_hz: samples per second of the track.
    """

    def __init__(self, voice: Voice, rate_hz: int = 22050) -> None:
        self.voice = voice
        self.rate_hz = rate_hz
        self._clips: dict[str, np.ndarray] = {}
        self._said: list[tuple[int, np.ndarray]] = []

    def add(self, t_s: float, text: str) -> None:
        """Say the text at ``t_s`` seconds of the run.  That is when it is first heard: the lead-in is left out.

        Nothing is cut off: two texts that overlap are heard together.

        :raises VoiceError: the phrase cannot be made.
        """
        if text not in self._clips:
            self._clips[text] = _resampled(*self.voice.samples(text), self.rate_hz)
        self._said.append((round(t_s * self.rate_hz), self._clips[text]))

    @property
    def end_s(self) -> float:
        """When the last speech has ended, in seconds; 0 if nothing is said."""
        return max((start + clip.size for start, clip in self._said), default=0) / self.rate_hz

    def samples(self, from_s: float, to_s: float) -> np.ndarray:
        """Return the int16 samples of that stretch; stretches that meet in time join without a gap or an overlap."""
        return self._mix(round(from_s * self.rate_hz), round(to_s * self.rate_hz))

    def save(self, path: Path, until_s: float) -> None:
        """Write the track from 0 to ``until_s`` seconds, or to the end of the last speech if that is later.

        :raises OSError: the file cannot be written; what was there before is still there then.
        """
        write_wav(path, self._blocks(math.ceil(max(until_s, self.end_s) * self.rate_hz)), self.rate_hz)

    def _blocks(self, count: int) -> Iterator[np.ndarray]:
        block = round(BLOCK_S * self.rate_hz)
        for first in range(0, count, block):
            yield self._mix(first, min(first + block, count))

    def _mix(self, first: int, end: int) -> np.ndarray:
        """Add up what is said between two samples; where it is too loud together it is limited, not wrapped around."""
        mixed = np.zeros(max(0, end - first), np.int32)
        for start, clip in self._said:
            begin, stop = max(first, start), min(end, start + clip.size)
            if begin < stop:
                mixed[begin - first : stop - first] += clip[begin - start : stop - start]
        return np.clip(mixed, -32768, 32767).astype(np.int16)


def _resampled(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Return the samples without the silence at their beginning, at another rate (linear: good enough for speech)."""
    samples = samples[first_heard(samples) :]
    if from_hz == to_hz or samples.size == 0:
        return samples
    times = np.arange(math.ceil(samples.size * to_hz / from_hz)) * (from_hz / to_hz)
    resampled: np.ndarray = np.interp(times, np.arange(samples.size), samples).round().astype(np.int16)
    return resampled
