"""What hangs from the head moves with it and swings with the strides."""

from __future__ import annotations

import time

import numpy as np
import pytest
from synthetic.body import load
from synthetic.description import Build, Outfit
from synthetic.hair import strands
from synthetic.shapes import Triangles
from synthetic.skeleton import BonePose, Transforms, about_z, bone_transforms

BODY = load(Build("female", 1.66))
HANGING = ("tail", "long", "cap")


def posed(**turns: np.ndarray) -> Transforms:
    """The bones, with some turned, the root left where it is."""
    return bone_transforms(BODY, BonePose(turns, np.zeros(3), np.zeros(3)))


def hanging(style: str, transforms: Transforms, phase: float = 0.0) -> Triangles:
    """What hangs in a style that has something to hang."""
    found = strands(BODY, transforms, phase, Outfit(hair_style=style))
    assert found is not None
    return found


@pytest.mark.parametrize("style", ["short", "bald"])
def test_nothing_hangs_from_short_hair(style: str) -> None:
    """Short hair and bald heads are the body's own mesh."""
    assert strands(BODY, posed(), 0.3, Outfit(hair_style=style)) is None


@pytest.mark.parametrize("style", HANGING)
def test_hangs_at_the_head(style: str) -> None:
    """All of it is finite, near the head, and in whole triangles with unit normals."""
    found = hanging(style, posed())
    assert len(found.vertices_m) % 3 == 0
    assert {len(a) for a in (found.normals, found.colours, found.kind)} == {len(found.vertices_m)}
    assert np.linalg.norm(found.vertices_m - BODY.coco_m[3:5].mean(axis=0), axis=1).max() < 0.35
    assert np.linalg.norm(found.normals, axis=1) == pytest.approx(np.ones(len(found.normals)))


def test_each_hangs_at_its_place() -> None:
    """The tail is behind the head, long hair reaches the shoulders, the peak stands out over the eyes."""
    ears, eyes = BODY.coco_m[3:5].mean(axis=0), BODY.coco_m[1:3].mean(axis=0)
    tail, long, peak = (hanging(style, posed()).vertices_m for style in HANGING)
    assert tail[:, 1].min() > ears[1]
    assert abs(long[:, 2].min() - BODY.coco_m[5:7, 2].mean()) < 0.06
    assert long[:, 1].min() > eyes[1]
    assert peak[:, 1].min() < eyes[1] - 0.05
    assert peak[:, 2].min() > eyes[2]


def test_normals_point_away_from_the_head() -> None:
    """Long hair and tail are lit from outside."""
    long = hanging("long", posed())
    out = long.vertices_m - BODY.coco_m[3:5].mean(axis=0)
    assert ((out * long.normals)[:, :2].sum(axis=1) > 0).mean() > 0.9
    tail = hanging("tail", posed())
    corners = tail.vertices_m.reshape(-1, 3, 3)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((flat * tail.normals.reshape(-1, 3, 3)[:, 0]).sum(axis=1) >= 0).mean() > 0.9


@pytest.mark.parametrize("style", HANGING)
def test_turns_with_the_body(style: str) -> None:
    """Whoever faces another way wears the same hair, turned."""
    turn = about_z(90.0)
    straight, turned = (hanging(style, posed(root=r), phase=0.2).vertices_m for r in (np.eye(3), turn))
    head = BODY.bones.index("root")
    shift = posed(root=turn)[1][head]
    assert turned == pytest.approx(straight @ turn.T + shift, abs=1e-6)


@pytest.mark.parametrize("style", ["tail", "long"])
def test_swings_once_a_stride(style: str) -> None:
    """To one side in one half of the stride, to the other in the other, and the same a stride later."""
    there, back, again = (hanging(style, posed(), phase).vertices_m for phase in (0.25, 0.75, 1.25))
    assert there[:, 0].max() - back[:, 0].max() > 0.01
    assert again == pytest.approx(there)


def test_is_quick() -> None:
    """A frame's hair takes well under 5 ms, at the best of many tries, as others may be at work."""
    for style in HANGING:
        hanging(style, posed())
        transforms, best_s = posed(), np.inf
        for _ in range(50):
            start_s = time.perf_counter()
            hanging(style, transforms, 0.4)
            best_s = min(best_s, time.perf_counter() - start_s)
        assert best_s < 0.005
