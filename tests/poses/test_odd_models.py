"""Model files that are nearly right: each is the shipped file with one thing changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.errors import ModelError
from device.poses import load_model, loader
from device.poses.metadata import ENTRY, heads_weights

flatbuffer_utils = pytest.importorskip(
    "ai_edge_litert.tools.flatbuffer_utils", reason="changes files with LiteRT's tools"
)

from model_build.tflite import tensors  # noqa: E402 (needs these tools)

SHIPPED = (loader.MODELS / loader.SHIPPED).read_bytes()
FLOAT32, UINT8 = 0, 3  # TensorType in schema.fbs
QUANTIZE = 114  # BuiltinOperator there
PICTURE = np.random.default_rng(3).integers(0, 256, (192, 192, 3), np.uint8)


def changed(folder: Path, change: Callable[[Any], None]) -> Path:
    """A copy of the shipped file with its tree of objects changed."""
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(SHIPPED))
    change(model)
    file = folder / "odd.tflite"
    file.write_bytes(bytes(flatbuffer_utils.convert_object_to_bytearray(model)))
    return file


def message(file: Path) -> str:
    """What loading this file says; it names the file."""
    with pytest.raises(ModelError) as caught:
        load_model(file)
    assert str(file) in str(caught.value)
    return str(caught.value)


def entry(model: Any) -> Any:
    """The buffer with the small heads' weights."""
    return model.buffers[next(e.buffer for e in model.metadata if e.name == ENTRY.encode())]


def stored(model: Any) -> dict[str, np.ndarray]:
    """The arrays in it."""
    found = heads_weights(bytes(flatbuffer_utils.convert_object_to_bytearray(model)), "here")
    assert found is not None
    return found


def store(model: Any, arrays: dict[str, np.ndarray]) -> None:
    """Put other arrays there."""
    entry(model).data = np.frombuffer(tensors(arrays), np.uint8)


def test_unchanged(tmp_path: Path) -> None:
    """Taken apart and put together again the file answers as before; so it is the changes that the others are about."""
    file = changed(tmp_path, lambda model: None)
    assert load_model(file).estimate(PICTURE).tobytes() == load_model().estimate(PICTURE).tobytes()


def test_without_the_small_heads(tmp_path: Path) -> None:
    """A converter that drops metadata leaves a file whose key points nobody could place: it is refused."""

    def drop(model: Any) -> None:
        model.metadata = [e for e in model.metadata if e.name != ENTRY.encode()]

    text = message(changed(tmp_path, drop))
    assert "lacks" in text
    assert ENTRY in text


@pytest.mark.parametrize("kept", [0, 10, 5000, -1])
def test_small_heads_cut_short(tmp_path: Path, kept: int) -> None:
    """Weights that end too early are damaged."""

    def cut(model: Any) -> None:
        entry(model).data = entry(model).data[:kept]

    assert ENTRY in message(changed(tmp_path, cut))


