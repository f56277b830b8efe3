"""``form-coach tune`` and ``watch`` as commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Done, form_coach
from staged_coach import StagedCoach


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runtime folder of its own."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    return tmp_path


def on_terminal(*arguments: str) -> Done:
    """Run a command on a terminal of its own."""
    import pty

    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "device", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert "Traceback" not in done.stderr
    return Done(done.returncode, "", done.stderr)


@pytest.mark.parametrize("command", ["tune", "watch"])
def test_no_coach(runtime: Path, command: str) -> None:
    """One line with what to do, and exit code 3, before the terminal is touched."""
    done = on_terminal(command)
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert "not running" in done.err
    assert "systemctl start form-coach" in done.err


def test_no_coach_for_the_plain_one(runtime: Path) -> None:
    """The same for scripts."""
    done = form_coach("watch", "--plain")
    assert (done.code, done.out) == (3, "")
    assert "not running" in done.err


@pytest.mark.parametrize("command", ["tune", "watch"])
def test_no_terminal(runtime: Path, command: str) -> None:
    """It names the command that needs none."""
    done = form_coach(command)
    assert done.code == 2
    assert "form-coach watch --plain" in done.err


def test_a_dumb_terminal(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the command that needs less."""
    monkeypatch.setenv("TERM", "dumb")
    with StagedCoach(runtime / "link.sock", 1.0):
        done = on_terminal("tune")
    assert done.code == 2
    assert "form-coach watch --plain" in done.err


def test_plain_prints_a_line_a_second(runtime: Path) -> None:
    """Plain text, and it ends well when nobody reads any more."""
    with StagedCoach(runtime / "link.sock", 30.0):
        done = subprocess.run(
            [f"{sys.executable} -m device watch --plain | head -3"],
            shell=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.isprintable() and "forward lean" in line for line in lines)
    first, second, third = (line.split()[0] for line in lines)
    assert first <= second <= third > first
    assert done.stderr == ""


def test_run_last_and_what_is_no_log(tmp_path: Path) -> None:
    """What cannot be gone through is told, with how to get what can."""
    own = {**os.environ, "STATE_DIRECTORY": str(tmp_path)}
    last = form_coach("tune", "--run", "LAST", env=own)
    assert last.code == 2
    assert "no run was kept yet" in last.err
    film = tmp_path / "film.mp4"
    film.write_bytes(b"not a log")
    assert "--poses film.npz" in form_coach("tune", "--run", film).err
    missing = form_coach("tune", "--run", tmp_path / "none.npz")
    assert missing.code == 3
    assert "no such file" in missing.err
    assert form_coach("tune", "--config", tmp_path / "x.toml").code == 2


def test_textual_is_loaded_only_for_the_screen() -> None:
    """Other commands, the coach itself above all, do without."""
    code = "import sys, device.cli; device.cli._parser(); print('textual' in sys.modules, 'rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["False", "False"]
