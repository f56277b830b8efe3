"""Poses are found once, and never spoiled."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
import pytest
from handmade import cache_in, empty_film
from scoring.cache import STALE_S, PoseCache, code_sha256

from device import replay
from device.errors import SourceError
from device.poses.log import KeypointLog


def test_poses_are_those_of_the_product_and_are_kept(tmp_path: Path) -> None:
    """The second time they are read, not found: the file stays the same."""
    film, cache = empty_film(tmp_path, "a"), cache_in(tmp_path / "poses")
    log = cache.poses(film)
    np.testing.assert_array_equal(log.keypoints, [pose.keypoints for _, pose in replay.open_poses(film)])
    stamp = cache.place(film).stat().st_mtime_ns
    np.testing.assert_array_equal(cache.poses(film).keypoints, log.keypoints)
    assert cache.place(film).stat().st_mtime_ns == stamp
    assert len(list(cache.folder.iterdir())) == 1


def test_another_film_model_or_code_is_another_place(tmp_path: Path) -> None:
    """The name holds the film's content, the model's and the pose code's hash; the film's own name does not matter."""
    film, other = empty_film(tmp_path, "a"), empty_film(tmp_path, "b", tall=32)
    cache = cache_in(tmp_path / "poses")
    places = {
        cache.place(film),
        cache.place(other),
        cache_in(cache.folder, "f" * 64).place(film),
        PoseCache(cache.folder, None, cache.model_sha256, "f" * 64).place(film),
    }
    assert len(places) == 4
    assert cache.place(film.rename(tmp_path / "c.mp4")) in places


def test_a_broken_file_is_made_again(tmp_path: Path) -> None:
    """Cut short, foreign or empty: it counts as not there."""
    film, cache = empty_film(tmp_path, "a"), cache_in(tmp_path / "poses")
    right = cache.poses(film).keypoints
    whole = cache.place(film).read_bytes()
    for broken in (whole[: len(whole) // 2], b"something else", b""):
        cache.place(film).write_bytes(broken)
        assert cache.read(cache.place(film)) is None
        np.testing.assert_array_equal(cache.poses(film).keypoints, right)


def test_a_film_that_is_cut_off_is_refused_and_not_kept(tmp_path: Path) -> None:
    """A part of a film is not the film."""
    film, cache = empty_film(tmp_path, "a", seconds=4.0), cache_in(tmp_path / "poses")
    film.write_bytes(b"not a film")
    with pytest.raises(SourceError, match=r"a\.mp4"):
        cache.make(film)
    assert list(cache.folder.iterdir()) == []


def _find(folder: Path, film: Path, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    for _ in range(5):
        cache_in(folder).make(film)


def test_two_scorers_at_once_do_not_spoil_it(tmp_path: Path) -> None:
    """Both write the same film's poses, again and again; whoever reads meanwhile finds a whole file."""
    film, folder = empty_film(tmp_path, "a"), tmp_path / "poses"
    cache = cache_in(folder)
    cache.make(film)
    context = multiprocessing.get_context("spawn")
    start = context.Event()
    both = [context.Process(target=_find, args=(folder, film, start)) for _ in range(2)]
    for process in both:
        process.start()
    start.set()
    while any(process.is_alive() for process in both):
        assert len(KeypointLog(cache.place(film)).t_s) == 10
        time.sleep(0.001)
    assert [process.exitcode for process in both] == [0, 0]
    assert [path.name for path in folder.iterdir()] == [cache.place(film).name]


def test_leftovers_of_killed_scorers_go_when_they_are_old(tmp_path: Path) -> None:
    """A half file may be somebody's at work, an old one is nobody's."""
    cache = cache_in(tmp_path / "poses")
    old, new = cache.folder / ".1-x.npz.part", cache.folder / ".2-x.npz.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * STALE_S,) * 2)
    cache.sweep()
    assert not old.exists()
    assert new.exists()


def test_the_code_hash_knows_what_a_pose_depends_on() -> None:
    """Pose code and engine have hashes of their own, the same every time."""
    assert code_sha256() == code_sha256(("poses", "frames")) != code_sha256(("posture", "faults", "cues"))
