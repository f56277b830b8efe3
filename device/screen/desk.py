"""What whoever sits at the screen is doing: which limit is chosen, how far it was moved, and how to take that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from device.records import FAULTS
from device.screen import knobs
from device.screen.keys import TUNE, WATCH
from device.screen.knobs import KNOBS, Knob

ONE_MOVE_S = 10.0
"""Steps of one limit with no longer pauses are one move: undone together, and compared with what was before."""


@dataclass(frozen=True, slots=True)
class Move:
    """A limit that was moved.

    :param before: its value then.
    """

    key: str
    before: float


@dataclass(slots=True)
class Desk:
    """State of the dealings; pure.

    :ivar chosen: index of the limit in :data:`~device.screen.knobs.KNOBS` that the keys move.
    :ivar pending: values that were moved to and are not in force yet.
    :ivar note: one line about what was done last, with its style.
    :ivar asking: the action that waits for a second press.
    """

    mode: str = TUNE
    braille: bool = True
    chosen: int = 0
    pending: dict[str, float] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    note: str = ""
    note_style: str = ""
    asking: str = ""
    help: bool = False
    _moved_s: float = float("-inf")
    _moving: str = ""

    @property
    def knob(self) -> Knob:
        """The chosen limit."""
        return KNOBS[self.chosen]

    @property
    def fault(self) -> str:
        """The chosen limit's fault; "" where nothing can be moved."""
        return "" if self.mode == WATCH else self.knob.fault

    def say(self, note: str, style: str = "") -> None:
        """Show a line."""
        self.note, self.note_style = note, style

    def choose(self, index: int) -> None:
        """Choose another limit; behind the last comes the first."""
        self.chosen = index % len(KNOBS)
        self._moving = ""
        self.say(f"{self.knob.key}: {self.knob.what}", "dim")

    def choose_fault(self, fault: str) -> None:
        """Choose the first limit of a fault, unless one of it is chosen."""
        if fault in FAULTS and fault != self.knob.fault:
            self.choose(knobs.FIRST[fault])

    def move(self, steps: int, values: Mapping[str, Any], now_s: float) -> bool:
        """Move the chosen limit; whether it is another one now.

        :param values: the settings in force.
        """
        knob = self.knob
        value = self.value(knob, values)
        if value is None:
            self.say("the settings are not known yet", "warn")
            return False
        wanted, end = knob.moved(value, steps)
        if wanted == value:
            self.say(end, "warn")
            return False
        if self._moving != knob.key or now_s - self._moved_s > ONE_MOVE_S:
            self.moves.append(Move(knob.key, value))
        self._moving, self._moved_s = knob.key, now_s
        self.pending[knob.key] = wanted
        self.say(end, "warn")
        return True

    def undo(self) -> Move | None:
        """Take the last move back; what it was comes back, None if there is none."""
        self._moving = ""
        if not self.moves:
            self.say("nothing to undo", "warn")
            return None
        move = self.moves.pop()
        self.pending[move.key] = move.before
        self.chosen = next(index for index, knob in enumerate(KNOBS) if knob.key == move.key)
        return move

    def refused(self, why: str) -> None:
        """What was asked for is not done: the values in force stand again."""
        for key in self.pending:
            if self.moves and self.moves[-1].key == key:
                self.moves.pop()
        self.pending.clear()
        self._moving = ""
        self.say(why, "bad")

    def value(self, knob: Knob, values: Mapping[str, Any]) -> float | None:
        """What a limit is set to, moves included."""
        value = self.pending.get(knob.key, values.get(knob.key))
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def wanted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The settings in force with what was moved over them."""
        return {**values, **self.pending}

    def before(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as they were before the last move."""
        return {**values, self.moves[-1].key: self.moves[-1].before} if self.moves else dict(values)
