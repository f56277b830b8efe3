"""The voice: phrases are made by the real pyttsx3 and espeak-ng, once, and looked at."""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device.cues import voice as voice_module
from device.cues.engines import ENGINES
from device.cues.sound import chime
from device.cues.voice import Voice, cache_folder
from device.errors import VoiceError
from device.settings import VoiceSettings


def installed(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


needs_espeak = pytest.mark.skipif(not installed("libespeak-ng.so.1"), reason="libespeak-ng1 is not installed")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("voice")


@pytest.fixture
def no_library(tmp_path, monkeypatch):
    """A machine whose loader finds no usable espeak-ng."""
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (tmp_path / name).touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))


def loud(samples):
    return np.flatnonzero(np.abs(samples.astype(int)) > 300)


@needs_espeak
class TestSpeech:
    def test_is_heard_after_the_lead_in(self, kept):
        """A phrase is 16-bit mono sound, with silence of the given length in front and about the length of speech."""
        samples, rate_hz = Voice(cache_dir=kept, lead_in_s=0.25).samples("Run tall, shoulders down")
        assert samples.dtype == np.int16
        assert not samples[: int(0.25 * rate_hz)].any()
        assert 0.25 <= loud(samples)[0] / rate_hz < 0.35
        assert 1.0 < loud(samples)[-1] / rate_hz < 3.0
        assert np.abs(samples.astype(int)).max() > 3000

    def test_every_phrase_is_its_own(self, kept):
        """Phrases prepared together all get made, each with its own sound (pyttsx3 alone makes only the last)."""
        voice = Voice(cache_dir=kept)
        texts = ["Lean a little less", "Hands quiet", "Chest to the front, please"]
        assert voice.prepare([*texts, texts[0]]) == []
        assert len({voice.wav(text).read_bytes() for text in texts}) == len(texts)
        assert voice.samples(texts[1])[0].size < voice.samples(texts[2])[0].size

    def test_is_made_once(self, kept, monkeypatch):
        """A phrase that was made once is there for later runs, even with espeak-ng gone."""
        made = Voice(cache_dir=kept).wav("Hold it there")
        monkeypatch.setattr(sys, "executable", "/nonexistent")
        assert Voice(cache_dir=kept).wav("Hold it there") == made

    def test_settings_are_heard(self, kept):
        """Rate, volume, voice, variant and lead-in each change what is heard, and none is taken from another's file."""
        plain = Voice(cache_dir=kept).samples("Run tall")[0]
        assert Voice(cache_dir=kept, rate_wpm=300).samples("Run tall")[0].size < plain.size * 0.85
        quiet = Voice(cache_dir=kept, volume=0.3).samples("Run tall")[0]
        assert np.abs(quiet.astype(int)).max() < np.abs(plain.astype(int)).max() * 0.6
        assert Voice(cache_dir=kept, lead_in_s=0.0).samples("Run tall")[0].size == plain.size - np.ceil(0.25 * 22050)
        others = [Voice(cache_dir=kept, voice=name).samples("Run tall")[0] for name in ("en-gb", "en-us+f3", "de")]
        assert len({plain.tobytes(), *(other.tobytes() for other in others)}) == 4

    @pytest.mark.parametrize("name", ["en-US", "gmw/en-us", "English (America)"])
    def test_a_voice_goes_by_any_of_its_names(self, kept, name):
        """Language, identifier and name find the same voice, however they are capitalised; en-us is the default."""
        assert Voice(cache_dir=kept, voice=name).samples("Tall")[0].tolist() == (
            Voice(cache_dir=kept).samples("Tall")[0].tolist()
        )

    @pytest.mark.parametrize("name", ["klingonese", "en-us+nobody", "mb/mb-us1"])
    def test_an_unknown_voice_is_told(self, tmp_path, kept, name):
        """A voice or variant espeak-ng does not have is told by its name; until it is mended the usual one speaks."""
        voice = Voice(cache_dir=tmp_path, voice=name)
        (problem,) = voice.prepare(["Run tall", "Hands low"])
        assert name in problem
        assert "\n" not in problem
        assert "gmw/en-gb" in problem or "gmw/en-us" in problem
        assert voice.trouble == problem
        assert voice.samples("Run tall")[0].tolist() == Voice(cache_dir=kept).samples("Run tall")[0].tolist()

    def test_known_voices_are_of_the_language(self, tmp_path):
        """What is proposed instead speaks the language that was set."""
        (problem,) = Voice(cache_dir=tmp_path, language="de", voice="klingonese").prepare(["Lauf"])
        assert "gmw/de" in problem
        assert "gmw/en" not in problem

    def test_the_language_chooses_the_voice(self, kept):
        """German is spoken by the German voice, unless another one is named."""
        german = Voice(cache_dir=kept, language="de").samples("Schultern")[0].tolist()
        assert german == Voice(cache_dir=kept, voice="de").samples("Schultern")[0].tolist()
        assert german != Voice(cache_dir=kept).samples("Schultern")[0].tolist()
        british = Voice(cache_dir=kept, language="de", voice="en-gb").samples("Schultern")[0].tolist()
        assert british == Voice(cache_dir=kept, voice="en-gb").samples("Schultern")[0].tolist()

    @pytest.mark.parametrize("volume", [0.4, 1.0])
    def test_a_chime_comes_first(self, kept, volume):
        """With a chime the file is lead-in, chime, a little silence, and the very same speech; the level follows."""
        plain, rate_hz = Voice(cache_dir=kept, volume=volume).samples("Run tall")
        both, _ = Voice(cache_dir=kept, volume=volume, chime=True).samples("Run tall")
        lead = int(np.ceil(0.25 * rate_hz))
        sound = chime(rate_hz, volume)
        gap = both.size - plain.size - sound.size
        assert 0.05 < gap / rate_hz < 0.3
        assert not both[:lead].any()
        assert both[lead : lead + sound.size].tolist() == sound.tolist()
        assert not both[lead + sound.size : lead + sound.size + gap].any()
        assert both[lead + sound.size + gap :].tolist() == plain[lead:].tolist()

    @pytest.mark.parametrize("text", ["-v de", "$(id) `id` 'quoted' \"twice\"", "Größer – schön", "two\nlines"])
    def test_any_text_is_spoken_as_text(self, kept, text):
        """No text is taken for an option or a command."""
        assert loud(Voice(cache_dir=kept).samples(text)[0]).size

    @pytest.mark.parametrize("damage", [b"", b"RIFF", None])
    def test_a_damaged_file_is_made_again(self, tmp_path, damage):
        """A file that a power cut left empty, broken or short is not played but replaced."""
        path = Voice(cache_dir=tmp_path).wav("Run tall")
        whole = path.read_bytes()
        path.write_bytes(whole[:5000] if damage is None else damage)
        assert Voice(cache_dir=tmp_path).wav("Run tall").read_bytes() == whole

    def test_always_sounds_the_same(self, tmp_path):
        """A phrase made again is the same, sample by sample: no setting is lost, nothing is cut off."""
        made = {Voice(cache_dir=tmp_path / str(i)).wav("Run tall").read_bytes() for i in range(8)}
        assert len(made) == 1

    def test_an_empty_file_is_tried_again(self, tmp_path, monkeypatch):
        """pyttsx3 now and then leaves an empty file; the phrase is made again, and not for ever."""
        flaky = tmp_path / "python"
        flaky.write_text(f"#!/bin/sh\necho >> {tmp_path}/calls\n[ $(wc -l < {tmp_path}/calls) -gt $LATE ] || exit 0\n"
                         f'exec {sys.executable} "$@"\n')  # fmt: skip
        flaky.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(flaky))
        monkeypatch.setenv("LATE", "2")
        assert loud(Voice(cache_dir=tmp_path).samples("Run tall")[0]).size
        monkeypatch.setenv("LATE", "99")
        with pytest.raises(VoiceError, match="no sound"):
            Voice(cache_dir=tmp_path).wav("Hands low")

    def test_a_lost_file_is_made_again(self, tmp_path):
        """The cache may be emptied at any time."""
        voice = Voice(cache_dir=tmp_path)
        voice.wav("Run tall").unlink()
        assert voice.wav("Run tall").exists()

    def test_only_whole_files_are_left(self, tmp_path):
        """Nothing but finished phrases is in the cache afterwards."""
        Voice(cache_dir=tmp_path).prepare(["Run tall", "Hands low"])
        assert [path.suffix for path in tmp_path.iterdir()] == [".wav", ".wav"]
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]

    def test_the_cache_is_bounded(self, tmp_path, monkeypatch):
        """When there are too many phrases those used longest ago go."""
        monkeypatch.setattr(voice_module, "KEPT_PHRASES", 2)
        old, used = Voice(cache_dir=tmp_path).wav("One"), Voice(cache_dir=tmp_path).wav("Two")
        for age, path in enumerate((used, old)):
            os.utime(path, (age, age))
        Voice(cache_dir=tmp_path).wav("Two")
        new = Voice(cache_dir=tmp_path).wav("Three")
        assert set(tmp_path.iterdir()) == {used, new}


