"""Which clips the scorecard is read from.

Two splits that share no seed: tune on ``dev``; ``test`` is only ever scored.  A clip's seed follows from its split,
view, case and number alone, so a larger size keeps the people and rooms of a smaller one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import draw
from .description import FAULT_KINDS, GESTURES, LEGS, Activity, Clip, FaultSpan

SPLITS = {"dev": 1_000_000, "test": 2_000_000}
"""Where the seeds of each split begin."""

VIEWS = ("front", "oblique", "side")

CASES = ("fault", "clean", "distraction")
"""One or two faults in turn; good form; good form with things that are no faults."""

WIDTH_PX, HEIGHT_PX = 400, 300
"""Enough for the model, which looks at 192×192 pixels round the runner."""

SEVERITIES: dict[str, tuple[float, ...]] = {
    "lean_hips": (10.0, 14.0, 7.0),
    "lean_thorax": (10.0, 14.0, 7.0),
    "shoulders_raised": (40.0, 60.0, 25.0),
    "shoulders_rounded": (40.0, 60.0, 25.0),
    "twist": (1.8, 2.2, 1.5),
}
"""Plain, strong and mild (chosen by us): a coach should catch the plain and strong ones."""

_RARE = (("lean_back", 8.0), ("arms_cross", 60.0), ("lean_back", 12.0), ("arms_cross", 100.0))
_BOTH = (("lean_hips", "shoulders_raised"), ("twist", "lean_thorax"), ("shoulders_rounded", "twist"))

_OTHERS = ("bystanders", "neighbour", "mirror", "poster")

_GOOD_S, _FAULT_S, _MENDED_S = 23.0, 18.0, 17.0
"""Good form to begin with, each fault, and good form after it: room for a baseline, a cue, praise, and the 20 s that
lie between two cues."""

_PLAIN_S = 75.0
"""Length of a clip without faults."""

_SPAN_S = {"drink": 5.0, "wipe": 4.0, "hold_rail": 10.0, "look_console": 5.0, "look_aside": 6.0}
_SPAN_S |= {"walk": 14.0, "stand": 8.0, "rails": 8.0, "away": 12.0}
"""How long each activity lasts, its ramp in included."""


@dataclass(frozen=True)
class Size:
    """How many clips of each case a view has.

    :param levels: how many of :data:`SEVERITIES`, in their order.
    :param rounds: how often each kind of fault comes in each of them.
    :param rare: how many of the rarer faults.
    :param both: how many clips with two faults at once.
    """

    levels: int
    rounds: int
    rare: int
    both: int
    clean: int
    distractions: int


SIZES = {
    "short": Size(levels=1, rounds=1, rare=0, both=0, clean=1, distractions=1),
    "full": Size(levels=3, rounds=2, rare=4, both=2, clean=6, distractions=8),
}

Episode = tuple[str, float]
"""A kind of fault and its severity."""


def clips(split: str, size: str) -> list[Clip]:
    """The clips of a split, always the same.

    :param split: one of :data:`SPLITS`.
    :param size: one of :data:`SIZES`.
    """
    wanted = SIZES[size]
    both = [tuple((kind, SEVERITIES[kind][0]) for kind in pair) for pair in _BOTH[: wanted.both]]
    groups = [(group, False) for group in _pairs(_episodes(wanted))] + [(group, True) for group in both]
    made: list[Clip] = []
    for view in VIEWS:
        made += [_faulty(split, view, number, *group) for number, group in enumerate(groups)]
        made += [_plain(split, view, "clean", number) for number in range(wanted.clean)]
        made += [_plain(split, view, "distraction", number) for number in range(wanted.distractions)]
    return made


def seed(split: str, view: str, case: str, number: int) -> int:
    """The seed of one clip; no two clips share one."""
    return SPLITS[split] + 100_000 * VIEWS.index(view) + 10_000 * CASES.index(case) + number


def _episodes(size: Size) -> list[Episode]:
    """All single faults of a view, those of the same kind beside each other."""
    wanted = [
        (kind, severity)
        for kind, severities in SEVERITIES.items()
        for severity in severities[: size.levels]
        for _ in range(size.rounds * (2 if kind == "twist" else 1))  # lean and shoulders have two kinds each
    ]
    return wanted + list(_RARE[: size.rare])


def _pairs(episodes: list[Episode]) -> list[tuple[Episode, ...]]:
    """Two faults a clip, of different names: each with the one half a list further on."""
    half = (len(episodes) + 1) // 2
    return [tuple(episodes[i::half]) for i in range(half)]


def _faulty(split: str, view: str, number: int, group: tuple[Episode, ...], both: bool) -> Clip:
    """Good form, then the faults in turn, or both at once, each mended."""
    key = seed(split, view, "fault", number)
    rng = np.random.default_rng(key)
    order = [group[i] for i in rng.permutation(len(group))]
    spans, start_s = [], _GOOD_S + float(rng.uniform(0.0, 2.0))
    for kind, severity in order:
        ramp_s = float(rng.uniform(0.6, 2.5))
        spans.append(FaultSpan(kind, start_s, start_s + _FAULT_S, severity, ramp_s))
        start_s += 0.0 if both else _FAULT_S + _MENDED_S
    duration_s = spans[-1].end_s + _MENDED_S - 3.0
    called = {FAULT_KINDS[kind].fault for kind, _ in group}
    shows = "both" if both else "-".join(sorted(fault.split("_")[-1] if fault else "back" for fault in called))
    others = str(
        rng.choice(["nobody", "bystanders", "neighbour", "mirror", "poster"], p=[0.76, 0.06, 0.06, 0.06, 0.06])
    )
    return _clip(rng, f"{split}-{view}-{number:02d}-{shows}", key, view, duration_s, "fault", others, tuple(spans))


def _plain(split: str, view: str, case: str, number: int) -> Clip:
    """Good form throughout: undisturbed, or with what must not be called a fault."""
    key = seed(split, view, case, number)
    rng = np.random.default_rng(key)
    others, activities = "nobody", ()
    if case == "distraction":
        # By turns: the runner does other things, or others are about.
        others = ("nobody", "bystanders", "nobody", "neighbour", "nobody", "mirror", "nobody", "poster")[number % 8]
        activities = _activities(rng) if others == "nobody" else ()
    name = f"{split}-{view}-{number:02d}-{case}"
    return _clip(rng, name, key, view, _PLAIN_S, case, others, activities=activities)


def _activities(rng: np.random.Generator) -> tuple[Activity, ...]:
    """A run that is no steady run: gestures and stops with some running between."""
    kinds = list(rng.permutation([*GESTURES, *LEGS]))
    programme, t_s = [], _GOOD_S - 3.0
    while kinds and t_s + _SPAN_S[kinds[0]] + 4.0 < _PLAIN_S:
        kind = str(kinds.pop(0))
        ramp_s = 2.5 if kind in LEGS else 0.8
        programme.append(Activity(kind, t_s, t_s + _SPAN_S[kind], ramp_s))
        t_s += _SPAN_S[kind] + ramp_s + float(rng.uniform(3.0, 6.0))
    return tuple(programme)


def _clip(
    rng: np.random.Generator,
    name: str,
    key: int,
    view: str,
    duration_s: float,
    case: str,
    others: str,
    faults: tuple[FaultSpan, ...] = (),
    activities: tuple[Activity, ...] = (),
) -> Clip:
    """A clip with a runner, a camera, a light and a room drawn by lot."""
    runner, tags = draw.runner(rng)
    place, more = draw.viewpoint(rng, view, runner.build.height_m, WIDTH_PX / HEIGHT_PX)
    lit, light_tags = draw.light(rng)
    sensor, sensor_tags = draw.sensor(rng, WIDTH_PX, HEIGHT_PX, lit)
    room, room_tags = draw.scene(rng, others)
    every = {"case": case} | tags | more | light_tags | sensor_tags | room_tags
    return Clip(name, key, duration_s, runner, faults, activities, place, sensor, lit, room, tuple(every.items()))
