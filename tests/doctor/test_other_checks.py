"""The other checks: settings, software, panel, disk, service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from device.doctor import Result, configuration, panel, software, storage
from device.doctor.configuration import in_force, load, settings
from device.doctor.service import service
from device.doctor.storage import disk
from device.live.status import Status
from device.panel import on_a_pi
from device.settings import PanelSettings, Settings

NOBODY = Status("absent", "Form Coach is not running")
RUNS = Status("running", "", {"doing": "coaching", "troubles": {}, "settings": {"path": "/of/the/coach.toml"}})


class TestSettings:
    def test_every_mistake_is_told(self, tmp_path: Path) -> None:
        """All mistakes at once, and the other checks go on with the defaults."""
        (tmp_path / "my.toml").write_text('[cues]\ngap = 3\n[voice]\nspeaker = "loud"\n')
        loaded = load(tmp_path / "my.toml")
        found = settings(loaded)
        assert loaded.settings == Settings()
        assert found.state == "bad"
        assert all(word in found.detail for word in ("my.toml", "cues.gap", "voice.speaker"))
        assert found.remedy

    def test_good_ones(self, tmp_path: Path) -> None:
        """A file without mistakes is named and used; without a file the defaults are."""
        (tmp_path / "my.toml").write_text("[model]\nthreads = 3\n")
        loaded = load(tmp_path / "my.toml")
        assert (settings(loaded).state, loaded.settings.model.threads) == ("ok", 3)
        assert str(tmp_path / "my.toml") in settings(loaded).detail
        assert settings(load(None)).state == "ok"
        assert settings(load(tmp_path / "none.toml")).state == "bad"

    def test_a_file_for_other_eyes(self) -> None:
        """A file that may not be read asks for more rights, not for an editor."""
        found = settings(configuration.Loaded(Settings(), Path("/x.toml"), ("cannot be read: Permission denied",)))
        assert "sudo" in found.remedy

    def test_which_file_is_in_force(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one given, else the environment's, else the running coach's, else the service's, else none."""
        own = tmp_path / "settings.toml"
        monkeypatch.setenv("FORM_COACH_CONFIG", "/of/the/environment.toml")
        assert in_force(Path("/given.toml"), RUNS, own) == Path("/given.toml")
        assert in_force(None, RUNS, own) == Path("/of/the/environment.toml")
        monkeypatch.delenv("FORM_COACH_CONFIG")
        assert in_force(None, RUNS, own) == Path("/of/the/coach.toml")
        assert in_force(None, NOBODY, own) is None
        own.touch()
        assert in_force(None, NOBODY, own) == own
        assert in_force(None, Status("running", "", {"settings": {"path": None}}), own) is None