class TestTrouble:
    def test_a_missing_library(self, no_library, tmp_path):
        """Without espeak-ng the error names the package to install, in one line."""
        with pytest.raises(VoiceError, match=r"sudo apt install libespeak-ng1") as caught:
            Voice(cache_dir=tmp_path).wav("Run tall")
        assert "\n" not in str(caught.value)

    def test_preparing_collects_problems(self, no_library, tmp_path):
        """Preparing raises nothing; a problem shared by all phrases is told once."""
        (problem,) = Voice(cache_dir=tmp_path).prepare(["Run tall", "Hands low", "Ease off"])
        assert "libespeak-ng1" in problem

    @needs_espeak
    def test_missing_voice_data(self, tmp_path, monkeypatch):
        """An espeak-ng without its data is an error, not a silent phrase."""
        (tmp_path / "espeak-ng-data").mkdir()
        monkeypatch.setenv("ESPEAK_DATA_PATH", str(tmp_path))
        with pytest.raises(VoiceError, match="espeak"):
            Voice(cache_dir=tmp_path / "cache").wav("Run tall")

    def test_a_child_that_hangs_is_ended(self, tmp_path, monkeypatch):
        """A rendering process that never ends costs a bounded time and leaves no process behind."""
        hanging = tmp_path / "python"
        hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
        hanging.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(hanging))
        quick = ENGINES["espeak-ng"]._replace(timeout_s=0.3)
        monkeypatch.setitem(ENGINES, "espeak-ng", quick)
        with pytest.raises(VoiceError, match="more than 0 s"):
            Voice(cache_dir=tmp_path).wav("Run tall")
        assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()

    @needs_espeak
    def test_a_file_that_cannot_be_written(self, tmp_path):
        """pyttsx3 would wait for ever when its file cannot be written; the child reports it."""
        phrase = {"text": "a", "rate_wpm": 165, "volume": 1, "language": "en", "voice": "en-us"}
        request = json.dumps(phrase | {"path": f"{tmp_path}/none/a.wav"})
        render = Path(voice_module.__file__).with_name("render.py")
        done = subprocess.run(
            [sys.executable, "-P", render], input=request, capture_output=True, text=True, timeout=10, check=False
        )
        assert done.returncode == 1
        assert "problem: " in done.stdout
        assert "No such file" in done.stdout

    @needs_espeak
    def test_a_coach_that_is_gone(self, tmp_path):
        """Who asked was killed, and its folder is gone: the child ends although nobody can be told."""
        phrase = {"text": "a", "rate_wpm": 165, "volume": 1, "language": "en", "voice": "en-us"}
        request = json.dumps(phrase | {"path": f"{tmp_path}/none/a.wav"})
        render = Path(voice_module.__file__).with_name("render.py")
        unread, nobody = os.pipe()
        os.close(unread)
        try:
            done = subprocess.run(
                [sys.executable, "-P", render], input=request, stdout=nobody, text=True, timeout=10, check=False
            )
        finally:
            os.close(nobody)
        assert done.returncode == 1

    def test_a_cache_that_cannot_be_written(self, tmp_path):
        """A folder that cannot be made is named."""
        (tmp_path / "file").touch()
        (problem,) = Voice(cache_dir=tmp_path / "file" / "cache").prepare(["Run tall"])
        assert "Not a directory" in problem
        assert str(tmp_path / "file" / "cache") in problem

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_an_empty_text(self, tmp_path, text):
        """There must be something to say."""
        with pytest.raises(VoiceError, match="empty"):
            Voice(cache_dir=tmp_path).wav(text)

    @pytest.mark.parametrize("wrong", [{"language": "xx"}, {"engine": "loud"}])
    def test_words_that_are_not_known(self, wrong):
        """A language or an engine there is not is refused with those there are."""
        with pytest.raises(VoiceError, match=r"en\b|espeak-ng"):
            Voice(**wrong)

    @pytest.mark.parametrize("wrong", [{"rate_wpm": 79}, {"volume": -0.1}, {"volume": 2.1}, {"lead_in_s": 6}])
    def test_numbers_out_of_range(self, wrong):
        """What espeak-ng cannot do is refused with the range, not bent."""
        with pytest.raises(VoiceError, match="out of range"):
            Voice(**wrong)


