"""The report as one HTML file: nothing is loaded from elsewhere, nothing runs in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from device import wording
from device.advice.book import Book
from device.advice.shoes import Pair
from device.records import FAULTS
from device.report import accuracy, figures, helps, plots, skeletons, svg, tables, words
from device.report.figures import FaultTold, Measure
from device.report.material import Material
from device.report.poses import Shown, Skeleton
from device.report.tables import text_of
from device.settings import PainSettings

STYLE = Path(__file__).with_name("page.css")

_SAFE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""No network, no script, whatever a name in the page may hold."""


FEW_TOPICS = 3
"""With more than so many, or a warning, two pages of paper hold what to do, and leave out why."""


@dataclass(frozen=True)
class Page:
    """What a page is made of besides the run itself.

    :param shown: the strides to show; None where there is nothing to show, and ``unshown`` says why.
    :param due: pairs of shoes to look at.
    """

    book: Book
    rule: PainSettings
    shown: Shown | None = None
    unshown: str = ""
    due: Sequence[Pair] = field(default_factory=list)


def html(m: Material, page: Page) -> str:
    """The whole file."""
    measures, faults = figures.measures(m), figures.faults(m)
    known = accuracy.of_view(m.run["view"])
    with svg.style():
        parts = [
            _head(m, measures, faults, page),
            _faults(m, measures, faults),
            _strides(measures, page),
            _course(m, measures),
            tables.numbers(m, measures, known),
            tables.said(m),
            helps.advice(page.book, m.plan),
            _trust(m, known),
        ]
    runner = f" · {m.run['runner']}" if m.run["runner"] else ""
    crowded = ' class="crowded"' if len(m.plan.topics) > FEW_TOPICS or m.lasting or page.due else ""
    body = "".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_SAFE}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{text_of(words.title(m))}{text_of(runner)} – Form Coach</title>"
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>\n<body{crowded}><main>{body}"
        f"{_foot(m, page)}</main></body></html>\n"
    )


def _head(m: Material, measures: Mapping[str, Measure], faults: Mapping[str, FaultTold], page: Page) -> str:
    run = m.run
    tiles = [("", words.duration(run["running_s"]), "of running")]
    tiles.append(("", words.number(run["cadence_spm"]).split(".")[0], "steps a minute"))
    for fault in FAULTS:
        tiles.append((fault, words.percent(faults[fault].share), wording.NAMES[fault]))
    cues, mended = (sum(getattr(one, name) for one in faults.values()) for name in ("cues", "mended"))
    tiles.append(("", f"{mended} of {cues}" if cues else "0", "cues mended" if cues else "cues"))
    shown = "".join(
        f'<div class="tile {name}"><b>{text_of(big)}</b><span>{text_of(small)}</span></div>'
        for name, big, small in tiles
    )
    runner = f" <small>{text_of(run['runner'])}</small>" if run["runner"] else ""
    short = " ".join(text_of(line) for line in words.in_short(m, measures, faults))
    return (
        f"<header><h1>{text_of(words.title(m))}{runner}</h1></header>"
        f'<section aria-label="In short"><div class="tiles">{shown}</div><p>{short}</p>'
        f"{helps.warning(m, page.book, page.rule)}</section>"
    )


def _faults(m: Material, measures: Mapping[str, Measure], faults: Mapping[str, FaultTold]) -> str:
    judged = [fault for fault in FAULTS if faults[fault].share is not None and len(m.strides)]
    parts = ["<section><h2>Each fault over the run</h2>"]
    if judged:
        parts.append(_KEY)
    for fault in FAULTS:
        own = [one for one in measures.values() if one.fault == fault and one.whole is not None]
        name, line = wording.NAMES[fault].capitalize(), words.fault_line(faults[fault], m)
        if fault in judged and len(own) > 1:
            line += " Solid: raised; dotted: forward."
        parts.append(f'<div class="fault"><h3>{text_of(name)}</h3> <p>{text_of(line)}</p>')
        if fault in judged and own:
            drawn = plots.timeline(m, fault, own, fault == judged[-1])
            told = " ".join(_described(one) for one in own)
            text = svg.inline(drawn, f"time-{fault.split('_')[-1]}", f"{name} over the run", f"{told} {line}")
            parts.append(f'<div class="wide">{text}</div>')
        parts.append("</div>")
    return "".join(parts) + "</section>"


