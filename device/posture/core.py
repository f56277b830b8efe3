"""The posture core: poses in, one posture a frame out."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np

from device.posture import measures
from device.posture import view as views
from device.posture.baseline import BaselineLearner
from device.posture.fit import fit, without_jumps
from device.posture.presence import Presence
from device.posture.signals import ELBOW_X, FACE_X, NAMES, TRUNK_UP, confidence, signals
from device.posture.strides import FRESH_S, SPAN_S, rhythm
from device.posture.window import Window
from device.records import Pose, Posture
from device.settings import Settings

STRIDES_FITTED = 2.0
"""How many of the last strides a measure is read from: two, so that 10 frames a second still give 14 samples."""

RHYTHM_EVERY_S = 0.2
"""How often the rhythm is looked for again (chosen by us: it changes slowly)."""

FACING_S = 2.0
"""Time constant of the direction in which the runner looks, so that a glance aside does not turn the lean round."""

VIEW_STRIDES = 15
"""Strides whose middle tells where the camera stands: about 10 s (chosen by us)."""

RESTART_GAP_S = 2.0
"""After a hole of this length in the data what came before it says nothing about now (chosen by us)."""

CAPACITY = 400
"""Samples kept: those of :data:`~device.posture.strides.SPAN_S` at 100 a second and some."""

CLOSEST_S = 1.0 / 100
"""Frames that come faster than this add nothing; they repeat the posture before."""


class PostureCore:
    """Turns poses into posture.

    :param settings: what counts as seen, and how the baseline is learned.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._presence = Presence(settings.posture.found_s, settings.posture.lost_s)
        self._window = Window(CAPACITY, len(NAMES))
        self._learner = BaselineLearner(settings)
        self._last = Posture(-math.inf)
        self._rhythm_s = -math.inf
        self._restart()
        self._view = ""
        self._spans: deque[float] = deque(maxlen=VIEW_STRIDES)
        self._span = math.nan
        self._span_stride = -1

    def step(self, pose: Pose) -> Posture:
        """Take in one pose and tell the posture as of its time.

        :param pose: its ``t_s`` must be later than that of the pose before.
        """
        elapsed_s = pose.t_s - self._last.t_s
        if elapsed_s < CLOSEST_S:
            return replace(self._last, t_s=pose.t_s)
        if elapsed_s > RESTART_GAP_S:
            self._restart()
        self._last = self._step(pose, min(elapsed_s, RESTART_GAP_S))
        return self._last

    def _step(self, pose: Pose, elapsed_s: float) -> Posture:
        min_score = self._settings.posture.min_score
        trust = confidence(pose.keypoints)
        posture = Posture(pose.t_s, confidence=trust, stride=self._last.stride)
        if not self._presence.step(pose.t_s, trust >= min_score):
            if self._last.seen:
                self._restart()
            return self._compared(posture)
        self._window.push(pose.t_s, signals(pose.keypoints, min_score))
        self._find_rhythm(pose.t_s)
        if self._frequency_hz != self._frequency_hz:
            self._learner.interrupt()
            return self._compared(replace(posture, seen=True, view=self._view))
        posture = self._measured(replace(posture, seen=True, running=True), elapsed_s)
        self._phase += elapsed_s * self._frequency_hz
        if self._phase >= 1.0:
            self._phase %= 1.0
            posture = replace(posture, stride=posture.stride + 1)
            self._learner.step(posture)
        return self._compared(posture)

    def _restart(self) -> None:
        self._window.clear()
        self._learner.interrupt()
        self._frequency_hz = math.nan
        self._phase = 0.0
        self._facing = 0.0

    def _find_rhythm(self, t_s: float) -> None:
        if t_s - self._rhythm_s < RHYTHM_EVERY_S:
            return
        self._rhythm_s = t_s
        times, rows = self._window.since(t_s - SPAN_S)
        fresh = np.isfinite(rows[times > t_s - FRESH_S, TRUNK_UP]).any()
        self._frequency_hz = rhythm(times, rows) if fresh else math.nan

    def _measured(self, posture: Posture, elapsed_s: float) -> Posture:
        """The posture with the measures of the last strides; NaN where the points they need were not seen."""
        stride_s = 1.0 / self._frequency_hz
        times, rows = self._window.since(posture.t_s - STRIDES_FITTED * stride_s)
        terms = fit(times, without_jumps(rows[:, : ELBOW_X + 1]), stride_s)
        self._look(terms[0, FACE_X], elapsed_s)
        self._find_view(measures.span(terms), posture.stride)
        azimuth_deg = views.within(views.azimuth_deg(self._span), self._view)
        facing = float(np.sign(self._facing))
        return replace(
            posture,
            view=self._view,
            lean_deg=measures.lean_deg(terms, azimuth_deg, facing) if self._view != "front" else math.nan,
            twist_deg=measures.twist_deg(terms, self._view) if self._view else math.nan,
            ear_shoulder=measures.ear_shoulder(terms),
            cadence_spm=120.0 * self._frequency_hz,
        )

    def _find_view(self, span: float, stride: int) -> None:
        """Settle the view.  The camera stands still, so it is read from the middle of many strides."""
        if span == span and (stride != self._span_stride or not self._spans):
            self._span_stride = stride
            self._spans.append(span)
            self._span = sorted(self._spans)[len(self._spans) // 2]
        if self._settings.camera.view != "auto":
            self._view = self._settings.camera.view
        elif self._spans:
            self._view = views.sector(views.azimuth_deg(self._span), self._view)

    def _look(self, face_px: float, elapsed_s: float) -> None:
        """Follow the direction in which the runner looks."""
        if face_px == face_px:
            direction = float(np.sign(face_px))
            share = 1.0 - math.exp(-elapsed_s / FACING_S)
            self._facing += share * (direction - self._facing) if self._facing else direction

    def _compared(self, posture: Posture) -> Posture:
        """The posture beside the baseline, where there is one."""
        baseline = self._learner.learned
        if baseline is None:
            return posture
        same = posture.running and posture.view == baseline.view
        share = 100.0 * posture.ear_shoulder / baseline.ear_shoulder if same else math.nan
        return replace(posture, shoulder_pct=share, baseline=baseline)
