"""What a clip really shows, measured on the posed mesh itself, never on the numbers that were asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .camera import Camera
from .clips import UNITS, Clip
from .skeleton import Body, coco_points

KEYPOINTS_EVERY = 10
"""Every how many frames the key points themselves are written."""


class Truth:
    """Collects the measures of one clip, frame by frame.

    :param camera: the clip's camera, which the key points are projected by.
    :param cadence_spm: steps per minute; None when nobody runs.
    """

    def __init__(self, clip: Clip, camera: Camera, cadence_spm: float | None) -> None:
        self._clip = clip
        self._camera = camera
        self._cadence_spm = cadence_spm
        self._frames: dict[str, list[float]] = {
            "t_s": [],
            "lean_deg": [],
            "thorax_yaw_deg": [],
            "shoulder_raise_mm": [],
        }
        self._keypoints: list[list[list[float]]] = []

    def add_empty(self, t_s: float) -> None:
        """A frame with nobody in it."""
        self._frames["t_s"].append(round(t_s, 3))

    def add(
        self,
        t_s: float,
        body: Body,
        transforms: tuple[np.ndarray, np.ndarray],
    ) -> None:
        """A frame with the body posed by *transforms*, the world turns and shifts of its bones."""
        points_m = coco_points(body, transforms)
        bone = body.bones.index("spine01")
        thorax = (transforms[0][bone], transforms[1][bone])
        frames = self._frames
        index = len(frames["t_s"])
        frames["t_s"].append(round(t_s, 3))
        frames["lean_deg"].append(round(lean_deg(points_m), 1))
        frames["thorax_yaw_deg"].append(round(yaw_deg(points_m), 1))
        rest_m = body.coco[5:7] @ body.vertices_m
        frames["shoulder_raise_mm"].append(round(raise_mm(points_m, rest_m, thorax)))
        if index % KEYPOINTS_EVERY == 0:
            pixels = self._camera.project(points_m)
            self._keypoints.append([[round(float(x), 1), round(float(y), 1)] for x, y in pixels])

    def record(self) -> dict[str, Any]:
        """Everything, as it is written."""
        clip, camera = self._clip, self._camera
        return {
            "clip": clip.name,
            "made_by": "scripts/render_runner",
            "seed": clip.seed,
            "runner": clip.runner,
            "fps": clip.fps,
            "width_px": clip.width_px,
            "height_px": clip.height_px,
            "duration_s": clip.duration_s,
            "view": clip.view,
            "camera": {
                "azimuth_deg": camera.azimuth_deg,
                "height_m": camera.height_m,
                "distance_m": camera.distance_m,
                "pitch_deg": camera.pitch_deg,
                "focal_px": round(camera.focal_px, 1),
            },
            "cadence_spm": self._cadence_spm,
            "faults": [
                {
                    "fault": s.fault,
                    "start_s": s.start_s,
                    "end_s": s.end_s,
                    "ramp_s": s.ramp_s,
                    "severity": s.severity,
                    "unit": UNITS[s.fault],
                }
                for s in clip.faults
            ],
            "frames": self._frames,
            "keypoints_every": KEYPOINTS_EVERY,
            "keypoints_px": self._keypoints,
        }

    def write(self, path: Path) -> None:
        """Write the record as compact JSON."""
        path.write_text(json.dumps(self.record(), separators=(",", ":")) + "\n", encoding="utf-8")


def lean_deg(points_m: np.ndarray) -> float:
    """Sagittal angle of hip middle → shoulder middle from the vertical, forward positive; points are COCO's 17."""
    up = points_m[5:7].mean(axis=0) - points_m[11:13].mean(axis=0)
    return float(np.degrees(np.arctan2(-up[1], up[2])))


def yaw_deg(points_m: np.ndarray) -> float:
    """Turn of the line through the shoulders in the horizontal plane, to the runner's left positive."""
    across = points_m[5] - points_m[6]
    return float(np.degrees(np.arctan2(across[1], across[0])))


def raise_mm(points_m: np.ndarray, rest_shoulders_m: np.ndarray, thorax: tuple[np.ndarray, np.ndarray]) -> float:
    """How far the shoulders' key points (mean of both) stand above where the thorax carries them at rest.

    Measured along the thorax' own upward axis, so that leaning or running up and down does not count.
    """
    turn, shift = thorax
    carried = (points_m[5:7] - shift) @ turn
    return 1000.0 * float((carried - rest_shoulders_m)[:, 2].mean())
