"""One instrument a fault: the value of the last stride, its limit, its state, and how it went in the last seconds."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from device.drawing.lettering import length_px, write
from device.drawing.paint import Mask, Picture, Point, blend, box, dashes, line, plain, ring, rounded, tick
from device.drawing.state import COLOURS, State, is_past, state_of
from device.drawing.theme import (
    BRIGHT,
    CARD,
    CARD_EDGE,
    CARD_GAP_PX,
    CORNER_PX,
    FAINT,
    INK,
    NIGHT,
    OUT,
    PANEL_WIDTH_PX,
    PLOT,
    SOFT,
    STAGE_HEIGHT_PX,
)
from device.records import FAULTS, Fault, Posture

HISTORY_S = 20.0
CARD_HEIGHT_PX = (STAGE_HEIGHT_PX - 2 * CARD_GAP_PX) // len(FAULTS)

_NAMES = {"forward_lean": "Forward lean", "hunched_shoulders": "Shoulders", "torso_twist": "Torso twist"}
_UNITS = {"forward_lean": "°", "hunched_shoulders": "% of trunk", "torso_twist": "°"}
_RANGES = {"forward_lean": (-5.0, 20.0), "hunched_shoulders": (0.0, 12.0), "torso_twist": (0.0, 60.0)}
"""The trace's range while no limit is known."""

_BELOW = {"forward_lean": 0.35, "hunched_shoulders": 0.35}
"""Lean may be backward, and shoulders lower than usual: how much of the limit is shown below nought.  The range of a
twist is never below it."""

_PAD_PX = 18
_PLOT_TOP_PX = 118
_PLOT_WIDTH_PX = PANEL_WIDTH_PX - 2 * _PAD_PX
_PLOT_HEIGHT_PX = CARD_HEIGHT_PX - _PLOT_TOP_PX - 16
_PX_PER_S = _PLOT_WIDTH_PX / HISTORY_S
_AHEAD_PX = 32
"""A trace is drawn this much further than now, and then only moved until that is used up."""
_DOT_PX = 9


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the trace is drawn against: the values at its bottom and top, and the limit if there is one."""

    low: float
    high: float
    limit: float | None

    def y_px(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return 4 + (1 - min(1.0, max(0.0, share))) * (_PLOT_HEIGHT_PX - 8)


def _scale(fault: Fault, before: _Scale | None) -> _Scale:
    """Return what to draw a fault's values against; while no limit is known the range stays what it was ``before``."""
    if not math.isfinite(fault.limit):
        low, high = (before.low, before.high) if before is not None else _RANGES.get(fault.fault, (0.0, 100.0))
        return _Scale(low, high, None)
    limit = round(fault.limit, 1)
    low = -_BELOW.get(fault.fault, 0.0) * limit
    return _Scale(low, max(low + 1.0, limit * 1.6), limit)


def _plot(scale: _Scale) -> Picture:
    """Draw the trace's background: the side that is out of limits tinted, and the limit as a line."""
    plot = plain(_PLOT_WIDTH_PX, _PLOT_HEIGHT_PX, PLOT)
    if scale.limit is not None:
        y = scale.y_px(scale.limit)
        plot[: round(y)] = (np.array(PLOT) * 0.78 + np.array(OUT) * 0.22).astype(np.uint8)
        dashes(plot, (0, y), (_PLOT_WIDTH_PX, y), 2.0, OUT, 8.0)
    return plot


