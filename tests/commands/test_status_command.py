"""`form-coach status`: what it prints, how it ends, and that it can be watched."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PYTHON, ROOT, Done, form_coach

from device.columns import columns, unpainted
from device.commands.status import screen
from device.live.status import STALE_S, Status, now_s, write

SNAPSHOT: dict[str, Any] = {
    "state": "coaching",
    "doing": "coaching",
    "started_s": 0.0,
    "camera": {"name": "usb /dev/video0 Webcam", "fps": 30.0},
    "troubles": {"voice": "no loudspeaker was found; remedy: plug one in"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "RUNTIME_DIRECTORY": str(folder)}


def status(folder: Path, *options: str, **more: str) -> Done:
    return form_coach("status", *options, env=environment(folder) | more)


def test_running(folder: Path) -> None:
    """While it runs: one screen without colours for a file, exit code 0."""
    write(folder, SNAPSHOT)
    done = status(folder)
    assert (done.code, done.err) == (0, "")
    assert "COACHING  coaching" in done.out
    assert "usb /dev/video0 Webcam" in done.out
    assert "no loudspeaker was found → plug one in" in done.out
    assert "\x1b" not in done.out


def test_not_running(folder: Path) -> None:
    """While it does not run: exit code 3 as systemctl has it, how to start it, and where to look why it ended."""
    done = status(folder)
    assert (done.code, done.err) == (3, "")
    for words in ("not running", "sudo systemctl start form-coach", "form-coach run", "journalctl -u form-coach"):
        assert words in done.out


def test_hung_dead_unreadable(folder: Path) -> None:
    """Each is told apart by its words and its exit code, and what it said last is shown."""
    write(folder, SNAPSHOT | {"written_s": now_s() - STALE_S - 60})
    hung = status(folder)
    assert hung.code == 1
    assert re.search(r"said nothing for (6[5-9]|[7-9]\d) s", hung.out)  # a slow computer needs some of them itself
    assert "sudo systemctl restart form-coach" in hung.out
    assert "usb /dev/video0 Webcam" in hung.out
    with subprocess.Popen(["true"]) as ended:
        pass
    write(folder, SNAPSHOT | {"pid": ended.pid})
    dead = status(folder)
    assert dead.code == 3
    assert "was killed, or it crashed" in dead.out
    (folder / "status.json").write_text("{")
    assert status(folder).code == 1


def test_json(folder: Path) -> None:
    """One object on one line, whatever the condition: the file's fields, and whether anybody stands behind them."""
    absent = status(folder, "--json")
    assert absent.code == 3
    assert json.loads(absent.out) == {
        "format": "form-coach status",
        "version": 1,
        "condition": "absent",
        "running": False,
        "why": "Form Coach is not running",
    }
    write(folder, SNAPSHOT | {"condition": "invented", "doing": "läuft \ud800"})
    done = status(folder, "--json")
    assert (done.code, done.out.count("\n")) == (0, 1)
    told = json.loads(done.out)
    assert (told["condition"], told["running"], told["why"]) == ("running", True, None)
    assert told["camera"] == SNAPSHOT["camera"]
    assert told["doing"] == "läuft ?"


def test_a_terminal_without_the_signs(folder: Path) -> None:
    """Where the encoding is ASCII nothing fails."""
    write(folder, SNAPSHOT)
    done = status(folder, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert done.out.isascii()
    assert "was found > plug one in" in done.out


@pytest.mark.parametrize("condition", ["running", "other_version", "hung", "dead", "absent", "unreadable"])
@pytest.mark.parametrize("size", [(80, 24), (40, 24), (100, 30)])
def test_every_condition_fits_the_terminal(condition: str, size: tuple[int, int]) -> None:
    """In every condition it is one screen."""
    width, height = size
    troubles = {f"part {number}": "it is broken; remedy: mend it " * 9 for number in range(9)}
    found = Status(condition, "the reason is this " * 9, SNAPSHOT | {"troubles": troubles})
    for colour in (False, True):
        lines = screen(found, width, height, colour).split("\n")
        assert len(lines) <= height
        assert all(columns(unpainted(line)) <= width for line in lines)


class Terminal:
    """A command on a terminal of 24 lines and 80 columns."""

    def __init__(self, *arguments: str, env: dict[str, str]) -> None:
        self.process, self._handle = self._start(list(arguments), env)
        self.text = ""

    def _start(self, arguments: list[str], env: dict[str, str]) -> tuple[int, int]:
        process, handle = pty.fork()
        if process == 0:
            os.chdir(ROOT)
            os.execve(PYTHON, [PYTHON, "-m", "device", *arguments], env | {"TERM": "xterm", "LINES": "24"})
        return process, handle

    def read_until(self, words: str, timeout_s: float = 60.0) -> None:
        """Read until the words were shown."""
        until_s = time.monotonic() + timeout_s
        while words not in self.text:
            assert self._read(until_s - time.monotonic()), f"{words!r} never came: {self.text}"

    def _read(self, timeout_s: float) -> bool:
        """Whether anything more was shown in time."""
        if not select.select([self._handle], [], [], max(timeout_s, 0.0))[0]:
            return False
        try:
            self.text += os.read(self._handle, 65536).decode()
        except OSError:  # the other end is closed
            return False
        return True

    def type(self, text: str) -> None:
        os.write(self._handle, text.encode())

    def end(self) -> int:
        """Wait for its end; the exit code."""
        until_s = time.monotonic() + 60
        while self._read(until_s - time.monotonic()):
            pass
        _, ended = os.waitpid(self.process, 0)
        self.process = 0
        return os.waitstatus_to_exitcode(ended)

    def close(self) -> None:
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self._handle)


@pytest.fixture
def watched(folder: Path) -> Iterator[Terminal]:
    terminal = Terminal("status", "--watch", env=environment(folder) | {"COLUMNS": "80"})
    yield terminal
    terminal.close()


def test_watching(folder: Path, watched: Terminal) -> None:
    """On a terminal it is drawn anew each second, follows what happens, and Ctrl-C ends it well."""
    watched.read_until("not running")
    write(folder, SNAPSHOT)
    watched.read_until("coaching")
    write(folder, SNAPSHOT | {"doing": "watching, muted"})
    watched.read_until("watching, muted")
    watched.type("\x03")
    assert watched.end() == 0
    assert "Traceback" not in watched.text
    assert "\x1b[H" in watched.text


def test_watching_into_a_file(folder: Path) -> None:
    """Without a terminal each look is printed below the last, as JSON one a line."""
    write(folder, SNAPSHOT)
    command = [PYTHON, "-m", "device", "status", "--watch", "--json"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        looks = [json.loads(watching.stdout.readline()) for _ in range(2)]
        watching.send_signal(signal.SIGINT)
        rest = watching.stdout.read()
    assert watching.returncode == 0
    assert [look["condition"] for look in looks] == ["running", "running"]
    assert b"Traceback" not in rest
