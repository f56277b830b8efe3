"""What a clip really shows, measured on the posed mesh itself, never on the numbers that were asked for."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from . import measures
from .camera import Camera
from .checking import plain
from .description import FAULT_KINDS, Clip
from .performance import Instant, Performance

_MEASURES = (
    *("lean_deg", "thorax_yaw_deg", "pelvis_yaw_deg", "twist_deg"),
    *("shoulder_raise_mm", "protraction_mm", "head_forward_mm", "cadence_spm"),
)

_DENSE_S = 1.0 / 60.0
"""How finely the thorax' yaw is followed for its range, whatever the frame rate."""

_CHUNK = 256

BEHIND_M = np.array([0.06, *np.repeat([0.06, 0.08, 0.13, 0.08, 0.07, 0.20, 0.10, 0.09], 2)])
"""(17,) how far behind the nearest surface a key point may lie and still count as seen: it sits within the body, so
about half the body's thickness there and some cloth (chosen by us)."""


class Truth:
    """Collects the measures of one clip, frame by frame.

    :param performance: what the clip's runner does; None for the empty treadmill.
    :param keypoints_every: every how many frames the key points themselves are written.
    """

    def __init__(self, clip: Clip, camera: Camera, performance: Performance | None, keypoints_every: int = 1) -> None:
        self._clip = clip
        self._camera = camera
        self._performance = performance
        self._every = keypoints_every
        self._t_s: list[float] = []
        self._frames: dict[str, list[float | None]] = {name: [] for name in ("present", "running", *_MEASURES)}
        self._keypoints: list[list[list[float]] | None] = []

    def add(self, t_s: float, depth_m: np.ndarray | None) -> None:
        """A frame.

        :param depth_m: (H, W) how far off along the optical axis the nearest thing is; None: nothing hides anything.
        """
        number = len(self._t_s)
        self._t_s.append(t_s)
        instant = None if self._performance is None else self._performance.at(t_s)
        shown = self._measured(instant)
        for name, values in self._frames.items():
            values.append(shown.get(name))
        if number % self._every == 0:
            self._keypoints.append(self._pixels(instant, depth_m))

    def record(self) -> dict[str, Any]:
        """Everything, as it is written."""
        clip, camera = self._clip, self._camera
        frames = {"t_s": [round(t, 4) for t in self._t_s], **self._frames, "twist_deg": self._twists()}
        cadences = [c for c, on in zip(frames["cadence_spm"], frames["running"], strict=True) if on and c is not None]
        return {
            "clip": clip.name,
            "made_by": "scripts/treadmill",
            "seed": clip.seed,
            "description": plain(clip),
            "tags": dict(clip.tags),
            "fps": clip.sensor.fps,
            "width_px": clip.sensor.width_px,
            "height_px": clip.sensor.height_px,
            "duration_s": clip.duration_s,
            "view": clip.view,
            "camera": {
                "azimuth_deg": camera.azimuth_deg,
                "height_m": camera.height_m,
                "distance_m": camera.distance_m,
                "pitch_deg": camera.pitch_deg,
                "roll_deg": camera.roll_deg,
                "focal_px": round(camera.focal_px, 1),
            },
            "cadence_spm": round(float(np.median(cadences)), 1) if cadences else None,
            "faults": [
                {
                    "kind": s.kind,
                    "fault": FAULT_KINDS[s.kind].fault or None,
                    "start_s": s.start_s,
                    "end_s": s.end_s,
                    "ramp_s": s.ramp_s,
                    "severity": s.severity,
                    "unit": FAULT_KINDS[s.kind].unit,
                }
                for s in clip.faults
            ],
            "activities": [
                {"kind": a.kind, "start_s": a.start_s, "end_s": a.end_s, "ramp_s": a.ramp_s} for a in clip.activities
            ],
            "frames": frames,
            "keypoints_every": self._every,
            "keypoints_px": self._keypoints,
        }

    def write(self, path: Path) -> None:
        """Write the record as compact JSON."""
        text = json.dumps(self.record(), separators=(",", ":"), allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")

    def _measured(self, instant: Instant | None) -> dict[str, float | None]:
        """The measures of one frame, rounded; what is not there is left out."""
        if self._performance is None or instant is None or instant.transforms is None:
            return {"present": 0, "running": 0}
        shown = posture(self._performance, instant)
        if math.isfinite(instant.cadence_spm):
            shown["cadence_spm"] = round(instant.cadence_spm, 1)
        return {"present": 1, "running": int(instant.running), **shown}

    def _pixels(self, instant: Instant | None, depth_m: np.ndarray | None) -> list[list[float]] | None:
        """x, y and whether it is seen of each key point; None when nobody is there."""
        if self._performance is None or instant is None or instant.transforms is None:
            return None
        points_m, _ = measures.measured_points(self._performance.body, instant.transforms)
        pixels = self._camera.project(points_m)
        seen = visible(pixels, self._camera.depth_m(points_m), (self._camera.width_px, self._camera.height_px), depth_m)
        # Nothing behind the lens has a place in the picture.
        places = np.where(np.isfinite(pixels), pixels, 0.0).round(1).tolist()
        return [[x, y, int(s)] for (x, y), s in zip(places, seen, strict=True)]

    def _twists(self) -> list[float | None]:
        """For each frame the range of the thorax' yaw from half a stride before it to half a stride after it."""
        who = self._performance
        stepping = [cadence is not None for cadence in self._frames["cadence_spm"]]
        if who is None or not any(stepping):
            return [None] * len(stepping)
        windows_s = [who.stride_s(t) for t, on in zip(self._t_s, stepping, strict=True) if on]
        dense_s = np.arange(windows_s[0][0], windows_s[-1][1] + _DENSE_S, _DENSE_S)
        yaw_deg = np.concatenate([self._yaw_deg(who, dense_s[k : k + _CHUNK]) for k in range(0, len(dense_s), _CHUNK)])
        found = iter(measures.stride_range(dense_s, yaw_deg, windows_s))
        return [round(next(found), 2) if on else None for on in stepping]

    @staticmethod
    def _yaw_deg(who: Performance, t_s: np.ndarray) -> np.ndarray:
        rotations, translations = who.poses(t_s)
        points_m, _ = measures.measured_points(who.body, (rotations, translations))
        # Whoever turns round to step off does not twist for that.
        return measures.turned(measures.thorax_yaw_deg(points_m) - who.heading_deg(t_s))


def posture(performance: Performance, instant: Instant) -> dict[str, float | None]:
    """The measures of one pose, in degrees and millimetres, rounded to what means anything."""
    if instant.transforms is None:
        raise ValueError("nobody there to be measured")
    body = performance.body
    points_m, thorax = measures.measured_points(body, instant.transforms, instant.heading_deg)
    pelvis = instant.transforms[0][body.bones.index("root")]
    shoulders_m, ears_m = (measures.in_thorax(points_m, thorax, k) for k in (measures.SHOULDERS, measures.EARS))
    rest_m = performance.rest_m
    return {
        "lean_deg": round(float(measures.lean_deg(points_m)), 2),
        "thorax_yaw_deg": round(float(measures.thorax_yaw_deg(points_m)), 2),
        "pelvis_yaw_deg": round(float(measures.turned(measures.pelvis_yaw_deg(pelvis) - instant.heading_deg)), 2),
        "shoulder_raise_mm": round(float(measures.raise_mm(shoulders_m, rest_m[0])), 1),
        "protraction_mm": round(float(measures.forward_mm(shoulders_m, rest_m[0])), 1),
        "head_forward_mm": round(float(measures.forward_mm(ears_m, rest_m[1])), 1),
    }


def visible(pixels: np.ndarray, depths_m: np.ndarray, size: tuple[int, int], depth_m: np.ndarray | None) -> np.ndarray:
    """Which key points (17,) lie within the picture with nothing before them but the body round them.

    :param pixels: (17, 2); ``depths_m`` (17,) how far off along the optical axis they are.
    :param size: width and height of the picture.
    """
    inside = (np.nan_to_num(pixels, nan=-1.0) >= 0).all(axis=1) & (np.nan_to_num(pixels, nan=1e9) < size).all(axis=1)
    if depth_m is None:
        return inside
    x, y = np.where(inside[:, None], pixels, 0.0).astype(int).T
    return inside & (depths_m - depth_m[y, x] <= BEHIND_M)
