"""The records that flow through Form Coach: Frame → Pose → Posture → Fault → Cue.

Image axes: x_px grows to the right, y_px grows *downwards*, (0, 0) is the upper left corner of the upper left pixel.
Left and right are the runner's own.  Angles are in degrees, times in seconds of the source's own clock.  NaN means
"not known"; it is never a number to calculate a cue from.

They are NamedTuples, not dataclasses, since those take longer to define at the coach's start, and longer to make for
every frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

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


class Frame(NamedTuple):
    """One picture.

    :param t_s: time of the picture on the source's clock; grows strictly from frame to frame.
    :param rgb: uint8 array (height, width, 3), colours in the order red, green, blue, upright.
    """

    t_s: float
    rgb: np.ndarray


class Pose(NamedTuple):
    """Where the runner's key points are in one frame.

    :param keypoints: float32 array (17, 3) = x_px, y_px, score (0..1) in COCO order, in pixels of the whole frame.
        Points may lie outside the picture; a low score means "do not trust it".
    :param width_px: width of the frame the points refer to.
    :param height_px: height of that frame.
    :param sigma_px: float32 array (17,), one standard deviation of each point's error along one axis, in pixels of the
        frame; None where the model or the log does not tell.
    """

    t_s: float
    keypoints: np.ndarray
    width_px: int
    height_px: int
    sigma_px: np.ndarray | None = None


class Baseline(NamedTuple):
    """This runner's own good form, from this camera: the middle of some steady strides.

    :param view: the view it was learned from.
    :param azimuth_deg: of the camera then.
    :param lean_deg: sagittal lean; where the camera cannot tell, what runners usually have.
    :param twist_deg: range of the thorax' yaw; where the camera cannot tell, what runners usually have.
    :param strides: how many it is the middle of.
    :param unit_px: length of the trunk in the picture.
    :param place_px: x and y of the shoulders' middle in the picture.
    :param means: mean places of the marks in trunk lengths, in the order of :data:`device.posture.marks.MEANS`.
    :param swings: their swings, complex, in the order of :data:`device.posture.marks.SWINGS`.
    :param scatter: how much the marks scatter from stride to stride, as a share of what is usual.
    :param spread: how uncertain a change is that one stride shows (one standard deviation), in the order of
        :data:`device.posture.change.CHANGES`; it says what can be watched from this camera.
    """

    t_s: float
    view: str
    azimuth_deg: float
    lean_deg: float
    twist_deg: float
    strides: int
    unit_px: float
    place_px: tuple[float, float]
    means: tuple[float, ...]
    swings: tuple[complex, ...]
    scatter: float
    spread: tuple[float, ...]


class Posture(NamedTuple):
    """What running looks like now, read from the last two strides, as of one frame.

    Measures change when a stride is complete and stay until the next; those of points no longer seen die within a
    second.

    :param motion: "absent", "standing", "walking" or "running".
    :param view: where the camera stands: "front", "oblique", "side", or "" while not known.
    :param azimuth_deg: where exactly: 0 in front, 90 at the runner's right, −90 at the left.
    :param lean_deg: sagittal lean of the trunk from the vertical, forward positive.
    :param twist_deg: range of the thorax' yaw within a stride.
    :param raised_pct: how far the shoulders are raised against the runner's own baseline, in per cent of the trunk's
        length; NaN before there is one.
    :param rounded_pct: how far they are drawn forward, likewise.
    :param head_forward_pct: how far the head is pushed forward, likewise.
    :param cadence_spm: steps (not strides) per minute; NaN while not running.
    :param confidence: 0..1, the middle score of the key points that posture is read from.
    :param stride: number of strides run so far; it grows by one when a stride is complete.
    :param baseline: the runner's own good form, None before it is learned.
    """

    t_s: float
    motion: str = "absent"
    view: str = ""
    azimuth_deg: float = float("nan")
    lean_deg: float = float("nan")
    twist_deg: float = float("nan")
    raised_pct: float = float("nan")
    rounded_pct: float = float("nan")
    head_forward_pct: float = float("nan")
    cadence_spm: float = float("nan")
    confidence: float = 0.0
    stride: int = 0
    baseline: Baseline | None = None

    @property
    def seen(self) -> bool:
        """Whether a runner is seen at all."""
        return self.motion != "absent"

    @property
    def running(self) -> bool:
        """Whether the movement is that of running."""
        return self.motion == "running"


class Fault(NamedTuple):
    """The state of one fault as of one frame.

    :param value: what the last stride measured, in the fault's unit (lean and twist in degrees, shoulders in per cent
        of the trunk's length); NaN while not known.
    :param limit: the limit in force for this runner now, in the same unit: above it a stride is out.
    :param clear: the limit back: a stride below it counts towards "mended".
    :param on: whether the fault persists.
    :param watched: whether it can be judged at all: from this view, and with a baseline where it needs one.
    :param excess: by how much the value is beyond the limit, as a share of the limit's distance from good form;
        negative inside, NaN while not known.  It makes different faults comparable: the largest is the worst.
    :param measure: which measure that is, for a fault that has several: "raised" or "forward"; else "".
    """

    fault: str
    value: float
    limit: float
    clear: float
    on: bool
    watched: bool
    excess: float
    measure: str = ""


class Cue(NamedTuple):
    """One thing to say.

    :param kind: "cue", "praise", or "notice": something that the runner should know of the coach itself.
    :param fault: what it is about.
    """

    t_s: float
    kind: str
    fault: str
    text: str


class Event(NamedTuple):
    """Something worth writing down.  ``data`` holds only plain numbers, strings, lists and None."""

    t_s: float
    kind: str
    data: Mapping[str, Any]


class Moment(NamedTuple):
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
