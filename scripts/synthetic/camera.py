"""A pinhole camera on a stand, looking at the treadmill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it looks.

    :param azimuth_deg: round the treadmill: 0 dead ahead of the runner, 90 at the runner's left side.
    :param height_m: of the lens over the floor.
    :param distance_m: from the lens to the vertical line through the treadmill's middle, along the floor.
    :param pitch_deg: up positive; 0 looks level at that line.
    :param focal_px: focal length in pixels; the optical axis goes through the picture's middle.
    """

    azimuth_deg: float
    height_m: float
    distance_m: float
    pitch_deg: float
    focal_px: float
    width_px: int
    height_px: int

    @property
    def position_m(self) -> np.ndarray:
        """The lens in world axes, shape (3,)."""
        azimuth = np.radians(self.azimuth_deg)
        return np.array(
            [
                self.distance_m * np.sin(azimuth),
                -self.distance_m * np.cos(azimuth),
                self.height_m,
            ]
        )

    @property
    def axes(self) -> np.ndarray:
        """Rows: the picture's right, the picture's down and the viewing direction, in world axes; shape (3, 3)."""
        azimuth, pitch = np.radians(self.azimuth_deg), np.radians(self.pitch_deg)
        level = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        ahead = np.cos(pitch) * level + np.sin(pitch) * np.array([0.0, 0.0, 1.0])
        right = np.cross(level, [0.0, 0.0, 1.0])
        return np.stack([right, np.cross(ahead, right), ahead])

    def project(self, points_m: np.ndarray) -> np.ndarray:
        """Pixels (x right, y down) of world points (..., 3); NaN for what lies behind the lens."""
        seen = (np.asarray(points_m, dtype=float) - self.position_m) @ self.axes.T
        depth = np.where(seen[..., 2:] > 1e-6, seen[..., 2:], np.nan)
        middle = np.array([self.width_px / 2, self.height_px / 2])
        return middle + self.focal_px * seen[..., :2] / depth

    def clip_matrix(self, near_m: float = 0.1, far_m: float = 20.0) -> np.ndarray:
        """The same projection as a 4×4 matrix to OpenGL's clip space (multiplies column vectors)."""
        view = np.eye(4)
        view[:3, :3] = self.axes * np.array([[1.0], [-1.0], [-1.0]])
        view[:3, 3] = -view[:3, :3] @ self.position_m
        lens = np.zeros((4, 4))
        lens[0, 0] = 2 * self.focal_px / self.width_px
        lens[1, 1] = 2 * self.focal_px / self.height_px
        lens[2, 2] = (far_m + near_m) / (near_m - far_m)
        lens[2, 3] = 2 * far_m * near_m / (near_m - far_m)
        lens[3, 2] = -1.0
        return lens @ view


def stand(azimuth_deg: float, width_px: int, height_px: int) -> Camera:
    """The camera of every shipped clip: 1.2 m high and a little over 3 m away, the whole runner and deck in view."""
    return Camera(azimuth_deg, 1.2, 3.4, -4.5, 1.2 * height_px, width_px, height_px)
