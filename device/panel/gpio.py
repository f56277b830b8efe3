"""Button and light on the pins of a Raspberry Pi, through gpiozero and lgpio."""

from __future__ import annotations

import contextlib
import importlib
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from device.panel import NoPanel, Panel, check
from device.panel.patterns import choose
from device.panel.presses import STUCK_S, Presses
from device.settings import PanelSettings

JOIN_S = 0.3
"""How long :meth:`GpioPanel.close` waits for the thread, which ends at once unless ``press`` holds it up."""

LONGEST_WAIT_S = 10.0


def open_gpio(settings: PanelSettings, press: Callable[[str], None]) -> Panel:
    """Return the panel on the pins; never raises, see :func:`device.panel.open_panel`."""
    try:
        factory = lgpio_factory()
    except Exception as error:  # what lgpio raises is nothing more special
        return NoPanel(f"button and light cannot be used: {_why(error)}")
    panel = GpioPanel(settings, press, factory)
    if panel.button or panel.light:
        panel.start()
        return panel
    panel.close()
    return NoPanel(panel.trouble)


def lgpio_factory() -> Any:
    """Return gpiozero's access to the pins through lgpio, the one library for all models of the Pi.

    gpiozero's own choice is not used: where lgpio fails it goes on to libraries that cannot work on a Pi 5, and what
    was wrong is lost (github.com/gpiozero/gpiozero issue 1229).
    """
    # As it loads, lgpio leaves a named pipe in the working directory, which need not be writable (gpiozero issue 1106).
    # It is open by the time its name is gone.
    if "lgpio" not in sys.modules:
        with tempfile.TemporaryDirectory(prefix="form-coach-") as folder, contextlib.chdir(folder):
            importlib.import_module("lgpio")
    from gpiozero.pins.lgpio import LGPIOFactory

    return LGPIOFactory()


class GpioPanel(Panel):
    """A button between a pin and ground, a light between a pin and ground; either may be absent.

    Pins that cannot be used are left out, and :attr:`trouble` says why.  Nothing moves before :meth:`start`.

    :param press: see :func:`device.panel.open_panel`.
    :param factory: gpiozero's access to the pins; :meth:`close` closes it.
    :param clock: seconds that never go back.
    """

    def __init__(
        self,
        settings: PanelSettings,
        press: Callable[[str], None],
        factory: Any,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from gpiozero import DigitalInputDevice, DigitalOutputDevice  # lazily: it takes a while to load

        self._press = press
        self._factory = factory
        self._clock = clock
        self._missing: list[str] = []
        self._shown: tuple[str, float] | None = None
        self._flash_s: float | None = None
        self._lit = False
        self._edges: deque[tuple[bool, float]] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._pins = threading.Lock()  # held while they are read, written or closed
        self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
        # Not gpiozero's Button: its thread for holding would keep close() waiting for up to a second.
        self._button_pin = self._open("button", settings.button_gpio, DigitalInputDevice, pull_up=True)
        self._light_pin = self._open("light", settings.light_gpio, DigitalOutputDevice)
        self.button, self.light = self._button_pin is not None, self._light_pin is not None
        self._presses = Presses(self.button and self._button_pin.is_active, clock(), settings.shutdown)
        if self.button:
            self._button_pin.when_activated = lambda: self._edge(True)
            self._button_pin.when_deactivated = lambda: self._edge(False)
        self._tell_trouble()

    def start(self) -> None:
        """Begin to look after the pins."""
        self._thread.start()

    def show(self, state: str) -> None:
        """Show this state until the next one; see :class:`Panel`."""
        check(state)
        if self._shown is None or self._shown[0] != state:
            self._shown = state, self._clock()
            self._wake.set()

    def flash(self) -> None:
        """Show that a cue is being spoken."""
        self._flash_s = self._clock()
        self._wake.set()

    def close(self) -> None:
        """Put the light out and let go of the pins; see :class:`Panel`."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)
        with self._pins:
            if self._button_pin is not None:
                # gpiozero leaves this to lgpio, which does not forget who watched a pin: its thread would die of it.
                self._button_pin.pin.when_changed = None
                self._button_pin.close()
            if self._light_pin is not None:
                self._light_pin.close()
            if self._factory is not None:
                self._factory.close()
            self._button_pin = self._light_pin = self._factory = None

    def step(self) -> float:
        """Do what is due now; return for how many seconds nothing will be, unless something happens.

        The panel's thread calls it again and again.
        """
        for pressed, t_s in self._levels():
            command = self._presses.feed(pressed, t_s)
            if command is not None and not self._stop.is_set():
                self._press(command)
        self._tell_trouble()
        now_s = self._clock()
        showing = choose(self._shown, self._flash_s, self._presses.pressed_s, self._presses.shutdown, now_s)
        pattern, since_s = showing or (None, now_s)
        self._light_up(pattern is not None and pattern.lit(now_s - since_s))
        left_s = pattern.left_s(now_s - since_s) if pattern else LONGEST_WAIT_S
        return min(left_s, self._presses.wait_s, LONGEST_WAIT_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self.step())
            self._wake.clear()

    def _edge(self, pressed: bool) -> None:
        """Called on the pin library's thread."""
        self._edges.append((pressed, self._clock()))
        self._wake.set()

    def _levels(self) -> list[tuple[bool, float]]:
        """The button's levels since last time, with how it is now at the end, should an edge have been lost."""
        levels = [self._edges.popleft() for _ in range(len(self._edges))]
        with self._pins:
            if self._button_pin is not None:
                levels.append((self._button_pin.is_active, self._clock()))
        return levels

    def _light_up(self, lit: bool) -> None:
        with self._pins:
            if self._light_pin is not None and lit != self._lit:
                self._light_pin.value = self._lit = lit

    def _open(self, what: str, gpio: int, kind: Any, **options: Any) -> Any:
        """Return the pin's device, or None with a line in ``_missing`` where it should be there and cannot."""
        if gpio < 0:
            return None
        try:
            return kind(gpio, pin_factory=self._factory, **options)
        except Exception as error:  # what lgpio raises is nothing more special
            self._missing.append(f"the {what} on GPIO{gpio} cannot be used: {_why(error, f'panel.{what}_gpio')}")
            return None

    def _tell_trouble(self) -> None:
        stuck = f"the button is pressed for more than {STUCK_S:g} s; remedy: free it, or look at its wires"
        self.trouble = "; ".join([*self._missing, *([stuck] if self._presses.stuck else [])]) or None


def _why(error: Exception, setting: str = "[panel]") -> str:
    """What is wrong with the pins, in a line with its remedy."""
    text = str(getattr(error, "value", error)) or type(error).__name__  # lgpio.error's own text stands in quotes
    if isinstance(error, ModuleNotFoundError) and error.name == "lgpio":
        return "lgpio is not installed; remedy: sudo apt install python3-lgpio"
    if isinstance(error, ImportError):
        return f"{text}; remedy: run scripts/install again"
    if "gpiochip" in text:
        return f"{text}; remedy: sudo usermod -aG gpio $USER, and log in again"
    if "busy" in text.lower():
        return f"it is in use already (gpioinfo says by what); remedy: end that, or change {setting}"
    if isinstance(error, OSError):
        return f"{text}; remedy: see that /tmp can be written to"
    return f"{text}; remedy: change {setting}, or update the system (sudo apt full-upgrade)"
