"""What the runners look like: build, clothes, hair and skin, all made from the body's own mesh.

A garment is a *field* on the rest body: a length in metres, positive inside the garment, 0 at its hem.  The painter
draws the hem where the interpolated field crosses 0, which stays sharp between vertices; cloth stands off the skin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .body import Shape
from .gait import Style
from .skeleton import Body, neighbours, smoothed, vertex_normals

SOLE_M = 0.022
"""Thickness of the shoes' soles."""

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Runner:
    """One person: build, way of running, colours (red, green, blue, 0..1, as on the screen).

    :param sleeve: where the shirt's sleeve ends along the upper arm, 0 shoulder .. 1 elbow.
    :param leg: where the shorts end along the thigh, 0 hip .. 1 knee; past 1 goes on along the shank.
    :param flare_m: how far the hem of the shorts stands off the leg.
    :param tail_m: length of a pony tail; 0 for short hair.
    """

    shape: Shape
    style: Style
    skin: Colour
    hair: Colour
    shirt: Colour
    shorts: Colour
    shoes: Colour
    socks: Colour = (0.92, 0.92, 0.92)
    sleeve: float = 0.55
    leg: float = 0.55
    flare_m: float = 0.018
    tail_m: float = 0.0


RUNNERS: dict[str, Runner] = {
    "man": Runner(
        Shape(gender=0.0, age=0.68, muscle=0.66, weight=0.36, height=0.36, proportions=0.65),
        Style(),
        skin=(0.84, 0.62, 0.49),
        hair=(0.20, 0.13, 0.09),
        shirt=(0.08, 0.36, 0.78),
        shorts=(0.10, 0.11, 0.14),
        shoes=(0.98, 0.42, 0.10),
    ),
    "woman": Runner(
        Shape(gender=1.0, age=0.67, muscle=0.60, weight=0.36, height=0.42, proportions=0.70),
        Style(
            lean_deg=4.2,
            thorax_yaw_deg=24.0,
            pelvis_yaw_deg=10.0,
            rise_m=0.060,
            arm_swing_deg=52.0,
            arm_middle_deg=-12.0,
            elbow_deg=98.0,
            elbows_out_deg=16.0,
            step_width_m=0.06,
        ),
        skin=(0.55, 0.36, 0.26),
        hair=(0.09, 0.07, 0.06),
        shirt=(0.93, 0.32, 0.36),
        shorts=(0.16, 0.17, 0.26),
        shoes=(0.55, 0.85, 0.25),
        sleeve=0.42,
        leg=1.25,
        flare_m=0.0,
        tail_m=0.22,
    ),
}
"""The runners that clips name."""

# Elbows as far behind the shoulders as in public motion capture of treadmill runners (0.3 trunk lengths): from the
# front nothing but they shows a twist.
RUNNERS["man, elbows back"] = replace(RUNNERS["man"], style=Style(arm_middle_deg=-28.0))


@dataclass(frozen=True)
class Dressed:
    """The body's mesh with clothes on, at rest.

    :param fields_m: (V, 4) of shirt, shorts, shoes, hair; positive inside.
    :param chest_z_m: height of the band across the shirt.
    :param paint: (V, 3) colour of what no garment covers: skin, lips, brows, eyes, socks.
    """

    vertices_m: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray
    fields_m: np.ndarray
    paint: np.ndarray
    chest_z_m: float


