"""A coach for the link that lives in memory, and clients for it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from device import config
from device.errors import ConfigError
from device.records import Event, Fault, Moment, Pose, Posture
from device.settings import Settings

DEFAULTS = {
    f"{section.name}.{setting.name}": getattr(getattr(Settings(), section.name), setting.name)
    for section in fields(Settings)
    for setting in fields(getattr(Settings(), section.name))
}


class MemoryCoach:
    """Checks settings as the real one does, and notes what was asked of it.

    :ivar gate: closed, everything that may wait for a disk waits.
    """

    def __init__(self) -> None:
        self.in_force = Settings()
        self.muted = False
        self.changed: dict[str, Any] = {}
        self.generation = 0
        self.trouble: str | None = None
        self.calls: list[tuple[Any, ...]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.rows: list[list[Any]] = [[0.5, "running", None], [1.0, "running", 3.25]]
        self.broken = False

    def status(self) -> dict[str, Any]:
        if self.broken:
            raise RuntimeError("unforeseen")
        return {"format": "form-coach status", "state": "coaching", "temperature_c": float("nan")}

    def settings(self) -> dict[str, Any]:
        values = {**DEFAULTS, **self.changed}
        origins = {key: "settings.toml" if key in self.changed else "default" for key in values}
        return {
            "generation": self.generation,
            "profile": "",
            "path": None,
            "values": values,
            "origins": origins,
            "trouble": self.trouble,
        }

    def tune(self, changes: Mapping[str, Any], who: str) -> dict[str, Any]:
        self.gate.wait()
        self.calls.append(("tune", dict(changes), who))
        return self._change({**self.changed, **changes}, changes)

    def reset(self, keys: Sequence[str] | None, who: str) -> dict[str, Any]:
        self.gate.wait()
        self.calls.append(("reset", keys, who))
        gone = list(self.changed) if keys is None else keys
        if unknown := [key for key in gone if key not in DEFAULTS]:
            raise ConfigError("settings", [f"{key}: there is no such setting" for key in unknown])
        return self._change({key: value for key, value in self.changed.items() if key not in gone}, gone)

    def reload(self) -> dict[str, Any]:
        self.gate.wait()
        self.calls.append(("reload",))
        return {"generation": self.generation, "trouble": self.trouble}

    def mute(self, muted: bool | None) -> bool:
        self.calls.append(("mute", muted))
        self.muted = not self.muted if muted is None else muted
        return self.muted

    def relearn(self) -> None:
        self.calls.append(("relearn",))

    def say(self, text: str) -> None:
        self.calls.append(("say", text))

    def past(self, seconds: float) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        self.gate.wait()
        self.calls.append(("past", seconds))
        return ("t_s", "motion", "lean_deg"), self.rows

    def _change(self, wanted: dict[str, Any], keys: Any) -> dict[str, Any]:
        if unknown := [key for key in wanted if key not in DEFAULTS]:
            raise ConfigError("settings", [f"{key}: there is no such setting" for key in unknown])
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in wanted.items()]
        self.in_force = config.parse("\n".join(lines))
        self.changed = wanted
        self.generation += 1
        values = {**DEFAULTS, **wanted}
        return {"now": {key: values[key] for key in keys}, "generation": self.generation}


def moment(t_s: float, *events: Event, value: float = 4.0) -> Moment:
    """Somebody runs; what is measured can be chosen."""
    keypoints = np.full((17, 3), 0.7, np.float32)
    keypoints[:, 0] = 320.123
    keypoints[3] = np.nan
    faults = tuple(
        Fault(name, value, 15.0, 12.0, False, True, -0.5)
        for name in ("forward_lean", "hunched_shoulders", "torso_twist")
    )
    posture = Posture(t_s, "running", "oblique", 44.96, value, 26.004, cadence_spm=170.04, confidence=0.7, stride=9)
    return Moment(Pose(t_s, keypoints, 640, 480), posture, faults, None, events)


class Talker:
    """A client as somebody else might write it: bytes in, lines out."""

    def __init__(self, path: Path, timeout_s: float = 10.0) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout_s)
        self.socket.connect(str(path))
        self._file = self.socket.makefile("rb")
        self.hello = self.read()

    def send(self, *messages: Any) -> None:
        self.socket.sendall(b"".join(json.dumps(message).encode() + b"\n" for message in messages))

    def read(self) -> dict[str, Any]:
        line = self._file.readline()
        if not line:
            raise EOFError
        assert line.endswith(b"\n"), line
        read: dict[str, Any] = json.loads(line, parse_constant=lambda name: 1 / 0)
        return read

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        self.send({"do": do, **given})
        return self.next("answer")

    def next(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; others before it are passed over."""
        while True:
            if (message := self.read())["kind"] == kind:
                return message

    def close(self) -> None:
        self._file.close()
        self.socket.close()
