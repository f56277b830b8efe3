"""Looks into TensorFlow Lite files and changes them: layers by the graph's names, outputs, metadata."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from ai_edge_litert.tools import flatbuffer_utils

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")


def plain_interpreter(content: bytes) -> Any:
    """An interpreter that runs the file operator by operator, as it is written, and keeps all values."""
    interpreter = Interpreter(
        model_content=content,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    return interpreter


def runs(model: bytes, inputs: list[np.ndarray]) -> Iterator[Any]:
    """The interpreter of a float file after each input, with the values of all tensors kept."""
    interpreter = plain_interpreter(model)
    index = interpreter.get_input_details()[0]["index"]
    for value in inputs:
        interpreter.set_tensor(index, value)
        interpreter.invoke()
        yield interpreter


def unpacked(content: bytes) -> Any:
    """The file as a tree of objects."""
    return flatbuffer_utils.convert_bytearray_to_object(bytearray(content))


def packed(model: Any) -> bytes:
    """The file of a tree of objects."""
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def operation(model: Any, op: Any) -> str:
    """What an operator does, such as CONV_2D."""
    return str(flatbuffer_utils.opcode_to_name(model, op.opcodeIndex))


def layer(model: Any, op: Any) -> str:
    """The node of the graph that an operator was made from, as ``graph.label`` writes it.

    The converter gives the weights of a convolution its node's plain name; its output has a longer one, or that of the
    file's output.
    """
    tensor = op.inputs[1] if operation(model, op) in CONVOLUTIONS else op.outputs[0]
    return str(model.subgraphs[0].tensors[tensor].name.decode())


def dtype(tensor: Any) -> np.dtype[Any]:
    """The type of a tensor's values."""
    return np.dtype({0: np.float32, 2: np.int32, 3: np.uint8, 9: np.int8}[tensor.type])  # TensorType in schema.fbs


def values(model: Any, tensor: Any) -> np.ndarray:
    """The constant that lies in a tensor, in its own type."""
    raw = bytes(bytearray(model.buffers[tensor.buffer].data))
    return np.frombuffer(raw, dtype(tensor)).reshape(tensor.shape)


def weights(content: bytes) -> dict[str, np.ndarray]:
    """The weights of each convolution, as float, by the layer's name.

    They lie as (out, height, width, in), those of a depthwise convolution as (1, height, width, channels).
    """
    model = unpacked(content)
    found = {}
    for op in model.subgraphs[0].operators:
        if operation(model, op) not in CONVOLUTIONS:
            continue
        tensor = model.subgraphs[0].tensors[op.inputs[1]]
        value = values(model, tensor)
        if value.dtype == np.int8:
            along = [1, 1, 1, 1]
            along[tensor.quantization.quantizedDimension] = -1
            value = value * np.asarray(tensor.quantization.scale, np.float32).reshape(along)
        found[layer(model, op)] = value.astype(np.float32)
    return found


def put_out_int8(content: bytes, names: list[str]) -> bytes:
    """The file with these outputs as INT8 where their layers are: the step back to float is left to the reader."""
    model = unpacked(content)
    graph = model.subgraphs[0]
    for name in names:
        out = next(o for o in model.signatureDefs[0].outputs if o.name.decode() == name)
        made = next(op for op in graph.operators if op.outputs[0] == out.tensorIndex)
        if operation(model, made) != "DEQUANTIZE":
            continue
        graph.outputs = [made.inputs[0] if int(o) == out.tensorIndex else int(o) for o in graph.outputs]
        if not any(out.tensorIndex in op.inputs for op in graph.operators):
            graph.operators.remove(made)
        out.tensorIndex = made.inputs[0]
    return packed(model)


def with_metadata(content: bytes, name: str, value: bytes) -> bytes:
    """The file with one more entry among its metadata."""
    model = unpacked(content)
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(value, np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = name, len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    return packed(model)


def tensors(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays, float32, as ``device.poses.metadata`` reads them; the same arrays give the same bytes."""
    header: dict[str, Any] = {}
    data = b""
    for name, array in arrays.items():
        start, data = len(data), data + array.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [start, len(data)]}
    text = json.dumps({"__metadata__": {"crc32": f"{crc32(data):08x}"}, **header}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
