"""The Tab key in real shells."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from conftest import form_coach

from device.tuning.describing import SETTINGS

SHELLS = ["bash", "zsh"]


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The script for each shell, as the command prints it."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        (folder / shell).write_text(form_coach("completion", shell).out)
    return {shell: folder / shell for shell in SHELLS}


def completed(shell: str, script: Path, line: str, parts: list[str], home: Path) -> str:
    """What an interactive shell shows when the Tab key is pressed twice after a line, until it shows all parts."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    start = ["bash", "--norc", "--noprofile", "-i"] if shell == "bash" else ["zsh", "-f", "-i"]
    ready = {"bash": "bind 'set completion-query-items 0'; bind 'set page-completions off'; "}.get(
        shell, "autoload -Uz compinit; compinit -u -D; LISTMAX=10000; unsetopt zle_bracketed_paste; "
    )
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", "PS1": "", "PS2": "", "COLUMNS": "100",
        "LINES": "1000",
    }  # fmt: skip
    controller, terminal = pty.openpty()
    process = subprocess.Popen(start, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, cwd=home)
    os.close(terminal)
    try:
        os.write(controller, f"{ready} source {script}; PS1=; echo READY''YES\n".encode())
        assert "READYYES" in _until(controller, ["READYYES"])
        os.write(controller, line.encode() + b"\t\t")
        return _until(controller, parts)
    finally:
        process.kill()
        process.wait()
        os.close(controller)


def _until(controller: int, parts: list[str], patience_s: float = 20.0) -> str:
    """What comes until all parts were among it; with what was there when patience ended, if they never are."""
    said = ""
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s and not all(part in _plain(said) for part in parts):
        if select.select([controller], [], [], 0.2)[0]:
            said += os.read(controller, 65536).decode(errors="replace")
    return _plain(said)


def _plain(said: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[\a\r]", "", said)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("form-coach conf", ["form-coach config "]),
        ("form-coach config re", ["form-coach config reset "]),
        ("form-coach config set forward_lean.o", ["forward_lean.on_deg "]),
        ("form-coach config set torso_twist.", ["torso_twist.on_deg", "torso_twist.rise_ratio", "torso_twist.cues"]),
        ("form-coach config set forward_lean.on_deg 14 voice.lang", ["voice.language "]),
        ("form-coach config set --config x.toml camera.vi", ["camera.view "]),
        ("form-coach config set camera.view obl", ["camera.view oblique "]),
        ("form-coach config set cues.praise f", ["cues.praise false "]),
        ("form-coach config show forward_l", ["forward_lean"]),
        ("form-coach config show --ch", ["--changed "]),
        ("form-coach config reset hunched_shoulders.ra", ["hunched_shoulders.raised_pct "]),
        ("form-coach profile use an", ["profile use anna "]),
        ("form-coach config check my-", ["my-settings.toml "]),
        ("form-coach replay --view si", ["--view side "]),
        ("form-coach completion z", ["completion zsh "]),
        ("form-coach config check --conf", ["check --config "]),
    ],
)
def test_the_tab_key(shell: str, line: str, parts: list[str], scripts: dict[str, Path], tmp_path: Path) -> None:
    """Commands, options, settings, values, profiles and files are completed where they belong."""
    profiles = tmp_path / ".config" / "form-coach" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "anna.toml").touch()
    (tmp_path / "my-settings.toml").touch()
    said = completed(shell, scripts[shell], line, parts, tmp_path)
    for part in parts:
        assert part in said, said


@pytest.mark.parametrize("shell", SHELLS)
def test_every_setting_is_known(shell: str, scripts: dict[str, Path]) -> None:
    """The scripts are made from the code: all settings, and all commands, stand in them."""
    text = scripts[shell].read_text()
    for name in [*SETTINGS, "'config set')", "'profile use')", " status)", "--watch"]:
        assert name in text, name
