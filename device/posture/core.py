"""The posture core: poses in, one posture a frame out.  What is costly happens once a stride."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from device.posture import measures
from device.posture import view as views
from device.posture.baseline import BaselineLearner, moved, strange
from device.posture.change import ChangeEstimator, differences
from device.posture.concern import Concern
from device.posture.fit import fit, without_jumps
from device.posture.marks import POINTS, Marks, marks
from device.posture.presence import Presence
from device.posture.strides import SPAN_S, STANDING, rhythm
from device.posture.window import Window
from device.records import L_EAR, L_HIP, L_SHOULDER, NOSE, R_EAR, R_HIP, R_SHOULDER, Baseline, Pose, Posture
from device.settings import Settings

STRIDES_FITTED = 2.0
"""How many of the last strides a measure is read from: two, so that 10 frames a second still give 14 samples."""

RHYTHM_EVERY_S = 0.5
"""How often the rhythm is looked for again (chosen by us: it changes slowly)."""

VIEW_STRIDES = 21
"""Strides whose middle tells where the camera stands: about 15 s, so that who looks aside for 6 s does not turn it
(chosen by us)."""

RESTART_GAP_S = 2.0
"""After a hole of this length in the data what came before it says nothing about now (chosen by us)."""

STALE_S = 0.8
"""A measure dies so long after the points it needs were last seen, at the next frame (a stale value must not outlive a
second)."""

STRANGE = 8.0
"""Of a stride whose marks are this strange only its lean is told: somebody drinks, wipes the face, holds on (chosen by
us: between what plain faults and what such things read on rendered runners)."""

BLURRED = 1.5
"""A change that is so many times less sure than while good form was learned, because marks went out of sight, is not
told: it would read too small (chosen by us)."""

WATCH_STRIDES, KNOWN_STRIDES = 16, 6
"""So many strides must say that the camera has moved, and that whoever comes back is the same runner: about 11 and 4 s
(chosen by us)."""

DOUBTFUL = 5.0
"""A sample so many times as uncertain as is usual for its key point now counts as not seen (chosen by us)."""

CAPACITY = 400
"""Samples kept: those of :data:`~device.posture.strides.SPAN_S` at 100 a second and some."""

CLOSEST_S = 1.0 / 100
"""Frames that come faster than this add nothing; they repeat the posture before."""

NUMBERS = 17 * 4
_PLACES = np.arange(51).reshape(17, 3)[:, :2].ravel()
_SCORES = np.repeat(np.arange(2, 51, 3), 2)
_SIGMAS = np.repeat(np.arange(51, NUMBERS), 2)
"""Columns of a pose's numbers: x and y of each key point, and the score and the uncertainty that go with each of
those."""

_SURE = np.zeros(17, np.float32)
"""Uncertainties where the model tells none: all points count alike."""


class PostureCore:
    """Turns poses into posture.

    :param settings: what counts as seen, and how the baseline is learned.
    :param known: good form as known from earlier runs, the newest first; the first that fits runner and camera is used.
    """

    def __init__(self, settings: Settings, known: Sequence[Baseline] = ()) -> None:
        self._concern = Concern.of(settings)
        self._presence = Presence(self._concern.found_s, self._concern.lost_s)
        self._window = Window(CAPACITY, NUMBERS)
        self._learner = BaselineLearner(settings, known)
        self._estimator: ChangeEstimator | None = None
        self._last = Posture(-math.inf)
        self._view = ""
        self._azimuths: deque[float] = deque(maxlen=VIEW_STRIDES)
        self._recent: deque[Marks] = deque(maxlen=WATCH_STRIDES)
        self._moved: deque[np.ndarray] = deque()
        self._returned = False
        self._seen_s = (-math.inf, -math.inf, -math.inf)
        """When shoulders, hips and head were last seen."""
        self.marks: Marks | None = None
        """The marks of the last stride."""
        self.dropped = ""
        """Why this very step dropped the baseline: "camera", "runner", or "" for not at all."""
        self._restart()

    @property
    def refused(self) -> str:
        """Why no baseline is learned although there was enough running: a fault, "unsteady", "unseen"; else ""."""
        return self._learner.refused

    @property
    def recalled(self) -> bool:
        """Whether the baseline is one of an earlier run."""
        return self._learner.recalled

    def retune(self, settings: Settings) -> None:
        """Go on with other settings; what is known of the runner stays."""
        concern = Concern.of(settings)
        if concern != self._concern:
            self._concern = concern
            self._learner.retune(concern)
            self._presence.found_s, self._presence.lost_s = concern.found_s, concern.lost_s

    def alike(self, settings: Settings) -> bool:
        """Whether every posture so far (since the settings were changed last) would have been the same with others."""
        concern, own = Concern.of(settings), self._concern
        bounds = concern._replace(most_lean_deg=own.most_lean_deg, most_twist_deg=own.most_twist_deg)
        return bounds == own and self._learner.alike(concern)

    def relearn(self) -> None:
        """Forget the baseline and learn it anew from the next steady strides."""
        self._learner.forget()

    def meet(self, known: Sequence[Baseline]) -> None:
        """Somebody else runs: take good form from what is known of them, else learn it."""
        self._learner.meet(known)

    def step(self, pose: Pose) -> Posture:
        """Take in one pose and tell the posture as of its time.

        :param pose: its ``t_s`` must be later than that of the pose before.
        """
        self.dropped = ""
        elapsed_s = pose.t_s - self._last.t_s
        if elapsed_s < CLOSEST_S:
            return self._last._replace(t_s=pose.t_s)
        if elapsed_s > RESTART_GAP_S:
            self._restart()
        self._last = self._step(pose, min(elapsed_s, RESTART_GAP_S))
        return self._last

    def _step(self, pose: Pose, elapsed_s: float) -> Posture:
        t_s, min_score = pose.t_s, self._concern.min_score
        scores = pose.keypoints[:, 2].tolist()
        shoulder, hip = max(scores[L_SHOULDER], scores[R_SHOULDER]), max(scores[L_HIP], scores[R_HIP])
        head = max(scores[NOSE], scores[L_EAR], scores[R_EAR])
        trust = (shoulder + hip + head) / 3.0
        stride = self._last.stride
        if not self._presence.step(t_s, trust >= min_score):
            if self._last.seen:
                self._restart()
                self._returned = True
            return Posture(t_s, confidence=trust, stride=stride, baseline=self._learner.learned)
        self._seen_s = (
            t_s if shoulder >= min_score else self._seen_s[0],
            t_s if hip >= min_score else self._seen_s[1],
            t_s if head >= min_score else self._seen_s[2],
        )
        sigma_px = _SURE if pose.sigma_px is None else pose.sigma_px
        self._window.push(t_s, np.concatenate((pose.keypoints.reshape(-1), sigma_px)))
        self._find_rhythm(t_s)
        if self._rhythm.motion != "running":
            return Posture(
                t_s, self._rhythm.motion, self._view, confidence=trust, stride=stride, baseline=self._learner.learned
            )
        self._phase += elapsed_s * self._rhythm.stride_hz
        if self._phase >= 1.0:
            self._phase %= 1.0
            stride += 1
            self._measure(t_s, stride)
        return self._as_of(t_s, trust, stride)

    def _places(self, since_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times (N,), and places of the key points at them (N, 34), NaN where not seen; and the rows they are from."""
        times, rows = self._window.since(since_s)
        places = rows.take(_PLACES, axis=1)
        seen = (rows.take(_SCORES, axis=1) >= self._concern.min_score) & np.isfinite(places)
        return times, np.where(seen, places, np.nan), rows

    def _restart(self) -> None:
        self._window.clear()
        self._learner.interrupt()
        self._rhythm = STANDING
        self._rhythm_s = -math.inf
        self._phase = 0.0
        self._recent.clear()
        self._moved.clear()
        self._seen_s = (-math.inf, -math.inf, -math.inf)
        self._measured = Posture(-math.inf)

    def _find_rhythm(self, t_s: float) -> None:
        if t_s - self._rhythm_s < RHYTHM_EVERY_S:
            return
        self._rhythm_s = t_s
        before = self._rhythm.motion
        found = rhythm(*self._places(t_s - SPAN_S)[:2]) if t_s - self._seen_s[0] <= STALE_S else None
        self._rhythm = found or STANDING
        if self._rhythm.motion != "running":
            self._learner.interrupt()
            self._measured = Posture(-math.inf)
        elif before != "running":
            self._phase = 1.0  # the strides since it began are there already

    def _measure(self, t_s: float, stride: int) -> None:
        """The measures of the strides that are just complete; NaN where the points they need were not seen."""
        stride_s = 1.0 / self._rhythm.stride_hz
        times, places, rows = self._places(t_s - STRIDES_FITTED * stride_s)
        places, weight = _weighed(places[:, : 2 * POINTS], rows.take(_SIGMAS[: 2 * POINTS], axis=1))
        self.marks = seen = marks(fit(times, without_jumps(places), stride_s, weight))
        self._find_view(views.azimuth_deg(seen))
        azimuth_deg = views.within(self._azimuth_deg, self._view)
        toward = seen.facing(azimuth_deg)
        pitch_deg = self._concern.pitch_deg
        posture = Posture(
            t_s,
            "running",
            self._view,
            azimuth_deg,
            measures.lean_deg(toward, abs(azimuth_deg), pitch_deg),
            measures.twist_deg(toward, azimuth_deg, views.unit_px(toward, azimuth_deg)),
            cadence_spm=120.0 * self._rhythm.stride_hz,
            stride=stride,
        )
        self._recent.append(seen)
        self._doubt()
        self._learner.step(posture, seen)
        baseline = self._learner.learned
        if baseline is None:
            self._estimator = None
        elif self._estimator is None or self._estimator.baseline is not baseline:
            self._estimator = ChangeEstimator(baseline)
            self._moved = deque(maxlen=self._estimator.strides)
        # Who comes back is compared only when it is clear that it is the same runner.
        self._measured = self._compared(posture, seen) if self._estimator and not self._returned else posture

    def _doubt(self) -> None:
        """Drop the baseline where camera or runner evidently are not those that it was learned from."""
        if self._estimator is None:
            self._returned = False
            return
        if self._returned and len(self._recent) >= KNOWN_STRIDES:
            self._returned = False
            if strange(self._estimator, self._recent):
                self.dropped = "runner"
        if len(self._recent) == WATCH_STRIDES and moved(self._estimator.baseline, self._azimuth_deg, self._recent):
            self.dropped = "camera"
        if self.dropped:
            self._learner.forget(known=self.dropped == "runner")
            self._azimuths.clear()
            self._recent.clear()

    def _compared(self, posture: Posture, seen: Marks) -> Posture:
        """The posture beside the baseline."""
        assert self._estimator is not None
        baseline = self._estimator.baseline
        self._moved.append(differences(seen, baseline))
        change = self._estimator.read(self._moved)
        if change.strange > STRANGE:
            return posture._replace(twist_deg=math.nan)
        _, raised, rounded, head, growth = (
            math.nan if spread > BLURRED * usual else value
            for value, spread, usual in zip(
                change.value.tolist(), change.spread.tolist(), baseline.spread, strict=False
            )
        )
        twist_deg = baseline.twist_deg * (1.0 + max(growth, -1.0))
        return posture._replace(
            twist_deg=twist_deg if twist_deg <= measures.MOST_TWIST_DEG else math.nan,
            raised_pct=raised,
            rounded_pct=rounded,
            head_forward_pct=head,
        )

    def _as_of(self, t_s: float, trust: float, stride: int) -> Posture:
        """What was measured at the last stride, less what has not been seen since."""
        m = self._measured
        shoulders_s, hips_s, head_s = self._seen_s
        shoulders, hips, head = t_s - shoulders_s <= STALE_S, t_s - hips_s <= STALE_S, t_s - head_s <= STALE_S
        nan = math.nan
        return Posture(
            t_s,
            "running",
            self._view,
            m.azimuth_deg,
            m.lean_deg if shoulders and hips else nan,
            m.twist_deg if shoulders else nan,
            m.raised_pct if shoulders and head else nan,
            m.rounded_pct if shoulders and head else nan,
            m.head_forward_pct if shoulders and head else nan,
            120.0 * self._rhythm.stride_hz,
            trust,
            stride,
            self._learner.learned,
        )

    def _find_view(self, azimuth_deg: float) -> None:
        """Settle the view.  The camera stands still, so it is read from the middle of many strides."""
        if azimuth_deg == azimuth_deg:
            self._azimuths.append(azimuth_deg)
        if self._concern.view != "auto":
            self._view = self._concern.view
        elif self._azimuths:
            self._view = views.sector(self._azimuth_deg, self._view)

    @property
    def _azimuth_deg(self) -> float:
        return sorted(self._azimuths)[len(self._azimuths) // 2] if self._azimuths else math.nan


def _weighed(places: np.ndarray, sigma_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The samples, NaN where they are by far too uncertain, and how much each counts, (N, C) both.

    Of two equally good instruments the one that errs twice as much counts a quarter; what also differs from stride to
    stride is as large as what is usual for the key point, so that the surest do not count alone.
    """
    ordered = np.sort(sigma_px, axis=0)  # several times as fast as NumPy's median
    usual = 0.5 * (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2])
    times_usual = sigma_px / np.where(usual > 0.0, usual, 1.0)
    return np.where(times_usual > DOUBTFUL, np.nan, places), 1.0 / (1.0 + times_usual**2)
