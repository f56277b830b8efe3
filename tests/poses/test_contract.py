"""What every pose model must keep, whichever file or fake stands behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.poses import PoseModel, load_model
from device.poses.fake import FakePoseModel


@pytest.fixture(scope="module", params=["shipped", "official", "fake"])
def model(request: pytest.FixtureRequest) -> PoseModel:
    if request.param == "fake":
        return FakePoseModel(lambda square: np.full((17, 3), square.mean() / 255))
    if request.param == "shipped":
        return load_model()
    folder: Path = request.getfixturevalue("shared_data")
    return load_model(folder / "movenet_lightning_int8_official.tflite")


def pictures(size: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    return {
        "black": np.zeros((size, size, 3), np.uint8),
        "white": np.full((size, size, 3), 255, np.uint8),
        "noise": random.integers(0, 256, (size, size, 3), dtype=np.uint8),
    }


def test_answers_with_17_points(model: PoseModel) -> None:
    """Whatever the picture shows, the answer is float32 (17, 3), finite, with scores in 0..1 and points nearby."""
    for picture in pictures(model.size_px).values():
        keypoints = model.estimate(picture)
        assert keypoints.shape == (17, 3)
        assert keypoints.dtype == np.float32
        assert np.isfinite(keypoints).all()
        assert keypoints[:, 2].min() >= 0
        assert keypoints[:, 2].max() <= 1
        assert np.abs(keypoints[:, :2] - 0.5).max() < 1


def test_same_picture_same_answer(model: PoseModel) -> None:
    """An answer depends on its picture alone, byte for byte, not on the pictures before it."""
    black, white, noise = pictures(model.size_px).values()
    first = model.estimate(noise)
    model.estimate(black)
    model.estimate(white)
    assert model.estimate(noise).tobytes() == first.tobytes()


def test_takes_an_expectation(model: PoseModel) -> None:
    """Where the runner should be may be said, in any state: the answer keeps the same promises, and it is only read."""
    noise = pictures(model.size_px)["noise"]
    for expected in (np.zeros((17, 3)), np.full((17, 3), 0.9), np.array([(-0.5, 1.7, 0.5)] * 17, np.float32)):
        expected.setflags(write=False)
        keypoints = model.estimate(noise, expected)
        assert keypoints.shape == (17, 3)
        assert keypoints.dtype == np.float32
        assert np.isfinite(keypoints).all()
        assert model.estimate(noise, expected).tobytes() == keypoints.tobytes()


def test_tells_how_far_off_it_may_be(model: PoseModel) -> None:
    """With the key points comes one sigma each, a number above 0, or None from a model that cannot tell."""
    for picture in pictures(model.size_px).values():
        keypoints, sigma = model.estimate_with_sigma(picture)
        assert keypoints.tobytes() == model.estimate(picture).tobytes()
        if sigma is not None:
            assert sigma.shape == (17,)
            assert sigma.dtype == np.float32
            assert np.isfinite(sigma).all()
            assert sigma.min() > 0


def test_answer_is_the_callers(model: PoseModel) -> None:
    """A later call leaves earlier answers alone, and the picture is not written to."""
    black, white, _ = pictures(model.size_px).values()
    kept = model.estimate(black)
    copy = kept.copy()
    white.setflags(write=False)
    model.estimate(white)
    assert (kept == copy).all()


def test_takes_pictures_that_are_views(model: PoseModel) -> None:
    """A picture may be a part of a larger array: neither contiguous nor its owner."""
    size = model.size_px
    large = np.random.default_rng(1).integers(0, 256, (2 * size, 2 * size, 3), dtype=np.uint8)
    view = large[10 : 10 + size, 20 : 20 + size]
    assert (model.estimate(view) == model.estimate(view.copy())).all()


@pytest.mark.parametrize("wrong", [(191, 192, 3), (192, 192), (192, 192, 4), (0, 0, 3)])
def test_other_shapes_are_refused(model: PoseModel, wrong: tuple[int, ...]) -> None:
    """A picture of another shape is the caller's mistake, said in the caller's terms."""
    with pytest.raises(ValueError, match="uint8 picture"):
        model.estimate(np.zeros(wrong, np.uint8))


def test_other_types_are_refused(model: PoseModel) -> None:
    """Brightness in floats is refused instead of read wrongly."""
    with pytest.raises(ValueError, match="uint8 picture"):
        model.estimate(np.zeros((model.size_px, model.size_px, 3), np.float32))


def test_says_what_it_is(model: PoseModel) -> None:
    """A model has a name for messages, and the hash of its file if it has one."""
    assert model.name
    assert model.sha256 == "" or len(model.sha256) == 64


def test_thread_count_does_not_change_the_answer() -> None:
    """Poses recorded on one machine can be compared with those of another that used more threads."""
    noise = pictures(192)["noise"]
    assert load_model(threads=1).estimate(noise).tobytes() == load_model(threads=3).estimate(noise).tobytes()


def test_closing_twice() -> None:
    """A model can be closed on every way out without keeping count."""
    for model in (load_model(), FakePoseModel()):
        model.close()
        model.close()
