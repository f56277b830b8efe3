"""A state folder of one's own, for the commands of the advice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from device import cli
from device.runs import Store, writing


@dataclass
class Household:
    """Somebody's folders, and the command line in them."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    code: int = 0
    err: str = ""

    def __call__(self, *arguments: str | Path) -> str:
        """Run a command; what it printed comes back."""
        self.code = cli.main([str(one) for one in arguments])
        caught = self.capsys.readouterr()
        self.err = caught.err
        assert "Traceback" not in caught.err
        return caught.out

    def refused(self, *arguments: str | Path) -> str:
        """Run a command that must be refused with exit code 2, and in one line; that line comes back."""
        out = self(*arguments)
        assert (self.code, out) == (2, ""), (self.code, out, self.err)
        assert self.err.startswith("form-coach: ")
        return self.err.removeprefix("form-coach: ").strip()

    def store(self) -> Store:
        """The database."""
        return writing(self.folder / "state")[0]

    def settings(self, toml: str) -> Path:
        """The settings file, with this text."""
        path = self.folder / "settings.toml"
        path.write_text(toml)
        return path


def household(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Household:
    """A household without runs or settings."""
    for name in ("state", "run", "config"):
        (folder / name).mkdir()
    monkeypatch.setenv("STATE_DIRECTORY", str(folder / "state"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder / "run"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("FORM_COACH_CONFIG", str(folder / "settings.toml"))
    (folder / "settings.toml").write_text("")
    return Household(folder, capsys)
