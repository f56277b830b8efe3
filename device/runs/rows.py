"""One run while it is on: moments in, its rows out.  Pure: no clock, no file, no thread."""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from device import baselines
from device.records import FAULTS, Baseline, Event, Fault, Moment, Pose
from device.runs import settingstext
from device.runs.batch import About, Batch, Row
from device.runs.yaw import window_s, yaw_deg
from device.settings import Settings

_HOLE_S = 1.0
"""A hole in the data is time nobody was seen in, as the coach's own summary counts."""

_ELSEWHERE = ("cue", "praise", "notice", "fault_on", "fault_off", "baseline", "baseline_recalled")
"""Events that are rows of other tables."""

_SHORT = {"forward_lean": "lean", "hunched_shoulders": "shoulders", "torso_twist": "twist"}


@dataclass
class _Tally:
    watched_s: float = 0.0
    on_s: float = 0.0
    strides: int = 0
    out_strides: int = 0
    total: float = 0.0
    cues: int = 0
    mended: int = 0


class RunRows:
    """One run while it is on."""

    def __init__(self, name: str, begun_s: float, about: About, poses: bool) -> None:
        self.name = name
        self.begun_s = begun_s
        self.last_running_s = begun_s
        self.running_s = 0.0
        self._about = about
        self._keeps_poses = poses
        self._toml, self._sha256 = settingstext.of(about.settings)
        self._t_s = begun_s
        self._seen_s = self._seen_since_s = 0.0
        self._steps = 0.0
        self._stride: int | None = None
        self._views: Counter[str] = Counter()
        self._azimuths: list[float] = []
        self._confidence = 0.0
        self._count = 0
        self._baseline: Baseline | None = None
        self._tallies = {fault: _Tally() for fault in FAULTS}
        self._episodes: dict[str, tuple[int, Row]] = {}
        self._unmended: dict[str, list[tuple[int, Row]]] = {fault: [] for fault in FAULTS}
        self._numbers: Counter[str] = Counter()
        self._recent: deque[Pose] = deque()
        self._fresh = self._empty()

    def step(self, moment: Moment) -> None:
        """Take in a moment."""
        posture = moment.posture
        elapsed_s = min(posture.t_s - self._t_s, _HOLE_S)
        self._t_s = posture.t_s
        self._seen_since_s += elapsed_s * posture.seen
        if posture.running:
            self.last_running_s = posture.t_s
            self.running_s += elapsed_s
            self._steps += elapsed_s * posture.cadence_spm / 60
            self._seen_s, self._seen_since_s = self._seen_s + self._seen_since_s, 0.0
        self._follow(moment.pose)
        for fault in moment.faults:
            if fault.watched:
                tally = self._tallies[fault.fault]
                tally.watched_s += elapsed_s
                tally.on_s += elapsed_s * fault.on
        if posture.running and posture.stride != (self._stride if self._stride is not None else posture.stride):
            self._measured(moment)
        self._stride = posture.stride
        if posture.baseline is not self._baseline:
            self._learned(moment)
        for event in moment.events:
            self._happened(event, moment)

    def changed(self, before: Settings, now: Settings) -> None:
        """Note that the settings changed."""
        lines = settingstext.changed(before, now)
        if lines:
            self._add("events", t_s=self._own(self._t_s), kind="settings", json=json.dumps({"toml": lines}))

    def take(self, closed: str) -> Batch:
        """What came since the last time."""
        taken, self._fresh = self._fresh, self._empty()
        taken.until_s = self._own(self._t_s)
        taken.run = self._line(closed)
        taken.tallies = [
            {
                "fault": fault,
                "watched_s": round(tally.watched_s, 2),
                "on_s": round(tally.on_s, 2),
                "strides": tally.strides,
                "out_strides": tally.out_strides,
                "value_mean": round(tally.total / tally.strides, 3) if tally.strides else None,
                "cues": tally.cues,
                "mended": tally.mended,
            }
            for fault, tally in self._tallies.items()
        ]
        return taken

    def _empty(self) -> Batch:
        return Batch(self.name, self.begun_s, 0.0, {}, self._toml, [])

    def _line(self, closed: str) -> Row:
        duration_s = self._own(self.last_running_s)
        return {
            "runner": self._about.runner,
            "closed": closed,
            "duration_s": duration_s,
            "seen_s": round(self._seen_s, 2),
            "running_s": round(self.running_s, 2),
            "seen_share": round(min(self._seen_s / duration_s, 1.0), 4) if duration_s > 0 else None,
            "steps": round(self._steps),
            "cadence_spm": round(60 * self._steps / self.running_s, 1) if self.running_s > 0 else None,
            "view": self._views.most_common(1)[0][0] if self._views else "",
            "azimuth_deg": round(float(np.median(self._azimuths)), 1) if self._azimuths else None,
            "confidence": round(self._confidence / self._count, 3) if self._count else None,
            "software": self._about.software,
            "model": self._about.model,
            "model_sha256": self._about.model_sha256,
            "settings_sha256": self._sha256,
        }

    def _own(self, t_s: float) -> float:
        """A time on the run's own clock."""
        return round(t_s - self.begun_s, 4)

    def _add(self, table: str, **values: Any) -> tuple[int, Row]:
        self._numbers[table] += 1
        number = self._numbers[table]
        rows: dict[int, Row] = getattr(self._fresh, table)
        rows[number] = values
        return number, values

    def _follow(self, pose: Pose) -> None:
        if self._keeps_poses:
            self._fresh.poses.append((pose.t_s - self.begun_s, pose))
        self._recent.append(pose)
        while self._recent[0].t_s < pose.t_s - 2.0:  # two strides of the slowest run are 1.85 s
            self._recent.popleft()

    def _measured(self, moment: Moment) -> None:
        """A stride is complete."""
        p = moment.posture
        self._count += 1
        self._confidence += p.confidence
        if p.view:
            self._views[p.view] += 1
        if math.isfinite(p.azimuth_deg):
            self._azimuths.append(p.azimuth_deg)
        since_s = p.t_s - window_s(p.cadence_spm)
        poses = [pose for pose in self._recent if pose.t_s > since_s]
        left, right = yaw_deg(poses, p.azimuth_deg, p.cadence_spm, self._about.settings.posture.min_score)
        row: Row = {
            "t_s": self._own(p.t_s),
            "view": p.view,
            "azimuth_deg": _known(p.azimuth_deg),
            "confidence": _known(p.confidence, 3),
            "cadence_spm": _known(p.cadence_spm),
            "lean_deg": _known(p.lean_deg),
            "twist_deg": _known(p.twist_deg),
            "raised_pct": _known(p.raised_pct),
            "rounded_pct": _known(p.rounded_pct),
            "head_forward_pct": _known(p.head_forward_pct),
            "yaw_left_deg": left,
            "yaw_right_deg": right,
        }
        for fault in moment.faults:
            short = _SHORT[fault.fault]
            row[short] = value = _known(fault.value)
            row[f"{short}_limit"] = _known(fault.limit)
            row[f"{short}_clear"] = _known(fault.clear)
            if short == "shoulders":
                row["shoulders_measure"] = fault.measure or None
            if value is not None:
                self._judged(fault)
        self._fresh.strides[p.stride] = row

    def _judged(self, fault: Fault) -> None:
        tally = self._tallies[fault.fault]
        tally.strides += 1
        tally.out_strides += fault.value > fault.limit
        tally.total += fault.value
        if fault.fault in self._episodes:
            number, episode = self._episodes[fault.fault]
            if episode["value_max"] is None or fault.value > episode["value_max"]:
                episode.update(value_max=_known(fault.value), limit_=_known(fault.limit), measure=fault.measure)
                self._fresh.episodes[number] = episode

    def _learned(self, moment: Moment) -> None:
        self._baseline = baseline = moment.posture.baseline
        if baseline is None:
            return
        told = {event.kind: event.data for event in moment.events}
        kind = "recalled" if "baseline_recalled" in told else "learned" if "baseline" in told else "known"
        form = told.get("baseline_recalled") or told.get("baseline") or {}
        self._add(
            "baselines",
            t_s=self._own(moment.posture.t_s),
            kind=kind,
            view=baseline.view,
            azimuth_deg=_known(baseline.azimuth_deg),
            lean_deg=form.get("lean_deg", _known(baseline.lean_deg)),
            twist_deg=form.get("twist_deg", _known(baseline.twist_deg)),
            json=json.dumps(baselines.encoded(baseline)),
        )

    def _happened(self, event: Event, moment: Moment) -> None:
        data, t_s = event.data, self._own(event.t_s)
        if event.kind == "fault_on":
            self._episodes[data["fault"]] = self._add(
                "episodes",
                fault=data["fault"],
                measure=data.get("measure", ""),
                begun_s=t_s,
                ended_s=None,
                value_max=data["value"],
                limit_=data["limit"],
                mended=None,
            )
        elif event.kind == "fault_off":
            self._ended(data["fault"], t_s, data["mended"])
        elif event.kind in ("cue", "praise", "notice"):
            row = self._add(
                "cues",
                t_s=t_s,
                kind=event.kind,
                fault=data["about"] if event.kind == "notice" else data["fault"],
                text=data["text"],
                measure=data.get("measure", "") if event.kind != "notice" else None,
                value=data.get("value"),
                limit_=data.get("limit"),
                mended_s=None,
            )
            if event.kind == "cue":
                self._tallies[data["fault"]].cues += 1
                self._unmended[data["fault"]].append(row)
        elif event.kind not in _ELSEWHERE:
            self._add("events", t_s=t_s, kind=event.kind, json=json.dumps(data, ensure_ascii=False))

    def _ended(self, fault: str, t_s: float, mended: bool) -> None:
        if fault in self._episodes:
            number, episode = self._episodes.pop(fault)
            episode.update(ended_s=t_s, mended=int(mended))
            self._fresh.episodes[number] = episode
        cues, self._unmended[fault] = self._unmended[fault], []
        if mended and cues:
            self._tallies[fault].mended += 1
            for number, cue in cues:
                cue["mended_s"] = t_s
                self._fresh.cues[number] = cue


def _known(value: float, digits: int = 2) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
