"""A stand-in for the lgpio library: pins of a pretended board, as far as gpiozero uses them.

It takes the traps over: its errors, its numbers of chips, the file that it leaves in the working directory.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

INPUT, OUTPUT = 1 << 8, 1 << 1
PULLS = {"SET_PULL_NONE": 1 << 7, "SET_PULL_UP": 1 << 5, "SET_PULL_DOWN": 1 << 6}


class error(Exception):
    """Its text stands in quotes, as in the library."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return repr(self.value)


class Board(types.ModuleType):
    """The library, and what is behind it.

    :ivar chips: which /dev/gpiochipN there are.
    :ivar busy: pins that something else has.
    :ivar complaint: what is said of them.
    :ivar claimed: the pins that are held now, and how.
    :ivar levels: of the pins, True where nothing says otherwise: pulled up, or not connected.
    """

    RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3

    def __init__(self, chips: tuple[int, ...] = (0,), busy: tuple[int, ...] = ()) -> None:
        super().__init__("lgpio")
        self.error = error
        self.chips, self.busy = chips, busy
        self.complaint = "GPIO busy"
        self.opened: int | None = None
        self.claimed: dict[int, int] = {}
        self.levels: dict[int, bool] = {}
        self._watching: list[tuple[int, Callable[..., None]]] = []
        for name, flag in PULLS.items():
            setattr(self, name, flag)

    def load(self) -> None:
        """What happens when it is imported."""
        Path(".lgd-nfy0").touch()  # an OSError where that is not allowed

    def gpiochip_open(self, chip: int) -> int:
        if chip not in self.chips:
            raise error("can not open gpiochip")
        self.opened = chip
        return 7

    def gpiochip_close(self, handle: int) -> None:
        self.opened = None
        self.claimed.clear()

    def _claim(self, gpio: int, mode: int) -> None:
        assert self.opened is not None
        if gpio in self.busy:
            raise error(self.complaint)
        self.claimed[gpio] = mode

    def gpio_claim_input(self, handle: int, gpio: int, flags: int = 0) -> None:
        self._claim(gpio, INPUT | flags)

    def gpio_claim_alert(self, handle: int, gpio: int, edges: int, flags: int = 0) -> None:
        self._claim(gpio, INPUT | flags)

    def gpio_claim_output(self, handle: int, gpio: int, level: int = 0) -> None:
        self._claim(gpio, OUTPUT)
        self.levels[gpio] = bool(level)

    def gpio_free(self, handle: int, gpio: int) -> None:
        del self.claimed[gpio]

    def gpio_get_mode(self, handle: int, gpio: int) -> int:
        assert handle is not None, "the chip is closed"
        return self.claimed[gpio]

    def gpio_set_debounce_micros(self, handle: int, gpio: int, micros: int) -> None:
        assert gpio in self.claimed

    def gpio_read(self, handle: int, gpio: int) -> int:
        assert gpio in self.claimed, "GPIO not allocated"
        return int(self.levels.get(gpio, True))

    def gpio_write(self, handle: int, gpio: int, level: bool) -> None:
        assert self.claimed[gpio] == OUTPUT
        self.levels[gpio] = bool(level)

    def callback(self, handle: int, gpio: int, edges: int, call: Callable[..., None]) -> Any:
        watching = (gpio, call)
        self._watching.append(watching)
        return types.SimpleNamespace(cancel=lambda: self._watching.remove(watching))

    def drive(self, gpio: int, level: bool, ticks: int = 0) -> None:
        """Put a level on a pin from outside.

        Whoever watches is told, were the chip closed since: the library forgets only who cancels.
        """
        self.levels[gpio] = level
        for watched, call in list(self._watching):
            if watched == gpio:
                call(self.opened, gpio, int(level), ticks)
