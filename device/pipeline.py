"""The coach: one pose in, one moment out.  Composition only; live and replay run this same loop."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from device.cues.policy import CuePolicy
from device.faults import FaultJudge
from device.faults.limits import watched
from device.posture import PostureCore
from device.records import FAULTS, Cue, Event, Fault, Moment, Pose, Posture
from device.settings import Settings


@dataclass(slots=True)
class _Tally:
    """What the summary counts for one fault."""

    watched_s: float = 0.0
    on_s: float = 0.0
    cues: int = 0
    mended: int = 0
    cued: bool = False


@dataclass(slots=True)
class _Totals:
    """What the summary counts over the run."""

    first_s: float = math.nan
    seen_s: float = 0.0
    running_s: float = 0.0
    steps: float = 0.0
    faults: dict[str, _Tally] = field(default_factory=lambda: {fault: _Tally() for fault in FAULTS})


class Coach:
    """Pose → Posture → Fault → Cue, with the events on the way.

    Holds no clock and does no I/O: the same poses give the same moments.

    :param settings: the settings in force.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._core = PostureCore(settings)
        self._judge = FaultJudge(settings)
        self._policy = CuePolicy(settings)
        self._posture = Posture(-math.inf)
        self._faults: dict[str, Fault] = {}
        self._view: tuple[str, ...] = ()
        self._totals = _Totals()

    def step(self, pose: Pose) -> Moment:
        """Take in one pose; its ``t_s`` must be later than that of the pose before."""
        posture = self._core.step(pose)
        faults = self._judge.step(posture)
        said = self._policy.step(pose.t_s, faults)
        events = [*self._seen(posture), *self._changed(posture, faults)]
        if said is not None:
            data = {"fault": said.fault, "text": said.text, **_numbers(faults, said)}
            events.append(Event(said.t_s, said.kind, data))
        self._count(posture, faults, said)
        self._posture = posture
        self._faults = {fault.fault: fault for fault in faults}
        return Moment(pose, posture, faults, said, tuple(events))

    def summary(self) -> Event:
        """The run so far in numbers, as the event that closes it."""
        totals = self._totals
        seconds = 0.0 if math.isnan(totals.first_s) else self._posture.t_s - totals.first_s
        return Event(
            max(self._posture.t_s, 0.0),
            "summary",
            {
                "duration_s": round(seconds, 2),
                "seen_s": round(totals.seen_s, 2),
                "running_s": round(totals.running_s, 2),
                "cadence_spm": _rounded(60 * totals.steps / totals.running_s if totals.running_s > 0 else math.nan),
                "faults": {
                    name: {
                        "watched_s": round(tally.watched_s, 2),
                        "share": round(tally.on_s / tally.watched_s, 4) if tally.watched_s > 0 else None,
                        "cues": tally.cues,
                        "mended": tally.mended,
                    }
                    for name, tally in totals.faults.items()
                },
            },
        )

    def _seen(self, posture: Posture) -> list[Event]:
        """What happened to the runner, the view and the baseline."""
        before, t_s = self._posture, posture.t_s
        events = []
        if posture.seen and not before.seen:
            events.append(Event(t_s, "runner_found", {"confidence": _rounded(posture.confidence)}))
        if before.seen and not posture.seen:
            events.append(Event(t_s, "runner_lost", {"last_seen_s": _rounded(t_s - self.settings.posture.lost_s)}))
        if posture.view:
            view = (posture.view, *watched(posture, self.settings))
            if view != self._view:
                self._view = view
                events.append(Event(t_s, "view", {"view": posture.view, "watching": list(view[1:])}))
        learned = posture.baseline
        if learned is not None and learned is not before.baseline:
            events.append(
                Event(
                    t_s,
                    "baseline",
                    {
                        "view": learned.view,
                        "lean_deg": _rounded(learned.lean_deg),
                        "twist_deg": _rounded(learned.twist_deg),
                        "ear_shoulder": _rounded(learned.ear_shoulder, 4),
                        "strides": learned.strides,
                    },
                )
            )
        return events

    def _changed(self, posture: Posture, faults: tuple[Fault, ...]) -> list[Event]:
        """Faults that began or ended."""
        events = []
        for fault in faults:
            before = self._faults.get(fault.fault)
            if fault.on == (before is not None and before.on):
                continue
            known = fault if fault.watched else before or fault
            kind = "fault_on" if fault.on else "fault_off"
            data = {"fault": fault.fault, "value": _rounded(known.value), "limit": _rounded(known.limit)}
            if not fault.on:
                data["mended"] = not math.isnan(fault.value)
            events.append(Event(posture.t_s, kind, data))
        return events

    def _count(self, posture: Posture, faults: tuple[Fault, ...], said: Cue | None) -> None:
        totals = self._totals
        if math.isnan(totals.first_s):
            totals.first_s = posture.t_s
            return
        # A hole in the data is time nobody was seen in.
        elapsed_s = min(posture.t_s - self._posture.t_s, 1.0)
        totals.seen_s += elapsed_s * posture.seen
        if posture.running:
            totals.running_s += elapsed_s
            totals.steps += elapsed_s * posture.cadence_spm / 60
        for fault in faults:
            tally = totals.faults[fault.fault]
            tally.watched_s += elapsed_s * fault.watched
            tally.on_s += elapsed_s * (fault.on and fault.watched)
            if tally.cued and not fault.on:
                tally.mended += not math.isnan(fault.value)
                tally.cued = False
        if said is not None and said.kind == "cue":
            totals.faults[said.fault].cues += 1
            totals.faults[said.fault].cued = True


def _numbers(faults: tuple[Fault, ...], said: Cue) -> dict[str, Any]:
    fault = next(fault for fault in faults if fault.fault == said.fault)
    return {"value": _rounded(fault.value), "limit": _rounded(fault.limit)}


def _rounded(value: float, digits: int = 2) -> float | None:
    """A number fit for a file; None where it is not known."""
    return round(float(value), digits) if math.isfinite(value) else None
