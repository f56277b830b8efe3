"""Button and light on gpiozero's mock pins."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from workbench import SETTINGS, Workbench

from device.panel.patterns import CUE, STATES

NO_BUTTON = replace(SETTINGS, button_gpio=-1)
NO_LIGHT = replace(SETTINGS, light_gpio=-1)

LOOKS = {
    "waiting": "##" + "." * 28,
    "learning": "#" * 10 + "." * 10 + "#" * 10,
    "coaching": "#" * 30,
    "muted": "##...#" + "." * 24,
    "error": "##.." * 7 + "##",
}
"""What is seen within 3 s of a state's begin."""


@pytest.mark.parametrize("state", STATES)
def test_the_light_shows_the_state(state: str) -> None:
    """Each state is to be seen on the pin from the moment it is shown, and again and again."""
    bench = Workbench()
    bench.wait(1.0)
    bench.panel.show(state)
    assert bench.see(3.0) == LOOKS[state]
    bench.wait(60.0 - 3.0)
    assert bench.see(3.0) == LOOKS[state]


def test_the_light_is_out_before_anything_is_shown() -> None:
    """A panel that was told nothing shows nothing."""
    bench = Workbench()
    assert bench.see(2.0) == "." * 20


def test_the_same_state_again_changes_nothing() -> None:
    """Showing what is shown does not begin the pattern anew, however often."""
    bench = Workbench()
    bench.panel.show("learning")
    seen = ""
    for _ in range(10):
        seen += bench.see(0.3)
        bench.panel.show("learning")
    assert seen == LOOKS["learning"]


@pytest.mark.parametrize(("state", "after"), [("coaching", "#"), ("waiting", ".")])
def test_a_cue_flickers_and_is_over(state: str, after: str) -> None:
    """A cue shows at once over any state, and the state shows again less than a second later."""
    bench = Workbench()
    bench.panel.show(state)
    bench.wait(1.0)
    bench.panel.flash()
    seen = bench.see(CUE.length_s - 0.05)
    assert seen[0] == "."
    assert seen.count("#") >= 2
    assert bench.see(0.5)[1:] == after * 4


@pytest.mark.parametrize(
    ("held_s", "command"), [(0.1, "mute"), (1.9, "mute"), (2.0, "relearn"), (5.9, "relearn"), (8.0, "shutdown")]
)
def test_a_press_on_the_pin_gives_its_command(held_s: float, command: str) -> None:
    """The pin on ground is a press; its length tells what is wanted; letting go adds nothing."""
    bench = Workbench(settings=NO_LIGHT)
    bench.wait(1.0)
    bench.press()
    bench.wait(held_s)
    assert bench.commands == (["shutdown"] if command == "shutdown" else [])
    bench.release()
    bench.wait(2.0)
    assert bench.commands == [command]


def test_bouncing_contacts_are_one_press() -> None:
    """Twenty edges within ten milliseconds, closing and opening, are still one press."""
    bench = Workbench()
    for end in (bench.press, bench.release):
        for _ in range(10):
            bench.press()
            bench.clock.now_s += 0.0005
            bench.release()
            bench.clock.now_s += 0.0005
        end()
        bench.wait(0.5)
    assert bench.commands == ["mute"]


def test_whoever_holds_sees_the_limits() -> None:
    """The steady light goes out on the press, comes back at 2 s, goes out at 6 s, and is back after the release."""
    bench = Workbench()
    bench.panel.show("coaching")
    bench.wait(1.0)
    bench.press()
    assert bench.see(0.1) == "."
    assert bench.see(8.0) == "." * 19 + "#" * 40 + "." * 21
    bench.release()
    bench.wait(0.1)
    assert bench.see(0.5) == "#####"


def test_holding_shows_no_second_limit_where_it_does_not_switch_off() -> None:
    """Without permission to switch off the light stays lit, and letting go after long relearns."""
    bench = Workbench(settings=replace(SETTINGS, shutdown=False))
    bench.press()
    assert bench.see(8.0) == "." * 20 + "#" * 60
    bench.release()
    bench.wait(0.5)
    assert bench.commands == ["relearn"]


def test_a_stuck_button_is_told_until_it_is_free() -> None:
    """After 30 s there is a trouble and the light shows the state; let go, the trouble ends and it works again."""
    bench = Workbench(settings=replace(SETTINGS, shutdown=False))
    bench.panel.show("coaching")
    bench.press()
    bench.wait(29.0)
    assert bench.panel.trouble is None
    bench.wait(2.0)
    assert bench.panel.trouble is not None
    assert "button" in bench.panel.trouble
    assert "30 s" in bench.panel.trouble
    assert bench.see(1.0) == "#" * 10
    bench.release()
    bench.wait(2.0)
    assert bench.panel.trouble is None
    assert bench.commands == []
    bench.press()
    bench.wait(0.2)
    bench.release()
    bench.wait(0.2)
    assert bench.commands == ["mute"]


