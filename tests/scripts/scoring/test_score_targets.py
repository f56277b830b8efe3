"""Which faults the targets speak of."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import Span, coached, truth
from scoring import targets
from scoring.cues import hear
from synthetic.matrix import SEVERITIES


@pytest.mark.parametrize(
    ("kind", "severity", "counts"),
    [
        ("lean_hips", 10.0, True),
        ("lean_thorax", 10.0, True),
        ("shoulders_raised", 40.0, True),
        ("twist", 1.8, True),
        ("lean_hips", 14.0, False),
        ("twist", 1.5, False),
        ("shoulders_rounded", 40.0, False),
        ("arms_cross", 60.0, False),
    ],
)
def test_plain_faults_count(tmp_path: Path, kind: str, severity: float, counts: bool) -> None:
    """Neither mild nor strong ones, nor kinds that are told of apart."""
    (episode,) = hear(truth(tmp_path, faults=[(kind, 20.0, 38.0, severity)]), coached()).episodes
    assert targets.plain(episode) is counts


def test_only_faults_that_come_alone_count(tmp_path: Path) -> None:
    """Of two at once the coach may speak of one."""
    faults: list[Span] = [("lean_hips", 20.0, 38.0, 10.0), ("twist", 20.0, 38.0, 1.8)]
    assert not any(map(targets.plain, hear(truth(tmp_path, faults=faults), coached()).episodes))


def test_the_clips_hold_every_plain_fault() -> None:
    """A severity that is never rendered could not be missed."""
    for kind, severity in targets.PLAIN.items():
        assert severity in SEVERITIES[kind]
