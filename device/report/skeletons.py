"""The report's skeletons: a stride's upper body, over that of the good form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from device.records import L_ELBOW, L_HIP, L_SHOULDER, L_WRIST, R_EAR, R_ELBOW, R_HIP, R_SHOULDER, R_WRIST
from device.report import svg
from device.report.poses import Skeleton

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 226
"""Of a drawing, three of which stand beside each other."""

_HEAD = 0.16
"""Half a head, in trunk lengths."""

_C = svg.COLOURS


def draw(one: Skeleton, good: Skeleton | None, box: tuple[float, float, float, float]) -> Figure:
    """A stride's upper body, over that of the good form.

    :param good: drawn thin below it; None for nothing.
    :param box: left, right, bottom and top of the drawing, in trunk lengths.
    """
    left, right, bottom, top = box
    fig = svg.figure(WIDTH, WIDTH * (top - bottom) / (right - left), laid_out=False)
    ax = fig.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_axis_off()
    ax.plot([0, 0], [-0.12, 1.25], color=_C["soft"], linewidth=0.8, linestyle=(0, (2, 2)))
    _arms(ax, one)
    _body(ax, one, _C["ink"], 2.8, "-")
    if good is not None:
        _body(ax, good, _C["good"], 1.5, (0, (2.5, 1.2)))
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_aspect("equal")
    return fig


def box_of(skeletons: Sequence[Skeleton]) -> tuple[float, float, float, float]:
    """Room for some skeletons, at one scale."""
    points = np.concatenate([np.concatenate([one.middle, *one.ends]) for one in skeletons])
    x, y = points[np.isfinite(points).all(axis=1)].T
    half = max(np.abs(x).max() + 0.12, 0.75)
    return -half, half, min(y.min() - 0.1, -0.15), max(y.max() + 0.22, 1.3)


def _arms(ax: Axes, one: Skeleton) -> None:
    """Arms and shoulders where their swing ends, one end fainter."""
    for end, alpha in zip(one.ends, (0.95, 0.4), strict=True):
        ax.plot(*end[[L_SHOULDER, R_SHOULDER]].T, color=_C["soft"], linewidth=1.2, alpha=alpha)
        for side, joints in (
            ("left", [L_SHOULDER, L_ELBOW, L_WRIST]),
            ("right", [R_SHOULDER, R_ELBOW, R_WRIST]),
        ):
            ax.plot(*end[joints].T, color=_C[side], linewidth=1.8, alpha=alpha)


def _body(ax: Axes, one: Skeleton, colour: str, width: float, dashes: Any) -> None:
    """Trunk, shoulders, hips and head in the middle of a stride."""
    from matplotlib.patches import Circle

    p = one.middle
    hips, shoulders = p[[L_HIP, R_HIP]].mean(axis=0), p[[L_SHOULDER, R_SHOULDER]].mean(axis=0)
    if not np.isfinite(hips).all():
        hips = np.zeros(2)
    bones = [np.array([hips, shoulders]), p[[L_SHOULDER, R_SHOULDER]], p[[L_HIP, R_HIP]]]
    head = p[: R_EAR + 1]
    head = head[np.isfinite(head).all(axis=1)]
    if len(head):
        place = head.mean(axis=0)
        gap = shoulders - place
        bones.append(np.array([shoulders, place + gap * min(_HEAD / max(float(np.hypot(*gap)), 1e-6), 1.0)]))
        ax.add_patch(
            Circle((place[0], place[1]), _HEAD, fill=False, edgecolor=colour, linewidth=0.8 * width, linestyle=dashes)
        )
        ax.plot(*p[0], "o", color=colour, markersize=1.3 * width)
    for bone in bones:
        ax.plot(*bone.T, color=colour, linewidth=width, linestyle=dashes)
