"""One pose as a row of lengths in the picture: everything posture is read from.

All in pixels of the frame; x to the right, y down; left and right are the runner's own.  What is not trusted is NaN.
"""

from __future__ import annotations

import numpy as np

from device.records import (
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
)

NAMES = (
    "shoulder_span",  # left minus right shoulder, x: positive when the runner faces the camera
    "trunk_x",  # shoulders' middle minus hips' middle, x
    "trunk_up",  # shoulders' middle above hips' middle
    "ear_up",  # ears above shoulders
    "face_x",  # nose minus ears' middle, x: points where the runner looks
    "elbow_x",  # elbows' middle minus shoulders' middle, x
    "legs_x",  # left minus right foot (ankle, or knee where ankles are hidden)
    "legs_y",
    "arms_x",  # left minus right wrist
    "arms_y",
    "bounce",  # shoulders' middle, y
)

(SHOULDER_SPAN, TRUNK_X, TRUNK_UP, EAR_UP, FACE_X, ELBOW_X, LEGS_X, LEGS_Y, ARMS_X, ARMS_Y, BOUNCE) = range(len(NAMES))

STRIDE_SIGNALS = (LEGS_X, LEGS_Y, ARMS_X, ARMS_Y)
"""These swing once a stride: left and right take turns."""

_LEFT = np.array([L_EAR, L_SHOULDER, L_ELBOW, L_WRIST, L_HIP, L_KNEE, L_ANKLE])
_RIGHT = np.array([R_EAR, R_SHOULDER, R_ELBOW, R_WRIST, R_HIP, R_KNEE, R_ANKLE])
_EAR, _SHOULDER, _ELBOW, _WRIST, _HIP, _KNEE, _ANKLE = range(7)


def signals(keypoints: np.ndarray, min_score: float) -> np.ndarray:
    """The row of :data:`NAMES` for one pose.

    :param keypoints: float array (17, 3) = x_px, y_px, score.
    :param min_score: points with a lower score are not used.
    :returns: float64 array (11,); NaN where a point it needs is not trusted.
    """
    xy = keypoints[:, :2].astype(np.float64)
    xy[~(keypoints[:, 2] >= min_score)] = np.nan
    left, right = xy[_LEFT], xy[_RIGHT]
    apart = left - right
    middle = 0.5 * (left + right)
    # Seen from the side the far ear is hidden: the near one alone does for the head's height.
    ears = middle[_EAR] if middle[_EAR, 0] == middle[_EAR, 0] else np.fmax(left[_EAR], right[_EAR])
    feet = apart[_ANKLE] if apart[_ANKLE, 0] == apart[_ANKLE, 0] else apart[_KNEE]
    shoulders, hips = middle[_SHOULDER], middle[_HIP]
    return np.array(
        [
            apart[_SHOULDER, 0],
            shoulders[0] - hips[0],
            hips[1] - shoulders[1],
            shoulders[1] - ears[1],
            xy[NOSE, 0] - ears[0],
            middle[_ELBOW, 0] - shoulders[0],
            feet[0],
            feet[1],
            apart[_WRIST, 0],
            apart[_WRIST, 1],
            shoulders[1],
        ]
    )


def confidence(keypoints: np.ndarray) -> float:
    """0..1: the mean score of the better shoulder, hip and ear, which every view shows."""
    score = keypoints[:, 2]
    best = max(score[L_SHOULDER], score[R_SHOULDER]) + max(score[L_HIP], score[R_HIP]) + max(score[L_EAR], score[R_EAR])
    return float(best) / 3.0