def _described(one: Measure) -> str:
    assert one.whole is not None
    limit = "" if one.limit is None else f", limit {one.limit:.1f}"
    return f"{words.MEASURES[one.name]}: middle {one.whole.median:.1f}{one.unit}{limit}."


def _strides(measures: Mapping[str, Measure], page: Page) -> str:
    parts = ["<section><h2>How you ran: middle of the stride</h2>"]
    shown = page.shown
    if shown is None:
        return "".join(parts) + f'<p class="soft">{text_of(page.unshown)}</p></section>'
    drawn: list[tuple[str, str, Skeleton, Skeleton | None]] = []
    if shown.good is not None:
        said = "as it was learned" if shown.learned else "the stride most like it"
        drawn.append(("good", f"Your good form, {said}", shown.good, None))
    drawn.append(("typical", "Typical stride", shown.typical, shown.good))
    drawn.append(("worst", f"Worst for {wording.NAMES[shown.worst_fault]}", shown.worst, shown.good))
    box = skeletons.box_of([one for _, _, one, _ in drawn])
    parts.append('<div class="three">')
    for name, title, one, good in drawn:
        told = ", ".join(_value(key, one, measures) for key in one.values)
        told_plainly = ", ".join(
            f"{words.MEASURES[key].lower()} {value:.1f}{measures[key].unit}" for key, value in one.values.items()
        )
        text = svg.inline(
            skeletons.draw(one, good, box),
            f"pose-{name}",
            title,
            f"Upper body at {wording.clock(one.t_s)}: {told_plainly}.",
        )
        parts.append(
            f"<figure>{text}<figcaption><b>{text_of(title)}</b>, {wording.clock(one.t_s)}<br>{told}</figcaption>"
            "</figure>"
        )
    parts.append(
        '</div><p class="small soft">From the hips up, as the camera saw you; <span class="left">left</span> and '
        '<span class="right">right</span> arm at both ends of the swing. Green and dashed: your good form. '
        "Underlined: beyond its limit.</p>"
    )
    return "".join(parts) + "</section>"


def _value(name: str, one: Skeleton, measures: Mapping[str, Measure]) -> str:
    unit = measures[name].unit.split(" of ")[0]
    text = f"{name} {words.number(one.values[name])}{unit}"
    return f'<span class="beyond">{text_of(text)}</span>' if name in one.out else text_of(text)


