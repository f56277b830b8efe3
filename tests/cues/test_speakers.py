"""What every loudspeaker promises, and what the real ``aplay`` plays into ALSA's ``file`` plug-in."""

import os
import select
import shutil
import sys
import time

import numpy as np
import pytest

from device.cues import SPEAKERS, SilentSpeaker, Speaker, alsa, open_speaker, sound_card
from device.cues.alsa import AlsaSpeaker
from device.cues.sound import write_wav
from device.cues.voice import Voice
from device.errors import UsageError, VoiceError

needs_aplay = pytest.mark.skipif(shutil.which("aplay") is None, reason="alsa-utils is not installed")

RATE = 22050


class Tones(Voice):
    """A stand-in for the voice: each text is a tone, as many seconds long as it says."""

    mended = False

    def wav(self, text):
        if text == "broken":
            if not self.mended:
                raise VoiceError("espeak-ng is broken")
            text = "0.1"
        path = self.folder / f"{text}.wav"
        write_wav(path, [tone(float(text))], RATE)
        return path


def tone(length_s):
    return (10000 * np.sin(np.arange(round(length_s * RATE)) * 0.1 + 0.05)).astype(np.int16)


@pytest.fixture
def voice(tmp_path):
    return Tones(cache_dir=tmp_path)


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A machine whose only sound device writes down what is played."""
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "{tmp_path}/played.raw"; format raw }}
""")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))
    return tmp_path / "played.raw"


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """A machine whose sound device takes its time, as a real one does (after 1.5 s in the pipe's buffer)."""
    (tmp_path / "slow.py").write_text(
        f"import os, time\n"
        f"while data := os.read(0, 4410):\n"
        f"    open({str(tmp_path / 'played.raw')!r}, 'ab').write(data); time.sleep(0.1)\n"
    )
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "|{sys.executable} {tmp_path}/slow.py"; format raw }}
""")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))
    return tmp_path / "played.raw"


@pytest.fixture
def no_device(tmp_path, monkeypatch):
    """A machine without any sound device."""
    (tmp_path / "asoundrc").write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type hw; card 31 }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))


@pytest.fixture
def no_aplay(tmp_path, monkeypatch):
    """A machine without alsa-utils."""
    monkeypatch.setenv("PATH", str(tmp_path))


BACK_ENDS = {
    "silent": (None, SilentSpeaker),
    "alsa": ("recorded", AlsaSpeaker),
    "alsa, slow": ("slow", AlsaSpeaker),
    "alsa without a device": ("no_device", AlsaSpeaker),
    "alsa without aplay": ("no_aplay", AlsaSpeaker),
}


@pytest.fixture(params=BACK_ENDS)
def speaker(request, voice):
    machine, kind = BACK_ENDS[request.param]
    if machine not in (None, "no_aplay") and shutil.which("aplay") is None:
        pytest.skip("alsa-utils is not installed")
    if machine is not None:
        request.getfixturevalue(machine)
    made = SilentSpeaker() if kind is SilentSpeaker else AlsaSpeaker(voice)
    yield made
    made.close()


class TestContract:
    def test_is_a_speaker_with_a_name(self, speaker):
        """Each is a Speaker, and its name is a setting."""
        assert isinstance(speaker, Speaker)
        assert speaker.name in SPEAKERS

    def test_saying_does_not_wait(self, speaker):
        """Saying returns at once, while something else is being said too, and raises nothing."""
        begin = time.monotonic()
        speaker.say("4")
        assert time.monotonic() - begin < 1.5
        speaker.say("5")
        assert time.monotonic() - begin < 3.0

    def test_waiting_is_bounded(self, speaker):
        """Waiting ends after its time, also with nothing said or a text that goes on for longer."""
        begin = time.monotonic()
        speaker.wait(5)
        speaker.say("4")
        speaker.wait(0.1)
        speaker.wait(-1)
        assert time.monotonic() - begin < 2.0

    def test_closing(self, speaker):
        """Closing ends the speech, is bounded, may be repeated, and nothing is said afterwards."""
        speaker.say("4")
        begin = time.monotonic()
        speaker.close()
        speaker.close()
        assert time.monotonic() - begin < 2.0
        speaker.say("0.1")
        speaker.wait(1)
        if isinstance(speaker, SilentSpeaker):
            assert speaker.said == ["4"]

    def test_probing(self, speaker):
        """Probing makes no sound, takes a moment, and health says why sound is missing; after closing too."""
        begin = time.monotonic()
        assert speaker.probe() is (speaker.healthy() is None)
        assert time.monotonic() - begin < 5
        assert not (isinstance(speaker, SilentSpeaker) and speaker.said)
        speaker.close()
        speaker.probe()

    def test_health_is_one_line(self, speaker):
        """Health is known before, during and after speech, and fits on one line."""
        assert speaker.healthy() is None
        speaker.say("0.1")
        speaker.wait(5)
        problem = speaker.healthy()
        assert problem is None or (problem and "\n" not in problem)


def heard(path):
    """What was recorded, without the silence that fills the last period."""
    return np.trim_zeros(np.fromfile(path, np.int16), "b")


@needs_aplay
class TestAlsa:
    def test_plays_the_phrase(self, voice, recorded):
        """What arrives at the device is the phrase, sample by sample, and all is well."""
        speaker = AlsaSpeaker(voice)
        speaker.say("0.8")
        speaker.wait(5)
        assert speaker.healthy() is None
        assert heard(recorded).tolist() == np.trim_zeros(tone(0.8), "b").tolist()

    def test_speaks(self, tmp_path, recorded):
        """The real voice's phrase arrives at the device."""
        voice = Voice(cache_dir=tmp_path / "voice")
        if problems := voice.prepare(["Run tall"]):
            pytest.skip(problems[0])
        speaker = AlsaSpeaker(voice)
        speaker.say("Run tall")
        speaker.wait(5)
        assert speaker.healthy() is None
        assert heard(recorded).tolist() == np.trim_zeros(voice.samples("Run tall")[0], "b").tolist()

    def test_a_new_text_ends_the_old_one(self, voice, slow):
        """The old text is broken off and the new one is played whole."""
        speaker = AlsaSpeaker(voice)
        speaker.say("6")
        speaker.wait(0.3)
        speaker.say("0.5")
        speaker.wait(5)
        assert speaker.healthy() is None
        assert np.fromfile(slow, np.int16).size < 4 * RATE

    def test_a_missing_device_is_told(self, voice, no_device):
        """Where nothing can be played, health says so with ALSA's reason and the device's name."""
        speaker = AlsaSpeaker(voice, "default")
        speaker.say("0.1")
        speaker.wait(5)
        assert "'default'" in speaker.healthy()
        assert "audio open error" in speaker.healthy()

    def test_health_recovers(self, voice, recorded):
        """A device that plays again is healthy again."""
        speaker = AlsaSpeaker(voice, "nowhere")
        speaker.say("0.1")
        speaker.wait(5)
        assert speaker.healthy() is not None
        speaker.device = "default"
        speaker.say("0.1")
        speaker.wait(5)
        assert speaker.healthy() is None

    def test_a_stuck_device_is_told(self, voice, slow, monkeypatch):
        """Playing that does not move on is noticed, though aplay reports nothing."""
        monkeypatch.setattr(alsa, "STUCK_S", -6.0)
        speaker = AlsaSpeaker(voice)
        speaker.say("6")
        time.sleep(0.05)
        assert "stuck" in speaker.healthy()
        speaker.close()
        assert speaker.healthy() is None

    def test_a_phrase_that_cannot_be_made_is_told(self, voice, recorded):
        """A phrase without a file is a matter of health, told again each time, and others still play."""
        speaker = AlsaSpeaker(voice)
        for _ in range(2):
            speaker.say("broken")
            assert speaker.healthy() == "espeak-ng is broken"
        speaker.say("0.1")
        speaker.wait(5)
        assert speaker.healthy() is None


