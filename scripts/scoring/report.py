"""The scorecard itself: all tables, in Markdown and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from device.records import FAULTS, KEYPOINTS

from . import metrics, targets
from .cues import Episode
from .judge import Judged
from .keypoints import LOOKED_AT
from .metrics import BINS, Run
from .posture import shown
from .statistics import Number
from .tables import Column, Table, plain
from .truth import VIEWS
from .worst import bad

LEAST = {
    "recall_pct": 8,
    "recall_watched_pct": 8,
    "clean_per_h": 0.1,
    "distraction_per_h": 0.1,
    "lean_change_error": 120,
    "twist_error_pct": 120,
    "raise_change_error": 120,
    "point_pct": 2000,
    "lost_pct": 200,
}
"""A row of the tables by tag counts as a weakness of such a number only with so many episodes, hours, seconds, points
or frames (chosen by us: fewer are chance)."""

WRONG = (
    Column("clean_h", "clean h", 2),
    Column("clean_per_h", "false cues / clean h"),
    Column("distraction_h", "distraction h", 2),
    Column("distraction_per_h", "false cues / distraction h"),
    Column("lean_error", "lean error °", own_n=True),
    Column("lean_change_error", "lean change error °", own_n=True),
    Column("twist_error", "twist error °", own_n=True),
    Column("twist_error_pct", "twist error %", own_n=True),
    Column("raise_change_error", "shoulder error mm", own_n=True),
)
"""False cues and errors, as several tables tell them."""

HEADS = (
    Column("episodes", "episodes", 0),
    Column("recall_pct", "called %", 0),
    Column("watched_pct", "watched %", 0),
    Column("recall_watched_pct", "called of watched %", 0, own_n=True),
    Column("latency_s", "onset to cue, median s", own_n=True),
    *WRONG,
)
"""The numbers of the table that follows the targets."""

RECALL = (
    Column("episodes", "episodes", 0),
    Column("recall_pct", "called %", 0),
    Column("noticed_pct", "noticed %", 0),
    Column("watched_pct", "watched %", 0),
    Column("recall_watched_pct", "called of watched %", 0, own_n=True),
    Column("cued", "cued", 0),
    Column("latency_s", "onset to cue, median s"),
    Column("latency_90_s", "90th percentile s"),
)

FALSE = tuple(
    column
    for phase, title in (
        ("clean", "clean"),
        ("distraction", "distraction"),
        ("fault", "fault"),
        ("lean_back", "leaning back"),
    )
    for column in (
        Column(f"{phase}_h", f"{title} h", 2),
        Column(f"{phase}_cues", "wrong-fault cues" if phase == "fault" else "false cues", 0),
        Column(f"{phase}_per_h", "per h"),
    )
)

PRAISE = (
    Column("praise_due", "due", 0),
    Column("praised_pct", "praised %", 0),
    Column("praise_s", "mending to praise, median s"),
    Column("praise_90_s", "90th percentile s"),
    Column("praised_early", "praised too soon", 0),
)

POINTS = (
    Column("points", "points", 0),
    Column("used_pct", "score ≥ 0.2 %", 0),
    Column("median_px", "median px"),
    Column("mean_px", "mean px"),
    Column("p90_px", "90th percentile px"),
    Column("median_pct", "median % of trunk"),
    Column("mean_pct", "mean % of trunk"),
    Column("p90_pct", "90th percentile % of trunk"),
    Column("swapped_pct", "left for right %"),
)

BY_TAG = (
    Column("clips", "clips", 0),
    Column("episodes", "episodes", 0),
    Column("recall_pct", "called %", 0),
    Column("watched_pct", "watched %", 0),
    Column("recall_watched_pct", "called of watched %", 0, own_n=True),
    *WRONG,
    Column("point_pct", "key point error, median % of trunk", own_n=True),
    Column("lost_pct", "runner lost %", own_n=True),
)


@dataclass
class Report:
    """All that is told of some clips.

    :param made_from: what was judged by what, by name.
    :param worst: (caption, picture's file name) of the worst clips.
    """

    made_from: dict[str, Any]
    clips: Sequence[Judged]
    tables: list[Table] = field(default_factory=list)
    worst: list[tuple[str, str]] = field(default_factory=list)

    def table(self, key: str) -> Table:
        """A table by its name."""
        return next(table for table in self.tables if table.key == key)

    def record(self) -> dict[str, Any]:
        """Everything as plain values, down to each episode and cue."""
        episodes, cues = [], []
        for clip in self.clips:
            name = {"clip": clip.truth.clip, "view": clip.truth.view}
            for e in clip.score.heard.episodes:
                episodes.append({**name, **asdict(e), **shown(clip.score.read, e.fault, e.start_s, e.end_s)})
            cues += [{**name, **asdict(cue)} for cue in clip.score.heard.said]
        return {
            "made_from": self.made_from,
            "tables": {table.key: table.record() for table in self.tables},
            "clips": [_clip(run) for run in metrics.modelled(self.clips)],
            "episodes": episodes,
            "cues": cues,
            "worst": [{"caption": caption, "picture": name} for caption, name in self.worst],
        }


def _clip(run: Run) -> dict[str, Any]:
    """One clip's own numbers."""
    numbers = {name: plain(number)["value"] for name, number in metrics.by_row([run]).items()}
    known = run.judged.truth
    return {
        "clip": known.clip,
        "view": known.view,
        "tags": known.tags,
        **numbers,
        "badness": round(bad(run.judged).badness, 2),
    }


def report(clips: Sequence[Judged], made_from: dict[str, Any]) -> Report:
    """Make every table."""
    runs = metrics.modelled(clips)
    tagged = list(_by_tag(runs))
    tables = [
        targets.table(dict(views(runs))),
        _by_view("heads", "At a glance", runs, HEADS, heads),
        _weakest(heads(runs) | metrics.by_row(runs), tagged),
        _engine(clips),
        _by_view("cues", "Cues", runs, RECALL, lambda some: metrics.recall(metrics.episodes(some))),
        _kinds(runs),
        _by_view("false_cues", "Cues that ought not to be", runs, FALSE, metrics.wrong_cues),
        _by_view("false_by_fault", "False cues by fault", runs, _per_fault(), metrics.false_by_fault),
        _by_view("praise", "Praise", runs, PRAISE, lambda some: metrics.praise(metrics.episodes(some))),
        _by_view("lean", "Lean", runs, _measure("lean", "°"), metrics.lean),
        _by_view("twist", "Twist", runs, _measure("twist", "°", Column("twist_error_pct", "error %")), metrics.twist),
        _by_view("shoulders", "Shoulders", runs, _change("raise", "mm"), metrics.shoulders),
        _by_view("cadence", "Cadence", runs, _direct("cadence", "spm"), metrics.cadence),
        *_points(runs),
        _calibration(runs),
        *tagged,
    ]
    return Report(made_from, clips, tables)


def heads(runs: Sequence[Run]) -> dict[str, Number]:
    """The numbers at a glance."""
    return (
        metrics.recall(metrics.episodes(runs))
        | metrics.wrong_cues(runs)
        | metrics.lean(runs)
        | metrics.twist(runs)
        | metrics.shoulders(runs)
    )


def views(runs: Sequence[Run]) -> Iterator[tuple[str, list[Run]]]:
    """All runs, then those of each view."""
    yield "overall", list(runs)
    for view in VIEWS:
        yield view, [run for run in runs if run.judged.truth.view == view]


def _by_view(key: str, title: str, runs: Sequence[Run], columns: Sequence[Column], numbers: metrics.Metric) -> Table:
    table = Table(key, title, "view", columns)
    for view, some in views(runs):
        table.add(view, numbers(some))
    return table


def _kinds(runs: Sequence[Run]) -> Table:
    """Recall by fault, kind and severity, each by view, and by whether it was alone."""
    table = Table("kinds", "Cues by fault and severity", "fault, severity, view", RECALL)
    of = [(run.judged.truth.view, index, e) for run in runs for index, e in metrics.episodes([run])]
    names = {e.name: (FAULTS.index(e.fault), e.kind, e.severity) for *_, e in of}
    for name in [*FAULTS, *sorted(names, key=lambda name: names[name]), *_COMPANY]:
        for view in ("overall", *VIEWS):
            some = [(index, e) for seen, index, e in of if name in _groups(e) and view in ("overall", seen)]
            if some or view == "overall":
                table.add(_words(name) if view == "overall" else f"{_words(name)}, {view}", metrics.recall(some))
    return table


_COMPANY = ("alone", "with another fault")


def _groups(episode: Episode) -> tuple[str, ...]:
    """The rows that an episode counts in."""
    return episode.fault, episode.name, _COMPANY[not episode.alone]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _engine(clips: Sequence[Judged]) -> Table:
    """The numbers at a glance once more for the true key points, beside the same clips through the model."""
    table = Table("engine", "The engine on true key points", "view, key points", HEADS)
    table.note = (
        "The same engine with a perfect model: every true key point within the picture but knees and ankles, which "
        "the product's model is not shown, in every clip whose truth is fine enough in time. What is lost there the "
        "engine loses alone; the difference is the model's."
    )
    chosen = [run for run in metrics.modelled(clips) if run.judged.exact is not None]
    for (view, through_model), (_, true) in zip(views(chosen), views(metrics.exact(clips)), strict=True):
        table.add(f"{view}, model", heads(through_model))
        table.add(f"{view}, true", heads(true))
    return table


def _points(runs: Sequence[Run]) -> Iterator[Table]:
    for state in ("visible", "hidden"):
        for view, some in views(runs):
            table = Table(f"points_{state}_{view}", f"Key points, {state}, {view}", "key point", POINTS)
            table.add("all but the legs", metrics.points(some, None, state))
            for index, name in enumerate(KEYPOINTS):
                numbers = metrics.points(some, index, state)
                if numbers["points"].n:
                    table.add(_words(name) if LOOKED_AT[index] else f"{_words(name)} (not looked at)", numbers)
            yield table


def _calibration(runs: Sequence[Run]) -> Table:
    columns = [
        column
        for view in ("overall", *VIEWS)
        for column in (
            Column(f"{view}_points", f"{view}: points", 0),
            Column(f"{view}_score_pct", "mean score %", 0),
            Column(f"{view}_right_pct", "right %", 0),
            Column(f"{view}_gap_pct", "gap %"),
        )
    ]
    table = Table("calibration", "What the scores are worth", "score", columns)
    told = [(view, metrics.calibration(some)) for view, some in views(runs)]
    names = [f"{low:.1f} – {high:.1f}" for low, high in pairwise(BINS)]
    for index, name in enumerate([*names, "all (gap: expected calibration error)"]):
        table.add(name, {f"{view}_{key}": number for view, rows in told for key, number in rows[index].items()})
    return table


def _by_tag(runs: Sequence[Run]) -> Iterator[Table]:
    for tag in sorted({tag for run in runs for tag in run.judged.truth.tags}):
        table = Table(f"tag_{tag}", f"By {tag}", tag, BY_TAG)
        for row in sorted({run.judged.truth.tags[tag] for run in runs if tag in run.judged.truth.tags}):
            table.add(row, metrics.by_row([run for run in runs if run.judged.truth.tags.get(tag) == row]))
        yield table


def _weakest(overall: dict[str, Number], tagged: Sequence[Table]) -> Table:
    """For each number the tag's row in which it is worst, of those with enough to go by."""
    columns = (Column("there", "there"), Column("n", "n", 2), Column("overall", "overall"))
    table = Table("weakest", "Where it is weakest", "number: where", columns)
    titles = {column.key: column.title for column in BY_TAG}
    for key, least in LEAST.items():
        low_is_bad = key.startswith("recall")
        rows = [
            (number.value, f"{tag.label} {name}", number)
            for tag in tagged
            if len(tag.rows) > 1
            for name, numbers in tag.rows
            if (number := numbers[key]).value is not None and number.n >= least
        ]
        if rows:
            _, where, number = min(rows, key=lambda row: row[0]) if low_is_bad else max(rows, key=lambda row: row[0])
            if number.value != overall[key].value:
                numbers = {"there": number, "n": Number(number.n, number.n), "overall": overall[key]}
                table.add(f"{titles[key]}: {where}", numbers)
    return table


def _per_fault() -> list[Column]:
    return [
        column
        for fault in FAULTS
        for column in (
            Column(f"{fault}_h", f"{_words(fault)}: watched h", 2),
            Column(f"{fault}_cues", "false cues", 0),
            Column(f"{fault}_per_h", "per h"),
        )
    ]


def _direct(name: str, unit: str) -> list[Column]:
    return [
        Column(f"{name}_seconds", "seconds", 0),
        Column(f"{name}_read_pct", "read %", 0),
        Column(f"{name}_bias", f"bias {unit}"),
        Column(f"{name}_error", f"error {unit}"),
    ]


def _change(name: str, unit: str) -> list[Column]:
    return [
        Column(f"{name}_change_seconds", "seconds with a baseline", 0),
        Column(f"{name}_change_bias", f"bias of the change {unit}"),
        Column(f"{name}_change_error", f"error of the change {unit}"),
        Column(f"{name}_large_seconds", f"seconds with ≥ {metrics.CHANGED[name]:g} {unit} of change", 0),
        Column(f"{name}_shown_pct", "of it read %", 0),
    ]


def _measure(name: str, unit: str, *more: Column) -> list[Column]:
    return [*_direct(name, unit), *more, *_change(name, unit)]


def summary(told: Report) -> str:
    """The first two tables for a terminal: numbers down, views across; targets in brackets."""
    table = told.table("heads")
    names = [name for name, _ in table.rows]
    lines = [f"{'':<32}" + "".join(f"{name:>30}" for name in names)]
    for column in table.columns:
        cells = [column.shown(numbers[column.key]) for _, numbers in table.rows]
        lines.append(f"{column.title:<32}" + "".join(f"{cell:>30}" for cell in cells))
    return targets.terminal(told.table("targets")) + "\n" + "\n".join(lines) + "\n"
