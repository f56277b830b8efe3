"""WAV files of all kinds, and the chime."""

import wave

import numpy as np
import pytest

from device.cues.sound import CHIME_PEAK, chime, first_heard, louder, read_wav, write_wav

RATE = 22050


def write(path, width, channels, samples, rate_hz=16000):
    """A WAV of whole numbers as other programs write it; samples are (frames, channels) of -1..1."""
    scaled = np.round(np.asarray(samples) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    if width == 1:
        scaled += 128
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(b"".join(int(n).to_bytes(width, "little", signed=width > 1) for n in scaled.ravel()))


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_wav_becomes_16_bit_mono(tmp_path, width, channels):
    """Whatever the width and the number of channels, the sound is the same and the rate its own."""
    wanted = np.array([0, 0.5, -0.5, 0.25, -1, 1])
    write(tmp_path / "a.wav", width, channels, np.repeat(wanted[:, None], channels, axis=1))
    samples, rate_hz = read_wav(tmp_path / "a.wav")
    assert rate_hz == 16000
    assert samples.dtype == np.int16
    np.testing.assert_allclose(samples / 32767, wanted, atol=0.01)


def test_channels_are_mixed(tmp_path):
    """A voice on one channel only is still heard."""
    write(tmp_path / "a.wav", 2, 2, [[0.5, 0], [0, 0.5], [0.5, -0.5]])
    np.testing.assert_allclose(read_wav(tmp_path / "a.wav")[0] / 32767, [0.25, 0.25, 0], atol=0.001)


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not a wav at all", None])
def test_a_damaged_wav_is_an_error(tmp_path, damage):
    """A file that is empty, foreign or cut off is not taken for sound."""
    path = tmp_path / "a.wav"
    write_wav(path, [np.arange(1000, dtype=np.int16)], RATE)
    path.write_bytes(path.read_bytes()[:1000] if damage is None else damage)
    with pytest.raises((wave.Error, EOFError)):
        read_wav(path)


def test_a_wav_without_sound_is_an_error(tmp_path):
    """A header alone is not sound."""
    write_wav(tmp_path / "a.wav", [], RATE)
    with pytest.raises(wave.Error):
        read_wav(tmp_path / "a.wav")


def test_a_wav_appears_whole_or_not_at_all(tmp_path):
    """A write that fails half-way leaves the old file and no rubbish."""

    def blocks():
        yield np.zeros(100, np.int16)
        raise OSError("disk full")

    path = tmp_path / "run.wav"
    write_wav(path, [np.arange(5, dtype=np.int16)], RATE)
    with pytest.raises(OSError, match="disk full"):
        write_wav(path, blocks(), RATE)
    assert read_wav(path)[0].tolist() == [0, 1, 2, 3, 4]
    assert list(tmp_path.iterdir()) == [path]


def test_loudness_stops_at_full_scale():
    """What is too loud is limited, not wrapped around."""
    assert louder(np.array([100, -100, 30000, -30000], np.int16), 2).tolist() == [200, -200, 32767, -32768]


def test_where_sound_begins():
    """Silence and noise of the last bits are not heard."""
    assert first_heard(np.array([0, 3, -99, 100, 0], np.int16)) == 3
    assert first_heard(np.array([0, -32768], np.int16)) == 1
    assert first_heard(np.zeros(4, np.int16)) == 4


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("volume", [0.0, 0.3, 1.0])
def test_the_chime_is_short_soft_and_does_not_click(rate_hz, volume):
    """About 0.2 s, its level that of the volume, from silence and back to it, and never steeper than its own tones."""
    sound = chime(rate_hz, volume).astype(int)
    assert 0.15 < sound.size / rate_hz < 0.3
    peak = CHIME_PEAK * volume * 32767
    assert np.abs(sound).max() == pytest.approx(peak, abs=2)
    edge = round(0.001 * rate_hz)
    assert np.abs(sound[:edge]).max() <= 0.05 * peak + 1
    assert np.abs(sound[-edge:]).max() <= 0.05 * peak + 1
    steepest = 2 * np.pi * 900 / rate_hz * 1.5 * peak
    assert np.abs(np.diff(sound)).max() <= steepest + 2


def test_the_chime_has_two_rising_notes():
    """The second half is higher than the first."""
    sound = chime(RATE, 1.0).astype(float)

    def pitch_hz(part):
        return np.abs(np.fft.rfft(part, 1 << 16)).argmax() * RATE / (1 << 16)

    first, second = pitch_hz(sound[: round(0.08 * RATE)]), pitch_hz(sound[-round(0.08 * RATE) :])
    assert 600 < first < 720
    assert 830 < second < 930
