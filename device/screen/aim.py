"""What is wrong with the place of the camera, in words, from one pose: pure, and good for who stands or walks, too."""

from __future__ import annotations

import math
from dataclasses import dataclass

from device.records import L_HIP, L_KNEE, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER
from device.screen.skeleton import Points

SEEN = 0.3
"""Score from which on a key point counts as seen here (chosen by us, above the engine's 0.2: the words should not
flicker)."""

EDGE = 0.02
"""A key point this near to the picture's edge, as a share of its size, may as well lie beyond it."""

THIGH, SHANK, CROWN = 0.8, 1.6, 0.6
"""From the hips down to knees and ankles, and from the shoulders up to the crown, in trunk lengths (of a standing
person; a trunk is 0.29 of the height)."""

SMALL, LARGE = 0.11, 0.42
"""Length of the trunk as a share of the picture's height: below, the joints are only some pixels apart; above, head and
knees cannot both be in the picture (0.6 + 1 + 0.8 trunks)."""

ASIDE = 0.75
"""From the trunk's middle to where swinging arms and a turned shoulder end, in trunk lengths."""


@dataclass(frozen=True, slots=True)
class Aim:
    """How the runner stands in the picture.

    :param words: for who aims the camera: what is wrong, and what to do.
    :param good: whether nothing is wrong.
    """

    words: str
    good: bool = False


GOOD = Aim("well in the picture", True)
NOBODY = Aim("nobody is seen: stand on the belt, or turn the camera to it")


def aim(points: Points | None, width_px: float, height_px: float) -> Aim:
    """Judge a pose.

    :param points: x_px, y_px and score of the 17 key points; None while there is no pose.
    """
    if points is None or len(points) < 17 or min(width_px, height_px) <= 0:
        return NOBODY
    body = _Body.of(points)
    if body is None:
        return NOBODY
    low = _cut_below(body, points, height_px)
    top = body.head_y < EDGE * height_px
    if (low and top) or body.trunk_px > LARGE * height_px:
        return Aim("you are too close: move the camera back, or step back")
    if low:
        return Aim(f"you are cut off at the {low}: turn the camera down, or move it back")
    if top:
        return Aim("your head is cut off: turn the camera up, or move it back")
    if body.x - ASIDE * body.trunk_px < EDGE * width_px:
        return Aim("you are too close to the left edge: turn the camera left")
    if body.x + ASIDE * body.trunk_px > (1 - EDGE) * width_px:
        return Aim("you are too close to the right edge: turn the camera right")
    if body.trunk_px < SMALL * height_px:
        return Aim("come nearer: you are small in the picture")
    if not body.hips_seen:
        return Aim("your hips cannot be seen: is something in front of you?")
    return GOOD


@dataclass(frozen=True, slots=True)
class _Body:
    """Where the trunk is, as far as it is seen; what is hidden is where it should be.

    :param x: of the trunk's middle.
    :param head_y: of the crown.
    """

    x: float
    shoulders_y: float
    hips_y: float
    hips_seen: bool
    head_y: float
    trunk_px: float

    @classmethod
    def of(cls, points: Points) -> _Body | None:
        """Of a pose; None where neither shoulders nor hips are seen."""
        shoulders, hips = _middle(points, (L_SHOULDER, R_SHOULDER)), _middle(points, (L_HIP, R_HIP))
        head = _middle(points, range(NOSE, R_EAR + 1))
        if shoulders and hips:
            trunk_px = math.hypot(shoulders[0] - hips[0], shoulders[1] - hips[1])
        elif shoulders and head:
            trunk_px = 2.4 * math.hypot(shoulders[0] - head[0], shoulders[1] - head[1])  # ears stand 0.4 trunks above
        elif hips and (knees := _middle(points, (L_KNEE, L_KNEE + 1))):
            trunk_px = math.hypot(hips[0] - knees[0], hips[1] - knees[1]) / THIGH
        else:
            return None
        trunk_px = max(trunk_px, 1.0)
        if shoulders is None and hips is not None:
            shoulders = hips[0], hips[1] - trunk_px
        if shoulders is None:
            return None
        hips_y = hips[1] if hips else shoulders[1] + trunk_px
        x = (shoulders[0] + hips[0]) / 2 if hips else shoulders[0]
        # A head that is seen tells where it ends: ears and eyes are in its middle.
        head_y = head[1] - 0.2 * trunk_px if head else shoulders[1] - CROWN * trunk_px
        return cls(x, shoulders[1], hips_y, hips is not None, head_y, trunk_px)


def _cut_below(body: _Body, points: Points, height_px: float) -> str:
    """The highest part that the lower edge cuts off; "" for none.  Feet are not needed."""
    edge_px = (1 - EDGE) * height_px
    if body.hips_y >= edge_px:
        return "hips"
    knees = [points[index] for index in (L_KNEE, L_KNEE + 1) if points[index][2] >= SEEN]
    # One knee may be high up in a stride: the lower one tells, and where none is seen the length of a thigh.
    knees_y = max(y for _, y, _ in knees) if knees else body.hips_y + THIGH * body.trunk_px
    return "knees" if knees_y >= edge_px else ""


def _middle(points: Points, indices: range | tuple[int, ...]) -> tuple[float, float] | None:
    """The middle of those that are seen."""
    seen = [points[index] for index in indices if points[index][2] >= SEEN]
    if not seen:
        return None
    return sum(x for x, _, _ in seen) / len(seen), sum(y for _, y, _ in seen) / len(seen)
