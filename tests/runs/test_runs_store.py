from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from acted import about, gatherer, moments

from device import runs
from device.runs import schema, store
from device.runs.archive import Archive
from device.runs.recorder import RunsOutput
from device.runs.store import DamagedError, ForeignError, Store, StoreError

SCHEMAS = Path(__file__).parent / "schemas"


def kept(folder: Path, count: int = 1, **settings: object) -> Path:
    """A folder with some runs."""
    for _ in range(count):
        output = RunsOutput(folder, about(**settings), begun=1.8e9)
        for moment in moments(30.0):
            output.add(None, moment)
        output.close()
    return folder / store.NAME


def shape(db: sqlite3.Connection) -> set[str]:
    """Every table and index of a database, as SQL without its layout."""
    return {" ".join(sql.split()) for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


@pytest.mark.parametrize("version", sorted(SCHEMAS.glob("*.sql")), ids=lambda path: path.stem)
def test_every_earlier_schema_is_brought_up_to_date(tmp_path: Path, version: Path) -> None:
    """A database of each version, with a run in it, becomes what a new one is, and the run can still be read."""
    path = tmp_path / store.NAME
    with sqlite3.connect(path) as db:
        db.executescript(version.read_text())
    db.close()
    with Store(path) as opened:
        assert opened.listed()[0]["id"] == 1
        assert opened.listed()[0]["out"] == {"forward_lean": 0.25}
        assert len(opened.table("strides", 1)) == 4
        assert opened.rows("SELECT level FROM pain") == [{"level": 4}]
    Store(tmp_path / "new.sqlite").close()
    with sqlite3.connect(path) as old, sqlite3.connect(tmp_path / "new.sqlite") as new:
        assert shape(old) == shape(new)


def test_every_migration_has_a_database_to_migrate_from() -> None:
    """Who adds a migration also keeps a database of that version."""
    assert {path.stem for path in SCHEMAS.glob("*.sql")} == {name for name, _ in schema.MIGRATIONS}


def test_a_released_migration_is_never_edited() -> None:
    """The first migration makes exactly the tables that version 1 had."""
    with sqlite3.connect(":memory:") as fresh, sqlite3.connect(":memory:") as released:
        fresh.isolation_level = None
        name, sql = schema.MIGRATIONS[0]
        fresh.executescript(sql)
        released.executescript((SCHEMAS / f"{name}.sql").read_text())
        assert shape(fresh) == {sql for sql in shape(released) if "migrations" not in sql}


def test_a_migration_is_there_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails in its middle leaves the database as it was, and can be tried again."""
    path = kept(tmp_path)
    good = "ALTER TABLE runs ADD COLUMN weather TEXT;\n"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("0002_weather", good + "CREATE nonsense;\n")))
    with pytest.raises(StoreError):
        Store(path)
    with sqlite3.connect(path) as db:
        assert "weather" not in "".join(shape(db))
        assert schema.missing(db) == ["0002_weather"]
    monkeypatch.setattr(schema, "MIGRATIONS", (schema.MIGRATIONS[0], ("0002_weather", good)))
    with Store(path) as opened:
        assert opened.listed()[0]["weather"] is None
        assert opened.rows("SELECT name FROM migrations ORDER BY name")[-1]["name"] == "0002_weather"


def test_a_reader_says_so_when_the_database_is_older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading changes nothing, a migration included."""
    path = kept(tmp_path)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("0002_more", "CREATE TABLE more (a);\n")))
    with pytest.raises(StoreError, match="older Form Coach; start the coach once"):
        Store(path, read_only=True)