def test_every_setting_reaches_the_voice(tmp_path):
    """What [voice] says is what the voice does."""
    settings = VoiceSettings(
        language="de", engine="pico", voice="de-DE", rate_wpm=200, volume=0.5, lead_in_s=0.1, chime=True
    )
    voice = Voice.from_settings(settings, tmp_path)
    for field in ("language", "engine", "voice", "rate_wpm", "volume", "lead_in_s", "chime"):
        assert getattr(voice, field) == getattr(settings, field)
    assert voice.folder == tmp_path


class TestCacheFolder:
    def test_follows_the_environment(self, tmp_path, monkeypatch):
        """$XDG_CACHE_HOME/form-coach/voice, else ~/.cache/form-coach/voice; a service's own cache comes first."""
        monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        assert cache_folder() == tmp_path / "home/.cache/form-coach/voice"
        monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
        assert cache_folder() == tmp_path / "home/.cache/form-coach/voice"
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        assert cache_folder() == tmp_path / "xdg/form-coach/voice"
        monkeypatch.setenv("CACHE_DIRECTORY", f"{tmp_path}/service:/other")
        assert cache_folder() == tmp_path / "service/voice"

    def test_none_where_nothing_can_be_written(self, tmp_path, monkeypatch):
        """Without a place to keep phrases they are kept for this run only, in a temporary folder."""
        monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setenv("HOME", "/dev/null")
        assert cache_folder() is None
        folder = Voice().folder
        assert folder.name.startswith("form-coach-voice-")
