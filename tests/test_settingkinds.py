"""Sections of settings: values that are given by name, compared, and never changed."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from device.settings import CueSettings, LeanSettings, Settings


def test_what_is_not_given_is_the_default() -> None:
    """A section takes some values; the others are the defaults of the list."""
    changed = LeanSettings(rise_deg=5.0)
    assert changed.rise_deg == 5.0
    assert {part.name: getattr(changed, part.name) for part in fields(LeanSettings) if part.name != "rise_deg"} == {
        part.name: part.default for part in fields(LeanSettings) if part.name != "rise_deg"
    }


def test_an_unknown_name_is_refused() -> None:
    """A name that no setting has is a mistake of the caller."""
    with pytest.raises(TypeError, match=r"LeanSettings has no setting 'rise'"):
        LeanSettings(rise=5.0)


def test_values_cannot_be_changed_or_deleted() -> None:
    """Settings are shared between threads, so nobody changes them."""
    settings = Settings()
    with pytest.raises(FrozenInstanceError, match="gap_s"):
        settings.cues.gap_s = 1.0
    with pytest.raises(FrozenInstanceError, match="cues"):
        del settings.cues
    assert settings == Settings()


def test_same_values_are_equal_and_have_the_same_hash() -> None:
    """Two sections are the same if all their values are, and both of one kind."""
    assert CueSettings(gap_s=9.0) == CueSettings(gap_s=9.0) != CueSettings()
    assert hash(CueSettings(gap_s=9.0)) == hash(CueSettings(gap_s=9.0)) != hash(CueSettings())
    assert CueSettings() != LeanSettings()


def test_a_section_with_other_values_leaves_the_first_alone() -> None:
    """``replace`` makes another one."""
    settings = Settings()
    other = replace(settings, cues=replace(settings.cues, gap_s=9.0))
    assert other.cues.gap_s == 9.0
    assert settings == Settings()
    assert replace(other, cues=CueSettings()) == settings


def test_what_is_shown_makes_the_same_section() -> None:
    """``repr`` can be read back."""
    changed = CueSettings(gap_s=9.0, praise=False)
    assert eval(repr(changed)) == changed


def test_sections_go_to_other_processes() -> None:
    """What-if sends settings to a process of its own."""
    changed = Settings(cues=CueSettings(gap_s=9.0))
    assert pickle.loads(pickle.dumps(changed)) == changed
