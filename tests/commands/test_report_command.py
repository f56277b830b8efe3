"""``form-coach report``."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

import pytest
import reported_runs
from advised import Household, household
from reported_runs import Made

from device import runs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Household:
    """A household without runs, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return household(tmp_path, monkeypatch, capsys)


def kept(home: Household, made: Made, poses: bool = False) -> int:
    """Keep a run; its number comes back."""
    with home.store() as store:
        return reported_runs.add(store, made, home.folder / "state" if poses else None)


def test_the_last_run_in_a_file(home: Household) -> None:
    """One file in this folder, whose name is printed; nothing else is written, and nothing is changed."""
    kept(home, Made())
    number = kept(home, Made(minutes=3, spells=()), poses=True)
    before = (home.folder / "state" / "runs.sqlite").read_bytes()
    assert home("report") == f"report-{number}.html\n"
    assert (home.code, home.err) == (0, "")
    text = Path(f"report-{number}.html").read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "Worst for" in text
    assert (home.folder / "state" / "runs.sqlite").read_bytes() == before
    assert [path.name for path in home.folder.glob("*.html*")] == [f"report-{number}.html"]


def test_another_run_elsewhere(home: Household) -> None:
    """A run by its number, to a file that is named, in whose place the new one comes; or to the terminal."""
    number = kept(home, Made(minutes=2, spells=()))
    kept(home, Made(minutes=1, spells=()))
    target = home.folder / "mine.html"
    target.write_text("before")
    assert home("report", number, "-o", target) == f"{target}\n"
    assert "of running" in target.read_text()
    assert home("report", number, "-o", "-") == target.read_text()


def test_opened(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """--open shows it in the browser; where there is none it says where the file is, and that is no failure."""
    kept(home, Made(minutes=1, spells=()))
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(shown.append(url)))
    home("report", "--open")
    assert shown == [(home.folder / "report-1.html").as_uri()]
    assert home.code == 0
    assert str(home.folder / "report-1.html") in home.err
    assert "needs a file" in home.refused("report", "--open", "-o", "-")


def test_key_points_that_are_not_kept(home: Household) -> None:
    """Without them, or with damaged ones, the report says so in place of the picture."""
    number = kept(home, Made(minutes=2, spells=()), poses=True)
    with home.store() as store:
        row = store.run(number)
    assert row is not None
    log = runs.log_path(home.folder / "state", row["uuid"])
    log.write_bytes(b"something else")
    assert "cannot be read, so there is no picture" in home("report", "-o", "-")
    assert "no compact key-point log" in home.err
    log.unlink()
    assert "are not kept (any more)" in home("report", "-o", "-")


def test_whose_run(home: Household) -> None:
    """The last run is that of the runner in use; another's is asked for by name."""
    kept(home, Made(minutes=1, spells=(), runner=""))
    other = kept(home, Made(minutes=1, spells=(), runner="ada"))
    assert home("report") == "report-1.html\n"
    assert "say --runner ada" in home.refused("report", other)


def test_errors_in_words(home: Household) -> None:
    """No runs yet, an unknown run, a file that cannot be written, a damaged database: one line, no traceback."""
    assert home("report") == ""
    assert (home.code, "there are no runs yet" in home.err) == (3, True)
    kept(home, Made(minutes=1, spells=()))
    for name in ("99", "-1", "first", "1e3"):
        assert "there is no run" in home.refused("report", "--", name)
    assert "nowhere" in home.refused("report", "-o", home.folder / "nowhere" / "r.html")
    (home.folder / "state" / "runs.sqlite").write_bytes(b"SQLite format 3\0" + b"damaged" * 1000)
    assert home("report") == ""
    assert (home.code, "is damaged" in home.err) == (3, True)


def test_without_the_library(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing matplotlib is said in one line, with what to do."""
    kept(home, Made(minutes=1, spells=()))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert home("report") == ""
    assert home.code == 1
    assert "needs matplotlib" in home.err
    assert "scripts/setup" in home.err


def test_no_other_command_loads_the_library() -> None:
    """It takes its time to load, on a Pi: only the report does."""
    code = "import sys, device.cli; device.cli._parser(); print([name for name in sys.modules if 'matplotlib' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("own_style", [False, True])
def test_a_matplotlib_of_ones_own(home: Household, tmp_path: Path, own_style: bool) -> None:
    """The user's own style, and a home that cannot be written to, change nothing and say nothing."""
    kept(home, Made(minutes=2, spells=()))
    plain = home("report", "-o", "-")
    if own_style:
        (tmp_path / "matplotlibrc").write_text("text.usetex: True\naxes.facecolor: red\nfont.size: 40\n")
    state = {"STATE_DIRECTORY": str(home.folder / "state"), "HOME": "/proc/nowhere", "XDG_CONFIG_HOME": "/proc/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "device", "report", "-o", "-"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin",
            "PYTHONPATH": str(ROOT),
            "RUNTIME_DIRECTORY": str(tmp_path),
            **state,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout == plain


def test_two_hours_and_ten_thousand_runs(home: Household) -> None:
    """A long run among many takes some seconds."""
    kept(home, Made(minutes=120))
    path = home.folder / "state" / "runs.sqlite"
    with sqlite3.connect(path) as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(runs)") if row[1] not in ("id", "uuid")]
        columns = ", ".join(names)
        for place in range(10_000):
            db.execute(f"INSERT INTO runs (uuid, {columns}) SELECT 'x{place}', {columns} FROM runs WHERE id = 1")
        db.execute("INSERT INTO tallies SELECT runs.id, fault, watched_s, on_s, strides, out_strides, value_mean, cues,"
                   " mended FROM tallies, runs WHERE run = 1 AND runs.id > 1")  # fmt: skip
    started = time.monotonic()
    assert home("report", "1") == "report-1.html\n"
    first = time.monotonic() - started
    assert home("report") == "report-10001.html\n"
    assert first < 30
