"""What people wear: clothes, hair and skin, all made from the body's own mesh.

A garment is a *field* on the rest body: a length in metres, positive inside the garment, 0 at its hem.  The painter
draws the hem where the interpolated field crosses 0, which stays sharp between vertices; cloth stands off the skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import Outfit
from .skeleton import Body, Neighbours, neighbours, smoothed, vertex_normals

SOLE_M = 0.022
"""Thickness of the shoes' soles."""

EARS_M = 0.152
"""Between the ears of the head that the sizes of hair and features are given for."""


def _directions(count: int) -> np.ndarray:
    """Unit vectors (count, 3) evenly all around, on a spiral from pole to pole."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    return np.stack([np.sqrt(1.0 - z**2) * np.cos(turn), np.sqrt(1.0 - z**2) * np.sin(turn), z], axis=1)


_AROUND = _directions(200)
_NOWHERE_M = -0.1
_ARM = ("upperarm", "lowerarm", "wrist", "finger")


@dataclass(frozen=True, eq=False)
class Dressed:
    """The body's mesh with clothes on, at rest.

    :param fields_m: (V, 4) of shirt (and cap), shorts, shoes, hair; positive inside.
    :param paint: (V, 3) colour of what no garment covers: skin, lips, brows, eyes, socks.
    :param chest_z_m: height of the band across the shirt.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray
    fields_m: np.ndarray
    paint: np.ndarray
    chest_z_m: float


def dress(body: Body, outfit: Outfit) -> Dressed:
    """Put the clothes on a body at rest."""
    shirt, shorts, shoes = _shirt(body, outfit), _shorts(body, outfit), _shoes(body)
    hair, cap = _hair(body, outfit), _cap(body, outfit)
    chest_z_m = float(body.head_m("spine01")[2] - 0.01)
    mesh = neighbours(body.triangles, len(body.vertices_m))
    shape = _hide_forms(body, mesh, shirt, shorts, shoes, chest_z_m)
    if outfit.loose_m > 0:
        shape = _drape(body, shape, shirt, outfit.loose_m)

    along_arm, _ = _along_arm(body)
    thigh = np.clip(_along_leg(body)[0] / outfit.leg, 0.0, 1.0)
    sleeve = np.clip(along_arm / max(outfit.sleeve, 0.2), 0.0, 1.0) * np.clip(2.0 * _held(body, *_ARM), 0.0, 1.0)
    off = np.zeros(len(shape))
    off = np.maximum(off, (shirt > 0) * (0.009 + 0.35 * outfit.loose_m * sleeve) * np.clip(shirt / 0.012, 0.35, 1.0))
    off = np.maximum(off, (shorts > 0) * (0.005 + outfit.flare_m * thigh**2))
    off = np.maximum(off, (hair > 0) * 0.020 * np.clip(hair / 0.03, 0.1, 1.0))
    off = np.maximum(off, (cap > 0) * 0.022 * np.clip(cap / 0.02, 0.3, 1.0))
    off = np.maximum(off, (shoes > 0) * 0.010)
    shape = shape + off[:, None] * vertex_normals(shape, body.triangles)
    shape = 0.3 * smoothed(mesh, shape, 1) + 0.7 * shape
    shape = _soles(body, shape, shoes)
    normals = vertex_normals(shape, body.triangles)
    # What is left of the toes' gaps lies folded in the shoes' surface.
    even = smoothed(mesh, normals, 6)
    normals = np.where((shoes > 0)[:, None], even, normals)
    return Dressed(
        shape,
        normals / np.linalg.norm(normals, axis=1, keepdims=True),
        body.triangles,
        body.weights,
        np.stack([np.maximum(shirt, cap), shorts, shoes, hair], axis=1),
        _paint(body, outfit),
        chest_z_m,
    )


