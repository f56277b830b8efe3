"""The shipped model on pictures: whom it finds, how sure it is, and what it makes of pictures without anybody."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest
from conftest import CLIPS

from device.poses import PoseModel, load_model
from device.poses.crop import cut, square_around, to_frame, whole_frame
from device.poses.movenet import ManyHeads, decode_single
from device.records import L_HIP, L_SHOULDER, R_HIP, R_SHOULDER

TRUNK = [L_SHOULDER, R_SHOULDER, L_HIP, R_HIP]


@pytest.fixture(scope="module")
def model() -> PoseModel:
    return load_model(threads=1)


@pytest.fixture(scope="module")
def runner(model: PoseModel) -> np.ndarray:
    """A square with the runner of the demo clip."""
    with av.open(str(CLIPS / "demo.mp4")) as film:
        frame = next(film.decode(video=0)).to_ndarray(format="rgb24")
    height, width = frame.shape[:2]
    square = whole_frame(width, height)
    for _ in range(2):
        found = square_around(to_frame(model.estimate(cut(frame, square, model.size_px)), square), width, height)
        assert found is not None
        square = found
    return cut(frame, square, model.size_px)


def odd_pictures(size: int) -> dict[str, np.ndarray]:
    """Pictures of nobody."""
    random = np.random.default_rng(7)
    checks = (np.indices((size, size)).sum(axis=0) // 8 % 2 * 255).astype(np.uint8)
    return {
        "black": np.zeros((size, size, 3), np.uint8),
        "white": np.full((size, size, 3), 255, np.uint8),
        "grey": np.full((size, size, 3), 128, np.uint8),
        "noise": random.integers(0, 256, (size, size, 3), dtype=np.uint8),
        "checks": np.repeat(checks[:, :, None], 3, axis=2),
    }


@pytest.mark.parametrize("kind", odd_pictures(4))
@pytest.mark.parametrize("follow", [False, True])
def test_nobody_in_odd_pictures(model: PoseModel, runner: np.ndarray, kind: str, follow: bool) -> None:
    """A covered or blinded camera shows nobody, even where a runner was expected, and gives no NaN."""
    expected = model.estimate(runner) if follow else None
    keypoints, sigma = model.estimate_with_sigma(odd_pictures(model.size_px)[kind], expected)
    assert np.isfinite(keypoints).all()
    assert sigma is not None
    assert np.isfinite(sigma).all()
    assert keypoints[TRUNK, 2].max() < 0.3  # DOUBTFUL_SCORE of the follower


def test_sure_of_a_runner_not_of_noise(model: PoseModel, runner: np.ndarray) -> None:
    """The predicted errors are small for a runner in plain view, and large where there is nobody."""
    keypoints, sigma = model.estimate_with_sigma(runner)
    assert sigma is not None
    assert sigma.shape == (17,)
    assert sigma.dtype == np.float32
    assert keypoints[TRUNK, 2].min() > 0.3
    assert np.median(sigma[:13]) < 0.015
    _, unsure = model.estimate_with_sigma(odd_pictures(model.size_px)["noise"])
    assert unsure is not None
    assert np.median(unsure) > 0.05


def test_estimate_is_the_same_without_sigma(model: PoseModel, runner: np.ndarray) -> None:
    """Both ways to ask give the same key points."""
    assert (model.estimate(runner) == model.estimate_with_sigma(runner)[0]).all()


def two_runners(runner: np.ndarray) -> np.ndarray:
    """Two runners side by side, the right one a little nearer to the middle."""
    size = len(runner)
    half = cut(runner, whole_frame(size, size), size // 2)
    picture = np.full((size, size, 3), 90, np.uint8)
    top = size // 4
    picture[top : top + size // 2, : size // 2] = half
    picture[top : top + size // 2, size // 2 - 8 : size - 8] = half
    return picture


@pytest.mark.parametrize("left_px", [0, 88])
def test_the_runner_who_is_expected_is_found(model: PoseModel, runner: np.ndarray, left_px: int) -> None:
    """Of two people alike, the one is found who stands where the last pose was, though that is a little old."""
    expected = model.estimate(runner)
    expected[:, :2] = expected[:, :2] / 2 + (left_px / model.size_px, 0.25)
    moved = expected + np.array([0.03, -0.02, 0.0], np.float32)
    found = model.estimate(two_runners(runner), moved)
    assert np.abs(found[TRUNK, :2] - expected[TRUNK, :2]).max() < 0.05


def test_expecting_the_runner_who_is_alone(model: PoseModel, runner: np.ndarray) -> None:
    """Alone in the picture, the runner is found in the same place with and without the last pose."""
    alone = model.estimate(runner)
    again = model.estimate(runner, alone + np.float32(0.02))
    assert np.abs(again[TRUNK, :2] - alone[TRUNK, :2]).max() < 0.005


class Outputs:
    """Stands for an interpreter whose outputs are known beforehand."""

    def __init__(self, *tensors: np.ndarray) -> None:
        self._tensors = tensors

    def get_input_details(self) -> list[dict[str, Any]]:
        return [{"index": 0, "dtype": np.uint8}]

    def set_tensor(self, index: int, picture: np.ndarray) -> None:
        pass

    def invoke(self) -> None:
        pass

    def tensor(self, index: int) -> Callable[[], np.ndarray]:
        return lambda: self._tensors[index][None]


@pytest.mark.parametrize(("left", "right", "found"), [(20, 30, 12), (-10, 30, 18)])
def test_quantized_centres_are_read_as_logits(left: int, right: int, found: int) -> None:
    """An INT8 centre head is turned back into logits by its scale and zero point before scores are weighed."""
    heatmap = np.full((24, 24, 17), -9, np.float32)
    heatmap[12, [12, 18]] = 2
    center = np.full((24, 24, 1), -128, np.int8)
    center[12, 12], center[12, 18] = left, right  # less 50, times 0.05: -1.5 or -3 in the middle, -1 beside it
    small = np.zeros((24, 24, 34), np.float32)
    details = {"kpt_heatmap": 0, "center": 1, "kpt_regress": 2, "kpt_offset": 2}
    outputs = {
        head: {"index": index, "quantization": (0.05, 50) if head == "center" else (0.0, 0)}
        for head, index in details.items()
    }
    model = ManyHeads(Outputs(heatmap, center, small), "made by hand", "", 96, outputs, None)
    keypoints = model.estimate(np.zeros((96, 96, 3), np.uint8))
    assert keypoints[:, 0] == pytest.approx(found / 24, abs=1e-3)


def test_single_output_is_turned_round() -> None:
    """Google's files say y before x; a pose says x before y."""
    output = (np.arange(51, dtype=np.float32) / 64).reshape(1, 1, 17, 3)
    keypoints = decode_single(output)
    assert (64 * keypoints[0]).tolist() == [1, 0, 2]
    assert (64 * keypoints[16]).tolist() == [49, 48, 50]


def test_single_output_files_tell_no_sigma(shared_data: object) -> None:
    """What Google's files do not say is not made up."""
    google = load_model(f"{shared_data}/movenet_lightning_int8_official.tflite", 1)
    assert google.estimate_with_sigma(odd_pictures(google.size_px)["black"])[1] is None


def test_a_closed_model_lets_go_of_its_memory() -> None:
    """Nothing else refers to the runtime, which holds all of it."""
    model = load_model(threads=1)
    model.estimate(np.zeros((model.size_px, model.size_px, 3), np.uint8))
    runtime = weakref.ref(model._interpreter)  # type: ignore[attr-defined]
    model.close()
    gc.collect()
    assert runtime() is None
