"""Other engines than espeak-ng: the real ones where they are installed, and programs that fail in all ways."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from device import texts
from device.cues.engines import ENGINES
from device.cues.sound import read_wav
from device.cues.voice import Voice
from device.errors import VoiceError
from device.settings import VoiceSettings

TEXT = "Relax your shoulders"
PROGRAMS = {"flite": "flite", "pico": "pico2wave", "piper": "piper"}
LEAD_S = 0.25

FAKE = """#!{python}
import json, sys, wave
given = sys.stdin.read()
with open({record!r}, "a") as file:
    file.write(json.dumps([sys.argv[1:], given]) + "\\n")
if sys.argv[1:] == ["-lv"]:
    print("Voices available: kal slt")
    sys.exit()
path = next(argument for argument in sys.argv if argument.endswith(".wav"))
with wave.open(path, "wb") as file:
    file.setnchannels(2)
    file.setsampwidth(2)
    file.setframerate(16000)
    file.writeframes(b"\\x00\\x00\\x00\\x00" * 8000 + b"\\x00\\x20\\x00\\x20" * 8000)
"""


def needs(engine):
    return pytest.mark.skipif(shutil.which(PROGRAMS[engine]) is None, reason=f"{PROGRAMS[engine]} is not installed")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put programs of our own in the place of real ones."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    def put(name, text):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)

    return put


@pytest.fixture
def asked(tmp_path, program):
    """Fakes of all programs, and what they were asked for: pairs of arguments and standard input."""
    import json

    record = tmp_path / "asked"
    record.touch()
    for name in PROGRAMS.values():
        program(name, FAKE.format(python=sys.executable, record=str(record)))
    return lambda: [json.loads(line) for line in record.read_text().splitlines() if "-lv" not in line]


@pytest.fixture
def no_programs(tmp_path, monkeypatch):
    """A machine with none of them."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nice").symlink_to(shutil.which("nice"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def usual(tmp_path, text=TEXT, **settings):
    """What espeak-ng's usual voice makes of it, or a skip."""
    voice = Voice(cache_dir=tmp_path / "usual", **settings)
    if problems := voice.prepare([text]):
        pytest.skip(problems[0])
    return voice.samples(text)[0].tolist()


def piper_model(tmp_path):
    model = tmp_path / "en_US-someone-medium.onnx"
    model.touch()
    return str(model)


def voice_of(engine, tmp_path, **settings):
    own = {"voice": piper_model(tmp_path)} if engine == "piper" else {}
    return Voice(engine=engine, cache_dir=tmp_path / "cache", **(own | settings))


def test_settings_and_languages_know_all_engines():
    """What `voice.engine` may name is what there is, and each language says which voice of each speaks it."""
    options = VoiceSettings.__dataclass_fields__["engine"].metadata["options"]
    assert set(options) == set(ENGINES)
    for language in texts.languages():
        assert set(texts.load(language)["voices"]) == set(ENGINES)


class TestReal:
    @pytest.mark.parametrize(
        ("engine", "language"),
        [
            pytest.param("flite", "en", marks=needs("flite")),
            pytest.param("pico", "en", marks=needs("pico")),
            pytest.param("pico", "de", marks=needs("pico")),
        ],
    )
    def test_speaks(self, tmp_path, engine, language):
        """The real program speaks the language: after the lead-in at once, as long as speech, and no other engine."""
        voice = voice_of(engine, tmp_path, language=language)
        assert voice.prepare([TEXT]) == []
        samples, rate_hz = voice.samples(TEXT)
        heard = np.flatnonzero(np.abs(samples.astype(int)) > 300) / rate_hz
        assert LEAD_S <= heard[0] < LEAD_S + 0.15
        assert 0.7 < heard[-1] - heard[0] < 2.5
        assert rate_hz == 16000  # espeak-ng's is 22,050

    @pytest.mark.parametrize(
        "engine", [pytest.param("flite", marks=needs("flite")), pytest.param("pico", marks=needs("pico"))]
    )
    def test_rate_and_volume_are_heard(self, tmp_path, engine):
        """A higher rate is shorter, a lower volume softer."""
        plain = voice_of(engine, tmp_path).samples(TEXT)[0]
        fast = voice_of(engine, tmp_path, rate_wpm=250).samples(TEXT)[0]
        assert fast.size < 0.85 * plain.size
        soft = voice_of(engine, tmp_path, volume=0.5).samples(TEXT)[0]
        assert np.abs(soft.astype(int)).max() == pytest.approx(np.abs(plain.astype(int)).max() / 2, abs=2)

    @pytest.mark.parametrize(
        "text", ["-voice kal", "$(id) `id` 'quoted' \"twice\"", 'a <speed level="20"> b & c', "two\nlines"]
    )
    @pytest.mark.parametrize(
        "engine", [pytest.param("flite", marks=needs("flite")), pytest.param("pico", marks=needs("pico"))]
    )
    def test_any_text_is_spoken_as_text(self, tmp_path, engine, text):
        """No text is taken for an option, a mark or a command."""
        voice = voice_of(engine, tmp_path)
        assert voice.prepare([text]) == []
        assert voice.samples(text)[0].size < 16000 * 5


class TestAsking:
    """The programs are asked as their manuals say; a fake writes down how."""

    def test_flite(self, tmp_path, asked):
        voice_of("flite", tmp_path, rate_wpm=330).wav(TEXT)
        ((arguments, _),) = asked()
        assert arguments[:-2] == ["-voice", "slt", "--setf", "duration_stretch=0.500", "-t", TEXT]
        assert arguments[-2] == "-o"

    def test_pico(self, tmp_path, asked):
        voice_of("pico", tmp_path, language="de", rate_wpm=330).wav("Lauf <locker>")
        ((arguments, _),) = asked()
        assert arguments[:3] == ["-l", "de-DE", "-w"]
        assert arguments[4] == '<speed level="200">Lauf  locker </speed>'

    def test_piper(self, tmp_path, asked):
        voice = voice_of("piper", tmp_path, rate_wpm=330)
        voice.wav("Relax\nyour shoulders")
        ((arguments, given),) = asked()
        assert arguments[:-1] == ["--model", voice.voice, "--length_scale", "0.500", "--output_file"]
        assert given == "Relax your shoulders\n"

    @pytest.mark.parametrize("engine", PROGRAMS)
    def test_the_usual_rate_is_the_engines_own(self, tmp_path, asked, engine):
        voice_of(engine, tmp_path).wav(TEXT)
        ((arguments, _),) = asked()
        assert {"duration_stretch=1.000", "1.000", f'<speed level="100">{TEXT}</speed>'} & set(arguments)

    @pytest.mark.parametrize("engine", PROGRAMS)
    def test_what_comes_out_is_brought_to_16_bit_mono(self, tmp_path, asked, engine):
        """Two channels become one at the file's own rate, silence at the beginning goes, the volume is applied."""
        samples, rate_hz = voice_of(engine, tmp_path, volume=0.5).samples(TEXT)
        assert rate_hz == 16000
        assert np.flatnonzero(samples)[0] / rate_hz == pytest.approx(LEAD_S, abs=0.02)
        assert set(samples.tolist()) == {0, 0x1000}

    @pytest.mark.parametrize("engine", PROGRAMS)
    def test_made_once(self, tmp_path, asked, engine):
        """A phrase made once is there for later runs; another voice's is not taken for it."""
        first = voice_of(engine, tmp_path).wav(TEXT)
        assert voice_of(engine, tmp_path).wav(TEXT) == first
        assert len(asked()) == 1
        assert Voice(cache_dir=tmp_path / "cache").prepare([TEXT]) is not None
        assert Voice(cache_dir=tmp_path / "cache").wav(TEXT) != first


class TestTrouble:
    @pytest.mark.parametrize("engine", PROGRAMS)
    def test_not_installed(self, tmp_path, no_programs, engine):
        """A program that is missing is told once, with how to get it; espeak-ng speaks every phrase instead."""
        voice = voice_of(engine, tmp_path)
        (problem,) = voice.prepare([TEXT, "Run tall"])
        assert f"{engine} is not installed; remedy: " in problem
        assert "espeak-ng speaks instead" in problem
        assert "\n" not in problem
        assert voice.trouble == problem
        assert voice.prepare([TEXT, "Hands low"]) == []
        assert voice.samples(TEXT)[0].tolist() == usual(tmp_path)
        assert voice.samples("Hands low")[0].tolist() == usual(tmp_path, "Hands low")

    def test_the_remedies_name_what_to_install(self):
        """Debian's packages, and for piper its licence."""
        assert "apt install flite" in ENGINES["flite"].remedy
        assert "libttspico-utils" in ENGINES["pico"].remedy
        assert "GPL-3" in ENGINES["piper"].remedy

    @pytest.mark.parametrize(
        ("engine", "settings", "said"),
        [
            ("flite", {"language": "de"}, "flite has no voice for language 'de'"),
            ("flite", {"voice": "nobody"}, "flite has no voice 'nobody'; there are: kal, slt"),
            ("pico", {"voice": "pl-PL"}, "pico has no voice 'pl-PL'; there are: en-US"),
            ("piper", {"voice": ""}, "piper has no voice for language 'en'"),
            ("piper", {"voice": "/nowhere/a.onnx"}, "no Piper model at '/nowhere/a.onnx'"),
        ],
    )
    def test_what_an_engine_cannot_do_is_told(self, tmp_path, asked, engine, settings, said):
        """A language or a voice it lacks is told clearly, never spoken with another of its voices."""
        voice = voice_of(engine, tmp_path, **settings)
        (problem,) = voice.prepare([TEXT])
        assert said in problem
        assert asked() == []
        assert voice.samples(TEXT)[0].tolist() == usual(tmp_path, language=voice.language)

    @pytest.mark.parametrize(
        ("script", "said"),
        [
            ("#!/bin/sh\necho 'Traceback' >&2; echo 'ValueError: no such model' >&2; exit 1\n", "no such model"),
            ("#!/bin/sh\nexit 3\n", "exit status 3"),
            ("#!/bin/sh\nexit 0\n", "no sound"),
            ("#!/bin/sh\nkill -SEGV $$\n", "exit status -11"),
            ("not a program", "cannot be started|exit status|failed"),
        ],
    )
    def test_a_program_that_fails(self, tmp_path, program, script, said):
        """Whatever goes wrong within it is one line with its last words, and espeak-ng speaks."""
        program("piper", script)
        voice = voice_of("piper", tmp_path)
        (problem,) = voice.prepare([TEXT])
        assert "\n" not in problem
        assert any(part in problem for part in said.split("|"))
        assert voice.samples(TEXT)[0].tolist() == usual(tmp_path)

    def test_a_program_that_hangs_is_given_up_once(self, tmp_path, program, monkeypatch):
        """It costs its time for one phrase, not for every one, and no process is left."""

        program("piper", f"#!/bin/sh\necho $$ >> {tmp_path}/pids\nexec sleep 60\n")
        monkeypatch.setitem(ENGINES, "piper", ENGINES["piper"]._replace(timeout_s=0.3))
        voice = voice_of("piper", tmp_path)
        (problem,) = voice.prepare([TEXT, "Run tall", "Hands low"])
        assert "piper took more than" in problem
        (pid,) = (tmp_path / "pids").read_text().split()
        assert not Path("/proc", pid).exists()

    def test_what_is_needed_now_does_not_wait_for_a_slow_engine(self, tmp_path, asked):
        """A phrase piper has not made yet is spoken by espeak-ng now, by piper once it is made ready."""
        voice = voice_of("piper", tmp_path)
        wanted = usual(tmp_path)
        assert read_wav(voice.soon(TEXT))[0].tolist() == wanted
        assert asked() == []
        voice.prepare([TEXT])
        assert voice.soon(TEXT) == voice.wav(TEXT)
        assert len(asked()) == 1

    def test_both_fail(self, tmp_path, no_programs, monkeypatch):
        """Without espeak-ng as well, both problems are told."""
        for name in ("libespeak-ng.so.1", "libespeak.so.1"):
            (tmp_path / name).touch()
        monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
        voice = voice_of("flite", tmp_path)
        problems = voice.prepare([TEXT])
        assert "flite" in problems[0]
        assert "libespeak-ng1" in problems[1]
        with pytest.raises(VoiceError, match="libespeak-ng1"):
            voice.wav(TEXT)
