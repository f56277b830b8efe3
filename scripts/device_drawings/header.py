"""The 40 pins of a Raspberry Pi's header."""

from __future__ import annotations

from dataclasses import dataclass

_NAMES = """
3V3 5V
GPIO2 5V
GPIO3 GND
GPIO4 GPIO14
GND GPIO15
GPIO17 GPIO18
GPIO27 GND
GPIO22 GPIO23
3V3 GPIO24
GPIO10 GND
GPIO9 GPIO25
GPIO11 GPIO8
GND GPIO7
GPIO0 GPIO1
GPIO5 GND
GPIO6 GPIO12
GPIO13 GND
GPIO19 GPIO16
GPIO26 GPIO20
GND GPIO21
"""


@dataclass(frozen=True)
class Pin:
    """One pin, seen from above with the USB sockets pointing down the page.

    :param number: 1 to 40, odd ones in the left column, even ones in the right one, at the board's edge.
    :param name: "GPIO17", "GND", "3V3" or "5V".
    """

    number: int
    name: str

    @property
    def row(self) -> int:
        """0 to 19, from the top."""
        return (self.number - 1) // 2

    @property
    def left(self) -> bool:
        """Whether it is in the left column."""
        return self.number % 2 == 1


PINS = tuple(Pin(number, name) for number, name in enumerate(_NAMES.split(), start=1))


def gpio(number: int) -> Pin:
    """The pin of a GPIO."""
    return next(pin for pin in PINS if pin.name == f"GPIO{number}")


def ground(near: Pin) -> Pin:
    """The ground pin next to another, one in the same column where two are equally near."""
    grounds = [pin for pin in PINS if pin.name == "GND"]
    return min(grounds, key=lambda pin: (abs(pin.row - near.row) + (pin.left != near.left), pin.left != near.left))
