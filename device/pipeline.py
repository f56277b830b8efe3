"""The coach: one pose in, one moment out.  Composition only; live and replay run this same loop."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

from device.advice.closing import Closing
from device.cues.policy import CuePolicy, Notice
from device.faults import FaultJudge
from device.faults.limits import watched
from device.posture import PostureCore
from device.posture.measures import LEAST_AZIMUTH_DEG
from device.posture.sight import Sight
from device.records import Baseline, Cue, Event, Fault, Moment, Pose, Posture
from device.settings import Settings
from device.totals import Totals

_DROPPED = {"camera": "camera_moved", "runner": "runner_changed"}
"""The events for what the core says of a baseline it dropped."""

_REFUSED = {
    "forward_lean": "refused_lean",
    "torso_twist": "refused_twist",
    "unsteady": "refused_unsteady",
    "unseen": "refused_unseen",
}
"""The notices for why the core learns no baseline."""


AWAY_S = 60.0
"""Who was away for longer is told anew what is watched (chosen by us)."""

_RANK = {"baseline": 0, "baseline_recalled": 0, "view": 1}
"""Of several things to tell of one moment the highest counts; all others have 2."""


class Learning(Protocol):
    """What the posture core tells of the baseline beside each posture; see :class:`device.posture.PostureCore`."""

    @property
    def dropped(self) -> str:
        """Why this very step dropped the baseline."""
        ...

    @property
    def refused(self) -> str:
        """Why no baseline is learned."""
        ...

    @property
    def recalled(self) -> bool:
        """Whether the baseline is one of an earlier run."""
        ...


class Coach:
    """Pose → Posture → Fault → Cue, with the events on the way.

    Holds no clock and does no I/O: the same poses give the same moments.

    :param settings: the settings in force.
    :param known: the runner's baselines of earlier runs, the newest first; the first that fits is used.
    """

    def __init__(self, settings: Settings, known: Sequence[Baseline] = ()) -> None:
        self.settings = settings
        self._core = PostureCore(settings, known)
        self._judge = FaultJudge(settings)
        self._policy = CuePolicy(settings)
        self._posture = Posture(-math.inf)
        self._faults: tuple[Fault, ...] = ()
        self._view: tuple[str, ...] = ()
        self._watched: tuple[str, ...] = ()
        self._watched_by: tuple[str, Baseline | None] | None = None
        self._unread = False
        self._refusals: set[str] = set()
        self._told: list[str] = []
        self._sight = Sight()
        self._totals = Totals()
        self._closing = Closing(settings)

    def relearn(self) -> None:
        """Forget the baseline and learn it anew from the next steady strides."""
        self._core.relearn()
        self._refusals.clear()
        self._told.append("relearn")

    def meet(self, known: Sequence[Baseline]) -> None:
        """Somebody else runs, whose settings are in force: go on with what is known of their good form."""
        self._core.meet(known)
        self._refusals.clear()
        self._told.append("profile")

    def mute(self, muted: bool) -> None:
        """Say nothing from now on, or speak again; what is seen and judged stays the same."""
        if muted != self._policy.muted:
            self._policy.muted = muted
            self._told.append("muted" if muted else "unmuted")

    @property
    def muted(self) -> bool:
        """Whether nothing is said."""
        return self._policy.muted

    def retune(self, settings: Settings) -> None:
        """Go on with other settings, from the next pose on; what is known of the runner and what was said stays."""
        self.settings = self._policy.settings = self._closing.settings = settings
        self._core.retune(settings)
        self._judge.retune(settings)
        self._watched_by = None

    def step(self, pose: Pose) -> Moment:
        """Take in one pose; its ``t_s`` must be later than that of the pose before."""
        return self.take(pose, self._core.step(pose), self._core)

    def take(self, pose: Pose, posture: Posture, learning: Learning) -> Moment:
        """Take in one pose whose posture is known already, because another coach's core has read it."""
        faults = self._judge.step(posture)
        events = self._news(posture, faults, learning)
        said = self._policy.step(posture.t_s, faults, _notices(events) if events else ())
        closing = self._closing.step(posture, faults, said)
        if closing is not None and not self._policy.muted:
            said = closing
        if faults is not self._faults:
            events += self._changed(posture, faults)
        if said is not None:
            events.append(Event(said.t_s, said.kind, _speech(faults, said)))
        self._totals.count(posture, faults, said)
        self._posture = posture
        self._faults = faults
        return Moment(pose, posture, faults, said, tuple(events))

    def summary(self) -> Event:
        """The run so far in numbers, as the event that closes it."""
        return Event(max(self._posture.t_s, 0.0), "summary", self._totals.numbers())

    def _news(self, posture: Posture, faults: tuple[Fault, ...], learning: Learning) -> list[Event]:
        """What happened, but for the faults.  Mostly nothing, and that is to be found out fast."""
        unseen, before = self._unseen(posture, faults), self._posture
        events = self._asked(posture.t_s) if self._told else []
        learned = posture.baseline is not before.baseline
        if learned or posture.motion != before.motion or posture.view != before.view:
            events += self._seen(posture)
        if learned or learning.dropped or learning.refused:
            events += self._learned(posture, learning)
        return events + unseen

    def _asked(self, t_s: float) -> list[Event]:
        """What the runner asked for since the last pose."""
        asked, self._told = self._told, []
        return [Event(t_s, kind, {"name": self.settings.profile.name} if kind == "profile" else {}) for kind in asked]

    def _seen(self, posture: Posture) -> list[Event]:
        """What happened to the runner and the view."""
        before, t_s = self._posture, posture.t_s
        events = []
        seen, was = posture.seen, before.seen
        if seen and not was:
            events.append(Event(t_s, "runner_found", {"confidence": _rounded(posture.confidence)}))
        if was and not seen:
            events.append(Event(t_s, "runner_lost", {"last_seen_s": _rounded(t_s - self.settings.posture.lost_s)}))
        if posture.view and (posture.view != before.view or posture.baseline is not before.baseline):
            view = (posture.view, *watched(posture, self.settings))
            if view != self._view:
                self._view = view
                events.append(Event(t_s, "view", {"view": posture.view, "watching": list(view[1:])}))
        return events

    def _unseen(self, posture: Posture, faults: tuple[Fault, ...]) -> list[Event]:
        """Whether the runner cannot be seen, or too badly to judge anything."""
        if faults is not self._faults:
            self._unread = all(fault.value != fault.value for fault in faults)
        judged = self._unread and posture.running and posture.baseline is not None and bool(self._watches(posture))
        reason = self._sight.step(posture, judged)
        if self._sight.away_s > AWAY_S:
            self._view = ()
        return [Event(posture.t_s, "cannot_see", {"reason": reason})] if reason else []

    def _watches(self, posture: Posture) -> tuple[str, ...]:
        """The faults that are watched: they depend on the view and the baseline alone."""
        by = posture.view, posture.baseline
        if by != self._watched_by:
            self._watched, self._watched_by = watched(posture, self.settings), by
        return self._watched

    def _learned(self, posture: Posture, learning: Learning) -> list[Event]:
        """What became of the baseline."""
        before, learned, t_s = self._posture.baseline, posture.baseline, posture.t_s
        events = []
        if learning.dropped:
            events.append(Event(t_s, _DROPPED[learning.dropped], {}))
        if learned is not before:
            self._refusals.clear()
        if learned is not None and learned is not before:
            kind = "baseline_recalled" if learning.recalled else "baseline"
            events.append(Event(t_s, kind, self._form(posture, learned)))
        refused = learning.refused
        if refused and refused not in self._refusals:
            self._refusals.add(refused)
            events.append(Event(t_s, "baseline_refused", {"reason": refused}))
        return events

    def _form(self, posture: Posture, learned: Baseline) -> dict[str, Any]:
        """A baseline in numbers, and what can be watched with it."""
        told = abs(learned.azimuth_deg) >= LEAST_AZIMUTH_DEG  # else they are what runners usually have
        return {
            "view": learned.view,
            "azimuth_deg": _rounded(learned.azimuth_deg, 1),
            "lean_deg": _rounded(learned.lean_deg) if told else None,
            "twist_deg": _rounded(learned.twist_deg) if told else None,
            "strides": learned.strides,
            "watching": list(watched(posture._replace(view=posture.view or learned.view), self.settings)),
        }

    def _changed(self, posture: Posture, faults: tuple[Fault, ...]) -> list[Event]:
        """Faults that began or ended."""
        events = []
        was = {fault.fault: fault for fault in self._faults}
        for fault in faults:
            before = was.get(fault.fault)
            if fault.on == (before is not None and before.on):
                continue
            known = fault if fault.watched else before or fault
            kind = "fault_on" if fault.on else "fault_off"
            data = {"fault": fault.fault, **_numbers(known)}
            if not fault.on:
                data["mended"] = not math.isnan(fault.value)
            events.append(Event(posture.t_s, kind, data))
        return events


