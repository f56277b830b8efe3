"""Runs that have ended, found in their database."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from stored_runs import add_run

from device.publish import finished
from device.publish.finished import SETTLED_S, Finished
from device.publish.outbox import Outbox
from device.runs.store import NAME, Store


@pytest.fixture
def outbox() -> Outbox:
    """One in memory."""
    return Outbox(None, 1_000_000)


def aged(folder: Path, age_s: float) -> None:
    """Let the database look as if it had been changed so long ago."""
    then_s = time.time() - age_s
    for file in folder.glob(f"{NAME}*"):
        os.utime(file, (then_s, then_s))


def test_a_run_is_told_once(tmp_path: Path, outbox: Outbox) -> None:
    """Those from before are the past; each later one is told, and not again."""
    with Store(tmp_path / NAME) as runs:
        add_run(runs)
        watch = Finished(tmp_path)
        watch.take(outbox, "run")
        assert len(outbox) == 0
        add_run(runs)
        for _ in range(3):
            watch.take(outbox, "run")
        assert len(outbox) == 1


def test_what_could_not_be_read_yet_is_not_missed(
    tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that is on the disk, but not yet to be read, looks the same when it is."""
    watch = Finished(tmp_path)
    with Store(tmp_path / NAME) as runs:
        add_run(runs)
        now_s = time.time()
        monkeypatch.setattr(watch, "_looks", lambda: [(now_s, 4096), (now_s, 8192)])
        watch.take(outbox, "run")
        add_run(runs)
        watch.take(outbox, "run")
        assert len(outbox) == 1


def test_a_database_at_rest_is_not_opened(tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between runs the disk is left alone."""
    with Store(tmp_path / NAME) as runs:
        add_run(runs)
        watch = Finished(tmp_path)
        aged(tmp_path, 2 * SETTLED_S)
        watch.take(outbox, "run")
        opened: list[Path] = []
        monkeypatch.setattr(finished, "Store", lambda path, **how: opened.append(path) or Store(path, **how))
        watch.take(outbox, "run")
        assert not opened
        add_run(runs)
        watch.take(outbox, "run")
        assert opened
        assert len(outbox) == 1
