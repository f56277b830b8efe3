"""From judged clips to the numbers of one row: every function takes some runs and tells their numbers by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from device.records import FAULTS

from .cues import WITHIN_S, Episode
from .judge import Judged, Score
from .keypoints import LOOKED_AT, NEAR_SHARE
from .statistics import Number, count, mean, median, quantiles, rate, ratio, share

CHANGED = {"lean": 5.0, "twist": 8.0, "raise": 20.0}
"""True changes (degrees, degrees, mm) from which on it is told what share of them was read (chosen by us: below the
coach's limits, above what strides differ by)."""

ERRORS = ("lean_error", "lean_change_error", "twist_error", "twist_error_pct", "raise_change_error")
"""The errors that every row of the tables by tag has."""

BINS = np.linspace(0.0, 1.0, 11)
"""Borders of the score bins."""


@dataclass(frozen=True, eq=False)
class Run:
    """One clip as told in one table: through the model, or by the true key points.

    :param index: which clip, for the bootstrap.
    """

    index: int
    judged: Judged
    score: Score


Metric = Callable[[Sequence[Run]], dict[str, Number]]
"""Some runs' numbers by name."""


def modelled(clips: Sequence[Judged]) -> list[Run]:
    """The clips as the product saw them."""
    return [Run(index, clip, clip.score) for index, clip in enumerate(clips)]


def exact(clips: Sequence[Judged]) -> list[Run]:
    """The clips as seen with a perfect model, those whose truth allows it."""
    return [Run(index, clip, clip.exact) for index, clip in enumerate(clips) if clip.exact is not None]


def episodes(runs: Sequence[Run]) -> list[tuple[int, Episode]]:
    """All episodes that could be called, each with its clip."""
    return [(run.index, episode) for run in runs for episode in run.score.heard.episodes if episode.callable]


def recall(of: Sequence[tuple[int, Episode]]) -> dict[str, Number]:
    """Were these episodes called?"""
    all_, watched = [episode for _, episode in of], [episode for _, episode in of if episode.watched]
    clips = np.array([index for index, _ in of])
    late_s = np.array([np.nan if e.cue_s is None else e.cue_s for e in all_], float)
    latency_s, latency_90_s = quantiles(late_s, clips, (0.5, 0.9))
    noticed = sum(e.noticed_s is not None and e.noticed_s <= WITHIN_S for e in all_)
    return {
        "episodes": count(len(all_)),
        "recall_pct": share(sum(e.recalled for e in all_), len(all_)),
        "noticed_pct": share(noticed, len(all_)),
        "watched_pct": share(len(watched), len(all_)),
        "recall_watched_pct": share(sum(e.recalled for e in watched), len(watched)),
        "cued": count(latency_s.n),
        "latency_s": latency_s,
        "latency_90_s": latency_90_s,
    }


def praise(of: Sequence[tuple[int, Episode]]) -> dict[str, Number]:
    """Was mending praised?"""
    due = [(index, e) for index, e in of if e.praise_due]
    wait_s = np.array([np.nan if e.praise_s is None else e.praise_s for _, e in due], float)
    praise_s, praise_90_s = quantiles(wait_s, np.array([index for index, _ in due]), (0.5, 0.9))
    return {
        "praise_due": count(len(due)),
        "praised_pct": share(sum(e.praise_s is not None for _, e in due), len(due)),
        "praise_s": praise_s,
        "praise_90_s": praise_90_s,
        "praised_early": Number(sum(e.praised_early for _, e in of), len(of)),
    }


def wrong_cues(runs: Sequence[Run]) -> dict[str, Number]:
    """What was said that ought not to have been."""
    told: dict[str, Number] = {}
    for phase, verdict in (
        ("clean", "clean"),
        ("distraction", "distraction"),
        ("fault", "wrong_fault"),
        ("lean_back",) * 2,
    ):
        length_h = sum(run.score.heard.hours[phase] for run in runs)
        events = sum(run.score.heard.wrong(verdict) for run in runs)
        told |= {f"{phase}_h": count(length_h), f"{phase}_cues": Number(events, length_h)}
        told[f"{phase}_per_h"] = rate(events, length_h)
    return told


def false_by_fault(runs: Sequence[Run]) -> dict[str, Number]:
    """False cues in good running alone, for each fault in the time it was watched in."""
    told: dict[str, Number] = {}
    for fault in FAULTS:
        length_h = sum(run.score.heard.watched_hours[fault] for run in runs)
        events = sum(c.verdict == "clean" and c.fault == fault for run in runs for c in run.score.heard.said)
        told |= {f"{fault}_h": count(length_h), f"{fault}_cues": Number(events, length_h)}
        told[f"{fault}_per_h"] = rate(events, length_h)
    return told


def lean(runs: Sequence[Run]) -> dict[str, Number]:
    """Forward lean, degrees."""
    return _measure(runs, "lean")


def twist(runs: Sequence[Run]) -> dict[str, Number]:
    """Range of the thorax' yaw in a stride, degrees and per cent."""
    read, true, clips = columns(runs, "twist_read", "twist_true")
    return _measure(runs, "twist") | {"twist_error_pct": mean(100 * np.abs(read - true) / np.maximum(true, 1.0), clips)}


def shoulders(runs: Sequence[Run]) -> dict[str, Number]:
    """The shoulders' change from the baseline, mm."""
    return _change(runs, "raise")


def cadence(runs: Sequence[Run]) -> dict[str, Number]:
    """Steps a minute."""
    return _direct(runs, "cadence")


def points(runs: Sequence[Run], which: int | None, state: str) -> dict[str, Number]:
    """Errors of one key point.

    :param which: its index in COCO order; None for all that the model looks at.
    :param state: of those that were "visible", or "hidden" within the picture.
    """
    error_px, share_pct, score, swapped, clips = _points(runs, which, state)
    px = quantiles(error_px, clips, (0.5, 0.9))
    pct = quantiles(share_pct, clips, (0.5, 0.9))
    return {
        "points": count(error_px.size),
        "used_pct": mean(100.0 * (score >= 0.2), clips),
        "median_px": px[0],
        "mean_px": mean(error_px, clips),
        "p90_px": px[1],
        "median_pct": pct[0],
        "mean_pct": mean(share_pct, clips),
        "p90_pct": pct[1],
        "swapped_pct": mean(100.0 * swapped, clips),
    }


def lost(runs: Sequence[Run]) -> Number:
    """Per cent of the frames in which something else than the runner was followed."""
    own = [(run.index, run.judged.points.lost) for run in runs if run.judged.points is not None]
    clips = np.concatenate([np.full(len(values), index) for index, values in own] or [np.empty(0)])
    return mean(100 * np.concatenate([values for _, values in own] or [np.empty(0)]), clips)


def calibration(runs: Sequence[Run]) -> list[dict[str, Number]]:
    """For each score bin, then for all: how often a point with such a score is right.

    All points that the model looks at, hidden ones and those beyond the picture's edge as well.  The last row's gap is
    the expected calibration error: the bins' gaps, weighed by their points.
    """
    _, share_pct, score, _, clips = _points(runs, None, None)
    right = 100.0 * (share_pct <= 100 * NEAR_SHARE)
    which = np.clip(np.digitize(score, BINS) - 1, 0, len(BINS) - 2)
    rows, gaps = [], 0.0
    for index in range(len(BINS) - 1):
        inside = which == index
        row = _calibrated(score[inside], right[inside], clips[inside])
        rows.append(row)
        gaps += abs(row["gap_pct"].value or 0.0) * inside.sum()
    total = _calibrated(score, right, clips)
    total["gap_pct"] = Number(gaps / score.size if score.size else None, score.size)
    return [*rows, total]


def by_row(runs: Sequence[Run]) -> dict[str, Number]:
    """The few numbers that every row of the tables by tag has."""
    called, wrong = recall(episodes(runs)), wrong_cues(runs)
    chosen = lean(runs) | twist(runs) | shoulders(runs)
    _, share_pct, _, _, clips = _points(runs, None, "visible")
    return {
        "clips": count(len(runs)),
        **{name: called[name] for name in ("episodes", "recall_pct", "watched_pct", "recall_watched_pct")},
        **{name: wrong[name] for name in ("clean_h", "clean_per_h", "distraction_h", "distraction_per_h")},
        **{name: chosen[name] for name in ERRORS},
        "point_pct": median(share_pct, clips),
        "lost_pct": lost(runs),
    }


def _calibrated(score: np.ndarray, right: np.ndarray, clips: np.ndarray) -> dict[str, Number]:
    said, found = mean(100 * score, clips), mean(right, clips)
    gap = None if said.value is None or found.value is None else found.value - said.value
    return {"points": count(score.size), "score_pct": said, "right_pct": found, "gap_pct": Number(gap, score.size)}


def columns(runs: Sequence[Run], *names: str) -> list[np.ndarray]:
    """Readings of all runs by name, and last the clip of each."""
    columns = [np.concatenate([getattr(run.score.read, name) for run in runs] or [np.empty(0)]) for name in names]
    clips = np.concatenate([np.full(len(run.score.read), run.index) for run in runs] or [np.empty(0)])
    return [*columns, clips]


def _direct(runs: Sequence[Run], name: str) -> dict[str, Number]:
    """How often a measure was read, and how far off."""
    read, true, clips = columns(runs, f"{name}_read", f"{name}_true")
    known = np.isfinite(true)
    return {
        f"{name}_seconds": count(int(known.sum())),
        f"{name}_read_pct": mean(np.where(known, 100.0 * np.isfinite(read), np.nan), clips),
        f"{name}_bias": mean(read - true, clips),
        f"{name}_error": mean(np.abs(read - true), clips),
    }


def _change(runs: Sequence[Run], name: str) -> dict[str, Number]:
    """How far off the change from the baseline was, and what share of a large one was read."""
    read, true, clips = columns(runs, f"{name}_change_read", f"{name}_change_true")
    large = np.where(np.abs(true) >= CHANGED[name], true, np.nan)
    # The slope through the origin: a change counts by its size.
    seen = ratio(100 * read * large, large * large, clips)
    return {
        f"{name}_change_seconds": count(int(np.isfinite(read - true).sum())),
        f"{name}_change_bias": mean(read - true, clips),
        f"{name}_change_error": mean(np.abs(read - true), clips),
        f"{name}_large_seconds": count(seen.n),
        f"{name}_shown_pct": seen,
    }


def _measure(runs: Sequence[Run], name: str) -> dict[str, Number]:
    return _direct(runs, name) | _change(runs, name)


def _points(runs: Sequence[Run], which: int | None, state: str | None) -> tuple[np.ndarray, ...]:
    """Error in px and in per cent of the trunk, score, swapped, clip.

    :param which: of one key point; None for all that the model looks at.
    :param state: of those in this state; None for all.
    """
    some = np.flatnonzero(LOOKED_AT) if which is None else [which]
    parts = []
    for run in runs:
        own = run.judged.points
        if own is None:
            continue
        columns = [own.error_px, 100 * own.error, own.score, own.swapped]
        chosen = np.ones(own.score.shape, bool) if state is None else getattr(own, state)
        part = [column[:, some][chosen[:, some]] for column in columns]
        parts.append([*part, np.full(part[0].size, run.index)])
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True)) if parts else (np.empty(0),) * 5
