"""Which channels of a layer the others can stand in for, and what they then give to the layer that reads them.

Each time the channel goes whose absence costs least, and the others take over what it gave, by least squares (Hassibi &
Stork 1993, "Second order derivatives for network pruning: Optimal Brain Surgeon", with a layer's output in place of the
network's loss).
"""

from __future__ import annotations

import numpy as np

MOST_LOST = 0.005
"""The share of the reading layer's spread that may be lost.  Chosen by us: with 0.05 for the centre head somebody else
than the runner was followed once (a test of ``device.poses.follow``)."""

MULTIPLE = 8
"""A multiple of so many channels stays: processors take so many at once."""

DAMPING = 1e-6
"""Added to the mean squares of the channels, as a share of their mean, so that one which is always 0 does no harm."""


def thinned(weights: np.ndarray, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The channels that stay, what reads them, and the share of the output's spread that is lost (0..1).

    :param weights: (n + 1, m) of the layer that reads n channels; the last row is its bias.
    :param moments: of these channels and 1, their mean products (n + 1, n + 1) over all places.
    """
    count = len(weights) - 1
    spread = np.einsum("im,ij,jm->", weights[:-1], moments[:-1, :-1], weights[:-1])
    spread -= np.square(moments[-1, :-1] @ weights[:-1]).sum()
    damping = DAMPING * np.trace(moments[:-1, :-1]) / count
    inverse = np.linalg.inv(moments + np.diag([damping] * count + [0.0]))
    kept, lost, found = np.arange(count), 0.0, (np.arange(count), weights, 0.0)
    while len(kept) > 1:
        cost = np.square(weights[:-1]).sum(axis=1) / np.diag(inverse)[:-1]
        least = int(cost.argmin())
        lost += cost[least]
        if lost > MOST_LOST**2 * spread:
            break
        column = inverse[:, least] / inverse[least, least]
        weights = np.delete(weights - np.outer(column, weights[least]), least, axis=0)
        inverse = inverse - np.outer(column, inverse[least])
        inverse = np.delete(np.delete(inverse, least, axis=0), least, axis=1)
        kept = np.delete(kept, least)
        if len(kept) % MULTIPLE == 0:
            found = kept, weights, float(np.sqrt(lost / spread))
    return found
