"""The live coach over its link: settings changed from outside while it runs, and what it tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from staged import Camera, until
from stickman import Stickman, ill_seen, poses

from device.baselines import load
from device.cues import SilentSpeaker
from device.link.client import LinkClient, RefusedError
from device.link.protocol import NAME
from device.live.journal import Journal
from device.live.parts import Parts, Wishes
from device.live.service import Service
from device.panel import NoPanel
from device.poses.fake import FakePoseModel
from device.records import Frame, Pose
from device.tuning.store import Store


class Follower:
    """In place of the model: a runner with good form, by the frame's time."""

    def __init__(self) -> None:
        run = list(ill_seen(poses(lambda t_s: Stickman(azimuth_deg=90), 60, 60), noise_px=1.0))
        self._keypoints = [pose.keypoints for pose in run]
        self.elsewhere = False

    def forget(self) -> None:
        """The runner is still there."""

    def step(self, frame: Frame) -> Pose:
        """The pose of that time, however many frames a busy machine takes."""
        return Pose(frame.t_s, self._keypoints[int(frame.t_s * 60) % len(self._keypoints)], 640, 480)


class Tuned:
    """A running service with a settings file, and a client of its link."""

    def __init__(self, folder: Path, settings: str = "") -> None:
        self.file = folder / "settings.toml"
        self.file.write_text(settings)
        self.camera, self.speaker = Camera(fps=60.0), SilentSpeaker()
        self.told: list[str] = []
        parts = Parts(
            camera=lambda settings, source, loop: self.camera.open(),
            model=lambda path, threads: FakePoseModel(),
            speaker=lambda settings, texts, tell: self.speaker,
            panel=lambda settings, press: NoPanel(),
            follower=lambda model: Follower(),  # type: ignore[arg-type,return-value]
        )
        self.service = Service(Wishes(settings=self.file), Journal(lambda kind, text: self.told.append(text)), parts)
        self._thread = threading.Thread(target=self.service.run)
        self._thread.start()
        path = folder / "runtime" / NAME
        assert until(path.exists)
        self.client = LinkClient(path)

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """A command's answer."""
        return self.client.ask(do, **fields)

    @property
    def in_force(self) -> dict[str, Any]:
        """The settings in force."""
        return dict(self.ask("settings")["settings"]["values"])

    def end(self) -> None:
        """Stop all."""
        self.client.close()
        self.service.press("stop")
        self._thread.join(20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of a service's own."""
    for name in ("runtime", "state"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"{name.upper()}_DIRECTORY", str(tmp_path / name))
    return tmp_path


@pytest.fixture
def tuned(folder: Path) -> Iterator[Tuned]:
    """A running coach, and its link."""
    made = Tuned(folder, "# mine\n[cues]\ngap_s = 9.0  # seconds\n")
    yield made
    made.end()


def test_a_limit_is_set_while_it_runs(tuned: Tuned) -> None:
    """It is in the file with the comments kept, in the coach, and in the answer."""
    before = tuned.ask("settings")["settings"]["generation"]
    answer = tuned.ask("set", changes={"forward_lean.on_deg": 14})
    assert answer["now"] == {"forward_lean.on_deg": 14.0}
    assert answer["generation"] == before + 1
    assert tuned.file.read_text().startswith("# mine\n[cues]\ngap_s = 9.0  # seconds\n")
    assert Store(tuned.file).read().settings.forward_lean.on_deg == 14.0
    assert until(lambda: tuned.service.coach.settings.forward_lean.on_deg == 14.0)
    origins = tuned.ask("settings")["settings"]["origins"]
    assert origins["forward_lean.on_deg"] == origins["cues.gap_s"] != origins["cues.repeat_s"] == "default"


def test_a_change_that_is_wrong_changes_nothing(tuned: Tuned) -> None:
    """All mistakes are told, neither file nor coach is another one, and no reload has come of it."""
    text, before = tuned.file.read_bytes(), tuned.in_force
    with pytest.raises(RefusedError) as refused:
        tuned.ask("set", changes={"forward_lean.on_deg": 1400, "cues.gap": 3, "cues.gap_s": 20})
    assert len(refused.value.problems) == 2
    assert (tuned.file.read_bytes(), tuned.in_force) == (text, before)


def test_a_reset_takes_back(tuned: Tuned) -> None:
    """What stood in the file is gone from it, and the default is in force."""
    answer = tuned.ask("reset", keys=["cues.gap_s"])
    assert list(answer["now"]) == ["cues.gap_s"]
    assert answer["now"]["cues.gap_s"] == tuned.in_force["cues.gap_s"] != 9.0
    assert "gap_s" not in tuned.file.read_text()


def test_an_edit_by_hand_is_seen_within_a_second(tuned: Tuned) -> None:
    """Nobody needs to reload; a broken file changes nothing, and is told until it is mended."""
    tuned.file.write_text("[cues]\ngap_s = 11.0\n")
    assert until(lambda: tuned.in_force["cues.gap_s"] == 11.0, 3)
    tuned.file.write_text("[cues]\ngap_s = ")
    assert until(lambda: tuned.ask("settings")["settings"]["trouble"] is not None, 3)
    assert tuned.in_force["cues.gap_s"] == 11.0
    assert "settings" in tuned.ask("snapshot")["status"]["troubles"]
    tuned.file.write_text("[cues]\ngap_s = 12.0\n")
    assert until(lambda: tuned.in_force["cues.gap_s"] == 12.0, 3)
    assert tuned.ask("settings")["settings"]["trouble"] is None


def test_mute_say_and_relearn(tuned: Tuned) -> None:
    """Each does what the button does; a test phrase is heard even while muted."""
    assert tuned.ask("mute")["muted"] is True
    assert tuned.ask("mute", muted=True)["muted"] is True
    assert until(lambda: tuned.service.coach.muted)
    tuned.ask("say", text="One two three")
    assert until(lambda: "One two three" in tuned.speaker.said)
    assert tuned.ask("mute", muted=False)["muted"] is False
    tuned.ask("relearn")
    assert until(lambda: tuned.service.settings.notices.relearning in tuned.speaker.said)


def test_who_watches_sees_what_the_coach_sees(tuned: Tuned) -> None:
    """Poses, posture and faults come, and the events whole."""
    messages = tuned.client.watch(hz=10)
    kinds: dict[str, dict[str, Any]] = {}
    end_s = time.monotonic() + 20
    while not {"live", "settings", "health", "event"} <= kinds.keys() and time.monotonic() < end_s:
        message = next(messages)
        if message["kind"] != "health" or message["status"]["camera"]["name"]:
            kinds[message["kind"]] = message
    assert np.array(kinds["live"]["pose"]["keypoints"]).shape == (17, 3)
    assert kinds["event"]["event"]["kind"] in ("runner_found", "view", "notice")
    assert kinds["health"]["status"]["camera"]["name"] == "staged camera"


def test_the_past_is_told_for_the_preview(tuned: Tuned) -> None:
    """Postures of the last minutes come as rows."""
    assert until(lambda: tuned.service.vitals.frames > 60)
    answer = tuned.ask("past", seconds=600)
    assert len(answer["postures"]) > 2
    assert all(len(row) == len(answer["columns"]) for row in answer["postures"])


def test_another_person_s_profile(folder: Path) -> None:
    """Their limits, and their own good form: what is learned from then on is kept as theirs."""
    (folder / "profiles").mkdir()
    (folder / "profiles" / "anna.toml").write_text("[forward_lean]\non_deg = 12.0\n")
    tuned = Tuned(folder, "[baseline]\nsettle_s = 0.0\nlearn_s = 3.0\n")
    try:
        common, hers = folder / "state" / "baselines.json", folder / "state" / "profiles" / "anna" / "baselines.json"
        assert until(common.exists, 30)
        before = common.read_bytes()
        answer = tuned.ask("set", changes={"profile.name": "anna"})
        assert answer["now"] == {"profile.name": "anna"}
        assert tuned.in_force["forward_lean.on_deg"] == 12.0
        assert until(hers.exists, 30)
        assert len(load(hers).baselines) == 1
        assert common.read_bytes() == before
        tuned.ask("set", changes={"forward_lean.on_deg": 13})
        assert "13" in (folder / "profiles" / "anna.toml").read_text()
        assert "on_deg" not in tuned.file.read_text()
    finally:
        tuned.end()
