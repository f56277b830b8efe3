"""Kills a writer of runs again and again, each time at a random moment, and looks at what is left.

A process of its own: it forks, which a test's process with its threads must not.  Prints what it found as JSON.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import NoReturn

from acted import Act, gatherer, moments

from device.errors import SourceError
from device.runs import log_path, reading, store
from device.runs.archive import Archive
from device.runs.poselog import PoseLog

RUN = moments(13.0, acted={0.0: Act(), 8.0: Act(lean_deg=12.0), 11.0: Act()})
A_BATCH = 10
"""Moments, one second of the run."""

FRESH = 40
"""Kills after which a new folder is begun."""


def write(folder: Path, told: int) -> NoReturn:
    """Write one run after another until killed; say of each batch, once it is written, what it held."""
    archive = Archive(folder, 10**9, lambda t_s: 1.8e9 + t_s)
    for count in range(10**6):
        followed = gatherer()
        followed._name = lambda count=count: f"{os.getpid()}-{count}"  # type: ignore[misc]
        frames = strides = 0
        for number, moment in enumerate(RUN):
            followed.step(moment)
            if number == len(RUN) - 1:
                followed.end()
            if number % A_BATCH == A_BATCH - 1:
                for batch in followed.take():
                    frames += len(batch.poses)
                    strides += len(batch.strides)
                    line = {
                        "name": batch.name,
                        "closed": batch.run["closed"],
                        "duration_s": batch.run["duration_s"],
                    }
                    archive.write(batch)
                    os.write(told, (json.dumps({**line, "frames": frames, "strides": strides}) + "\n").encode())
    os._exit(1)


def kill(folder: Path, chance: random.Random) -> list[dict[str, object]]:
    """Let a writer work for a random while, and kill it; what it said comes back."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(ear)
            write(folder, mouth)
        except BaseException as error:
            os.write(mouth, (json.dumps({"error": repr(error)}) + "\n").encode())
            os._exit(1)
    os.close(mouth)
    said, enough = b"", chance.randrange(12)
    while said.count(b"\n") < enough and (part := os.read(ear, 65536)):
        said += part
    time.sleep(chance.uniform(0.0, 0.006))  # about as long as the next batch takes
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(ear, 65536):
        said += part
    os.close(ear)
    return [json.loads(line) for line in said.decode().splitlines()]


def torn(path: Path) -> bool:
    """Whether a log ends in the middle of a block, or of its very first bytes."""
    try:
        return PoseLog(path).trouble is not None
    except SourceError:
        return True


def look(folder: Path, said: list[dict[str, object]], found: dict[str, int]) -> list[str]:
    """What is wrong with what is left, after the next start."""
    wrong = [str(line["error"]) for line in said if "error" in line]
    found["torn"] += sum(torn(path) for path in (folder / store.POSES).glob("*"))
    moved: list[str] = []
    archive = Archive(folder, 10**9, lambda t_s: 1.8e9, moved.append)
    found["power"] += len(archive.tidy())
    archive.close()
    wrong += moved
    newest = {str(line["name"]): line for line in said if "name" in line}
    found["batches"] += len(said)
    with sqlite3.connect(folder / store.NAME) as db:
        wrong += [f"integrity: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"foreign key: {row}" for row in db.execute("PRAGMA foreign_key_check")]
    db.close()
    with reading(folder) as opened:
        rows = {row["uuid"]: row for row in opened.listed()}
        for row in rows.values():
            log = PoseLog(log_path(folder, row["uuid"])) if row["poses_bytes"] else None
            if row["closed"] == "open":
                wrong.append(f"{row['uuid']} is still open")
            if log is not None and log.trouble:
                wrong.append(log.trouble)
        for name, line in newest.items():
            kept = rows.get(name)
            if kept is None:
                wrong.append(f"{name} is gone")
                continue
            if line["closed"] == "end" and kept["closed"] != "end":
                wrong.append(f"{name} was over, and is {kept['closed']}")
            if kept["duration_s"] < line["duration_s"]:  # type: ignore[operator]
                wrong.append(f"{name}: {kept['duration_s']} s of {line['duration_s']} s are left")
            if len(opened.table("strides", kept["id"])) < line["strides"]:  # type: ignore[operator]
                wrong.append(f"{name}: strides are missing")
            if len(PoseLog(log_path(folder, name)).t_s) < line["frames"]:  # type: ignore[operator]
                wrong.append(f"{name}: key points are missing")
    return wrong


def main(place: Path, kills: int, seed: int) -> None:
    """Kill so often, and print what was found."""
    chance = random.Random(seed)
    found = {"kills": 0, "batches": 0, "power": 0, "torn": 0}
    wrong: list[str] = []
    for number in range(kills):
        folder = place / f"state-{number // FRESH}"
        if number % FRESH == 0:
            shutil.rmtree(place / f"state-{number // FRESH - 1}", ignore_errors=True)
            folder.mkdir()
        said = kill(folder, chance)
        wrong += [f"kill {number}: {line}" for line in look(folder, said, found)]
        found["kills"] += 1
    print(json.dumps({**found, "wrong": wrong[:20]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
