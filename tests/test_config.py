"""Settings from TOML."""

from __future__ import annotations

import contextlib
import re
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import form_coach
from hypothesis import given
from hypothesis import strategies as st

from device import config
from device.errors import ConfigError
from device.settings import Settings

FIVE_MISTAKES = """
[forward_lean]
ondeg = 14
rise_deg = 99
enabled = "yes"
[lean]
on_deg = 3
[camera]
view = "sid"
"""


def test_defaults_alone() -> None:
    """Without a file the defaults are in force."""
    assert config.load(None) == Settings()


def test_a_file_changes_only_what_it_names() -> None:
    """What a file leaves out keeps its default."""
    settings = config.parse('[forward_lean]\non_deg = 14\ncues = ["Up!"]\n')
    assert settings.forward_lean.on_deg == 14.0
    assert settings.forward_lean.cues == ("Up!",)
    assert settings.torso_twist == Settings().torso_twist


def test_what_is_shown_can_be_read_back() -> None:
    """The text of `config show` is a settings file with the same settings."""
    changed = config.parse('[voice]\nvoice = "en-gb"\nrate_wpm = 150\n[cues]\npraise = false\n')
    assert config.parse(config.show(changed)) == changed


def test_everything_is_shown_with_its_meaning() -> None:
    """Every setting stands in `config show`, below a line with its meaning and range."""
    text = config.show(Settings())
    for section in fields(Settings):
        assert f"[{section.name}]" in text
        for setting in fields(section.default_factory):  # type: ignore[arg-type]
            assert re.search(rf"^# .+ \(.+\)\n{setting.name} = ", text, re.MULTILINE), setting.name


def test_all_mistakes_at_once() -> None:
    """Five mistakes give five lines: key, value, what is allowed, and what was probably meant."""
    with pytest.raises(ConfigError) as caught:
        config.parse(FIVE_MISTAKES, "my.toml")
    message = str(caught.value)
    assert message.startswith("my.toml: 5 mistakes")
    assert "forward_lean.ondeg = 14: there is no such setting; did you mean forward_lean.on_deg?" in message
    assert "forward_lean.rise_deg = 99: must be 1 to 45°" in message
    assert 'forward_lean.enabled = "yes": must be true or false' in message
    assert "[lean]: there is no such section; did you mean forward_lean?" in message
    assert 'camera.view = "sid": must be "auto" or "front" or "oblique" or "side"; did you mean side?' in message


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("[forward_lean\n", "not valid TOML"),
        ("forward_lean = 3\n", "write [forward_lean]"),
        ("[forward_lean]\non_deg = nan\n", "must be 2 to 60°"),
        ("[forward_lean]\non_deg = true\n", "must be 2 to 60°"),
        ("[forward_lean]\ncues = []\n", "a list of one or more phrases"),
        ('[forward_lean]\ncues = ["", "x"]\n', "a list of one or more phrases"),
        ("[persistence]\nstrides = 8.5\n", "a whole number"),
        ("[persistence]\nstrides = 4\n", "must not be above persistence.strides = 4"),
        ("[persistence]\noff_strides = 6\n", "must be below persistence.on_strides = 6"),
        ("[forward_lean]\nleast_deg = 20\n", "must not be above forward_lean.on_deg = 15"),
        ("[torso_twist]\nleast_deg = 70\n", "must not be above torso_twist.on_deg = 65"),
        ("[cues]\nrise_ratio = 2\n", "did you mean torso_twist.rise_ratio?"),
        ("[notices]\nrefused_lean = false\n", "notices.refused_lean = false: must be a text"),
        ("[notice]\n", "did you mean notices?"),
    ],
)
def test_each_kind_of_mistake_is_named(toml: str, part: str) -> None:
    """Whatever is wrong is said in the terms of the settings."""
    with pytest.raises(ConfigError, match=re.escape(part)):
        config.parse(toml)


def test_a_notice_may_be_empty() -> None:
    """An empty text is how a single notice is silenced."""
    assert config.parse('[notices]\ncamera_moved = ""\n').notices.camera_moved == ""


@given(st.text())
def test_no_text_makes_it_crash(toml: str) -> None:
    """Any text is either settings or a list of mistakes."""
    with contextlib.suppress(ConfigError):
        assert isinstance(config.parse(toml), Settings)


def test_config_check_command(tmp_path: Path) -> None:
    """`config check` says that all is well, or lists every mistake and exits with 2."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("[cues]\ngap_s = 30\n")
    bad.write_text(FIVE_MISTAKES)
    assert form_coach("config", "check", "--config", good).code == 0
    done = form_coach("config", "check", "--config", bad)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 6
    assert form_coach("config", "check", "--config", tmp_path / "none.toml").code == 2


def test_environment_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$FORM_COACH_CONFIG is used where no --config is given, and --config wins over it."""
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text("[cues]\ngap_s = 30\n")
    other.write_text("[cues]\ngap_s = 40\n")
    monkeypatch.setenv("FORM_COACH_CONFIG", str(one))
    assert "gap_s = 30.0" in form_coach("config", "show").out
    assert "gap_s = 40.0" in form_coach("config", "show", "--config", other).out
