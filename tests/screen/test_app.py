"""The screen as it is used: keys and mouse in, on a real link to a coach that runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from staged_coach import StagedCoach
from textual.pilot import Pilot

from device.screen.app import ScreenApp
from device.screen.desk import Desk
from device.screen.keys import TUNE, WATCH
from device.screen.live import LiveSource

RISE, MOST = "forward_lean.rise_deg", "forward_lean.on_deg"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "link.sock"


@pytest.fixture
def coach(path: Path) -> Iterator[StagedCoach]:
    with StagedCoach(path, ahead_s=110.0) as staged:
        yield staged


Body = Callable[[ScreenApp, Pilot[int]], Coroutine[Any, Any, None]]


def drive(path: Path, body: Body, mode: str = TUNE, size: tuple[int, int] = (80, 24)) -> ScreenApp:
    """Use the screen."""

    async def used() -> ScreenApp:
        app = ScreenApp(LiveSource(path), Desk(mode))
        async with app.run_test(size=size) as pilot:
            await body(app, pilot)
        return app

    return asyncio.run(used())


def shown(app: ScreenApp) -> str:
    """What stands on the screen, as Textual has it."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[int], true: Callable[[], bool], what: str = "", seconds: float = 15.0) -> None:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, what or shown(pilot.app)  # type: ignore[arg-type]
        await pilot.pause(0.05)


async def see(app: ScreenApp, pilot: Pilot[int], *parts: str) -> None:
    """Wait until all of these stand on the screen."""
    await until(pilot, lambda: all(part in shown(app) for part in parts))


def test_it_shows_what_the_coach_sees(path: Path, coach: StagedCoach) -> None:
    """The runner, the faults and how the device does, within seconds; the traces reach back to before it was opened."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "COACHING", "170/min", "30.0 fps", "▸Forward lean", "well in the picture")
        await until(pilot, lambda: len(app.seen.traces["forward_lean"].points) > 60)
        assert any("\u2800" < sign < "\u28ff" for sign in shown(app).split("\n")[5][:30])

    drive(path, body)


def test_a_limit_is_moved(path: Path, coach: StagedCoach) -> None:
    """A key moves it, the coach has it after a moment, once; the preview tells what it would have changed; u undoes."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "own+ − 6.0° +")
        for _ in range(16):
            await pilot.press("plus")
        await see(app, pilot, "own+ − 14.0° +")
        await until(pilot, lambda: coach.in_force.forward_lean.rise_deg == 14.0)
        assert len([call for call in coach.calls if call[0] == "tune"]) <= 2  # a held key is not sixteen changes
        await see(app, pilot, "in the last ten minutes: 2 cues → 0 cues")
        await pilot.press("u")
        await until(pilot, lambda: coach.in_force.forward_lean.rise_deg == 6.0)
        await see(app, pilot, "own+ − 6.0° +", "rise_deg = 6 again")

    drive(path, body)


def test_the_limit_that_is_chosen(path: Path, coach: StagedCoach) -> None:
    """Tab, arrows and the mouse choose; − and + can be clicked; another one than that which counts says so."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "own+ − 6.0° +")
        await pilot.press("tab")
        await see(app, pilot, "most − 15.0° +", "forward_lean.on_deg: more lean than this is always out")
        await click(app, pilot, "+", after="most − 15.0° ")
        await until(pilot, lambda: coach.in_force.forward_lean.on_deg == 15.5)
        await see(app, pilot, "on_deg = 15.5, but rise_deg decides")
        await click(app, pilot, "forward 8.0")
        await see(app, pilot, "forward − 8.0 % +", "▸Shoulders")
        await click(app, pilot, "Torso twist")
        await see(app, pilot, "▸Torso twist", "own× − 1.33× +")
        await pilot.press("left")
        await see(app, pilot, "forward − 8.0 % +")

    drive(path, body)


async def click(app: ScreenApp, pilot: Pilot[int], text: str, after: str = "") -> None:
    lines = shown(app).split("\n")
    y = next(row for row, line in enumerate(lines) if after + text in line)
    await pilot.click(offset=(lines[y].index(after + text) + len(after), y))


def test_a_refused_change_is_told_in_words(path: Path, coach: StagedCoach) -> None:
    """Rights, contradictions: why not, and the value in force is shown again."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "own+ − 6.0° +")
        coach.refuses = "you may not change the settings"
        await pilot.press("down")
        await see(app, pilot, "you may not change the settings", "own+ − 6.0° +")
        coach.refuses = ""
        await pilot.press("tab", "tab", *["up"] * 20)  # least above most
        await see(app, pilot, "must not be above", "least − 7.0° +")

    drive(path, body)


