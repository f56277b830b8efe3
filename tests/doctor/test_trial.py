"""Checks are run so that none can harm the others: these hang, crash, chatter and leave children behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import PYTHON, ROOT

CHECKS = """
import ctypes, json, os, signal, subprocess, sys, time
from device.doctor import Check, Result, bad, none, ok, warn
from device.doctor.trial import examine
from device.errors import SourceError

def chatters():
    print("libcamera says hello")
    os.write(2, b"and goes on\\n")
    return ok("fine")
def fails():
    raise ZeroDivisionError("by zero")
def expected():
    raise SourceError("the camera is gone; remedy: plug it in")
def hangs():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(100)
def hangs_with_pythons_lock():
    ctypes.PyDLL(None).sleep(100)
def crashes():
    os.write(2, b"Illegal operand in layer 7\\n")
    os.kill(os.getpid(), signal.SIGILL)
def leaves():
    sys.exit("no answer")
def children():
    child = subprocess.Popen(["sleep", "100"])
    return ok(str(child.pid))
def reads():
    return ok(repr(sys.stdin.read()))
"""


def examined(*functions: str, limit_s: float = 20.0) -> list[tuple[str, str, str]]:
    """State, detail and remedy of checks, run one after another in a process of their own."""
    names = ", ".join(functions)
    script = f"""{CHECKS}
found = [examine(Check("it", run, {limit_s}, "unplug it"))[0] for run in ({names},)]
print(json.dumps([[result.state, result.detail, result.remedy] for result in found]))
"""
    done = subprocess.run([PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return [tuple(result) for result in json.loads(done.stdout)]


def test_what_a_check_finds_comes_back() -> None:
    """Each of the four states, with its texts; and a long one."""
    made = ('lambda: ok("1")', 'lambda: warn("2", "a")', 'lambda: bad("3", "b")', 'lambda: none("4")')
    long = 'lambda: ok("x" * 1_000_000)'
    assert examined(*made, long) == [
        ("ok", "1", ""),
        ("warn", "2", "a"),
        ("bad", "3", "b"),
        ("none", "4", ""),
        ("ok", "x" * 1_000_000, ""),
    ]


def test_the_remedy_within_an_error_is_taken() -> None:
    """Errors that name their own remedy are shown with that one."""
    assert examined('lambda: bad("no card; remedy: plug one in", "look")', "expected") == [
        ("bad", "no card", "plug one in"),
        ("bad", "the camera is gone", "plug it in"),
    ]


def test_chatter_is_not_shown() -> None:
    """What libraries print does not mix with the findings, and nobody can be asked."""
    assert examined("chatters", "reads") == [("ok", "fine", ""), ("ok", "''", "")]


@pytest.mark.parametrize("check", ["hangs", "hangs_with_pythons_lock"])
def test_a_check_that_hangs_is_given_up(check: str) -> None:
    """When its time is over it is told as hanging, with what to do, and the next one has its turn."""
    began_s = time.monotonic()
    hung, fine = examined(check, 'lambda: ok("next")', limit_s=1.0)
    assert hung == ("bad", "hangs: no answer within 1 s", "unplug it")
    assert fine == ("ok", "next", "")
    assert time.monotonic() - began_s < 20


def test_a_crash_is_a_finding() -> None:
    """A runtime that crashes is told with the signal and its last words; the next check has its turn."""
    crashed, left, fine = examined("crashes", "leaves", 'lambda: ok("next")')
    assert crashed[:2] == ("bad", "crashes (SIGILL): Illegal operand in layer 7")
    assert left[0] == "bad"
    assert "without an answer" in left[1]
    assert crashed[2]
    assert fine == ("ok", "next", "")


def test_a_check_that_fails_is_a_finding() -> None:
    """An error that nobody foresaw is told in one line."""
    ((state, detail, remedy),) = examined("fails")
    assert (state, detail) == ("bad", "the check failed: ZeroDivisionError: by zero")
    assert remedy


def test_children_end_with_the_check() -> None:
    """What a check started does not go on after it."""
    ((state, child, _),) = examined("children")
    assert state == "ok"
    until_s = time.monotonic() + 10
    while alive(int(child)):
        assert time.monotonic() < until_s, "the child goes on"
        time.sleep(0.05)


def test_ctrl_c_ends_the_check_as_well(tmp_path: Path) -> None:
    """Whoever loses patience leaves nothing behind."""
    script = f"""{CHECKS}
def tells_and_hangs():
    open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()) + ".")
    hangs()
examine(Check("it", tells_and_hangs, 60.0))
"""
    with subprocess.Popen([PYTHON, "-c", script], cwd=ROOT, stderr=subprocess.DEVNULL) as doctor:
        until_s = time.monotonic() + 20
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().endswith("."):
            assert time.monotonic() < until_s
            time.sleep(0.02)
        doctor.send_signal(signal.SIGINT)
        doctor.wait(20)
    assert not alive(int((tmp_path / "pid").read_text()[:-1]))


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its remains that nobody collects."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
