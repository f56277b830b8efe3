"""Scales channels so that all of a layer's use its INT8 range, without changing what the network computes.

A layer's values share one range.  Where one channel reaches 1760 and most reach 450, as behind MoveNet's widest
convolution, most lose two bits.  A channel can be made larger where it is made and smaller where it is read (Nagel et
al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction", section 4.1).  Weights have a range
for each output channel, so making it larger costs nothing; nor does making it smaller in a depthwise convolution, where
each channel is its own output.  Elsewhere it is read beside others that share a range: there the square root is taken.

Layers that end in ReLU6 are left alone: a channel that reaches 6 is cut off there, and its bound would have to grow
with it, but all channels of a layer have the same one.  Those that stay below 6 could be scaled up to it; that helped
neither in front of the depthwise convolutions nor behind them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from .graph import LAZY_HEADS, NORMALISED, OUTPUTS, Graph, fused_operations

LARGEST_FACTOR = 16.0
"""Channels that are nearly always 0 are not blown up further.  Chosen by us."""

LEFT_OUT = 0.001
"""Share of each picture's values that may lie beyond what counts as a channel's largest.  Chosen by us."""


Nodes = dict[str, dict[str, Any]]


def equalise(graph: Graph, inputs: list[np.ndarray]) -> None:
    """Change the weights of ``graph`` so that the channels of its layers reach equally far; it computes the same.

    :param inputs: pictures normalised to x / 127.5 - 1, float32 (1, S, S, 3).
    """
    nodes = graph.between(NORMALISED, [*OUTPUTS.values(), *LAZY_HEADS.values()])
    reach = _reach(graph, list(nodes), inputs)
    for members in _tied(nodes):
        made = [name for name in members if _convolves(nodes[name])]
        read = [name for name, node in nodes.items() if _convolves(node) and node["input"][0] in members]
        if not read or any("Relu6" in fused_operations(nodes[name]) for name in made):
            continue
        top = np.max([reach[name] for name in members], axis=0)
        factor = np.clip(top.max() / np.maximum(top, 1e-6), 1, LARGEST_FACTOR)
        if not all(_depthwise(nodes[name]) for name in read):
            factor = np.sqrt(factor)
        for name in made:
            _, kernel, *bias = nodes[name]["input"]
            _scale(graph, kernel, factor[:, None] if _depthwise(nodes[name]) else factor)
            for constant in bias:
                _scale(graph, constant, factor)
        for name in read:
            _scale(graph, nodes[name]["input"][1], 1 / factor[:, None])


def _scale(graph: Graph, constant: str, factor: np.ndarray) -> None:
    """Kernels lie as (height, width, in, out), those of a depthwise convolution as (height, width, channels, 1)."""
    graph.weights[constant] = (graph.weights[constant] * factor).astype(np.float32)


def _tied(nodes: Nodes) -> list[list[str]]:
    """The nodes in groups whose channels can only be scaled together: what is added, and what is only made larger."""
    group = {name: [name] for name in nodes}
    for name, node in nodes.items():
        if node["op"] in ("AddV2", "ResizeBilinear"):
            for other in node["input"]:
                if other in group and group[other] is not group[name]:
                    group[name] += group[other]
                    for member in group[other]:
                        group[member] = group[name]
    return list({id(members): members for members in group.values()}.values())


def _reach(graph: Graph, names: list[str], inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """How far from 0 each channel of some nodes gets in any picture, but for each picture's few outermost values."""
    run = tf.function(lambda picture: graph.run(NORMALISED, picture, names), autograph=False)
    reach = {name: np.zeros(1) for name in names}
    for picture in inputs:
        for name, value in zip(names, run(tf.constant(picture)), strict=True):
            values = np.abs(value.numpy()).reshape(-1, value.shape[-1])
            last = len(values) - 1 - int(LEFT_OUT * len(values))
            reach[name] = np.maximum(reach[name], np.partition(values, last, axis=0)[last])
    return reach


def _convolves(node: dict[str, Any]) -> bool:
    return "Conv2" in node["op"]


def _depthwise(node: dict[str, Any]) -> bool:
    return "Depthwise" in node["op"]
