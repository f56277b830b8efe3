"""Disks that fail: full, read-only, limited.  What was kept stays, the rest waits and is kept once there is room."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from acted import about, gatherer, moments
from conftest import ROOT

from device import runs
from device.runs import store
from device.runs.archive import Archive
from device.runs.batch import Batch
from device.runs.poselog import PoseLog
from device.runs.store import StoreError


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 400 kB; needs root."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def batches(seconds: float) -> list[Batch]:
    """A run in parts of eight seconds, at 30 frames a second."""
    followed, found = gatherer(), []
    for number, moment in enumerate(moments(seconds, fps=30.0)):
        followed.step(moment)
        if number % 240 == 239:
            found += followed.take()
    followed.end()
    return found + followed.take()


def archive(folder: Path) -> Archive:
    """Where runs are kept."""
    return Archive(folder, 10**9, lambda t_s: 1.8e9 + t_s)


def whole(folder: Path, parts: list[Batch]) -> None:
    """All parts of the run are there."""
    with runs.reading(folder) as opened:
        (row,) = opened.listed()
        assert row["closed"] == "end"
        assert row["duration_s"] == parts[-1].run["duration_s"]
        stride = [row["stride"] for row in opened.table("strides", row["id"])]
        log = PoseLog(runs.log_path(folder, row["uuid"]))
    assert stride == list(range(1, len(stride) + 1))
    assert len(stride) == pytest.approx(row["duration_s"] / 0.75, abs=2)
    assert log.trouble is None
    assert len(log.t_s) == pytest.approx(30 * row["duration_s"], abs=2)


def test_a_full_disk_keeps_what_was_written_and_takes_the_rest_once_there_is_room(small: Path) -> None:
    """Nothing committed is lost, nothing is half written, and the run is whole in the end."""
    keeper, parts = archive(small), batches(60.0)
    keeper.write(parts[0])
    filler = small / "filler"
    filler.write_bytes(bytes(4096 * os.statvfs(small).f_bavail))
    failed = []
    for part in parts[1:]:
        try:
            keeper.write(part)
        except (StoreError, OSError) as error:
            failed.append((part, error))
    assert len(failed) > 3
    assert all("full" in str(error) or "space" in str(error) for _, error in failed)
    with runs.reading(small) as opened:
        assert len(opened.table("strides", 1)) >= 9
    filler.unlink()
    for part, _ in failed:
        keeper.write(part)
    keeper.close()
    whole(small, parts)


def test_a_read_only_disk_is_told_and_leaves_what_is_there(small: Path) -> None:
    """As a worn memory card does: reading goes on, writing says why it cannot, and works again afterwards."""
    first, parts = archive(small), batches(30.0)
    for part in parts[:2]:
        first.write(part)
    first.close()
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    second = archive(small)
    for do in (second.tidy, lambda: second.write(parts[2])):
        with pytest.raises((StoreError, OSError), match=r"read.?only"):
            do()
    with runs.reading(small) as opened:
        assert opened.listed()[0]["closed"] == "open"
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)
    for part in parts[2:]:
        second.write(part)
    second.close()
    whole(small, parts)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from test_failing_disk import archive, batches, whole
from device.runs.store import StoreError
folder = Path(sys.argv[1])
keeper, parts = archive(folder), batches(60.0)
keeper.write(parts[0])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
largest = max(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm")
resource.setrlimit(resource.RLIMIT_FSIZE, (largest + int(sys.argv[2]), hard))
failed = []
for part in parts[1:]:
    try:
        keeper.write(part)
    except (StoreError, OSError):
        failed.append(part)
assert failed
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
for part in failed:
    keeper.write(part)
keeper.close()
whole(folder, parts)
"""


@pytest.mark.parametrize("room", [0, 1500, 9000])
def test_files_that_may_not_grow_lose_nothing_that_was_written(tmp_path: Path, room: int) -> None:
    """A quota hits in the middle of a write; what was cut short is tried again from its beginning."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path, str(room)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{Path(__file__).parent}:{ROOT / 'tests'}:{ROOT}"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_key_points_that_cannot_be_written_cost_no_rows(tmp_path: Path) -> None:
    """What can be kept is kept: a file in the place of the folder stops the log alone."""
    (tmp_path / store.POSES).write_text("in the way")
    keeper, parts = archive(tmp_path), batches(30.0)
    for part in parts:
        with pytest.raises(OSError, match=r"exists|directory"):
            keeper.write(part)
    with runs.reading(tmp_path) as opened:
        (row,) = opened.listed()
        assert (row["closed"], row["poses_bytes"]) == ("end", None)
        assert len(opened.table("strides", row["id"])) in (39, 40)
    (tmp_path / store.POSES).unlink()
    for part in parts:
        keeper.write(part)
    keeper.close()
    whole(tmp_path, parts)


def test_a_database_that_cannot_be_written_costs_no_key_points(tmp_path: Path) -> None:
    """The other way round: the log grows while the database is somebody else's."""
    (tmp_path / store.NAME).mkdir()
    keeper, parts = archive(tmp_path), batches(30.0)
    for part in parts:
        with pytest.raises(StoreError):
            keeper.write(part)
    assert len(PoseLog(runs.log_path(tmp_path, "run-1")).t_s) == 900
    (tmp_path / store.NAME).rmdir()
    for part in parts:
        keeper.write(part)
    keeper.close()
    whole(tmp_path, parts)


def test_a_replay_to_a_disk_that_fails_says_so(tmp_path: Path) -> None:
    """Before the work begins."""
    from device.runs.recorder import RunsOutput

    (tmp_path / store.NAME).mkdir()
    with pytest.raises(StoreError, match=store.NAME):
        RunsOutput(tmp_path, about())
