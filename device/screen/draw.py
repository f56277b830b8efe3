"""The whole screen as one grid, at any size: pure."""

from __future__ import annotations

from device.columns import columns, wrap
from device.live.status import number
from device.records import FAULTS
from device.screen import keys, panels, skeleton
from device.screen.desk import Desk
from device.screen.grid import Grid
from device.screen.keys import RUN
from device.screen.messages import FaultSeen, LiveSeen, part, word
from device.screen.seen import Line, RunSeen, Seen
from device.wording import clock

LEAST = 44, 14
"""Columns and rows below which there is no room to show anything of use."""

NARROW = 60
"""Below so many columns the runner stands above the faults, as on a phone that is held upright."""

_VIEWS = {"front": "from the front", "oblique": "at an angle", "side": "from the side"}
_STATES = {
    "coaching": "state-good",
    "learning": "state-warn",
    "muted": "state-warn",
    "waiting": "state",
}


def draw(seen: Seen, desk: Desk, width: int, height: int, now_s: float) -> Grid:
    """The screen as of now.

    :param now_s: on the clock that ``seen`` was told of.
    """
    grid = Grid(width, height)
    if width < LEAST[0] or height < LEAST[1]:
        for row, line in enumerate(wrap(f"Please make this window larger: {LEAST[0]} × {LEAST[1]} at least", width)):
            grid.put(0, row, line)
        return grid
    live = seen.fresh(now_s)
    _header(grid, seen, live)
    top = 1 + _troubles(grid, 1, seen, 4 if height >= 30 else 2)
    foot = height - 1
    _keys(grid, foot, desk)
    log_rows = max(3, (height - 4) // 4)
    note_y = foot - log_rows - 1
    if desk.mode == RUN and seen.run is not None:
        note_y -= 1
        _timeline(grid, note_y, seen.run)
        _log(grid, note_y + 2, log_rows, _near(seen.run, log_rows), "nothing is said in this run")
        _note(grid, note_y + 1, desk)
    else:
        _note(grid, note_y, desk)
        _log(grid, note_y + 1, log_rows, list(seen.log)[-log_rows:], "nothing was said since this screen was opened")
    _middle(grid, top, note_y - top, seen, live, desk, now_s)
    if desk.help:
        _help(grid, desk)
    return grid


def _header(grid: Grid, seen: Seen, live: LiveSeen | None) -> None:
    """State, what the runner does, and how the device does."""
    right = grid.width
    if seen.run is not None:
        right = grid.put_right(right, 0, f"{clock(seen.run.t_s)} of {clock(seen.run.end_s)}", "bold")
        state, style = ("PLAYING", "state-good") if seen.run.playing else ("PAUSED", "state")
        if seen.run.reading < 1:
            state, style = f"READING {100 * seen.run.reading:.0f} %", "state-warn"
    elif not seen.connected:
        state, style = "NO CONNECTION", "alarm"
    else:
        for text in _vitals(seen):
            right = grid.put_right(right, 0, text) - 2
        state = word(seen.status.get("state")) or ("muted" if seen.muted else "waiting")
        style = _STATES.get(state, "alarm")
        state = "TROUBLE" if state == "error" else state.upper()
    x = grid.put(0, 0, f" {state} ", style) + 1
    if seen.muted and state != "MUTED":
        x = grid.put(x, 0, "muted", "warn") + 2
    for part_ in doing(live):
        if x + columns(part_) + 1 <= right:
            x = grid.put(x, 0, part_) + 2


def _vitals(seen: Seen) -> list[str]:
    """Temperature, latency and pictures a second, as far as they are known; from the right."""
    camera = part(seen.status, "camera")
    celsius = number(seen.status.get("temperature_c"))
    latency, fps = number(part(camera, "latency_ms").get("p50")), number(camera.get("fps"))
    found = []
    if celsius is not None:
        found.append(f"{celsius:.0f} °C")
    if latency is not None:
        found.append(f"{latency:.0f} ms")
    if fps is not None:
        found.append(f"{fps:.1f} fps")
    return found


def doing(live: LiveSeen | None) -> list[str]:
    """What the runner does, in words, the most important first."""
    if live is None:
        return []
    if live.motion == "absent":
        return ["nobody is seen"]
    told = [live.motion]
    if live.cadence_spm is not None:
        told.append(f"{live.cadence_spm:.0f}/min")
    if live.view:
        told.append(_VIEWS.get(live.view, live.view))
    told.append("form known" if live.form_known else "form not known yet")
    return told


def _troubles(grid: Grid, y: int, seen: Seen, most: int) -> int:
    """What is wrong, on so many lines at most; how many were used comes back."""
    troubles = seen.troubles()
    lines: list[str] = []
    for name, text in troubles:
        lines += [
            f"! {name}: {line}" if not row else f"  {line}"
            for row, line in enumerate(wrap(text, grid.width - len(name) - 4, 2 if len(troubles) == 1 else 1))
        ]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"! and {len(lines) - most + 1} more: form-coach status"]
    for row, line in enumerate(lines):
        grid.put(0, y + row, line, "bad", width=grid.width)
    return len(lines)


