"""Advice in words, for a terminal; the report takes the same pieces into its page."""

from __future__ import annotations

from collections.abc import Sequence

from device.advice.book import Book, Page, cited, numbered
from device.advice.choose import Plan, Topic
from device.advice.diary import Lasting
from device.advice.shoes import Pair
from device.columns import wrap
from device.settings import PainSettings
from device.wording import LABELS


def found(book: Book, topic: Topic) -> str:
    """What a run showed, as one sentence."""
    page = book.topics[topic.name]
    faded = ", ".join(
        f"{book.topics[fault].texts['name']} +{grown:.1f}{LABELS[fault, ''][1].split(' of ')[0]}"
        for fault, grown in topic.faded
    )
    return page.text(
        "found",
        share=max(round(100 * topic.share), 1),
        what=faded,
        side=page.texts.get(topic.side, ""),
        cadence=round(topic.cadence_spm),
    )


def care(book: Book, plan: Plan) -> str:
    """What to mind with the exercises because of pain; "" for nothing."""
    return book.sections["training"].texts[plan.care] if plan.care else ""


def see_somebody(book: Book, lasting: Lasting, rule: PainSettings) -> str:
    """The advice to see a doctor or physical therapist."""
    page = book.sections["doctor"]
    if lasting.severe:
        return page.text("severe", level=rule.severe)
    return page.text("lasting", count=lasting.count, level=rule.level, days=rule.days)


def sources_of(book: Book, plan: Plan) -> list[str]:
    """The names of the sources that a plan rests on, in the order they are needed."""
    pages = [book.topics[topic.name] for topic in plan.topics]
    pages += [book.exercises[name] for name in plan.exercises]
    if plan.exercises:
        pages.append(book.sections["training"])
    return ordered(pages)


def ordered(pages: Sequence[Page]) -> list[str]:
    """The names of the sources of some pages, each once."""
    names = [name for page in pages for name in _own_sources(page)]
    return list(dict.fromkeys(names))


def plan_lines(book: Book, plan: Plan, width: int) -> list[str]:
    """The whole advice."""
    names = sources_of(book, plan)
    numbers = {name: number for number, name in enumerate(names, 1)}
    lines: list[str] = []
    for topic in plan.topics:
        lines += [*topic_lines(book, topic, numbers, width), ""]
    if plan.exercises:
        training = book.sections["training"]
        lines += [book.label("exercises").upper()]
        if plan.care:
            lines += wrap(care(book, plan), width)
        for name in ("start", "stop"):
            lines += wrap(training.texts[name], width)
        lines.append("")
        for name in plan.exercises:
            lines += [*exercise_lines(book, name, numbers, width), ""]
    return lines + source_lines(book, numbers, width)


def topic_lines(book: Book, topic: Topic, numbers: dict[str, int], width: int) -> list[str]:
    """One topic."""
    page = book.topics[topic.name]
    lines = [page.texts["name"].upper(), *wrap(found(book, topic), width), *wrap(page.texts["why"], width)]
    lines += _bullets(page.lists["correct"], width)
    return lines + wrap(f"{book.label('numbers')}: {numbered(page.texts['numbers'], numbers)}", width)


def exercise_lines(book: Book, name: str, numbers: dict[str, int], width: int) -> list[str]:
    """One exercise."""
    page = book.exercises[name]
    marks = "".join(f" ({numbers[source]})" for source in page.lists["sources"] if source in numbers)
    lines = wrap(f"{page.texts['name']}: {page.texts['purpose']}{marks}", width)
    lines += [
        f"  {mark}{line}"
        for number, step in enumerate(page.lists["how_to"], 1)
        for mark, line in _hanging(f"{number}. ", step, width - 2)
    ]
    for kind in ("sets", "frequency", "easier", "harder", "not_when"):
        lines += [f"  {line}" for line in wrap(f"{book.label(kind)}: {page.texts[kind]}", width - 2)]
    return lines


def flag_lines(book: Book, width: int) -> list[str]:
    """The signs that need a doctor, and that this is a coach."""
    page = book.sections["red_flags"]
    lines = wrap(page.texts["intro"], width)
    for kind in ("now", "soon"):
        lines += [*wrap(f"{page.texts[f'{kind}_heading']}", width), *_bullets(page.lists[kind], width)]
    lines += wrap(page.texts["upper_back"], width)
    named = "; ".join(book.sources[name].texts["text"] for name in page.lists["sources"])
    lines += wrap(f"{book.label('sources')}: {named}", width)
    return [*lines, *wrap(book.sections["coach"].texts["no_device"], width)]


def shoe_lines(book: Book, pair: Pair, width: int) -> list[str]:
    """The reminder to look at a pair of shoes, and what to look for."""
    page = book.sections["shoes"]
    lines = wrap(page.text("due", name=pair.name, km=round(pair.km), limit=f"{pair.limit_km:g}"), width)
    return [*lines, *_bullets(page.lists["check"], width), *wrap(page.texts["verdict"], width)]


def fit_lines(book: Book, foot: str, width: int) -> list[str]:
    """Which shoes fit a type of foot ("" for any), with the numbers behind it and the sources."""
    page = book.sections["shoes"]
    names = [name for name in ("fit", foot, "numbers") if name]
    sources = dict.fromkeys(source for name in names for source in cited(page.texts[name]))
    numbers = {source: number for number, source in enumerate(sources, 1)}
    lines = [line for name in names for line in wrap(numbered(page.texts[name], numbers), width)]
    return lines + source_lines(book, numbers, width)


def source_lines(book: Book, numbers: dict[str, int], width: int) -> list[str]:
    """The sources by their numbers."""
    lines = [book.label("sources").upper()] if numbers else []
    for name, number in numbers.items():
        page = book.sources[name]
        known = " · ".join(part for part in (page.texts["text"], page.texts["link"]) if part)
        lines += [f"{mark}{line}" for mark, line in _hanging(f"({number}) ", known, width)]
    return lines


def _own_sources(page: Page) -> list[str]:
    """A page's sources, those it cites first, in that order."""
    named = [name for text in page.texts.values() for name in cited(text)]
    return [*named, *(name for name in page.lists.get("sources", ()) if name not in named)]


def _bullets(texts: Sequence[str], width: int) -> list[str]:
    return [f"{mark}{line}" for text in texts for mark, line in _hanging("  - ", text, width)]


def _hanging(mark: str, text: str, width: int) -> list[tuple[str, str]]:
    """Lines of a text, the first with a mark before it, the others as far in."""
    lines = wrap(text, max(width - len(mark), 10))
    return [(mark if place == 0 else " " * len(mark), line) for place, line in enumerate(lines)]
