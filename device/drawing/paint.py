"""Antialiased shapes on NumPy pictures.

A picture is a uint8 array (height, width, 3); x grows to the right and y downwards.  Shapes are placed in pixels with
(0, 0) at the upper left corner of the upper left pixel, so the middle of a pixel lies at .5; what lies outside the
picture is not drawn.  A mask is a uint8 array (height, width), 255 where the shape covers the pixel wholly.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from device.drawing.theme import Colour

Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Point = tuple[float, float]
Coverage = npt.NDArray[np.float32]


def blend(target: Picture, mask: Mask, colour: Colour | Picture, x: int, y: int, opacity: float = 1.0) -> None:
    """Lay ``colour`` (one colour, or a picture of the mask's size) through ``mask`` on ``target`` at (x, y)."""
    height, width = mask.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, target.shape[1]), min(y + height, target.shape[0])
    if x0 >= x1 or y0 >= y1 or opacity <= 0:
        return
    part = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
    weight = (mask[part].astype(np.uint16) * round(min(opacity, 1.0) * 257) >> 8)[..., None]
    ink = colour[part].astype(np.uint16) if isinstance(colour, np.ndarray) else np.array(colour, np.uint16)
    region = target[y0:y1, x0:x1]
    region[:] = (region * (256 - weight) + ink * weight + 128) >> 8


def _window(target: Picture, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice] | None:
    """Return the rows and columns of ``target`` under a box, None where the box lies outside."""
    x0, y0 = max(math.floor(left), 0), max(math.floor(top), 0)
    x1, y1 = min(math.ceil(right), target.shape[1]), min(math.ceil(bottom), target.shape[0])
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def _axes(window: tuple[slice, slice], origin: Point) -> tuple[Coverage, Coverage]:
    """Return the pixel middles of a window, from ``origin``: x as a row and y as a column."""
    rows, columns = window
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + np.float32(0.5 - origin[0])
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5 - origin[1])
    return x, y


def _lay(target: Picture, window: tuple[slice, slice], cover: Coverage, colour: Colour, opacity: float) -> None:
    weight = (np.clip(cover, 0, 1) * np.float32(256 * opacity)).astype(np.uint16)[..., None]
    region = target[window]
    region[:] = (region * (256 - weight) + np.array(colour, np.uint16) * weight + 128) >> 8


def line(
    target: Picture,
    start: Point,
    end: Point,
    width: float,
    colour: Colour,
    opacity: float = 1.0,
    edge: float = 0.0,
    edge_opacity: float = 0.6,
) -> None:
    """Draw a line with round ends; a point where the ends meet.

    ``edge`` is the width of a black seam around it, which keeps the line apart from any picture underneath.
    """
    radius = width / 2
    reach = radius + edge + 1
    window = _window(
        target,
        min(start[0], end[0]) - reach,
        min(start[1], end[1]) - reach,
        max(start[0], end[0]) + reach,
        max(start[1], end[1]) + reach,
    )
    if window is None:
        return
    x, y = _axes(window, start)
    dx, dy = end[0] - start[0], end[1] - start[1]
    length_2 = dx * dx + dy * dy
    if length_2 > 1e-6:
        along = np.clip(x * np.float32(dx / length_2) + y * np.float32(dy / length_2), 0, 1)
        distance = np.sqrt((x - along * np.float32(dx)) ** 2 + (y - along * np.float32(dy)) ** 2)
    else:
        distance = np.sqrt(x * x + y * y)
    fill = np.clip(np.float32(radius + 0.5) - distance, 0, 1) * np.float32(256 * opacity)
    region = target[window]
    if edge <= 0:
        weight = fill.astype(np.uint16)[..., None]
        region[:] = (region * (256 - weight) + np.array(colour, np.uint16) * weight + 128) >> 8
        return
    # The seam is black, so it only takes light away: both layers go on in one pass.
    seam = np.clip(np.float32(radius + edge + 0.5) - distance, 0, 1) * np.float32(256 * opacity * edge_opacity)
    keep = (np.float32(256) - np.maximum(fill, seam)).astype(np.uint16)[..., None]
    region[:] = (region * keep + np.array(colour, np.uint16) * fill.astype(np.uint16)[..., None] + 128) >> 8


