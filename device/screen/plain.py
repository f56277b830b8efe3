"""What the coach sees as a line a second: plain text, for scripts and for those who have the screen read to them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from device.columns import show
from device.screen.draw import doing
from device.screen.live import LiveSource
from device.screen.messages import FaultSeen, word
from device.screen.panels import NAMES, UNITS
from device.screen.seen import Line, Seen
from device.wording import clock

EVERY_S = 1.0


def watch(path: Path) -> int:
    """Print until Ctrl-C, which is how this ends well."""
    try:
        asyncio.run(_watch(LiveSource(path, hz=4.0)))
    except KeyboardInterrupt:
        show("")
    return 0


async def _watch(source: LiveSource) -> None:
    seen = Seen()
    printing = asyncio.get_running_loop().create_task(_print(seen))
    try:
        async for message in source.messages():
            seen.take(message, time.monotonic())
            if printing.done():
                printing.result()  # nobody reads any more
    finally:
        printing.cancel()
        await source.close()


async def _print(seen: Seen) -> None:
    told: Line | None = None
    due_s = time.monotonic() + EVERY_S
    while True:
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        due_s += EVERY_S
        spoken = [said for said in seen.log if said.spoken]
        if told in spoken:
            spoken = spoken[spoken.index(told) + 1 :]
        told = spoken[-1] if spoken else told
        show(line(seen, spoken, time.monotonic()))


def line(seen: Seen, spoken: list[Line], now_s: float) -> str:
    """All there is to tell as one line.

    :param spoken: what was said since the line before.
    """
    live = seen.fresh(now_s)
    if not seen.connected:
        return f"no connection: {seen.trouble or 'not connected yet'}"
    parts = [f"{clock(seen.t_s)} {word(seen.status.get('state')) or 'unknown'}"]
    if live is None:
        parts.append("no picture")
    else:
        parts.append(", ".join(doing(live)))
        if not seen.aim.good:
            parts.append(seen.aim.words)
        if live.motion == "running":
            parts += [_fault(fault) for fault in live.faults]
    parts += [f"trouble, {name}: {text}" for name, text in seen.troubles()]
    parts += [f"said: {said.text.partition('  ')[0]}" for said in spoken]
    return "; ".join(parts)


def _fault(fault: FaultSeen) -> str:
    name, unit = NAMES.get((fault.fault, fault.measure), NAMES[fault.fault, ""]).lower(), UNITS[fault.fault]
    if not fault.watched or fault.value is None or fault.limit is None:
        return f"{name} {'not watched: ' if not fault.watched else ''}{fault.why or 'unknown'}"
    return f"{name} {round(fault.value, 1) + 0.0:.1f}{unit} of {fault.limit:.1f}{unit} {fault.state}"