def put_device(tmp_path):
    """Plug a device that writes down what is played into the machine without one."""
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "{tmp_path}/played.raw"; format raw }}
""")
    return tmp_path / "played.raw"


@needs_aplay
class TestProbe:
    @pytest.mark.parametrize("device", ["auto", "default"])
    def test_a_device_that_comes_back_is_used_within_one_probe(self, voice, no_device, tmp_path, device):
        """Without a device probing fails and health says so; once there is one, one probe finds it, and it is heard."""
        speaker = AlsaSpeaker(voice, device)
        for _ in range(2):
            assert not speaker.probe()
            assert speaker.healthy()
        speaker.say("0.1")
        speaker.wait(5)
        assert speaker.healthy()
        played = put_device(tmp_path)
        assert speaker.probe()
        assert speaker.healthy() is None
        assert speaker.device == "default"
        assert not heard(played).size if played.exists() else True
        speaker.say("0.5")
        speaker.wait(5)
        assert speaker.healthy() is None
        assert heard(played).tolist()[-1000:] == np.trim_zeros(tone(0.5), "b").tolist()[-1000:]

    def test_a_device_that_goes_is_told_and_found_again(self, voice, recorded, tmp_path):
        """Pulled out during a run: the next speech tells, later ones are heard again once it is back."""
        speaker = AlsaSpeaker(voice, "auto")
        assert speaker.probe()
        (tmp_path / "asoundrc").write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type hw; card 31 }\n")
        speaker.say("0.1")
        speaker.wait(5)
        assert speaker.healthy()
        assert not speaker.probe()
        put_device(tmp_path)
        assert speaker.probe()

    def test_probing_does_not_disturb_speech(self, voice, slow):
        """What is being said goes on."""
        speaker = AlsaSpeaker(voice, "default")
        speaker.say("2")
        assert speaker.probe()
        speaker.wait(10)
        assert speaker.healthy() is None
        deadline_s = time.monotonic() + 5
        while np.fromfile(slow, np.int16).size < 2 * RATE and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert heard(slow).tolist() == np.trim_zeros(tone(2), "b").tolist()

    def test_probing_frees_a_stuck_device(self, voice, slow, monkeypatch):
        """Playing that does not move on is ended, and the device tried anew."""
        monkeypatch.setattr(alsa, "STUCK_S", -6.0)
        speaker = AlsaSpeaker(voice, "default")
        speaker.say("6")
        assert "stuck" in speaker.healthy()
        assert speaker.probe()
        assert speaker.healthy() is None

    def test_speech_that_could_not_be_made_is_tried_again(self, voice, recorded):
        """A probe fails as long as a phrase cannot be made, and mends it as soon as it can."""
        speaker = AlsaSpeaker(voice, "default")
        speaker.say("broken")
        assert not speaker.probe()
        assert speaker.healthy() == "espeak-ng is broken"
        voice.mended = True
        assert speaker.probe()
        assert speaker.healthy() is None
        speaker.say("broken")
        speaker.wait(5)
        assert speaker.healthy() is None
        assert heard(recorded).size

    def test_the_first_text_finds_a_device_by_itself(self, voice, recorded):
        """Who does not probe is heard all the same."""
        speaker = AlsaSpeaker(voice, "auto")
        assert speaker.device == ""
        speaker.say("0.5")
        speaker.wait(5)
        assert speaker.device == "default"
        assert heard(recorded).size


@needs_aplay
def test_a_cue_sounds_at_once(tmp_path, monkeypatch):
    """A phrase made ready reaches the device soon after it is said (3 ms on a PC; the bound is for a busy machine)."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "{pipe}"; format raw }}
