"""From a description's plain values to a :class:`Clip`, and all that may be wrong with it, said at once."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Any

from .description import (
    FAULT_KINDS,
    GESTURES,
    LEGS,
    Activity,
    Build,
    Clip,
    FaultSpan,
    Light,
    Outfit,
    Runner,
    Scene,
    Sensor,
    Style,
    Viewpoint,
)
from .errors import DescriptionError

_PARTS: dict[str, type] = {"viewpoint": Viewpoint, "sensor": Sensor, "light": Light, "scene": Scene}
_RUNNER: dict[str, type] = {"build": Build, "outfit": Outfit, "style": Style}
_SPANS: dict[str, type] = {"faults": FaultSpan, "activities": Activity}
_CLIP = ("name", "seed", "duration_s", "runner", "tags", *_PARTS, *_SPANS)

LONGEST_S = 3600.0
"""Longer clips are refused: the truth is kept in memory (chosen by us)."""

_OPPOSED = (("lean_hips", "lean_back"), ("lean_thorax", "lean_back"))
"""Faults that undo each other."""

_LEAST_AWAY_RAMP_S = 2.0
"""In less nobody gets off a treadmill and out of sight without sprinting (measured: 6 m/s in 1 s)."""

_TRUNK_LEAN_DEG = 35.0
"""More forward lean than this in sum leaves what the poses were made for (chosen by us)."""


def read(path: Path) -> Clip:
    """The clip that a TOML file describes; its name is the file's unless it says another.

    :raises DescriptionError: with all reasons, when the file cannot be read or is not right.
    """
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise DescriptionError(str(path), [(error.strerror or str(error)).lower()]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DescriptionError(str(path), [f"not TOML: {error}"]) from error
    return parse({"name": path.stem, **values}, str(path))


def parse(values: Mapping[str, Any], source: str = "description") -> Clip:
    """The clip that plain values describe (the reverse of :func:`plain`).

    :raises DescriptionError: with all reasons at once.
    """
    wrong: list[str] = []
    parts: dict[str, Any] = {}
    _refuse_unknown(values, _CLIP, "", wrong)
    for name in ("name", "seed", "duration_s"):
        if name in values:
            parts[name] = _scalar(values[name], {"name": str, "seed": int, "duration_s": float}[name], name, wrong)
    for name, kind in _PARTS.items():
        if name in values:
            parts[name] = _record(values[name], kind, name, wrong)
    if "runner" in values:
        parts["runner"] = _runner(values["runner"], wrong)
    for name, kind in _SPANS.items():
        if name in values:
            parts[name] = tuple(_spans(values[name], kind, name, wrong))
    if "tags" in values:
        parts["tags"] = _tags(values["tags"], wrong)
    # What could not be read stands at its default here, so that the rest is checked all the same.
    clip = Clip(**{"name": "", **{name: part for name, part in parts.items() if part is not None}})
    if values.get("runner") is False:
        clip = replace(clip, runner=None)
    wrong += problems(clip)
    if wrong:
        raise DescriptionError(source, wrong)
    return clip


def plain(clip: Clip) -> dict[str, Any]:
    """The clip as nested dictionaries, lists and numbers, fit for JSON."""
    values = asdict(clip)
    values["tags"] = dict(clip.tags)
    if clip.runner is None:
        values["runner"] = False
    return values


def problems(clip: Clip) -> list[str]:
    """Everything that is wrong with a clip; empty when it can be rendered."""
    wrong: list[str] = []
    if not clip.name or not clip.name.replace("-", "").replace("_", "").isalnum():
        wrong.append(f"name = {clip.name!r}: letters, digits, - and _ only, and at least one")
    if not 0 <= clip.seed < 2**63:
        wrong.append(f"seed = {clip.seed}: must be 0 or more, and below 2^63")
    if not 1.0 <= clip.duration_s <= LONGEST_S:
        wrong.append(f"duration_s = {clip.duration_s:g}: must be 1 to {LONGEST_S:g}")
    for name in _PARTS:
        wrong += _out_of_range(getattr(clip, name), name)
    if clip.runner is not None:
        for name in _RUNNER:
            wrong += _out_of_range(getattr(clip.runner, name), f"runner.{name}")
    if clip.sensor.width_px % 2 or clip.sensor.height_px % 2:
        wrong.append("sensor: width_px and height_px must be even, the video format needs it")
    if clip.sensor.exposure_s > 1.0 / clip.sensor.fps:
        wrong.append(f"sensor.exposure_s = {clip.sensor.exposure_s:g}: longer than a frame at {clip.sensor.fps} fps")
    wrong += _wrong_spans(clip)
    wrong += _contradictions(clip)
    return wrong


def _wrong_spans(clip: Clip) -> Iterator[str]:
    for where, span in [*_numbered("faults", clip.faults), *_numbered("activities", clip.activities)]:
        if clip.runner is None:
            yield f"{where}: there is no runner"
        times = (span.start_s, span.end_s, span.ramp_s)
        if not all(map(math.isfinite, times)):
            yield f"{where}: start_s, end_s and ramp_s must be finite numbers"
            continue
        if span.start_s < 0 or span.start_s >= clip.duration_s:
            yield f"{where}: start_s = {span.start_s:g} lies outside the clip (0 to {clip.duration_s:g})"
        if not 0 < span.ramp_s <= 10:
            yield f"{where}: ramp_s = {span.ramp_s:g}: must be above 0, and 10 at most"
        elif span.end_s < span.start_s + span.ramp_s:
            yield f"{where}: end_s = {span.end_s:g} comes before the ramp that starts at {span.start_s:g} is over"
    for where, span in _numbered("faults", clip.faults):
        kind = FAULT_KINDS.get(span.kind)
        if kind is None:
            yield f"{where}: {_unknown(span.kind, FAULT_KINDS)}"
        elif not kind.low <= span.severity <= kind.high:
            yield f"{where}: severity = {span.severity:g}: must be {kind.low:g} to {kind.high:g} {kind.unit}"
    for where, activity in _numbered("activities", clip.activities):
        if activity.kind not in (*LEGS, *GESTURES):
            yield f"{where}: {_unknown(activity.kind, (*LEGS, *GESTURES))}"
        elif activity.kind == "away" and activity.ramp_s < _LEAST_AWAY_RAMP_S:
            yield f"{where}: ramp_s = {activity.ramp_s:g}: stepping off takes {_LEAST_AWAY_RAMP_S:g} s at least"


def _contradictions(clip: Clip) -> Iterator[str]:
    for (where, a), (_, b) in combinations(_numbered("faults", clip.faults), 2):
        if not _meet(a, b):
            continue
        if a.kind == b.kind:
            yield f"{where}: overlaps another {a.kind}"
        if (a.kind, b.kind) in _OPPOSED or (b.kind, a.kind) in _OPPOSED:
            yield f"{where}: {a.kind} and {b.kind} at the same time undo each other"
    leans = [f for f in clip.faults if f.kind in ("lean_hips", "lean_thorax")]
    for a, b in combinations(leans, 2):
        if _meet(a, b) and a.severity + b.severity > _TRUNK_LEAN_DEG:
            yield f"faults: leans of {a.severity + b.severity:g} deg in sum, {_TRUNK_LEAN_DEG:g} at most"
    for group, name in ((LEGS, "the legs"), (GESTURES, "the hands and head")):
        chosen = [(w, a) for w, a in _numbered("activities", clip.activities) if a.kind in group]
        for (where, a), (_, b) in combinations(chosen, 2):
            if _meet(a, b):
                yield f"{where}: {a.kind} and {b.kind} at the same time, {name} can do only one"
    for where, a in _numbered("activities", clip.activities):
        if a.kind in LEGS:
            for span in clip.faults:
                if _meet(a, span):
                    yield f"{where}: {a.kind} while {span.kind} is on; faults are those of running"
        if a.kind in GESTURES:
            away = [b for b in clip.activities if b.kind == "away" and _meet(a, b)]
            if away:
                yield f"{where}: {a.kind} while away"


def _meet(a: FaultSpan | Activity, b: FaultSpan | Activity) -> bool:
    """Whether two spans, with their ramps, share any time."""
    return a.start_s < b.end_s + b.ramp_s and b.start_s < a.end_s + a.ramp_s


def _numbered(name: str, spans: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(f"{name}[{i}]", span) for i, span in enumerate(spans)]


def _out_of_range(record: Any, where: str) -> Iterator[str]:
    for f in fields(record):
        value, rule = getattr(record, f.name), f.metadata
        at = f"{where}.{f.name}"
        if "options" in rule and value not in rule["options"]:
            yield f"{at}: {_unknown(value, rule['options'])}"
        elif "colour" in rule and not (len(value) == 3 and all(0 <= c <= 1 for c in value)):
            yield f"{at} = {value}: three numbers from 0 to 1"
        elif "low" in rule and not rule["low"] <= value <= rule["high"]:
            yield f"{at} = {value:g}: must be {rule['low']:g} to {rule['high']:g} ({rule['what']})"


def _runner(values: Any, wrong: list[str]) -> Runner | None:
    """A runner; None for the empty treadmill, which plain values write as false."""
    if values is False:
        return None
    if not isinstance(values, Mapping):
        wrong.append("runner: must be a table, or false for the empty treadmill")
        return Runner()
    _refuse_unknown(values, tuple(_RUNNER), "runner.", wrong)
    known = {name: kind for name, kind in _RUNNER.items() if name in values}
    return Runner(**{name: _record(values[name], kind, f"runner.{name}", wrong) for name, kind in known.items()})


def _spans(values: Any, kind: type, where: str, wrong: list[str]) -> Iterator[Any]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        wrong.append(f"{where}: must be a list of tables")
        return
    for i, value in enumerate(values):
        required = {f.name for f in fields(kind)} - {"ramp_s"}
        at = f"{where}[{i}]"
        if not isinstance(value, Mapping) or not required <= set(value):
            wrong.append(f"{at}: must have {', '.join(sorted(required))}")
            continue
        before = len(wrong)
        made = _values(value, kind, at, wrong)
        if len(wrong) == before:
            yield kind(**made)


def _record(values: Any, kind: type, where: str, wrong: list[str]) -> Any:
    """A record of *kind* from plain values; what is wrong goes to *wrong* and keeps its default."""
    if not isinstance(values, Mapping):
        wrong.append(f"{where}: must be a table")
        return kind()
    return kind(**_values(values, kind, where, wrong))


def _values(values: Mapping[str, Any], kind: type, where: str, wrong: list[str]) -> dict[str, Any]:
    """The fields of *kind* that plain values give rightly."""
    types = {f.name: str(f.type) for f in fields(kind)}
    _refuse_unknown(values, tuple(types), f"{where}.", wrong)
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name not in types:
            continue
        at = f"{where}.{name}"
        if types[name] == "Colour":
            numbers = isinstance(value, Sequence) and all(_is_number(c) for c in value)
            if not numbers or len(value) != 3:
                wrong.append(f"{at}: three numbers from 0 to 1")
            else:
                made[name] = tuple(float(c) for c in value)
        else:
            kinds = {"str": str, "int": int, "float": float, "bool": bool}
            made[name] = _scalar(value, kinds[types[name]], at, wrong)
    return {name: value for name, value in made.items() if value is not None}


def _scalar(value: Any, kind: type, where: str, wrong: list[str]) -> Any:
    if kind is float and _is_number(value) and math.isfinite(value):
        return float(value)
    if kind is not float and type(value) is kind:
        return value
    named = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    wrong.append(f"{where} = {value!r}: must be {named[kind]}")
    return None


def _tags(values: Any, wrong: list[str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(values, Mapping) or not all(isinstance(v, str) for v in values.values()):
        wrong.append("tags: must be a table of texts")
        return ()
    return tuple(values.items())


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _refuse_unknown(values: Mapping[str, Any], known: Sequence[str], where: str, wrong: list[str]) -> None:
    wrong += [f"{where}{name}: unknown; {_meant(name, known)}" for name in values if name not in known]


def _unknown(name: Any, known: Any) -> str:
    return f"{name!r} is unknown; {_meant(name, known)}"


def _meant(name: Any, known: Any) -> str:
    near = get_close_matches(str(name), list(known), n=1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
