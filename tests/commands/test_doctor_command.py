"""`form-coach doctor`, run as a user does."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CLIPS, Done, form_coach
from test_status_command import Terminal

from device.cues.voice import Voice
from device.live.status import write

CLIP = str(CLIPS / "demo.mp4")
NAMES = (
    *("settings", "software", "picamera2", "model", "camera", "voice", "panel"),
    *("disk", "clock", "temperature", "power", "memory", "service"),
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine whose only sound device writes down what is played, and folders of its own."""
    (tmp_path / "asoundrc").write_text(f"""</usr/share/alsa/alsa.conf>
pcm.!default {{ type file; slave.pcm "null"; file "{tmp_path}/played.raw"; format raw }}
""")
    (tmp_path / "run").mkdir()
    (tmp_path / "mine.toml").write_text('[voice]\nspeaker = "alsa"\ndevice = "default"\n')
    own = {
        "RUNTIME_DIRECTORY": str(tmp_path / "run"),
        "STATE_DIRECTORY": str(tmp_path),
        "FORM_COACH_CONFIG": str(tmp_path / "mine.toml"),
        "ALSA_CONFIG_PATH": str(tmp_path / "asoundrc"),
    }
    return {**os.environ, **own}


@pytest.fixture
def speech(tmp_path: Path) -> None:
    if shutil.which("aplay") is None:
        pytest.skip("alsa-utils is not installed")
    if problems := Voice(cache_dir=tmp_path / "voice").prepare(["Form Coach"]):
        pytest.skip(problems[0])


def checks(done: Done) -> dict[str, dict[str, Any]]:
    """The checks of a --json run, by name."""
    return {check["name"]: check for check in json.loads(done.out)["checks"]}


def test_one_line_a_check(environment: dict[str, str]) -> None:
    """Every check has its line, in order, with a mark; a remedy stands below what needs one."""
    done = form_coach("doctor", "--source", CLIP, "--no-voice", env=environment)
    lines = done.out.splitlines()
    assert lines[0].startswith("Form Coach ")
    assert [line.split()[1] for line in lines if line[:2] in ("✓ ", "✗ ", "! ", "– ")] == [*NAMES]
    for line, below in itertools.pairwise(lines):
        if line[:2] in ("✗ ", "! "):
            assert below.lstrip().startswith("→ "), line
    assert done.code == ("✗ " in done.out)
    assert "\x1b" not in done.out


def test_json(environment: dict[str, str], speech: None, tmp_path: Path) -> None:
    """The same as JSON: each check with state, detail, remedy and time; the voice is played and nobody asked."""
    done = form_coach("doctor", "--json", "--source", CLIP, env=environment)
    told = json.loads(done.out)
    assert (told["format"], told["version"]) == ("form-coach doctor", 1)
    assert [check["name"] for check in told["checks"]] == [*NAMES]
    for check in told["checks"]:
        assert set(check) == {"name", "state", "detail", "remedy", "took_s"}
        assert check["state"] in ("ok", "warn", "bad", "none")
        assert (check["remedy"] is not None) == (check["state"] in ("warn", "bad"))
        assert 0 <= check["took_s"] < 120
    found = checks(done)
    assert [found[name]["state"] for name in ("settings", "software", "camera", "voice", "disk")] == ["ok"] * 5
    assert found["model"]["state"] in ("ok", "warn")
    assert done.code == any(check["state"] == "bad" for check in told["checks"])
    assert (tmp_path / "played.raw").stat().st_size > 10_000


def test_what_must_be_mended_is_in_the_exit_code(environment: dict[str, str], tmp_path: Path) -> None:
    """Settings with mistakes and a camera that is not there: both told with remedies, exit code 1, and it goes on."""
    (tmp_path / "bad.toml").write_text("[cues]\ngap = 3\n")
    bad = ("--config", tmp_path / "bad.toml", "--source", tmp_path / "none.mp4")
    done = form_coach("doctor", "--json", "--no-voice", *bad, env=environment)
    found = checks(done)
    assert done.code == 1
    assert found["settings"]["state"] == found["camera"]["state"] == "bad"
    assert "cues.gap" in found["settings"]["detail"]
    assert found["model"]["state"] in ("ok", "warn")


@contextlib.contextmanager
def kept_up(folder: Path, status: dict[str, Any]) -> Iterator[None]:
    """A status that is written once a second, as a running coach does."""
    over = threading.Event()

    def keep_up() -> None:
        while not over.wait(1.0):
            write(folder, status)

    write(folder, status)
    writer = threading.Thread(target=keep_up)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def test_a_running_coach_keeps_its_camera(environment: dict[str, str], tmp_path: Path) -> None:
    """While one runs, camera and panel are what it tells; --source opens another all the same."""
    told = {"camera": {"name": "usb /dev/video7 Webcam", "fps": 30.0}, "panel": {"button": True, "light": True}}
    with kept_up(tmp_path / "run", told | {"doing": "coaching", "troubles": {}}):
        found = checks(form_coach("doctor", "--json", "--no-voice", env=environment))
    assert found["camera"]["state"] == "ok"
    assert "usb /dev/video7 Webcam" in found["camera"]["detail"]
    assert "the running coach" in found["panel"]["detail"]
    assert "coaching" in found["service"]["detail"]
    found = checks(form_coach("doctor", "--json", "--no-voice", "--source", "none.mp4", env=environment))
    assert "none.mp4" in found["camera"]["detail"]


@pytest.fixture
def seated(environment: dict[str, str], speech: None) -> Iterator[Terminal]:
    """Somebody sits at a terminal."""
    terminal = Terminal("doctor", "--source", "none.mp4", env=environment | {"COLUMNS": "80"})
    yield terminal
    terminal.close()


@pytest.mark.parametrize(("answer", "mark"), [("n", "✗"), ("y", "✓"), ("", "✓")])
def test_whoever_sits_there_is_asked(seated: Terminal, answer: str, mark: str) -> None:
    """Only ears know whether it was heard: on a terminal they are asked, and a no is a fault with its remedy."""
    seated.read_until("[Y/n]")
    seated.type(f"{answer}\n")
    code = seated.end()
    line = next(line for line in seated.text.splitlines() if "“Form Coach” made in" in line)
    assert mark in line
    assert ("alsamixer" in seated.text) == (mark == "✗")
    assert code == 1  # as there is no camera
    assert f"{seated.text.count('✗')} to mend" in seated.text
    assert "Traceback" not in seated.text


def test_yes_asks_nothing(environment: dict[str, str], speech: None) -> None:
    """With --yes nobody is waited for."""
    terminal = Terminal("doctor", "--source", "none.mp4", "--yes", env=environment | {"COLUMNS": "80"})
    try:
        terminal.end()
        assert "[Y/n]" not in terminal.text
        assert "played without an error" in " ".join(terminal.text.split())
    finally:
        terminal.close()