def dress(body: Body, runner: Runner) -> Dressed:
    """Put the runner's clothes on a body at rest."""
    v = body.vertices_m
    fields = np.stack([_shirt(body, runner), _shorts(body, runner), _shoes(body), _hair(body)], axis=1)
    shirt, shorts, shoes, hair = fields.T
    smooth = neighbours(body.triangles, len(v))

    # Cloth hides small forms: smooth the surface under it, then stand it off the skin.
    shape = v.copy()
    chest_z_m = float(body.head_m("spine01")[2] - 0.01)
    trunk = np.clip(1.0 - 3.0 * _held(body, "upperarm", "lowerarm"), 0.0, 1.0)
    chest = trunk * np.exp(-(((v[:, 2] - chest_z_m + 0.05) / 0.10) ** 2))
    for where, times in ((np.maximum(shirt, shorts), 20), (np.minimum(shirt, 0.1 * chest), 140)):
        cloth = np.clip(where / 0.02, 0.0, 1.0)[:, None]
        step = smoothed(smooth, shape, times) - shape
        # Smoothing also shrinks; taking the smooth part of the step back keeps the build.
        shape += cloth * 0.9 * (step - smoothed(smooth, step, times))
    shod = np.clip(shoes / 0.015, 0.0, 1.0)[:, None]
    shape = shape + shod * (smoothed(smooth, v, 14) - shape)
    normals = vertex_normals(shape, body.triangles)
    thigh = np.clip(_along_leg(body)[0] / max(runner.leg, 0.1), 0.0, 1.0)
    off = np.zeros(len(v))
    off = np.maximum(off, np.where(shirt > 0, 0.009, 0.0) * np.clip(shirt / 0.012, 0.35, 1.0))
    off = np.maximum(off, np.where(shorts > 0, 0.005 + runner.flare_m * thigh**2, 0.0))
    off = np.maximum(off, np.where(hair > 0, 0.020 * np.clip(hair / 0.03, 0.1, 1.0), 0.0))
    off = np.maximum(off, np.where(shoes > 0, 0.010, 0.0))
    shape = shape + off[:, None] * normals
    shape = smoothed(smooth, shape, 1) * 0.3 + shape * 0.7
    shape = _soles(body, shape, shoes)
    return Dressed(
        shape,
        vertex_normals(shape, body.triangles),
        body.triangles,
        body.weights,
        fields,
        _paint(body, runner),
        chest_z_m,
    )


def _limb(body: Body, start: str, end: str, side: str) -> np.ndarray:
    """How far along a limb each vertex lies: 0 at its first joint, 1 at its second."""
    a, b = body.head_m(start + side), body.head_m(end + side)
    return (body.vertices_m - a) @ (b - a) / ((b - a) @ (b - a))


def _held(body: Body, *names: str) -> np.ndarray:
    """How much of each vertex is held by bones whose names start with one of *names*."""
    chosen = [i for i, bone in enumerate(body.bones) if bone.startswith(names)]
    return body.weights[:, chosen].sum(axis=1)


def _along_leg(body: Body) -> tuple[np.ndarray, float]:
    """Place along the leg, 0 hip .. 1 knee .. 2 ankle, and the thigh's length."""
    left = body.vertices_m[:, 0] > 0
    thigh = np.where(
        left,
        _limb(body, "upperleg01", "lowerleg01", ".L"),
        _limb(body, "upperleg01", "lowerleg01", ".R"),
    )
    shank = np.where(left, _limb(body, "lowerleg01", "foot", ".L"), _limb(body, "lowerleg01", "foot", ".R"))
    length_m = float(np.linalg.norm(body.head_m("lowerleg01.L") - body.head_m("upperleg01.L")))
    return np.where(thigh < 1.0, thigh, 1.0 + np.maximum(shank, 0.0)), length_m


def _shirt(body: Body, runner: Runner) -> np.ndarray:
    v = body.vertices_m
    hips_z = body.head_m("upperleg01.L")[2]
    neck = body.head_m("neck01")
    hem = v[:, 2] - (hips_z + 0.015)
    # The collar is a slanting plane, lower in front.
    collar = neck[2] + 0.012 + 0.45 * (v[:, 1] - neck[1]) - v[:, 2]
    arm = _held(body, "upperarm", "lowerarm", "wrist", "finger")
    left = v[:, 0] > 0
    along = np.where(
        left,
        _limb(body, "upperarm01", "lowerarm01", ".L"),
        _limb(body, "upperarm01", "lowerarm01", ".R"),
    )
    length_m = float(np.linalg.norm(body.head_m("lowerarm01.L") - body.head_m("upperarm01.L")))
    sleeve = (runner.sleeve - along) * length_m
    inside = np.minimum(hem, collar)
    outer = np.abs(v[:, 0]) - 0.6 * np.abs(body.head_m("upperarm01.L")[0])
    on_arm = (arm > 0.02) & (outer > 0)
    inside = np.where(on_arm, np.minimum(inside, sleeve), inside)
    # Arms hang past the hem: never let the hem's plane cut into the hands.
    return np.where(_held(body, "head", "jaw", "eye") > 0.5, -0.1, np.clip(inside, -0.1, 0.2))


