"""Changing the settings in an editor: checked before it takes effect, and nobody's text is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from household import INSTALLED, at_home, settled

from device import config
from device.errors import UsageError
from device.tuning.editing import edit
from device.tuning.merge import merge
from device.tuning.store import Store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return at_home(tmp_path, monkeypatch)


@pytest.fixture
def store(home: Path) -> Store:
    return settled(home)


class Editor:
    """An editor that does one thing after the other: each time it is called the next shell command, on file $1."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, *commands: str) -> None:
        for number, command in enumerate(commands):
            (home / f"step-{number}").write_text(command)
        script = home / "editor"
        script.write_text(
            f'#!/bin/sh\nfor step in "{home}"/step-*; do . "$step"; code=$?; rm "$step"; exit $code; done\nexit 9\n'
        )
        script.chmod(0o755)
        monkeypatch.setenv("EDITOR", str(script))
        self._answers: Iterator[bool] = iter(())
        self.told: list[str] = []

    def answers(self, *answers: bool) -> Editor:
        self._answers = iter(answers)
        return self

    def edit(self, store: Store) -> object:
        return edit(store, store.path, "anna", lambda question: next(self._answers), self.told.append)


def test_a_change_is_taken(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is in the file, and nothing is left behind."""
    change = Editor(home, monkeypatch, 'printf "[cues]\\ngap_s = 30\\n" >> "$1"').edit(store)
    assert change is not None
    assert store.read().settings.cues.gap_s == 30.0
    assert store.log()[-1].how == "edit"
    assert list(home.glob("form-coach-*")) == []


def test_nothing_is_changed_without_a_change(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that is left as it was opened changes nothing."""
    assert Editor(home, monkeypatch, "true").edit(store) is None
    assert store.path.read_text() == INSTALLED
    assert list(home.glob("form-coach-*")) == []


def test_mistakes_can_be_mended(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are told, the file stays, and the editor opens again on what was written."""
    editor = Editor(
        home, monkeypatch, 'printf "[cues]\\ngap_s = 3000\\nx = 1\\n" >> "$1"', 'sed -i "s/3000/30/; /x = 1/d" "$1"'
    ).answers(True)
    assert editor.edit(store) is not None
    assert "2 mistakes" in editor.told[0]
    assert store.read().settings.cues.gap_s == 30.0


def test_what_was_written_is_kept(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives up finds the text again, also after an editor that failed; the settings are as before."""
    for commands in (['printf "[cue]\\n" >> "$1"'], ['printf "[cue]\\n" >> "$1"; false']):
        with pytest.raises(UsageError) as caught:
            Editor(home, monkeypatch, *commands).answers(False).edit(store)
        kept = Path(str(caught.value).rpartition("kept in ")[2])
        assert kept.read_text() == INSTALLED + "[cue]\n"
        assert store.path.read_text() == INSTALLED


def test_two_who_change_different_things(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another one saved meanwhile is kept beside one's own change, and told."""
    other = f'''printf "[cues]\\ngap_s = 30\\n" >> "$1"; sed -i "s/^# rotate/rotate/" "{store.path}"'''
    editor = Editor(home, monkeypatch, other)
    assert editor.edit(store) is not None
    settings = store.read().settings
    assert (settings.cues.gap_s, settings.camera.rotate_deg) == (30.0, 90)
    assert "both changes are kept" in editor.told[0]


def test_two_who_change_the_same(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both versions are shown, and nothing takes effect until one is chosen."""
    other = f'''sed -i s/0.8/0.7/ "$1"; sed -i s/0.8/0.6/ "{store.path}"'''
    choose = 'sed -i "/^<<<<<<</d; /^=======/,/^>>>>>>>/d" "$1"'
    editor = Editor(home, monkeypatch, other, choose).answers(True)
    assert editor.edit(store) is not None
    assert "same lines" in editor.told[0]
    assert store.read().settings.voice.volume == 0.7
    editor = Editor(home, monkeypatch, other.replace("0.8/0.7", "0.7/0.5").replace("0.8/0.6", "0.7/0.4")).answers(False)
    with pytest.raises(UsageError, match="kept in"):
        editor.edit(store)
    assert store.read().settings.voice.volume == 0.4


def test_a_profile_not_in_use_is_checked_as_well(store: Store, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mistakes in it would else come up only when it is taken into use."""
    store.new_profile("anna", "anna")
    anna = config.profile_file(store.path, "anna")
    Editor(home, monkeypatch, 'printf "[cues]\\ngap_s = 3000\\n" >> "$1"')
    with pytest.raises(UsageError, match="kept in"):
        edit(store, anna, "anna", lambda question: False, lambda text: None)
    Editor(home, monkeypatch, 'printf "[cues]\\ngap_s = 30\\n" >> "$1"')
    edit(store, anna, "anna", lambda question: False, lambda text: None)
    assert config.read(anna).endswith("gap_s = 30\n")


def test_without_an_editor(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to do."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="no editor"):
        edit(store, store.path, "anna", lambda question: False, lambda text: None)
    monkeypatch.setenv("EDITOR", "no-such-editor")
    with pytest.raises(UsageError, match="cannot be started"):
        edit(store, store.path, "anna", lambda question: False, lambda text: None)


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n"),
        ("A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("b\nc\n", "a\nb\nc\nd\n", "b\nc\nd\n"),
        ("a\nx\nb\nc\n", "a\nx\nb\nc\n", "a\nx\nb\nc\n"),
        ("", "a\nb\nc\n", ""),
        ("a\nb\nc\n", "", ""),
    ],
)
def test_changes_in_different_places_merge(mine: str, theirs: str, both: str) -> None:
    """Each one's change is in the result, whoever made it."""
    assert merge("a\nb\nc\n", mine, theirs) == (both, True)
    assert merge("a\nb\nc\n", theirs, mine) == (both, True)


def test_changes_in_the_same_place_are_shown() -> None:
    """Neither is lost."""
    text, clean = merge("a\nb\n", "a\nmine\n", "a\ntheirs\n")
    assert not clean
    assert text == "a\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> the file's, by now\n"
