"""Pictures of a camera that hangs on its side, on its head or behind a mirror, made upright."""

from __future__ import annotations

import numpy as np


def turned(rgb: np.ndarray, rotate_deg: int = 0, mirror: bool = False) -> np.ndarray:
    """Return the picture upright, as a view on the same pixels.

    :param rgb: (height, width, 3).
    :param rotate_deg: how far to turn it clockwise: 0, 90, 180 or 270.
    :param mirror: whether to swap left and right, once it is turned.
    """
    if rotate_deg:
        rgb = np.rot90(rgb, -rotate_deg // 90)
    return rgb[:, ::-1] if mirror else rgb


def upright(rgb: np.ndarray, rotate_deg: int = 0, mirror: bool = False) -> np.ndarray:
    """Like :func:`turned`, with the pixels one after the other in memory; one that is upright already is not copied."""
    return np.ascontiguousarray(turned(rgb, rotate_deg, mirror))