class Instrument:
    """Draws one fault; keeps its values of the last seconds.

    :param fault: one of :data:`device.records.FAULTS`.
    """

    def __init__(self, fault: str) -> None:
        """Begin with an empty history."""
        self._fault = fault
        self._history: deque[tuple[float, float, float]] = deque()  # time, value, the limit it was held against
        self._stride: int | None = None
        self._card: Picture | None = None
        self._card_key: object = None
        self._scale: _Scale | None = None
        self._plot: Picture | None = None
        self._trace: Mask | None = None
        self._trace_colours: Picture | None = None
        self._trace_t_s = math.nan
        self._shown: object = None

    def draw(self, fault: Fault, posture: Posture, t_s: float) -> Picture:
        """Return the instrument's picture as of time ``t_s``.  It stays the instrument's own: copy it."""
        state = state_of(fault, posture)
        self._remember(fault, posture, state, t_s)
        number, limit = _figure(fault, fault.value), _figure(fault, fault.limit).removesuffix(".0")
        past = is_past(fault)
        measure = fault.measure if number else ""
        key = (state, measure, number, limit, past)
        if self._card is None or key != self._card_key:
            self._card = self._draw_card(state, measure, number, limit, past)
            self._card_key, self._shown = key, None
        if state is not State.BLIND:
            self._draw_trace(self._card, fault, state, t_s)
        return self._card

    def _remember(self, fault: Fault, posture: Posture, state: State, t_s: float) -> None:
        known = state not in (State.WAITING, State.BLIND) and math.isfinite(fault.value)
        value = fault.value if known else math.nan
        was_known = bool(self._history) and math.isfinite(self._history[-1][1])
        if (known and (posture.stride != self._stride or not was_known)) or (was_known and not known):
            self._history.append((t_s, value, fault.limit if fault.measure else math.nan))
            self._trace = None
        self._stride = posture.stride
        while len(self._history) > 1 and self._history[1][0] < t_s - HISTORY_S - 1:
            self._history.popleft()

    def _draw_card(self, state: State, measure: str, number: str, limit: str, past: bool) -> Picture:
        width = PANEL_WIDTH_PX
        colour = COLOURS[state]
        card = _ground(state is State.OUT)
        name = write(card, _NAMES.get(self._fault, self._fault), _PAD_PX, 38, 25, BRIGHT, bold=True)
        if state is State.BLIND:
            _draw_blind(card, state)
            return card
        left = _draw_badge(card, state)
        if measure and _PAD_PX + name + 8 + length_px(measure, 22) < left - 6:
            write(card, measure, _PAD_PX + name + 8, 38, 22, SOFT)
        unit = _UNITS.get(self._fault, "")
        if number:
            lively = state not in (State.LEARNING, State.WAITING)
            tint = (colour if past or state is State.OUT else BRIGHT) if lively else FAINT
            x = _PAD_PX + write(card, number, _PAD_PX, 100, 58, tint, bold=True)
            if unit == "°":
                write(card, unit, x + 2, 98, 54, tint)
            else:
                sign, _, rest = unit.partition(" ")
                write(card, sign, x + 8, 76, 26, tint)
                write(card, rest, x + 8, 100, 22, tint)
        else:
            line(card, (_PAD_PX + 4, 82), (_PAD_PX + 34, 82), 5, FAINT)
        if limit:
            text = f"{limit}{unit}" if unit == "°" else f"{limit} {unit[:1]}"
            taken = write(card, text, width - _PAD_PX, 100, 28, SOFT, bold=True, align="right")
            write(card, "at most", width - _PAD_PX - taken - 9, 100, 22, SOFT, align="right")
        return card

    def _draw_trace(self, card: Picture, fault: Fault, state: State, t_s: float) -> None:
        scale = _scale(fault, self._scale)
        if self._plot is None or scale != self._scale:
            self._plot, self._scale, self._trace = _plot(scale), scale, None
        offset = round((t_s - self._trace_t_s) * _PX_PER_S) if self._trace is not None else 0
        if self._trace is None or not 0 <= offset <= _AHEAD_PX:
            self._draw_line(scale, t_s)
            offset, self._shown = 0, None
        if self._shown == offset or self._trace is None or self._trace_colours is None:
            return
        self._shown = offset
        weight = self._trace[:, offset : offset + _PLOT_WIDTH_PX].astype(np.uint16)[..., None]
        plot = ((self._plot * (256 - weight) + self._trace_colours * weight + 128) >> 8).astype(np.uint8)
        plot[:, _PLOT_WIDTH_PX - _DOT_PX :] = self._plot[:, _PLOT_WIDTH_PX - _DOT_PX :]  # that is still to come
        last = _on_scale(*self._history[-1][1:], scale) if self._history else math.nan
        if math.isfinite(last):
            at = (_PLOT_WIDTH_PX - _DOT_PX, scale.y_px(last))
            tint = COLOURS[state] if state in (State.OK, State.PAST, State.OUT, State.EASING) else SOFT
            line(plot, at, at, _DOT_PX, tint, edge=2.0, edge_opacity=0.8)
        region = card[_PLOT_TOP_PX : _PLOT_TOP_PX + _PLOT_HEIGHT_PX, _PAD_PX : _PAD_PX + _PLOT_WIDTH_PX]
        region[:] = card[_PLOT_TOP_PX - 4, _PAD_PX]
        blend(region, rounded(_PLOT_WIDTH_PX, _PLOT_HEIGHT_PX, 8), plot, 0, 0)

    def _draw_line(self, scale: _Scale, t_s: float) -> None:
        """Draw the values as a line; it stops where nothing was known, and goes on level after the last stride."""
        strip = np.zeros((_PLOT_HEIGHT_PX, _PLOT_WIDTH_PX + _AHEAD_PX, 3), np.uint8)
        now_px = _PLOT_WIDTH_PX - _DOT_PX
        before: Point | None = None
        for at_s, value, limit in self._history:
            if not math.isfinite(value):
                if before is not None:
                    line(strip, before, (now_px + (at_s - t_s) * _PX_PER_S, before[1]), 3.0, (255, 255, 255))
                before = None
                continue
            here = (now_px + (at_s - t_s) * _PX_PER_S, scale.y_px(_on_scale(value, limit, scale)))
            line(strip, before or here, here, 3.0, (255, 255, 255))
            before = here
        if before is not None:
            line(strip, before, (strip.shape[1], before[1]), 3.0, (255, 255, 255))
        self._trace, self._trace_t_s = strip[..., 0], t_s
        colours = np.empty((_PLOT_HEIGHT_PX, 1, 3), np.uint8)
        colours[:] = (196, 214, 228)
        if scale.limit is not None:
            colours[: round(scale.y_px(scale.limit))] = OUT
        self._trace_colours = colours


