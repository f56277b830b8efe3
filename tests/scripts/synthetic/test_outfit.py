"""Clothes cover what they are said to cover and leave the body's own data alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import outfit
from synthetic.body import load
from synthetic.description import Build, Outfit
from synthetic.outfit import SOLE_M, Dressed, dress
from synthetic.skeleton import Body

MAN, WOMAN = load(Build()), load(Build("female", 1.66))
SHIRT, SHORTS, SHOES, HAIR = range(4)
ARMS = ("upperarm", "lowerarm", "wrist", "finger")
SHORT_HAIR = dress(MAN, Outfit(hair_style="short"))
OUTFITS = st.builds(
    Outfit,
    hair_style=st.sampled_from(["short", "bald", "tail", "long", "cap"]),
    sleeve=st.floats(0.0, 2.0),
    leg=st.floats(0.3, 2.0),
    loose_m=st.floats(0.0, 0.06),
    flare_m=st.floats(0.0, 0.05),
)


def covered(dressed: Dressed, field: int) -> np.ndarray:
    """(V,) true within a garment."""
    inside: np.ndarray = dressed.fields_m[:, field] > 0
    return inside


def held(body: Body, *starts: str, least: float = 0.5) -> np.ndarray:
    """(V,) true where bones of such names hold more than so much."""
    chosen = [i for i, bone in enumerate(body.bones) if bone.startswith(starts)]
    most: np.ndarray = body.weights[:, chosen].sum(axis=1) > least
    return most


def reach_m(dressed: Dressed, body: Body, where: np.ndarray) -> float:
    """Mean distance of the cloth from the body's own axis there."""
    middle = 0.5 * (body.head_m("spine03") + body.head_m("spine04"))
    return float(np.linalg.norm((dressed.vertices_m[where] - middle)[:, :2], axis=1).mean())


@pytest.mark.parametrize(
    ("name", "field", "values"), [("sleeve", SHIRT, (0, 0.5, 1, 1.5, 2)), ("leg", SHORTS, (0.3, 0.6, 1, 1.5, 2))]
)
def test_longer_covers_more(name: str, field: int, values: tuple[float, ...]) -> None:
    """Each longer sleeve or leg covers all that the shorter one did, and more."""
    before = np.zeros(len(MAN.vertices_m), bool)
    for value in values:
        now = covered(dress(MAN, replace(Outfit(), **{name: float(value)})), field)
        assert not (before & ~now).any()
        assert now.sum() > before.sum()
        before = now


def test_sleeves_end_where_they_say() -> None:
    """No sleeve at 0, none below the elbow at 1; at 2 the fingers still are bare."""
    forearm, hand = held(MAN, "lowerarm"), held(MAN, "finger")
    bare, short, long = (covered(dress(MAN, Outfit(sleeve=s)), SHIRT) for s in (0.0, 1.0, 2.0))
    upper = held(MAN, "upperarm")
    assert bare[upper].mean() < 0.35
    assert short[upper].mean() > 0.9
    assert short[forearm].mean() < 0.2
    assert long[forearm].mean() > 0.9
    assert not long[hand].any()


def test_trunk_is_always_covered() -> None:
    """Between collar and hips everyone wears a shirt; about the hips, shorts."""
    for body in (MAN, WOMAN):
        dressed = dress(body, Outfit(sleeve=0.0, leg=0.3))
        trunk = ~held(body, *ARMS, "neck", "head", least=0.2)
        z, hip_z = body.vertices_m[:, 2], body.head_m("upperleg01.L")[2]
        chest = trunk & (z > hip_z + 0.05) & (z < body.head_m("spine01")[2])
        assert covered(dressed, SHIRT)[chest].all()
        seat = trunk & (np.abs(z - hip_z) < 0.04)
        assert covered(dressed, SHORTS)[seat].all()


def test_face_and_hands_are_bare() -> None:
    """No garment covers nose, mouth or hands."""
    dressed = dress(MAN, Outfit(sleeve=2.0, loose_m=0.06, hair_style="cap"))
    face = np.linalg.norm(MAN.vertices_m - MAN.coco_m[0], axis=1) < 0.035
    assert face.sum() > 20
    assert (dressed.fields_m[face | held(MAN, "finger")] <= 0).all()


def test_loose_shirt_stands_further_off() -> None:
    """The looser the shirt, the further it hangs off the waist."""
    z = WOMAN.vertices_m[:, 2]
    waist = (np.abs(z - WOMAN.head_m("spine03")[2]) < 0.04) & ~held(WOMAN, *ARMS)
    far_m = [reach_m(dress(WOMAN, Outfit(loose_m=loose_m)), WOMAN, waist) for loose_m in (0.0, 0.015, 0.03, 0.06)]
    assert np.diff(far_m).min() > 0.003
    assert far_m[-1] - far_m[0] > 0.02


