"""The one sentence at the end of a run: how long, what was wrong for most of it, one thing to do better.  Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from device.advice.choose import judged, main_fault
from device.advice.facts import of_summary
from device.records import Cue, Fault, Posture
from device.settings import ClosingSettings, Settings
from device.totals import Totals

REST_S = 15.0
"""Who has not run for this long has ended the run, or pauses; either way they listen now (chosen by us)."""

_AMOUNTS = ((0.8, "most"), (0.58, "two_thirds"), (0.42, "half"), (0.29, "third"), (0.18, "quarter"), (0.0, "some"))
"""From which share on which word is spoken; the borders lie about half way between the fractions."""


class Closing:
    """Notices that a run has ended, and says the sentence once.

    Who only paused hears another one at the next end, about all of it, if they ran long enough in between.

    :param settings: texts and limits; they may be replaced while it works.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._totals = Totals()
        self._ran_s = -math.inf
        self._told_s = 0.0

    def step(self, posture: Posture, faults: tuple[Fault, ...], said: Cue | None) -> Cue | None:
        """What is said now that the run has ended; None at all other times, and where there is nothing to say."""
        t_s = posture.t_s
        if posture.running:
            if t_s - self._ran_s > self.settings.runs.end_s:  # another run
                self._totals, self._told_s = Totals(), 0.0
            self._ran_s = t_s
        self._totals.count(posture, faults, said)
        if said is not None or not self._ran_s + REST_S <= t_s < self._ran_s + self.settings.runs.end_s:
            return None
        running_s = self._totals.running_s
        if running_s - self._told_s < self.settings.closing.least_s:
            return None
        self._told_s = running_s
        text = sentence(self._totals.numbers(), self.settings)
        return Cue(t_s, "notice", "closing", text) if text else None


def sentence(summary: Mapping[str, Any], settings: Settings) -> str:
    """What is said at the end of a run; "" for nothing.  Whoever is muted is not to be told.

    :param summary: the data of the run's ``summary`` event.
    """
    rule, run = settings.closing, of_summary(summary)
    if not rule.enabled or run.running_s < rule.least_s:
        return ""
    fault = main_fault(run, rule.least_share)
    text = rule.fault if fault else rule.good if judged(run) else rule.unjudged
    known = {"time": duration(run.running_s, rule)}
    if fault:
        known |= {
            "fault": getattr(rule, fault),
            "amount": amount(run.fault(fault).share or 0.0, rule),
            "cue": getattr(settings, fault).cues[0],
        }
    for name, words in known.items():
        text = text.replace(f"{{{name}}}", words)
    return text


def duration(seconds: float, rule: ClosingSettings) -> str:
    """A duration as it is spoken, to the nearest minute: "31 minutes", "one hour and 12 minutes"."""
    hours, minutes = divmod(max(round(seconds / 60), 1), 60)
    parts = []
    if hours:
        parts.append(rule.hour if hours == 1 else rule.hours.replace("{count}", str(hours)))
    if minutes:
        parts.append(rule.minute if minutes == 1 else rule.minutes.replace("{count}", str(minutes)))
    return rule.joiner.join(parts)


def amount(share: float, rule: ClosingSettings) -> str:
    """A share of the time as it is spoken: "a third of it"."""
    word: str = getattr(rule, next(name for least, name in _AMOUNTS if share >= least))
    return word
