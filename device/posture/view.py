"""Where the camera stands, from the key points alone.

The azimuth is 0° with the camera in front of the runner, 90° with it at the runner's right, −90° at the left.  Turned
away from the camera by it, shoulders show their width times its cosine, and the head the distance from ears to nose
times its sine.  The two together give the azimuth whatever the runner's size or distance.
"""

from __future__ import annotations

import math

from device.posture.marks import EAR_AHEAD, ELBOW_AHEAD, NOSE_AHEAD, SHOULDER_WIDTH, TRUNK_AHEAD, TRUNK_UP, Marks

SHOULDERS_PER_TRUNK = 0.65
"""Shoulder width over trunk length between COCO key points, measured on public motion capture of treadmill runners."""

NOSE_PER_SHOULDERS = 0.365
"""Distance from the ears to the nose along the view of the face, over the shoulders' width: 0.36 on rendered runners,
0.40 by MoveNet's key points on them (`scripts/calibrate`)."""

SECTORS_DEG = {"front": (0.0, 25.0), "oblique": (25.0, 65.0), "side": (65.0, 90.0)}
"""The views by the azimuth's size (chosen by us): within 25° of the front lean hardly shows, within 25° of the side it
shows almost whole."""

HYSTERESIS_DEG = 10.0
"""A view is left only this far beyond its sector (chosen by us), so that a glance aside is not another view."""


def azimuth_deg(marks: Marks) -> float:
    """Azimuth −90..90 of the camera; NaN where too little is seen to tell.

    Where the face is hidden, the shoulders' width is compared with the trunk's length instead, and the elbows, which
    hang behind the shoulders, tell the side.  Seen from behind the shoulders change sides, which matters to no angle
    here.
    """
    width = abs(float(marks.means[SHOULDER_WIDTH]))
    face = float(marks.means[NOSE_AHEAD] - marks.means[EAR_AHEAD]) / NOSE_PER_SHOULDERS
    if face == face:
        return math.degrees(math.atan2(face, width)) if width > 0 or face else math.nan
    behind, cosine = float(marks.means[ELBOW_AHEAD]), width / (SHOULDERS_PER_TRUNK * trunk_px(marks))
    if behind != behind or cosine != cosine:
        return math.nan
    return math.copysign(math.degrees(math.acos(min(cosine, 1.0))), -behind)


def trunk_px(marks: Marks) -> float:
    """Length of the trunk in the picture, shoulders' middle to hips' middle; NaN unless the trunk is upright."""
    up, ahead = float(marks.means[TRUNK_UP]), float(marks.means[TRUNK_AHEAD])
    return math.hypot(up, ahead) if up > 0 else math.nan


def unit_px(marks: Marks, azimuth: float) -> float:
    """The runner's size in the picture: the length of a trunk seen from the side.

    From the side the trunk itself.  From the front, where the hips are often hidden behind a console or ill seen, what
    the shoulders' width makes of it; in between both.  NaN where neither is seen.

    :param azimuth: of the camera, in degrees.
    """
    cosine = math.cos(math.radians(azimuth))
    trunk = trunk_px(marks)
    width = abs(float(marks.means[SHOULDER_WIDTH])) / SHOULDERS_PER_TRUNK
    if trunk != trunk:
        return width / cosine if cosine > 0.5 else math.nan
    if width != width:
        return trunk
    return (1.0 - cosine * cosine) * trunk + cosine * width


def sector(azimuth: float, before: str) -> str:
    """The view of an azimuth in degrees; the view before is kept near its borders."""
    size = abs(azimuth)
    if before in SECTORS_DEG:
        low, high = SECTORS_DEG[before]
        if low - HYSTERESIS_DEG <= size <= high + HYSTERESIS_DEG:
            return before
    return next(name for name, (_, high) in SECTORS_DEG.items() if size <= high)


def within(azimuth: float, view: str) -> float:
    """The azimuth, its size kept within the sector of a view: what a given view makes of a doubtful azimuth."""
    if view not in SECTORS_DEG:
        return azimuth
    low, high = SECTORS_DEG[view]
    size = min(max(abs(azimuth), low), high) if azimuth == azimuth else 0.5 * (low + high)
    return math.copysign(size, azimuth) if azimuth == azimuth else size