def _shorts(body: Body, runner: Runner) -> np.ndarray:
    v = body.vertices_m
    waist = body.head_m("spine05")[2] + 0.07 - v[:, 2]
    along, length_m = _along_leg(body)
    hem = (runner.leg - along) * length_m
    arm = _held(body, "upperarm", "lowerarm", "wrist", "finger")
    return np.where(arm > 0.1, -0.1, np.clip(np.minimum(waist, hem), -0.1, 0.2))


def _shoes(body: Body) -> np.ndarray:
    v = body.vertices_m
    ankle = body.head_m("foot.L")
    # Cut lower in front of the ankle's sides, higher at the heel and the tongue.
    top = ankle[2] - 0.012 + 0.10 * np.abs(v[:, 1] - ankle[1] + 0.02)
    foot = _held(body, "foot", "toe", "lowerleg")
    return np.where(foot > 0.5, np.clip(top - v[:, 2], -0.1, 0.2), -0.1)


def _hair(body: Body) -> np.ndarray:
    v = body.vertices_m
    points = body.coco @ v
    ears, eyes = points[3:5].mean(axis=0), points[1:3].mean(axis=0)
    face = eyes[1] - ears[1]
    # Over a line from the hairline down in front of the ears to the nape.
    place = (v[:, 1] - ears[1]) / face
    line_z = np.interp(
        place,
        [-1.3, -0.75, -0.35, -0.05, 0.25, 0.42, 0.62, 0.85, 1.1],
        [-0.055, -0.050, -0.030, 0.045, 0.030, 0.045, 0.075, 0.085, 0.088],
    )
    inside = v[:, 2] - (ears[2] + line_z * 0.95)
    return np.where(_held(body, "head", "neck03") > 0.6, np.clip(inside, -0.1, 0.2), -0.1)


def _paint(body: Body, runner: Runner) -> np.ndarray:
    """Skin with lips, brows and eyes; socks over the ankles."""
    v = body.vertices_m
    skin = np.array(runner.skin)
    paint = np.tile(skin, (len(v), 1))
    points = body.coco @ v
    nose, eyes = points[0], points[1:3]
    flush = np.exp(-(((v - nose) / [0.09, 0.05, 0.04]) ** 2).sum(axis=1))[:, None]
    paint = paint * (1 - 0.10 * flush * np.array([0.0, 1.0, 1.0]))
    mouth = nose + np.array([0.0, 0.012, -0.040])
    _dab(paint, v, mouth, (0.024, 0.03, 0.0085), skin * [0.80, 0.52, 0.52])
    for eye in eyes:
        brow = eye + np.array([0.002 * np.sign(eye[0]), -0.004, 0.021])
        _dab(paint, v, brow, (0.022, 0.03, 0.006), np.array(runner.hair) * 1.1)
    for side in (".L", ".R"):
        ball = _held(body, "eye" + side) > 0.5
        if ball.any():
            centre = v[ball].mean(axis=0)
            paint[ball] = [0.93, 0.92, 0.90]
            iris = ball & (np.hypot(v[:, 0] - centre[0], v[:, 2] - centre[2]) < 0.0065)
            iris &= v[:, 1] < centre[1]
            paint[iris] = [0.16, 0.11, 0.08]
    along, _ = _along_leg(body)
    sock = (_held(body, "lowerleg", "foot") > 0.5) & (along > 1.80)
    paint[sock] = runner.socks
    return np.clip(paint, 0.0, 1.0)


def _dab(
    paint: np.ndarray,
    v: np.ndarray,
    centre: np.ndarray,
    radii_m: tuple[float, float, float],
    colour: np.ndarray,
) -> None:
    """Blend a soft spot of colour in."""
    far = (((v - centre) / radii_m) ** 2).sum(axis=1)
    blend = np.clip(1.6 - far, 0.0, 1.0)[:, None]
    paint[:] = paint + blend * (colour - paint)


def _soles(body: Body, shape: np.ndarray, shoes: np.ndarray) -> np.ndarray:
    """Flatten the shoes' undersides and thicken them to soles."""
    floor_z = body.vertices_m[:, 2].min()
    low = floor_z + 0.020
    shape = shape.copy()
    under = (shoes > 0) & (shape[:, 2] < low)
    shape[under, 2] = floor_z - SOLE_M + 0.10 * np.maximum(shape[under, 2] - floor_z, 0.0)
    return shape
