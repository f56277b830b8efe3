"""`form-coach profile`, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_config_command import User

from device import config


@pytest.fixture
def user(tmp_path: Path) -> User:
    for place in (Path("/etc/form-coach/settings.toml"), Path("/run/form-coach")):
        if place.exists():
            pytest.skip(f"there is {place}: Form Coach is installed on this computer")
    return User(tmp_path)


def test_a_household_of_two(user: User) -> None:
    """Each has limits of their own; the voice is everybody's."""
    assert "no profiles" in user("profile", "list").out
    for name in ("anna", "bob"):
        assert f"form-coach profile use {name}" in user("profile", "new", name).out
    assert 'profile.name  "" → "anna"' in user("profile", "use", "anna").out
    done = user("config", "set", "forward_lean.on_deg", "12", "voice.volume", "0.5")
    assert "forward_lean.on_deg  15.0° → 12.0°  (profile anna)" in done.out
    assert "voice.volume  1.0 → 0.5  (settings.toml)" in done.out
    assert "forward_lean.on_deg  12.0° → 15.0°" in user("profile", "use", "bob").out
    assert config.load(user.settings).voice.volume == 0.5
    listed = user("profile", "list").out
    assert "  anna  1 setting of its own, good form not learned yet\n* bob   0 settings" in listed
    assert user("profile", "none").code == 0
    assert config.load(user.settings).profile.name == ""


def test_profiles_as_json(user: User) -> None:
    """With whether their good form is known."""
    user("profile", "new", "anna")
    learned = user.home / "state" / "form-coach" / "profiles" / "anna" / "baselines.json"
    learned.parent.mkdir(parents=True)
    learned.write_text("{}")
    assert json.loads(user("profile", "list", "--json").out) == {
        "path": str(user.settings),
        "profile": "",
        "profiles": [{"name": "anna", "in_use": False, "changes": 0, "good_form": True}],
    }


def test_removing(user: User) -> None:
    """Settings and good form go; undo brings the settings back.  Not while in use."""
    user("profile", "new", "anna")
    user("profile", "use", "anna")
    learned = user.home / "state" / "form-coach" / "profiles" / "anna" / "baselines.json"
    learned.parent.mkdir(parents=True)
    learned.write_text("{}")
    done = user("profile", "remove", "anna")
    assert (done.code, "in use" in done.err) == (2, True)
    assert learned.exists()
    user("profile", "none")
    assert user("profile", "remove", "anna").code == 0
    assert not learned.parent.exists()
    assert user("config", "undo").code == 0
    assert config.profiles(user.settings) == ["anna"]


def test_names_that_are_not_there(user: User) -> None:
    """Exit code 2, and what was probably meant."""
    user("profile", "new", "anna")
    done = user("profile", "use", "ana")
    assert (done.code, "did you mean anna?" in done.err) == (2, True)
    assert user("profile", "remove", "ana").code == 2
    done = user("profile", "new", "Anna Maria")
    assert (done.code, "lower-case letters" in done.err) == (2, True)
