from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from acted import pose
from conftest import CLIPS, Replays
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import SourceError
from device.pipeline import Coach
from device.poses.log import COMPACT, KeypointLog, is_compact
from device.poses.steps import STEPS_PX, stepped, stepped_sigma, steps
from device.records import Pose
from device.runs.poselog import PoseLog, PoseWriter, encode, repair
from device.settings import Settings


def blocks(count: int, frames: int = 30) -> list[bytes]:
    """Blocks of a run, one after another."""
    return [
        encode([(t_s, pose(t_s)) for t_s in (np.arange(frames * k, frames * (k + 1)) / 30).tolist()])
        for k in range(count)
    ]


def written(path: Path, parts: list[bytes]) -> Path:
    """A log of these blocks."""
    writer = PoseWriter(path)
    for part in parts:
        writer.append(part)
    return path


@pytest.mark.parametrize("clip", ["demo", "lean_side", "shoulders_oblique", "twist_front"])
def test_coaching_the_log_says_the_same_at_the_same_times(replay: Replays, tmp_path: Path, clip: str) -> None:
    """Its precision is enough: what is said, and when, is that of the run itself."""
    original = KeypointLog(replay(CLIPS / f"{clip}.mp4").poses)
    poses = [(one.t_s, one) for one in original.poses()]
    path = written(tmp_path / "run.poses", [encode(poses[at : at + 240]) for at in range(0, len(poses), 240)])

    assert said(PoseLog(path)) == said(original)


def said(source: KeypointLog | PoseLog) -> list[tuple[float, str, str]]:
    """All that a coach says of these poses, with its times."""
    coach = Coach(Settings())
    cues = [coach.step(one).said for one in source.poses()]
    return [(round(cue.t_s, 4), cue.kind, cue.text) for cue in cues if cue is not None]


def test_an_hour_takes_less_than_ten_megabytes(replay: Replays) -> None:
    """At 30 frames a second, with the noise of a real model."""
    original = KeypointLog(replay(CLIPS / "demo.mp4").poses)
    poses = [(one.t_s, one) for one in original.poses()]
    size = sum(len(encode(poses[at : at + 240])) for at in range(0, len(poses), 240))
    assert size / len(poses) * 30 * 3600 < 10e6


@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_poses_are_kept_exactly(seed: int, frames: int) -> None:
    """As they are made, in steps, they come back to the last bit: coaching them cannot say anything else."""
    chance = np.random.default_rng(seed)
    points = chance.uniform((-3000, -3000, 0), (9000, 9000, 1), (frames, 17, 3)).astype(np.float32)
    points = np.array([stepped(one) for one in points])
    points[chance.random(frames) < 0.2, :, 2] = 0.0  # nobody
    sigma_px = stepped_sigma(chance.uniform(0.01, 300, (frames, 17)).astype(np.float32))
    poses = [
        (k / 30, Pose(k / 30, one, 640, 480, sigma))
        for k, (one, sigma) in enumerate(zip(points, sigma_px, strict=True))
    ]
    log = _read(encode(poses))
    assert (log.keypoints == points).all()
    assert log.sigma_px is not None
    assert (log.sigma_px == sigma_px).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0.001, 5.0), min_size=1, max_size=20),
    st.integers(1, 1920),
    st.integers(0, 2**32 - 1),
)
def test_what_is_written_is_read(spacings_s: list[float], width_px: int, seed: int) -> None:
    """Times exactly, places to 1/512 px, scores to 1/2000, wherever they are."""
    chance = np.random.default_rng(seed)
    times = np.cumsum(spacings_s)
    points = chance.uniform((-3000, -3000, 0), (3000, 3000, 1), (len(spacings_s), 17, 3)).astype(np.float32)
    content = encode([(t_s, Pose(t_s, one, width_px, 480)) for t_s, one in zip(times.tolist(), points, strict=True)])
    log = _read(content)
    assert log.t_s.tolist() == times.tolist()
    assert np.abs(log.keypoints - points)[..., :2].max() <= 1 / 512 + 1e-3
    assert np.abs(log.keypoints - points)[..., 2].max() <= 1 / 2000 + 1e-6
    assert (log.width_px, log.height_px, log.trouble) == (width_px, 480, None)


def _read(content: bytes) -> PoseLog:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.poses")
        path.write_bytes(COMPACT + content)
        return PoseLog(path)


def test_uncertainties_are_kept_as_they_are(tmp_path: Path) -> None:
    """They come in steps, so a byte keeps each; frames without stay without, and blocks from before are read."""
    chance = np.random.default_rng(3)
    told = STEPS_PX[steps(chance.uniform(0.01, 300, (20, 17)))]
    poses = [(t_s, pose(t_s)) for t_s in (np.arange(20) / 30).tolist()]
    with_it = [(t_s, one._replace(sigma_px=sigma)) for (t_s, one), sigma in zip(poses, told, strict=True)]
    mixed = [*poses[:7], *with_it[7:15], *poses[15:]]
    read = list(_read(encode(mixed)).poses())
    assert [one.sigma_px is None for one in read] == [one.sigma_px is None for _, one in mixed]
    assert np.array_equal([one.sigma_px for one in read[7:15]], told[7:15])
    assert _read(encode(poses)).sigma_px is None


