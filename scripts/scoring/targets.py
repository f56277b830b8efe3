"""What the coach is to reach, and what it reaches: the numbers that are told first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from . import metrics
from .cues import Episode
from .metrics import Run
from .statistics import Number, mean
from .tables import Column, Table

PLAIN = {"lean_hips": 10.0, "lean_thorax": 10.0, "shoulders_raised": 40.0, "twist": 1.8}
"""The faults that must be called, by kind: plain ones, milder than which nobody need be told (chosen by us; in degrees,
millimetres and times the runner's own)."""

FAULTS = {"lean": "forward_lean", "shoulders": "hunched_shoulders", "twist": "torso_twist"}
"""The coach's names of what they are."""

_CALLED = {f"{name}_called_pct": 97.0 for name in FAULTS} | {"called_pct": 97.0}

TARGETS: dict[str, dict[str, float]] = {
    "overall": {"latency_s": 9.0, "clean_per_h": 0.5, "distraction_per_h": 2.0},
    "side": {**_CALLED, "lean_error": 2.0, "twist_error_pct": 15.0, "cadence_error": 1.0},
    "oblique": {**_CALLED, "lean_error": 3.0, "twist_error_pct": 20.0, "cadence_error": 1.0},
    "front": {
        "lean_called_pct": 80.0,
        "shoulders_called_pct": 90.0,
        "twist_called_pct": 90.0,
        "lean_error": 4.0,
        "twist_error_pct": 30.0,
        "cadence_error": 2.0,
    },
}
"""What is to be reached in each row (chosen by us): at least so many per cent called, at most so much of all else."""

COLUMNS = (
    Column("lean_called_pct", "lean called % (≥)", 0, own_n=True),
    Column("lean_watched_pct", "lean watched %", 0),
    Column("shoulders_called_pct", "shoulders called % (≥)", 0, own_n=True),
    Column("twist_called_pct", "twist called % (≥)", 0, own_n=True),
    Column("called_pct", "together called % (≥)", 0, own_n=True),
    Column("latency_s", "onset to cue, median s (≤)", own_n=True),
    Column("lean_error", "lean error ° (≤)", own_n=True),
    Column("twist_error_pct", "twist error % (≤)", own_n=True),
    Column("cadence_error", "cadence error spm (≤)", own_n=True),
    Column("clean_h", "clean h", 2),
    Column("clean_per_h", "false cues / clean h (≤)"),
    Column("distraction_h", "distraction h", 2),
    Column("distraction_per_h", "false cues / distraction h (≤)"),
)

NOTE = (
    "Of plain faults that come alone: lean 10°, from the hips or the thoracic spine, shoulders raised 40 mm, twist "
    "×1.8. The lean's error is that of the seconds with a baseline. False cues and time to cue are to hold over all "
    "views. From the front a lean may also be openly not watched."
)


def plain(episode: Episode) -> bool:
    """Whether a fault is one that must be called."""
    return episode.alone and PLAIN.get(episode.kind) == episode.severity


def numbers(runs: Sequence[Run]) -> dict[str, Number]:
    """What is reached in some runs, by the names of :data:`COLUMNS`."""
    of = [(index, episode) for index, episode in metrics.episodes(runs) if plain(episode)]
    together = metrics.recall(of)
    told = {"called_pct": together["recall_pct"], "latency_s": together["latency_s"]}
    for name, fault in FAULTS.items():
        one = metrics.recall([(index, episode) for index, episode in of if episode.fault == fault])
        told |= {f"{name}_called_pct": one["recall_pct"], f"{name}_watched_pct": one["watched_pct"]}
    wrong = metrics.wrong_cues(runs)
    told |= {name: wrong[name] for name in ("clean_h", "clean_per_h", "distraction_h", "distraction_per_h")}
    told["lean_error"] = _lean_error(runs)
    told["twist_error_pct"] = metrics.twist(runs)["twist_error_pct"]
    told["cadence_error"] = metrics.cadence(runs)["cadence_error"]
    return told


def table(views: Mapping[str, Sequence[Run]]) -> Table:
    """What is reached in each view, each with its targets below.

    :param views: some runs by the view's name, "overall" among them.
    """
    made = Table("targets", "Targets", "view", COLUMNS, NOTE)
    for view, wanted in TARGETS.items():
        made.add(view, numbers(views[view]))
        made.add(f"{view}, target", {column.key: Number(wanted.get(column.key), 0) for column in COLUMNS})
    return made


def terminal(made: Table) -> str:
    """The table for a terminal: numbers down, views across, each beside its target."""
    pairs = [pair for pair in pairwise(made.rows) if pair[1][0] == f"{pair[0][0]}, target"]
    lines = [f"{'':<32}" + "".join(f"{view:>30}" for (view, _), _ in pairs)]
    for column in made.columns:
        cells = []
        for (_, reached), (_, wanted) in pairs:
            value = wanted[column.key].value
            cells.append(column.shown(reached[column.key]) + (f" [{value:g}]" if value is not None else ""))
        lines.append(f"{column.title:<32}" + "".join(f"{cell:>30}" for cell in cells))
    return "\n".join(lines) + "\n"


def _lean_error(runs: Sequence[Run]) -> Number:
    read, true, change, clips = metrics.columns(runs, "lean_read", "lean_true", "lean_change_read")
    return mean(np.where(np.isfinite(change), np.abs(read - true), np.nan), clips)
