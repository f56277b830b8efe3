"""The runner's own good form, learned from some steady strides."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from device.posture import signatures
from device.posture.change import LEAN, RAISED, TWIST, ChangeEstimator, differences
from device.posture.concern import Bound, Concern
from device.posture.marks import Marks, in_step
from device.posture.view import unit_px
from device.records import Baseline, Posture
from device.settings import Settings

USUAL_LEAN_DEG, USUAL_TWIST_DEG = 4.0, 26.0
"""What stands for lean and twist where the camera cannot tell them: the middle of public motion capture of treadmill
runners, lean −0.6..7.5° between shoulders and hips, yaw 16..39° a stride."""

USUAL_TWIST_SPREAD_DEG, READ_TWIST_SPREAD_DEG = 5.5, 7.5
"""By how much runners differ in twist, and by how much what is read of it from one camera is off where marks scatter as
usual; one standard deviation each.  The first spans what public motion capture shows, the second is chosen by us: of
MoveNet's key points from one camera twist is read less surely than runners differ."""

LEAST_STRIDES = 6
"""A middle of fewer is none (chosen by us)."""

MOST_SCATTER = 8.0
"""Marks that scatter this many times as much as usual are no steady running (chosen by us)."""

TURNED_DEG = 25.0
"""A camera whose azimuth is off by more stands elsewhere (chosen by us: a head that looks down or
aside turns what is read, too, and must not pass for it)."""

RESIZED = 1.3
"""A runner larger or smaller by this factor is seen by a camera that was moved (chosen by us: on the belt a runner
gains or loses 0.3 m of 2.5 m)."""

SHIFTED_DOWN, SHIFTED_ACROSS = 0.5, 1.2
"""A runner who is so many trunk lengths elsewhere in the picture is seen by a camera that looks elsewhere (chosen by
us: runners drift along the belt, and across it, but stay at their height)."""

STRANGER = 6.0
"""Marks this strange over some strides are another runner's (chosen by us; see
:attr:`device.posture.change.Change.strange`)."""

_TOLD = [LEAN, RAISED, TWIST]
MOST_DRIFT = np.array([3.0, 1.7, 0.2])
"""Form that changes by more than this between the first and the last third of learning is unsteady: lean in degrees,
raise in per cent of the trunk, growth of twist (chosen by us: about half the default limits).  Where marks scatter more
than usual, so much more is allowed."""

_CALM = 0.3


class BaselineLearner:
    """Takes the marks of each stride and gives a baseline once it has seen enough steady running.

    A runner who is already beyond the absolute limits is not taken for the model of good form: learning goes on until
    the form is within bounds, and :attr:`refused` says why.

    :param known: baselines of earlier runs, the newest first; the first that fits runner and camera is used.
    """

    def __init__(self, settings: Settings, known: Sequence[Baseline] = ()) -> None:
        self.retune(Concern.of(settings))
        self._known = tuple(known)
        self.learned: Baseline | None = None
        self.recalled = False
        self.refused = ""
        self._start_s = math.nan
        self._strides: list[tuple[Posture, Marks]] = []

    def retune(self, concern: Concern) -> None:
        """Go on with other settings; what is learned, or gathered for it, stays."""
        self._concern = concern
        self._most_lean, self._most_twist = Bound(concern.most_lean_deg), Bound(concern.most_twist_deg)

    def alike(self, concern: Concern) -> bool:
        """Whether all would have gone the same with other bounds for what is good form."""
        return self._most_lean.alike(concern.most_lean_deg) and self._most_twist.alike(concern.most_twist_deg)

    def forget(self, known: bool = True) -> None:
        """Drop the baseline and begin to learn anew.

        :param known: whether to drop those of earlier runs, too.
        """
        self.learned = None
        self.recalled = False
        self.refused = ""
        if known:
            self._known = ()
        self.interrupt()

    def meet(self, known: Sequence[Baseline]) -> None:
        """Somebody else runs, of whom this is known."""
        self.forget()
        self._known = tuple(known)

    def interrupt(self) -> None:
        """The running stopped: what was gathered is no longer steady.  A baseline already learned stays."""
        self._start_s = math.nan
        self._strides.clear()

    def step(self, posture: Posture, marks: Marks) -> None:
        """Take in a completed stride."""
        if self.learned is not None or posture.azimuth_deg != posture.azimuth_deg:
            return
        if math.isnan(self._start_s):
            self._start_s = posture.t_s
        rule = self._concern
        if posture.t_s - self._start_s < rule.settle_s:
            return
        self._strides.append((posture, marks))
        if len(self._strides) < LEAST_STRIDES:
            return
        if self._known and self._recall():
            return
        if posture.t_s - self._strides[0][0].t_s < rule.learn_s:
            return
        made = middle(self._strides)
        self.refused = self._objection(made)
        if self.refused:
            del self._strides[0]  # keep looking: the form may get better
            return
        self.learned = made
        self._strides.clear()

    def _recall(self) -> bool:
        """Take an earlier baseline that these strides fit to, if there is one."""
        recent = [marks for _, marks in self._strides[-LEAST_STRIDES:]]
        azimuth_deg = _middle([posture.azimuth_deg for posture, _ in self._strides])
        for one in self._known:
            if moved(one, azimuth_deg, recent) or strange(ChangeEstimator(one), recent):
                continue
            self.learned, self.recalled = one, True
            self._strides.clear()
            return True
        return False

    def _objection(self, made: Baseline | None) -> str:
        """Why these strides are no good form; "" where they are."""
        if made is None:
            return "unseen"
        # As read, not as the baseline then weighs it.
        if self._most_lean.exceeded(_middle([posture.lean_deg for posture, _ in self._strides])):
            return "forward_lean"
        if self._most_twist.exceeded(_middle([posture.twist_deg for posture, _ in self._strides])):
            return "torso_twist"
        return "" if made.scatter < MOST_SCATTER and self._steady(made) else "unsteady"

    def _steady(self, made: Baseline) -> bool:
        """Whether the form at the end is that of the beginning: a fault that is just mended makes no good form."""
        third = len(self._strides) // 3
        estimator = ChangeEstimator(made)
        moved = [differences(marks, made) for _, marks in self._strides]
        change = np.abs(estimator.read(moved[-third:]).value - estimator.read(moved[:third]).value)
        return bool((change[_TOLD] <= MOST_DRIFT * max(made.scatter, 1.0)).all())


