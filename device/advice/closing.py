"""The one sentence at the end of a run: how long, what was wrong for most of it, one thing to do better.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.advice.choose import judged, main_fault
from device.advice.facts import of_summary
from device.settings import ClosingSettings, Settings

_AMOUNTS = ((0.8, "most"), (0.58, "two_thirds"), (0.42, "half"), (0.29, "third"), (0.18, "quarter"), (0.0, "some"))
"""From which share on which word is spoken; the borders lie about half way between the fractions."""


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
