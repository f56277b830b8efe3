"""The voice's check, with the real speech and ALSA's file plug-in for a loudspeaker."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.cues.voice import Voice
from device.doctor.voice import PHRASE, voice
from device.settings import VoiceSettings

OWN = VoiceSettings(speaker="alsa", device="default")


@pytest.fixture(autouse=True, scope="module")
def _speaks(tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("aplay") is None:
        pytest.skip("alsa-utils is not installed")
    if problems := Voice(cache_dir=tmp_path_factory.mktemp("voice")).prepare([PHRASE]):
        pytest.skip(problems[0])


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only sound device writes down what is played."""
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "{tmp_path}/played.raw"; format raw }}
""")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))
    return tmp_path / "played.raw"


@pytest.fixture
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any sound device."""
    (tmp_path / "asoundrc").write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type hw; card 31 }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asoundrc"))


def test_it_speaks(played: Path) -> None:
    """The phrase is made and arrives at the device, which is named."""
    found = voice(OWN, True, {})
    assert found.state == "ok", found
    assert "played without an error on default" in found.detail
    assert np.abs(np.fromfile(played, np.int16).astype(int)).max() > 3000


def test_nothing_is_played_unless_wanted(played: Path) -> None:
    """With --no-voice the phrase is made only."""
    found = voice(OWN, False, {})
    assert (found.state, "not played" in found.detail) == ("ok", True)
    assert not played.exists()


def test_no_device(no_device: None) -> None:
    """Without a loudspeaker it is bad, with a remedy, whether one is named or not."""
    for settings in (OWN, VoiceSettings()):
        found = voice(settings, True, {})
        assert found.state == "bad", found
        assert found.remedy


def test_a_voice_that_is_not_there(played: Path) -> None:
    """A voice of the settings that does not exist is named."""
    found = voice(replace(OWN, voice="no-such-voice"), True, {})
    assert found.state in ("warn", "bad")
    assert "no-such-voice" in found.detail
    assert found.remedy


def test_switched_off() -> None:
    """Not applicable where the settings want no speech."""
    assert voice(replace(OWN, speaker="none"), True, {}).state == "none"


def test_the_running_coachs_trouble_counts(played: Path) -> None:
    """Though it plays from here, the coach may lack the rights."""
    found = voice(OWN, True, {"troubles": {"voice": "audio open error: permission denied"}})
    assert found.state == "bad"
    assert "permission denied" in found.detail
    assert voice(OWN, True, {"troubles": {"camera": "gone"}}).state == "ok"
