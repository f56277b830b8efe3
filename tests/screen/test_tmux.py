"""The screen end to end, in a terminal that is real but for its glass."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from staged_coach import StagedCoach

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")


class Terminal:
    """A terminal of tmux, with a server of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._socket = str(folder / "tmux")
        self._environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **environment}

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, env=self._environment, cwd=ROOT, timeout=20, check=False
        ).stdout

    def run(self, *arguments: str, columns: int = 80, rows: int = 24) -> None:
        """Run the command; what it leaves with is shown."""
        command = f'{sys.executable} -m device {" ".join(arguments)}; echo "exit code $?"; sleep 60'
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), command)

    def shown(self, styles: bool = False) -> str:
        return self.tmux("capture-pane", "-p", *(["-e"] if styles else []))

    def see(self, *parts: str, seconds: float = 25.0) -> str:
        """Wait until all of these are on the screen."""
        self.until(lambda: all(part in self.shown() for part in parts), seconds)
        return self.shown()

    def until(self, true: Callable[[], bool], seconds: float = 25.0) -> None:
        end_s = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end_s, self.shown()
            time.sleep(0.1)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, {"RUNTIME_DIRECTORY": str(tmp_path), "PYTHONFAULTHANDLER": "1"})
    yield opened
    opened.tmux("kill-server")


@pytest.fixture
def coach(tmp_path: Path) -> Iterator[StagedCoach]:
    with StagedCoach(tmp_path / "link.sock", 110.0) as staged:
        yield staged


def test_tuning_in_a_terminal(terminal: Terminal, coach: StagedCoach) -> None:
    """Opened, a limit moved, its preview read, undone, left: the terminal is as it was."""
    terminal.run("tune")
    terminal.see("COACHING", "170/min", "▸Forward lean", "own+ − 6.0° +", "q quit")
    terminal.tmux("send-keys", "Up", "Up", "+")
    terminal.see("own+ − 7.5° +", "in the last ten minutes:")
    assert coach.in_force.forward_lean.rise_deg == 7.5
    terminal.tmux("send-keys", "u")
    terminal.see("own+ − 6.0° +", "rise_deg = 6 again")
    terminal.tmux("send-keys", "Tab")
    terminal.see("most − 15.0° +")
    terminal.tmux("send-keys", "q")
    left = terminal.see("exit code 0")
    assert "COACHING" not in left


def test_watching_a_coach_that_goes(terminal: Terminal, tmp_path: Path) -> None:
    """It says so, and is there again when the coach is; Ctrl-C leaves, too."""
    with StagedCoach(tmp_path / "link.sock", 30.0):
        terminal.run("watch")
        terminal.see("COACHING", "q quit")
    terminal.see("NO CONNECTION", "looking for it again")
    with StagedCoach(tmp_path / "link.sock", 30.0):
        terminal.see("COACHING", "170/min")
        terminal.tmux("send-keys", "C-c")
        terminal.see("exit code 0")


def test_a_window_that_changes_its_size(terminal: Terminal, coach: StagedCoach) -> None:
    """A phone that is turned."""
    terminal.run("tune", columns=46, rows=40)
    terminal.see("well in the picture", "▸Forward lean", "q quit")
    terminal.tmux("resize-window", "-x", "110", "-y", "24")
    terminal.see("at an angle", "r re-learn", "q quit")


def test_without_colour(tmp_path: Path, coach: StagedCoach) -> None:
    """NO_COLOR leaves bold, dim and reverse, and no colour."""
    terminal = Terminal(tmp_path, {"RUNTIME_DIRECTORY": str(tmp_path), "NO_COLOR": "1"})
    try:
        terminal.run("tune")
        terminal.see("COACHING", "own+ − 6.0° +")
        styled = terminal.shown(styles=True)
    finally:
        terminal.tmux("kill-server")
    codes = {code for part in styled.split("\x1b[")[1:] for code in part.partition("m")[0].split(";")}
    assert codes & {"1", "7"}
    assert not codes & {str(code) for code in (*range(30, 39), *range(40, 49), *range(90, 108))}


def test_a_terminal_that_vanishes(terminal: Terminal, coach: StagedCoach) -> None:
    """When the connection drops, the program ends: it neither stays nor spins."""
    terminal.run("tune")
    terminal.see("COACHING")
    shell = terminal.tmux("list-panes", "-F", "#{pane_pid}").strip()
    children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
    assert children
    terminal.tmux("kill-server")
    terminal.until(lambda: not any(map(alive, children)), 15.0)


def alive(process: str) -> bool:
    """Whether it is there, and not only waiting to be taken note of."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ended_from_outside(terminal: Terminal, coach: StagedCoach) -> None:
    """SIGTERM leaves in order."""
    terminal.run("watch")
    terminal.see("COACHING")
    shell = terminal.tmux("list-panes", "-F", "#{pane_pid}").strip()
    for child in Path(f"/proc/{shell}/task/{shell}/children").read_text().split():
        os.kill(int(child), signal.SIGTERM)
    assert "COACHING" not in terminal.see("exit code 0")
