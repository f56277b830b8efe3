"""Float graph → quantized TensorFlow Lite file.

Plain post-training quantization takes the lowest and highest value ever seen as a layer's range, and rounds weights.
Two well known repairs, both without training, halve what that costs here: ranges that leave the outermost values out,
and a correction of each bias by what the rounded weights add on average (Nagel et al. 2019, "Data-Free Quantization
Through Weight Equalization and Bias Correction", section 4.2; with measured in place of assumed activations).
"""

from __future__ import annotations

import copy
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import util as lite_util
from tensorflow.lite.python.convert import mlir_quantize

from device.poses.metadata import ENTRY

from . import tflite
from .equalise import equalise
from .graph import HALF_STEP, OUTPUTS, Graph, label
from .prune import prune

OUTERMOST_PCT = 0.05
"""Per cent of a layer's values left out of its range at each end.  Chosen by us among 0, 0.005 and 0.05."""

SAMPLED_VALUES = 8192
"""Values of a layer looked at in each picture, to keep the percentiles affordable."""

MODERATE, SPARSE = 4, 8
"""One of so many pictures serves to prune and to equalise channels, which need fewer to go by."""

CENTER = label(OUTPUTS["center"])
CENTER_FLOOR = -10.0
"""The centre head's range starts here, a likelihood of 0.00005, and reaches up to the highest value: its peak alone
matters, and one that is cut off at the top would be as high as its neighbours."""

IN_FLOAT = (
    "kpt_heatmap_0/separable_conv2d_4/separable_conv2d/depthwise",
    "kpt_heatmap_0/re_lu_4/Relu",
    "kpt_heatmap_0/conv2d_5/BiasAdd",
)
"""The layers that are not quantized: the heat map's head, 9.6 million multiply-accumulates of Lightning's 245."""


class FloatModel:
    """The undivided float graph: what a quantized file is measured against."""

    def __init__(self, graph: Graph) -> None:
        self.size_px = graph.size_px
        self._run = tf.function(graph.whole, autograph=False)

    def estimate(self, square: np.ndarray) -> np.ndarray:
        """uint8 (S, S, 3) -> float32 (17, 3) = x, y, score, as ``device.poses.PoseModel`` gives it."""
        output = self._run(tf.constant(square[None].astype(np.float32))).numpy()
        return np.asarray(output[0, 0][:, [1, 0, 2]], np.float32)


def quantize(graph: Graph, pictures: list[np.ndarray], say: Callable[[str], None] = print) -> bytes:
    """The file of a graph: INT8 but for a few layers, with the lazy heads' weights beside the graph.

    The input is quantized as (x - 128) / 127.5, so that a picture's bytes, less 128, go in as they are; the half step
    that is missing to the reference's x / 127.5 - 1 is put into the first bias.  ``graph`` is changed.

    :param pictures: uint8 (S, S, 3), to calibrate with; the first must hold both 0 and 255.
    :param say: told about the progress.
    """
    normalised = [picture[None].astype(np.float32) / np.float32(127.5) - 1 for picture in pictures]
    prune(graph, normalised[::MODERATE], say)
    say("equalising the channels")
    equalise(graph, normalised[::SPARSE])
    heads = tflite.tensors(graph.lazy_heads())
    graph.shift_first_bias(HALF_STEP)
    inputs = [(picture[None].astype(np.float32) - 128) / np.float32(127.5) for picture in pictures]
    say("converting the float graph")
    calibrated = _calibrated(graph, inputs[0])
    say("finding the layers' ranges")
    ranged = _with_ranges(calibrated, inputs)
    say("correcting the biases")
    corrected = _with_biases(ranged, _quantized(ranged), inputs)
    content = bytes(lite_util.modify_model_io_type(_quantized(corrected), tf.int8, tf.float32))
    return tflite.with_metadata(tflite.put_out_int8(content, ["center", "features"]), ENTRY, heads)


