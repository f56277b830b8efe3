"""The records that flow through Form Coach: Frame → Pose → Posture → Fault → Cue.

Image axes: x_px grows to the right, y_px grows *downwards*, (0, 0) is the upper left corner of the upper left pixel.
Left and right are the runner's own.  Angles are in degrees, times in seconds of the source's own clock.  NaN means
"not known"; it is never a number to calculate a cue from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

KEYPOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""The 17 key points in COCO order (cocodataset.org, "person_keypoints")."""

(
    NOSE,
    L_EYE,
    R_EYE,
    L_EAR,
    R_EAR,
    L_SHOULDER,
    R_SHOULDER,
    L_ELBOW,
    R_ELBOW,
    L_WRIST,
    R_WRIST,
    L_HIP,
    R_HIP,
    L_KNEE,
    R_KNEE,
    L_ANKLE,
    R_ANKLE,
) = range(17)

SKELETON = (
    (NOSE, L_EYE),
    (NOSE, R_EYE),
    (L_EYE, L_EAR),
    (R_EYE, R_EAR),
    (L_SHOULDER, R_SHOULDER),
    (L_SHOULDER, L_ELBOW),
    (L_ELBOW, L_WRIST),
    (R_SHOULDER, R_ELBOW),
    (R_ELBOW, R_WRIST),
    (L_SHOULDER, L_HIP),
    (R_SHOULDER, R_HIP),
    (L_HIP, R_HIP),
    (L_HIP, L_KNEE),
    (L_KNEE, L_ANKLE),
    (R_HIP, R_KNEE),
    (R_KNEE, R_ANKLE),
)
"""Pairs of key points that a drawn skeleton joins."""

FAULTS = ("forward_lean", "hunched_shoulders", "torso_twist")
"""The faults this coach knows, by the names used in settings and events."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    :param t_s: time of the picture on the source's clock; grows strictly from frame to frame.
    :param rgb: uint8 array (height, width, 3), colours in the order red, green, blue, upright.
    """

    t_s: float
    rgb: np.ndarray


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the runner's key points are in one frame.

    :param keypoints: float32 array (17, 3) = x_px, y_px, score (0..1) in COCO order, in pixels of the whole frame.
        Points may lie outside the picture; a low score means "do not trust it".
    :param width_px: width of the frame the points refer to.
    :param height_px: height of that frame.
    """

    t_s: float
    keypoints: np.ndarray
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """This runner's own good form, from this camera: the middle of some steady strides.

    :param view: the view it was learned from; it holds for no other.
    :param ear_shoulder: height of the ear over the shoulder as a share of the trunk's length.
    """

    t_s: float
    view: str
    lean_deg: float
    twist_deg: float
    ear_shoulder: float
    strides: int


@dataclass(frozen=True, slots=True)
class Posture:
    """What running looks like now, read from the last two strides, as of one frame.

    :param view: where the camera stands: "front", "oblique", "side", or "" while not known.
    :param lean_deg: sagittal lean of the trunk from the vertical, forward positive.
    :param twist_deg: range of the thorax' yaw within a stride.
    :param ear_shoulder: height of the ear over the shoulder as a share of the trunk's length.
    :param shoulder_pct: ``ear_shoulder`` as per cent of the runner's own baseline; NaN before there is one.
    :param cadence_spm: steps (not strides) per minute; NaN while not running.
    :param confidence: 0..1, the middle score of the key points that posture is read from.
    :param stride: number of strides run so far; it grows by one when a stride is complete.
    :param seen: whether a runner is seen at all.
    :param running: whether the movement is that of running.
    :param baseline: the runner's own good form, None before it is learned.
    """

    t_s: float
    view: str = ""
    lean_deg: float = float("nan")
    twist_deg: float = float("nan")
    ear_shoulder: float = float("nan")
    shoulder_pct: float = float("nan")
    cadence_spm: float = float("nan")
    confidence: float = 0.0
    stride: int = 0
    seen: bool = False
    running: bool = False
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """The state of one fault as of one frame.

    :param value: what the last stride measured, in the fault's unit (lean and twist in degrees, shoulders in per cent
        of the baseline); NaN while not known.
    :param limit: the limit in force for this runner now, in the same unit: beyond it a stride is out.
    :param clear: the limit back: a stride on its good side counts towards "mended".
    :param on: whether the fault persists.
    :param watched: whether it can be judged at all: from this view, and with a baseline where it needs one.
    :param excess: by how much the value is beyond the limit, as a share of the limit's distance from good form;
        negative inside, NaN while not known.  It makes different faults comparable: the largest is the worst.
    """

    fault: str
    value: float
    limit: float
    clear: float
    on: bool
    watched: bool
    excess: float


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to say.  ``kind`` is "cue" or "praise"."""

    t_s: float
    kind: str
    fault: str
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth writing down.  ``data`` holds only plain numbers, strings, lists and None."""

    t_s: float
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is known as of one frame: what the coach's loop hands to whoever records, draws or speaks.

    :param faults: one entry a fault, in the order of :data:`FAULTS`.
    :param said: what is spoken at this very moment, if anything.
    :param events: what happened at this moment, in order.
    """

    pose: Pose
    posture: Posture
    faults: tuple[Fault, ...]
    said: Cue | None = None
    events: tuple[Event, ...] = ()
