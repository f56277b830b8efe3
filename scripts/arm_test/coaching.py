"""Coaches the bundled clips on Arm and on this machine, and compares what is said."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from debian_root import CommandError, Done, Unavailable

from .system import PROJECT, PYTHON, System

CLIPS = PROJECT / "tests/clips"
FILM = "lean_side"
"""The clip that is coached on Arm from its pictures; each of its 540 takes half a second there, emulated."""

LATE_S = 1.0
"""How far apart in time the same may be said: the model's numbers differ a little between processors."""

LOG, EVENTS = "clip.npz", "clip.jsonl"


@dataclass(frozen=True)
class Comparison:
    """A recording, coached twice.

    :param recording: the clip, and whether from its pictures or its key points.
    :param said: what was said on Arm, each with its time.
    :param apart_s: the most that the times differ; None where not the same was said.
    """

    recording: str
    said: list[str]
    apart_s: float | None

    @property
    def ok(self) -> bool:
        return self.apart_s is not None and self.apart_s <= LATE_S


@dataclass(frozen=True)
class Coached:
    """A clip as this machine coaches it.

    :param key_points: the log of them.
    :param said: when what was said.
    """

    clip: Path
    key_points: bytes
    said: list[tuple[float, str]]


@cache
def on_this_machine() -> list[Coached]:
    """Coach every clip here; it is done once.

    :raises Unavailable: this machine cannot coach.
    :raises CommandError: the coach fails.
    """
    setup = _run(["./scripts/setup"])
    if not setup.ok:
        raise Unavailable(f"`./scripts/setup` fails on this machine: {setup.out.strip().splitlines()[-1]}")
    return [_coached(clip) for clip in sorted(CLIPS.glob("*.mp4"))]


def compare(system: System) -> Iterator[Comparison]:
    """Coach each clip there from the key points that were found here, one from its pictures too.

    :raises Unavailable: this machine cannot coach.
    :raises CommandError: the coach fails here.
    """
    for here in on_this_machine():
        clip = here.clip
        if clip.stem == FILM:
            yield _there(system, str(clip.relative_to(PROJECT)), f"{clip.stem}, pictures", here.said)
        system.write(LOG, here.key_points)
        yield _there(system, LOG, f"{clip.stem}, key points", here.said)


def spoken(events: str) -> list[tuple[float, str]]:
    """When what was said, of a file of events."""
    read: list[dict[str, Any]] = [json.loads(line) for line in events.splitlines()]
    return [(event["t_s"], event["text"]) for event in read if "text" in event]


def apart(one: list[tuple[float, str]], other: list[tuple[float, str]]) -> float | None:
    """The most that the times differ at which the same was said; None where not the same was."""
    if [text for _, text in one] != [text for _, text in other]:
        return None
    return max((abs(mine - theirs) for (mine, _), (theirs, _) in zip(one, other, strict=True)), default=0.0)


def _there(system: System, source: str, name: str, here: list[tuple[float, str]]) -> Comparison:
    done = system.run(f"rm -f {EVENTS}; {PYTHON} -m device replay {source} --events {EVENTS}")
    if not done.ok:
        return Comparison(name, done.out.splitlines()[-1:], None)
    there = spoken(system.read(EVENTS))
    return Comparison(name, [f"{t_s:.2f} s {text}" for t_s, text in there], apart(here, there))


def _coached(clip: Path) -> Coached:
    with tempfile.TemporaryDirectory() as folder:
        log, events = Path(folder, LOG), Path(folder, EVENTS)
        done = _run([PYTHON, "-m", "device", "replay", str(clip), "--poses", str(log), "--events", str(events)])
        if not done.ok:
            raise CommandError(done)
        return Coached(clip, log.read_bytes(), spoken(events.read_text()))


def _run(command: list[str]) -> Done:
    began_s = time.monotonic()
    done = subprocess.run(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Done(" ".join(command), done.returncode, done.stdout, time.monotonic() - began_s)
