"""What a body is to do, as plain numbers: what the faults, the activities and the style come to at each moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import Style

RUN, WALK, STAND, RAILS = range(4)
"""Columns of :attr:`Moments.gaits`."""


@dataclass(frozen=True)
class Reach:
    """Hands that leave their swing for some place.

    :param weight: (N, 2) 0..1 how far on the way there.
    :param to_m: (N, 2, 3) where the wrists go: in the world, or in the head's rest frame.
    :param with_head: which of the two.
    :param elbow: (3,) where the left elbow points, in the thorax' frame; the right one mirrors it.
    """

    weight: np.ndarray
    to_m: np.ndarray
    with_head: bool
    elbow: np.ndarray


@dataclass(frozen=True)
class Moments:
    """What a body is to do at N moments; every array has N rows.

    Leans, ranges and millimetres are what is to be measured on the mesh (:mod:`.measures`), as the mean or the range
    over a stride.

    :param phase: strides since the clip began; whole numbers are landings of the left foot.
    :param gaits: (N, 4) weights of running, walking, standing and standing on the side rails; they sum to 1.
    :param step_m: how far one step goes over the ground.
    :param place_m: (N, 3) the ground under the body; ``heading_deg`` the way it faces, 0 for −y, left positive.
    :param feet_m: (N, 2, 2) x and y of each foot's place off ``place_m``.
    :param lean_deg: the person's own lean; ``lean_hips_deg`` and ``lean_thorax_deg`` what faults add to it.
    :param yaw_range_deg: of the thorax; ``pelvis_range_deg`` of the pelvis, against it.
    :param raise_mm: how far the shoulders are up; ``rounded_mm`` how far the head pokes out with rounded shoulders;
        ``head_forward_mm`` the same with the shoulders where they are.
    :param cross: 0..1 how far the wrists go to where they pass the midline by ``cross_mm``.
    :param arm_gain: factor on the arms' swing; ``rise_gain`` on the rise.
    :param head_deg: (N, 3) the head's turn beyond its usual: pitch (down positive), tilt, yaw.
    """

    phase: np.ndarray
    gaits: np.ndarray
    step_m: np.ndarray
    place_m: np.ndarray
    heading_deg: np.ndarray
    feet_m: np.ndarray
    lean_deg: np.ndarray
    lean_hips_deg: np.ndarray
    lean_thorax_deg: np.ndarray
    yaw_range_deg: np.ndarray
    pelvis_range_deg: np.ndarray
    raise_mm: np.ndarray
    rounded_mm: np.ndarray
    head_forward_mm: np.ndarray
    cross: np.ndarray
    cross_mm: np.ndarray
    arm_gain: np.ndarray
    rise_gain: np.ndarray
    head_deg: np.ndarray
    reaches: tuple[Reach, ...] = ()


def steady(style: Style, phase: np.ndarray, step_m: float) -> Moments:
    """A runner in good form on the spot where the world begins, every stride like the other."""
    n = len(phase)

    def row(value: float) -> np.ndarray:
        return np.full(n, value)

    return Moments(
        phase=phase,
        gaits=np.tile([1.0, 0.0, 0.0, 0.0], (n, 1)),
        step_m=row(step_m),
        place_m=np.zeros((n, 3)),
        heading_deg=row(0.0),
        feet_m=np.zeros((n, 2, 2)),
        lean_deg=row(style.lean_deg),
        lean_hips_deg=row(0.0),
        lean_thorax_deg=row(0.0),
        yaw_range_deg=row(style.thorax_yaw_deg),
        pelvis_range_deg=row(style.pelvis_yaw_deg),
        raise_mm=row(style.shoulder_raise_mm),
        rounded_mm=row(0.0),
        head_forward_mm=row(style.head_forward_mm),
        cross=row(0.0),
        cross_mm=row(0.0),
        arm_gain=row(1.0),
        rise_gain=row(1.0),
        head_deg=np.zeros((n, 3)),
    )
