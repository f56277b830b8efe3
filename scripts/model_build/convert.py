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
from typing import Any

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tensorflow.lite.python import util as lite_util
from tensorflow.lite.python.convert import mlir_quantize
from tensorflow.lite.tools import flatbuffer_utils

from .graph import HALF_STEP, HEADS, SIZE_PX, Graph

OUTERMOST_PCT = 0.05
"""Per cent of a layer's values left out of its range at each end.  Chosen by us among 0, 0.005 and 0.05."""

SAMPLED_VALUES = 8192
"""Values of a layer looked at in each picture, to keep the percentiles affordable."""

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")


class FloatModel:
    """The undivided float graph: what a quantized file is measured against."""

    def __init__(self, graph: Graph) -> None:
        self._run = tf.function(graph.whole, autograph=False)

    def estimate(self, square: np.ndarray) -> np.ndarray:
        """uint8 (192, 192, 3) -> float32 (17, 3) = x, y, score, as ``device.poses.PoseModel`` gives it."""
        output = self._run(tf.constant(square[None].astype(np.float32))).numpy()
        return np.asarray(output[0, 0][:, [1, 0, 2]], np.float32)


class _Heads(tf.Module):
    """The graph as TensorFlow's converter wants it: one function with named outputs."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph

    @tf.function(input_signature=[tf.TensorSpec([1, SIZE_PX, SIZE_PX, 3], tf.float32, name="image")], autograph=False)
    def serve(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        return {head.removesuffix("_0"): value for head, value in zip(HEADS, self._graph.heads(image), strict=True)}


def quantize(graph: Graph, pictures: list[np.ndarray], say: Callable[[str], None] = print) -> bytes:
    """An INT8 file whose heads' layers stay in float.

    The input is quantized as (x - 128) / 127.5, so that a uint8 picture goes in as it is; the half step that is missing
    to the reference's x / 127.5 - 1 is put into the first bias.  ``graph`` is changed by that.

    :param pictures: uint8 (192, 192, 3), to calibrate with; the first must hold both 0 and 255.
    :param say: told about the progress.
    """
    graph.shift_first_bias(HALF_STEP)
    inputs = [(picture[None].astype(np.float32) - 128) / np.float32(127.5) for picture in pictures]
    say("converting the float graph")
    calibrated = _calibrated(graph, inputs)
    say("finding the layers' ranges")
    ranged = _with_ranges(calibrated, inputs)
    say("correcting the biases")
    corrected = _with_biases(ranged, _finished(ranged), inputs)
    return bytes(lite_util.modify_model_io_type(_finished(corrected), tf.uint8, tf.float32))


def _calibrated(graph: Graph, inputs: list[np.ndarray]) -> bytes:
    """The float model as a TensorFlow Lite file that notes each tensor's lowest and highest value."""
    module = _Heads(graph)

    def samples() -> Iterator[list[np.ndarray]]:
        for value in inputs:
            yield [value]

    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = samples
        converter._experimental_calibrate_only = True  # as tf.lite.experimental.QuantizationDebugger does it
        return bytes(converter.convert())


def _finished(calibrated: bytes) -> bytes:
    """The calibrated float file, quantized but for the heads' layers; input and output still float."""
    interpreter = _plain_interpreter(calibrated)
    outputs = {details["name"] for details in interpreter.get_output_details()}
    names = [_name(interpreter, op["outputs"][0]) for op in interpreter._get_ops_details()]
    in_float = [n for n in names if n in outputs or any(n.startswith(head) for head in HEADS)]
    if len(in_float) != 3 * len(HEADS):  # each a depthwise convolution, one to 96 channels, one to the outputs
        raise SystemExit(f"this TensorFlow names the heads' layers otherwise: {in_float}")
    return bytes(mlir_quantize(calibrated, denylisted_nodes=in_float))


