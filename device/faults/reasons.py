"""Why a fault is not judged just now, in words."""

from __future__ import annotations

from device.faults.limits import sees, watched
from device.records import L_EAR, L_HIP, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER, Fault, Pose, Posture
from device.settings import Settings

_FROM = {"front": "from the front", "oblique": "from this angle", "side": "from the side"}

_SHOULDERS = ("shoulders", (L_SHOULDER, R_SHOULDER))
_HIPS = ("hips", (L_HIP, R_HIP))
_HEAD = ("head", (NOSE, L_EAR, R_EAR))

_NEEDS = {
    "forward_lean": (_HIPS, _SHOULDERS),
    "hunched_shoulders": (_SHOULDERS, _HEAD),
    "torso_twist": (_SHOULDERS,),
}
"""What must be in sight for each fault; one key point of each is enough, as from the side the far one is hidden."""


def why_not(fault: Fault, posture: Posture, pose: Pose, settings: Settings) -> str | None:
    """Why a fault is not judged, in words that follow its name; None where it is judged and its measure is known.

    :param fault: its state at the moment that posture and pose are of.
    :param settings: those in force.
    """
    if not getattr(settings, fault.fault).enabled:
        return "switched off in the settings"
    if fault.watched and fault.value == fault.value:
        return None
    if not posture.seen:
        return "nobody is seen"
    if not posture.running:
        return "judged only while you run"
    if not posture.view:
        return "finding out where the camera stands"
    return _blind(fault, posture, settings) or _hidden(fault, pose, settings) or "waiting for a clear stride"


def _blind(fault: Fault, posture: Posture, settings: Settings) -> str | None:
    """Why it cannot be judged at all: from this view, or with what is known of the runner."""
    if fault.fault == "forward_lean" and posture.view == "front":
        return "not from the front"
    if posture.baseline is None:
        # Without a baseline a fault may have a limit already: then it is judged as soon as it can be read.
        return None if fault.watched else "learning your form"
    if fault.fault in watched(posture, settings):
        return None
    if fault.fault == "forward_lean" and not sees(posture, "lean", settings):
        return "cannot see your hips"  # no baseline of theirs was learned
    return f"shows too little {_FROM[posture.view]}"


def _hidden(fault: Fault, pose: Pose, settings: Settings) -> str | None:
    """What is out of sight of that which it needs."""
    scores = pose.keypoints[:, 2]
    for name, points in _NEEDS[fault.fault]:
        if not max(float(scores[point]) for point in points) >= settings.posture.min_score:
            return f"cannot see your {name}"
    return None
