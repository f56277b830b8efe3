"""A panel on gpiozero's mock pins, with somebody at its button, and a clock that is turned by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from device.panel.gpio import GpioPanel
from device.settings import PanelSettings

SETTINGS = PanelSettings(shutdown=True)


class HeldPin(MockPin):
    """A pin that is on ground from the start, whatever pulls it up."""

    def __init__(self, factory: Any, info: Any) -> None:
        super().__init__(factory, info)
        self._state = False

    def _set_pull(self, value: str) -> None:
        self._pull = value


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Workbench:
    """The panel, its thread not started.

    :param held: whether the button is pressed from the start.
    :param answer: what happens on a command, besides its being noted.
    :ivar commands: what the panel asked for.
    """

    settings: PanelSettings = SETTINGS
    held: bool = False
    clock: Any = field(default_factory=Clock)
    answer: Callable[[], None] = lambda: None
    commands: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.factory = MockFactory()
        if self.held:
            self.button = self.factory.pin(self.settings.button_gpio, pin_class=HeldPin)
        self.panel = GpioPanel(self.settings, self._pressed, self.factory, self.clock)
        if self.panel.button:
            self.button = self.factory.pin(self.settings.button_gpio)
        if self.panel.light:
            self.light = self.factory.pin(self.settings.light_gpio)

    def _pressed(self, command: str) -> None:
        self.commands.append(command)
        self.answer()

    @property
    def lit(self) -> bool:
        """Whether the light is lit."""
        return bool(self.light.state)

    def press(self) -> None:
        """Close the button's contacts."""
        self.button.drive_low()

    def release(self) -> None:
        """Open them."""
        self.button.drive_high()

    def wait(self, seconds: float) -> None:
        """Let time pass; the panel wakes when it asked to."""
        end_s = self.clock.now_s + seconds
        while (left_s := self.panel.step()) < end_s - self.clock.now_s:
            self.clock.now_s += max(left_s, 1e-6)
        self.clock.now_s = end_s
        self.panel.step()

    def see(self, seconds: float) -> str:
        """What the light does, 0.03 s into each tenth of a second: "#" where it is lit, "." where it is dark."""
        seen = ""
        for _ in range(round(seconds / 0.1)):
            self.wait(0.03)
            seen += "#" if self.lit else "."
            self.wait(0.07)
        return seen
