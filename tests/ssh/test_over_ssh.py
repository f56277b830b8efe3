"""Tuned over a real ssh connection while the coach runs: an sshd on loopback, with keys made for the test."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CLIPS

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh") is None, reason="needs sshd and ssh: apt install openssh-server openssh-client"
)

SETTINGS = """\
[baseline]
settle_s = 0.0
learn_s = 4.0

[forward_lean]
on_deg = 60.0     # far too high
rise_deg = 45.0

[voice]
speaker = "none"
"""


def until(true: Callable[[], Any], seconds: float) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.1)
    return bool(true())


class Sshd:
    """An ssh server of our own."""

    def __init__(self, folder: Path) -> None:
        assert SSHD is not None
        self.folder = folder
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
            f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "PermitRootLogin yes\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.log = folder / "sshd.log"
        command = [SSHD, "-D", "-f", folder / "sshd_config", "-E", self.log]
        self._popen = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def command(self, *words: str, terminal: bool = False) -> list[str]:
        """The ssh command that runs something there."""
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes"]
        return [
            *("ssh", "-F", "/dev/null", "-p", str(self.port), "-i", str(self.folder / "user")),
            *(part for option in options for part in ("-o", option)),
            *(["-tt"] if terminal else []),
            *(f"{getpass.getuser()}@127.0.0.1", shlex.join(words)),
        ]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run something there."""
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=60, check=False)

    def end(self) -> None:
        """Stop it."""
        self._popen.terminate()
        self._popen.wait(10)


class Coach:
    """A coach that sees somebody run who begins to lean; it knows what systemd tells a service."""

    def __init__(self, folder: Path) -> None:
        self.settings, self.events = folder / "settings.toml", folder / "events.jsonl"
        self.settings.write_text(SETTINGS)
        self.own = {"RUNTIME_DIRECTORY": str(folder / "run"), "FORM_COACH_CONFIG": str(self.settings)}
        (folder / "run").mkdir()
        (folder / "lib").mkdir()
        command = [sys.executable, "-m", "device", "run", "--source", CLIPS / "lean_side.mp4", "--loop"]
        self.log = folder / "coach.log"
        with self.log.open("w") as log:
            self._popen = subprocess.Popen(
                [*command, "--events", self.events],
                env=os.environ | self.own | {"STATE_DIRECTORY": str(folder / "lib")},
                stdout=log,
                stderr=log,
            )

    @property
    def words(self) -> list[str]:
        """The command line of form-coach, for another login."""
        folders = [f"{name}={value}" for name, value in self.own.items()]
        return ["env", *folders, f"PYTHONPATH={Path(__file__).parents[2]}", sys.executable, "-m", "device"]

    def happened(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        if not self.events.exists():
            return []
        lines = self.events.read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] == kind]

    def end(self) -> None:
        """Stop it."""
        self._popen.terminate()
        self._popen.wait(20)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """A server that lets this user in."""
    (tmp_path / "ssh").mkdir(mode=0o700)
    server = Sshd(tmp_path / "ssh")
    try:
        if not until(lambda: server.run("true").returncode == 0, 15):
            pytest.skip(f"sshd lets nobody in here: {server.log.read_text()[-300:]}")
        yield server
    finally:
        server.end()


@pytest.fixture
def coach(tmp_path: Path) -> Iterator[Coach]:
    """A running coach."""
    running = Coach(tmp_path)
    try:
        yield running
    finally:
        running.end()


def test_a_limit_set_over_ssh_is_heard(sshd: Sshd, coach: Coach) -> None:
    """A lean that was within a generous limit is cued once the limit is set lower; the comments stay."""
    assert until(lambda: coach.happened("baseline"), 60), coach.log.read_text()
    assert not coach.happened("cue")
    done = sshd.run(*coach.words, "config", "set", "forward_lean.rise_deg", "5", "forward_lean.on_deg", "14")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in force now, says the running coach" in done.stdout
    assert "# far too high" in coach.settings.read_text()
    assert until(lambda: coach.happened("cue"), 90), coach.log.read_text()
    cue = coach.happened("cue")[0]
    assert (cue["fault"], cue["limit"] <= 14) == ("forward_lean", True)


def test_a_mistake_over_ssh_changes_nothing(sshd: Sshd, coach: Coach) -> None:
    """The exit code and one line say so, and the file is as it was."""
    assert until(lambda: coach.happened("runner_found"), 60), coach.log.read_text()
    done = sshd.run(*coach.words, "config", "set", "forward_lean.on_deg", "1400")
    assert done.returncode == 2
    assert "forward_lean.on_deg = 1400" in done.stderr
    assert coach.settings.read_text() == SETTINGS


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux: apt install tmux")
def test_the_screen_over_ssh(sshd: Sshd, coach: Coach, tmp_path: Path) -> None:
    """`form-coach tune` in a terminal of 80×24 over ssh shows the runner, and a key moves a limit."""
    assert until(lambda: coach.happened("baseline"), 60), coach.log.read_text()
    tmux = ["tmux", "-S", str(tmp_path / "tmux")]
    tune = shlex.join(sshd.command(*coach.words, "tune", terminal=True))
    subprocess.run([*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", tune], check=True)

    def screen() -> str:
        done = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False)
        return done.stdout

    try:
        assert until(lambda: "lean" in screen() and any("⠀" < char <= "⣿" for char in screen()), 30), screen()
        subprocess.run([*tmux, "send-keys", "Down"], check=True)
        assert until(lambda: coach.settings.read_text() != SETTINGS, 15), screen()
        changed = coach.settings.read_text()
        assert "# far too high" in changed
        subprocess.run([*tmux, "send-keys", "q"], check=True)
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
