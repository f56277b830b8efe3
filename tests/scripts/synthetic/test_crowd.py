"""Others walk past behind the treadmill and run beside it, without running into anything."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic.crowd import Bystander, Neighbour, crowd
from synthetic.description import Build, Clip, Runner, Scene, Style, Viewpoint
from synthetic.scene import BELT_M, neighbour_x_m
from synthetic.skeleton import coco_points

WOMAN = Runner(Build("female", 1.66), style=Style(cadence_spm=180.0))
TIMES_S = np.arange(0.0, 60.0, 0.2)


def full(azimuth_deg: float, seed: int = 5) -> Clip:
    """A busy room."""
    view = Viewpoint(azimuth_deg=azimuth_deg)
    return Clip("x", seed, 60.0, viewpoint=view, scene=Scene(bystanders=2, neighbour=True))


def hips(other: Bystander | Neighbour) -> np.ndarray:
    """(N, 3) where the hips' middle is; NaN while not in the room."""
    places = [other.at(t_s) for t_s in TIMES_S]
    nowhere = np.full(3, np.nan)
    return np.array([nowhere if p is None else coco_points(other.body, p)[11:13].mean(axis=0) for p in places])


def test_as_many_as_the_scene_says() -> None:
    """Bystanders first, then the neighbour; too few people to choose from are refused."""
    others = crowd(full(0.0), [Runner(), Runner(), WOMAN])
    assert [type(o) for o in others] == [Bystander, Bystander, Neighbour]
    assert others[2].runner is WOMAN
    assert crowd(Clip("x"), []) == []
    with pytest.raises(ValueError, match="3 people"):
        crowd(full(0.0), [Runner()])


@pytest.mark.parametrize("azimuth_deg", [-90.0, -10.0, 0.0, 45.0])
def test_neighbour_runs_on_the_neighbours_treadmill(azimuth_deg: float) -> None:
    """The neighbour keeps to the belt 1.3 m aside, away from the camera, at an own cadence."""
    x_m = neighbour_x_m(azimuth_deg)
    assert x_m * azimuth_deg <= 0
    neighbour = crowd(full(azimuth_deg), [Runner(), Runner(), WOMAN])[2]
    places = hips(neighbour)
    assert np.nanmax(np.abs(places[:, :2] - [x_m, 0.0])) < 0.2
    assert np.isfinite(places).all()
    assert neighbour.phase(20.0) == pytest.approx(30.0, rel=0.02)


@pytest.mark.parametrize(("azimuth_deg", "seed"), [(-90.0, 5), (0.0, 6), (45.0, 7)])
def test_bystanders_walk_past_behind(azimuth_deg: float, seed: int) -> None:
    """They come and go, keep off both treadmills, walk no faster than walkers, and never jump while in sight."""
    for other in crowd(full(azimuth_deg, seed), [Runner(), WOMAN, WOMAN])[:2]:
        places = hips(other)
        here = np.isfinite(places[:, 0])
        assert 0.2 < here.mean() < 1.0
        assert np.ptp(places[here, 0]) > 3.0
        aside = np.abs(places[here, 0]) > 1.7
        assert (aside | (places[here, 1] > 1.05)).all()
        pace_mps = np.linalg.norm(np.diff(places[:, :2], axis=0), axis=1) / 0.2
        assert np.nanmax(pace_mps) < 2.0
        assert np.nanmedian(pace_mps) < 1.6
        # On the floor, not as high as on the belt.
        hips_m = other.body.head_m("upperleg01.L")[2] - other.body.vertices_m[:, 2].min()
        assert np.nanmax(places[:, 2]) < hips_m + 0.5 * BELT_M


def test_bystanders_face_the_way_they_go() -> None:
    """A walker's chest is turned to where the next step goes."""
    other = crowd(full(0.0), [Runner(), WOMAN, WOMAN])[0]
    places = hips(other)
    for k in np.flatnonzero(np.isfinite(places[1:-1, 0]))[::20] + 1:
        way = places[k + 1, :2] - places[k - 1, :2]
        if not np.isfinite(way).all() or np.linalg.norm(way) < 0.2:
            continue
        points = coco_points(other.body, other.at(TIMES_S[k]))
        across = points[5] - points[6]
        ahead = np.array([across[1], -across[0]])
        assert way @ ahead / np.linalg.norm(way) / np.linalg.norm(ahead) > 0.85


def test_same_seed_same_people() -> None:
    """The same clip gives the same walks, another seed others."""
    walks = [hips(crowd(full(0.0, seed), [Runner(), WOMAN, WOMAN])[0]) for seed in (5, 5, 6)]
    assert np.array_equal(walks[0], walks[1], equal_nan=True)
    assert not np.array_equal(walks[0], walks[2], equal_nan=True)
