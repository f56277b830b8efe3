"""Exports open in other tools as docs/runs.md says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from acted import BASELINE, Act, about, moments
from conftest import ROOT, form_coach

from device.poses.log import KeypointLog
from device.runs import store
from device.runs.recorder import RunsOutput
from device.runs.schema import MIGRATIONS

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "runs.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a run in it."""
    made = tmp_path_factory.mktemp("state")
    output = RunsOutput(made, about())
    for moment in moments(60.0, acted={0.0: Act(), 15.0: Act(baseline=BASELINE), 30.0: Act(lean_deg=12.0)}):
        output.add(None, moment)
    output.close()
    return made


def export(folder: Path, *options: str | Path) -> None:
    done = form_coach("runs", "export", "last", *options, env={**os.environ, "STATE_DIRECTORY": str(folder)})
    assert done.code == 0, done.err


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_work(folder: Path, tmp_path: Path, example: str) -> None:
    """As they stand in docs/runs.md, after the exports named there."""
    pytest.importorskip("pandas", reason="needs pandas, which is for who reads exports")
    export(folder, "--format", "csv", "-o", tmp_path / "run.csv")
    export(folder, "--format", "json", "-o", tmp_path / "run.json")
    export(folder, "--format", "npz", "-o", tmp_path / "run.npz")
    (tmp_path / store.NAME).symlink_to(folder / store.NAME)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "Empty" not in done.stdout
    assert done.stdout.strip()


def test_there_are_examples() -> None:
    """One for each format, and one for the database itself."""
    text = "".join(EXAMPLES)
    for name in ("run.csv", "run.json", "run.npz", store.NAME):
        assert name in text


def test_csv_is_a_table_with_names(folder: Path, tmp_path: Path) -> None:
    """Empty where not known, the columns as documented."""
    export(folder, "--format", "csv", "-o", tmp_path / "run.csv")
    head, *rows = (tmp_path / "run.csv").read_text().splitlines()
    assert head.startswith("run,stride,t_s,view,")
    assert len(rows) == 80 or len(rows) == 79
    assert {len(row.split(",")) for row in rows} == {len(head.split(","))}
    assert rows[0].split(",")[head.split(",").index("twist")] == ""
    export(folder, "--format", "csv", "--table", "episodes", "-o", tmp_path / "episodes.csv")
    assert (tmp_path / "episodes.csv").read_text().splitlines()[1] == "1,1,forward_lean,,30.0,,12.0,8.0,"


def test_json_holds_all_tables(folder: Path, tmp_path: Path) -> None:
    """In one record, with null where not known and what is JSON itself as it is."""
    export(folder, "--format", "json", "-o", tmp_path / "run.json")
    record = json.loads((tmp_path / "run.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert (record["format"], record["version"]) == ("form-coach run", 1)
    assert record["run"]["closed"] == "end"
    assert record["baselines"][0]["json"]["strides"] == 12
    assert "[camera]" in record["settings"]
    assert set(store.TABLES) <= set(record)


def test_key_points_are_a_source_of_replay(folder: Path, tmp_path: Path) -> None:
    """The export is a key-point log."""
    export(folder, "--format", "npz", "-o", tmp_path / "run.npz")
    log = KeypointLog(tmp_path / "run.npz")
    assert len(log.t_s) == 600
    assert log.trouble is None
    done = form_coach("replay", tmp_path / "run.npz")
    assert done.code == 0
    assert "Runner seen" in done.out


def test_every_column_is_documented() -> None:
    """docs/runs.md names each table and each of its columns."""
    text = (ROOT / "docs" / "runs.md").read_text()
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\n?\)", "".join(sql for _, sql in MIGRATIONS), re.DOTALL):
        section = text.split("## Tables")[1]
        assert f"### {table}" in section or f"`{table}`" in section, table
        for column in re.findall(r"^    ([a-z_0-9]+) (?:TEXT|REAL|INTEGER)", body, re.MULTILINE):
            assert f"`{column}`" in section, f"{table}.{column}"
