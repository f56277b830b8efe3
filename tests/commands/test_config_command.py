"""`form-coach config`, as a user calls it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Done, form_coach

from device import config
from device.settings import Settings
from device.tuning.describing import SETTINGS

sys.path.insert(0, str(ROOT / "tests" / "tuning"))
from coach_stub import coach, taking

FOREIGN = ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "FORM_COACH_CONFIG", "VISUAL", "EDITOR", "SUDO_USER")
OWN = Path("config", "form-coach", "settings.toml")


class User:
    """Somebody at the command line, with a home of their own and no coach that runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = home / OWN
        self.runtime = home / "run" / "form-coach"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name
            not in ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "FORM_COACH_CONFIG", "VISUAL", "EDITOR", "SUDO_USER")
        }
        for name, folder in (("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state")):
            (home / folder).mkdir()
            self.environment[name] = str(home / folder)

    def __call__(self, *words: str | Path, **environment: str) -> Done:
        return form_coach(*words, env=self.environment | environment)


@pytest.fixture
def user(tmp_path: Path) -> User:
    for place in (Path("/etc/form-coach/settings.toml"), Path("/run/form-coach")):
        if place.exists():
            pytest.skip(f"there is {place}: Form Coach is installed on this computer")
    return User(tmp_path)


def test_a_setting_is_changed_and_shown(user: User) -> None:
    """The change, where it went, and from when on it applies; it is then among what is changed."""
    done = user("config", "set", "forward_lean.on_deg", "14", "cues.gap_s=30")
    assert (done.code, done.err) == (0, "")
    assert "forward_lean.on_deg  15.0° → 14.0°  (settings.toml)" in done.out
    assert "Form Coach is not running; this applies at the next start\n" in done.out
    assert config.load(user.settings).forward_lean.on_deg == 14.0
    shown = user("config", "show", "--changed").out
    assert "on_deg = 14.0" in shown
    assert "from settings.toml" in shown
    assert "rise_deg" not in shown
    assert "nothing to change" in user("config", "set", "cues.gap_s", "30").out
    assert user("config", "reset", "forward_lean.on_deg").out.startswith("forward_lean.on_deg  14.0° → 15.0°\n")
    assert user("config", "reset", "--all").code == 0
    assert config.load(user.settings) == Settings()
    assert "Nothing is changed" in user("config", "show", "--changed").out


def test_negative_numbers_and_texts(user: User) -> None:
    """Values need no more quoting than the shell's."""
    done = user("config", "set", "camera.pitch_deg", "-5", "panel.button_gpio=-1", "forward_lean.cues", "Grow tall")
    assert done.code == 0, done.err
    settings = config.load(user.settings)
    assert (settings.camera.pitch_deg, settings.panel.button_gpio) == (-5.0, -1)
    assert settings.forward_lean.cues == ("Grow tall",)


def test_mistakes_change_nothing(user: User) -> None:
    """All at once, with what was probably meant; exit code 2."""
    done = user("config", "set", "forward_lean.ondeg", "14", "cues.gap_s", "9000", "voice.volume", "0.5")
    assert (done.code, done.out) == (2, "")
    assert "2 mistakes" in done.err
    assert "did you mean forward_lean.on_deg?" in done.err
    assert not user.settings.exists()
    for words in (
        ["config", "set", "cues.gap_s"],
        ["config", "set", "cues.gap_s=1", "cues.gap_s=2"],
        ["config", "reset"],
        ["config", "reset", "cues", "--all"],
        ["config", "reset", "cue"],
        ["config", "show", "cue"],
        ["config", "undo"],
        ["config", "check", user.home / "none.toml"],
        ["config", "edit", "--profile", "anna"],
    ):
        assert user(*words).code == 2, words


def test_the_running_coach_confirms_within_a_second(user: User) -> None:
    """It is found by its status file, told, and its word is what is printed."""
    user("config", "set", "cues.gap_s", "30")
    with coach(user.runtime, user.settings, taking(user.settings)) as asked:
        done = user("config", "set", "forward_lean.on_deg", "14")
        assert asked == ["reload", "settings"]
    assert "in force now, says the running coach" in done.out
    with coach(user.runtime, user.settings, lambda request: {"trouble": "something"}):
        done = user("config", "set", "forward_lean.on_deg", "13")
    assert (done.code, "in force now" in done.out + done.err) == (1, False)
    assert "does not take it: something" in done.err


def test_the_running_coachs_file_is_meant(user: User) -> None:
    """Without --config, commands work on what the coach that runs reads."""
    other = user.home / "other.toml"
    other.write_text("[cues]\ngap_s = 25\n")
    with coach(user.runtime, other, taking(other)):
        assert "gap_s = 25.0" in user("config", "show", "--changed").out
        assert "in force now" in user("config", "set", "cues.gap_s", "26").out
    assert config.load(other).cues.gap_s == 26.0
    assert not user.settings.exists()
    assert "gap_s = 26.0" in user("config", "show", "--changed", FORM_COACH_CONFIG=str(other)).out


