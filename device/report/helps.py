"""The report's part about what helps: advice, exercises, pain and shoes, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from device.advice import told
from device.advice.book import Book, numbered
from device.advice.choose import Plan, Topic
from device.advice.shoes import Pair
from device.report import words
from device.report.material import Material
from device.settings import PainSettings

MOST_ENTRIES = 5
"""So many entries of the diary are listed (chosen by us)."""


def warning(m: Material, book: Book, rule: PainSettings) -> str:
    """The advice to see somebody, where pain lasts; "" else."""
    if m.lasting is None:
        return ""
    page = book.sections["doctor"]
    lines = (told.see_somebody(book, m.lasting, rule), page.texts["bring"])
    return (
        f'<div class="warn" role="note" lang="{escape(book.language)}"><h3>{escape(book.label("doctor"))}</h3>'
        f"<p>{' '.join(escape(line) for line in lines)}</p>{_flags(book)}</div>"
    )


def advice(book: Book, plan: Plan) -> str:
    """Why, how to correct it, and exercises."""
    numbers = {name: number for number, name in enumerate(told.sources_of(book, plan), 1)}
    parts = [f'<section class="advice" lang="{escape(book.language)}"><h2>{escape(book.label("advice"))}</h2>']
    parts.append('<div class="columns">')
    parts += [_topic(book, topic, numbers) for topic in plan.topics]
    parts.append("</div>")
    if plan.exercises:
        training = book.sections["training"]
        first = [told.care(book, plan)] if plan.care else []
        lines = [*first, training.texts["start"], training.texts["stop"]]
        parts.append(f"<h3>{escape(book.label('exercises'))}</h3>")
        parts.append(f'<p class="small">{" ".join(escape(line) for line in lines)}</p><div class="two">')
        parts += [_exercise(book, name, numbers) for name in plan.exercises]
        parts.append("</div>")
    parts.append(_sources(book, numbers))
    return "".join(parts) + "</section>"


def pain(m: Material) -> str:
    """The diary, the newest entries first; "" where it is empty."""
    if not m.entries:
        return ""
    rows = "".join(
        f"<tr><td>{when.day} {when:%b %Y}</td><td>{entry.level}</td>"
        f'<td class="text">{escape(entry.place) or "–"}</td><td class="text">{escape(entry.note) or "–"}</td></tr>'
        for entry in m.entries[:MOST_ENTRIES]
        for when in [entry.t_utc.astimezone()]
    )
    shown = "the newest entries" if len(m.entries) > MOST_ENTRIES else "all entries"
    against = "".join(f"<p>{escape(line)} It proves nothing.</p>" for line in words.compared(m))
    return (
        f'<div><h3>Pain diary</h3>{against}<table><caption class="soft">{shown}, of 10</caption><thead><tr>'
        '<th scope="col">day</th><th scope="col">pain</th><th scope="col" class="text">where</th>'
        f'<th scope="col" class="text">note</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def shoes(book: Book, due: Sequence[Pair]) -> str:
    """The pairs of shoes to look at; "" for none."""
    page = book.sections["shoes"]
    return "".join(
        f'<div class="card small" lang="{escape(book.language)}"><h3>{escape(book.label("shoes"))}</h3>'
        f"<p>{escape(page.text('due', name=pair.name, km=round(pair.km), limit=f'{pair.limit_km:g}'))}</p>"
        f'<div class="more">{_list(page.lists["check"])}<p>{escape(page.texts["verdict"])}</p></div></div>'
        for pair in due
    )


def _topic(book: Book, topic: Topic, numbers: Mapping[str, int]) -> str:
    page = book.topics[topic.name]
    return (
        f'<div class="topic"><h3>{escape(page.texts["name"])}</h3><p>{escape(told.found(book, topic))} '
        f'<span class="why">{escape(page.texts["why"])}</span></p>{_list(page.lists["correct"])}'
        f"<details><summary>{escape(book.label('numbers'))}</summary>"
        f'<p class="small">{escape(numbered(page.texts["numbers"], numbers))}</p></details></div>'
    )


def _exercise(book: Book, name: str, numbers: Mapping[str, int]) -> str:
    page = book.exercises[name]
    marks = "".join(f" ({numbers[source]})" for source in page.lists["sources"] if source in numbers)
    steps = "".join(f"<li>{escape(step)}</li>" for step in page.lists["how_to"])
    much, forms, not_when = (
        " ".join(f"<b>{escape(book.label(kind))}:</b> {escape(page.texts[kind].rstrip('.'))}." for kind in kinds)
        for kinds in (("sets", "frequency"), ("easier", "harder"), ("not_when",))
    )
    return (
        f'<div class="card small"><h3>{escape(page.texts["name"])}</h3>'
        f"<p>{escape(page.texts['purpose'])}{marks}</p><ol>{steps}</ol><p>{much}</p>"
        f'<p class="more">{forms}</p><p>{not_when}</p></div>'
    )


def _flags(book: Book) -> str:
    page = book.sections["red_flags"]
    parts = [f"<p>{escape(page.texts['intro'])}</p>"]
    for kind in ("now", "soon"):
        parts.append(f"<p>{escape(page.texts[f'{kind}_heading'])}</p>{_list(page.lists[kind])}")
    parts.append(f"<p>{escape(page.texts['upper_back'])}</p>")
    return f"<details><summary>{escape(book.label('red_flags'))}</summary>{''.join(parts)}</details>"


def _sources(book: Book, numbers: Mapping[str, int]) -> str:
    if not numbers:
        return ""
    rows = []
    for name in numbers:
        page = book.sources[name]
        link = page.texts["link"]
        shown = f' <a href="{escape(link)}" rel="noreferrer">{escape(link)}</a>' if link else ""
        rows.append(f"<li>{escape(page.texts['text'])}{shown}</li>")
    return (
        f'<details><summary>{escape(book.label("sources"))}</summary><ol class="small">{"".join(rows)}</ol></details>'
    )


def _list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