def _figure(fault: Fault, value: float) -> str:
    """Return a value or a limit as it is written; "" where not known.  The shoulders' small ones have a decimal."""
    if not math.isfinite(value):
        return ""
    fine = fault.fault == "hunched_shoulders" and 0 <= value < 9.95
    text = f"{value:.1f}" if fine else f"{value:.0f}"
    return text if float(text) else text.lstrip("-")


def _on_scale(value: float, limit: float, scale: _Scale) -> float:
    """Return a value of the past as it is drawn now.

    A fault of several measures tells the worse one, each with a limit of its own: what it was held against then is
    drawn where the limit is now.  Of other faults ``limit`` is NaN, and the value is drawn as it is.
    """
    return value * scale.limit / limit if scale.limit is not None and math.isfinite(limit) and limit else value


def _ground(out: bool) -> Picture:
    """Return an empty card, with the night around its round corners; while the fault is out it glows a little."""
    width, height = PANEL_WIDTH_PX, CARD_HEIGHT_PX
    card = plain(width, height, NIGHT)
    glow = (np.array(CARD) * 0.88 + np.array(OUT) * 0.12).astype(np.uint8)
    edge = 2 if out else 1
    box(card, 0, 0, width, height, CORNER_PX, OUT if out else CARD_EDGE)
    inner = (int(glow[0]), int(glow[1]), int(glow[2])) if out else CARD
    box(card, edge, edge, width - 2 * edge, height - 2 * edge, CORNER_PX - edge, inner)
    return card


def _draw_badge(card: Picture, state: State) -> int:
    """Draw the state at the upper right, a word and a sign of its own; return where it begins."""
    colour, text = COLOURS[state], str(state.value)
    filled = state is State.OUT
    size, height, sign = 23, 36, 34
    width = length_px(text, size, bold=True) + sign + 15
    x, y = int(card.shape[1]) - _PAD_PX + 4 - width, 12
    box(card, x, y, width, height, height / 2, colour, 1.0 if filled else 0.16)
    ink = INK if filled else colour
    write(card, text, x + sign, y + 26, size, ink, bold=True)
    centre = (x + 20.0, y + height / 2)
    cx, cy = centre
    if state is State.OK:
        tick(card, centre, 17, 3.4, ink)
    elif state is State.OUT:
        line(card, (cx, cy - 8), (cx, cy + 2), 3.8, ink)
        line(card, (cx, cy + 8), (cx, cy + 8), 4.2, ink)
    elif state in (State.PAST, State.EASING):
        # An arrow the way the value went: out of the limit, or back inside.
        up = -1 if state is State.PAST else 1
        line(card, (cx, cy - 8), (cx, cy + 8), 3.2, ink)
        line(card, (cx, cy + 8 * up), (cx - 6, cy + 2 * up), 3.2, ink)
        line(card, (cx, cy + 8 * up), (cx + 6, cy + 2 * up), 3.2, ink)
    elif state is State.LEARNING:
        for dx in (-7, 0, 7):
            line(card, (cx + dx, cy), (cx + dx, cy), 4.6, ink)
    else:
        ring(card, centre, 7, 2.6, ink)
    return x


def _draw_blind(card: Picture, state: State) -> None:
    """Draw the sign of an eye that is struck through, and the words, in the middle of a card."""
    middle = card.shape[1] // 2
    cx, cy = float(middle), 92.0
    for sign in (-1, 1):
        lid = [(cx + 26 * k / 8, cy + sign * 15 * (1 - (k / 8) ** 2)) for k in range(-8, 9)]
        for start, end in pairwise(lid):
            line(card, start, end, 3.0, FAINT)
    ring(card, (cx, cy), 6.5, 3.0, FAINT)
    line(card, (cx - 22, cy + 20), (cx + 22, cy - 20), 7.0, CARD)
    line(card, (cx - 22, cy + 20), (cx + 22, cy - 20), 3.0, FAINT)
    write(card, state.value, middle, 150, 25, SOFT, align="middle")