def _course(m: Material, measures: Mapping[str, Measure]) -> str:
    """How the run went, and those before, in small drawings."""
    parts = ['<section><h2>From fresh to tired, and from run to run</h2><div class="two">']
    compared = [one for one in measures.values() if one.fresh is not None]
    told = words.tiring(measures)
    if compared:
        text = svg.inline(plots.drift(compared), "drift", "Fresh against tired", _thirds(compared))
        parts.append(
            _figure(
                "Fresh and tired", text, f"{told} Bars: middle half of the strides of the first and the last third."
            )
        )
    else:
        parts.append(
            _figure("Fresh and tired", "", "Too few strides were judged to compare the beginning with the end.")
        )
    turned = figures.turned(m.strides)
    said = words.turning(turned, *figures.thirds(m.strides))
    text = ""
    if np.isfinite(turned).any():
        text = svg.inline(plots.turning(m), "turning", "How far the chest turned to the left and to the right", said)
    parts.append(_figure("Twist, left and right", text, said))
    steps = m.strides["cadence_spm"]
    if np.isfinite(steps).any():
        low, middle, high = np.nanquantile(steps, (0.1, 0.5, 0.9))
        said = f"Middle {middle:.0f}, most strides {low:.0f} to {high:.0f} a minute."
        text = svg.inline(plots.cadence(m), "cadence", "Steps a minute over the run", said)
        parts.append(_figure("Cadence", text, said))
    else:
        parts.append(_figure("Cadence", "", "No steps are on record."))
    running_s = m.run["running_s"] or 1.0
    seen: dict[str, float | None] = {"seen": m.run["seen_share"]}
    for fault in FAULTS:
        watched_s = (m.tallies.get(fault) or {}).get("watched_s")
        seen[fault] = None if watched_s is None else min(watched_s / running_s, 1.0)
    said = " ".join(words.seeing(m))
    shares = ", ".join(f"{wording.NAMES.get(name, 'seen')} {words.percent(share)}" for name, share in seen.items())
    text = svg.inline(plots.seeing(seen), "seeing", "How much of the time the coach could see and judge", shares)
    parts.append(_figure("How well the coach could see", text, said))
    said = words.trend(m)
    text = ""
    if len(m.trend) > 1:
        text = svg.inline(
            plots.trends(m), "trends", "Time with each fault in the last runs, and pain noted after them", said
        )
    parts.append(_figure("The last runs", text, said))
    return "".join(parts) + f"{helps.pain(m)}</div></section>"


def _thirds(compared: Sequence[Measure]) -> str:
    return " ".join(
        f"{words.MEASURES[one.name]}: {one.fresh.median:.1f} fresh, {one.tired.median:.1f}{one.unit} tired."
        for one in compared
        if one.fresh and one.tired
    )


def _figure(title: str, drawing: str, said: str) -> str:
    return f"<figure><h3>{text_of(title)}</h3>{drawing}<figcaption>{text_of(said)}</figcaption></figure>"


def _trust(m: Material, known: accuracy.Accuracy) -> str:
    lines = " ".join(text_of(line) for line in words.trust(known, m.run))
    return f'<section><h2>How far to trust it</h2><p class="small">{lines}</p></section>'


def _foot(m: Material, page: Page) -> str:
    run = m.run
    made = [
        f"Run {run['id']}",
        f"Form Coach {run['software']}",
        f"pose model {run['model'] or '–'} {run['model_sha256'][:12]}",
        f"settings {run['settings_sha256'][:12]}",
    ]
    shoes = helps.shoes(page.book, page.due)
    coach = page.book.sections["coach"].texts["no_device"]
    return (
        f'<footer>{shoes}<p lang="{text_of(page.book.language)}"><b>{text_of(coach)}</b></p>'
        f'<p class="small soft">{text_of(" · ".join(made))}</p></footer>'
    )


_KEY = (
    '<ul class="key small soft" aria-hidden="true">'
    '<li><svg viewBox="0 0 22 12"><path d="M0 6H22" stroke="var(--lean)" stroke-width="2"/>'
    '<path d="M0 2H22V10H0Z" fill="var(--lean)" opacity=".2"/></svg>middle and 80 % of strides</li>'
    '<li><svg viewBox="0 0 22 12"><path d="M0 6H22" stroke="var(--ink)" stroke-dasharray="5 3"/></svg>limit</li>'
    '<li><svg viewBox="0 0 22 12"><path d="M0 0H22V12H0Z" fill="var(--out)" opacity=".16"/></svg>'
    "the fault was there, not just in single strides</li>"
    '<li><svg viewBox="0 0 22 12"><path d="M7 2H15L11 10Z" fill="var(--ink)"/></svg>cue</li>'
    '<li><svg viewBox="0 0 22 12"><path d="M0 6H14" stroke="var(--good)"/>'
    '<circle cx="17" cy="6" r="3" fill="none" stroke="var(--good)" stroke-width="1.5"/></svg>mended</li></ul>'
)
