"""Cues from postures that are known already."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from device.pipeline import Coach
from device.records import Cue, Pose, Posture
from device.settings import Settings
from device.whatif.past import Remembered

TICK_S = 0.2
"""While nothing changes, the coach looks up so often, whether something is due to be said: a quarter of a stride."""

_NO_POSE = Pose(0.0, np.zeros((17, 3), np.float32), 1, 1)


def judged(known: Iterable[Remembered], settings: Settings) -> list[Cue]:
    """The cues, and only those, that a coach gives over postures; to within a stride those of a live run.

    The postures are taken as they are: settings that the core reads make no difference
    (:func:`device.whatif.comparing.concerned`).  Nothing is known of what was said before the first of them.

    :param known: every one of a run, or those that :class:`device.whatif.past.Past` keeps of it.
    """
    coach, cues = Coach(settings), []
    last: Posture | None = None
    for one in known:
        posture = one.posture
        if last is not None:
            if not one.news and _same(posture, last) and posture.t_s - last.t_s < TICK_S:
                continue
            begin_s, end_s = last.t_s, min(posture.t_s, last.t_s + HOLD_S)
            for tick in range(1, math.ceil((end_s - begin_s) / TICK_S)):
                held = last._replace(t_s=begin_s + tick * TICK_S)
                cues.append(coach.take(_NO_POSE, held, Remembered(held)).said)
        last = posture
        cues.append(coach.take(_NO_POSE, posture, one).said)
    return [cue for cue in cues if cue is not None and cue.kind == "cue"]


HOLD_S = 1.0
"""A posture stands for no more than this: in a longer hole nobody is seen."""


def _same(posture: Posture, last: Posture) -> bool:
    """Whether nothing has changed that a cue could come of."""
    return (
        posture.stride == last.stride
        and posture.motion == last.motion
        and posture.view == last.view
        and posture.baseline is last.baseline
        and _alike(posture.lean_deg, last.lean_deg)
        and _alike(posture.twist_deg, last.twist_deg)
        and _alike(posture.raised_pct, last.raised_pct)
        and _alike(posture.rounded_pct, last.rounded_pct)
        and _alike(posture.head_forward_pct, last.head_forward_pct)
    )


def _alike(one: float, other: float) -> bool:
    return one == other or (one != one and other != other)
