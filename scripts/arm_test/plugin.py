"""A pytest plugin for a slow computer: more patience, a line for each file as it goes, and the result as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
import pytest

PATIENCE = 10
"""How many times longer than on a PC something may take before it counts as hanging."""

HANGING_S = 10.0
"""Time limits from here on guard against hanging; shorter ones are what a test is about, and stay."""


CRASHES = "the emulator adds words of its own to a crash"
EMULATED = {
    "tests/test_device.py::test_openblas_starts_no_threads_of_its_own": "the emulator has a thread of its own",
    "tests/doctor/test_trial.py::test_a_crash_is_a_finding": CRASHES,
    "tests/cues/test_engines.py::TestTrouble::test_a_program_that_fails[#!/bin/sh\\nkill -SEGV": CRASHES,
}
"""What cannot hold on an emulated processor, and why: test names, or how they begin."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say where to leave the result."""
    parser.addoption("--result", metavar="FILE", type=Path, help="write counts and failures there, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Set the patience, and count."""
    hypothesis.settings.register_profile("emulated", deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
    hypothesis.settings.load_profile("emulated")
    _be_patient()
    config.pluginmanager.register(Tally(config.getoption("--result")), "arm-tally")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what coaches whole films: the model takes half a second for each picture of thousands.

    What cannot hold on an emulated processor is skipped where this is one.
    """
    left_out = [item for item in items if "replay" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
    if "QEMU_CPU" in os.environ:
        for item in items:
            for name, why in EMULATED.items():
                if item.nodeid.startswith(name):
                    item.add_marker(pytest.mark.skip(reason=why))


def _be_patient() -> None:
    run = subprocess.run

    def patient(*arguments: Any, timeout: float | None = None, **more: Any) -> Any:
        if timeout is not None and timeout >= HANGING_S:
            timeout *= PATIENCE
        return run(*arguments, timeout=timeout, **more)

    subprocess.run = patient


class Tally:
    """Counts how tests end, and tells it.

    :param result: the file to write when all have ended.
    """

    def __init__(self, result: Path | None) -> None:
        self._result = result
        self._began_s = time.monotonic()
        self._left_out = 0
        self._file = ""
        self._file_began_s = 0.0
        self._in_file: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._failed: dict[str, str] = {}
        self._skipped: Counter[str] = Counter()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Count what is left out."""
        self._left_out += len(items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say how much there is."""
        print(f"{len(session.items)} tests; {self._left_out} left out, which coach whole films", flush=True)

    def pytest_collectreport(self, report: Any) -> None:
        """Count a file that cannot be loaded, or that skips itself."""
        if report.outcome != "passed":
            self._count(report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Count it, and tell of the file before when a new one begins."""
        file = report.nodeid.partition("::")[0]
        if file != self._file:
            self._tell_file()
            self._file, self._file_began_s = file, time.monotonic()
        if report.when == "call" or not report.passed:
            self._count(report)

    def pytest_sessionfinish(self) -> None:
        """Tell of the last file, and write the result."""
        self._tell_file()
        if self._result is not None:
            result = {
                **{outcome: self._counts[outcome] for outcome in ("passed", "failed", "skipped")},
                "left_out": self._left_out,
                "took_s": round(time.monotonic() - self._began_s),
                "failures": self._failed,
                "reasons": dict(self._skipped.most_common()),
            }
            self._result.write_text(json.dumps(result) + "\n")

    def _count(self, report: Any) -> None:
        self._in_file[report.outcome] += 1
        self._counts[report.outcome] += 1
        if report.failed:
            self._failed[report.nodeid] = report.longreprtext
            print(f"  ✗ {report.nodeid}: {_in_short(report)}", flush=True)
        elif report.skipped and isinstance(report.longrepr, tuple):
            self._skipped[report.longrepr[2].removeprefix("Skipped: ")] += 1

    def _tell_file(self) -> None:
        if self._file:
            now_s = time.monotonic()
            counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self._in_file.items()))
            took_s = now_s - self._file_began_s
            print(f"{now_s - self._began_s:6.0f} s  {self._file}: {counts} in {took_s:.0f} s", flush=True)
        self._in_file.clear()


def _in_short(report: Any) -> str:
    """The first line of what went wrong."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext).partition("\n")[0]
