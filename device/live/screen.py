"""The status file as one screen for a runner: at most 24 lines of 80 columns, or as few as the terminal has.

Whatever is missing or odd in it, as when another version wrote it, is shown as unknown and never fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.columns import clean, columns, cut, pad, paint, wrap
from device.live.status import number
from device.wording import LABELS, clock

_LABEL = 10
"""Columns of what stands in front of a line."""

_BAR, _BAR_LIMIT = 24, 16
"""Cells of a fault's bar, and the cell behind which its limit stands."""

_MOST_FAULTS = 5
_NARROWEST, _LOWEST = 40, 12

_STATES = {
    "waiting": "dim",
    "learning": "bold",
    "coaching": "green",
    "muted": "yellow",
    "error": "red",
}
"""How each state of the coach is painted."""

_VIEWS = {"front": "from the front", "oblique": "at an angle", "side": "from the side"}


def render(snapshot: Mapping[str, Any], width: int = 80, height: int = 24, colour: bool = False) -> str:
    """What a coach says of itself, as lines that fit.

    :param snapshot: what the status file holds.
    :param width: columns there are; 40 are taken at least.
    :param height: lines there are, 12 at least; troubles that do not fit are counted, then the end is left out.
    """
    width, height = max(width, _NARROWEST), max(height, _LOWEST)
    below = [*_camera(snapshot), _runner(snapshot), "", *_faults(snapshot, width, colour), "", *_rest(snapshot)]
    top = [_title(snapshot, colour), *_doing(snapshot, width, colour)]
    troubles = _troubles(snapshot, width, height - len(top) - len(below) - 2, colour)
    lines = [*top, "", *troubles, *([""] if troubles else []), *below]
    return "\n".join(cut(line, width) if "\x1b" not in line else line for line in lines[:height])


def _title(snapshot: Mapping[str, Any], colour: bool) -> str:
    version = _word(snapshot.get("software"))
    started_s, written_s = number(snapshot.get("started_s")), number(snapshot.get("written_s"))
    since = ""
    if started_s is not None and written_s is not None and written_s >= started_s:
        since = f", up for {clock(written_s - started_s)}"
    return paint(cut(f"Form Coach {version}{since}", _NARROWEST), "bold", colour)