""")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))
    speaker = AlsaSpeaker(Tones(cache_dir=tmp_path), "default")
    ear = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        begin = time.monotonic()
        speaker.say("0.5")
        assert select.select([ear], [], [], 5)[0]
        assert os.read(ear, 1000)
        assert time.monotonic() - begin < 1.0
    finally:
        speaker.close()
        os.close(ear)


def test_a_missing_aplay_is_told(voice, no_aplay):
    """Without alsa-utils health names the package to install."""
    speaker = AlsaSpeaker(voice)
    speaker.say("0.1")
    assert "sudo apt install alsa-utils" in speaker.healthy()


class TestOpening:
    @needs_aplay
    def test_auto_takes_the_sound_card(self, voice, recorded):
        """A default device that plays is used."""
        assert sound_card()
        assert open_speaker("auto", voice, "default").name == "alsa"

    @needs_aplay
    def test_auto_finds_a_users_asoundrc(self, voice, recorded, tmp_path, monkeypatch):
        """A sound device that exists only in ~/.asoundrc counts."""
        monkeypatch.delenv("ALSA_CONFIG_PATH")
        (tmp_path / ".asoundrc").write_text((tmp_path / "asoundrc").read_text().split("\n", 1)[1])
        monkeypatch.setenv("HOME", str(tmp_path))
        assert sound_card()

    @pytest.mark.parametrize("machine", ["no_device", "no_aplay"])
    def test_auto_without_a_sound_card(self, voice, machine, request):
        """Without one, nothing is said and nothing fails."""
        request.getfixturevalue(machine)
        assert not sound_card()
        assert open_speaker("auto", voice, "default").name == "none"

    def test_sound_may_come_later(self, voice, no_device, tmp_path):
        """Who can wait gets a loudspeaker that finds its device once there is one."""
        speaker = open_speaker("auto", voice, "auto", later=True)
        assert speaker.name == "alsa"
        if shutil.which("aplay"):
            assert not speaker.probe()
            put_device(tmp_path)
            assert speaker.probe()

    def test_as_told(self, voice, no_device):
        """ "alsa" and "none" are taken as they are."""
        assert open_speaker("alsa", voice, "default").name == "alsa"
        assert open_speaker("none", voice, "default").name == "none"

    def test_an_unknown_kind(self, voice):
        """A wrong setting names the right ones."""
        with pytest.raises(UsageError, match="auto, alsa, none"):
            open_speaker("loud", voice, "default")
