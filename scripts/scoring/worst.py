"""Which clips the coach did worst on, and the moment that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .cues import WITHIN_S, Episode
from .judge import Judged

LEAN_DEG, TWIST_DEG, POINTS_PCT = 5.0, 10.0, 10.0

HOW = (
    "Badness: 3 for each cue that ought not to be, 2 for each fault that was watched and not called, 1 for each that "
    f"was not watched and not called, and 1 for each {LEAN_DEG:g}° of mean lean error, each {TWIST_DEG:g}° of mean "
    f"twist error and each {POINTS_PCT:g} % of the trunk of median key point error."
)
"""How clips are ranked (weights chosen by us: a wrong word is worse than silence)."""


@dataclass(frozen=True)
class Bad:
    """A clip and its worst moment.

    :param badness: see :data:`HOW`.
    :param t_s: the first cue that ought not to be; else the end of the time in which a fault was to be called; else
        when lean and twist were furthest off.
    :param reasons: in words.
    """

    clip: Judged
    badness: float
    t_s: float
    reasons: list[str]


def worst(clips: Sequence[Judged], most: int = 10) -> list[Bad]:
    """The worst clips, the worst first; none of those without any badness."""
    ranked = sorted((bad(clip) for clip in clips), key=lambda one: (-one.badness, one.clip.truth.clip))
    return [one for one in ranked if one.badness > 0][:most]


def bad(clip: Judged) -> Bad:
    """How badly one clip went."""
    heard, read = clip.score.heard, clip.score.read
    wrong = [cue for cue in heard.said if cue.verdict != "right"]
    missed = [episode for episode in heard.episodes if episode.callable and not episode.recalled]
    reasons = [f"{cue.t_s:.0f} s: {cue.fault.replace('_', ' ')} cued, {_WRONG[cue.verdict]}" for cue in wrong]
    for episode in missed:
        state = "not called" if episode.watched else "not watched"
        reasons.append(f"{episode.start_s:.0f} s: {episode.name} {state}")
    badness = 3.0 * len(wrong) + sum(2.0 if episode.watched else 1.0 for episode in missed)
    errors = [
        ("lean", "°", LEAN_DEG, np.abs(read.lean_read - read.lean_true)),
        ("twist", "°", TWIST_DEG, np.abs(read.twist_read - read.twist_true)),
        ("key points", " % of trunk", POINTS_PCT, np.empty(0) if clip.points is None else 100 * clip.points.middle),
    ]
    for name, unit, size, values in errors:
        values = values[np.isfinite(values)]
        if values.size:
            error = float(np.median(values) if name == "key points" else values.mean())
            badness += error / size
            if error >= size:
                reasons.append(f"{name} {error:.0f}{unit} off")
    return Bad(clip, badness, _moment(clip, [cue.t_s for cue in wrong], missed), reasons)


def _moment(clip: Judged, wrong_s: list[float], missed: list[Episode]) -> float:
    if wrong_s:
        return wrong_s[0]
    if missed:
        return float(min(missed[0].start_s + WITHIN_S, missed[0].end_s, clip.truth.t_s[-1]))
    read = clip.score.read
    off = np.nan_to_num(np.abs(read.lean_read - read.lean_true) / LEAN_DEG)
    off += np.nan_to_num(np.abs(read.twist_read - read.twist_true) / TWIST_DEG)
    if off.size:
        return float(read.t_s[np.argmax(off)])
    return float(clip.truth.t_s[len(clip.truth.t_s) // 2])


_WRONG = {
    "wrong_fault": "another fault is there",
    "lean_back": "the runner leans back",
    "distraction": "no fault is there, but a distraction",
    "clean": "no fault is there",
}