def _hide_forms(
    body: Body, mesh: Neighbours, shirt: np.ndarray, shorts: np.ndarray, shoes: np.ndarray, chest_z_m: float
) -> np.ndarray:
    """The surface under the clothes, smoothed as cloth and shoes hide small forms."""
    v = body.vertices_m
    shape = v.copy()
    trunk = np.clip(1.0 - 3.0 * _held(body, "upperarm", "lowerarm"), 0.0, 1.0)
    chest = trunk * np.exp(-(((v[:, 2] - chest_z_m + 0.05) / 0.10) ** 2))
    for where, times in ((np.maximum(shirt, shorts), 8), (np.minimum(shirt, 0.1 * chest), 60)):
        cloth = np.clip(where / 0.02, 0.0, 1.0)[:, None]
        step = smoothed(mesh, shape, times) - shape
        # Smoothing also shrinks; taking the smooth part of the step back keeps the build.
        shape += cloth * 0.9 * (step - smoothed(mesh, step, times))
    shod = np.clip(shoes / 0.015, 0.0, 1.0)[:, None]
    return shape + shod * (smoothed(mesh, _toe_boxes(body, v, shoes), 6) - shape)


def _toe_boxes(body: Body, shape: np.ndarray, shoes: np.ndarray) -> np.ndarray:
    """Draw the toes out to their convex hull, seen from the ball of the foot, so that no shoe has toes."""
    boxed = shape.copy()
    for side in (".L", ".R"):
        ball = body.head_m("toe2-1" + side)
        out = shape - ball
        front = (shoes > 0) & (out[:, 1] < 0.02) & (np.abs(out[:, 0]) < 0.1)
        out, far = out[front], np.linalg.norm(out[front], axis=1)
        hull_m = (out @ _AROUND.T).max(axis=0)
        facing = np.maximum(out @ _AROUND.T / far[:, None], 1e-3)
        reach = np.min(hull_m / facing, axis=1)
        blend = np.clip(0.5 - out[:, 1] / 0.04, 0.0, 1.0)
        boxed[front] += (blend * (reach / far - 1.0))[:, None] * out
    return boxed


def _drape(body: Body, shape: np.ndarray, shirt: np.ndarray, loose_m: float) -> np.ndarray:
    """Let the shirt fall from what stands out above it, and stand off more towards the hem."""
    angles, levels = 32, 24
    arm = _held(body, *_ARM)
    trunk = (shirt > 0) & (arm < 0.3)
    top_z, hem_z = body.head_m("upperarm01.L")[2] - 0.03, shape[trunk, 2].min()
    centre_y = body.head_m("spine03")[1] - 0.03
    x, y = shape[:, 0], shape[:, 1] - centre_y
    radius = np.maximum(np.hypot(x, y), 1e-6)
    turn = np.arctan2(x, -y) / (2 * np.pi) % 1.0 * angles
    sector = turn.astype(int) % angles  # -0.0 and its like come out as a whole turn
    down = np.clip((top_z - shape[:, 2]) / (top_z - hem_z), 0.0, 1.0)

    # The outline at each level, and from it what hangs straight down from the levels above.
    outline = np.zeros((levels + 1, angles))
    below = trunk & (shape[:, 2] < top_z)
    np.maximum.at(outline, (np.round(down[below] * levels).astype(int), sector[below]), radius[below])
    for _ in range(3):
        beside = np.maximum(np.roll(outline, 1, axis=1), np.roll(outline, -1, axis=1))
        outline = np.where(outline > 0, outline, beside)
    hung = np.maximum.accumulate(outline, axis=0)
    for _ in range(2):
        hung = 0.5 * hung + 0.25 * (np.roll(hung, 1, axis=1) + np.roll(hung, -1, axis=1))

    row = np.minimum((down * levels).astype(int), levels - 1)
    column = (turn - 0.5) % angles
    left, share = column.astype(int) % angles, column % 1.0
    right, part = (left + 1) % angles, down * levels - row
    at = (1 - part) * ((1 - share) * hung[row, left] + share * hung[row, right])
    at += part * ((1 - share) * hung[row + 1, left] + share * hung[row + 1, right])
    hangs = np.clip(loose_m / 0.03, 0.0, 1.0) * np.maximum(at - radius, 0.0)
    wanted = radius + hangs + 0.6 * loose_m * down
    cloth = (shirt > 0) * np.clip((0.45 - arm) / 0.3, 0.0, 1.0)
    grow = 1.0 + cloth * np.clip(down / 0.15, 0.0, 1.0) * (wanted / radius - 1.0)
    draped = shape.copy()
    draped[:, 0] *= grow
    draped[:, 1] = centre_y + y * grow
    return draped


