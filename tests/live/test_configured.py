"""Settings of a live coach: a broken file never stops it."""

from __future__ import annotations

from pathlib import Path

import pytest

from device import config
from device.live.configured import LAST_GOOD, Configured, named
from device.settings import Settings

GOOD = "[forward_lean]\non_deg = 14.0\n"
BROKEN = "[forward_lean]\non_deg = 1400\nrise_deg = 'much'\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that is right."""
    path = tmp_path / "settings.toml"
    path.write_text(GOOD)
    return path


def test_a_right_file_is_in_force(file: Path, tmp_path: Path) -> None:
    """And all settings are there to be kept, as a settings file of its own."""
    configured = Configured(file, tmp_path)
    assert configured.load().forward_lean.on_deg == 14.0
    assert configured.trouble is None
    assert configured.copy == tmp_path / LAST_GOOD
    assert configured.text is not None
    assert config.parse(configured.text) == config.parse(GOOD)
    assert configured.layers is not None
    assert configured.layers.origins["forward_lean.on_deg"] == "settings.toml"


def test_no_file_wanted_is_no_trouble(tmp_path: Path) -> None:
    """Without a file the defaults are in force."""
    configured = Configured(None, tmp_path)
    assert configured.load() == Settings()
    assert configured.trouble is None


def test_a_broken_file_gives_way_to_the_last_good_one(file: Path, tmp_path: Path) -> None:
    """The copy of last time is used, and every mistake told on one line, with what is in force."""
    (tmp_path / LAST_GOOD).write_text(GOOD)
    file.write_text(BROKEN)
    configured = Configured(file, tmp_path)
    assert configured.load().forward_lean.on_deg == 14.0
    assert configured.trouble is not None
    for part in (
        str(file),
        "2 mistakes",
        "forward_lean.on_deg = 1400",
        "rise_deg",
        "the last good settings are in force",
    ):
        assert part in configured.trouble
    assert "\n" not in configured.trouble
    assert configured.text is None


@pytest.mark.parametrize("copy", [None, BROKEN, "\x00"])
def test_without_a_good_one_the_defaults_serve(copy: str | None, file: Path, tmp_path: Path) -> None:
    """No copy, or a broken one too: the defaults, and it is told."""
    if copy is not None:
        (tmp_path / LAST_GOOD).write_text(copy)
    file.write_text(BROKEN)
    configured = Configured(file, tmp_path)
    assert configured.load() == Settings()
    assert "the defaults are in force" in str(configured.trouble)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that was named and is not there is a trouble, not a crash."""
    configured = Configured(tmp_path / "gone.toml", None)
    assert configured.load() == Settings()
    assert "there is no such file" in str(configured.trouble)


def test_a_file_that_breaks_while_running_changes_nothing(file: Path, tmp_path: Path) -> None:
    """There are no new settings then; once it is right again there are."""
    configured = Configured(file, tmp_path)
    configured.load()
    file.write_text(BROKEN)
    assert configured.reload() is None
    assert "2 mistakes" in str(configured.trouble)
    file.write_text("[forward_lean]\non_deg = 13.0\n")
    settings = configured.reload()
    assert settings is not None
    assert settings.forward_lean.on_deg == 13.0
    assert configured.trouble is None


def test_a_broken_profile_gives_way_to_the_last_good_settings(file: Path, tmp_path: Path) -> None:
    """What is kept is settings file and profile in one, so that either may break."""
    file.write_text(GOOD + '[profile]\nname = "anna"\n')
    anna = config.profile_file(file, "anna")
    anna.parent.mkdir()
    anna.write_text("[torso_twist]\non_deg = 50.0\n")
    state = tmp_path / "state"
    state.mkdir()
    configured = Configured(file, state)
    good = configured.load()
    assert (good.forward_lean.on_deg, good.torso_twist.on_deg, good.profile.name) == (14.0, 50.0, "anna")
    assert configured.text is not None
    (state / LAST_GOOD).write_text(configured.text)
    for spoil in (lambda: anna.write_text("[torso_twist]\non_deg = 5000\n"), anna.unlink):
        spoil()
        later = Configured(file, state)
        assert later.load() == good
        assert "anna" in str(later.trouble)
        assert "the last good settings are in force" in str(later.trouble)


def test_the_users_own_file_need_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A coach that nobody gave a file reads the user's own, once a command has made it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("FORM_COACH_CONFIG", raising=False)
    monkeypatch.setattr("device.tuning.place.SERVICE", tmp_path / "none.toml")
    own = tmp_path / "form-coach" / "settings.toml"
    if named(None) != own:
        pytest.skip("there is a service's settings file on this computer")
    configured = Configured(named(None), None)
    assert configured.load() == Settings()
    assert configured.trouble is None
    own.parent.mkdir()
    own.write_text(GOOD)
    settings = configured.reload()
    assert settings is not None
    assert settings.forward_lean.on_deg == 14.0