@pytest.mark.parametrize("limit", [0.2, 0.3, 0.7, 0.05])
def test_a_score_stays_on_its_side_of_a_limit(limit: float) -> None:
    """What counted as seen counts as seen in the log, and what did not does not."""
    scores = np.nextafter(np.float32(limit), [np.float32(0), np.float32(1)]).astype(np.float32)
    points = np.zeros((17, 3), np.float32)
    points[:2, 2] = scores
    (read,) = _read(encode([(1.0, Pose(1.0, points, 640, 480))])).poses()
    assert (read.keypoints[:2, 2] >= limit).tolist() == (scores >= limit).tolist() == [False, True]


def test_a_point_that_is_no_number_counts_as_not_seen() -> None:
    """NaN and infinity become an unseen point, and harm no other."""
    one = pose(1.0)
    one.keypoints[3] = (np.nan, 1.0, 0.9)
    one.keypoints[4] = (1.0, np.inf, 0.9)
    (read,) = _read(encode([(1.0, one)])).poses()
    assert read.keypoints[3:5].tolist() == [[0, 0, 0], [0, 0, 0]]
    assert read.keypoints[5] == pytest.approx(one.keypoints[5], abs=0.01)


def test_a_cut_anywhere_costs_the_last_block_only(tmp_path: Path) -> None:
    """Wherever the power was cut, the blocks before are read, and the log can be gone on with."""
    first, second, third = blocks(3)
    whole = COMPACT + first + second
    for end in range(len(COMPACT + first), len(whole)):
        path = tmp_path / "run.poses"
        path.write_bytes(whole[:end])
        assert len(PoseLog(path).t_s) == 30
    assert repair(path) == len(COMPACT + first)
    assert len(PoseLog(written(path, [third])).t_s) == 60
    assert PoseLog(path).trouble is None


def test_what_was_torn_is_cut_off_before_more_is_written(tmp_path: Path) -> None:
    """However long it is; a writer need not be told of it."""
    first, second = blocks(2)
    path = tmp_path / "run.poses"
    path.write_bytes(COMPACT + first + second[:-1] + bytes(10 * len(second)))
    log = PoseLog(written(path, [second]))
    assert len(log.t_s) == 60
    assert log.trouble is None


def test_a_tail_of_zeros_is_cut_off(tmp_path: Path) -> None:
    """After a power cut some file systems leave zeros where the last block was to be."""
    (first,) = blocks(1)
    path = tmp_path / "run.poses"
    path.write_bytes(COMPACT + first + bytes(5000))
    assert len(PoseLog(path).t_s) == 30
    assert PoseLog(path).trouble is not None
    assert repair(path) == len(COMPACT + first)
    assert PoseLog(path).trouble is None


def test_a_damaged_block_is_left_out_and_told(tmp_path: Path) -> None:
    """One bit that fell over costs one block, and no number is made up."""
    first, second, third = blocks(3)
    damaged = bytearray(second)
    damaged[len(second) // 2] ^= 1
    path = tmp_path / "run.poses"
    path.write_bytes(COMPACT + first + damaged + third)
    log = PoseLog(path)
    assert len(log.t_s) == 60
    assert log.trouble is not None
    assert str(path) in log.trouble


def test_a_length_that_lies_is_not_believed(tmp_path: Path) -> None:
    """A header that asks for gigabytes is damage."""
    (first,) = blocks(1)
    path = tmp_path / "run.poses"
    path.write_bytes(COMPACT + struct.pack("<4sIII", b"POSE", 2**31, 0, 2**31) + first)
    assert len(PoseLog(path).t_s) == 30


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00" * 100])
def test_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    """The message says what the file is not."""
    path = tmp_path / "run.poses"
    path.write_bytes(content)
    assert not is_compact(path)
    with pytest.raises(SourceError, match="no compact key-point log"):
        PoseLog(path)


def test_another_size_of_the_picture_is_told(tmp_path: Path) -> None:
    """A camera that was set to another size mid-run: the larger part is read, and the rest is not mixed into it."""
    poses = [(t_s, pose(t_s)) for t_s in (1.0, 2.0, 3.0)]
    poses += [(4.0, Pose(4.0, poses[0][1].keypoints, 320, 240))]
    log = PoseLog(written(tmp_path / "run.poses", [encode(poses)]))
    assert log.t_s.tolist() == [1.0, 2.0, 3.0]
    assert (log.width_px, log.height_px) == (640, 480)
    assert "320" not in str(log.trouble)
    assert "another size" in str(log.trouble)


def test_a_log_with_nothing_in_it_is_empty(tmp_path: Path) -> None:
    """A run that was cut off before its first block."""
    path = tmp_path / "run.poses"
    path.write_bytes(COMPACT)
    assert list(PoseLog(path).poses()) == []
    assert PoseLog(path).duration_s == 0.0
    assert repair(path) is None
