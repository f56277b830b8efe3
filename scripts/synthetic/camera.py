"""A pinhole camera on a stand, looking at the treadmill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .description import Sensor, Viewpoint


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it looks.

    :param azimuth_deg: round the treadmill: 0 dead ahead of the runner, 90 at the runner's left side.
    :param height_m: of the lens over the floor.
    :param distance_m: from the lens to the vertical line through the treadmill's middle, along the floor.
    :param pitch_deg: up positive; 0 looks level at that line.
    :param focal_px: focal length in pixels; the optical axis goes through the picture's middle.
    :param roll_deg: how far the picture's content is turned clockwise about the optical axis.
    """

    azimuth_deg: float
    height_m: float
    distance_m: float
    pitch_deg: float
    focal_px: float
    width_px: int
    height_px: int
    roll_deg: float = 0.0

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
        azimuth, pitch, roll = np.radians([self.azimuth_deg, self.pitch_deg, self.roll_deg])
        level = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        ahead = np.cos(pitch) * level + np.sin(pitch) * np.array([0.0, 0.0, 1.0])
        right = np.cross(level, [0.0, 0.0, 1.0])
        down = np.cross(ahead, right)
        c, s = np.cos(roll), np.sin(roll)
        return np.stack([c * right - s * down, s * right + c * down, ahead])

    def depth_m(self, points_m: np.ndarray) -> np.ndarray:
        """Distance of world points (..., 3) from the lens along the optical axis; negative behind it."""
        return (np.asarray(points_m, dtype=float) - self.position_m) @ self.axes[2]

    def project(self, points_m: np.ndarray) -> np.ndarray:
        """Pixels (x right, y down) of world points (..., 3); NaN for what lies behind the lens."""
        seen = (np.asarray(points_m, dtype=float) - self.position_m) @ self.axes.T
        depth = np.where(seen[..., 2:] > 1e-6, seen[..., 2:], np.nan)
        middle = np.array([self.width_px / 2, self.height_px / 2])
        return middle + self.focal_px * seen[..., :2] / depth

    def clip_matrix(self, near_m: float = 0.1, far_m: float = 30.0) -> np.ndarray:
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


def stand(viewpoint: Viewpoint, sensor: Sensor) -> Camera:
    """The camera of a clip; the lens' field of view holds from the picture's top to its bottom."""
    focal_px = 0.5 * sensor.height_px / np.tan(np.radians(viewpoint.fov_deg) / 2)
    return Camera(
        viewpoint.azimuth_deg,
        viewpoint.height_m,
        viewpoint.distance_m,
        viewpoint.pitch_deg,
        float(focal_px),
        sensor.width_px,
        sensor.height_px,
        viewpoint.roll_deg,
    )
