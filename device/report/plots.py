"""The report's curves and bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from device import wording
from device.records import FAULTS
from device.report import figures, svg
from device.report.figures import Measure
from device.report.material import Material

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

WIDE, HALF = 700, 344
"""Widths of drawings: of the page, and of two beside each other."""

COLOUR = {"lean": "lean", "raised": "shoulders", "forward": "shoulders", "twist": "twist"}
"""The colour of each measure, by its name in the style sheet."""

_C = svg.COLOURS
_FAULT_COLOUR = dict(zip(FAULTS, ("lean", "shoulders", "twist"), strict=True))
_MARKER = dict(zip(FAULTS, ("o", "s", "^"), strict=True))
_DASHES = {"lean": "-", "raised": "-", "forward": (0, (1, 1.2)), "twist": "-"}
_SHORT = {"lean": "lean", "raised": "raised", "forward": "forward", "twist": "twist"}


def timeline(m: Material, fault: str, shown: Sequence[Measure], last: bool) -> Figure:
    """A fault's measures over the run, with limits, own form, episodes, cues and mendings.

    :param shown: its measures that were judged.
    :param last: whether the time is written below it.
    """
    below = 26 if last else 8
    high_px = 80 + below
    fig = svg.figure(WIDE, high_px, laid_out=False)
    ax = fig.add_axes((0.05, below / high_px, 0.822, 1 - (below + 2) / high_px))  # one time below the other
    _time_axis(ax, m, last)
    t_s = m.strides["t_s"]
    top, bottom, labels = 0.0, 0.0, []
    for one in shown:
        colour = _C[COLOUR[one.name]]
        line = figures.curve(t_s, one.values)
        minutes = line.t_s / 60
        limit = _at(line.t_s, t_s, one.limits)
        steps_s, steps = _steps(t_s, one.limits)
        ax.fill_between(minutes, line.low, line.high, color=colour, alpha=0.16, linewidth=0)
        with np.errstate(invalid="ignore"):
            ax.fill_between(
                minutes,
                limit,
                line.middle,
                where=(line.middle > limit).tolist(),
                color=_C["out"],
                alpha=0.55,
                linewidth=0,
            )
        ax.plot(minutes, line.middle, color=colour, linestyle=_DASHES[one.name])
        ax.plot(steps_s / 60, steps, color=_C["ink"], linestyle=(0, (4, 2)), linewidth=0.9, drawstyle="steps-post")
        high, low = _most(line.high), _least(line.low)
        top, bottom = max(top, high, 1.25 * (one.limit or 0.0)), min(bottom, low)
        name = f" {one.name}" if len(shown) > 1 else ""
        if one.limit is not None:
            labels.append((one.limit, f"limit{name} {one.limit:.1f}"))
        if one.own is not None and fault != "hunched_shoulders":
            ax.axhline(one.own, color=colour, linewidth=0.8, linestyle=(0, (1, 1.5)))
            labels.append((one.own, f"own form {one.own:.1f}"))
    if bottom < 0:
        bottom -= 0.05 * (top - bottom)
    top = (top or 1.0) * 1.05
    room = 0.26 * (top - bottom)  # for the cues
    ax.set_ylim(bottom, top + room)
    _label_right(ax, labels)
    for begun_s, ended_s in figures.spans(m.episodes, fault, m.run["duration_s"]):
        ax.axvspan(begun_s / 60, ended_s / 60, color=_C["out"], alpha=0.13, linewidth=0)
    for cue in m.cues:
        if cue["fault"] != fault or cue["kind"] != "cue":
            continue
        height = top + 0.5 * room
        if cue["mended_s"] is not None:
            ax.plot(np.array([cue["t_s"], cue["mended_s"]]) / 60, [height, height], color=_C["good"], linewidth=1.0)
            ax.plot(cue["mended_s"] / 60, height, "o", color=_C["paper"], markeredgecolor=_C["good"], markersize=4.5)
        ax.plot(cue["t_s"] / 60, height, "v", color=_C["ink"], markersize=5.0)
    ax.yaxis.set_major_locator(_few(4))
    ax.yaxis.set_major_formatter("{x:g}°" if fault != "hunched_shoulders" else "{x:g} %")
    return fig


def drift(shown: Sequence[Measure]) -> Figure:
    """Each measure in the first and in the last third: the middle half of the strides, and their median."""
    fig = svg.figure(HALF, 112)
    axes = fig.subplots(1, len(shown), squeeze=False)[0]
    for place, one in enumerate(shown):
        ax = axes[place]
        assert one.fresh is not None
        assert one.tired is not None
        colour = _C[COLOUR[one.name]]
        for x, some in enumerate((one.fresh, one.tired)):
            ax.plot([x, x], [some.low, some.high], color=colour, linewidth=7, alpha=0.3, solid_capstyle="butt")
        medians = [one.fresh.median, one.tired.median]
        ax.plot([0, 1], medians, color=colour, marker="o", markersize=4, linestyle=_DASHES[one.name])
        if one.limit is not None:
            ax.axhline(one.limit, color=_C["ink"], linestyle=(0, (4, 2)), linewidth=0.9)
        low = min(0.0, one.fresh.low, one.tired.low)
        ax.set_ylim(low * 1.1, 1.15 * max(one.limit or 0.0, one.fresh.high, one.tired.high, 1.0))
        ax.set_xlim(-0.45, 1.45)
        ax.set_xticks([0, 1], ["fresh", "tired"])
        ax.yaxis.set_major_locator(_few(4))
        ax.set_title(f"{_SHORT[one.name]} {'°' if one.unit == '°' else '%'}", fontsize=9, color=_C["ink"])
        ax.xaxis.grid(False)
    return fig


def turning(m: Material) -> Figure:
    """How far the chest turned to either side, over the run."""
    fig = svg.figure(HALF, 112)
    ax = fig.subplots()
    _time_axis(ax, m, True)
    t_s = m.strides["t_s"]
    most = 5.0
    for name, side, sign in (("left", "yaw_left_deg", 1.0), ("right", "yaw_right_deg", -1.0)):
        line = figures.curve(t_s, sign * m.strides[side])
        colour = _C[name]
        ax.fill_between(line.t_s / 60, 0, line.middle, color=colour, alpha=0.28, linewidth=0)
        ax.plot(line.t_s / 60, line.middle, color=colour, linewidth=1.0)
        most = max(most, _most(sign * line.middle))
        ax.text(0.01, 0.97 if sign > 0 else 0.03, name, color=_C["ink"], transform=ax.transAxes,
                va="top" if sign > 0 else "bottom")  # fmt: skip
    middle = figures.curve(t_s, -figures.turned(m.strides))
    ax.plot(middle.t_s / 60, middle.middle, color=_C["ink"], linewidth=1.6)
    ax.axhline(0, color=_C["soft"], linewidth=0.8)
    ax.set_ylim(-1.25 * most, 1.25 * most)
    ax.yaxis.set_major_locator(_few(5))
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}°")
    return fig


def cadence(m: Material) -> Figure:
    """Steps a minute, over the run."""
    fig = svg.figure(HALF, 88)
    ax = fig.subplots()
    _time_axis(ax, m, True)
    line = figures.curve(m.strides["t_s"], m.strides["cadence_spm"])
    ax.fill_between(line.t_s / 60, line.low, line.high, color=_C["soft"], alpha=0.22, linewidth=0)
    ax.plot(line.t_s / 60, line.middle, color=_C["ink"])
    low, high = _least(line.low, 160.0), _most(line.high, 170.0)
    ax.set_ylim(min(low, 0.5 * (low + high) - 8) - 1, max(high, 0.5 * (low + high) + 8) + 1)
    ax.yaxis.set_major_locator(_few(4))
    ax.set_ylabel("steps/min", labelpad=2)
    return fig


def seeing(parts: Mapping[str, float | None]) -> Figure:
    """Shares of the time in which the coach could see or judge, as bars."""
    fig = svg.figure(HALF, 88)
    ax = fig.subplots()
    for place, (name, share) in enumerate(parts.items()):
        y = len(parts) - 1 - place
        ax.barh(y, 100, height=0.62, color=_C["grid"])
        ax.barh(y, 100 * (share or 0.0), height=0.62, color=_C["soft"] if place == 0 else _C[_FAULT_COLOUR[name]])
        ax.text(102, y, "–" if share is None else f"{100 * share:.0f} %", va="center", color=_C["ink"])
    names = ["runner seen" if name not in FAULTS else f"{_FAULT_COLOUR[name]} judged" for name in parts]
    ax.set_yticks(range(len(parts) - 1, -1, -1), names)
    ax.tick_params(axis="y", labelcolor=_C["ink"])
    ax.set_xlim(0, 114)
    ax.set_xticks([])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return fig


def trends(m: Material) -> Figure:
    """Time with each fault over the last runs, and the pain noted after them."""
    pains = [m.pain.get(row["id"]) for row in m.trend]
    hurt = any(level is not None for level in pains)
    fig = svg.figure(HALF, 124 if hurt else 104)
    grid = fig.add_gridspec(2 if hurt else 1, 1, height_ratios=[2, 1] if hurt else [1])
    ax = fig.add_subplot(grid[0])
    x = np.arange(len(m.trend))
    most = 10.0
    for fault in FAULTS:
        shares = np.array([100 * m.shares.get(row["id"], {}).get(fault, np.nan) for row in m.trend])
        most = max(most, _most(shares))
        colour = _C[_FAULT_COLOUR[fault]]
        ax.plot(x, shares, color=colour, marker=_MARKER[fault], markersize=4, label=wording.NAMES[fault])
    ax.set_ylim(0, 1.1 * most)
    ax.set_ylabel("% of time", labelpad=2)
    ax.yaxis.set_major_locator(_few(3))
    ax.legend(
        loc="lower left", bbox_to_anchor=(-0.05, 1.0), ncols=3, frameon=False, fontsize=7.5, borderaxespad=0.1,
        handlelength=1.4, columnspacing=1.0,
    )  # fmt: skip
    axes = [ax]
    if hurt:
        below = fig.add_subplot(grid[1], sharex=ax)
        for place, level in enumerate(pains):
            if level is not None:
                below.bar(place, max(level, 0.25), width=0.5, color=_C["pain"])
                below.text(place, level + 0.6, f"{level}", ha="center", fontsize=7)
        below.set_ylim(0, 12.5)
        below.set_yticks([0, 5, 10])
        below.set_ylabel("pain", labelpad=2)
        axes.append(below)
        ax.tick_params(labelbottom=False)
    for each in axes:
        each.set_xlim(-0.4, max(len(m.trend) - 0.6, 0.4))
        each.xaxis.grid(False)
    labels = [_day(row) for row in m.trend]
    thin = max(1, -(-len(labels) // 6))
    kept = [place for place in range(len(labels)) if (len(labels) - 1 - place) % thin == 0]
    axes[-1].set_xticks(kept, [labels[place] for place in kept])
    return fig


def _time_axis(ax: Axes, m: Material, told: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    t_s = m.strides["t_s"]
    end_s = max(m.run["duration_s"], float(t_s[-1]) if len(t_s) else 0.0, 10.0)
    ax.set_xlim(0, end_s / 60)
    ax.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10]))
    if told:
        ax.set_xlabel("minutes", labelpad=1)
    else:
        ax.tick_params(labelbottom=False)


def _few(number: int) -> Locator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(number, steps=[1, 2, 5, 10])


def _label_right(ax: Axes, labels: list[tuple[float, str]]) -> None:
    """Names of lines at their right ends, moved apart where they would touch."""
    low, high = ax.get_ylim()
    least = 0.15 * (high - low)
    at = -np.inf
    for value, text in sorted(labels):
        at = max(value, at + least)
        ax.annotate(text, (1.006, (at - low) / (high - low)), xycoords="axes fraction", va="center", fontsize=7.5)


def _at(wanted_s: np.ndarray, t_s: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """A limit at the times of a curve, as it was at the stride before."""
    if not len(t_s):
        return np.zeros(0)
    return np.asarray(limits[np.clip(np.searchsorted(t_s, wanted_s, side="right") - 1, 0, len(t_s) - 1)])


def _steps(t_s: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A limit where it changes, and at the end."""
    if not len(t_s):
        return np.zeros(0), np.zeros(0)
    known = np.nan_to_num(limits, nan=-1.0)
    kept = np.flatnonzero(np.append(True, np.diff(known) != 0))
    kept = np.unique(np.append(kept, len(t_s) - 1))
    return t_s[kept], limits[kept]


def _most(values: np.ndarray, otherwise: float = 0.0) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else otherwise


def _least(values: np.ndarray, otherwise: float = 0.0) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if known.size else otherwise


def _day(row: Mapping[str, object]) -> str:
    begun = row["begun_utc"]
    if not isinstance(begun, str):
        return f"run {row['id']}"
    local = datetime.fromisoformat(begun).astimezone()
    return f"{local.day} {local:%b}"
