"""``scripts/test-on-arm`` and ``scripts/test-picamera2``, as far as they go without a Debian root."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from arm_test import coaching, record
from arm_test.system import PROCESSORS
from debian_root import bare, host

ROOT = Path(__file__).parents[2]
RESULT: dict[str, Any] = {
    "suite": "bookworm",
    "date": "2026-01-31",
    "software": "0.1.0",
    "versions": {name: f"{name} of it" for _, name in record.ROWS},
    "coaching": [{"recording": "lean_side, pictures", "said": ["22.00 s Stand taller"], "apart_s": 0.2, "ok": True}],
    "tests": {
        "passed": 7,
        "failed": 1,
        "skipped": 2,
        "left_out": 3,
        "took_s": 600,
        "failures": {"tests/test_a.py::test_a": "assert 1 == 2"},
        "reasons": {"no camera; remedy: buy one": 2},
    },
}


@pytest.fixture
def _nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Not root, so that no system can be made."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    host.need_tools.cache_clear()
    yield
    host.need_tools.cache_clear()


@pytest.mark.usefixtures("_nobody")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("test-on-arm", [f"test-on-arm: {suite} skipped: " for suite in PROCESSORS]),
        ("test-picamera2", ["test-picamera2: skipped: "]),
    ],
)
def test_a_computer_that_cannot_is_told_why(
    script: str, said: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without root each says so, in one line for each system, and leaves with 0: nothing is wrong with the coach."""
    monkeypatch.setattr(sys, "argv", [script])
    assert runpy.run_path(str(ROOT / "scripts" / script))["main"]() == 0
    assert capsys.readouterr().out.splitlines() == [f"{line}making a Debian root needs root (sudo)" for line in said]


def test_a_part_is_not_recorded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is kept is the result of all tests: asked to record some only it says so, before it begins."""
    monkeypatch.setattr(sys, "argv", ["test-on-arm", "--record", "tests/panel"])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(ROOT / "scripts/test-on-arm"))["main"]()
    assert left.value.code == 2
    assert "--record goes with all tests" in capsys.readouterr().err


def test_both_systems_and_what_is_left_out_exist() -> None:
    """Every suite has its processor, and what is not run on Arm is there to be left out."""
    assert set(PROCESSORS) == set(bare.SUITES)
    left_out = runpy.run_path(str(ROOT / "scripts/test-on-arm"))["LEFT_OUT"]
    assert [path for path in left_out if not (ROOT / path).exists()] == []


def test_the_same_words_are_compared_by_time() -> None:
    """The same words in the same order differ by the largest difference in time; other words are not the same."""
    here = [(1.0, "Stand taller"), (30.0, "Good")]
    assert coaching.apart([], []) == 0.0
    assert coaching.apart(here, [(1.1, "Stand taller"), (29.5, "Good")]) == pytest.approx(0.5)
    assert coaching.apart(here, here[:1]) is None
    assert coaching.apart(here, here[::-1]) is None
    assert not coaching.Comparison("a", [], None).ok
    assert not coaching.Comparison("a", [], 1.1).ok
    assert coaching.Comparison("a", [], 0.9).ok


def test_what_is_said_is_what_has_words() -> None:
    """Cues, praise and notices are compared; what is only seen is not."""
    events = [{"t_s": 1.0, "kind": "fault_on"}, {"t_s": 2.0, "kind": "cue", "text": "Stand taller"}]
    assert coaching.spoken("".join(json.dumps(event) + "\n" for event in events)) == [(2.0, "Stand taller")]


def test_each_result_is_kept_until_the_next(tmp_path: Path) -> None:
    """A new result replaces its suite's last one, leaves the other suite's, and touches nothing outside its marks."""
    page = tmp_path / "arm.md"
    page.write_text(f"before\n{record.BEGIN}\n{record.END}\nafter\n")
    record.record(tmp_path, {**RESULT, "suite": "trixie"})
    record.record(tmp_path, RESULT)
    record.record(tmp_path, {**RESULT, "date": "2026-02-01"})
    text = page.read_text()
    assert text.startswith(f"before\n{record.BEGIN}\n")
    assert text.endswith(f"{record.END}\nafter\n")
    assert "|  | Bookworm | Trixie |" in text
    assert "| run on | 2026-02-01, Form Coach 0.1.0 | 2026-01-31, Form Coach 0.1.0 |" in text
    assert "7 passed, 1 failed, 2 skipped" in text
    assert "- `tests/test_a.py::test_a`" in text
    assert "| no camera | 2 | 2 |" in text
    assert "1 of 1 recordings" in text


def test_the_page_tells_what_was_kept() -> None:
    """`docs/arm.md` says what `docs/arm.json` holds, for both systems, and no folder of the computer it ran on."""
    kept = json.loads((ROOT / "docs/arm.json").read_text())
    assert set(kept) == set(PROCESSORS)
    page = (ROOT / "docs/arm.md").read_text()
    assert f"{record.BEGIN}\n{record.tell(list(kept.values()))}{record.END}" in page
    assert "/home/" not in page
    assert "/root" not in page


SUITE = """
import subprocess, sys
import pytest
def test_good(): pass
def test_bad(): assert 1 == 2
@pytest.mark.skip(reason="no camera")
def test_none(): pass
def test_film(replay): pass
def test_patience(): subprocess.run([sys.executable, "-c", "pass"], timeout=10, check=True)
@pytest.fixture
def replay(): return 1
"""


def test_the_result_of_a_suite_is_counted(tmp_path: Path) -> None:
    """Each outcome is counted, failures and reasons are kept in full, and what coaches whole films is left out."""
    (tmp_path / "test_some.py").write_text(SUITE)
    (tmp_path / "test_broken.py").write_text("import nothing_of_that_name\n")
    result = tmp_path / "result.json"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "arm_test.plugin",
        "-p",
        "no:terminal",
        "--continue-on-collection-errors",
    ]
    done = subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", tmp_path, f"--result={result}", tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(result.read_text())
    assert (told["passed"], told["failed"], told["skipped"], told["left_out"]) == (2, 2, 1, 1)
    assert sorted(told["failures"]) == ["test_broken.py", "test_some.py::test_bad"]
    assert "assert 1 == 2" in told["failures"]["test_some.py::test_bad"]
    assert told["reasons"] == {"no camera": 1}
    assert "✗ test_some.py::test_bad" in done.stdout
