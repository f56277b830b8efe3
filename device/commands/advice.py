"""``form-coach advice``: what helps, chosen from a run; and the texts it is made of."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from device.advice import desk
from device.columns import clean, show, wrap
from device.commands import EXIT_CODES
from device.errors import UsageError

if TYPE_CHECKING:
    from device.advice.book import Page
    from device.commands import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "advice",
        help="what helps: why it strains, how to correct it, exercises",
        description="Says what helps, chosen from a run: why a fault strains the upper back, how to correct it, and "
        "exercises. Without an action: for the last run.",
        epilog=EXIT_CODES,
    )
    desk.options(parser)
    parser.set_defaults(run=_show, number="last")
    actions = parser.add_subparsers(metavar="ACTION", title="actions")
    showing = _action(actions, "show", "for a run", _show)
    showing.add_argument("number", metavar="RUN", nargs="?", default="last", help="a number, or last (the default)")
    exercise = _action(actions, "exercise", "list the exercises, or show one", _exercise)
    exercise.add_argument("name", metavar="NAME", nargs="?", help="as the list names it")
    check = _action(actions, "check", "report every mistake in a file of advice at once", _check)
    check.add_argument("file", metavar="FILE", nargs="?", type=Path, help="else the file in force")
    text = _action(actions, "text", "print the texts, as a file to edit or translate", _text)
    text.add_argument("--language", metavar="NAME", help="else the language of the voice")


def _action(
    actions: Commands, name: str, what: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    parser.set_defaults(run=run)
    return parser


def _show(options: argparse.Namespace) -> int:
    from device import runs
    from device.advice import choose, diary, recall, told

    mine = desk.Desk.of(options)
    with runs.reading(runs.folder()) as opened:
        number = desk.number_of(opened, options.number, mine.runner)
        run = opened.run(number)
        assert run is not None
        facts = recall.facts(opened, run)
        entries = diary.entries(opened, run["runner"])
    book, rule, width = mine.book, mine.settings.pain, desk.width()
    now = desk.now() or max((entry.t_utc for entry in entries), default=None)
    lasting = diary.lasting(entries, rule, now) if now is not None else None
    recent = diary.lately(entries, rule, now) if now is not None else []
    plan = choose.plan(facts, book.helps(), max((entry.level for entry in recent), default=None), lasting is not None)
    lines = []
    if lasting is not None:
        lines += [book.label("doctor").upper(), *wrap(told.see_somebody(book, lasting, rule), width), ""]
    lines += told.plan_lines(book, plan, width)
    lines += ["", *wrap(book.sections["coach"].texts["no_device"], width)]
    show("\n".join(lines))
    return 0


def _exercise(options: argparse.Namespace) -> int:
    from device.advice import told
    from device.tuning.describing import did_you_mean

    book = desk.Desk.of(options).book
    if options.name is None:
        width = max(len(name) for name in book.exercises)
        show("\n".join(f"{name:{width}}  {_about(page)}" for name, page in book.exercises.items()))
        return 0
    named = {_key(page.texts["name"]): key for key, page in book.exercises.items()}
    name = named.get(_key(options.name), _key(options.name))
    if name not in book.exercises:
        known = did_you_mean(name, [*book.exercises, *named])
        raise UsageError(
            f"{clean(options.name)[:60]}: there is no such exercise{known}; form-coach advice exercise lists them"
        )
    numbers = {source: number for number, source in enumerate(told.ordered([book.exercises[name]]), 1)}
    width = desk.width()
    show("\n".join([*told.exercise_lines(book, name, numbers, width), "", *told.source_lines(book, numbers, width)]))
    return 0


def _key(name: str) -> str:
    """A name as the file has it: "Dead bug" is dead_bug."""
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _about(page: Page) -> str:
    return f"{page.texts['name']}: {page.texts['purpose']}"


def _check(options: argparse.Namespace) -> int:
    from device.advice import book

    path = options.file
    if path is None:
        mine = desk.Desk.of(options)
        language = mine.settings.voice.language
        own = book.own(language, mine.path) if mine.path is not None else None
        path = own if own is not None and own.exists() else book.shipped(language)
    found = book.load(path)
    show(
        f"{path}: no mistakes found; {len(found.topics)} topics, {len(found.exercises)} exercises, "
        f"{len(found.sources)} sources"
    )
    return 0


def _text(options: argparse.Namespace) -> int:
    from device.advice import book

    language = options.language
    if language is None:
        language = desk.Desk.of(options).settings.voice.language
    elif language not in book.languages():
        raise UsageError(f"--language {language[:20]}: there is advice in {', '.join(book.languages())}")
    show(book.shipped(language).read_text(encoding="utf-8"), end="")
    return 0
