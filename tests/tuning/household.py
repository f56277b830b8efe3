"""What the tests of tuning share."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.tuning.store import Store


def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the folder hold everything that is the user's, where no coach runs."""
    for name in ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "FORM_COACH_CONFIG", "SUDO_USER", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    for name, folder in (("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setattr("device.folders.SERVICE_RUNTIME", tmp_path / "no-service")
    return tmp_path


def settled(home: Path) -> Store:
    """A household's settings, as the installation leaves them."""
    path = home / "etc" / "settings.toml"
    path.parent.mkdir()
    path.write_text(INSTALLED)
    return Store(path)


INSTALLED = """\
# Settings of this computer.

[camera]
# source = "usb"                    # auto: the Pi's camera, else a USB camera
# rotate_deg = 90                   # how far to turn the picture

[voice]
# language = "de"
volume = 0.8                        # the neighbours sleep
"""
