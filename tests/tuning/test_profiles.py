"""Settings for each person of a household, over those of all."""

from __future__ import annotations

from pathlib import Path

import pytest
from household import at_home, settled

from device import config
from device.errors import ConfigError, UsageError
from device.settings import Settings
from device.tuning import place
from device.tuning.store import Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = settled(at_home(tmp_path, monkeypatch))
    store.set({"forward_lean.on_deg": 14, "cues.gap_s": 30}, "anna")
    for name in ("anna", "bob"):
        store.new_profile(name, "anna")
    store.set({"profile.name": "anna"}, "anna")
    return store


def test_a_persons_settings_lie_over_the_households(store: Store) -> None:
    """Limits and texts go into the profile in use; camera, model, voice, panel into the household's file."""
    change = store.set({"forward_lean.on_deg": 12, "voice.volume": 0.5, "notices.ready": "Hi"}, "anna")
    assert change.layers.profile == "anna"
    assert {key: change.layers.origins[key] for key in (*change.changes, "cues.gap_s", "cues.repeat_s")} == {
        "forward_lean.on_deg": "profile anna",
        "notices.ready": "profile anna",
        "voice.volume": "settings.toml",
        "cues.gap_s": "settings.toml",
        "cues.repeat_s": "default",
    }
    assert change.layers.files == (store.path, config.profile_file(store.path, "anna"))
    assert config.load(store.path) == change.layers.settings
    assert store.set({"profile.name": "bob"}, "bob").changes["forward_lean.on_deg"] == (12.0, 14.0)
    assert store.set({"profile.name": ""}, "bob").changes == {"profile.name": ("bob", "")}


def test_a_change_and_a_profile_at_once(store: Store) -> None:
    """What is set together with the profile is that profile's."""
    store.set({"profile.name": "bob", "forward_lean.on_deg": 11}, "bob")
    assert "11.0" in config.read(config.profile_file(store.path, "bob"))
    assert config.read(config.profile_file(store.path, "anna")).count("\n") == 1


def test_reset_takes_back_a_persons_own(store: Store) -> None:
    """To what the household has; what is the household's is not taken from all by one."""
    store.set({"forward_lean.on_deg": 12, "voice.rate_wpm": 150}, "anna")
    assert store.reset(["forward_lean.on_deg"], "anna").changes == {"forward_lean.on_deg": (12.0, 14.0)}
    with pytest.raises(ConfigError, match="profile anna does not change it"):
        store.reset(["forward_lean.on_deg"], "anna")
    assert store.reset(["voice.rate_wpm"], "anna").changes == {"voice.rate_wpm": (150, 165)}
    store.set({"forward_lean.on_deg": 12, "cues.gap_s": 10}, "anna")
    assert set(store.reset(None, "anna").changes) == {"forward_lean.on_deg", "cues.gap_s"}
    assert store.read().settings.forward_lean.on_deg == 14.0


def test_a_missing_or_broken_profile_is_a_mistake(store: Store) -> None:
    """Told with the profile's name, beside those of the settings file; going on without it is always possible."""
    anna = config.profile_file(store.path, "anna")
    anna.write_text("[forward_lean]\non_deg = 99\n[profile]\nname = 'bob'\n")
    store.path.write_text(store.path.read_text().replace("gap_s = 30.0", "gap_s = 3000"))
    with pytest.raises(ConfigError) as caught:
        config.load(store.path)
    assert [problem.partition(" = ")[0].partition("]")[0] for problem in caught.value.problems] == [
        "cues.gap_s",
        "profile anna: [profile",
        "profile anna: forward_lean.on_deg",
    ]
    store.path.write_text(store.path.read_text().replace("gap_s = 3000", "gap_s = 30"))
    anna.unlink()
    with pytest.raises(ConfigError, match="there is no such profile"):
        store.set({"forward_lean.on_deg": 12}, "anna")
    with pytest.raises(ConfigError, match=r"did you mean bob\?"):
        store.set({"profile.name": "bobb"}, "anna")
    store.set({"profile.name": ""}, "anna")
    assert config.load(store.path).forward_lean.on_deg == 14.0


@pytest.mark.parametrize("name", ["../anna", "Anna", "1", "", "a b", "a" * 33, "änna", ".", "a\n"])
def test_names_that_are_none(store: Store, name: str) -> None:
    """A name becomes a file's: nothing else may be reached by it."""
    with pytest.raises(UsageError):
        store.new_profile(name, "anna")
    with pytest.raises(UsageError):
        store.remove_profile(name, "anna")
    if name:
        with pytest.raises(ConfigError):
            store.set({"profile.name": name}, "anna")
        with pytest.raises(ConfigError):
            config.parse(config.show(Settings()).replace('name = ""', f"name = {config.describing.toml(name)}"))


def test_making_and_removing(store: Store) -> None:
    """No profile is made twice, or removed while in use; undo brings a removed one back."""
    with pytest.raises(UsageError, match="already"):
        store.new_profile("anna", "anna")
    with pytest.raises(UsageError, match="in use"):
        store.remove_profile("anna", "anna")
    store.set({"forward_lean.on_deg": 12}, "anna")
    store.set({"profile.name": ""}, "anna")
    store.remove_profile("anna", "anna")
    assert config.profiles(store.path) == ["bob"]
    store.undo("anna")
    assert config.profiles(store.path) == ["anna", "bob"]
    assert store.set({"profile.name": "anna"}, "anna").changes["forward_lean.on_deg"] == (14.0, 12.0)


def test_good_form_is_kept_for_each(tmp_path: Path) -> None:
    """Where nobody's profile is in use it lies where it always did."""
    assert place.baselines(tmp_path, "") == tmp_path / "baselines.json"
    assert place.baselines(tmp_path, "anna") == tmp_path / "profiles" / "anna" / "baselines.json"
    assert place.state_of(place.SERVICE) == place.SERVICE_STATE


def test_shown_settings_are_a_file_of_their_own(store: Store, tmp_path: Path) -> None:
    """`config show` with a profile gives a text that means the same anywhere, without that profile."""
    store.set({"forward_lean.on_deg": 12}, "anna")
    layers = store.read()
    copy = tmp_path / "elsewhere.toml"
    copy.write_text(config.show(layers.settings, layers.origins))
    assert config.load(copy).forward_lean == layers.settings.forward_lean
    assert '# name = "anna"' in copy.read_text()
    assert "from profile anna" in copy.read_text()