def _with_ranges(calibrated: bytes, inputs: list[np.ndarray]) -> bytes:
    """The same file with ranges that leave out ``OUTERMOST_PCT`` at each end; the input keeps its own."""
    random = np.random.default_rng(1)
    seen: dict[int, list[np.ndarray]] = {}
    for interpreter in _runs(calibrated, inputs):
        for op in interpreter._get_ops_details():
            for index in map(int, op["outputs"]):
                values = interpreter.get_tensor(index).ravel()
                if values.size > SAMPLED_VALUES:
                    values = values[random.integers(0, values.size, SAMPLED_VALUES)]
                seen.setdefault(index, []).append(values)
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(calibrated))
    for index, parts in seen.items():
        noted = model.subgraphs[0].tensors[index].quantization
        if noted is None or noted.min is None or len(noted.min) == 0:
            continue
        low, high = np.percentile(np.concatenate(parts), (OUTERMOST_PCT, 100 - OUTERMOST_PCT))
        noted.min, noted.max = [min(float(low), 0.0)], [float(high)]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _with_biases(calibrated: bytes, quantized: bytes, inputs: list[np.ndarray]) -> bytes:
    """The calibrated float file with each bias less what the rounding of its layer's weights adds on average."""
    exact, rounded = _weights(calibrated), _weights(quantized)
    mean: dict[int, np.ndarray] = {}
    layers: list[dict[str, Any]] = []
    for interpreter in _runs(calibrated, inputs):
        layers = [op for op in interpreter._get_ops_details() if op["op_name"] in CONVOLUTIONS]
        for index in {int(layer["inputs"][0]) for layer in layers}:
            value = interpreter.get_tensor(index).mean(axis=(0, 1, 2), dtype=np.float64) / len(inputs)
            mean[index] = mean.get(index, 0) + value
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(calibrated))
    graph = model.subgraphs[0]
    uses = Counter(int(op.inputs[2]) for op in graph.operators if len(op.inputs) > 2)
    operators = {int(op.outputs[0]): op for op in graph.operators}
    for layer in layers:
        name = _name(interpreter, layer["outputs"][0])
        added = (rounded[name] - exact[name]) * mean[int(layer["inputs"][0])]
        # Weights lie as (out, height, width, in), those of a depthwise convolution as (1, height, width, channels).
        added = added.sum(axis=(1, 2, 3) if layer["op_name"] == "CONV_2D" else (0, 1, 2))
        if not added.any():
            continue
        bias = int(layer["inputs"][2])
        if uses[bias] > 1:  # the converter lets layers without a bias share one of zeros
            own = copy.deepcopy(graph.tensors[bias])
            model.buffers.append(copy.deepcopy(model.buffers[own.buffer]))
            own.buffer, own.name = len(model.buffers) - 1, own.name + f"_{layer['index']}".encode()
            graph.tensors.append(own)
            bias = len(graph.tensors) - 1
            operators[int(layer["outputs"][0])].inputs[2] = bias
        buffer = model.buffers[graph.tensors[bias].buffer]
        values = np.frombuffer(bytes(bytearray(buffer.data)), np.float32) - added.astype(np.float32)
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _runs(model: bytes, inputs: list[np.ndarray]) -> Iterator[Any]:
    """The interpreter of a float file after each input, with the values of all tensors kept."""
    interpreter = _plain_interpreter(model)
    index = interpreter.get_input_details()[0]["index"]
    for value in inputs:
        interpreter.set_tensor(index, value)
        interpreter.invoke()
        yield interpreter


def _plain_interpreter(content: bytes) -> Any:
    """An interpreter that runs the file operator by operator, as it is written, and keeps all values."""
    interpreter = Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return interpreter


def _name(interpreter: Any, tensor: int) -> str:
    return str(interpreter._get_tensor_details(int(tensor), 0)["name"])


def _weights(content: bytes) -> dict[str, np.ndarray]:
    """The weights of each convolution, as float, by the name of the layer's output."""
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    interpreter = _plain_interpreter(content)
    found = {}
    for op in interpreter._get_ops_details():
        if op["op_name"] not in CONVOLUTIONS:
            continue
        tensor = model.subgraphs[0].tensors[int(op["inputs"][1])]
        raw = bytes(bytearray(model.buffers[tensor.buffer].data))
        details = interpreter._get_tensor_details(int(op["inputs"][1]), 0)
        values = np.frombuffer(raw, details["dtype"]).reshape(tensor.shape).astype(np.float32)
        if details["dtype"] == np.int8:
            steps = np.asarray(tensor.quantization.scale, np.float32)
            along = [1, 1, 1, 1]
            along[tensor.quantization.quantizedDimension] = -1
            values = values * steps.reshape(along)
        found[_name(interpreter, op["outputs"][0])] = values
    return found
