"""Memory and start of the coach, each beside those of a bare script that only runs the model on the same film.

The coach keeps its files in a folder of its own here, and has no voice; all else is as shipped.  All processes find
their modules compiled, as an installed coach does.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from device.errors import FormCoachError
from device.poses.loader import MODELS, SHIPPED

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

LOOK_S = 0.05
"""How often a process's memory is looked at."""

START_S = 60.0
"""A process that shows no pose by then hangs."""


class ProcessError(FormCoachError):
    """A process that was to be measured did not do its work."""


@contextmanager
def place() -> Iterator[dict[str, str]]:
    """The environment for the processes: own folders, no voice, modules compiled once into a folder beside."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = folder / "settings.toml"
        settings.write_text('[voice]\nspeaker = "none"\n', encoding="ascii")
        named = ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY", "JOURNAL_STREAM")
        named += ("OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")
        own = {name: value for name, value in os.environ.items() if name not in named}
        for variable in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            (folder / variable).mkdir(mode=0o700)
            own[variable] = str(folder / variable)
        own |= {
            "PYTHONPATH": os.pathsep.join((str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")]))),
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "FORM_COACH_CONFIG": str(settings),
            "MALLOC_ARENA_MAX": "2",  # as in systemd/form-coach.service
        }
        yield own


def memory(film: Path, run_s: float, environment: dict[str, str]) -> dict[str, Any]:
    """Peak resident memory in MiB: of the bare script and of a replay over the whole film, of a live run for a while.

    :param run_s: how long the live coach runs; the film begins anew at its end.
    """
    commands: dict[str, tuple[list[str], float]] = {
        "bare": ([str(HERE / "bare.py"), str(MODELS / SHIPPED), str(film)], 600.0),
        "run": (["-m", "device", "run", "--source", str(film), "--loop"], run_s),
        "replay": (["-m", "device", "replay", str(film)], 600.0),
    }
    peaks = {}
    for name, (command, limit_s) in commands.items():
        _peak_mib(command, min(limit_s, 3.0), environment)  # compiles what it loads: that would count as its memory
        peaks[name] = _peak_mib(command, limit_s, environment)
    return {"run_s": run_s, "peak_mib": peaks, "of_bare": {name: peaks[name] / peaks["bare"] for name in peaks}}


def _peak_mib(command: list[str], limit_s: float, environment: dict[str, str]) -> float:
    """The most memory that a process held (VmHWM of /proc), until it ended by itself or was stopped after a while."""
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=told, env=environment, cwd=ROOT
        )
        peak_kib, until_s, stopped = 0, time.monotonic() + limit_s, False
        while process.poll() is None:
            if not stopped:
                peak_kib = max(peak_kib, _held_kib(process.pid))
            if not stopped and time.monotonic() > until_s:
                process.send_signal(signal.SIGINT)
                stopped = True
            time.sleep(LOOK_S)
        if not peak_kib or (process.returncode and not stopped):
            told.seek(0)
            raise ProcessError(f"{' '.join(command)}: ended with {process.returncode}: {told.read()[-500:].strip()}")
        return peak_kib / 1024


def _held_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def start(film: Path, rounds: int, environment: dict[str, str]) -> dict[str, Any]:
    """Seconds from the start of a process to its first pose, all kinds in turn: the middle, by the wall clock and of
    processors."""
    coach = str(HERE / "first_pose.py")
    commands = {
        "bare": [str(HERE / "bare.py"), str(MODELS / SHIPPED), str(film), "--first"],
        "run": [coach, "run", "--source", str(film)],
        "replay": [coach, "replay", str(film)],
    }
    took_s: dict[str, list[float]] = {name: [] for name in commands}
    processor_s: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            wall_s, cpu_s = _first_pose_s(command, environment)
            if turn:  # the first one compiled its modules, and read them from the disk
                took_s[name].append(wall_s)
                processor_s[name].append(cpu_s)
    middle = {name: statistics.median(each_s) for name, each_s in took_s.items()}
    spent = {name: statistics.median(each_s) for name, each_s in processor_s.items()}
    return {
        "rounds": rounds,
        "took_s": middle,
        "processor_s": spent,
        "of_bare": {name: middle[name] / middle["bare"] for name in middle},
        "processor_of_bare": {name: spent[name] / spent["bare"] for name in spent},
    }


def _first_pose_s(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """How long a process took to its first pose: on the wall, and of processors."""
    begin_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("pose "):
                return time.perf_counter() - begin_s, float(line.split()[1])
        _, told = process.communicate(timeout=START_S)
        raise ProcessError(f"{' '.join(command)}: showed no pose: {told[-500:].strip()}")
    finally:
        process.kill()
        process.communicate()
