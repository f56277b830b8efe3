"""How well the coach judges, as the report says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device.report import accuracy

ROOT = Path(__file__).resolve().parents[2]


def test_numbers_are_the_scorecards() -> None:
    """What the package says of its accuracy is what docs/scorecard.json says; else
    ``python -m device.report.accuracy docs/scorecard.json`` brings it up to date."""
    scorecard = json.loads((ROOT / "docs" / "scorecard.json").read_text())
    assert json.loads(accuracy.FILE.read_text()) == accuracy.taken(scorecard)


@pytest.mark.parametrize("view", ["front", "oblique", "side", "", "nonsense"])
def test_every_view_has_its_numbers(view: str) -> None:
    """A view's own; all together where the view is not known; no lean from the front."""
    known = accuracy.of_view(view)
    assert known.view == (view if view in accuracy.VIEWS else "overall")
    assert (known.lean_error_deg is None) == (view == "front")
    assert 0 < known.recall_pct <= 100
    assert known.raise_change_error_pct == known.raise_change_error_mm / 5
