from __future__ import annotations

from pathlib import Path

from acted import about, moments

from device import runs
from device.runs import store
from device.runs.recorder import RunsOutput
from device.runs.room import make_room


def keep(folder: Path, count: int, **settings: object) -> None:
    for _ in range(count):
        output = RunsOutput(folder, about(**settings))
        for moment in moments(60.0, fps=30.0):
            output.add(None, moment)
        output.close()


def left(folder: Path) -> list[tuple[int, bool, int]]:
    """Number, whether there are key points, and how many strides, of each run."""
    with runs.reading(folder) as opened:
        return [
            (row["id"], runs.log_path(folder, row["uuid"]).exists(), len(opened.table("strides", row["id"])))
            for row in opened.rows("SELECT * FROM runs ORDER BY id")
        ]


def taken(folder: Path) -> int:
    with runs.reading(folder) as opened:
        return opened.size_bytes() + sum(path.stat().st_size for path in (folder / store.POSES).iterdir())


def test_nothing_goes_while_there_is_room(tmp_path: Path) -> None:
    """A limit that is not reached changes nothing."""
    keep(tmp_path, 3)
    opened, _ = runs.writing(tmp_path)
    assert make_room(opened, tmp_path / store.POSES, taken(tmp_path)) == []
    opened.close()
    assert all(has_log and strides for _, has_log, strides in left(tmp_path))


def test_key_points_of_the_oldest_go_first_and_only_as_many_as_must(tmp_path: Path) -> None:
    """The run's own line and its strides stay, and it says that it has no key points any more."""
    keep(tmp_path, 3)
    opened, _ = runs.writing(tmp_path)
    assert make_room(opened, tmp_path / store.POSES, taken(tmp_path) - 1) == ["key points of run 1"]
    assert opened.run(1)["poses_bytes"] is None  # type: ignore[index]
    opened.close()
    assert [(number, has_log) for number, has_log, _ in left(tmp_path)] == [(1, False), (2, True), (3, True)]
    assert all(strides for _, _, strides in left(tmp_path))


def test_then_their_strides_go_and_the_newest_run_keeps_all_it_has(tmp_path: Path) -> None:
    """Whatever the limit, no run's own line goes, and the last run is whole."""
    keep(tmp_path, 3)
    opened, _ = runs.writing(tmp_path)
    make_room(opened, tmp_path / store.POSES, 1)
    assert [row["strides_kept"] for row in opened.rows("SELECT * FROM runs ORDER BY id")] == [0, 0, 1]
    assert len(opened.rows("SELECT * FROM tallies")) == 9
    opened.close()
    (first, second, third) = left(tmp_path)
    assert first[1:] == second[1:] == (False, 0)
    assert third[1]
    assert third[2] > 70


def test_a_log_that_no_run_knows_goes_before_all_others(tmp_path: Path) -> None:
    """What a damaged database left behind is kept while there is room."""
    keep(tmp_path, 2)
    lost = tmp_path / store.POSES / "lost.poses"
    lost.write_bytes(bytes(1000))
    opened, _ = runs.writing(tmp_path)
    assert make_room(opened, tmp_path / store.POSES, taken(tmp_path)) == []
    make_room(opened, tmp_path / store.POSES, taken(tmp_path) - 1)
    opened.close()
    assert not lost.exists()
    assert all(has_log for _, has_log, _ in left(tmp_path))


def test_the_end_of_a_run_makes_room(tmp_path: Path) -> None:
    """By itself, and what is gone is not offered as the latest key points."""
    keep(tmp_path, 2)
    with runs.reading(tmp_path) as opened:
        uuid = opened.run(2)["uuid"]  # type: ignore[index]
    runs.log_path(tmp_path, uuid).write_bytes(bytes(11_000_000))
    keep(tmp_path, 1, largest_mb=10)
    assert [has_log for _, has_log, _ in left(tmp_path)] == [False, False, True]
    assert runs.latest_log(place=tmp_path) is not None
