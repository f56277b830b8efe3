"""The screen in a terminal: keys and mouse in, what changed out.  Everything that is shown is drawn elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Click, CursorPosition, Key, Resize

from device.screen import keys, knobs
from device.screen.column import Column
from device.screen.desk import Desk
from device.screen.draw import draw
from device.screen.grid import Grid
from device.screen.keys import RUN, WATCH
from device.screen.live import LiveSource
from device.screen.messages import word
from device.screen.pace import Pace
from device.screen.seen import Seen
from device.screen.source import Source

SETTLE_S = 0.3
"""A limit is sent when no key moved it for so long: a key that is held is one change, not thirty."""

_WHERE = "\x1b[6n"
"""Asks the terminal where its cursor is (ECMA-48, DSR 6)."""


class ScreenApp(App[int]):
    """The screen.

    :param source: where the messages come from.
    :param desk: what can be done here.
    :ivar ended: whether to leave; may be set at any time, by a signal's handler, too.
    """

    CSS = """
    Screen { layout: horizontal; overflow: hidden; background: ansi_default; color: ansi_default; }
    Column { width: 8; height: 100%; background: ansi_default; color: ansi_default; }
    """
    # First in line, or Tab would be taken for Textual's own.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(name, f"key('{name}')", show=False, priority=True)
        for name in sorted({name for key in keys.KEYS for name in key.names})
    ]
    ENABLE_COMMAND_PALETTE = False
    TITLE = "Form Coach"

    def __init__(self, source: Source, desk: Desk) -> None:
        super().__init__(ansi_color=True)
        self.source = source
        self.desk = desk
        self.seen = Seen()
        self.pace = Pace()
        self.ended = False
        self._keys = {name: key.action for key in keys.of(desk.mode) for name in key.names}
        self._grid = Grid(0, 0)
        self._columns: list[Column] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: asyncio.Task[None] | None = None

    def compose(self) -> ComposeResult:
        """Columns side by side."""
        yield from self._missing(self.size.width)

    def on_mount(self) -> None:
        """Begin to listen and to draw."""
        self.set_interval(0.05, self._tick)
        if self.desk.mode != WATCH:
            self.desk.choose(0)
        self._begin(self._listen())

    async def on_unmount(self) -> None:
        """Let go of the source."""
        for task in list(self._tasks):
            task.cancel()
        await self.source.close()

    def on_resize(self, event: Resize) -> None:
        """Fill the new size at once."""
        if missing := self._missing(event.size.width):
            self.screen.mount_all(missing)
        self._show()

    def on_cursor_position(self, event: CursorPosition) -> None:
        """The terminal has taken in what was drawn."""
        self.pace.answered(time.monotonic())

    def on_key(self, event: Key) -> None:
        """A key without any meaning ends a question."""
        self._press("")

    def action_key(self, name: str) -> None:
        """A key with a meaning, in some mode at least."""
        self._press(self._keys.get(name, ""))

    def on_click(self, event: Click) -> None:
        """Do what stands where the mouse is."""
        self._press(self._grid.clicked(event.screen_x, event.screen_y))

    def _press(self, action: str) -> None:
        """Do what a key or a click asks for (:mod:`device.screen.keys`), "" for nothing."""
        if not (action or self.desk.help or self.desk.asking):
            return
        if self.desk.help and action != "quit":
            self.desk.help = False
        else:
            self._do(action)
        if self.pace.idle:  # else soon: what was drawn is still on its way
            self._show()

    def _do(self, action: str) -> None:
        name, _, value = action.partition(":")
        asked, self.desk.asking = self.desk.asking, ""
        if asked and name != asked:
            self.desk.say("left as it is", "dim")
            if name != "quit" and (asked, name) != ("quit", "save"):
                return
        match name:
            case "quit":
                self._begin(self._leave(asked == name))
            case "help":
                self.desk.help = True
            case "more" | "less":
                if self.desk.move(1 if name == "more" else -1, self.seen.values, time.monotonic()):
                    self._send(SETTLE_S)
            case "next" | "previous":
                self.desk.choose(self.desk.chosen + (1 if name == "next" else -1))
            case "knob":
                self.desk.choose(int(value))
            case "fault":
                self.desk.choose_fault(value)
            case "undo":
                if self.desk.undo() is not None:
                    self._send(0.0)
            case "relearn":
                if asked == name:
                    self._begin(self._ask("relearn", "the runner's own form is learned anew"))
                else:
                    self.desk.asking = name
                    self.desk.say(
                        "Forget the runner's own form and learn it anew?  r again: yes, any other key: no", "warn"
                    )
            case "mute":
                self._begin(self._ask("mute", "nothing is said" if not self.seen.muted else "it speaks again"))
            case "test":
                text = self._phrase()
                self._begin(self._ask("say", f"“{text}” is said now", text=text))
            case "save":
                self._begin(self._save())
            case "play":
                self._begin(self._ask("play"))
            case "back" | "ahead" | "back_minute" | "ahead_minute":
                by_s = (60.0 if name.endswith("minute") else 5.0) * (1 if name.startswith("ahead") else -1)
                self._begin(self._ask("seek", by_s=by_s))
            case "seek":
                self._begin(self._ask("seek", share=float(value)))

    def _phrase(self) -> str:
        """Something to say that sounds like what it says while running."""
        cues = self.seen.values.get("forward_lean.cues")
        return word(cues[0]) if isinstance(cues, (list, tuple)) and cues else "Stand taller"

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.desk.say(f"this failed unforeseen ({type(error).__name__}: {error}); please report it", "bad")

    async def _listen(self) -> None:
        async for message in self.source.messages():
            self.seen.take(message, time.monotonic())
            if message.get("kind") == "link" and message.get("up") and isinstance(self.source, LiveSource):
                self._begin(self._remember(self.source))

    async def _remember(self, source: LiveSource) -> None:
        """Fill the traces with what was before the screen was opened."""
        for _ in range(50):
            if self.seen.values:
                break
            await asyncio.sleep(0.1)
        for fault, points in (await source.traces(dict(self.seen.values))).items():
            self.seen.before(fault, points)

    def _send(self, after_s: float) -> None:
        """Send what was moved, unless it is moved on meanwhile."""
        if self._sending is not None:
            self._sending.cancel()
        self._sending = self._begin(self._settle(after_s))

    async def _settle(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        # What is under way now is not to be cancelled: it would be in force, and nobody would know.
        self._sending = None
        changes, before = dict(self.desk.pending), self.desk.before(self.seen.values)
        undone = not self.desk.moves or self.desk.moves[-1].key not in changes
        answer = await self.source.ask("set", changes=changes)
        if answer.get("ok") is not True:
            self.desk.refused(word(answer.get("why")) or "the coach refused that")
            return
        now = answer.get("now")
        values = {**self.seen.values, **(now if isinstance(now, dict) else changes)}
        self.seen.values = values
        for key, value in changes.items():
            if self.desk.pending.get(key) == value:
                del self.desk.pending[key]
        told = ", ".join(f"{key.partition('.')[2]} = {values[key]:g}" for key in changes) + self._idle(changes)
        self.desk.say(f"{told} again" if undone else told, "good")
        if undone and self.desk.mode != RUN:
            return
        preview = await self.source.preview(before, values)
        if preview is not None and not self.desk.pending:
            self.desk.say(f"{preview.words}   ({told})", "good")

    def _idle(self, changes: dict[str, float]) -> str:
        """Why a change does not show at once; "" if it does."""
        knob = next((knob for knob in knobs.KNOBS if knob.key in changes), None)
        if knob is None or self.seen.live is None:
            return ""
        fault = next(fault for fault in self.seen.live.faults if fault.fault == knob.fault)
        counts = knobs.behind(knob.fault, self.seen.values, self.seen.own(knob.fault), fault.measure)
        if counts in ("", knob.key) or knob.fault == "hunched_shoulders":
            return ""
        return f", but {counts.partition('.')[2]} decides"

    async def _ask(self, do: str, done: str = "", **fields: Any) -> None:
        answer = await self.source.ask(do, **fields)
        if answer.get("ok") is not True:
            self.desk.say(word(answer.get("why")) or "the coach refused that", "bad")
        elif done:
            self.desk.say(done, "good")

    async def _save(self) -> None:
        if self._sending is not None:
            await self._sending
        answer = await self.source.ask("save")
        good = answer.get("ok") is True
        self.desk.say(word(answer.get("what" if good else "why")), "good" if good else "warn")

    async def _leave(self, sure: bool) -> None:
        """End; what was moved a moment ago is sent first, and limits that would be lost are asked about."""
        if self._sending is not None:
            await self._sending
        run = self.seen.run
        if self.desk.mode == RUN and run is not None and run.unsaved and not sure:
            self.desk.asking = "quit"
            self.desk.say("The limits are not saved.  w: save them, q again: leave without", "warn")
            return
        self.exit(0)

    def _tick(self) -> None:
        if self.ended:
            self.exit(0)
        elif self.pace.due(time.monotonic()):
            self._show()

    def _show(self) -> None:
        """Draw, and write what changed."""
        begun_s = time.monotonic()
        before, size = self._grid, self.size
        self._grid = grid = draw(self.seen, self.desk, size.width, size.height, begun_s)
        alike = (before.width, before.height) == (grid.width, grid.height)
        changes = list(grid.changes(before)) if alike else None
        for column in self._columns:
            column.show(grid, changes)
        changed = changes is None or bool(changes)
        self.pace.drawn(begun_s, time.process_time())
        if changed and self.pace.asks:
            self.pace.asked(time.monotonic())
            self.call_after_refresh(self._where)

    def _missing(self, width: int) -> list[Column]:
        """The columns that a screen of this width needs and that are not there yet."""
        missing = [Column(left) for left in range(len(self._columns) * Column.WIDTH, width, Column.WIDTH)]
        self._columns += missing
        return missing

    def _where(self) -> None:
        if self._driver is not None:
            self._driver.write(_WHERE)
