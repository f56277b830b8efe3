"""The cues of two sets of settings, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from device.columns import cut, pad, paint
from device.records import FAULTS, Event
from device.tuning.describing import shown
from device.whatif.coaching import Told
from device.wording import LABELS, NAMES, REASONS, clock

FORMAT, VERSION = "form-coach whatif", 1

ALIKE_S = 1.5
"""Cues for the same fault no further apart are the same cue: a limit that is moved a little shifts them by a stride."""

HARDLY = 0.5
"""What is watched for less than this share of the time that it is with the other settings is told of (chosen by us)."""

_TIME, _NUMBERS, _BETWEEN = 7, 13, 2
_NONE = "–"

Changes = Mapping[str, tuple[Any, Any]]
"""Each setting's old and new value."""

Pair = tuple[Event | None, Event | None]


def pairs(old: Told, new: Told) -> list[Pair]:
    """What is said of faults with either settings, in order of time; what both say of the same stands together."""
    rest = _spoken(new)
    found: list[Pair] = []
    for event in _spoken(old):
        same = next((one for one in rest if _alike(event, one)), None)
        if same is not None:
            rest.remove(same)
        found.append((event, same))
    found += [(None, event) for event in rest]
    return sorted(found, key=lambda pair: min(event.t_s for event in pair if event is not None))


def lines(changes: Changes, old: Told, new: Told, width: int, colour: bool) -> list[str]:
    """All for a reader: the settings, the cues, the sum.

    :param width: columns of the terminal.
    """
    found = [paint(cut(f"{key}  {_change(*values)}", width), "bold", colour) for key, values in changes.items()]
    if not old.summary.data["seen_s"]:
        return [*found, f"no runner seen in {old.summary.data['duration_s']:.0f} s"]
    said = pairs(old, new)
    if said:
        each = (width - _TIME) // 2 - _BETWEEN
        found += ["", f"{'time':>{_TIME}}  {pad('settings in force', each)}  with the change".rstrip()]
        found += [_row(*pair, each, colour) for pair in said]
    return [*found, "", *_sum(old, new, said, colour), *_notes(old, new, width)]


def as_json(source: Path, changes: Changes, old: Told, new: Told) -> dict[str, Any]:
    """The same for programs; see docs/whatif.md."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "source": str(source),
        "changes": {key: {"old": one, "new": other} for key, (one, other) in changes.items()},
        "old": _encoded(old),
        "new": _encoded(new),
    }


def _encoded(told: Told) -> dict[str, Any]:
    events = [{"t_s": round(event.t_s, 4), "kind": event.kind, **event.data} for event in told.events]
    return {"cues": len(told.cues), "praise": len(told.praise), "events": events, "summary": told.summary.data}


def _spoken(told: Told) -> list[Event]:
    return [event for event in told.events if event.kind in ("cue", "praise")]


def _alike(one: Event, other: Event) -> bool:
    same = one.kind == other.kind and one.data["fault"] == other.data["fault"]
    return same and abs(one.t_s - other.t_s) <= ALIKE_S


def _change(old: Any, new: Any) -> str:
    return f"{shown(old)} → {shown(new)}" if old != new else f"{shown(old)}, as it is"


def _row(old: Event | None, new: Event | None, width: int, colour: bool) -> str:
    event = old or new
    assert event is not None
    style = "dim" if old and new else "yellow" if old else "green"
    left, right = (_cell(one, width) for one in (old, new))
    if colour:
        left, right = (paint(cell, style, colour) for cell in (left, right))
    return f"{clock(event.t_s):>{_TIME}}  {left}  {right}".rstrip()


def _cell(event: Event | None, width: int) -> str:
    """One side of a row: what is said, and at its right end the measure and the limit."""
    if event is None:
        return pad(_NONE, width)
    text = event.data["text"] if event.kind == "cue" else f"✓ {event.data['text']}"
    numbers = _numbers(event)
    return f"{pad(text, width - len(numbers) - 1)} {numbers}" if numbers else pad(text, width)


def _numbers(event: Event) -> str:
    value, limit = event.data["value"], event.data["limit"]
    if event.kind != "cue" or value is None or limit is None:
        return ""
    unit = LABELS[event.data["fault"], event.data.get("measure", "")][1].split(" of ")[0]
    return f"{value:.1f} > {limit:.1f}{unit}".rjust(_NUMBERS)


def _sum(old: Told, new: Told, said: Sequence[Pair], colour: bool) -> Iterator[str]:
    if not said:
        yield "no cue with either"
        return
    same = all(one is not None and other is not None for one, other in said)
    cues = paint(f"{_count(len(old.cues), 'cue')} → {_count(len(new.cues), 'cue')}", "bold", colour)
    yield f"{cues}, praised {len(old.praise)} → {len(new.praise)}{': no difference' if same else ''}"
    for fault in FAULTS:
        one, other = (sum(cue.fault == fault for cue in told.cues) for told in (old, new))
        if one or other:
            yield f"  {NAMES[fault]:<18} {one} → {other}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _notes(old: Told, new: Told, width: int) -> Iterator[str]:
    """What makes the two hard to compare: that one of them knows less of the runner, or watches less."""
    for told, other, which in ((old, new, "the settings in force"), (new, old, "the change")):
        if _learned(other) and not _learned(told):
            reasons = [event.data["reason"] for event in told.events if event.kind == "baseline_refused"]
            why = f": {REASONS[reasons[-1]]}" if reasons else ""
            yield cut(f"With {which} no baseline is learned{why}.", width)
            continue
        for fault in FAULTS:
            here, there = (one.summary.data["faults"][fault]["watched_s"] for one in (told, other))
            if here < HARDLY * there:
                yield cut(f"With {which} {NAMES[fault]} is {'hardly' if here else 'not'} watched.", width)


def _learned(told: Told) -> bool:
    return any(event.kind in ("baseline", "baseline_recalled") for event in told.events)