def _notices(events: list[Event]) -> list[Notice]:
    """The notices that events ask for, what matters most last."""
    notices = [_notice(event) for event in sorted(events, key=lambda event: _RANK.get(event.kind, 2))]
    return [notice for notice in notices if notice is not None]


def _notice(event: Event) -> Notice | None:
    """The notice that an event asks for, if any."""
    if event.kind == "view":
        watching = tuple(event.data["watching"])
        return Notice("watching", watching) if watching else Notice("watching_nothing")
    if event.kind == "baseline_refused":
        return Notice(_REFUSED[event.data["reason"]])
    if event.kind == "baseline":
        return Notice("baseline_learned")
    return Notice(event.kind) if event.kind in (*_DROPPED.values(), "baseline_recalled", "cannot_see") else None


def _speech(faults: tuple[Fault, ...], said: Cue) -> dict[str, Any]:
    """What is said, and the fault it is about."""
    if said.kind == "notice":
        return {"about": said.fault, "text": said.text}
    fault = next(fault for fault in faults if fault.fault == said.fault)
    return {"fault": said.fault, "text": said.text, **_numbers(fault)}


def _numbers(fault: Fault) -> dict[str, Any]:
    numbers = {"value": _rounded(fault.value), "limit": _rounded(fault.limit)}
    return {"measure": fault.measure, **numbers} if fault.measure else numbers


def _rounded(value: float, digits: int = 2) -> float | None:
    """A number fit for a file; None where it is not known."""
    return round(float(value), digits) if math.isfinite(value) else None
