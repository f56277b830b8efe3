"""Every setting described, and docs/settings.md made from it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import ROOT
from household import at_home

from device.live.status import Status
from device.settings import Settings
from device.tuning import describing, place
from device.tuning.describing import HOUSEHOLD, SECTIONS, SETTINGS

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_is_described() -> None:
    """None is left out, and each default fits."""
    keys = [f"{part.name}.{one.name}" for part in fields(Settings) for one in fields(part.default_factory)]  # type: ignore[arg-type]
    assert list(SETTINGS) == keys
    for setting in SETTINGS.values():
        assert setting.fitting(setting.default) == setting.default
        assert setting.what
        assert setting.allowed


def test_settings_of_the_device_are_everybodys() -> None:
    """What hangs on the camera, the computer, the loudspeaker or the button is no person's."""
    assert set(HOUSEHOLD) <= set(SECTIONS)
    assert not SETTINGS["camera.fps"].personal
    assert not SETTINGS["profile.name"].personal
    assert SETTINGS["forward_lean.on_deg"].personal
    assert SETTINGS["notices.ready"].personal


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("forward_lean.ondeg", "did you mean forward_lean.on_deg?"),
        ("on_degree", "did you mean"),
        ("rise_ratio", "did you mean torso_twist.rise_ratio?"),
        ("forward_lean.zzz", "[forward_lean] has enabled, on_deg"),
        ("\x1b[31mx.y\n", "there is no such setting"),
        ("x" * 10_000, "there is no such setting"),
    ],
)
def test_what_was_meant(key: str, part: str) -> None:
    """A wrong name is answered with the nearest one, on one line that cannot harm a terminal."""
    said = describing.unknown(key)
    assert part in said
    assert said.isprintable()
    assert len(said) < 400


@pytest.mark.parametrize("value", ["a\nb", "\x00", "a" * 501, "\x7f", "\x1b[31m"])
def test_texts_are_one_line(value: str) -> None:
    """What no device knows and no voice can say is refused, wherever a text may stand, and said why."""
    for key, given in (("camera.source", value), ("notices.ready", value), ("forward_lean.cues", [value])):
        assert SETTINGS[key].fitting(given) is None
        assert re.search("one line|at most 500", SETTINGS[key].mistake(given))


def test_the_page_lists_every_setting() -> None:
    """docs/settings.md is what scripts/describe_settings makes of the code as it is."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "describe_settings"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for key in SETTINGS:
        assert f"| `{key}` |" in PAGE


def test_every_command_is_on_the_page() -> None:
    """What changes settings is described there."""
    for command in ("show", "set", "reset", "check", "edit", "log", "undo"):
        assert f"form-coach config {command}" in PAGE
    for command in ("list", "use", "new", "remove", "none"):
        assert f"form-coach profile {command}" in PAGE


def test_which_file_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one given, the environment's, the running coach's, the service's, the user's own, in this order."""
    at_home(tmp_path, monkeypatch)
    service, own = tmp_path / "service.toml", tmp_path / "config" / "form-coach" / "settings.toml"
    runs = Status("running", "", {"settings": {"path": "/coach.toml"}})
    assert place.settings_file(None, None, service) == own
    assert place.named(None, None, service) is None
    own.parent.mkdir()
    own.touch()
    assert place.named(None, None, service) == own
    service.touch()
    assert place.settings_file(None, None, service) == service
    assert place.settings_file(None, runs, service) == Path("/coach.toml")
    assert place.settings_file(None, Status("dead", "", runs.snapshot), service) == service
    monkeypatch.setenv("FORM_COACH_CONFIG", "/environment.toml")
    assert place.settings_file(None, runs, service) == Path("/environment.toml")
    assert place.settings_file(Path("/given.toml"), runs, service) == Path("/given.toml")