def _middle(grid: Grid, y: int, height: int, seen: Seen, live: LiveSeen | None, desk: Desk, now_s: float) -> None:
    """The runner and the faults: side by side, on a narrow screen one above the other."""
    if grid.width >= NARROW:
        room = min(round(grid.width * 0.42), 2 * height + 8)
        _runner(grid, 0, y, room, height, seen, live, desk)
        _faults(grid, room + 1, y, height, seen, live, desk, now_s)
        return
    # In a low one there is room for the words only.
    above = max(1, height - 3 * max(5, height // 5)) if height >= 22 else 1
    _runner(grid, 0, y, grid.width, above, seen, live, desk)
    _faults(grid, 0, y + above, height - above, seen, live, desk, now_s)


def _runner(grid: Grid, x: int, y: int, room: int, height: int, seen: Seen, live: LiveSeen | None, desk: Desk) -> None:
    """The picture, and below it how the camera is aimed."""
    below = y
    if height > 4:
        size_px = live.size_px if live else (seen.live.size_px if seen.live else (640.0, 480.0))
        figure = skeleton.draw(room, height - 2, size_px, live.points if live else None, desk.braille)
        grid.paste(figure, x + (room - figure.width) // 2, y)
        below += figure.height
    good = live is not None and seen.aim.good
    words = f"✓ {seen.aim.words}" if good else seen.aim.words if live else "" if seen.run else "no picture"
    for row, line in enumerate(wrap(words, room, y + height - below)):
        grid.put(x, below + row, line, "good" if good else "warn")


def _faults(
    grid: Grid, x: int, y: int, height: int, seen: Seen, live: LiveSeen | None, desk: Desk, now_s: float
) -> None:
    faults = live.faults if live else tuple(FaultSeen(fault) for fault in FAULTS)
    each = max(3, height // len(faults))
    for index, fault in enumerate(faults):
        panel = panels.draw(grid.width - x, each, fault, seen, desk, now_s)
        grid.paste(panel, x, y + index * each)


def _note(grid: Grid, y: int, desk: Desk) -> None:
    """What was done last; else a line that parts the screen."""
    if desk.note:
        grid.put(0, y, desk.note, desk.note_style, width=grid.width)
    else:
        grid.put(0, y, "─" * grid.width, "frame")


def _log(grid: Grid, y: int, rows: int, lines: list[Line], none: str) -> None:
    """What was said and what happened, the newest last."""
    if not lines:
        grid.put(0, y, none, "dim")
    for row, line in enumerate(lines[:rows]):
        x = grid.put(0, y + row, f"{clock(line.t_s):>7} ", "dim")
        style = {"+": "new", "-": "gone"}.get(line.mark, "said" if line.spoken else "dim")
        sign = line.mark or ("»" if line.spoken else " ")
        what, _, detail = line.text.partition("  ")
        x = grid.put(x, y + row, f"{sign} {what}", style, width=grid.width - x)
        grid.put(x + 2, y + row, detail, "dim", width=max(0, grid.width - x - 2))


def _near(run: RunSeen, rows: int) -> list[Line]:
    """The cues round the place where a run stands."""
    past = sum(line.t_s <= run.t_s for line in run.cues)
    begin = max(0, min(past - rows // 2 - 1, len(run.cues) - rows))
    return list(run.cues[begin : begin + rows])


def _timeline(grid: Grid, y: int, run: RunSeen) -> None:
    """The run from begin to end, with its cues and where it stands."""
    width = grid.width
    grid.put(0, y, "─" * width, "frame")
    lasts_s = max(run.end_s - run.begin_s, 1e-6)

    def x_of(t_s: float) -> int:
        return min(width - 1, max(0, round((t_s - run.begin_s) / lasts_s * (width - 1))))

    for line in run.cues:
        if line.spoken:
            sign, style = {"+": ("+", "new"), "-": ("-", "dim")}.get(line.mark, ("│", "bold"))
            grid.put(x_of(line.t_s), y, sign, style)
    grid.put(x_of(run.t_s), y, "●", "title")
    for x in range(width):
        grid.put(x, y, grid.signs[y][x], grid.styles[y][x], action=f"seek:{x / max(1, width - 1):.4f}")


def _keys(grid: Grid, y: int, desk: Desk) -> None:
    x = 0
    for key in keys.shown(desk.mode, grid.width):
        text = f"{key.sign} {key.label}" if key.label else key.sign
        grid.put(x, y, text, action=key.action)
        grid.put(x, y, key.sign, "key")
        x += keys.columns(key)


def _help(grid: Grid, desk: Desk) -> None:
    """The keys and signs in words, over the middle of the screen."""
    listed = keys.of(desk.mode)
    lines = [(key.sign, key.help) for key in listed]
    lines += [
        ("", ""),
        ("━", "the limit: a stride above it is out"),
        ("╍", "good again below this"),
        ("┈", "your own good form"),
        ("", "green and drawn through: well seen; yellow and dotted: not well"),
    ]
    lines = lines[: grid.height - 4]
    width = min(grid.width - 2, 72)
    box = Grid(width, len(lines) + 3)
    box.put(0, 0, "┌" + "─" * (width - 2) + "┐", "frame")
    box.put(2, 0, " Keys ", "title")
    for row in range(1, box.height - 1):
        box.put(0, row, "│", "frame")
        box.put(width - 1, row, "│", "frame")
    for row, (sign, text) in enumerate(lines):
        box.put(2, 1 + row, sign, "key")
        box.put(9, 1 + row, text, width=width - 11)
    box.put(0, box.height - 1, "└" + "─" * (width - 2) + "┘", "frame")
    box.put(2, box.height - 1, " any key closes this ", "dim")
    grid.paste(box, (grid.width - width) // 2, max(0, (grid.height - box.height) // 2))
