"""What every panel promises, whatever it is made of."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from gpiozero.pins.mock import MockFactory

from device.panel import KEPT, NoPanel, Panel, on_a_pi, open_panel
from device.panel.gpio import GpioPanel
from device.panel.patterns import STATES
from device.settings import PanelSettings


def no_panel() -> Panel:
    return NoPanel()


def mock_pins() -> Panel:
    panel = GpioPanel(PanelSettings(), lambda command: None, MockFactory())
    panel.start()
    return panel


def real_pins() -> Panel:
    if not on_a_pi():
        pytest.skip("no Raspberry Pi, so no pins")
    panel = open_panel(PanelSettings(), lambda command: None)
    if panel.trouble:
        pytest.skip(f"the pins cannot be used here: {panel.trouble}")
    return panel


@pytest.fixture(params=[no_panel, mock_pins, real_pins])
def panel(request: pytest.FixtureRequest) -> Iterator[Panel]:
    panel = request.param()
    yield panel
    panel.close()


def test_every_state_can_be_shown(panel: Panel) -> None:
    """All states, and cues amid them, from any thread, without waiting."""

    def show() -> None:
        for state in STATES:
            panel.show(state)
            panel.flash()

    worker = threading.Thread(target=show)
    started_s = time.monotonic()
    worker.start()
    show()
    worker.join(5.0)
    assert not worker.is_alive()
    assert time.monotonic() - started_s < 2.0


def test_no_other_state_can_be_shown(panel: Panel) -> None:
    """A state that no light has a pattern for is a mistake of the caller's."""
    with pytest.raises(ValueError, match=r"coachign.*waiting"):
        panel.show("coachign")


def test_a_panel_says_what_it_has(panel: Panel) -> None:
    """Button, light and trouble can be asked for; without trouble what was asked for is there, or there is no panel."""
    assert isinstance(panel.button, bool)
    assert isinstance(panel.light, bool)
    assert panel.trouble is None
    assert panel.button == panel.light == (not isinstance(panel, NoPanel))


def test_closing_is_quick_and_may_be_repeated(panel: Panel) -> None:
    """Close ends the panel's thread; a second one, and anything after it, does nothing."""
    before = time.monotonic()
    panel.close()
    assert time.monotonic() - before < 2.0, "0.5 s and what a busy machine adds"
    assert not [thread for thread in threading.enumerate() if thread.name == "panel"]
    panel.close()
    panel.show("coaching")
    panel.flash()


def test_the_fake_remembers_what_it_was_told() -> None:
    """Tests see what a runner would have seen; a day's worth of it does not fill the memory."""
    panel = NoPanel("why")
    panel.show("waiting")
    panel.flash()
    assert (list(panel.shown), panel.trouble) == (["waiting", "flash"], "why")
    for _ in range(2 * KEPT):
        panel.flash()
    assert len(panel.shown) == KEPT
    panel.close()
    panel.show("coaching")
    assert panel.shown[-1] == "flash"
