"""What the tests of movement share: bodies, whole strides, and what is measured in them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from synthetic import measures
from synthetic.body import load
from synthetic.description import Build, Style
from synthetic.moments import Moments, steady
from synthetic.outfit import SOLE_M
from synthetic.posing import Poser
from synthetic.skeleton import Body, Transforms, coco_points

BUILDS = {
    "man": Build(),
    "small heavy woman": Build("female", 1.50, 0.9, 0.2, 70.0),
    "tall thin man": Build("male", 2.00, 0.05, 0.9, 20.0),
}
PHASES = (np.arange(120) + 0.4) / 120.0
MIRROR = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15])
"""COCO's order with left and right exchanged."""


@cache
def body(name: str) -> Body:
    """One of the bodies."""
    return load(BUILDS[name])


@cache
def poser(name: str, style: Style) -> Poser:
    """What poses one of the bodies."""
    return Poser(body(name), style, SOLE_M)


def stride(name: str, style: Style, phases: np.ndarray = PHASES, **changes: float) -> Moments:
    """A whole stride on the spot, with some things other than in good form."""
    m = steady(style, phases, poser(name, style).run.step_m)
    return replace(m, **{key: np.full(len(phases), value) for key, value in changes.items()})


def points(name: str, style: Style, m: Moments) -> np.ndarray:
    """Key points (N, 17, 3) of the mesh."""
    return coco_points(body(name), poser(name, style).pose(m))


def measured(name: str, style: Style, m: Moments) -> dict[str, float]:
    """Means and ranges over the moments, from the mesh."""
    transforms = poser(name, style).pose(m)
    at, thorax = measures.measured_points(body(name), transforms)
    shoulders_m, ears_m = (measures.in_thorax(at, thorax, k) for k in (measures.SHOULDERS, measures.EARS))
    rest_m = poser(name, style).rest_m
    pelvis_deg = measures.pelvis_yaw_deg(transforms[0][:, body(name).bones.index("root")])
    return {
        "lean_deg": float(measures.lean_deg(at).mean()),
        "twist_deg": float(np.ptp(measures.thorax_yaw_deg(at))),
        "pelvis_deg": float(np.ptp(pelvis_deg)),
        "raise_mm": float(measures.raise_mm(shoulders_m, rest_m[0]).mean()),
        "protraction_mm": float(measures.forward_mm(shoulders_m, rest_m[0]).mean()),
        "head_mm": float(measures.forward_mm(ears_m, rest_m[1]).mean()),
    }


def sole(name: str, transforms: Transforms) -> np.ndarray:
    """The left foot's vertices (N, V, 3), the shoe's sole left out."""
    at = body(name)
    of_foot = [k for k, bone in enumerate(at.bones) if bone.endswith(".L") and bone.startswith(("foot", "toe"))]
    chosen = at.weights[:, of_foot].sum(axis=1) > 0.6
    weights, rotations, translations = at.weights[chosen], *transforms
    turn = np.einsum("vb,nbij->nvij", weights, rotations)
    return np.einsum("nvij,vj->nvi", turn, at.vertices_m[chosen]) + np.einsum("vb,nbi->nvi", weights, translations)
