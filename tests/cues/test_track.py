"""The run's sound track: speech at the right time, whatever the stretch asked for."""

import tracemalloc
import wave
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.cues.track import SpeechTrack
from device.errors import VoiceError

RATE = 1000


class Beeps:
    """A stand-in for the voice: each text is a lead-in of 250 ms, then as many samples of its own loudness."""

    lead_in_s = 0.25

    def __init__(self, rate_hz=RATE):
        self.rate_hz = rate_hz
        self.asked = []

    def samples(self, text):
        self.asked.append(text)
        if text == "broken":
            raise VoiceError("no voice")
        length_s, loudness = (float(number) for number in text.split())
        lead = np.zeros(round(0.25 * self.rate_hz), np.int16)
        return np.concatenate([lead, np.full(round(length_s * self.rate_hz), loudness, np.int16)]), self.rate_hz


def track(*said, voice_hz=RATE):
    speech = SpeechTrack(Beeps(voice_hz), RATE)
    for t_s, text in said:
        speech.add(t_s, text)
    return speech


def test_speech_begins_when_it_is_said():
    """The first audible sample is at the time of the cue: the lead-in is left out."""
    samples = track((2.0, "0.5 1000")).samples(0, 5)
    assert samples.dtype == np.int16
    assert samples.size == 5 * RATE
    assert np.flatnonzero(samples).tolist() == list(range(2000, 2500))


def test_overlapping_speech_is_mixed_and_limited():
    """Two texts at once are heard together; where the sum is too loud it stops at full scale and does not wrap."""
    samples = track((0.0, "1 20000"), (0.5, "1 20000"), (3.0, "1 -20000"), (3.5, "1 -20000")).samples(0, 5)
    assert samples[[0, 499, 500, 999, 1000, 1499, 1500]].tolist() == [20000, 20000, 32767, 32767, 20000, 20000, 0]
    assert samples[3600] == -32768


@given(
    st.lists(st.tuples(st.floats(0, 10), st.sampled_from(["0.5 1000", "2 -30000", "0.001 500"])), max_size=5),
    st.lists(st.floats(0, 12), min_size=2, max_size=6),
)
def test_stretches_join(said, cuts):
    """However a run is cut into stretches, they add up to the same sound: nothing is lost or doubled at a cut."""
    speech = track(*said)
    cuts = sorted(cuts)
    joined = np.concatenate([speech.samples(a, b) for a, b in pairwise(cuts)])
    assert joined.tolist() == speech.samples(cuts[0], cuts[-1]).tolist()


@pytest.mark.parametrize("voice_hz", [500, 1000, 2205])
def test_speech_is_brought_to_the_tracks_rate(voice_hz):
    """A voice of another rate neither speeds up nor drags."""
    heard = np.flatnonzero(track((1.0, "0.5 1000"), voice_hz=voice_hz).samples(0, 3))
    assert heard[0] == 1000
    assert abs(heard.size - 500) <= 1


def test_a_phrase_is_asked_for_once():
    """A cue repeated for an hour costs one phrase."""
    speech = track(*((10.0 * i, "0.5 1000") for i in range(360)))
    assert speech.voice.asked == ["0.5 1000"]
    assert speech.end_s == 3590.5


def test_an_hour_is_not_held_in_memory(tmp_path):
    """A long, mostly silent run is written piece by piece."""
    speech = track((3500.0, "0.5 1000"))
    tracemalloc.start()
    speech.save(tmp_path / "run.wav", 3600)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert (tmp_path / "run.wav").stat().st_size == 44 + 2 * 3600 * RATE


@pytest.mark.parametrize(("until_s", "length_s"), [(5, 5), (1, 2.5), (0, 2.5)])
def test_saving(tmp_path, until_s, length_s):
    """The file is 16-bit mono, at least as long as asked for, and never cuts the last speech off."""
    speech = track((2.0, "0.5 1000"))
    speech.save(tmp_path / "run.wav", until_s)
    with wave.open(str(tmp_path / "run.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        samples = np.frombuffer(file.readframes(10**9), "<i2")
    assert samples.size == length_s * RATE
    assert samples.tolist() == speech.samples(0, length_s).tolist()


def test_a_run_without_speech(tmp_path):
    """Silence is a valid track, even an empty one."""
    speech = track()
    assert speech.end_s == 0
    speech.save(tmp_path / "run.wav", 1.0)
    assert not speech.samples(0, 1).any()
    assert speech.samples(3, 3).size == 0
    speech.save(tmp_path / "run.wav", 0)
    with wave.open(str(tmp_path / "run.wav")) as file:
        assert file.getnframes() == 0


def test_a_phrase_that_cannot_be_made():
    """It is an error when added, and the track stays as it was."""
    speech = track((1.0, "0.5 1000"))
    with pytest.raises(VoiceError):
        speech.add(2.0, "broken")
    assert speech.end_s == 1.5
