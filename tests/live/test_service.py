"""The live coach as a whole: with staged parts in this process, and the real command in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import CLIPS
from staged import Camera, until

from device.cues import SilentSpeaker, Speaker
from device.errors import ModelError
from device.live import service as services
from device.live import status
from device.live.journal import Journal
from device.live.parts import Parts, Wishes
from device.live.service import INTERNAL, STOP_S, Service
from device.panel import NoPanel
from device.poses import PoseModel
from device.poses.fake import FakePoseModel
from device.poses.follow import RunnerFollower
from device.settings import Settings

TEXTS = Settings().notices


class Staged:
    """A service with staged parts, running on a thread."""

    def __init__(
        self,
        folder: Path,
        model: Any = None,
        speaker: Speaker | None = None,
        follower: Callable[[PoseModel], RunnerFollower] = RunnerFollower,
        **wishes: Any,
    ) -> None:
        self.camera = Camera(fps=60.0)
        self.speaker = speaker or SilentSpeaker()
        self.panel = NoPanel()
        self.told: list[str] = []
        self.runtime = folder / "runtime"
        parts = Parts(
            camera=lambda settings, source, loop: self.camera.open(),
            model=lambda path, threads: model or FakePoseModel(),
            speaker=lambda settings, texts, tell: self.speaker,
            panel=lambda settings, press: self.panel,
            follower=follower,
        )
        journal = Journal(lambda kind, text: self.told.append(text))
        self.service = Service(Wishes(**wishes), journal, parts)
        self.code: int | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = self.service.run()

    def end(self) -> float:
        """Stop it; how long that took."""
        begin_s = time.monotonic()
        self.service.press("stop")
        self._thread.join(20)
        assert not self._thread.is_alive()
        self.camera.released.set()
        return time.monotonic() - begin_s

    @property
    def lit(self) -> str:
        """What the light shows."""
        return (["", *self.panel.shown])[-1]

    @property
    def status(self) -> dict[str, Any]:
        """What the status file says."""
        return dict(status.read(self.runtime).snapshot)


Stage = Callable[..., Staged]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Makes services, and ends them."""
    for name in ("runtime", "state"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"{name.upper()}_DIRECTORY", str(tmp_path / name))
    made: list[Staged] = []

    def make(**wishes: Any) -> Staged:
        made.append(Staged(tmp_path, **wishes))
        return made[-1]

    yield make
    for one in made:
        one.end()


def test_it_is_up_and_says_so(stage: Stage) -> None:
    """Once pictures come it says that it is ready, and the status file tells of it."""
    staged = stage()
    assert until(lambda: staged.speaker.said == [TEXTS.ready])
    assert until(lambda: staged.status.get("camera", {}).get("fps") is not None)
    assert (staged.status["state"], staged.status["camera"]["name"]) == ("waiting", "staged camera")
    assert staged.status["camera"]["frames"] > 5
    assert staged.status["camera"]["latency_ms"]["p50"] < 1000
    assert staged.panel.shown[0] == "waiting"
    assert staged.end() < STOP_S
    assert staged.code == 0
    assert staged.service.stopped


def test_a_camera_that_goes_and_comes_restarts_nothing(stage: Stage) -> None:
    """The light and the status show it while it lasts, systemd is kept content, and coaching goes on afterwards."""
    staged = stage()
    assert until(lambda: staged.service.vitals.frames > 5)
    staged.camera.plugged.clear()
    assert until(lambda: staged.lit == "error")
    assert until(lambda: "camera" in staged.status.get("troubles", {}))
    assert staged.status["doing"] == "no camera"
    assert staged.service.alive()
    before = staged.service.vitals.frames
    staged.camera.plugged.set()
    assert until(lambda: staged.service.vitals.frames > before + 5)
    assert until(lambda: staged.lit == "waiting")
    assert staged.code is None


def test_without_a_camera_at_the_start_it_waits(stage: Stage) -> None:
    """It is up, tells what is missing, and says it is ready only when pictures come."""
    camera = Camera()
    camera.plugged.clear()
    staged = stage()
    staged.camera.plugged.clear()
    staged.camera = camera
    assert until(lambda: "camera" in staged.service.journal.troubles)
    camera.plugged.set()
    assert until(lambda: TEXTS.ready in staged.speaker.said)


