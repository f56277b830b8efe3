"""A coach on a real link: the engine's own pure parts, fed with a runner of sticks.  Also a program of its own."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stickman import Stickman, poses

from device.errors import ConfigError
from device.link.server import Link
from device.live.journal import Journal
from device.pipeline import Coach
from device.records import Moment, Pose
from device.screen import knobs
from device.settings import Settings


def leaning(t_s: float) -> Stickman:
    """Good form, and from 60 s on too much lean for 20 s of every 40."""
    return Stickman(lean_deg=14.0 if t_s > 60 and (t_s // 20) % 2 else 4.0, twist_deg=26.0)


class StagedCoach:
    """Runs ahead to some time at once, then at its own pace.

    :param ahead_s: how much of the run is over when the first client comes.
    :ivar calls: what was asked of it.
    """

    def __init__(
        self, path: Path, ahead_s: float = 30.0, at: Callable[[float], Stickman | None] = leaning, hz: float = 15.0
    ) -> None:
        self.in_force = Settings()
        self.generation = 0
        self.calls: list[tuple[Any, ...]] = []
        self.troubles: dict[str, str] = {}
        self.refuses = ""
        self.postures: list[Any] = []
        self._coach = Coach(self.in_force)
        self._poses: Iterator[Pose] = poses(at, 100_000.0, hz)
        self._hz = hz
        self._lock = threading.Lock()
        self._stop = threading.Event()
        for pose in itertools.takewhile(lambda pose: pose.t_s < ahead_s, self._poses):
            self._moment = self._step(pose)
        self.link = Link(path, self, Journal())
        self._thread = threading.Thread(target=self._run, name="staged coach")

    def __enter__(self) -> StagedCoach:
        self.link.start()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self.link.stop()
        assert self.link.join(5)

    @property
    def muted(self) -> bool:
        return self._coach.muted

    def status(self) -> dict[str, Any]:
        return {
            "format": "form-coach status",
            "state": "muted" if self.muted else "coaching",
            "camera": {"fps": 30.0, "latency_ms": {"p50": 62.0, "p95": 80.0}},
            "voice": {"muted": self.muted},
            "troubles": dict(self.troubles),
            "temperature_c": 54.3,
        }

    def settings(self) -> dict[str, Any]:
        values = knobs.flat(self.in_force)
        return {
            "generation": self.generation,
            "profile": "",
            "path": None,
            "values": values,
            "origins": dict.fromkeys(values, "default"),
            "trouble": None,
        }

    def tune(self, changes: Mapping[str, Any], who: str) -> dict[str, Any]:
        self.calls.append(("tune", dict(changes)))
        if self.refuses:
            raise ConfigError("settings.toml", [self.refuses])
        wanted = knobs.settings({**knobs.flat(self.in_force), **changes})
        if wrong := wanted.contradictions():
            raise ConfigError("settings.toml", wrong)
        with self._lock:
            self.in_force = wanted
            self._coach.retune(wanted)
        self.generation += 1
        values = knobs.flat(wanted)
        return {"now": {key: values[key] for key in changes}, "generation": self.generation}

    def reset(self, keys: Sequence[str] | None, who: str) -> dict[str, Any]:
        raise NotImplementedError

    def reload(self) -> dict[str, Any]:
        return {"generation": self.generation, "trouble": None}

    def mute(self, muted: bool | None) -> bool:
        self.calls.append(("mute", muted))
        self._coach.mute(not self._coach.muted if muted is None else muted)
        return self._coach.muted

    def relearn(self) -> None:
        self.calls.append(("relearn",))

    def say(self, text: str) -> None:
        self.calls.append(("say", text))

    def past(self, seconds: float) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        from device import whatif

        self.calls.append(("past", seconds))
        with self._lock:
            postures = [posture for posture in self.postures if posture.t_s > self._moment.pose.t_s - seconds]
        known = map(whatif.Remembered, postures)
        return whatif.COLUMNS, whatif.rows(known)

    def _step(self, pose: Pose) -> Moment:
        moment = self._coach.step(pose)
        self.postures.append(moment.posture)
        return moment

    def _run(self) -> None:
        begun_s, first = time.monotonic(), self._moment.pose.t_s
        for pose in self._poses:
            if self._stop.wait(max(0.0, pose.t_s - first - (time.monotonic() - begun_s))):
                return
            with self._lock:
                self._moment = self._step(pose)
            self.link.publish(self._moment)


def standing(man: Stickman) -> Stickman:
    """The same, but standing still."""
    return replace(man, running=False)


if __name__ == "__main__":
    with StagedCoach(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 30.0) as staged:
        print("up", flush=True)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            pass
