"""scripts/link_load, run for real for some seconds: that it measures, not how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys

from conftest import ROOT


def link_load(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "link_load"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_measures_with_clients_and_without() -> None:
    """All clients were there, those that do not read cost a bounded buffer, and the coach went on."""
    done = link_load("--clients", 8, "--sleepers", 3, "--floods", 1, "--seconds", 4, "--json")
    assert done.returncode in (0, 1), done.stderr
    numbers = json.loads(done.stdout)
    assert (numbers["clients"], numbers["sleepers"], numbers["floods"]) == (8, 3, 1)
    assert 0 < numbers["with_none"]["fps"] < 45  # the film's 30, or fewer on a slow computer
    assert 0 < numbers["held_kib"] < 8 * 512
    assert 0 < numbers["link_cpu"] < 1
    assert numbers["fps_ratio"] > 0


def test_clients_that_cannot_be_are_refused() -> None:
    """More than there is room for, or more sleepers than clients, is wrong usage."""
    assert link_load("--clients", 65).returncode == 2
    assert link_load("--clients", 5, "--sleepers", 6).returncode == 2
