from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from acted import about, moments

from device import runs
from device.live.journal import Journal
from device.records import Moment
from device.runs import recorder as recording
from device.runs import store
from device.runs.archive import Archive
from device.runs.recorder import RunRecorder, RunsOutput
from device.runs.store import StoreError

A_DAY = datetime(2026, 10, 8, 17, 3, 20, tzinfo=UTC).timestamp()


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait until something is true."""
    end_s = time.monotonic() + seconds
    while not true() and time.monotonic() < end_s:
        time.sleep(0.01)
    return true()


class Told(Journal):
    """A journal that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        super().__init__(lambda kind, text: self.lines.append(text))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds here."""
    monkeypatch.setattr(recording, "GATHER_S", 0.01)


def live(folder: Path, journal: Journal, **options: float) -> RunRecorder:
    """A recorder at work."""
    made = RunRecorder(folder, about(), journal, **{"commit_s": 0.02, "retry_s": 0.05, **options})
    made.start()
    return made


def feed(recorder: RunRecorder, made: list[Moment]) -> None:
    for moment in made:
        recorder.add(None, moment)


def kept(folder: Path) -> list[store.Row]:
    try:
        with runs.reading(folder) as opened:
            return opened.listed()
    except StoreError:
        return []


def test_a_live_run_is_kept_as_it_goes_and_closed_at_the_stop(tmp_path: Path) -> None:
    """It is on record while it is on, and over when the coach stops."""
    recorder = live(tmp_path, Told())
    feed(recorder, moments(30.0))
    assert until(lambda: [row["closed"] for row in kept(tmp_path)] == ["open"])
    recorder.stop()
    assert recorder.join(10)
    assert recorder.failure is None
    (row,) = kept(tmp_path)
    assert (row["closed"], row["duration_s"]) == ("end", pytest.approx(29.9))
    assert len(runs.latest_log(place=tmp_path).t_s) == 300  # type: ignore[union-attr]


def test_few_commits_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory card wears out by them: of a replayed hour there is about one for every ten seconds."""
    written: list[float] = []
    write = Archive.write
    monkeypatch.setattr(Archive, "write", lambda self, batch: (written.append(batch.until_s), write(self, batch))[1])
    output = RunsOutput(tmp_path, about())
    for moment in moments(600.0):
        output.add(None, moment)
    output.close()
    assert 600 / 10 <= len(written) <= 600 / 7
    assert max(later - before for before, later in pairwise(written)) < 10.0


def test_a_run_that_was_cut_off_is_closed_at_the_next_start(tmp_path: Path) -> None:
    """As "power", with all but the last seconds."""
    output = RunsOutput(tmp_path, about(), begun=A_DAY)
    for moment in moments(30.0):
        output.add(None, moment)
    output._archive.close()  # as the power does: no end, and the lock is gone with the process
    recorder = live(tmp_path, Told())
    assert until(lambda: [row["closed"] for row in kept(tmp_path)] == ["power"])
    recorder.stop()
    assert recorder.join(10)
    (row,) = kept(tmp_path)
    assert row["duration_s"] >= 20.0
    assert row["begun_utc"] == "2026-10-08T17:03:20Z"
    assert row["ended_utc"] is not None


def test_a_dead_disk_is_told_once_and_the_run_is_whole_once_it_is_back(tmp_path: Path) -> None:
    """Coaching gets no error, the journal one line with what to do, and later one that it is over."""
    in_the_way = tmp_path / store.NAME
    in_the_way.mkdir()
    journal = Told()
    recorder = live(tmp_path, journal)
    feed(recorder, moments(30.0))
    assert until(lambda: "runs" in journal.troubles)
    feed(recorder, moments(30.0, start_s=30.0))
    time.sleep(0.3)
    assert len(journal.lines) == 1, journal.lines
    assert str(in_the_way) in journal.lines[0]
    assert "coaching goes on" in journal.lines[0]
    in_the_way.rmdir()
    assert until(lambda: not journal.troubles)
    recorder.stop()
    assert recorder.join(10)
    assert len(journal.lines) == 2
    (row,) = kept(tmp_path)
    assert (row["closed"], row["duration_s"]) == ("end", pytest.approx(59.9))


def test_a_disk_that_hangs_holds_up_nobody_and_memory_stays_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's thread never waits; what does not fit any more is left out."""
    monkeypatch.setattr(recording, "MOST_MOMENTS", 1000)
    back = threading.Event()
    write = Archive.write
    monkeypatch.setattr(Archive, "write", lambda self, batch: (back.wait(30), write(self, batch))[1])
    recorder = live(tmp_path, Told())
    feed(recorder, moments(30.0))
    time.sleep(0.2)
    made = moments(300.0, start_s=30.0)
    begun_s = time.monotonic()
    feed(recorder, made)
    assert time.monotonic() - begun_s < 5.0
    assert len(recorder._waiting) <= 1000
    recorder.stop()
    assert not recorder.join(0.1), "it hangs, and the service leaves it behind"
    back.set()
    assert recorder.join(20)
    assert [row["closed"] for row in kept(tmp_path)] == ["end"]