def test_small_heads_changed(tmp_path: Path) -> None:
    """One changed byte among the weights is noticed: the entry carries its own check sums."""

    def flip(model: Any) -> None:
        data = np.array(entry(model).data, np.uint8)
        data[len(data) // 2] ^= 1
        entry(model).data = data

    assert ENTRY in message(changed(tmp_path, flip))


def test_a_part_missing(tmp_path: Path) -> None:
    """Each array of the small heads is needed."""

    def drop(model: Any) -> None:
        arrays = stored(model)
        del arrays["offset_out_bias"]
        store(model, arrays)

    text = message(changed(tmp_path, drop))
    assert ENTRY in text
    assert "offset_out_bias" in text


@pytest.mark.parametrize("part", ["regress_depthwise", "regress_expand", "offset_expand_bias", "offset_out"])
def test_another_shape(tmp_path: Path, part: str) -> None:
    """Arrays that do not fit together, or not the map of features, are refused."""

    def shorten(model: Any) -> None:
        arrays = stored(model)
        store(model, {**arrays, part: arrays[part][..., :-1]})

    assert ENTRY in message(changed(tmp_path, shorten))


def test_weights_of_another_network(tmp_path: Path) -> None:
    """Small heads that fit each other but read more features than the graph has are refused."""

    def widen(model: Any) -> None:
        arrays = stored(model)
        for head in ("regress", "offset"):
            arrays[f"{head}_depthwise"] = np.zeros((3, 3, 32), np.float32)
            arrays[f"{head}_expand"] = np.zeros((32, 96), np.float32)
        store(model, arrays)

    assert "do not fit" in message(changed(tmp_path, widen))


def quantized_first(model: Any, kind: int, zero_point: int | None) -> None:
    """A first operator that makes the file's int8 picture of one of another type.

    :param zero_point: of that picture; None where it is not quantized.
    """
    graph = model.subgraphs[0]
    inner = int(graph.inputs[0])
    outer = copy.deepcopy(graph.tensors[inner])
    outer.type = kind
    if zero_point is None:
        outer.quantization = None
    else:
        outer.quantization.zeroPoint = [zero_point]
    graph.tensors.append(outer)
    code, step = copy.deepcopy(model.operatorCodes[0]), copy.deepcopy(graph.operators[0])
    code.builtinCode, code.deprecatedBuiltinCode, code.version = QUANTIZE, QUANTIZE, 1
    model.operatorCodes.append(code)
    step.opcodeIndex, step.builtinOptionsType, step.builtinOptions = len(model.operatorCodes) - 1, 0, None
    step.inputs, step.outputs = [len(graph.tensors) - 1], [inner]
    graph.operators.insert(0, step)
    graph.inputs = list(step.inputs)
    model.signatureDefs[0].inputs[0].tensorIndex = step.inputs[0]


def test_uint8_input(tmp_path: Path) -> None:
    """A file that takes the camera's bytes as they are, as converters make it, answers the same."""
    file = changed(tmp_path, lambda model: quantized_first(model, UINT8, 128))
    assert load_model(file).estimate(PICTURE).tobytes() == load_model().estimate(PICTURE).tobytes()


@pytest.mark.parametrize(("scale", "zero_point"), [(1 / 255, 0), (1 / 127.5, -1), (0.0, 0)])
def test_int8_input_in_other_steps(tmp_path: Path, scale: float, zero_point: int) -> None:
    """A file whose int8 picture means something else is refused: it wants other numbers than the camera's."""

    def rescale(model: Any) -> None:
        told = model.subgraphs[0].tensors[int(model.subgraphs[0].inputs[0])].quantization
        told.scale, told.zeroPoint = [scale], [zero_point]

    assert "int8" in message(changed(tmp_path, rescale))


def test_float_input(tmp_path: Path) -> None:
    """A float input of such a file wants the picture normalised, which nothing here does: it is refused."""

    assert "float32" in message(changed(tmp_path, lambda model: quantized_first(model, FLOAT32, None)))


def test_an_extra_output(tmp_path: Path) -> None:
    """A further output, here one that a debugging build might add, is named among those found."""

    def add(model: Any) -> None:
        graph = model.subgraphs[0]
        extra = int(graph.operators[-4].outputs[0])
        graph.outputs = [*graph.outputs, extra]
        of = type(model.signatureDefs[0].outputs[0])()
        of.name, of.tensorIndex = "debug", extra
        model.signatureDefs[0].outputs.append(of)

    assert "outputs" in message(changed(tmp_path, add))


def test_outputs_in_another_order(tmp_path: Path) -> None:
    """Outputs are found by their names: their order in the file does not matter."""

    def turn(model: Any) -> None:
        model.subgraphs[0].outputs = list(model.subgraphs[0].outputs)[::-1]
        model.signatureDefs[0].outputs.reverse()

    file = changed(tmp_path, turn)
    assert load_model(file).estimate(PICTURE).tobytes() == load_model().estimate(PICTURE).tobytes()


@pytest.mark.parametrize("threads", [0, -1, -64])
def test_too_few_threads(threads: int) -> None:
    """Fewer than one thread is refused; the runtime itself would take -1 for "as many as you like"."""
    with pytest.raises(ModelError, match=f"at least 1 thread, not {threads}"):
        load_model(threads=threads)


def test_64_threads() -> None:
    """More threads than processors are no trouble, and change nothing in the answer."""
    assert load_model(threads=64).estimate(PICTURE).tobytes() == load_model(threads=1).estimate(PICTURE).tobytes()