def test_middle_of_the_front_may_lie_a_hair_to_one_side() -> None:
    """A shirt drapes over vertices that rounding puts next to nothing beside the middle as over those right on it."""
    shirt = dress(MAN, Outfit()).fields_m[:, SHIRT]
    points = MAN.vertices_m.copy()
    points[np.abs(points[:, 0]) < 1e-6, 0] = -1e-18
    one, other = (outfit._drape(MAN, shape, shirt, 0.03) for shape in (MAN.vertices_m, points))
    assert other == pytest.approx(one, abs=1e-9)


def test_loose_shirt_hides_the_waist() -> None:
    """A close fit shows a waist narrower than the chest; a loose shirt is not narrower at the waist than above it."""
    trunk = ~held(WOMAN, *ARMS, least=0.3)
    bust_z = WOMAN.head_m("spine01")[2] - 0.03
    waist_z = 0.5 * (WOMAN.head_m("spine02")[2] + WOMAN.head_m("spine03")[2])
    narrower_m = []
    for loose_m in (0.0, 0.05):
        dressed = dress(WOMAN, Outfit(loose_m=loose_m))
        bust_m, waist_m = (
            np.ptp(dressed.vertices_m[trunk & (np.abs(WOMAN.vertices_m[:, 2] - z) < 0.02), 0])
            for z in (bust_z, waist_z)
        )
        narrower_m.append(bust_m - waist_m)
    assert narrower_m[0] > 0.02
    assert narrower_m[1] <= 0.0


def test_shorts_flare() -> None:
    """The hem of the shorts stands off the leg by about the flare more than that of tights."""
    tights, shorts = (dress(MAN, Outfit(leg=0.6, flare_m=flare_m)) for flare_m in (0.0, 0.03))
    hem = covered(tights, SHORTS) & (tights.fields_m[:, SHORTS] < 0.03)
    far_m = np.linalg.norm(shorts.vertices_m - tights.vertices_m, axis=1)[hem & held(MAN, "upperleg")]
    assert 0.01 < np.median(far_m) < 0.035


def test_hair_styles() -> None:
    """The bald have no hair, others do, on top of the head and not in the face; only the cap puts cloth on the head."""
    head = held(MAN, "head")
    crown = MAN.vertices_m[:, 2].argmax()
    for style in ("short", "bald", "tail", "long", "cap"):
        dressed = dress(MAN, Outfit(hair_style=style))
        assert covered(dressed, HAIR)[crown] == (style != "bald")
        assert covered(dressed, SHIRT)[head].any() == (style == "cap")
        assert not covered(dressed, HAIR)[held(MAN, "upperarm", "spine")].any()


def test_shoes_stand_on_flat_soles() -> None:
    """The soles lie flat, lower than the bare foot by their thickness."""
    floor_z = MAN.vertices_m[:, 2].min()
    z = SHORT_HAIR.vertices_m[covered(SHORT_HAIR, SHOES), 2]
    assert z.min() == pytest.approx(floor_z - SOLE_M, abs=0.002)
    assert (z < z.min() + 0.004).mean() > 0.15


def test_paint_follows_the_colours() -> None:
    """Cheeks have the colour of the skin, ankles that of the socks."""
    outfit = Outfit(skin=(0.3, 0.2, 0.15), socks=(0.1, 0.9, 0.2))
    dressed = dress(MAN, outfit)
    neck = held(MAN, "neck01")
    assert dressed.paint[neck] == pytest.approx(np.tile(outfit.skin, (neck.sum(), 1)), abs=0.02)
    ankle = np.linalg.norm(MAN.vertices_m - MAN.head_m("foot.L"), axis=1).argmin()
    assert dressed.paint[ankle] == pytest.approx(outfit.socks)


def test_clothes_are_alike_left_and_right() -> None:
    """Dressed is as symmetric as the body, to two millimetres."""
    dressed = dress(MAN, Outfit(loose_m=0.04))
    flipped = dressed.vertices_m * [-1.0, 1.0, 1.0]
    far_m = [np.linalg.norm(dressed.vertices_m - p, axis=1).min() for p in flipped[::9]]
    assert np.percentile(far_m, 95) < 0.002


@settings(max_examples=12, deadline=None)
@given(OUTFITS, st.sampled_from([MAN, WOMAN, load(Build(weight=1.0, height_m=1.6)), load(Build("female", weight=0.0))]))
def test_dressing_leaves_the_body_alone(outfit: Outfit, body: Body) -> None:
    """Whatever is worn: same triangles and weights, finite, and nothing further than 12 cm off the skin."""
    before = body.vertices_m.copy()
    dressed = dress(body, outfit)
    assert np.array_equal(body.vertices_m, before)
    assert dressed.triangles is body.triangles
    assert dressed.weights is body.weights
    for values in (dressed.vertices_m, dressed.normals, dressed.fields_m, dressed.paint):
        assert np.isfinite(values).all()
        assert len(values) == len(body.vertices_m)
    assert np.linalg.norm(dressed.vertices_m - body.vertices_m, axis=1).max() < 0.12
    assert np.linalg.norm(dressed.normals, axis=1) == pytest.approx(np.ones(len(before)))
    assert dressed.paint.min() >= 0
    assert dressed.paint.max() <= 1