def _doing(snapshot: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    """The state and what it means in words, on one or two lines."""
    state = cut(_word(snapshot.get("state")), 12)
    lines = wrap(_word(snapshot.get("doing")), width - columns(state) - 2, 2)
    first = paint(state.upper(), _STATES.get(state, "bold"), colour)
    return [f"{first}  {lines[0]}", *(" " * (columns(state) + 2) + line for line in lines[1:])]


def _troubles(snapshot: Mapping[str, Any], width: int, room: int, colour: bool) -> list[str]:
    """Every trouble with its remedy, shorter where there are many."""
    troubles = _part(snapshot, "troubles")
    told = [(clean(name), _word(text).replace("; remedy: ", " → ")) for name, text in troubles.items() if text]
    if not told:
        return []
    for most in (4, 3, 2, 1):
        blocks = [_trouble(name, text, width, most, colour) for name, text in told]
        if sum(map(len, blocks)) <= room:
            return [line for block in blocks for line in block]
    fit = max(room - 1, 0)
    rest = f"! and {len(told) - fit} more: form-coach status --json"
    return [*(block[0] for block in blocks[:fit]), paint(rest, "red", colour)]


def _trouble(name: str, text: str, width: int, most: int, colour: bool) -> list[str]:
    lines = wrap(text, width - _LABEL, most)
    first = pad(f"! {name}", _LABEL - 1)
    return [f"{paint(first, 'red', colour)} {lines[0]}", *(" " * _LABEL + line for line in lines[1:])]


def _camera(snapshot: Mapping[str, Any]) -> list[str]:
    camera, latency = _part(snapshot, "camera"), _part(_part(snapshot, "camera"), "latency_ms")
    parts = [_word(camera.get("name"))]
    across, down, fps = (number(camera.get(key)) for key in ("width_px", "height_px", "fps"))
    if across is not None and down is not None:
        parts.append(f"{across:.0f}×{down:.0f}")
    parts.append("pictures/s unknown" if fps is None else f"{fps:.1f} pictures/s")
    frames, dropped, bad = (number(camera.get(key)) for key in ("frames", "dropped", "bad"))
    if frames is not None and dropped is not None and frames >= 0 and dropped > 0:
        parts.append(f"{100 * dropped / (frames + dropped):.0f} % dropped")
    if bad:
        parts.append(f"{bad:.0f} bad")
    p50, p95 = number(latency.get("p50")), number(latency.get("p95"))
    lines = [_labelled("Camera", ", ".join(parts))]
    if p50 is not None and p95 is not None:
        lines.append(_labelled("", f"from picture to decision {p50:.0f} ms, 19 of 20 within {p95:.0f} ms"))
    return lines


def _runner(snapshot: Mapping[str, Any]) -> str:
    runner = _part(snapshot, "runner")
    motion, view, cadence = runner.get("motion"), runner.get("view"), number(runner.get("cadence_spm"))
    if motion == "absent":
        return _labelled("Runner", "nobody is seen")
    parts = [_word(motion)]
    if cadence is not None:
        parts.append(f"{cadence:.0f} steps/min")
    if view:
        parts.append(f"seen {_VIEWS.get(_word(view), _word(view))}")
    if isinstance(runner.get("baseline"), bool):
        parts.append("own form known" if runner["baseline"] else "own form not known yet")
    return _labelled("Runner", ", ".join(parts))


def _faults(snapshot: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    """Each fault's value against its limit, as numbers and as a bar."""
    listed = snapshot.get("faults")
    if not isinstance(listed, list):
        return [_labelled("Faults", "unknown")]
    faults = [fault for fault in listed if isinstance(fault, Mapping)]
    if not faults:
        return [_labelled("Faults", "none is judged just now")]
    return [_fault(fault, snapshot, width, colour) for fault in faults[:_MOST_FAULTS]]


def _fault(fault: Mapping[str, Any], snapshot: Mapping[str, Any], width: int, colour: bool) -> str:
    name, measure = _word(fault.get("fault")), fault.get("measure") or ""
    label, unit = LABELS.get((name, _word(measure) if measure else ""), (name, ""))
    head = pad(label, 27 if width >= 80 else 18)
    value, limit = number(fault.get("value")), number(fault.get("limit"))
    if fault.get("watched") is False or limit is None:
        return f"{head}{paint(cut(_why_not(fault, snapshot), width - columns(head)), 'dim', colour)}"
    unit = unit.split(" of ")[0]
    numbers = f"{_amount(value, unit):>8} of {_amount(limit, unit):<8}"
    on = fault.get("on") is True
    line = f"{head}{numbers}"
    if width - columns(line) >= _BAR + 3:
        line += f" {_bar(value, limit)}{' !' if on else ''}"
    return paint(line, "red", colour) if on else line


def _why_not(fault: Mapping[str, Any], snapshot: Mapping[str, Any]) -> str:
    """Why a fault is not judged just now."""
    runner = _part(snapshot, "runner")
    motion, watching = runner.get("motion"), runner.get("watching")
    if fault.get("enabled") is False:
        return "not watched: switched off in the settings"
    if motion in ("absent", "standing", "walking"):
        return "not watched: nobody runs"
    if runner.get("view") == "":
        return "not watched yet: where the camera stands is not known"
    if isinstance(watching, list) and fault.get("fault") in watching:
        return "not watched yet: own good form is not learned"
    if isinstance(watching, list):
        return "not watched: cannot be judged from here"
    return "unknown"


def _bar(value: float | None, limit: float) -> str:
    """The value as a bar from zero, with a mark at the limit."""
    share = value / limit if value is not None and limit > 0 else 0.0
    filled = round(min(max(share, 0.0), _BAR / _BAR_LIMIT) * _BAR_LIMIT)
    cells = "█" * filled + "·" * (_BAR - filled)
    return f"{cells[:_BAR_LIMIT]}┃{cells[_BAR_LIMIT:]}"


def _amount(value: float | None, unit: str) -> str:
    return "–" if value is None else cut(f"{value:.1f}{unit}", 8)


def _rest(snapshot: Mapping[str, Any]) -> list[str]:
    settings = _part(snapshot, "settings")
    path = _word(settings.get("path")) if settings.get("path") else ("defaults" if "path" in settings else "unknown")
    celsius = number(snapshot.get("temperature_c"))
    temperature = "temperature unknown" if celsius is None else f"{celsius:.0f} °C"
    return [
        _labelled("Voice", _voice(snapshot)),
        _labelled("Panel", _panel(snapshot)),
        _labelled("Settings", path),
        _labelled("Computer", f"{temperature}, model {_word(_part(snapshot, 'model').get('name'))}"),
    ]


def _voice(snapshot: Mapping[str, Any]) -> str:
    voice = _part(snapshot, "voice")
    speaker, device = _word(voice.get("speaker")), voice.get("device")
    parts = ["nothing is spoken" if speaker == "none" else f"{speaker} on {_word(device)}" if device else speaker]
    if voice.get("muted") is True:
        parts.append("muted")
    last, last_s, written_s = voice.get("last"), number(voice.get("last_s")), number(snapshot.get("written_s"))
    if last:
        ago = f", {clock(written_s - last_s)} ago" if written_s is not None and last_s is not None else ""
        parts.append(f"last “{cut(_word(last), 30)}”{ago}")
    return "; ".join(parts)


def _panel(snapshot: Mapping[str, Any]) -> str:
    panel = _part(snapshot, "panel")
    known = [key for key in ("button", "light") if isinstance(panel.get(key), bool)]
    if not known:
        return "unknown"
    return " and ".join(key for key in known if panel[key]) or "none"


def _labelled(label: str, text: str) -> str:
    return pad(label, _LABEL) + text


def _part(snapshot: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A section of the status; empty where it is not one."""
    part = snapshot.get(name)
    return part if isinstance(part, Mapping) else {}


def _word(value: object) -> str:
    """Anything as a text on one line; "unknown" for nothing."""
    return clean(value) if isinstance(value, (str, int, float)) and clean(value) else "unknown"
