"""What is drawn beside the body's own mesh: pony tail, long hair, the peak of a cap.

Each is a sheet of points, columns by rows, whose triangles are the same in every frame; only the points move.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from .description import Outfit
from .outfit import head_size
from .shapes import PLAIN, Triangles
from .skeleton import Body, Transforms

TAIL_M = 0.22
"""Length of the pony tail (chosen by us)."""

_ROUND, _RINGS = 10, 8
_LOCKS, _ROWS = 19, 8
_PEAK = 9


def strands(body: Body, transforms: Transforms, phase: float, outfit: Outfit) -> Triangles | None:
    """What hangs from the head or stands off it, in the world; None where nothing does.

    :param transforms: of the bones, as from ``skeleton.bone_transforms``.
    :param phase: of the stride, 0..1; the hair swings with it.
    """
    if outfit.hair_style == "tail":
        return _sheet(_tail(body, transforms, phase), outfit.hair, closed=True)
    if outfit.hair_style == "long":
        return _sheet(_curtain(body, transforms, phase), outfit.hair)
    if outfit.hair_style == "cap":
        return _sheet(_peak(body, transforms), tuple(0.85 * c for c in outfit.shirt))
    return None


def _carry(body: Body, transforms: Transforms, bone: str, points_m: np.ndarray) -> np.ndarray:
    """Where a bone takes points of the rest body."""
    i = body.bones.index(bone)
    return points_m @ transforms[0][i].T + transforms[1][i]


def _heading(body: Body, transforms: Transforms) -> np.ndarray:
    """The rotation about the vertical that the head is turned by."""
    x, y = transforms[0][body.bones.index("head")][:2, 1]
    size = max(float(np.hypot(x, y)), 1e-9)
    return np.array([[y / size, x / size, 0.0], [-x / size, y / size, 0.0], [0.0, 0.0, 1.0]])


def _tail(body: Body, transforms: Transforms, phase: float) -> np.ndarray:
    """A tube (rings, round, 3) that hangs from the back of the head."""
    size = head_size(body)
    root = body.coco_m[3:5].mean(axis=0) + np.array([0.0, 0.075, 0.055]) * size
    sway, lift = 0.45 * np.sin(2 * np.pi * phase), 0.35 + 0.30 * np.cos(4 * np.pi * (phase - 0.05))
    share = np.linspace(0.0, 1.0, _RINGS)
    # The direction turns from straight back to what gravity and the swing want, more so towards the tip.
    bend = (1.0 - np.exp(-3.5 * share))[:, None]
    along = (1 - bend) * np.array([0.0, 1.0, 0.15])
    along += bend * np.stack([sway * share, np.full(_RINGS, 0.6 * lift), np.full(_RINGS, -1.1)], axis=1)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    heading = _heading(body, transforms)
    along = along @ heading.T
    steps = along * TAIL_M / (_RINGS - 1)
    middles = _carry(body, transforms, "head", root) + np.cumsum(steps, axis=0) - steps[0]
    side = np.cross(along, heading[:, 0])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    turn = 2 * np.pi * np.arange(_ROUND) / _ROUND
    round_m = np.cos(turn)[None, :, None] * side[:, None] + np.sin(turn)[None, :, None] * np.cross(side, along)[:, None]
    radius_m = np.interp(share, [0.0, 0.1, 0.45, 0.8, 1.0], [0.014, 0.022, 0.029, 0.020, 0.003])
    tube: np.ndarray = middles[:, None] + radius_m[:, None, None] * round_m
    return tube


def _curtain(body: Body, transforms: Transforms, phase: float) -> np.ndarray:
    """A sheet (rows, locks, 3) from ear to ear round the back of the head, down to the shoulders."""
    size = head_size(body)
    ears = body.coco_m[3:5].mean(axis=0)
    shoulders_z = float(body.coco_m[5:7, 2].mean())
    turn = np.linspace(0.56, -0.56, _LOCKS) * np.pi
    down = np.linspace(0.0, 1.0, _ROWS)[:, None]
    # From within the hair above the ears, out over them and the neck; longer at the back than at the sides.
    top_z, end_z = ears[2] + 0.045 * size, shoulders_z + 0.02 - 0.06 * np.cos(turn)
    out_x = (0.078 + 0.018 * np.sin(np.pi * down) + 0.022 * down) * size
    out_y = (0.098 + 0.012 * np.sin(np.pi * down) + 0.035 * down) * size
    rest = np.stack(
        [
            out_x * np.sin(turn),
            ears[1] + 0.012 * size + out_y * np.cos(turn),
            top_z + down * (end_z - top_z),
        ],
        axis=2,
    )
    # The ends lie on the shoulders and turn with them; the strides swing what hangs free between.
    held = 0.75 * down[..., None] ** 2
    points = (1 - held) * _carry(body, transforms, "head", rest) + held * _carry(body, transforms, "spine01", rest)
    swing = np.array([0.015 * np.sin(2 * np.pi * phase), 0.012, 0.012 * np.cos(4 * np.pi * phase)])
    swung: np.ndarray = points + down[..., None] ** 2 * (_heading(body, transforms) @ swing)
    return swung


def _peak(body: Body, transforms: Transforms) -> np.ndarray:
    """A flat sheet (2, columns, 3) that stands off the brow."""
    size = head_size(body)
    eyes = body.coco_m[1:3].mean(axis=0)
    turn = np.linspace(-0.40, 0.40, _PEAK) * np.pi
    rest = np.stack(
        [
            np.stack([0.072 * np.sin(turn), -0.030 + 0.065 * (1 - np.cos(turn)), np.full(_PEAK, 0.058)], axis=1),
            np.stack([0.075 * np.sin(turn), 0.055 - 0.155 * np.cos(turn), 0.044 - 0.02 * np.abs(np.sin(turn))], axis=1),
        ]
    )
    return _carry(body, transforms, "head", eyes + rest * size)


@cache
def _topology(rows: int, columns: int, closed: bool) -> np.ndarray:
    """Corners of the triangles between the points of a sheet, three a triangle."""
    across = columns if closed else columns - 1
    row, column = (a.ravel() for a in np.meshgrid(np.arange(rows - 1), np.arange(across), indexing="ij"))
    beside = (column + 1) % columns
    a, b = row * columns + column, row * columns + beside
    corners: np.ndarray = np.stack([a, a + columns, b, b, a + columns, b + columns], axis=1).ravel()
    return corners


def _sheet(points_m: np.ndarray, colour: tuple[float, ...], closed: bool = False) -> Triangles:
    """The triangles of a sheet (rows, columns, 3) with smooth normals."""
    rows, columns = points_m.shape[:2]
    along = np.gradient(points_m, axis=0)
    beside = np.pad(points_m, ((0, 0), (1, 1), (0, 0)), "wrap" if closed else "edge")
    normals = np.cross(along, beside[:, 2:] - beside[:, :-2])
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-9)
    corners = _topology(rows, columns, closed)
    count = len(corners)
    return Triangles(
        points_m.reshape(-1, 3)[corners],
        normals.reshape(-1, 3)[corners],
        np.tile(colour, (count, 1)),
        np.full(count, float(PLAIN)),
    )
