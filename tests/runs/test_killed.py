"""Whatever moment the writer is killed at, what it had written is there, and the next start closes the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import ROOT

KILLS = int(os.environ.get("FORM_COACH_KILLS", "200"))
"""A thousand take a minute of a PC's processor; CI asks for them."""

WRITER = Path(__file__).with_name("killed_writer.py")


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is one: a kill, unlike a power cut, does not care what a disk has synced."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def test_a_writer_killed_at_random_moments_loses_nothing_that_was_committed(quick: Path) -> None:
    """Database and key points are whole, all that was told to be written is there, and no run stays open."""
    done = subprocess.run(
        [sys.executable, WRITER, quick, str(KILLS), "7"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{WRITER.parent}:{ROOT}"},
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["kills"] == KILLS
    assert found["batches"] > KILLS, "it was killed before it did anything"
    assert found["power"] > KILLS / 10, "it was hardly ever killed within a run"
