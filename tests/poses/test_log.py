"""The key-point log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.errors import SourceError
from device.poses.log import KeypointLog, is_log, write_log

N = 20


def arrays(**changes: Any) -> dict[str, Any]:
    """The arrays of a good log, with changes; None leaves one out."""
    random = np.random.default_rng(0)
    good = {
        "t_s": np.arange(N) / 25,
        "keypoints": random.uniform(0, 1, (N, 17, 3)).astype(np.float32),
        "width_px": np.int64(640),
        "height_px": np.int64(480),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def saved(path: Path, **changes: Any) -> Path:
    np.savez(path, **arrays(**changes))
    return path


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    """A log holds exactly the poses it was given."""
    good = arrays()
    write_log(tmp_path / "a.npz", good["t_s"], good["keypoints"], 640, 480)
    log = KeypointLog(tmp_path / "a.npz")
    poses = list(log.poses())
    assert [pose.t_s for pose in poses] == good["t_s"].tolist()
    assert np.array_equal([pose.keypoints for pose in poses], good["keypoints"])
    assert (poses[0].width_px, poses[0].height_px) == (640, 480)
    assert log.trouble is None


def test_uncertainties_come_back(tmp_path: Path) -> None:
    """What the model told of the points' errors is kept; a frame without any tells nothing."""
    good = arrays()
    sigma_px = np.random.default_rng(1).uniform(0.1, 9.0, (N, 17)).astype(np.float32)
    sigma_px[3] = 0
    write_log(tmp_path / "a.npz", good["t_s"], good["keypoints"], 640, 480, sigma_px)
    poses = list(KeypointLog(tmp_path / "a.npz").poses())
    assert poses[3].sigma_px is None
    assert np.array_equal(poses[4].sigma_px, sigma_px[4])
    write_log(tmp_path / "b.npz", good["t_s"], good["keypoints"], 640, 480)
    assert all(pose.sigma_px is None for pose in KeypointLog(tmp_path / "b.npz").poses())


def test_uncertainties_that_are_none(tmp_path: Path) -> None:
    """What is no number above 0 is not known; another shape is refused."""
    sigma_px = np.ones((N, 17), np.float32)
    sigma_px[0, :4] = (np.nan, -1, np.inf, 2)
    log = KeypointLog(saved(tmp_path / "a.npz", sigma_px=sigma_px))
    assert next(log.poses()).sigma_px[:4].tolist() == [0, 0, 0, 2]
    with pytest.raises(SourceError, match=r"sigma_px must have the shape \(20, 17\)"):
        KeypointLog(saved(tmp_path / "b.npz", sigma_px=np.ones((N, 16))))


def test_the_written_types_are_those_documented(tmp_path: Path) -> None:
    """t_s float64 (N,), keypoints float32 (N, 17, 3), and the frame's size."""
    write_log(tmp_path / "a.npz", np.arange(3.0), np.zeros((3, 17, 3)), 640, 480)
    with np.load(tmp_path / "a.npz") as log:
        assert (log["t_s"].dtype, log["t_s"].shape) == (np.float64, (3,))
        assert (log["keypoints"].dtype, log["keypoints"].shape) == (np.float32, (3, 17, 3))
        assert (int(log["width_px"]), int(log["height_px"])) == (640, 480)


def test_unknown_arrays_are_ignored(tmp_path: Path) -> None:
    """A log of a later version, with more in it, is read all the same."""
    assert KeypointLog(saved(tmp_path / "a.npz", more=np.arange(5))).t_s.size == N


def changed(index: int, value: float) -> np.ndarray:
    t_s = np.arange(N) / 25
    t_s[index] = value
    return t_s


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"t_s": changed(3, np.nan)}, r"t_s\[3\] = nan is not a number"),
        ({"t_s": changed(4, np.inf)}, r"t_s\[4\] = inf is not a number"),
        ({"t_s": changed(0, -1.0)}, r"t_s\[0\] = -1.0 is negative"),
        ({"t_s": changed(5, 0.01)}, r"not sorted: t_s\[5\] = 0.01"),
        ({"t_s": changed(5, 4 / 25)}, r"not sorted"),
        ({"t_s": np.zeros((N, 2))}, "one row of numbers"),
        ({"t_s": np.array(["a"] * N)}, "one row of numbers"),
        ({"keypoints": np.zeros((N, 17, 2))}, r"must have the shape \(20, 17, 3\)"),
        ({"keypoints": np.zeros((N - 1, 17, 3))}, r"must have the shape \(20, 17, 3\)"),
        ({"keypoints": np.zeros((N, 51))}, r"must have the shape \(20, 17, 3\)"),
        ({"keypoints": np.zeros((N, 17, 3), complex)}, r"must have the shape"),
        ({"width_px": np.zeros(3)}, "width_px must be one number"),
        ({"height_px": -5}, "height_px must be one number"),
        ({"height_px": np.nan}, "height_px must be one number"),
        ({"keypoints": None}, "lacks keypoints"),
        ({"t_s": None, "width_px": None}, "lacks t_s, width_px"),
        ({"t_s": np.array([None] * N)}, "cannot be read"),
    ],
)
def test_what_cannot_be_relied_on_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    """Wrong times and wrong shapes are refused with the file, the place and the reason."""
    path = saved(tmp_path / "a.npz", **changes)
    with pytest.raises(SourceError, match=reason) as caught:
        KeypointLog(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("value", [(np.nan, 5, 0.9), (5, np.inf, 0.9), (5, 5, np.nan), (5, 5, -0.1), (5, 5, 1.5)])
def test_key_points_that_cannot_be_count_as_not_seen(tmp_path: Path, value: tuple[float, float, float]) -> None:
    """A key point that is no number, or has an impossible score, is not seen; how many is reported."""
    keypoints = arrays()["keypoints"]
    keypoints[7, 3] = value
    log = KeypointLog(saved(tmp_path / "a.npz", keypoints=keypoints))
    assert log.trouble is not None
    assert "1 key points in 1 frames" in log.trouble
    assert log.keypoints[7, 3, 2] == 0
    assert np.isfinite(log.keypoints).all()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_file_is_refused(tmp_path: Path, share: float) -> None:
    """A file cut off anywhere is no log."""
    path = saved(tmp_path / "a.npz")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceError):
        KeypointLog(path)


def test_damaged_bytes_are_refused(tmp_path: Path) -> None:
    """A log with bytes overwritten is refused: the archive's own check sums tell."""
    path = tmp_path / "a.npz"
    write_log(path, np.arange(200.0), np.random.default_rng(0).uniform(size=(200, 17, 3)), 640, 480)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(SourceError):
        KeypointLog(path)


def test_a_log_of_nothing_is_a_log(tmp_path: Path) -> None:
    """No frames at all are read as such."""
    log = KeypointLog(saved(tmp_path / "a.npz", t_s=np.zeros(0), keypoints=np.zeros((0, 17, 3))))
    assert list(log.poses()) == []


def test_a_log_is_told_from_a_video(tmp_path: Path) -> None:
    """A log is known by its name or its content."""
    path = saved(tmp_path / "a.npz")
    renamed = tmp_path / "run.log"
    renamed.write_bytes(path.read_bytes())
    video = tmp_path / "a.mp4"
    video.write_bytes(b"\0" * 100)
    assert is_log(path)
    assert is_log(renamed)
    assert not is_log(video)
    assert is_log(tmp_path / "missing.npz")
