"""The runner's own good form, learned from some steady strides."""

from __future__ import annotations

import numpy as np

from device.records import Baseline, Posture
from device.settings import Settings


class BaselineLearner:
    """Takes one posture a stride and gives a baseline once it has seen enough steady running from one view.

    A runner who is already beyond the absolute limits is not taken for the model of good form: learning starts again,
    until the form is within bounds.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.learned: Baseline | None = None
        self._start_s = float("nan")
        self._strides: list[Posture] = []

    def forget(self) -> None:
        """Drop the baseline and begin to learn anew."""
        self.learned = None
        self.interrupt()

    def interrupt(self) -> None:
        """The running stopped: what was gathered is no longer steady.  A baseline already learned stays."""
        self._start_s = float("nan")
        self._strides.clear()

    def step(self, posture: Posture) -> None:
        """Take in a completed stride."""
        if self.learned is not None:
            if posture.view == self.learned.view:
                return
            self.forget()  # the measures of another view are other measures
        turned = bool(self._strides) and self._strides[-1].view != posture.view
        if turned or np.isnan(self._start_s):
            self.interrupt()
            self._start_s = posture.t_s
        if posture.t_s - self._start_s < self._settings.baseline.settle_s:
            return
        if np.isfinite([posture.lean_deg, posture.twist_deg, posture.ear_shoulder]).sum() < 2:
            return
        self._strides.append(posture)
        if posture.t_s - self._strides[0].t_s < self._settings.baseline.learn_s:
            return
        lean_deg = _middle([stride.lean_deg for stride in self._strides])
        twist_deg = _middle([stride.twist_deg for stride in self._strides])
        ear_shoulder = _middle([stride.ear_shoulder for stride in self._strides])
        if lean_deg > self._settings.forward_lean.on_deg or twist_deg > self._settings.torso_twist.on_deg:
            del self._strides[0]  # keep looking: the form may get better
            return
        self.learned = Baseline(posture.t_s, posture.view, lean_deg, twist_deg, ear_shoulder, len(self._strides))
        self._strides.clear()


def _middle(values: list[float]) -> float:
    """The median of what is known; NaN where less than half is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if 2 * len(known) > len(values) else float("nan")