def _limb(body: Body, start: str, end: str) -> np.ndarray:
    """How far along a limb of its own side each vertex lies: 0 at the limb's first joint, 1 at its second."""
    places = []
    for side in (".L", ".R"):
        a, b = body.head_m(start + side), body.head_m(end + side)
        places.append((body.vertices_m - a) @ (b - a) / ((b - a) @ (b - a)))
    return np.where(body.vertices_m[:, 0] > 0, *places)


def _held(body: Body, *names: str) -> np.ndarray:
    """How much of each vertex is held by bones whose names start with one of *names*."""
    chosen = [i for i, bone in enumerate(body.bones) if bone.startswith(names)]
    return body.weights[:, chosen].sum(axis=1)


def _two_limbs(body: Body, first: str, second: str, third: str) -> tuple[np.ndarray, float]:
    """Place along two limbs that hang together, 0 .. 1 .. 2 at their joints, and the first one's length."""
    upper, lower = _limb(body, first, second), _limb(body, second, third)
    length_m = float(np.linalg.norm(body.head_m(second + ".L") - body.head_m(first + ".L")))
    return np.where(upper < 1.0, upper, 1.0 + np.maximum(lower, 0.0)), length_m


def _along_leg(body: Body) -> tuple[np.ndarray, float]:
    """0 hip .. 1 knee .. 2 ankle, and the thigh's length."""
    return _two_limbs(body, "upperleg01", "lowerleg01", "foot")


def _along_arm(body: Body) -> tuple[np.ndarray, float]:
    """0 shoulder .. 1 elbow .. 2 wrist, and the upper arm's length."""
    return _two_limbs(body, "upperarm01", "lowerarm01", "wrist")


def _shirt(body: Body, outfit: Outfit) -> np.ndarray:
    v = body.vertices_m
    hem = v[:, 2] - (body.head_m("upperleg01.L")[2] + 0.015 - outfit.loose_m)
    # The collar is a slanting plane, lower in front.
    neck = body.head_m("neck01")
    collar = neck[2] + 0.012 + 0.45 * (v[:, 1] - neck[1]) - v[:, 2]
    arm = _held(body, *_ARM)
    along, length_m = _along_arm(body)
    # The less the arm holds of a vertex, the more it belongs to the trunk, which no sleeve ends on.
    sleeve = np.maximum((outfit.sleeve - along) * length_m, 0.3 * (0.25 - arm))
    inside = np.minimum(np.where(arm > 0.5, 0.2, hem), np.minimum(collar, sleeve))
    return np.where(_held(body, "head", "jaw", "eye") > 0.5, _NOWHERE_M, np.clip(inside, -0.1, 0.2))


def _shorts(body: Body, outfit: Outfit) -> np.ndarray:
    v = body.vertices_m
    waist = body.head_m("spine05")[2] + 0.07 - v[:, 2]
    along, length_m = _along_leg(body)
    hem = (outfit.leg - along) * length_m
    return np.where(_held(body, *_ARM) > 0.1, _NOWHERE_M, np.clip(np.minimum(waist, hem), -0.1, 0.2))


def _shoes(body: Body) -> np.ndarray:
    v = body.vertices_m
    ankle = body.head_m("foot.L")
    # Cut lower in front of the ankle's sides, higher at the heel and the tongue.
    top = ankle[2] - 0.012 + 0.10 * np.abs(v[:, 1] - ankle[1] + 0.02)
    foot = _held(body, "foot", "toe", "lowerleg")
    return np.where(foot > 0.5, np.clip(top - v[:, 2], -0.1, 0.2), _NOWHERE_M)


def _soles(body: Body, shape: np.ndarray, shoes: np.ndarray) -> np.ndarray:
    """Flatten the shoes' undersides and thicken them to soles."""
    floor_z = body.vertices_m[:, 2].min()
    shape = shape.copy()
    under = (shoes > 0) & (shape[:, 2] < floor_z + 0.020)
    shape[under, 2] = floor_z - SOLE_M + 0.10 * np.maximum(shape[under, 2] - floor_z, 0.0)
    return shape