class TestSoftware:
    def test_versions(self) -> None:
        """All that is needed is here, each with its version."""
        found = software.versions()
        assert found.state == "ok"
        assert all(
            name in found.detail for name in ("Form Coach ", "Python 3.", "numpy ", "av ", "pillow ", "pyttsx3 ")
        )

    def test_what_is_missing_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part that is not installed is bad, as is the lack of any runtime."""
        monkeypatch.setattr(software, "NEEDED", ("numpy", "no-such-thing"))
        monkeypatch.setattr(software, "RUNTIMES", ("no-runtime", "nor-this"))
        found = software.versions()
        assert found.state == "bad"
        assert found.detail.startswith("missing: no-runtime, no-such-thing")

    @pytest.fixture
    def library(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        """A picamera2 of our own making, gone afterwards."""
        monkeypatch.syspath_prepend(str(tmp_path))
        real = sys.modules.pop("picamera2", None)
        yield tmp_path / "picamera2.py"
        sys.modules.pop("picamera2", None)
        if real is not None:
            sys.modules["picamera2"] = real

    def test_picamera2_that_works(self, library: Path) -> None:
        """It is loaded, and both versions are told."""
        library.write_text("")
        found = software.picamera(True)
        assert (found.state, "works with NumPy" in found.detail) == ("ok", True)

    def test_picamera2_that_does_not_fit_numpy(self, library: Path) -> None:
        """What Bookworm's camera library says beside a NumPy too new for it gets the remedy that helps."""
        library.write_text("raise ValueError('numpy.dtype size changed, may indicate binary incompatibility')")
        found = software.picamera(True)
        assert found.state == "bad"
        assert "numpy<2" in found.remedy

    def test_picamera2_that_is_broken(self, library: Path) -> None:
        """Another fault of it asks for a reinstallation."""
        library.write_text("import no_such_module_of_libcamera")
        assert "apt install --reinstall" in software.picamera(True).remedy

    def test_no_picamera2(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is missing only where the Pi's own camera is wanted."""
        monkeypatch.setattr(software, "find_spec", lambda name: None)
        assert software.picamera(False).state == "none"
        found = software.picamera(True)
        assert (found.state, "apt install" in found.remedy) == ("bad", True)


class _Panel:
    """A panel that is as it is told to be."""

    def __init__(self, button: bool, light: bool, trouble: str | None = None) -> None:
        self.button, self.light, self.trouble, self.closed = button, light, trouble, False

    def close(self) -> None:
        self.closed = True


class TestPanel:
    def test_on_this_machine(self) -> None:
        """On a PC there is none, and that is no fault."""
        if on_a_pi():
            pytest.skip("this is a Raspberry Pi; tests/panel tries its pins")
        found = panel.panel(PanelSettings())
        assert (found.state, "no Raspberry Pi" in found.detail) == ("none", True)

    def test_switched_off(self) -> None:
        """Without pins in the settings there is nothing to test."""
        off = PanelSettings(button_gpio=-1, light_gpio=-1)
        assert (panel.panel(off).state, panel.in_use(off, {}).state) == ("none", "none")

    @pytest.mark.parametrize(
        ("made", "state", "detail"),
        [
            (_Panel(True, True), "ok", "button on GPIO 17, light on GPIO 27"),
            (_Panel(False, True), "ok", "light on GPIO 27"),
            (_Panel(True, False, "the light is in use; remedy: end that"), "bad", "the light is in use"),
        ],
    )
    def test_what_opens(self, made: _Panel, state: str, detail: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The pins are named; a trouble is bad; and the panel is closed again."""
        monkeypatch.setattr(panel, "on_a_pi", lambda: True)
        monkeypatch.setattr(panel, "open_panel", lambda settings, press: made)
        found = panel.panel(PanelSettings())
        assert (found.state, found.detail) == (state, detail)
        assert made.closed

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            ({"panel": {"button": True, "light": True}}, "ok"),
            ({"panel": {"button": False, "light": False}}, "none"),
            ({"panel": 3}, "none"),
            ({"panel": {"button": True}, "troubles": {"panel": "the light is in use"}}, "bad"),
        ],
    )
    def test_as_the_running_coach_tells(self, told: dict[str, Any], state: str) -> None:
        """While a coach holds the pins, it says how they are."""
        assert panel.in_use(PanelSettings(), told).state == state


class TestDisk:
    def test_a_folder_to_write_to(self, tmp_path: Path) -> None:
        """Fine where there is room; nothing is left behind."""
        found = disk(tmp_path)
        assert found.state in ("ok", "warn")
        assert str(tmp_path) in found.detail
        assert list(tmp_path.iterdir()) == []

    def test_little_room(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Warned of below one bound, bad below the other."""
        monkeypatch.setattr(storage, "LITTLE_MB", 1e15)
        assert disk(tmp_path).state == "warn"
        monkeypatch.setattr(storage, "TOO_LITTLE_MB", 1e15)
        assert disk(tmp_path).state == "bad"

    @pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a folder in which nobody can make a file")
    def test_a_folder_not_to_be_written_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no file can be made it is bad, whatever the reason, and the remedy follows."""
        monkeypatch.setattr(storage, "TOO_LITTLE_MB", 0)
        found = disk(Path("/proc/self/fd"))
        assert found.state == "bad"
        assert "cannot be written to" in found.detail or "read-only" in found.detail

    def test_a_disk_that_went_read_only(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worn SD card turns read-only; that has a remedy of its own."""
        real = os.statvfs(tmp_path)

        class ReadOnly:
            f_bavail, f_frsize, f_flag = real.f_bavail, real.f_frsize, real.f_flag | os.ST_RDONLY

        monkeypatch.setattr(os, "statvfs", lambda path: ReadOnly)
        found = disk(tmp_path)
        assert (found.state, "SD card" in found.remedy) == ("bad", True)

    def test_no_such_folder(self, tmp_path: Path) -> None:
        """A folder that is not there is bad."""
        assert disk(tmp_path / "none").state == "bad"


SHOWN = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "NRestarts": "0",
    "Result": "success",
}


class TestService:
    def found(self, root: Path, monkeypatch: pytest.MonkeyPatch, status: Status, **shown: str) -> Result:
        """The check's result where systemd shows this of the unit."""
        (root / "run/systemd/system").mkdir(parents=True, exist_ok=True)
        lines = "\n".join(f"{key}={value}" for key, value in (SHOWN | shown).items())
        (root / "systemctl").write_text(f"#!/bin/sh\ntest $2 = form-coach.service && cat <<END\n{lines}\nEND\n")
        (root / "systemctl").chmod(0o755)
        monkeypatch.setenv("PATH", f"{root}:/usr/bin:/bin")
        return service(status, root)

    def test_it_runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Active, enabled, never restarted: fine, with what it says."""
        found = self.found(tmp_path, monkeypatch, RUNS)
        assert found.state == "ok"
        assert "coaching" in found.detail

    @pytest.mark.parametrize(
        ("shown", "state", "words"),
        [
            ({"ActiveState": "failed", "Result": "exit-code"}, "bad", "exit-code"),
            ({"ActiveState": "inactive"}, "warn", "inactive"),
            ({"NRestarts": "3"}, "warn", "3 times"),
            ({"UnitFileState": "disabled"}, "warn", "will not start with the computer"),
        ],
    )
    def test_what_systemd_knows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: dict[str, str], state: str, words: str
    ) -> None:
        """A failed service is bad; one that is off, was restarted or is not enabled deserves a word."""
        found = self.found(tmp_path, monkeypatch, RUNS, **shown)
        assert found.state == state
        assert words in found.detail
        assert found.remedy

    @pytest.mark.parametrize(
        ("status", "state", "words"),
        [
            (Status("hung", "process 7 is there, but has said nothing for 9 s"), "bad", "nothing for 9 s"),
            (Status("absent", ""), "warn", "tells nothing yet"),
            (Status("other_version", "the coach that runs is of another version: 9"), "warn", "another version"),
            (Status("running", "", {"troubles": {"disk": "full; delete something"}}), "warn", "disk: full"),
            (Status("running", "", {"troubles": {"camera": "gone"}}), "ok", "active"),
        ],
    )
    def test_what_it_says_itself(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Status, state: str, words: str
    ) -> None:
        """One that hangs is bad; its troubles are passed on, but not those that have a check of their own."""
        found = self.found(tmp_path, monkeypatch, status)
        assert found.state == state, found
        assert words in found.detail

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            (NOBODY, "none"),
            (RUNS, "ok"),
            (Status("hung", "it hangs"), "bad"),
            (Status("dead", "it was killed"), "warn"),
            (Status("running", "", {"troubles": {"disk": "full"}}), "warn"),
        ],
    )
    def test_without_a_service(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Status, state: str
    ) -> None:
        """Where there is no unit, or no systemd at all, a coach started by hand is judged, and none is no fault."""
        assert self.found(tmp_path, monkeypatch, status, LoadState="not-found").state == state
        assert service(status, tmp_path / "none").state == state