def _calibrated(graph: Graph, value: np.ndarray) -> bytes:
    """The float model as a TensorFlow Lite file that notes each tensor's lowest and highest value.

    :param value: the one input that these are from.  The input's own range is all that is kept of them.
    """
    shape = [1, graph.size_px, graph.size_px, 3]
    module = tf.Module()
    module.serve = tf.function(
        graph.outputs, input_signature=[tf.TensorSpec(shape, tf.float32, name="image")], autograph=False
    )

    def samples() -> Iterator[list[np.ndarray]]:
        yield [value]

    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = samples
        converter._experimental_calibrate_only = True  # as tf.lite.experimental.QuantizationDebugger does it
        return bytes(converter.convert())


def _quantized(calibrated: bytes) -> bytes:
    """The calibrated float file, quantized but for the layers in :data:`IN_FLOAT`; input and outputs still float."""
    model = tflite.unpacked(calibrated)
    named = {tflite.layer(model, op): op for op in model.subgraphs[0].operators}
    unknown = [name for name in IN_FLOAT if name not in named]
    if unknown:
        raise SystemExit(f"this TensorFlow names the layers otherwise: {', '.join(unknown)} not found")
    outputs = [model.subgraphs[0].tensors[named[name].outputs[0]].name.decode() for name in IN_FLOAT]
    return bytes(mlir_quantize(calibrated, denylisted_nodes=outputs))


def _with_ranges(calibrated: bytes, inputs: list[np.ndarray]) -> bytes:
    """The same file with ranges that leave out ``OUTERMOST_PCT`` at each end; the input keeps its own."""
    model = tflite.unpacked(calibrated)
    tensors, layers = model.subgraphs[0].tensors, model.subgraphs[0].operators
    wanted = {int(op.outputs[0]): tflite.layer(model, op) for op in layers}
    random = np.random.default_rng(1)
    seen: dict[int, list[np.ndarray]] = {}
    for interpreter in tflite.runs(calibrated, inputs):
        for index in wanted:
            values = interpreter.get_tensor(index).ravel()
            if values.size > SAMPLED_VALUES:
                values = values[random.integers(0, values.size, SAMPLED_VALUES)]
            seen.setdefault(index, []).append(values)
    for index, name in wanted.items():
        noted = tensors[index].quantization
        if noted is None or noted.min is None or len(noted.min) == 0:
            continue
        low, high = np.percentile(np.concatenate(seen[index]), (OUTERMOST_PCT, 100 - OUTERMOST_PCT))
        if name == CENTER:
            low, high = CENTER_FLOOR, max(values.max() for values in seen[index])
        noted.min, noted.max = [min(float(low), 0.0)], [float(high)]
    return tflite.packed(model)


def _with_biases(calibrated: bytes, quantized: bytes, inputs: list[np.ndarray]) -> bytes:
    """The calibrated float file with each bias less what the rounding of its layer's weights adds on average.

    :param quantized: the same file, quantized.
    """
    exact, rounded = tflite.weights(calibrated), tflite.weights(quantized)
    model = tflite.unpacked(calibrated)
    graph = model.subgraphs[0]
    layers = [op for op in graph.operators if tflite.layer(model, op) in exact]
    mean = {int(op.inputs[0]): np.zeros(1) for op in layers}
    for interpreter in tflite.runs(calibrated, inputs):
        for index in mean:
            mean[index] = mean[index] + interpreter.get_tensor(index).mean(axis=(0, 1, 2), dtype=np.float64)
    uses = Counter(int(op.inputs[2]) for op in graph.operators if len(op.inputs) > 2)
    for op in layers:
        name = tflite.layer(model, op)
        added = (rounded[name] - exact[name]) * mean[int(op.inputs[0])] / len(inputs)
        added = added.sum(axis=(1, 2, 3) if tflite.operation(model, op) == "CONV_2D" else (0, 1, 2))
        if not added.any():
            continue
        bias = int(op.inputs[2])
        if uses[bias] > 1:  # the converter lets layers without a bias share one of zeros
            own = copy.deepcopy(graph.tensors[bias])
            model.buffers.append(copy.deepcopy(model.buffers[own.buffer]))
            own.buffer, own.name = len(model.buffers) - 1, name + "_bias"
            graph.tensors.append(own)
            bias = len(graph.tensors) - 1
            op.inputs[2] = bias
        value = tflite.values(model, graph.tensors[bias]) - added.astype(np.float32)
        model.buffers[graph.tensors[bias].buffer].data = np.frombuffer(value.tobytes(), np.uint8)
    return tflite.packed(model)
