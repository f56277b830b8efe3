"""The shipped file is what the build says it is, and is measured rightly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from model_build import measure, tflite
from model_build.measure import Cost, deviation

from device.poses import load_model, loader
from device.poses.fake import FakePoseModel
from device.poses.metadata import ENTRY, heads_weights

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = (loader.MODELS / loader.SHIPPED).read_bytes()


def test_taken_apart_and_put_together() -> None:
    """Writing what was read gives the same bytes."""
    assert tflite.packed(tflite.unpacked(SHIPPED)) == SHIPPED


def test_layers_have_the_graphs_names() -> None:
    """Each convolution can be found by the name of the node it was made from."""
    names = set(tflite.weights(SHIPPED))
    assert len(names) == 68, "52 layers of the trunk, 10 of the neck, 3 of each of two heads"
    assert "center_0/conv2d_4/BiasAdd" in names
    assert "center_net_mobile_net_v2fpn_feature_extractor/model_1/model/Conv1_relu/Relu6" in names


def test_outputs() -> None:
    """Centre and features are put out in INT8, the heat map in float; the step from INT8 to float comes only before the
    heat map's layers."""
    model = tflite.unpacked(SHIPPED)
    graph = model.subgraphs[0]
    types = {o.name.decode(): tflite.dtype(graph.tensors[o.tensorIndex]) for o in model.signatureDefs[0].outputs}
    assert types == {"center": np.int8, "features": np.int8, "kpt_heatmap": np.float32}
    assert sorted(map(int, graph.outputs)) == sorted(o.tensorIndex for o in model.signatureDefs[0].outputs)
    assert [tflite.operation(model, op) for op in graph.operators].count("DEQUANTIZE") == 1


def test_input() -> None:
    """The picture goes in as it is, but for 128 that is taken off each byte: there is no operator before the first
    convolution."""
    model = tflite.unpacked(SHIPPED)
    graph = model.subgraphs[0]
    picture = graph.tensors[int(graph.inputs[0])]
    assert tflite.dtype(picture) == np.int8
    assert list(picture.quantization.zeroPoint) == [0]
    assert picture.quantization.scale[0] == pytest.approx(1 / 127.5)
    assert tflite.operation(model, graph.operators[0]) == "CONV_2D"


def test_metadata() -> None:
    """An entry that is put in is read back; without one there is nothing; the graph is not touched by it."""
    plain = tflite.unpacked(SHIPPED)
    plain.metadata = [entry for entry in plain.metadata if entry.name != ENTRY.encode()]
    assert heads_weights(tflite.packed(plain), "here") is None
    arrays = {"a": np.arange(4, dtype=np.float32), "b": np.full((2, 3), np.pi, np.float32)}
    read = heads_weights(tflite.with_metadata(tflite.packed(plain), ENTRY, tflite.tensors(arrays)), "here")
    assert read is not None
    assert {name: value.tolist() for name, value in read.items()} == {n: v.tolist() for n, v in arrays.items()}


def test_cost() -> None:
    """Counted by hand: the heat map's head and what is computed in NumPy are float, everything else is INT8."""
    cells, width = 48 * 48, 96
    heat_map = cells * (9 * 24 + 24 * width + width * 17)
    in_numpy = measure.INNER_CELLS * (9 * 24 + 24 * width) + measure.OUTER_CELLS * width * 34
    found = measure.cost(SHIPPED)
    assert found.floating == pytest.approx((heat_map + in_numpy) / 1e6)
    assert found.int8 == pytest.approx(228.65, abs=0.01)


def test_float_counts_as_often_as_it_takes() -> None:
    """On a Pi 4 a float multiply-accumulate takes two INT8 ones' time, on a Pi 5 four."""
    assert Cost(200.0, 10.0).on("Pi 4") == 220.0
    assert Cost(200.0, 10.0).on("Pi 5") == 240.0


def test_deviation() -> None:
    """Distances are in 1/192 of the side whatever the picture's size, and points that the float graph does not trust do
    not count."""
    answer = np.full((17, 3), 0.5, np.float32)
    wanted = np.tile(answer, (2, 1, 1))
    wanted[:, :, 0] += 3 / 192
    wanted[:, :, 1] -= 4 / 192
    wanted[:, :, 2] += 0.1
    wanted[1, 5] = (9, 9, 0.1)
    squares = [np.zeros((256, 256, 3), np.uint8)] * 2
    found = deviation(FakePoseModel(lambda square: answer, 256), squares, wanted)
    assert found.pictures == 2
    assert found.median_px == pytest.approx(5, abs=1e-3)
    assert found.mean_px == pytest.approx(5, abs=1e-3)
    assert found.worst_5_pct_px == pytest.approx(5, abs=1e-3)
    assert found.score == pytest.approx(0.1, abs=1e-6)


def test_times_are_of_each_model() -> None:
    """Each model is timed, and is let go of afterwards."""
    square = np.zeros((192, 192, 3), np.uint8)
    found = measure.times_ms([None, None], 1, {load_model().size_px: square}, rounds=3)
    assert len(found) == 2
    assert min(found) > 0


def test_eval_model_says_what_it_needs() -> None:
    """Without TensorFlow eval_model cannot measure; its help works all the same."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "eval_model"), "--help"], capture_output=True, text=True, check=True
    )
    assert "--json" in done.stdout