def test_what_waits_for_a_dead_disk_is_bounded_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After hours the newest rows are no longer kept; the totals are."""
    monkeypatch.setattr(recording, "MOST_STRIDES", 30)
    monkeypatch.setattr(recording, "MOST_BYTES", 10_000)
    (tmp_path / store.NAME).mkdir()
    journal = Told()
    recorder = live(tmp_path, journal)
    for start in range(0, 300, 30):
        feed(recorder, moments(30.0, start_s=start))
        time.sleep(0.15)
    assert until(lambda: "no longer kept" in journal.troubles.get("runs", ""))
    (tmp_path / store.NAME).rmdir()
    recorder.stop()
    assert recorder.join(10)
    (row,) = kept(tmp_path)
    assert row["duration_s"] == pytest.approx(299.9)


def test_a_clock_that_was_never_set_is_not_believed(tmp_path: Path) -> None:
    """In 1970 the date is unknown, and the run's own times are right all the same."""
    recorder = live(tmp_path, Told(), wall=lambda: 100.0)  # type: ignore[arg-type]
    feed(recorder, moments(30.0))
    recorder.stop()
    assert recorder.join(10)
    (row,) = kept(tmp_path)
    assert (row["begun_utc"], row["ended_utc"], row["clock_ok"]) == (None, None, 0)
    assert row["duration_s"] == pytest.approx(29.9)


def test_a_clock_that_is_set_during_the_run_mends_its_date(tmp_path: Path) -> None:
    """The network comes up late: the run began when it began, not when the clock was set."""
    output = RunsOutput(tmp_path, about())
    wall = {"offset": 50.0}
    output._archive._clock = lambda t_s: wall["offset"] + t_s
    made = moments(40.0)
    for moment in made[:200]:
        output.add(None, moment)
    assert kept(tmp_path)[0]["clock_ok"] == 0
    wall["offset"] = A_DAY
    for moment in made[200:]:
        output.add(None, moment)
    output.close()
    (row,) = kept(tmp_path)
    assert (row["begun_utc"], row["ended_utc"]) == ("2026-10-08T17:03:20Z", "2026-10-08T17:04:00Z")


def test_a_clock_that_jumps_is_followed(tmp_path: Path) -> None:
    """A Pi starts with the date of its last shutdown: plausible, and wrong until the network is there."""
    output = RunsOutput(tmp_path, about())
    wall = {"offset": A_DAY - 86_400.0}
    output._archive._clock = lambda t_s: wall["offset"] + t_s
    made = moments(40.0)
    for moment in made[:200]:
        output.add(None, moment)
    wall["offset"] = A_DAY
    for moment in made[200:]:
        output.add(None, moment)
    output.close()
    assert kept(tmp_path)[0]["begun_utc"] == "2026-10-08T17:03:20Z"


def test_the_live_clock_tells_when_the_run_began(tmp_path: Path) -> None:
    """Seconds of the engine's clock are laid on the wall clock, however late the disk is written."""
    clock = {"now": 1000.0}
    recorder = RunRecorder(
        tmp_path, about(), Told(), commit_s=0.02, wall=lambda: A_DAY + clock["now"] - 1000.0, clock=lambda: clock["now"]
    )
    for moment in moments(30.0):
        clock["now"] = 1000.0 + moment.posture.t_s
        recorder.add(None, moment)
    clock["now"] += 40.0
    recorder.stop()
    recorder.start()
    assert recorder.join(10)
    assert kept(tmp_path)[0]["begun_utc"] == "2026-10-08T17:03:20Z"


def test_another_profile_in_use_begins_another_run(tmp_path: Path) -> None:
    """From the moment that the settings name another runner."""

    recorder = live(tmp_path, Told())
    feed(recorder, moments(30.0))
    recorder.use(about()._replace(runner="anna"))
    feed(recorder, moments(30.0, start_s=30.0))
    recorder.stop()
    assert recorder.join(10)
    assert [row["runner"] for row in kept(tmp_path)] == ["anna", ""]


def test_a_runner_who_does_not_want_it_is_not_remembered(tmp_path: Path) -> None:
    """keep = false ends what is kept at once, and makes no file where there was none."""
    recorder = RunRecorder(tmp_path, about(keep=False), Told(), commit_s=0.02)
    recorder.start()
    feed(recorder, moments(30.0))
    time.sleep(0.1)
    recorder.stop()
    assert recorder.join(10)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_its_own_does_not_end_the_coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is told, and the next run is kept again."""
    monkeypatch.setattr(Archive, "write", lambda self, batch: 1 / 0)
    journal = Told()
    recorder = live(tmp_path, journal)
    feed(recorder, moments(30.0))
    assert until(lambda: "ZeroDivisionError" in journal.troubles.get("runs", ""))
    assert recorder.failure is None
    monkeypatch.undo()
    feed(recorder, moments(30.0, start_s=30.0))
    recorder.stop()
    assert recorder.join(10)
    assert [row["closed"] for row in kept(tmp_path)] == ["end"]