def moved(baseline: Baseline, azimuth_deg: float, strides: Sequence[Marks]) -> bool:
    """Whether the camera stands elsewhere, or looks elsewhere, than when a baseline was learned."""
    units = [unit_px(marks, azimuth_deg) / baseline.unit_px for marks in strides]
    size = _middle(units)
    places = [marks.place.tolist() for marks in strides]
    across, down = (
        _middle([place[axis] - baseline.place_px[axis] for place in places]) / baseline.unit_px for axis in (0, 1)
    )
    return bool(
        abs(azimuth_deg - baseline.azimuth_deg) > TURNED_DEG
        or abs(math.log(size)) > math.log(RESIZED)
        or abs(down) > SHIFTED_DOWN
        or abs(across) > SHIFTED_ACROSS
    )


def strange(estimator: ChangeEstimator, strides: Sequence[Marks]) -> bool:
    """Whether these strides are another runner's."""
    return estimator.read([differences(marks, estimator.baseline) for marks in strides]).strange > STRANGER


def middle(strides: list[tuple[Posture, Marks]]) -> Baseline | None:
    """The baseline that some strides make; None where too little of the runner was seen in them."""
    last = strides[-1][0]
    azimuth_deg = _middle([posture.azimuth_deg for posture, _ in strides])
    seen = [marks.facing(azimuth_deg) for _, marks in strides]
    unit = _middle([unit_px(marks, azimuth_deg) for marks in seen])
    if not unit > 0:
        return None
    means = _middles(np.array([marks.means for marks in seen]) / unit)
    lean_deg = _middle([posture.lean_deg for posture, _ in strides])
    twist_deg = _middle([posture.twist_deg for posture, _ in strides])
    place = _middles(np.array([marks.place for marks in seen]))
    swings = _in_step(np.array([marks.swings for marks in seen]) / unit)
    made = Baseline(
        last.t_s,
        last.view,
        azimuth_deg,
        lean_deg if lean_deg == lean_deg else USUAL_LEAN_DEG,
        USUAL_TWIST_DEG,
        len(strides),
        unit,
        (float(place[0]), float(place[1])),
        tuple(means.tolist()),
        tuple(swings.tolist()),
        scatter=1.0,
        spread=(),
    )
    if np.isfinite(means).sum() < LEAST_STRIDES:
        return None
    made = made._replace(scatter=_scatter([marks for _, marks in strides], made))
    made = made._replace(twist_deg=_likely_twist(twist_deg, made.scatter))
    return made._replace(spread=tuple(ChangeEstimator(made).spread().tolist()))


def _likely_twist(read_deg: float, scatter: float) -> float:
    """What a runner twists who reads so: what is read and what is usual, each weighed by how sure it is."""
    if read_deg != read_deg:
        return USUAL_TWIST_DEG
    read, usual = (READ_TWIST_SPREAD_DEG * scatter) ** -2, USUAL_TWIST_SPREAD_DEG**-2
    return (read * read_deg + usual * USUAL_TWIST_DEG) / (read + usual)


def _scatter(strides: list[Marks], made: Baseline) -> float:
    """How much the marks differ from one stride to the next, as a share of what is usual."""
    rows = np.array([differences(marks, made) for marks in strides])
    steps = np.abs(np.diff(rows[::2], axis=0)) / (math.sqrt(2.0) * signatures.flutter(made.azimuth_deg))
    steps = steps[np.isfinite(steps)]
    return float(np.clip(1.4826 * np.median(steps), _CALM, MOST_SCATTER)) if steps.size else 1.0


def _in_step(swings: np.ndarray) -> np.ndarray:
    """(8,) the middle swing of (N, 8), all brought to one phase; NaN where mostly unseen."""
    model = swings[np.argmax(np.isfinite(swings).sum(axis=1))]
    for _ in range(2):
        turned = np.array([in_step(one, model) for one in swings])
        model = _middles(turned.real) + 1j * _middles(turned.imag)
    return np.asarray(model)


def _middle(values: list[float]) -> float:
    """The median of what is known; NaN where less than half is."""
    known = sorted(value for value in values if math.isfinite(value))
    count = len(known)
    return 0.5 * (known[(count - 1) // 2] + known[count // 2]) if 2 * count > len(values) else math.nan


def _middles(rows: np.ndarray) -> np.ndarray:
    """The median of each column's known values; NaN where less than half are."""
    known = np.isfinite(rows)
    ordered = np.sort(rows, axis=0)
    place = np.maximum(known.sum(axis=0) - 1, 0)
    columns = np.arange(rows.shape[1])
    found = 0.5 * (ordered[place // 2, columns] + ordered[(place + 1) // 2, columns])
    return np.where(2 * known.sum(axis=0) > len(rows), found, np.nan)