def dashes(
    target: Picture, start: Point, end: Point, width: float, colour: Colour, dash: float, opacity: float = 1.0
) -> None:
    """Draw a dashed line: dashes and gaps of ``dash`` px, beginning with a dash at ``start``."""
    length = math.dist(start, end)
    if length < 1e-6:
        return
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    at = 0.0
    while at < length:
        stop = min(at + dash, length)
        line(target, (start[0] + ux * at, start[1] + uy * at), (start[0] + ux * stop, start[1] + uy * stop), width,
             colour, opacity, edge=1.0, edge_opacity=0.35)  # fmt: skip
        at += 2 * dash


def ring(target: Picture, centre: Point, radius: float, width: float, colour: Colour, opacity: float = 1.0) -> None:
    """Draw a circle's outline; ``radius`` goes to the middle of the outline."""
    reach = radius + width / 2 + 1
    window = _window(target, centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach)
    if window is not None:
        x, y = _axes(window, centre)
        away = np.abs(np.sqrt(x * x + y * y) - np.float32(radius))
        _lay(target, window, np.float32(width / 2 + 0.5) - away, colour, opacity)


def wedge(
    target: Picture, centre: Point, radius: float, first: Point, second: Point, colour: Colour, opacity: float
) -> None:
    """Fill the sector between two directions less than 180° apart, and draw its arc.

    :param first: unit vector of one side; ``second``: that of the other.
    """
    if first[0] * second[1] - first[1] * second[0] < 0:
        first, second = second, first
    # The sector's own box, far smaller than the circle's: its corners, and the circle's extremes between its sides.
    corners = [(0.0, 0.0), first, second]
    for ax, ay in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)):
        if first[0] * ay - first[1] * ax >= 0 and ax * second[1] - ay * second[0] >= 0:
            corners.append((ax, ay))
    xs, ys = [centre[0] + radius * c[0] for c in corners], [centre[1] + radius * c[1] for c in corners]
    window = _window(target, min(xs) - 3, min(ys) - 3, max(xs) + 3, max(ys) + 3)
    if window is None:
        return
    x, y = _axes(window, centre)
    inside = np.minimum(
        np.float32(first[0]) * y - np.float32(first[1]) * x, np.float32(second[1]) * x - np.float32(second[0]) * y
    )
    distance = np.sqrt(x * x + y * y)
    between = np.clip(inside + np.float32(0.5), 0, 1)
    _lay(target, window, np.minimum(between, np.float32(radius + 0.5) - distance), colour, opacity * 0.4)
    _lay(target, window, np.minimum(between, np.float32(2.0) - np.abs(distance - np.float32(radius))), colour, opacity)


@lru_cache(maxsize=64)
def rounded(width: int, height: int, radius: float) -> Mask:
    """Return the mask of a rectangle with rounded corners."""
    x = np.abs(np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :] - (width / 2 - radius)
    y = np.abs(np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None] - (height / 2 - radius)
    outside = np.sqrt(np.maximum(x, 0) ** 2 + np.maximum(y, 0) ** 2) + np.minimum(np.maximum(x, y), 0)
    mask: Mask = (np.clip(radius + 0.5 - outside, 0, 1) * 255 + 0.5).astype(np.uint8)
    mask.flags.writeable = False
    return mask


def box(
    target: Picture, x: int, y: int, width: int, height: int, radius: float, colour: Colour, opacity: float = 1.0
) -> None:
    """Fill a rectangle with rounded corners."""
    blend(target, rounded(width, height, radius), colour, x, y, opacity)


def plain(width: int, height: int, colour: Colour) -> Picture:
    """Return a picture of one colour."""
    picture: Picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return picture


def tick(target: Picture, centre: Point, size: float, width: float, colour: Colour) -> None:
    """Draw a check mark about ``size`` px wide around ``centre``."""
    x, y = centre
    corner = (x - size * 0.12, y + size * 0.34)
    line(target, (x - size * 0.45, y + size * 0.02), corner, width, colour)
    line(target, corner, (x + size * 0.45, y - size * 0.36), width, colour)
