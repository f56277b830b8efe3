"""Leaves out hidden channels that the others of their layer can stand in for.

Of the first convolution's 32 channels nine are 0 in every picture, and the centre head makes one number of 96.  One
channel after the other goes, as ``thinning`` chooses them.  Nothing is trained, so this is for layers where next to
nothing is lost; models/README.md says what came of the others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from .graph import FIRST_PROJECTION, NORMALISED, OUTPUTS, Graph, label
from .thinning import thinned

THINNED = (FIRST_PROJECTION, OUTPUTS["center"])
"""The layers whose hidden channels are thinned out, by the linear layer that reads them."""


def prune(graph: Graph, inputs: list[np.ndarray], say: Callable[[str], None] = print) -> None:
    """Change the weights of ``graph`` so that it computes nearly the same with fewer channels.

    :param inputs: pictures normalised to x / 127.5 - 1, float32 (1, S, S, 3).
    :param say: told what has gone.
    """
    for reader in THINNED:
        hidden = _hidden(graph, reader)
        _, kernel, bias = graph.nodes[reader]["input"]
        weights = np.vstack([graph.weights[kernel][0, 0], graph.weights[bias]]).astype(np.float64)
        kept, new, lost = thinned(weights, _second_moments(graph, hidden[-1], inputs))
        say(f"pruning: {len(kept)} of {len(weights) - 1} channels stay before {label(reader)}, {100 * lost:.2g} % lost")
        graph.weights[kernel] = new[:-1].astype(np.float32)[None, None]
        graph.weights[bias] = new[-1].astype(np.float32)
        for name in hidden:
            depthwise = "Depthwise" in graph.nodes[name]["op"]
            _, kernel, *biases = graph.nodes[name]["input"]
            graph.weights[kernel] = graph.weights[kernel].take(kept, axis=2 if depthwise else 3)
            for constant in biases:
                graph.weights[constant] = graph.weights[constant][kept]


def _hidden(graph: Graph, reader: str) -> list[str]:
    """The layers whose channels a linear layer reads: a convolution and, where there is one, its depthwise follower."""
    last = str(graph.nodes[reader]["input"][0])
    return [graph.nodes[last]["input"][0], last] if "Depthwise" in graph.nodes[last]["op"] else [last]


def _second_moments(graph: Graph, name: str, inputs: list[np.ndarray]) -> np.ndarray:
    """The mean products (n + 1, n + 1) of a layer's channels and of a constant 1, over all places of all pictures."""
    run = tf.function(lambda picture: graph.run(NORMALISED, picture, [name])[0], autograph=False)
    total, places = np.zeros(1), 0
    for picture in inputs:
        values = run(tf.constant(picture)).numpy().astype(np.float64)
        values = values.reshape(-1, values.shape[-1])
        values = np.hstack([values, np.ones((len(values), 1))])
        total, places = total + values.T @ values, places + len(values)
    mean: np.ndarray = total / places
    return mean
