"""What a pose shows, measured on the key points of the posed mesh: the same for the truth and for aiming the poses.

Key points are COCO's 17, (..., 17, 3) in world axes turned so that the runner faces −y.  The thorax is the bone
``spine01``, as a rotation (..., 3, 3) and a translation (..., 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .skeleton import Body, Transforms, about_z, coco_points

THORAX = "spine01"
"""The bone that carries the thorax."""

EARS, SHOULDERS, HIPS = slice(3, 5), slice(5, 7), slice(11, 13)
"""Where COCO's pairs stand, left then right."""


def measured_points(body: Body, transforms: Transforms, heading_deg: float = 0.0) -> tuple[np.ndarray, Transforms]:
    """Key points and thorax, turned back by the way that the person faces (0: −y, left positive)."""
    back = about_z(-heading_deg)
    rotations, translations = transforms
    thorax = body.bones.index(THORAX)
    turned = back @ rotations[..., thorax, :, :], translations[..., thorax, :] @ back.T
    return coco_points(body, transforms) @ back.T, turned


def lean_deg(points_m: np.ndarray) -> np.ndarray:
    """Sagittal angle of hip middle → shoulder middle from the vertical, forward positive."""
    up = points_m[..., SHOULDERS, :].mean(axis=-2) - points_m[..., HIPS, :].mean(axis=-2)
    return np.degrees(np.arctan2(-up[..., 1], up[..., 2]))


def thorax_yaw_deg(points_m: np.ndarray) -> np.ndarray:
    """Turn of the line through the shoulders in the horizontal plane, to the runner's left positive."""
    across = points_m[..., SHOULDERS.start, :] - points_m[..., SHOULDERS.start + 1, :]
    return np.degrees(np.arctan2(across[..., 1], across[..., 0]))


def pelvis_yaw_deg(pelvis: np.ndarray) -> np.ndarray:
    """Turn of the pelvis' own left axis in the horizontal plane; *pelvis* is the bone ``root`` (..., 3, 3).

    Not of the hips' key points: thighs that swing draw the skin there along, by as much as the pelvis turns.
    """
    return np.degrees(np.arctan2(pelvis[..., 1, 0], pelvis[..., 0, 0]))


def turned(angle_deg: np.ndarray) -> np.ndarray:
    """The same turn within -180..180°."""
    return (angle_deg + 180.0) % 360.0 - 180.0


def in_thorax(points_m: np.ndarray, thorax: Transforms, which: slice) -> np.ndarray:
    """The middle (..., 3) of a pair of key points, where the thorax' own rest frame has it.

    So leaning, turning and bouncing do not count, only what the pair does against the thorax.
    """
    turn, shift = thorax
    middle = points_m[..., which, :].mean(axis=-2) - shift
    return (middle[..., None, :] @ turn)[..., 0, :]


def raise_mm(shoulders_m: np.ndarray, rest_m: np.ndarray) -> np.ndarray:
    """How far the shoulders stand above ``rest_m`` along the thorax; both from :func:`in_thorax`."""
    return 1000.0 * (shoulders_m - rest_m)[..., 2]


def forward_mm(middle_m: np.ndarray, rest_m: np.ndarray) -> np.ndarray:
    """How far shoulders (protraction) or ears (head forward) stand ahead of ``rest_m``, square to the thorax.

    The head is measured against the thorax, not against the shoulders, which may be forward themselves.
    """
    return -1000.0 * (middle_m - rest_m)[..., 1]


def stride_range(t_s: np.ndarray, values: np.ndarray, windows_s: Sequence[tuple[float, float]]) -> list[float]:
    """Range (peak to peak) of a densely sampled curve within each window (start, end); NaN where it is not known."""
    ranges = []
    for start_s, end_s in windows_s:
        inside = values[np.searchsorted(t_s, start_s) : np.searchsorted(t_s, end_s, "right")]
        ranges.append(float(np.ptp(inside)) if len(inside) else float("nan"))
    return ranges
