"""The tables as the module that the product reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .fitting import AZIMUTHS_DEG, Tables

WIDTH = 118
"""Columns that a line of numbers fills at most."""


def module(tables: Tables, made_from: Sequence[str]) -> str:
    """The text of ``device/posture/tables.py``: the same tables give the same bytes.

    :param made_from: what the tables were made from: the lines that end the sentence.
    """
    made_text = "\n".join(made_from)
    size, changes = tables.signatures.shape[1:]
    parts = [
        '"""Numbers measured on rendered runners; `scripts/calibrate` writes this file.  See '
        f':mod:`device.posture.signatures`.\n\nMade from {made_text}.\n"""',
        f"AZIMUTHS_DEG = {AZIMUTHS_DEG}\n"
        '"""Where the camera stands in the three views that scatter was measured in."""',
        _block(
            "SIGNATURES",
            tables.signatures * 1e4,
            f"(3, {size}, {changes}) constant, cosine and sine part of what each change does to each mark; "
            "1/10000 trunk lengths.",
        ),
        _block(
            "SCATTER",
            tables.scatter * 1e6,
            f"(3, {size}, {size}) covariance of the marks in each view while nothing changes; "
            "1/1000000 trunk lengths squared.",
        ),
        _block(
            "FLUTTER",
            tables.flutter * 1e4,
            f"(3, {size}) standard deviation from stride to stride; 1/10000 trunk lengths.",
        ),
    ]
    return "\n\n".join(parts) + "\n"


def write(text: str, path: Path) -> None:
    """Put a module in its place, whole or not at all."""
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _block(name: str, numbers: np.ndarray, meaning: str) -> str:
    """A tuple of whole numbers with its docstring."""
    lines = ["   "]
    for number in np.rint(numbers).astype(int).ravel().tolist():
        word = f" {number},"
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("   ")
        lines[-1] += word
    return "\n".join([f"{name} = (", *lines, ")  # fmt: skip", f'"""{meaning}"""'])