def test_systemd_is_not_told_that_a_hanging_camera_lives(stage: Stage) -> None:
    """Stuck in a driver, no frame comes and no camera is looked for: the watchdog is left to bark."""
    staged = stage()
    assert until(lambda: staged.service.vitals.frames > 5)
    staged.camera.hangs.set()
    time.sleep(0.3)
    staged.service.alive()
    assert not staged.service.alive()


class HangingModel(FakePoseModel):
    """A model whose runtime never comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()

    def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
        self.hangs.wait(30)
        return super().estimate(square, expected)


class HangingSpeaker(SilentSpeaker):
    """A sound card whose driver never comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()

    def say(self, text: str) -> None:
        super().say(text)
        self.hangs.wait(30)


def test_it_stops_in_time_whatever_hangs(stage: Stage) -> None:
    """With camera, model and loudspeaker all hanging the stop is over in three seconds, and names what hung."""
    model, speaker = HangingModel(), HangingSpeaker()
    staged = stage(model=model, speaker=speaker)
    assert until(lambda: staged.camera.given > 3)
    staged.camera.hangs.set()
    staged.service.press("mute")
    assert until(speaker.said.__len__)
    assert staged.end() < 3.0
    assert not staged.service.stopped
    assert "the camera and the model and the voice did not answer" in staged.told[-1]
    model.hangs.set()
    speaker.hangs.set()


def test_the_button_mutes(stage: Stage) -> None:
    """A press tells that it is quiet now, then it is; another one ends that."""
    staged = stage()
    assert until(lambda: staged.speaker.said == [TEXTS.ready])
    staged.service.press("mute")
    assert until(lambda: staged.lit == "muted")
    assert staged.speaker.said[-1] == TEXTS.muted
    assert until(lambda: staged.status.get("state") == "muted")
    staged.service.press("mute")
    assert until(lambda: staged.lit == "waiting")
    assert staged.speaker.said[-1] == TEXTS.unmuted


def test_two_quick_presses_cancel_each_other(stage: Stage) -> None:
    """The second press counts against the first, even before a frame was looked at."""
    staged = stage()
    assert until(lambda: staged.service.vitals.frames > 5)
    staged.camera.plugged.clear()
    assert until(lambda: "camera" in staged.service.journal.troubles)
    staged.service.press("mute")
    staged.service.press("mute")
    assert until(lambda: staged.speaker.said[-1:] == [TEXTS.unmuted])
    time.sleep(0.6)
    assert not staged.service.coach.muted


class Elsewhere(RunnerFollower):
    """Sees somebody beside the treadmill, until told to look for a runner anew."""

    away = True

    @property
    def elsewhere(self) -> bool:
        return self.away

    def forget(self) -> None:
        super().forget()
        self.away = self._t_s < 0


def test_the_button_learns_anew(stage: Stage) -> None:
    """It is said, the coach forgets the baseline, and whoever is in view counts again.  Until then the status says why
    somebody who can be seen is not coached."""
    staged = stage(follower=Elsewhere)
    assert until(lambda: "not; if the camera was moved" in staged.status.get("doing", ""))
    staged.service.press("relearn")
    assert until(lambda: TEXTS.relearning in staged.speaker.said)
    assert until(lambda: staged.status["doing"] == "waiting for a runner")