def test_log_and_undo(user: User) -> None:
    """Who changed what, the newest first; and back, step by step."""
    user("config", "set", "forward_lean.on_deg", "14")
    user("config", "set", "voice.language", "de", "cues.gap_s=30")
    log = user("config", "log").out
    assert log.index("cues.gap_s  20.0 s → 30.0 s") < log.index("forward_lean.on_deg  15.0° → 14.0°")
    assert "texts, as the language has them" in log
    assert "Ich bin bereit" not in log
    undone = user("config", "undo").out
    assert "taken back: set by" in undone
    assert "cues.gap_s  30.0 s → 20.0 s" in undone
    entries = [json.loads(line) for line in user("config", "log", "--json").out.splitlines()]
    assert [(entry["how"], entry["undoes"]) for entry in entries] == [("undo", 2), ("set", None), ("set", None)]
    assert entries[-1]["changes"] == {"forward_lean.on_deg": [15.0, 14.0]}
    assert entries[-1]["written"] == {"forward_lean.on_deg": [None, "14.0"]}


def test_settings_as_json(user: User) -> None:
    """Every setting with its value, default, origin, range and meaning."""
    user("config", "set", "forward_lean.on_deg", "14")
    told = json.loads(user("config", "show", "--json").out)
    assert (told["format"], told["version"], told["path"]) == ("form-coach settings", 1, str(user.settings))
    assert [setting["key"] for setting in told["settings"]] == list(SETTINGS)
    lean = next(setting for setting in told["settings"] if setting["key"] == "forward_lean.on_deg")
    assert {name: lean[name] for name in ("value", "default", "origin", "unit", "low", "high", "kind")} == {
        "value": 14.0, "default": 15.0, "origin": "settings.toml", "unit": "°", "low": 2.0, "high": 60.0,
        "kind": "number",
    }  # fmt: skip


def test_what_is_shown_is_a_settings_file(user: User) -> None:
    """`config show > my.toml` can be checked, replayed and run with."""
    user("config", "set", "voice.language", "de", "cues.gap_s", "30")
    mine = user.home / "my.toml"
    mine.write_text(user("config", "show").out)
    assert user("config", "check", mine).out == f"{mine}: no mistakes found\n"
    assert config.load(mine) == config.load(user.settings)
    mine.write_text("[cues]\ngap = 1\n[cue]\n")
    done = user("config", "check", "--config", mine)
    assert (done.code, "2 mistakes" in done.err) == (2, True)
    assert user("config", "check").out == f"{user.settings}: no mistakes found\n"
    assert user("config", "check", FORM_COACH_CONFIG=str(mine)).code == 2


def test_editing_on_a_terminal(user: User) -> None:
    """A mistake is shown, the editor opens again when one says so, and what is right then takes effect."""
    user("config", "set", "cues.gap_s", "30")
    editor = user.home / "editor"
    editor.write_text('#!/bin/sh\ngrep -q 3000 "$1" && sed -i s/3000/31/ "$1" || sed -i s/30.0/3000/ "$1"\n')
    editor.chmod(0o755)
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "device", "config", "edit"],
        stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT, env=user.environment | {"VISUAL": str(editor)},
    )  # fmt: skip
    os.close(terminal)
    said = b""
    until_s = time.monotonic() + 30
    while b"Edit again?" not in said and time.monotonic() < until_s:
        said += os.read(controller, 4096)
    os.write(controller, b"y\n")
    assert process.wait(30) == 0
    os.close(controller)
    assert b"cues.gap_s = 3000: must be 0 to 600 s" in said
    assert config.load(user.settings).cues.gap_s == 31.0


def test_editing_without_anybody_to_ask(user: User) -> None:
    """What was written is kept, and said where; with a profile's name its file is edited."""
    done = user("config", "edit", EDITOR="sh -c 'echo [cue] >> \"$0\"'", TMPDIR=str(user.home))
    assert done.code == 2
    assert "1 mistake" in done.err
    kept = Path(done.err.rpartition("kept in ")[2].strip())
    assert kept.read_text().endswith("[cue]\n")
    user("profile", "new", "anna")
    done = user("config", "edit", "--profile", "anna", EDITOR="sh -c 'echo [cues] >> \"$0\"'")
    assert done.code == 0, done.err
    assert config.profile_file(user.settings, "anna").read_text().endswith("[cues]\n")


def test_a_replay_does_not_depend_on_the_users_settings(user: User) -> None:
    """Only --config and $FORM_COACH_CONFIG count there, so that a recording gives the same everywhere."""
    user("config", "set", "cues.gap_s", "30")
    assert config.load(None) == Settings()
