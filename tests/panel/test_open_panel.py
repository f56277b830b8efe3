"""Which panel there is, and what is said where there should be one and is none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from fakelgpio import Board

import device.panel
from device.panel import NoPanel, Panel, open_panel
from device.panel.gpio import GpioPanel
from device.settings import PanelSettings

SETTINGS = PanelSettings()
PI_4, PI_5, UNHEARD_OF = 0xC03114, 0xC04170, 0x0


class Finder:
    """Lets ``import lgpio`` find the pretended library, or nothing."""

    def __init__(self, board: Board | None) -> None:
        self._board = board

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name != "lgpio":
            return None
        if self._board is None:
            raise ModuleNotFoundError("No module named 'lgpio'", name="lgpio")
        import importlib.machinery

        return importlib.machinery.ModuleSpec("lgpio", self)  # type: ignore[arg-type]

    def create_module(self, spec: object) -> Board | None:
        return self._board

    def exec_module(self, module: Board) -> None:
        module.load()


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Make this machine look like a Raspberry Pi with these pins, and return the panel it has."""
    opened: list[Panel] = []

    def make(
        board: Board | None, settings: PanelSettings = SETTINGS, revision: int = PI_4, press=lambda command: None
    ) -> Panel:
        model = tmp_path / "model"
        model.write_bytes(b"Raspberry Pi 4 Model B Rev 1.4\x00")
        monkeypatch.setattr(device.panel, "MODEL", model)
        forget()
        monkeypatch.setattr(sys, "meta_path", [Finder(board), *sys.meta_path])
        monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: revision)
        opened.append(open_panel(settings, press))
        return opened[-1]

    yield make
    for panel in opened:
        panel.close()
    forget()


def forget() -> None:
    """Let the next import be the first."""
    for name in ("lgpio", "gpiozero.pins.lgpio"):
        sys.modules.pop(name, None)


def one_line(trouble: str | None) -> str:
    """The trouble, which is one line and names a remedy."""
    assert trouble is not None
    assert "\n" not in trouble
    assert "remedy: " in trouble
    return trouble


@pytest.mark.parametrize("revision", [PI_4, PI_5])
def test_it_works_through_lgpio(pi, revision: int) -> None:
    """On a Pi 4 and a Pi 5 (with today's kernel): a press arrives, the light is lit, all is let go."""
    board, commands = Board(), []
    panel = pi(board, revision=revision, press=commands.append)
    assert isinstance(panel, GpioPanel)
    assert (panel.button, panel.light, panel.trouble) == (True, True, None)
    assert board.opened == 0
    panel.show("coaching")
    deadline_s = time.monotonic() + 5.0
    while not board.levels[SETTINGS.light_gpio] and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert board.levels[SETTINGS.light_gpio]
    board.drive(SETTINGS.button_gpio, False)
    time.sleep(0.1)
    board.drive(SETTINGS.button_gpio, True)
    while not commands and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert commands == ["mute"]
    panel.close()
    assert board.opened is None
    assert not board.claimed


def test_it_can_be_opened_again(pi) -> None:
    """When the settings change, the panel is closed and another opened; its button works, on the same pin or not."""
    board, commands = Board(), []
    pi(board).close()
    pi(board, replace(SETTINGS, button_gpio=5)).close()
    panel = pi(board, press=commands.append)
    assert (panel.button, panel.light, panel.trouble) == (True, True, None)
    assert sorted(board.claimed) == [SETTINGS.button_gpio, SETTINGS.light_gpio]
    board.drive(SETTINGS.button_gpio, False)
    time.sleep(0.1)
    board.drive(SETTINGS.button_gpio, True)
    deadline_s = time.monotonic() + 5.0
    while not commands and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert commands == ["mute"]