def test_the_button_switches_off(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a word of farewell the file appears that systemd waits for."""
    monkeypatch.setattr(services, "GOODBYE_S", 0.2)
    staged = stage()
    assert until(lambda: staged.service.vitals.frames > 5)
    staged.service.press("shutdown")
    assert until(lambda: (staged.runtime / "poweroff").exists())
    assert TEXTS.shutting_down in staged.speaker.said


def test_settings_are_read_again(stage: Stage, tmp_path: Path) -> None:
    """What is right is in force at once; what is broken changes nothing and is told until it is mended."""
    file = tmp_path / "settings.toml"
    file.write_text("[forward_lean]\non_deg = 14.0\n")
    staged = stage(settings=file)
    good = tmp_path / "state" / "settings-last-good.toml"
    assert until(good.exists)
    file.write_text("[forward_lean]\non_deg = 13.0\n[camera]\nmirror = true\n")
    staged.service.press("reload")
    assert until(lambda: staged.service.coach.settings.forward_lean.on_deg == 13.0)
    assert until(lambda: staged.camera.opened == 2)
    assert until(lambda: "13.0" in good.read_text())
    file.write_text("[forward_lean]\non_deg = 1300\n")
    staged.service.press("reload")
    assert until(lambda: "settings" in staged.service.journal.troubles)
    assert "on_deg = 1300" in staged.service.journal.troubles["settings"]
    assert staged.service.coach.settings.forward_lean.on_deg == 13.0
    assert "13.0" in good.read_text()
    file.write_text("[forward_lean]\non_deg = 12.0\n")
    staged.service.press("reload")
    assert until(lambda: not staged.service.journal.troubles)


def test_a_broker_is_told_from_when_the_settings_want_it(stage: Stage, tmp_path: Path) -> None:
    """It runs without; switched on by a change of the settings it calls, and says that nobody answers."""
    file = tmp_path / "settings.toml"
    file.write_text("[mqtt]\nenabled = false\n")
    staged = stage(settings=file)
    assert until(lambda: staged.service.vitals.frames > 5)
    assert "mqtt" not in staged.service.journal.troubles
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    file.write_text(f'[mqtt]\nenabled = true\nhost = "127.0.0.1"\nport = {port}\n')
    staged.service.press("reload")
    assert until(lambda: "mqtt" in staged.service.journal.troubles)
    file.write_text("[mqtt]\nenabled = false\n")
    staged.service.press("reload")
    assert until(lambda: "mqtt" not in staged.service.journal.troubles)


def test_a_model_that_fails_ends_it_with_its_own_code(stage: Stage) -> None:
    """The journal says why, and systemd starts it anew."""

    class Failing(FakePoseModel):
        def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
            raise ModelError("the runtime failed")

    staged = stage(model=Failing())
    assert until(lambda: staged.code is not None)
    assert staged.code == ModelError.exit_code
    assert "model: the runtime failed" in staged.told


def test_what_nobody_foresaw_ends_it_in_one_line(stage: Stage) -> None:
    """Not with a traceback: what it was and where, as one line."""

    class Broken(FakePoseModel):
        def estimate(self, square: np.ndarray, expected: np.ndarray | None = None) -> np.ndarray:
            raise ZeroDivisionError("never expected")

    staged = stage(model=Broken())
    assert until(lambda: staged.code is not None)
    assert staged.code == INTERNAL
    (line,) = [line for line in staged.told if line.startswith("model: ")]
    assert "ZeroDivisionError: never expected at test_service.py:" in line


def test_a_state_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, stage: Stage) -> None:
    """It is told, and coaching goes on."""
    (tmp_path / "state").rmdir()
    (tmp_path / "state").write_text("no folder")
    file = tmp_path / "settings.toml"
    file.write_text("")
    staged = stage(settings=file)
    assert until(lambda: "disk" in staged.service.journal.troubles)
    assert until(lambda: staged.service.vitals.frames > 20)
    assert staged.code is None


# The real command


class Process:
    """``form-coach run`` with a bundled clip as its camera, as systemd would start it."""

    def __init__(self, folder: Path, *options: str | Path, settings: str | None = None) -> None:
        self.folder = folder
        self.runtime, self.state = folder / "run", folder / "lib"
        for made in (self.runtime, self.state):
            made.mkdir(exist_ok=True)
        self.systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        (folder / "notify").unlink(missing_ok=True)
        self.systemd.bind(str(folder / "notify"))
        self.systemd.settimeout(30)
        environment = os.environ | {
            "RUNTIME_DIRECTORY": str(self.runtime),
            "STATE_DIRECTORY": str(self.state),
            "CACHE_DIRECTORY": str(folder),
            "NOTIFY_SOCKET": str(folder / "notify"),
            "JOURNAL_STREAM": "8:1",
        }
        environment.pop("FORM_COACH_CONFIG", None)
        if settings is not None:
            (folder / "settings.toml").write_text(settings)
            environment["FORM_COACH_CONFIG"] = str(folder / "settings.toml")
        command = [sys.executable, "-m", "device", "run", "--source", str(folder / "clip.mp4"), *map(str, options)]
        if not (folder / "clip.mp4").exists():
            (folder / "clip.mp4").write_bytes((CLIPS / "nobody.mp4").read_bytes())
        self.popen = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
        )

    def heard(self, word: str) -> bool:
        """Wait until systemd hears a word."""
        end_s = time.monotonic() + 60
        while time.monotonic() < end_s:
            if word in self.systemd.recv(4096).decode():
                return True
        return False

    @property
    def status(self) -> dict[str, Any]:
        """What the status file says."""
        return dict(status.read(self.runtime).snapshot)

    def end(self, number: int = signal.SIGTERM) -> tuple[float, str]:
        """Stop it: how long that took, and what it wrote on standard error."""
        begin_s = time.monotonic()
        self.popen.send_signal(number)
        _, errors = self.popen.communicate(timeout=30)
        self.systemd.close()
        assert "Traceback" not in errors, errors
        return time.monotonic() - begin_s, errors


@pytest.fixture
def quiet() -> str:
    """Settings that keep a process to what a test looks at."""
    return '[model]\nthreads = 1\n[voice]\nspeaker = "none"\n'


def test_the_command_as_systemd_starts_it(tmp_path: Path, quiet: str) -> None:
    """Ready, then alive because frames are processed, then stopped within three seconds; hardly a line written."""
    process = Process(tmp_path, "--loop", settings=quiet)
    assert process.heard("READY=1")
    assert process.heard("WATCHDOG=1")
    assert until(lambda: process.status.get("camera", {}).get("fps") is not None, 30)
    took_s, errors = process.end()
    assert took_s < 3.0
    assert process.popen.returncode == 0
    assert len(errors.splitlines()) <= 2
    assert "threads = 1" in (process.state / "settings-last-good.toml").read_text()


def test_a_stand_in_camera_that_is_taken_away_and_given_back(tmp_path: Path, quiet: str) -> None:
    """The file is the camera: without it the coach waits and is alive, with it it goes on, and was never restarted."""
    process = Process(tmp_path, "--loop", settings=quiet)
    assert until(lambda: process.status.get("camera", {}).get("fps") is not None, 30)
    (tmp_path / "clip.mp4").rename(tmp_path / "away.mp4")
    assert until(lambda: "camera" in process.status.get("troubles", {}), 30)
    (tmp_path / "away.mp4").rename(tmp_path / "clip.mp4")
    begin_s = time.monotonic()
    assert until(lambda: process.status.get("troubles") == {}, 30)
    assert until(lambda: process.status["camera"]["fps"] is not None, 30)
    assert time.monotonic() - begin_s < 10
    process.end()


def test_broken_settings_at_the_start(tmp_path: Path, quiet: str) -> None:
    """It starts with the last good ones, and says so."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "settings-last-good.toml").write_text(quiet)
    process = Process(tmp_path, "--loop", settings="[model]\nthreads = 1000\n")
    assert process.heard("READY=1")
    assert until(lambda: "settings" in process.status.get("troubles", {}), 30)
    assert "the last good settings are in force" in process.status["troubles"]["settings"]
    assert process.status["voice"]["speaker"] == "none"
    (tmp_path / "settings.toml").write_text(quiet)
    process.popen.send_signal(signal.SIGHUP)
    assert until(lambda: process.status.get("troubles") == {}, 30)
    process.end()


def test_at_the_end_of_a_recording_it_ends(tmp_path: Path, quiet: str) -> None:
    """Without --loop a file is played once, and the events of the run are whole."""
    process = Process(tmp_path, "--events", tmp_path / "events.jsonl", settings=quiet)
    assert process.popen.wait(120) == 0
    process.end()
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert events[-1]["kind"] == "summary"
    assert events[-1]["duration_s"] > 5
    assert events[-1]["seen_s"] == 0


def test_stopped_while_it_starts(tmp_path: Path, quiet: str) -> None:
    """A stop that comes before it is ready stops it as well."""
    process = Process(tmp_path, "--loop", settings=quiet)
    time.sleep(0.5)
    took_s, _ = process.end()
    assert took_s < 10.0