def test_mute_test_and_relearn(path: Path, coach: StagedCoach) -> None:
    """m and t at once, r only after a second press; another key leaves it."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "COACHING", "own+")
        await pilot.press("m")
        await see(app, pilot, "nothing is said", "MUTED")
        await pilot.press("m")
        await see(app, pilot, "it speaks again", "COACHING")
        await pilot.press("t")
        await see(app, pilot, "“Stand taller” is said now")
        assert ("say", "Stand taller") in coach.calls
        await pilot.press("r")
        await see(app, pilot, "r again: yes")
        await pilot.press("x")
        await see(app, pilot, "left as it is")
        await pilot.press("r", "down")
        assert ("relearn",) not in coach.calls
        await pilot.press("r", "r")
        await until(pilot, lambda: ("relearn",) in coach.calls)
        assert not [call for call in coach.calls if call[0] == "tune"]

    drive(path, body)


def test_the_coach_goes_and_comes_back(path: Path) -> None:
    """It says so, changes nothing meanwhile, and finds it again by itself."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "NO CONNECTION", "! link: Form Coach is not running")
        staged = await asyncio.to_thread(StagedCoach, path, 30.0)
        await asyncio.to_thread(staged.__enter__)
        await see(app, pilot, "COACHING", "170/min", "own+ − 6.0° +")
        await asyncio.to_thread(staged.__exit__)
        await see(app, pilot, "NO CONNECTION", "! link:", "looking for it again", "no picture")
        await pilot.press("down")
        await see(app, pilot, "nothing was changed", "own+ − 6.0° +")
        with await asyncio.to_thread(StagedCoach, path, 20.0):
            await see(app, pilot, "COACHING", "170/min")

    drive(path, body)


def test_watching_has_no_keys_that_change_anything(path: Path, coach: StagedCoach) -> None:
    """Whatever is pressed or clicked."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "COACHING", "own+ 6.0°")
        await pilot.press("up", "down", "plus", "minus", "m", "r", "r", "t", "u", "w", "tab", "space", "enter")
        await click(app, pilot, "own+ 6.0°")
        await pilot.pause(0.6)
        assert {call[0] for call in coach.calls} <= {"past"}
        assert "▸" not in shown(app)

    drive(path, body, WATCH)


def test_it_follows_the_size_of_the_window(path: Path, coach: StagedCoach) -> None:
    """Smaller, larger, upright and back: the screen is whole each time."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "COACHING")
        for width, height in ((60, 20), (200, 60), (46, 48), (20, 5), (80, 24)):
            await pilot.resize_terminal(width, height)
            await see(app, pilot, "larger" if width < 40 else "q quit")
            await until(pilot, lambda height=height: len(shown(app).split("\n")) == height)
        await see(app, pilot, "30.0 fps", "own+ − 6.0° +")

    drive(path, body)


def test_help_and_quit(path: Path, coach: StagedCoach) -> None:
    """? shows the keys, any key closes that and does nothing else; q leaves, with what was moved a moment ago sent."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "own+ − 6.0° +")
        await pilot.press("question_mark")
        await see(app, pilot, "put the limit back to what it was", "any key closes this")
        await pilot.press("down")
        await until(pilot, lambda: "any key closes" not in shown(app))
        await pilot.press("x")
        await see(app, pilot, "own+ − 6.0° +")
        await pilot.press("down", "q")
        await until(pilot, lambda: app.return_value is not None)

    app = drive(path, body)
    assert app.return_value == 0
    assert coach.in_force.forward_lean.rise_deg == 5.5


def test_little_is_written(path: Path, coach: StagedCoach) -> None:
    """Of a screen of 1920 characters, a moment changes a small part."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "COACHING", "own+ − 6.0° +")
        await pilot.pause(1.5)
        cells = []
        for _ in range(10):
            before = app._grid
            await until(pilot, lambda before=before: app._grid is not before)  # type: ignore[misc]
            cells.append(sum(width for _, _, width in app._grid.changes(before)))
        assert sorted(cells)[5] < 300

    drive(path, body)
