"""How well the coach judges, for a reader of the report: the few numbers of the scorecard that matter to one run.

``accuracy.json`` beside this holds them as docs/scorecard.json does; a test holds the one to the other, and
``python -m device.report.accuracy docs/scorecard.json`` writes it anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

VIEWS = ("front", "oblique", "side")

MM_PER_PCT = 5.0
"""A per cent of the trunk's length in a person of 1.75 m (docs/posture.md)."""

FILE = Path(__file__).with_name("accuracy.json")

_TAKEN = {
    "heads": ("episodes", "recall_pct", "latency_s", "clean_h", "clean_per_h", "lean_error", "raise_change_error"),
    "lean": ("lean_bias", "lean_change_error"),
    "twist": ("twist_error_pct", "twist_change_error"),
    "shoulders": ("raise_shown_pct",),
    "cadence": ("cadence_error",),
}
"""What is taken of which table."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well the coach judges from one view, on rendered runners; None where it cannot be told.

    :param clips: so many, of all views together.
    :param recall_pct: of ``episodes`` faults, mild ones included, so many are called within 15 s.
    :param clean_h: so long good runners ran for ``clean_per_h``, the wrong cues in an hour.
    :param lean_error_deg: mean error of the lean; ``lean_bias_deg`` is its mean, with its sign.
    :param lean_change_error_deg: mean error of the lean's change against the baseline; so for twist and shoulders.
    :param raise_shown_pct: so much of a raise of 20 mm and more is read.
    :param model_sha256: of the pose model it was measured with.
    """

    view: str
    clips: int
    hours: float
    episodes: int
    recall_pct: float
    latency_s: float
    clean_h: float
    clean_per_h: float
    lean_error_deg: float | None
    lean_bias_deg: float | None
    lean_change_error_deg: float | None
    twist_error_pct: float
    twist_change_error_deg: float
    raise_change_error_mm: float
    raise_shown_pct: float
    cadence_error_spm: float
    model_sha256: str

    @property
    def raise_change_error_pct(self) -> float:
        """In per cent of the trunk."""
        return self.raise_change_error_mm / MM_PER_PCT


def of_view(view: str) -> Accuracy:
    """What holds for a view; for one that is not known what holds for all together."""
    held = _held()
    name = view if view in VIEWS else "overall"
    v = held["views"][name]
    seen = name != "front"  # from there lean is not watched; what was read of it rests on ten seconds
    return Accuracy(
        name,
        held["clips"],
        held["hours"],
        int(v["episodes"]),
        v["recall_pct"],
        v["latency_s"],
        v["clean_h"],
        v["clean_per_h"],
        v["lean_error"] if seen else None,
        v["lean_bias"] if seen else None,
        v["lean_change_error"],
        v["twist_error_pct"],
        v["twist_change_error"],
        v["raise_change_error"],
        v["raise_shown_pct"],
        v["cadence_error"],
        held["model_sha256"],
    )


def taken(scorecard: Mapping[str, Any]) -> dict[str, Any]:
    """What ``accuracy.json`` is to hold.

    :param scorecard: the content of docs/scorecard.json.
    """
    made = scorecard["made_from"]
    views: dict[str, dict[str, float | None]] = {}
    for table, names in _TAKEN.items():
        for row in scorecard["tables"][table]["rows"]:
            if row["row"] in ("overall", *VIEWS):
                views.setdefault(row["row"], {}).update({name: row[name]["value"] for name in names})
    return {
        "made_from": "docs/scorecard.json",
        "clips": made["clips"],
        "hours": round(made["hours"], 2),
        "model_sha256": made["model_sha256"],
        "views": views,
    }


@cache
def _held() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return held


if __name__ == "__main__":
    content = taken(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
