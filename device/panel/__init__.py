"""The button and the light: what a runner can touch and see of the coach.

A new panel is a subclass of :class:`Panel` plus a line in :func:`open_panel`; ``tests/panel/test_panels.py`` holds what
all of them promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from pathlib import Path

from device.panel.patterns import STATES
from device.settings import PanelSettings

COMMANDS = ("mute", "relearn", "shutdown")
"""What a button can ask for: to be quiet or to speak again, to learn the baseline anew, to switch the computer off."""

MODEL = Path("/proc/device-tree/model")
"""Where Linux names the board it runs on."""

KEPT = 1000
"""So much of what was shown :class:`NoPanel` remembers."""


class Panel(ABC):
    """Shows one lasting state, and hands on what the button asks for.

    A back end must override all three methods.  None of them may raise over pins that do not work, nor wait for them;
    they may be called from any thread, and do nothing after :meth:`close`.  Commands go to the ``press`` that the panel
    was opened with, on a thread of the panel's own: one of :data:`COMMANDS` at a time, none after :meth:`close`.
    """

    button: bool = False
    """Whether there is a button that works, as far as is known."""

    light: bool = False
    """Whether there is a light that works, as far as is known."""

    trouble: str | None = None
    """One line saying what is wrong and what to do; None while nothing is, or where there is to be no panel."""

    @abstractmethod
    def show(self, state: str) -> None:
        """Show this state until the next one.

        :param state: one of :data:`device.panel.patterns.STATES`.
        :raises ValueError: there is no such state.
        """

    @abstractmethod
    def flash(self) -> None:
        """Show for a moment that a cue is being spoken, then the lasting state again."""

    @abstractmethod
    def close(self) -> None:
        """Put the light out and let go of the pins.  It may be called more than once and takes under 0.5 s."""


class NoPanel(Panel):
    """Neither button nor light: remembers what it is told, and is the fake in tests.

    :param trouble: why there is none, where there should be one.
    :ivar shown: the states and "flash", in order, as far back as :data:`KEPT`.
    """

    def __init__(self, trouble: str | None = None) -> None:
        self.trouble = trouble
        self.shown: deque[str] = deque(maxlen=KEPT)
        self._closed = False

    def show(self, state: str) -> None:
        """Remember the state."""
        check(state)
        if not self._closed:
            self.shown.append(state)

    def flash(self) -> None:
        """Remember it."""
        if not self._closed:
            self.shown.append("flash")

    def close(self) -> None:
        """Remember nothing from now on."""
        self._closed = True


def check(state: str) -> None:
    """Refuse a state that no light has a pattern for.

    :raises ValueError: there is no such state.
    """
    if state not in STATES:
        raise ValueError(f"there is no state {state!r}; there are: {', '.join(STATES)}")


def open_panel(settings: PanelSettings, press: Callable[[str], None]) -> Panel:
    """Return the panel that this machine has; never raises.

    On anything but a Raspberry Pi there is none, and that is no trouble.  Call it before other threads use relative
    paths: while the pin library loads, the working directory is another for a moment.

    :param press: is called with each command, on the panel's own thread.  It should return soon and must not raise.
    """
    wanted = settings.button_gpio >= 0 or settings.light_gpio >= 0
    if not wanted or not on_a_pi():
        return NoPanel()
    from device.panel.gpio import open_gpio  # lazily: there is no pin library elsewhere

    return open_gpio(settings, press)


def on_a_pi() -> bool:
    """Return whether this is a Raspberry Pi."""
    try:
        return b"Raspberry Pi" in MODEL.read_bytes()
    except OSError:
        return False