def test_a_button_pressed_at_the_start_commands_nothing() -> None:
    """Who holds the button while the coach starts, or has wired it the wrong way, switches nothing off."""
    bench = Workbench(held=True)
    bench.wait(10.0)
    bench.release()
    bench.wait(1.0)
    assert bench.commands == []
    assert bench.panel.trouble is None


def test_a_lost_edge_is_made_up_for() -> None:
    """A release that the pin library never told of is noticed all the same."""
    bench = Workbench()
    bench.press()
    bench.wait(0.2)
    bench.button._change_state(True)  # silently
    bench.wait(0.2)
    assert bench.commands == ["mute"]


@pytest.mark.parametrize(("held_s", "command"), [(0.06, "mute"), (1.95, "mute"), (2.05, "relearn")])
def test_a_busy_machine_neither_loses_nor_lengthens_a_press(held_s: float, command: str) -> None:
    """A press that began and ended while the panel's thread could not run counts for as long as it was."""
    bench = Workbench()
    bench.wait(0.1)
    bench.press()
    bench.clock.now_s += held_s
    bench.release()
    bench.clock.now_s += 0.2
    bench.wait(0.1)
    assert bench.commands == [command]


@pytest.mark.parametrize(("settings", "button", "light"), [(NO_BUTTON, False, True), (NO_LIGHT, True, False)])
def test_either_part_may_be_absent(settings: object, button: bool, light: bool) -> None:
    """What is set to -1 is not there, is no trouble, and its pin is left alone; the other works."""
    bench = Workbench(settings=settings)
    assert (bench.panel.button, bench.panel.light, bench.panel.trouble) == (button, light, None)
    assert len(bench.factory.pins) == 1
    bench.panel.show("coaching")
    bench.panel.flash()
    if light:
        bench.wait(1.0)
        assert bench.lit
    else:
        bench.press()
        bench.wait(0.1)
        bench.release()
        bench.wait(0.1)
        assert bench.commands == ["mute"]
    bench.panel.close()


def test_closing_puts_the_light_out_and_frees_the_pins() -> None:
    """After close the light is out, presses mean nothing, and calls do nothing."""
    bench = Workbench()
    bench.panel.show("coaching")
    bench.wait(0.1)
    bench.press()
    bench.wait(1.0)
    light = bench.factory.pin(SETTINGS.light_gpio)
    bench.panel.close()
    assert light.function == "input", "lit by nobody"
    assert not bench.factory.pins
    bench.release()
    bench.panel.close()
    bench.panel.show("error")
    bench.panel.flash()
    bench.panel.step()
    assert bench.commands == []


def waited(until: object, seconds: float = 5.0) -> bool:
    """Whether something came true within a generous time."""
    end_s = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.005)
    return True


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "panel"]


def tap(bench: Workbench) -> None:
    """Press for as long as a finger does."""
    bench.press()
    time.sleep(0.1)
    bench.release()


def test_the_thread_does_it_in_real_time() -> None:
    """On its own thread, with the real clock: the light does as told, a tap is a command, close ends the thread."""
    bench = Workbench(clock=time.monotonic)
    bench.panel.start()
    assert len(threads()) == 1
    bench.panel.show("error")
    assert waited(lambda: bench.lit)
    assert waited(lambda: not bench.lit)
    bench.panel.show("coaching")
    assert waited(lambda: bench.lit)
    changes = len(bench.light.states)
    bench.panel.flash()
    assert waited(lambda: len(bench.light.states) > changes)
    tap(bench)
    assert waited(lambda: bench.commands == ["mute"])
    bench.panel.close()
    assert not threads()


def test_a_command_that_hangs_does_not_hold_up_closing() -> None:
    """Whatever a command does to the panel's thread, close returns; nothing comes after it."""
    let_go, pressed = threading.Event(), threading.Event()

    def hang() -> None:
        pressed.set()
        let_go.wait(10.0)

    bench = Workbench(clock=time.monotonic, answer=hang)
    bench.panel.start()
    tap(bench)
    assert pressed.wait(5.0)
    tap(bench)
    started_s = time.monotonic()
    bench.panel.close()
    assert time.monotonic() - started_s < 2.0, "0.3 s and what a busy machine adds"
    let_go.set()
    assert waited(lambda: not threads())
    assert bench.commands == ["mute"]


def test_a_command_may_close_the_panel() -> None:
    """Switching off ends the service, and with it the panel, on the panel's own thread."""
    bench = Workbench(clock=time.monotonic, answer=lambda: bench.panel.close())
    bench.panel.start()
    tap(bench)
    assert waited(lambda: not threads())
    assert bench.commands == ["mute"]
    assert not bench.factory.pins


def test_no_command_comes_after_closing() -> None:
    """What was pressed before the panel was closed, but not yet asked for, is asked for no more."""
    bench = Workbench(answer=lambda: bench.panel.close())
    bench.wait(0.1)
    for _ in range(2):
        bench.press()
        bench.clock.now_s += 0.1
        bench.release()
        bench.clock.now_s += 0.1
    bench.wait(1.0)
    assert bench.commands == ["mute"]
