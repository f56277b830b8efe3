"""The command scripts/treadmill, as far as it goes without OpenGL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from synthetic import checking, matrix
from synthetic.clips import CLIPS

TREADMILL = Path(__file__).resolve().parents[3] / "scripts" / "treadmill"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/treadmill."""
    command = [sys.executable, str(TREADMILL), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_list_names_every_clip() -> None:
    """list shows every clip that ships, and list test every clip of the scorecard."""
    done = run("list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(CLIPS)
    names = [clip.name for clip in matrix.clips("test", "full")]
    assert [line.split()[0] for line in run("list", "test").stdout.splitlines()] == names


@pytest.mark.parametrize("name", ["demo", "nobody", "dev-side-00-clean"])
def test_describe_prints_what_render_reads(name: str, tmp_path: Path) -> None:
    """The printed description is a file that reads back as the clip."""
    file = tmp_path / "x.toml"
    file.write_text(run("describe", name).stdout, encoding="utf-8")
    assert checking.read(file).name == name


def test_unknown_clips_are_all_named() -> None:
    """Unknown clips end with status 2, one line each."""
    done = run("render", "demmo", "dev-side-99", "none.toml")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 3
    for name in ("demmo", "dev-side-99", "none.toml"):
        assert name in done.stderr


def test_bad_description_gives_all_reasons(tmp_path: Path) -> None:
    """A description that is wrong in two ways ends with status 2 and two lines that name file and place."""
    file = tmp_path / "bad.toml"
    file.write_text("duration_s = 0.1\n[sensor]\nfps = 1000\n")
    done = run("render", str(file))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all("bad.toml" in line for line in lines)


def test_nothing_to_render_is_said() -> None:
    """render without a clip says what to do."""
    done = run("render")
    assert done.returncode == 2
    assert "--all" in done.stderr
