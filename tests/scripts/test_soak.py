"""scripts/soak: a short day through the live coach."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT


def test_half_an_hour_with_things_going_wrong() -> None:
    """Memory, threads and files stay, every cue is spoken, nothing unforeseen; of memory a short day tells little."""
    soak = [sys.executable, str(ROOT / "scripts" / "soak"), "--hours", "0.5"]
    done = subprocess.run(soak, capture_output=True, text=True, timeout=300, check=False)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("✗") and " memory " not in line] == [], done.stderr
    assert sum(line.startswith("✓") for line in lines) >= 6
    assert "What went wrong on purpose: " in lines[-1]
