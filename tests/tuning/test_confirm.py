"""What is said of a change: in force only on the running coach's own word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from coach_stub import coach, taking
from household import at_home, settled

from device.live import status
from device.tuning import confirm as confirming
from device.tuning.confirm import confirm
from device.tuning.store import Store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return at_home(tmp_path, monkeypatch)


@pytest.fixture
def store(home: Path) -> Store:
    return settled(home)


@pytest.fixture
def runtime(home: Path) -> Path:
    return home / "run" / "form-coach"


def test_no_coach_runs(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It applies at the next start; if that would not find the file by itself, it is said how it does."""
    said = confirm(store.path, {})
    assert said.in_force is None
    assert said.text.endswith(f"at the next start, with --config {store.path}")
    monkeypatch.setenv("FORM_COACH_CONFIG", str(store.path))
    assert confirm(store.path, {}).text.endswith("at the next start")


def test_the_coach_confirms(store: Store, runtime: Path) -> None:
    """It is asked to read the file, and then what is in force."""
    store.set({"forward_lean.on_deg": 14, "forward_lean.cues": ["Up!"]}, "anna")
    with coach(runtime, store.path, taking(store.path)) as asked:
        said = confirm(store.path, {"forward_lean.on_deg": 14.0, "forward_lean.cues": ("Up!",)})
    assert (said.in_force, asked) == (True, ["reload", "settings"])
    assert "in force now" in said.text


def test_what_needs_a_start_is_not_in_force(store: Store, runtime: Path) -> None:
    """The coach has read it, but the setting applies only when it starts: that is said, and how."""
    store.set({"model.threads": 3}, "anna")
    with coach(runtime, store.path, taking(store.path)):
        said = confirm(store.path, {"model.threads": 3})
    assert "in force" not in said.text
    assert "model.threads applies at its next start" in said.text


@pytest.mark.parametrize(
    ("reload", "settings", "part"),
    [
        ({"trouble": "x.toml: 1 mistake"}, {}, "does not take it: x.toml: 1 mistake"),
        ({"ok": False, "why": "the disk is gone"}, {}, "did not confirm it: the disk is gone"),
        ({}, {"settings": {"values": {"cues.gap_s": 99.0}}}, "in force is cues.gap_s = 99.0: somebody else"),
        ({}, {}, "does not say what is in force"),
        (None, {}, "did not confirm it: the coach does not answer"),
    ],
)
def test_any_other_word_is_no_confirmation(
    reload: Any, settings: Any, part: str, store: Store, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trouble, a refusal, another value, no answer: "in force" is not claimed, and what the coach said is told."""
    monkeypatch.setattr(confirming, "PATIENCE_S", 0.3)
    with coach(runtime, store.path, lambda request: reload if request["do"] == "reload" else settings):
        said = confirm(store.path, {"cues.gap_s": 30.0})
    assert said.in_force is False
    assert part in said.text
    assert "in force now" not in said.text


def test_a_coach_with_other_settings(store: Store, runtime: Path, home: Path) -> None:
    """A coach that reads another file, or none, is not asked, and it is said that nothing changes for it."""
    with coach(runtime, home / "other.toml", lambda request: {}) as asked:
        said = confirm(store.path, {})
        assert said.in_force is None
        assert str(home / "other.toml") in said.text
    with coach(runtime, None, lambda request: {}):
        assert "started without this file" in confirm(store.path, {}).text
    assert asked == []


def test_a_coach_that_cannot_be_asked(store: Store, runtime: Path) -> None:
    """It runs, but has no link: how to have it read the file is told."""
    runtime.mkdir()
    status.write(runtime, {"settings": {"path": str(store.path)}})
    said = confirm(store.path, {})
    assert said.in_force is False
    assert "systemctl reload form-coach" in said.text
