"""What has changed against the runner's own good form: lean, raised and rounded shoulders, twist, told apart.

No mark tells one fault alone: whoever leans also carries the head nearer to the shoulders, and whoever raises the
shoulders makes the trunk longer.  But each fault moves all marks in its own way, its *signature*
(:mod:`device.posture.signatures`), and marks scatter in known ways.  So the change of the marks, Δm, is taken for a sum
of signatures and scatter,

    Δm = S·θ + e,    e ~ N(0, R),    θ ~ N(0, P),

and the most likely θ is told:  θ = P·Sᵀ·(S·P·Sᵀ + R)⁻¹·Δm  (the linear Gaussian estimate; Rodgers 2000, Inverse Methods
for Atmospheric Sounding, section 2.4).  How uncertain θ then still is,  P − P·Sᵀ·(S·P·Sᵀ + R)⁻¹·S·P,  says what can be
watched from this camera at all.  A mark that is not seen is left out, and the uncertainty grows by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from device.posture import signatures
from device.posture.marks import MEANS, SWINGS, Marks, in_step
from device.records import Baseline

CHANGES = signatures.CHANGES
"""What θ holds: forward lean in degrees; shoulders raised, shoulders rounded, head pushed forward in per cent of the
trunk's length; and the twist's growth over good form (0.5: half as much again)."""

LEAN, RAISED, ROUNDED, HEAD, TWIST, FORWARD = range(len(CHANGES) + 1)
"""Their places; where spreads are told, that of shoulders and head together stands last."""


MOST_AVERAGED = 4.0
"""Scatter beyond so many times the usual is not met with more strides: 7 of them take 5 s (chosen by us)."""


class Change(NamedTuple):
    """What has changed, and how uncertain that is.

    :param value: (5,) in the order of :data:`CHANGES`.
    :param spread: (6,) one standard deviation each, and last that of rounded shoulders and head together, which the
        marks tell better than how much either has of it.
    :param strange: how ill all of this explains the marks: mean square of what they differ by, in standard deviations;
        about 1 while running well.  Who drinks, wipes the face or is somebody else is strange.
    """

    value: np.ndarray
    spread: np.ndarray
    strange: float


def differences(marks: Marks, baseline: Baseline) -> np.ndarray:
    """(20,) how the marks differ from those of good form, in trunk lengths; NaN where not known.

    Swings count as far as they keep their phase among each other, so that noise does not pass for movement.
    """
    seen = marks.facing(baseline.azimuth_deg)
    model = np.array(baseline.swings)
    size = np.abs(model)
    turned = in_step(seen.swings / baseline.unit_px, model)
    shared = (turned * np.conj(model)).real / np.maximum(size, 1e-9)
    return np.concatenate([seen.means / baseline.unit_px - np.array(baseline.means), shared - size])


class ChangeEstimator:
    """Reads changes against one baseline.

    Where marks scatter more than usual, a change is read from the mean of more strides.

    :param baseline: the runner's good form.
    """

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self.strides = 2 * round(min(max(baseline.scatter, 1.0), MOST_AVERAGED)) - 1
        """How many strides a change is read from."""
        self._signature = signatures.signature(baseline.azimuth_deg)
        self._scatter = _scatter(baseline, self.strides)
        self._gains: dict[bytes, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def read(self, moved: Sequence[np.ndarray]) -> Change:
        """The change that some strides show.

        :param moved: the :func:`differences` of the last strides, :attr:`strides` of them where there are so many.
        """
        mean = _mean(np.array(moved))
        known = np.isfinite(mean)
        gain, spread, rareness = self._gain(known)
        seen = mean[known]
        return Change(gain @ seen, spread, float(seen @ rareness @ seen) / max(len(seen), 1))

    def spread(self) -> np.ndarray:
        """(6,) the uncertainty of a stride that shows all marks of the baseline."""
        return self._gain(np.isfinite(np.array(self.baseline.means + tuple(np.abs(self.baseline.swings)))))[1]

    def _gain(self, known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        key = known.tobytes()
        if key not in self._gains:
            if len(self._gains) > 64:
                self._gains.clear()
            prior = signatures.PRIOR**2
            part = self._signature[known]
            shown = prior[:, None] * part.T
            scatter = self._scatter[np.ix_(known, known)]
            gain = np.linalg.solve(part @ shown + scatter, shown.T).T
            # Who runs more evenly than most is not strange for scattering as most do.
            usual = scatter * max(1.0, 1.0 / self.baseline.scatter) ** 2
            rareness = np.linalg.inv(part @ shown + usual)
            left = np.diag(prior) - gain @ shown.T
            both = left[ROUNDED, ROUNDED] + left[HEAD, HEAD] + 2.0 * left[ROUNDED, HEAD]
            self._gains[key] = gain, np.sqrt(np.maximum(np.append(np.diag(left), both), 0.0)), rareness
        return self._gains[key]


def _scatter(baseline: Baseline, strides: int) -> np.ndarray:
    """(20, 20) covariance of the mean differences of some strides.

    Part of the usual scatter is from stride to stride; that is what a runner's own scatter was measured by, and what a
    mean evens out.  The rest is slow, and no mean evens it out; it is taken to grow along, but only as the root.
    """
    own = baseline.scatter
    usual = signatures.scatter(baseline.azimuth_deg)
    quick = np.minimum(signatures.flutter(baseline.azimuth_deg) ** 2 / np.diag(usual), 1.0)
    evened = own**2 * 2.0 / (strides + 1)  # strides overlap by half, each being fitted to two
    slow = min(own, own**2)
    size = np.sqrt(quick * evened + (1.0 - quick) * slow)
    return np.asarray(usual * np.outer(size, size))


def _mean(rows: np.ndarray) -> np.ndarray:
    """The mean of each column; NaN where less than half is known."""
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(2 * count > len(rows), total / np.maximum(count, 1), np.nan)


assert len(MEANS) + len(SWINGS) == signatures.SIZE
