"""A change that makes the coach worse fails here.

The poses of some rendered runners are kept in ``tests/scorecard``, with the bounds that the coach held on them when
they were made.  ``scripts/score --size short --keep tests/scorecard`` makes both anew.
"""

from __future__ import annotations

import pytest
from handmade import ROOT
from scoring import short

FOLDER = ROOT / "tests" / "scorecard"
LARGEST_BYTES = 2_500_000


def test_the_poses_are_those_of_the_shipped_model_and_the_present_code() -> None:
    """Else the bounds say nothing about the coach as it is."""
    assert short.stale(FOLDER) == []


def test_the_coach_is_no_worse_than_it_was() -> None:
    """Every bound holds: faults called and praised, silence where nothing is wrong, errors of what is read."""
    broken = short.broken(FOLDER)
    if broken:
        pytest.fail("the coach became worse:\n" + "\n".join(broken))


def test_it_stays_small() -> None:
    """Everybody who clones the project carries it."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= LARGEST_BYTES
