"""One fault on the screen: its value, its limits, how it went, and the settings behind the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.columns import columns, wrap
from device.screen import knobs, trace
from device.screen.desk import Desk
from device.screen.grid import Grid
from device.screen.keys import WATCH
from device.screen.knobs import Knob
from device.screen.messages import FaultSeen
from device.screen.seen import Seen
from device.screen.trace import Lines

NAMES = {
    ("forward_lean", ""): "Forward lean",
    ("hunched_shoulders", ""): "Shoulders",
    ("hunched_shoulders", "raised"): "Shoulders raised",
    ("hunched_shoulders", "forward"): "Shoulders forward",
    ("torso_twist", ""): "Torso twist",
}
UNITS = {"forward_lean": "°", "hunched_shoulders": " %", "torso_twist": "°"}
_STATES = {"OUT": "alarm", "over": "warn", "easing": "warn", "ok": "good"}


def draw(width: int, height: int, fault: FaultSeen, seen: Seen, desk: Desk, now_s: float) -> Grid:
    """A fault in so many rows, three at least: a head, the trace, the settings."""
    grid = Grid(width, height)
    live = seen.fresh(now_s) is not None
    lines = _lines(fault, seen, desk)
    told = _head(grid, fault, seen, desk, lines, live)
    rows = height - 2
    points = seen.traces[fault.fault].points
    grid.paste(trace.draw(width - 1, rows, list(points), seen.t_s, lines, desk.braille), 1, 1)
    if why := _why(fault, live):
        drawn = any(point.value == point.value and point.t_s > seen.t_s - trace.SPAN_S for point in points)
        for row, line in enumerate(wrap(why, width - 3, 1 if drawn else rows)):
            grid.put(2, 1 + row, line + " ", "dim")
    end = _settings(grid, height - 1, fault, seen, desk)
    rest = [] if told else [(_out(fault, seen), "dim")]
    form = seen.own(fault.fault)
    if form is not None and fault.fault != "hunched_shoulders":
        rest.append((f"own {form:.1f}°", "own"))
    right = width
    for text, style in rest:
        if end + columns(text) + 1 <= right:
            right = grid.put_right(right, height - 1, text, style) - 2
    return grid


def _head(grid: Grid, fault: FaultSeen, seen: Seen, desk: Desk, lines: Lines, live: bool) -> bool:
    """Name, value, limit, time out of limits and state; whether that time found room."""
    chosen = fault.fault == desk.fault
    action = f"fault:{fault.fault}" if desk.mode != WATCH else ""
    name = NAMES.get((fault.fault, fault.measure), NAMES[fault.fault, ""])
    state = fault.state if live else ""
    right = grid.width
    if state:
        right = grid.put_right(right, 0, f" {state} ", _STATES[state])
    said = _out(fault, seen)
    unit = UNITS[fault.fault]
    limit = "" if lines.on is None else f" of {lines.on:.1f}{unit}"
    value = fault.value if live and fault.watched else None
    shown = "–" if value is None else f"{round(value, 1) + 0.0:.1f}{unit}"  # no −0.0
    told = not said or columns(name + shown + limit + said) + 6 <= right
    if told and said:
        right = grid.put_right(right - 1, 0, said, "dim") - 1
    begin = grid.put_right(right - 1, 0, limit, "limit" if lines.on is not None else "")
    begin = grid.put_right(begin, 0, shown, {"OUT": "bad", "over": "warn"}.get(state, "bold"))
    head = ("▸" if chosen else " ") + name
    grid.put(0, 0, head, "title" if chosen else "bold", width=begin - 1, action=action)
    return told


def _out(fault: FaultSeen, seen: Seen) -> str:
    """How much of the last two minutes was out of limits."""
    share = seen.traces[fault.fault].out_share(seen.t_s)
    return "" if share is None else f"{100 * share:.0f} % out"


def _lines(fault: FaultSeen, seen: Seen, desk: Desk) -> Lines:
    """The limits as the coach tells them, or as they will be once it has heard of what was just moved."""
    own = seen.own(fault.fault)
    moved = any(key.startswith(f"{fault.fault}.") for key in desk.pending)
    if fault.limit is not None and not moved:
        return Lines(fault.limit, fault.clear, own)
    if not seen.values or (fault.fault == "hunched_shoulders" and own is None):
        return Lines()
    on, clear, _ = knobs.limits(fault.fault, desk.wanted(seen.values), own, fault.measure)
    return Lines(on, clear, own)


def _why(fault: FaultSeen, live: bool) -> str:
    """Why there is no value; "" if there is one."""
    if not live:
        return ""
    if fault.watched:
        return "" if fault.value is not None else fault.why or "waiting for a clear stride"
    return f"not watched: {fault.why}" if fault.why else "not watched"


def _settings(grid: Grid, y: int, fault: FaultSeen, seen: Seen, desk: Desk) -> int:
    """The settings behind the limits; the chosen one with its − and +, the one that counts just now in bold.

    The column behind them comes back.
    """
    values: Mapping[str, Any] = desk.wanted(seen.values)
    own = knobs.of(fault.fault)
    counts = knobs.behind(fault.fault, values, seen.own(fault.fault), fault.measure) if seen.values else ""
    x, narrow = 1, grid.width < 42
    for knob in own:
        index = knobs.KNOBS.index(knob)
        value = desk.value(knob, seen.values)
        text = "–" if value is None else f"{value:.{knob.digits}f}"
        if narrow:
            text = text.rstrip("0").rstrip(".") if "." in text else text
        text += knob.unit.strip() if narrow else knob.unit
        style = "bold" if knob.key == counts else "dim"
        action = f"knob:{index}" if desk.mode != WATCH else ""
        if desk.mode != WATCH and index == desk.chosen:
            x = _chosen(grid, x, y, knob, text if narrow else f" {text} ")
        else:
            x = grid.put(x, y, f"{knob.label} {text}", style, action=action)
        x += 1 if narrow else 2
    return x


def _chosen(grid: Grid, x: int, y: int, knob: Knob, text: str) -> int:
    x = grid.put(x, y, f"{knob.label} ", "chosen")
    x = grid.put(x, y, "−", "chosen", action="less")
    x = grid.put(x, y, text, "chosen")
    return grid.put(x, y, "+", "chosen", action="more")
