"""A recorded run: gone through, judged with other limits, saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from staged_coach import leaning
from stickman import HEIGHT_PX, WIDTH_PX, poses
from test_app import see, shown, until
from textual.pilot import Pilot

from device.pipeline import Coach
from device.poses.log import KeypointLog, write_log
from device.screen.app import ScreenApp
from device.screen.desk import Desk
from device.screen.keys import RUN
from device.screen.recorded import RecordedSource
from device.settings import Settings
from device.tuning.store import Store

SECONDS = 150.0


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> KeypointLog:
    """Two and a half minutes; from 60 s on too much lean for 20 s of every 40."""
    path = tmp_path_factory.mktemp("recorded") / "run.npz"
    listed = list(poses(leaning, SECONDS, 15.0))
    times, points = np.array([pose.t_s for pose in listed]), np.array([pose.keypoints for pose in listed])
    write_log(path, times, points, WIDTH_PX, HEIGHT_PX)
    return KeypointLog(path)


def drive(log: KeypointLog, settings: Path, body: Any) -> ScreenApp:
    async def used() -> ScreenApp:
        app = ScreenApp(RecordedSource(log, settings, Settings()), Desk(RUN))
        async with app.run_test(size=(80, 24)) as pilot:
            await body(app, pilot)
        return app

    return asyncio.run(used())


def test_its_cues_are_those_of_a_replay(log: KeypointLog, tmp_path: Path) -> None:
    """What stands there is what a live coach would have said, to within a stride."""
    coach = Coach(Settings())
    said = [moment.said for moment in map(coach.step, log.poses()) if moment.said and moment.said.kind == "cue"]

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await until(pilot, lambda: app.seen.run is not None and bool(app.seen.run.cues))
        assert app.seen.run is not None
        cues = app.seen.run.cues
        assert [cue.text for cue in cues] == [cue.text for cue in said]
        assert [cue.t_s for cue in cues] == pytest.approx([cue.t_s for cue in said], abs=1.0)
        await see(app, pilot, "00:00 of 02:29", "» Stand taller", "PAUSED")

    drive(log, tmp_path / "settings.toml", body)


def test_going_through_it(log: KeypointLog, tmp_path: Path) -> None:
    """Keys and the mouse go there; runner and faults are those of that moment; it plays, and stops at the end."""

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "» Stand taller")
        await pilot.press("pagedown", "right", "right")
        await see(app, pilot, "01:10 of", "running", "OUT")
        await pilot.press("left", "pageup")
        await see(app, pilot, "00:05 of", "form not known yet")
        lines = shown(app).split("\n")
        bar = next(y for y, line in enumerate(lines) if "●" in line)
        await pilot.click(offset=(79, bar))
        await see(app, pilot, "02:29 of")
        await pilot.press("left", "space")
        await see(app, pilot, "PLAYING")
        await until(pilot, lambda: app.seen.run is not None and not app.seen.run.playing)
        await see(app, pilot, "02:29 of", "PAUSED")

    drive(log, tmp_path / "settings.toml", body)


def test_limits_are_tried_and_saved(log: KeypointLog, tmp_path: Path) -> None:
    """At once the cues that would be gone are marked; they are in the settings once saved, and not before."""
    settings = tmp_path / "settings.toml"

    async def body(app: ScreenApp, pilot: Pilot[int]) -> None:
        await see(app, pilot, "» Stand taller")
        await pilot.press("w")
        await see(app, pilot, "nothing to save")
        await pilot.press(*["up"] * 18)
        await see(app, pilot, "in this run: 2 cues → 0 cues", "- Stand taller")
        assert not settings.exists()
        await pilot.press("q")
        await see(app, pilot, "The limits are not saved")
        await pilot.press("w")
        await see(app, pilot, "saved to")
        assert Store(settings).read().settings.forward_lean.rise_deg == 15.0
        await pilot.press("u")
        await see(app, pilot, "own+ − 6.0° +", "in this run: 0 cues → 2 cues")
        await pilot.press("q", "q")
        await until(pilot, lambda: app.return_value == 0)

    drive(log, settings, body)
    assert Store(settings).read().settings.forward_lean.rise_deg == 15.0


def test_contradictions_and_a_place_that_cannot_be_written(log: KeypointLog, tmp_path: Path) -> None:
    """Both are told in words, and nothing changes."""

    async def asked() -> list[Mapping[str, Any]]:
        source = RecordedSource(log, tmp_path / "no" / "such" / "settings.toml", Settings())
        return [
            await source.ask("set", changes={"forward_lean.on_deg": 5.0}),
            await source.ask("set", changes={"forward_lean.on_deg": 14.0}),
            await source.ask("save"),
        ]

    wrong, right, unsaved = asyncio.run(asked())
    assert "must not be above" in wrong["why"]
    assert right["now"] == {"forward_lean.on_deg": 14.0}
    assert unsaved["ok"] is False
    assert "no folder" in unsaved["why"]