def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    """What a newer version wrote is neither changed nor moved, by reader or writer, and the message says what to do."""
    path = kept(tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO migrations VALUES ('0099_future', '2099-01-01T00:00:00Z')")
    db.close()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(ForeignError, match=r"newer Form Coach \(0099_future\).*update"):
            Store(path, read_only=read_only)
    with pytest.raises(ForeignError):
        runs.writing(tmp_path)
    with pytest.raises(ForeignError):
        kept(tmp_path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.damaged*"))


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A file of that name that is not ours is neither used nor moved."""
    path = tmp_path / store.NAME
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE songs (title)")
    db.close()
    with pytest.raises(ForeignError, match="no file of runs; it is left alone"):
        Store(path)


def _header(content: bytearray) -> None:
    content[:100] = b"\xff" * 100


def _middle(content: bytearray) -> None:
    content[4096 : len(content)] = bytes(reversed(content[4096:]))


def _text(content: bytearray) -> None:
    content[:] = b"this is no database at all\n" * 500


def _short(content: bytearray) -> None:
    del content[5000:]


@pytest.mark.parametrize("harm", [_header, _middle, _text, _short])
def test_a_damaged_database_is_moved_aside_and_a_new_one_begun(tmp_path: Path, harm: object) -> None:
    """Both are named, the damaged one is kept for whoever can save something, and the new run is there."""
    path = kept(tmp_path)
    content = bytearray(path.read_bytes())
    harm(content)  # type: ignore[operator]
    path.write_bytes(content)
    told: list[str] = []
    output = RunsOutput(tmp_path, about(), tell=told.append)
    for moment in moments(30.0):
        output.add(None, moment)
    output.close()
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == content
    assert len(told) == 1
    assert str(aside) in told[0]
    assert f"a new {path} is begun" in told[0]
    with runs.reading(tmp_path) as opened:
        assert [row["closed"] for row in opened.listed()] == ["end"]


def test_a_reader_of_a_damaged_database_changes_nothing(tmp_path: Path) -> None:
    """It says what will be done, and leaves that to the coach."""
    path = tmp_path / store.NAME
    path.write_bytes(b"damaged" * 1000)
    with pytest.raises(DamagedError, match=r"damaged .*the coach moves it aside"):
        runs.reading(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [store.NAME]


def test_who_changes_something_moves_a_damaged_database_aside_unless_a_run_is_on(tmp_path: Path) -> None:
    """A note about pain need not wait for the next run; but nothing is taken from under a coach at work."""
    path = tmp_path / store.NAME
    path.write_bytes(b"damaged" * 1000)
    busy = runs.lock(tmp_path)
    assert busy is not None
    with pytest.raises(DamagedError, match="a coach works with it"):
        runs.writing(tmp_path)
    runs.os.close(busy)
    opened, told = runs.writing(tmp_path)
    opened.close()
    assert told is not None
    assert str(next(tmp_path.glob("*.damaged-*"))) in told
    assert str(path) in told


def test_damage_that_shows_only_in_writing_costs_no_run(tmp_path: Path) -> None:
    """A page that goes bad after the look over at the start: the run goes on in a new database, from then on."""
    path = kept(tmp_path)
    told: list[str] = []
    archive = Archive(tmp_path, 10**9, lambda t_s: 1.8e9 + t_s, told.append)
    archive.tidy()
    archive.close()
    content = bytearray(path.read_bytes())
    _middle(content)
    path.write_bytes(content)
    followed = gatherer()
    for moment in moments(30.0):
        followed.step(moment)
    followed.end()
    (batch,) = followed.take()
    archive.write(batch)
    archive.close()
    assert len(told) == 1
    assert runs.reading(tmp_path).listed()[0]["duration_s"] == pytest.approx(29.9)


def test_two_coaches_do_not_write_runs_at_once(tmp_path: Path) -> None:
    """The second is told, and can keep its run as soon as that of the first is over."""
    first, second = RunsOutput(tmp_path, about()), RunsOutput(tmp_path, about())
    made = moments(30.0)
    for moment in made[:200]:
        first.add(None, moment)
    for moment in made[:80]:
        second.add(None, moment)
    with pytest.raises(StoreError, match="another Form Coach keeps a run there"):
        second.add(None, made[80])
    assert runs.reading(tmp_path).listed()[0]["closed"] == "open"
    first.close()
    second.close()
    assert len(runs.reading(tmp_path).listed()) == 2


def test_a_run_that_is_on_is_not_taken_for_one_that_was_cut_off(tmp_path: Path) -> None:
    """A coach that starts beside another leaves that one's run open."""
    first = RunsOutput(tmp_path, about())
    for moment in moments(30.0):
        first.add(None, moment)
    archive = Archive(tmp_path, 10**9, lambda t_s: 0.0)
    assert archive.tidy() == []
    assert runs.reading(tmp_path).listed()[0]["closed"] == "open"
    first.close()


def test_what_belongs_to_a_run_goes_with_it_and_pain_stays(tmp_path: Path) -> None:
    """Deleting leaves no rows behind, and no number is used again."""
    kept(tmp_path, 2)
    opened, _ = runs.writing(tmp_path)
    with opened.change() as db:
        db.execute("INSERT INTO pain (t_utc, level, run) VALUES ('2026-01-01T00:00:00Z', 4, 2)")
    opened.delete(2)
    for table in store.TABLES:
        assert opened.table(table, 2) == []
    assert opened.rows("SELECT level, run FROM pain") == [{"level": 4, "run": None}]
    opened.close()
    kept(tmp_path)
    assert [row["id"] for row in runs.reading(tmp_path).listed()] == [3, 1]


@pytest.mark.parametrize("level", [-1, 11])
def test_pain_beyond_its_scale_cannot_be_kept(tmp_path: Path, level: int) -> None:
    """Whatever a command lets through, the database does not."""
    opened, _ = runs.writing(tmp_path)
    with pytest.raises(StoreError), opened.change() as db:
        db.execute("INSERT INTO pain (t_utc, level) VALUES ('2026-01-01T00:00:00Z', ?)", (level,))
    assert opened.rows("SELECT * FROM pain") == []


@pytest.mark.parametrize("name", ["0", "7", "-1", "first", "1.0", "", "9" * 40, "²"])
def test_an_unknown_run_is_named_with_what_there_is(tmp_path: Path, name: str) -> None:
    """The message says which is the last."""
    kept(tmp_path)
    with runs.reading(tmp_path) as opened, pytest.raises(runs.UsageError, match="the last one is 1"):
        runs.number(opened, name)


def test_a_reader_without_the_right_to_write_reads_all_the_same(tmp_path: Path) -> None:
    """Whoever may read the service's folder can list its runs."""
    if runs.os.geteuid() == 0:
        pytest.skip("root may write everywhere; the kept-in-another-user's-folder case is tried with a read-only mount")
    kept(tmp_path)
    tmp_path.chmod(0o555)
    try:
        assert len(runs.reading(tmp_path).listed()) == 1
    finally:
        tmp_path.chmod(0o755)


def test_ten_thousand_runs_are_listed_at_once(tmp_path: Path) -> None:
    """All of them in well under the time that anybody notices; the bound leaves room for a busy computer."""
    opened, _ = runs.writing(tmp_path)
    with opened.change() as db:
        db.execute("INSERT INTO settings VALUES ('s', '')")
        for number in range(1, 10_001):
            db.execute(
                "INSERT INTO runs (uuid, clock_ok, closed, duration_s, seen_s, running_s, steps, view, software, model,"
                " model_sha256, settings_sha256) VALUES (?, 1, 'end', 1800, 1800, 1800, 5000, 'side', '', '', '', 's')",
                (f"run-{number}",),
            )
            for fault in ("forward_lean", "hunched_shoulders", "torso_twist"):
                db.execute("INSERT INTO tallies VALUES (?, ?, 1800, 100, 2400, 100, 3.0, 2, 2)", (number, fault))
    begun_s = time.monotonic()
    found = opened.listed()
    assert time.monotonic() - begun_s < 5.0
    assert len(found) == 10_000
    assert found[0]["out"]["torso_twist"] == pytest.approx(100 / 2400)
