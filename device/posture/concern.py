"""What of the settings posture depends on.  The core is given nothing else, so nothing else can change a posture."""

from __future__ import annotations

import math
from typing import NamedTuple

from device.settings import Settings


class Concern(NamedTuple):
    """The settings that posture is read with.

    :param most_lean_deg: who leans more than this all the time is not taken for the model of good form.
    :param most_twist_deg: the same for twist.
    """

    view: str
    pitch_deg: float
    min_score: float
    found_s: float
    lost_s: float
    settle_s: float
    learn_s: float
    most_lean_deg: float
    most_twist_deg: float

    @classmethod
    def of(cls, settings: Settings) -> Concern:
        """What of all settings concerns posture."""
        return cls(
            view=settings.camera.view,
            pitch_deg=settings.camera.pitch_deg,
            min_score=settings.posture.min_score,
            found_s=settings.posture.found_s,
            lost_s=settings.posture.lost_s,
            settle_s=settings.baseline.settle_s,
            learn_s=settings.baseline.learn_s,
            most_lean_deg=settings.forward_lean.on_deg,
            most_twist_deg=settings.torso_twist.on_deg,
        )


class Bound:
    """A limit that values are only ever compared with; it knows which other limits would have told the same.

    :param limit: what is beyond it is too much.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._low, self._high = -math.inf, math.inf

    def exceeded(self, value: float) -> bool:
        """Whether a value is too much; one that is not known is not."""
        if value > self.limit:
            self._high = min(self._high, value)
            return True
        if value == value:
            self._low = max(self._low, value)
        return False

    def alike(self, limit: float) -> bool:
        """Whether another limit would have told the same of every value so far."""
        return limit == self.limit or self._low <= limit < self._high
