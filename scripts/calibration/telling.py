"""What was found, as plain tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scoring.truth import VIEWS

from device.posture import signatures
from device.posture.change import LEAN, RAISED, ROUNDED, TWIST
from device.posture.marks import MEANS, SWINGS

from .collecting import SOURCES, Collected, Run
from .fitting import AZIMUTHS_DEG, Tables
from .validation import Verdict

TRUNK_MM = 500.0
"""Trunk of a person of 1.75 m, as in the settings."""

EXAMPLES = (
    ("lean +10°", LEAN, 10.0),
    ("raised 40 mm", RAISED, 100 * 40 / TRUNK_MM),
    ("rounded 40 mm", ROUNDED, 100 * 40 / TRUNK_MM),
    ("twist ×1.8", TWIST, 0.8),
)
"""Changes that a reader can picture: title, which change, and how much of it."""


def marks(tables: Tables) -> str:
    """For each view, how far each mark moves with a change, beside its scatter."""
    names = (*MEANS, *(f"swing {name}" for name in SWINGS))
    titles = (*(title for title, _, _ in EXAMPLES), "scatter", "stride to stride")
    lines: list[str] = []
    with tables.in_force():
        for view, azimuth_deg in zip(VIEWS, AZIMUTHS_DEG, strict=True):
            shown = signatures.signature(azimuth_deg)
            columns = [100 * amount * shown[:, part] for _, part, amount in EXAMPLES]
            columns.append(100 * np.sqrt(np.diag(signatures.scatter(azimuth_deg))))
            columns.append(100 * signatures.flutter(azimuth_deg))
            rows = [[name, *(_figure(column[i]) for column in columns)] for i, name in enumerate(names)]
            lines += [f"{view} ({azimuth_deg:g}°), % of trunk", *_lined(["", *titles], rows), ""]
    return "\n".join(lines)


def verdicts(found: Sequence[Verdict], folds: int) -> str:
    """How each change was read in clips that the tables were not made from."""
    rows = [
        [
            one.view,
            one.measure,
            one.source,
            _share(one.beyond),
            f"{np.median(one.gains):.2f}" if one.gains else "–",
            _share(one.wrong),
            _share(one.strayed),
        ]
        for one in found
    ]
    titles = ["view", "change", "key points", "beyond", "gain", "clean, wrongly", "other faults, wrongly"]
    return "\n".join(
        [
            f"Read in clips that the tables were not made from ({folds} folds): beyond the limit for long enough, of",
            "episodes with that change; read / true in them; of clean spells and of episodes without that change.",
            "",
            *_lined(titles, rows, left=3),
            "",
        ]
    )


def faces(runs: Sequence[Run]) -> str:
    """What :data:`device.posture.view.NOSE_PER_SHOULDERS` stands for."""
    told = []
    for source in SOURCES:
        known = [run.face for run in runs if run.source == source and np.isfinite(run.face)]
        told.append(f"{source} key points {np.median(known):.2f}" if known else f"{source} key points –")
    return f"Nose ahead of the ears over the shoulders' width, oblique view: {', '.join(told)}\n"


def made_from(collected: Collected, chosen: str, model_sha256: str) -> tuple[str, str]:
    """What tables were made from: two lines that end a sentence."""
    model, true = (sum(run.source == source for run in collected.runs) for source in SOURCES)
    return (
        f"{collected.clips} clips, {collected.hours:.2f} h of film ({chosen}): {true} runs by true key points,",
        f"{model} by those of the model {model_sha256}",
    )


def _share(cases: Sequence[bool]) -> str:
    return f"{sum(cases)}/{len(cases)}" if cases else "–"


def _figure(value: float) -> str:
    text = f"{round(float(value), 1) + 0.0:.1f}"
    return text.replace("-", "−")


def _lined(titles: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Columns in line: the first ones to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in (titles, *rows)) for i in range(len(titles))]
    return [
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (titles, *rows)
    ]
