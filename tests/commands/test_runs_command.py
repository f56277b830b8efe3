from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import Done, form_coach

from device.columns import columns
from device.runs import archive, store, writing

RUN = (
    "INSERT INTO runs (uuid, runner, begun_utc, clock_ok, closed, duration_s, seen_s, running_s, seen_share, steps,"
    " cadence_spm, view, azimuth_deg, confidence, software, model, model_sha256, settings_sha256)"
    " VALUES (?, ?, ?, ?, ?, 1800, 1790, ?, 0.99, 5000, 171.4, ?, -45.2, 0.8, '0.1.0', 'movenet', 'ab12', 'cd34')"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state folder with runs of all kinds."""
    state = tmp_path / "state"
    state.mkdir()
    opened, _ = writing(state)
    with opened.change() as db:
        db.execute(RUN, ("a", "", None, 0, "power", 3725.0, "side"))
        db.execute(RUN, ("b", "anna", "2026-10-08T17:03:20Z", 1, "end", 1750.0, "oblique"))
        db.execute(RUN, ("c", "name-as-long-as-they-may-be-31-x", "2026-10-09T17:03:20Z", 1, "open", 6.0, ""))
        for run in (1, 2):
            db.execute("INSERT INTO tallies VALUES (?, 'forward_lean', 1700, 30, 2400, 2400, 7.5, 2, 1)", (run,))
            db.execute("INSERT INTO tallies VALUES (?, 'torso_twist', 0, 0, 0, 0, NULL, 0, 0)", (run,))
        db.execute("INSERT INTO cues VALUES (2, 1, 41.0, 'cue', 'forward_lean', 'Stand \x1b[31mtaller', '', 9, 8, 52)")
        db.execute("INSERT INTO pain (t_utc, level, run) VALUES ('2026-10-08T19:00:00Z', 4, 2)")
    opened.close()
    return state


def runs(folder: Path, *arguments: str | Path, **env: str) -> Done:
    return form_coach(
        "runs", *arguments, env={**os.environ, "STATE_DIRECTORY": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8", **env}
    )


def test_the_list_is_readable_at_80_columns(folder: Path) -> None:
    """The newest first, with what is not known as a dash, and what is special marked."""
    done = runs(folder)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert all(columns(line) <= 80 for line in lines), lines
    assert [line.split()[0] for line in lines[2:5]] == ["3*", "2", "1!"]
    assert "2026-10-08 17:03" in lines[3]
    assert "100 %" in lines[3]
    assert "date unknown" in lines[4]
    assert "1:02:05" in lines[4]
    assert [line[:2] for line in lines[5:]] == ["* ", "! "], "what the marks mean"
    assert runs(folder, "list").out == done.out


def test_the_list_can_be_shortened(folder: Path) -> None:
    """To so many, or to one runner's."""
    assert runs(folder, "list", "-n", "1").out.splitlines()[2].split()[0] == "3*"
    assert "date unknown" not in runs(folder, "--runner", "anna").out
    assert "no runs of bob" in runs(folder, "--runner", "bob").out
    assert runs(folder, "-n", "-1").code == 2


def test_a_run_is_shown_with_its_numbers(folder: Path) -> None:
    """And what was said, without what would harm a terminal."""
    done = runs(folder, "show", "2")
    assert done.code == 0, done.err
    assert "Run 2, anna, 2026-10-08 17:03" in done.out
    assert "Running 29:10 of 30:00, 171 steps/min" in done.out
    assert "100 % of strides out of limits, 2 cues, 1 mended" in done.out
    assert "torso twist         not watched" in done.out
    assert "mended at 00:52" in done.out
    assert "\x1b" not in done.out
    assert all(columns(line) <= 80 for line in done.out.splitlines())


def test_the_last_run_is_shown_unless_another_is_named(folder: Path) -> None:
    """``last`` is the newest, also one that is empty but for its line."""
    done = runs(folder, "show")
    assert done.out.startswith("Run 3, ")
    assert done.out == runs(folder, "show", "last").out
    assert "still on" in done.out


@pytest.mark.parametrize("action", ["show", "export", "delete"])
def test_an_unknown_run_is_told(folder: Path, action: str) -> None:
    """With which is the last."""
    more = ("--format", "csv", "-o", "-") if action == "export" else ()
    done = runs(folder, action, "99", *more)
    assert done.code == 2
    assert "there is no run '99'; the last one is 3" in done.err


@pytest.mark.parametrize("action", [(), ("list",)])
def test_no_runs_yet_is_no_error(tmp_path: Path, action: tuple[str, ...]) -> None:
    """Nothing is made by looking."""
    done = runs(tmp_path, *action)
    assert (done.code, done.out) == (0, "no runs yet\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "action", [("show",), ("delete", "1"), ("prune",), ("export", "1", "--format", "csv", "-o", "-")]
)
def test_what_needs_a_run_says_that_there_is_none(tmp_path: Path, action: tuple[str, ...]) -> None:
    """And makes no file."""
    done = runs(tmp_path, *action)
    assert done.code in (2, 3)
    assert "no runs yet" in done.err
    assert list(tmp_path.iterdir()) == []


def test_deleting_forgets_the_run_and_its_key_points_and_keeps_the_pain(folder: Path) -> None:
    """Only that run's."""
    poses = folder / store.POSES
    poses.mkdir()
    for name in ("a", "b"):
        (poses / f"{name}.poses").write_bytes(b"form-coach poses 1\n")
    done = runs(folder, "delete", "2")
    assert (done.code, done.out) == (0, "run 2 is forgotten\n")
    assert [path.name for path in poses.iterdir()] == ["a.poses"]
    opened, _ = writing(folder)
    assert [row["id"] for row in opened.listed()] == [3, 1]
    assert opened.rows("SELECT level, run FROM pain") == [{"level": 4, "run": None}]
    opened.close()


def test_a_run_that_is_on_cannot_be_deleted(folder: Path) -> None:
    """Unless nobody is at it any more."""
    busy = archive.lock(folder)
    assert busy is not None
    done = runs(folder, "delete", "3")
    assert done.code == 2
    assert "run 3 is still on" in done.err
    os.close(busy)
    assert runs(folder, "delete", "3").code == 0


def test_pruning_says_what_went(folder: Path) -> None:
    """Or that nothing had to."""
    assert "nothing to do" in runs(folder, "prune").out
    poses = folder / store.POSES
    poses.mkdir()
    (poses / "a.poses").write_bytes(bytes(2_000_000))
    done = runs(folder, "prune", "--largest-mb", "1")
    assert (done.code, done.out) == (0, "gone: key points of run 1\n")
    assert runs(folder, "prune", "--largest-mb", "0").code == 2


def test_a_damaged_database_is_told_and_left_to_the_coach(tmp_path: Path) -> None:
    """Reading moves nothing; changing something does, and names both files."""
    path = tmp_path / store.NAME
    path.write_bytes(b"damaged" * 1000)
    done = runs(tmp_path)
    assert done.code == 3
    assert str(path) in done.err
    assert "damaged" in done.err
    done = runs(tmp_path, "prune")
    assert f"a new {path} is begun" in done.err
    assert "no runs yet" in runs(tmp_path, "list").out


def test_an_export_that_cannot_be_written_says_so(folder: Path) -> None:
    """Before anything is made, with the path."""
    done = runs(folder, "export", "2", "--format", "csv", "-o", folder / "none" / "run.csv")
    assert done.code == 2
    assert "there is no folder" in done.err
    done = runs(folder, "export", "2", "--format", "npz", "-o", folder / "run.npz")
    assert done.code == 2
    assert "run 2 has no key points" in done.err
    assert not (folder / "run.npz").exists()
    assert runs(folder, "export", "2", "--format", "npz", "-o", "-").code == 2


AS_NOBODY = """
import locale, os, shutil, sys
from device import config, runs
from device.cli import main
from device.commands import runs as command
from device.runs import archive, exports, room
os.setegid(65534); os.seteuid(65534)
sys.exit(main(sys.argv[1:]))
"""


def test_another_user_may_read_and_is_sent_to_sudo_to_change_anything(folder: Path) -> None:
    """A write-ahead log of somebody else's would shut the service out of its own runs."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to be somebody else")
    with TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        shutil.copy(folder / store.NAME, place)
        env = {**os.environ, "STATE_DIRECTORY": place, "TZ": "UTC"}
        for arguments, code, said in (
            (["runs"], 0, "2026-10-08 17:03"),
            (["runs", "delete", "2"], 2, "belongs to another user: run this with sudo"),
        ):
            done = subprocess.run(
                [sys.executable, "-c", AS_NOBODY, *arguments], env=env, capture_output=True, text=True, check=False
            )
            assert (done.returncode, said in done.stdout + done.stderr) == (code, True), done
        assert [path.name for path in Path(place).iterdir()] == [store.NAME]
