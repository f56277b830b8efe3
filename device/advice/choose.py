"""Which advice for which run.  Pure: from facts to the names of topics and exercises.  All limits are chosen by us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from device.advice.facts import RunFacts
from device.records import FAULTS

LEAST_SHARE = 0.05
"""A fault that persisted for less of the time is not worth advice."""

LEAST_WATCHED_S = 60.0
"""A fault that was watched for less is not judged at all, unless there was a cue for it."""

FADED = {"forward_lean": 2.0, "hunched_shoulders": 1.5, "torso_twist": 4.0}
"""Form fades if a fault's measure grows by this from the first to the last strides, in the fault's unit: about twice
what the middle of so many strides is uncertain by; novices who ran to exhaustion gained 4° of trunk flexion
(Koblbauer 2014)."""

SHIFTED_DEG = 4.0
"""The turn goes to one side if its middle moves by this: half the shift of who turns 8° further to one side alone."""

FEW_STEPS_SPM = 155.0
"""Fewer steps a minute are long ones at most speeds."""

MOST_EXERCISES = 4
"""Who is given more does none of them."""

GENTLE_LEVEL = 4
"""From this level of pain on the easier forms are meant: moderate pain, in most studies of cut-off points collected by
Boonstra 2016 (doi 10.3389/fpsyg.2016.01466)."""

TOPICS = (*FAULTS, "drift", "one_sided", "cadence", "good", "unjudged")
"""All there may be."""


class Topic(NamedTuple):
    """Something to say of a run.

    :param name: one of :data:`TOPICS`.
    :param share: for a fault, of the time it was watched.
    :param faded: for "drift": the faults that grew, and by how much.
    :param side: for "one_sided": "left" or "right".
    :param cadence_spm: for "cadence".
    """

    name: str
    share: float = 0.0
    faded: tuple[tuple[str, float], ...] = ()
    side: str = ""
    cadence_spm: float = 0.0


class Plan(NamedTuple):
    """The advice for a run.

    :param topics: the most important first; never empty.
    :param exercises: their names, the most useful first.
    :param care: "ask_first": have the pain looked at before; "gentle": take the easier forms; else "".
    """

    topics: tuple[Topic, ...]
    exercises: tuple[str, ...]
    care: str = ""


def plan(run: RunFacts, exercises: Mapping[str, Sequence[str]], pain: int | None = None, lasting: bool = False) -> Plan:
    """The advice for a run.

    :param exercises: for each topic what helps, the best first.
    :param pain: the strongest pain noted lately, 0..10; None for none.
    :param lasting: whether it is a pain to see a doctor with.
    """
    topics = _topics(run)
    care = "ask_first" if lasting else "gentle" if pain is not None and pain >= GENTLE_LEVEL else ""
    return Plan(topics, _in_turn([exercises.get(topic.name, ()) for topic in topics]), care)


def main_fault(run: RunFacts, least_share: float = LEAST_SHARE) -> str:
    """The fault that persisted for most of the time it was watched; "" if none did for long."""
    found = [one for one in run.faults if one.share is not None and one.share >= max(least_share, 1e-9)]
    found = [one for one in found if one.watched_s >= LEAST_WATCHED_S or one.cues]
    return max(found, key=lambda one: (one.share or 0.0, one.cues)).fault if found else ""


def judged(run: RunFacts) -> bool:
    """Whether any fault could be judged for long enough to say something."""
    return any(one.share is not None and (one.watched_s >= LEAST_WATCHED_S or one.cues) for one in run.faults)


def _topics(run: RunFacts) -> tuple[Topic, ...]:
    found = [
        Topic(one.fault, share=one.share)
        for one in run.faults
        if one.share is not None and one.share >= LEAST_SHARE and (one.watched_s >= LEAST_WATCHED_S or one.cues)
    ]
    found.sort(key=lambda topic: -topic.share)
    grown = tuple(
        (one.fault, one.faded) for one in run.faults if one.faded is not None and one.faded >= FADED[one.fault]
    )
    if grown:
        found.append(Topic("drift", faded=grown))
    if run.shifted_deg is not None and abs(run.shifted_deg) >= SHIFTED_DEG:
        found.append(Topic("one_sided", side="right" if run.shifted_deg > 0 else "left"))
    if not found:
        found.append(Topic("good" if judged(run) else "unjudged"))
    if run.cadence_spm is not None and run.cadence_spm < FEW_STEPS_SPM:
        found.append(Topic("cadence", cadence_spm=run.cadence_spm))
    return tuple(found)


def _in_turn(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The first of each list, then the second of each, and so on; each once, and not too many."""
    longest = max((len(one) for one in lists), default=0)
    dealt = [one[place] for place in range(longest) for one in lists if place < len(one)]
    return tuple(dict.fromkeys(dealt))[:MOST_EXERCISES]
