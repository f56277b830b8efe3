"""The whole screen, as text."""

from __future__ import annotations

import pytest
from known import seen_after
from stickman import Stickman

from device.screen import keys
from device.screen.desk import Desk
from device.screen.draw import LEAST, draw
from device.screen.keys import RUN, TUNE, WATCH
from device.screen.knobs import KNOBS
from device.screen.look import STYLES
from device.screen.seen import Line, RunSeen, Seen

SIZES = [(80, 24), (60, 20), (200, 60), LEAST, (81, 25), (120, 30), (44, 50), (300, 14)]


def leaning(t_s: float) -> Stickman:
    return Stickman(lean_deg=16.0 if t_s > 25 else 4.0)


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Forty seconds of running, the last fifteen with too much lean."""
    return seen_after(40, leaning)


def screen(seen: Seen, mode: str = TUNE, width: int = 80, height: int = 24, desk: Desk | None = None) -> str:
    return draw(seen, desk or Desk(mode), width, height, seen.live_at_s).text()


def test_all_that_was_promised_is_there(seen: Seen) -> None:
    """State, vitals, the runner, each fault with its limit and its time out of limits; what was said; the keys."""
    text = screen(seen)
    for part in ("COACHING", "running", "170/min", "at an angle", "30.0 fps", "62 ms", "54 °C", "well in the picture"):
        assert part in text, part
    lean = next(line for line in text.split("\n") if "Forward lean" in line)
    assert "of 9." in lean
    assert "OUT" in lean
    assert "% out" in lean
    for part in ("Shoulders", "Torso twist", "own+ − 6.0° +", "most 15.0°", "» Stand taller", "q quit", "m mute"):
        assert part in text, part


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("mode", [TUNE, WATCH, RUN])
def test_it_fits_every_size(seen: Seen, mode: str, width: int, height: int) -> None:
    """From a phone to a wall: names, values and the way out are there, and every style is known."""
    desk = Desk(mode, help=False)
    grid = draw(seen, desk, width, height, seen.live_at_s)
    text = grid.text()
    assert (grid.width, grid.height) == (width, height)
    assert all(len(line) <= width for line in text.split("\n"))
    assert {style for row in grid.styles for style in row} <= set(STYLES)
    for part in ("Forward lean", "Shoulder", "Torso", "OUT", "quit"):
        assert part in text, part
    desk.help = True
    assert "Keys" in draw(seen, desk, width, height, seen.live_at_s).text()


def test_a_window_that_is_too_small_says_so(seen: Seen) -> None:
    """And nothing else."""
    assert "larger" in screen(seen, width=30, height=24)
    assert "larger" in screen(seen, width=80, height=10)
    screen(seen, width=1, height=1)


def test_nothing_needs_colour(seen: Seen) -> None:
    """What is out, chosen, learned and cut off stands there in words and signs."""
    text = screen(seen)
    assert "▸Forward lean" in text
    assert " OUT" in text
    assert "own+ − 6.0° +" in text  # only the chosen limit has its − and +
    assert text.count(" + ") + text.count(" +\n") == 1
    monochrome = {
        name: [word for word in style.split() if word in ("bold", "dim", "reverse", "strike")]
        for name, style in STYLES.items()
    }
    assert monochrome["alarm"] == ["bold", "reverse"]
    assert monochrome["chosen"] == ["reverse"]


def test_watching_changes_nothing(seen: Seen) -> None:
    """There is nothing to press that would."""
    text = screen(seen, WATCH)
    assert "▸" not in text
    assert "mute" not in text
    assert {key.action for key in keys.of(WATCH)} == {"help", "quit"}
    grid = draw(seen, Desk(WATCH), 80, 24, seen.live_at_s)
    assert {spot.action for spot in grid.spots} == {"help", "quit"}


def test_every_limit_can_be_clicked(seen: Seen) -> None:
    """And every key of the last line."""
    grid = draw(seen, Desk(TUNE, chosen=3), 80, 24, seen.live_at_s)
    actions = {spot.action for spot in grid.spots}
    assert {f"knob:{index}" for index in range(len(KNOBS)) if index != 3} <= actions
    assert {"more", "less", "undo", "mute", "relearn", "test", "help", "quit", "next"} <= actions


def test_a_moved_limit_shows_at_once(seen: Seen) -> None:
    """Before the coach has answered: in the settings, in the limit, in the trace's line."""
    desk = Desk(TUNE, pending={"forward_lean.rise_deg": 4.0})
    lines = screen(seen, desk=desk).split("\n")
    lean = next(line for line in lines if "Forward lean" in line)
    before = next(line for line in screen(seen).split("\n") if "Forward lean" in line)
    limits = [float(line.partition(" of ")[2].partition("°")[0]) for line in (lean, before)]
    assert limits[0] == pytest.approx(limits[1] - 2.0, abs=0.06)
    assert any("own+ − 4.0° +" in line for line in lines)


def test_why_a_fault_is_not_watched() -> None:
    """From the front lean cannot be judged; nobody runs."""
    front = seen_after(40, lambda t_s: Stickman(azimuth_deg=0))
    assert "not watched: not from the front" in screen(front)
    standing = seen_after(10, lambda t_s: Stickman(running=False))
    text = screen(standing)
    assert "judged only while you run" in text
    assert "standing" in text
    assert "well in the picture" in text


def test_nobody_is_there() -> None:
    """The words for aiming the camera need no running, nor anybody."""
    text = screen(seen_after(5, lambda t_s: None))
    assert "nobody is seen" in text


def test_no_connection(seen: Seen) -> None:
    """It says so, keeps traces and log, and draws nobody."""
    lost = seen_after(40, leaning)
    lost.take({"kind": "link", "up": False, "why": "the coach has gone; looking for it again"}, lost.live_at_s)
    text = screen(lost)
    assert "NO CONNECTION" in text
    assert "! link: the coach has gone" in text
    assert "» Stand taller" in text
    assert "no picture" in text


def test_troubles_come_first_and_have_an_end() -> None:
    """One is told whole, many are counted."""
    one = screen(seen_after(3, troubles={"camera": "there is no camera; " + "plug it in, " * 8}))
    assert one.split("\n")[1].startswith("! camera: there is no camera")
    assert one.split("\n")[2].startswith("  ")
    many = screen(seen_after(3, troubles=dict.fromkeys(("camera", "voice", "panel", "disk"), "wrong")))
    assert "! and 3 more" in many


def test_a_recorded_run() -> None:
    """Where it stands, its cues of before and now, and the way through it."""
    seen = seen_after(40, leaning)
    cues = (Line(10.0, "Same", True), Line(20.0, "Gone", True, "-"), Line(30.0, "New", True, "+"))
    seen.run = RunSeen(21.0, 0.0, 60.0, cues=cues)
    grid = draw(seen, Desk(RUN), 80, 24, 1e9)
    text = grid.text()
    assert "00:21 of 01:00" in text
    for part in ("» Same", "- Gone", "+ New", "●", "PAUSED", "w save", "← → 5 s"):
        assert part in text, part
    bar = next(y for y in range(24) if "●" in grid.signs[y])
    assert grid.clicked(79, bar) == "seek:1.0000"
    assert grid.signs[bar][round(20 / 60 * 79)] == "-"
