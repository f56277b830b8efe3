"""A clip's description as TOML, each number with its range and meaning; what is shown can be read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from .description import FAULT_KINDS, GESTURES, LEGS, Clip


def show(clip: Clip) -> str:
    """The whole description, fit for ``checking.read``."""
    return "\n".join(_lines(clip)) + "\n"


def _lines(clip: Clip) -> Iterator[str]:
    yield "# World axes: x to the runner's left, y backwards, z up.  Leave out what may keep its default."
    yield f"name = {_value(clip.name)}"
    yield f"seed = {clip.seed}"
    yield f"duration_s = {_value(clip.duration_s)}"
    if clip.runner is None:
        yield "runner = false"
    else:
        for part in ("build", "outfit", "style"):
            yield from _table(f"runner.{part}", getattr(clip.runner, part))
    for part in ("viewpoint", "sensor", "light", "scene"):
        yield from _table(part, getattr(clip, part))
    yield ""
    yield "# Faults: kind, start_s, end_s, severity, ramp_s.  Kinds:"
    for name, kind in FAULT_KINDS.items():
        yield f"#   {name}: {kind.what}; severity {kind.low:g} to {kind.high:g} {kind.unit}"
    for span in clip.faults:
        yield from ("", "[[faults]]", *_values(span))
    yield ""
    yield f"# Activities: kind, start_s, end_s, ramp_s.  Kinds: {', '.join((*LEGS, *GESTURES))}"
    for activity in clip.activities:
        yield from ("", "[[activities]]", *_values(activity))
    if clip.tags:
        yield from ("", "[tags]", *(f"{json.dumps(name)} = {json.dumps(row)}" for name, row in clip.tags))


def _table(name: str, record: Any) -> Iterator[str]:
    yield from ("", f"[{name}]")
    for f in fields(record):
        yield f"# {f.metadata['what']} ({_allowed(f.metadata)})"
        yield f"{f.name} = {_value(getattr(record, f.name))}"


def _values(record: Any) -> Iterator[str]:
    return (f"{f.name} = {_value(getattr(record, f.name))}" for f in fields(record))


def _allowed(rule: Any) -> str:
    if "options" in rule:
        return " or ".join(rule["options"])
    if "colour" in rule:
        return "red, green, blue, each 0 to 1"
    return f"{rule['low']:g} to {rule['high']:g}" if "low" in rule else "true or false"


def _value(value: Any) -> str:
    # JSON and TOML write texts, numbers, true and lists of them alike.
    return json.dumps(list(value) if isinstance(value, tuple) else value)