@pytest.mark.parametrize("model", [None, b"LENOVO ThinkPad\x00", b""])
def test_on_other_machines_there_is_no_panel_and_no_trouble(
    model: bytes | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A PC has no pins, and that is nothing to complain about."""
    path = tmp_path / "model"
    if model is not None:
        path.write_bytes(model)
    monkeypatch.setattr(device.panel, "MODEL", path)
    panel = open_panel(SETTINGS, lambda command: None)
    assert isinstance(panel, NoPanel)
    assert panel.trouble is None


def test_who_wants_neither_part_gets_no_panel(pi) -> None:
    """With both set to -1 no pin library is asked for, and there is no trouble."""
    panel = pi(None, PanelSettings(button_gpio=-1, light_gpio=-1))
    assert isinstance(panel, NoPanel)
    assert panel.trouble is None


def test_a_missing_library_is_told(pi) -> None:
    """Without lgpio there is no panel, and the trouble says what to install."""
    panel = pi(None)
    assert isinstance(panel, NoPanel)
    assert "apt install python3-lgpio" in one_line(panel.trouble)


def test_pins_that_may_not_be_used_are_told(pi) -> None:
    """Where the chip cannot be opened there is no panel, and the trouble names the group."""
    panel = pi(Board(chips=()))
    assert isinstance(panel, NoPanel)
    assert "usermod -aG gpio" in one_line(panel.trouble)


def test_a_board_unknown_to_gpiozero_is_told(pi) -> None:
    """A Raspberry Pi newer than the library has no panel, and the trouble says to update."""
    panel = pi(Board(), revision=UNHEARD_OF)
    assert isinstance(panel, NoPanel)
    assert "full-upgrade" in one_line(panel.trouble)


@pytest.mark.parametrize("part", ["button", "light"])
def test_one_busy_pin_leaves_the_other(pi, part: str) -> None:
    """A pin that something else has is told with its number and its setting; the other part works."""
    gpio = getattr(SETTINGS, f"{part}_gpio")
    panel = pi(Board(busy=(gpio,)))
    trouble = one_line(panel.trouble)
    assert f"the {part} on GPIO{gpio}" in trouble
    assert "in use" in trouble
    assert f"panel.{part}_gpio" in trouble
    assert (panel.button, panel.light) == (part != "button", part != "light")
    panel.show("coaching")


def test_what_nobody_thought_of_is_told_in_the_library_s_words(pi) -> None:
    """An error without a remedy of its own is told as it is, with the setting that avoids it."""
    board = Board(busy=(SETTINGS.button_gpio,))
    board.complaint = "bad line offset"
    trouble = one_line(pi(board).trouble)
    assert f"the button on GPIO{SETTINGS.button_gpio} cannot be used: bad line offset; remedy: " in trouble
    assert "panel.button_gpio" in trouble


def test_two_busy_pins_are_no_panel(pi) -> None:
    """With both pins taken there is no panel, and one line tells both."""
    board = Board(busy=(SETTINGS.button_gpio, SETTINGS.light_gpio))
    panel = pi(board)
    assert isinstance(panel, NoPanel)
    assert f"GPIO{SETTINGS.button_gpio}" in one_line(panel.trouble)
    assert f"GPIO{SETTINGS.light_gpio}" in one_line(panel.trouble)
    assert board.opened is None, "the chip is let go"


def test_the_working_directory_stays_as_it_is(pi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file that lgpio leaves where it is loaded does not end up in the runner's folder."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert pi(Board()).trouble is None
    assert Path.cwd() == here
    assert not list(here.iterdir())


def test_a_machine_without_room_for_a_file_is_told(pi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where lgpio can write nowhere there is no panel, and the trouble says so."""

    def nowhere(*args: object, **options: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryDirectory", nowhere)
    panel = pi(Board())
    assert isinstance(panel, NoPanel)
    assert "/tmp" in one_line(panel.trouble)


def test_the_real_library_loads_where_nothing_can_be_written() -> None:
    """lgpio itself comes up in a working directory in which not even root can make a file, and leaves none."""
    pytest.importorskip("lgpio", reason="needs lgpio")
    code = "from device.panel.gpio import lgpio_factory\ntry: lgpio_factory()\nexcept Exception as e: print(repr(e))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd="/proc/self",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "nfy" not in done.stdout + done.stderr
    assert "Found" not in done.stdout  # neither FileNotFoundError nor ModuleNotFoundError
