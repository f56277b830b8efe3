"""scripts/score as it is called: what it refuses, and what remains when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from handmade import ROOT, empty_film, record, write

from device.poses.log import KeypointLog

COMMAND = [sys.executable, str(ROOT / "scripts" / "score")]


def score(*arguments: str | Path, limit_kb: int | None = None) -> subprocess.CompletedProcess[str]:
    """Call it."""
    command = [*COMMAND, *map(str, arguments)]
    if limit_kb is not None:
        command = ["bash", "-c", f'ulimit -f {limit_kb}; exec "$@"', "-", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_it_scores_a_folder_of_films(tmp_path: Path) -> None:
    """The numbers go to the terminal, files only where asked for; the second time nothing is found anew."""
    films = tmp_path / "films"
    films.mkdir()
    empty_film(films, "a")
    done = score("--clips", films, "--cache", tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert "overall" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "films"]
    (kept,) = (tmp_path / "cache" / "poses").iterdir()
    stamp = kept.stat().st_mtime_ns
    done = score("--clips", films, "--cache", tmp_path / "cache", "--out", tmp_path / "card.md")
    assert done.returncode == 0, done.stderr
    assert kept.stat().st_mtime_ns == stamp
    assert json.loads((tmp_path / "card.json").read_text())["made_from"]["clips"] == 1


def test_bad_films_are_all_named_at_once(tmp_path: Path) -> None:
    """Film without truth, truth without film, foreign and broken ones of each: a line for each, exit code 2."""
    empty_film(tmp_path, "good")
    empty_film(tmp_path, "alone").with_suffix(".json").unlink()
    write(tmp_path, record(1.0, clip="filmless"))
    empty_film(tmp_path, "foreign").with_suffix(".json").write_text('{"clip": "foreign"}')
    empty_film(tmp_path, "broken").with_suffix(".json").write_text("{")
    empty_film(tmp_path, "nofilm").write_bytes(b"no film at all")
    odd = record(1.0, clip="odd", faults=[("lean_hips", 0, 1, 1)])
    odd["faults"][0]["kind"] = "limping"
    odd["view"] = "behind"
    write(tmp_path, odd)
    done = score("--clips", tmp_path, "--cache", tmp_path / "cache")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    wrong = ("alone.json", "filmless.mp4", "foreign.json", "broken.json", "nofilm.mp4", "'limping'", "'behind'")
    for words in wrong:
        assert sum(words in line for line in lines) == 1, (words, done.stderr)
    assert len(lines) == len(wrong)
    assert "good" not in done.stderr


def test_a_truth_of_another_film_is_named(tmp_path: Path) -> None:
    """Same name, other size: found once the film was looked at."""
    path = empty_film(tmp_path, "a")
    made = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**made, "width_px": 99}))
    done = score("--clips", tmp_path, "--cache", tmp_path / "cache")
    assert done.returncode == 2
    assert "a: the truth is of another film: 99×48, not 64×48" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--splt", "dev"], "unrecognized arguments"),
        (["--split", "train"], "invalid choice"),
        (["--jobs", "0"], "must be 1 to 256"),
        (["--split", "dev", "--clips", "."], "not allowed with"),
        (["--out", "card.txt"], "must end in .md"),
        (["--model", "none.tflite"], "there is no such model file"),
        (["--clips", "nowhere"], "no films"),
    ],
)
def test_wrong_usage_is_refused(arguments: list[str], words: str) -> None:
    """With exit code 2, before anything is done."""
    done = score(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_foreign_model_is_told_as_the_product_tells_it(tmp_path: Path) -> None:
    """One line, exit code 4."""
    empty_film(tmp_path, "a")
    model = tmp_path / "model.tflite"
    model.write_bytes(b"not a model")
    done = score("--clips", tmp_path, "--cache", tmp_path / "cache", "--model", model)
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1
    assert "not a TensorFlow Lite model" in done.stderr


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    """No half file remains."""
    films = tmp_path / "films"
    films.mkdir()
    empty_film(films, "a", seconds=8.0)
    done = score("--clips", films, "--cache", tmp_path / "cache", limit_kb=1)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "no space left on the disk" in done.stderr
    assert list((tmp_path / "cache" / "poses").iterdir()) == []


def test_stopped_it_keeps_what_was_finished_and_goes_on(tmp_path: Path) -> None:
    """Only whole files remain, it ends soon, and the next call scores all."""
    films, poses = tmp_path / "films", tmp_path / "cache" / "poses"
    films.mkdir()
    for number in range(10):
        empty_film(films, f"f{number}", seconds=6.0, tall=32 + 2 * number)
    command = [*COMMAND, "--clips", str(films), "--cache", str(tmp_path / "cache"), "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not list(poses.glob("[!.]*.npz")):
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "start again" in told
    assert "Traceback" not in told
    kept = list(poses.glob("[!.]*.npz"))
    assert 0 < len(kept) < 10
    assert all(len(KeypointLog(path).t_s) == 60 for path in kept)
    done = score("--clips", films, "--cache", tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert len(list(poses.glob("[!.]*.npz"))) == 10