def head_size(body: Body) -> float:
    """The head's size, as a factor on the one that hair and features are given for."""
    return float(body.coco_m[3, 0] - body.coco_m[4, 0]) / EARS_M


def _hair(body: Body, outfit: Outfit) -> np.ndarray:
    v = body.vertices_m
    if outfit.hair_style == "bald":
        return np.full(len(v), _NOWHERE_M)
    ears, eyes = body.coco_m[3:5].mean(axis=0), body.coco_m[1:3].mean(axis=0)
    # Over a line from the hairline down in front of the ears to the nape.
    place = (v[:, 1] - ears[1]) / (eyes[1] - ears[1])
    line_z = np.interp(
        place,
        [-1.3, -0.75, -0.35, -0.05, 0.25, 0.42, 0.62, 0.85, 1.1],
        [-0.055, -0.050, -0.030, 0.045, 0.030, 0.045, 0.075, 0.085, 0.088],
    )
    inside = v[:, 2] - (ears[2] + line_z * 0.95 * head_size(body))
    return np.where(_held(body, "head", "neck03") > 0.6, np.clip(inside, -0.1, 0.2), _NOWHERE_M)


def _cap(body: Body, outfit: Outfit) -> np.ndarray:
    """The cap, of the shirt's cloth, sits on the head above a plane from the brow to the back of the head."""
    v = body.vertices_m
    if outfit.hair_style != "cap":
        return np.full(len(v), _NOWHERE_M)
    eyes = body.coco_m[1:3].mean(axis=0)
    inside = v[:, 2] - (eyes[2] + 0.045 * head_size(body) - 0.14 * (v[:, 1] - eyes[1]))
    return np.where(_held(body, "head") > 0.6, np.clip(inside, -0.1, 0.2), _NOWHERE_M)


def _paint(body: Body, outfit: Outfit) -> np.ndarray:
    """Skin with lips, brows and eyes; socks over the ankles."""
    v, size = body.vertices_m, head_size(body)
    skin, hair = np.array(outfit.skin), np.array(outfit.hair)
    paint = np.tile(skin, (len(v), 1))
    nose, eyes = body.coco_m[0], body.coco_m[1:3]
    flush = np.exp(-(((v - nose) / (np.array([0.09, 0.05, 0.04]) * size)) ** 2).sum(axis=1))[:, None]
    paint = paint * (1 - 0.10 * flush * np.array([0.0, 1.0, 1.0]))
    mouth = nose + np.array([0.0, 0.012, -0.040]) * size
    _dab(paint, v, mouth, np.array([0.024, 0.03, 0.0085]) * size, skin * [0.80, 0.52, 0.52])
    for eye, side in zip(eyes, (".L", ".R"), strict=True):
        brow = eye + np.array([0.002 * np.sign(eye[0]), -0.004, 0.021]) * size
        _dab(paint, v, brow, np.array([0.022, 0.03, 0.0055]) * size, hair * 1.1)
        ball = _held(body, "eye" + side) > 0.5
        centre = v[ball].mean(axis=0)
        paint[ball] = [0.93, 0.92, 0.90]
        iris = ball & (np.hypot(v[:, 0] - centre[0], v[:, 2] - centre[2]) < 0.0065 * size) & (v[:, 1] < centre[1])
        paint[iris] = [0.16, 0.11, 0.08]
    along, _ = _along_leg(body)
    paint[(_held(body, "lowerleg", "foot") > 0.5) & (along > 1.80)] = outfit.socks
    return np.clip(paint, 0.0, 1.0)


def _dab(paint: np.ndarray, v: np.ndarray, centre: np.ndarray, radii_m: np.ndarray, colour: np.ndarray) -> None:
    """Blend a soft spot of colour in."""
    far = (((v - centre) / radii_m) ** 2).sum(axis=1)
    blend = np.clip(1.6 - far, 0.0, 1.0)[:, None]
    paint[:] = paint + blend * (colour - paint)
