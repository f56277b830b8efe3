"""The texts of the advice, one file a language, and every mistake in such a file at once.

A household's own ``advice.en.toml`` beside its settings file takes the place of the one that comes with Form Coach.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.advice.choose import TOPICS
from device.advice.layout import PLACEHOLDERS, REFERENCES, SECTIONS, TABLES, Kind, exercises_needed, fields_of
from device.columns import clean
from device.errors import FormCoachError
from device.texts import FOLDER
from device.tuning.describing import did_you_mean

LARGEST_BYTES = 500_000
"""The advice takes 30 kB; what is so much larger is something else."""

_CITED = re.compile(r" ?\[([A-Za-z0-9_]+)\]")
_FIELD = re.compile(r"\{([^{}]*)\}")


class BookError(FormCoachError, ValueError):
    """The advice has mistakes.  ``problems`` holds one line for each, all of them at once."""

    exit_code = 2

    def __init__(self, where: str, problems: list[str]) -> None:
        self.problems = list(problems)
        count = "1 mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        super().__init__("\n  ".join([f"{where}: {count} in the advice", *self.problems]))


@dataclass(frozen=True)
class Page:
    """One table of the file: a topic, an exercise, a source, or the words for something else.

    :param texts: by name; line breaks are blanks.
    :param lists: the lists by name.
    """

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def text(self, name: str, /, **known: object) -> str:
        """A text, with what stands in {} filled in."""
        found = self.texts[name]
        for field, value in known.items():
            found = found.replace(f"{{{field}}}", str(value))
        return found


@dataclass(frozen=True)
class Book:
    """All texts of one language.

    :param sections: labels, coach, training, doctor, red_flags and shoes.
    :param topics: by the names in :data:`device.advice.choose.TOPICS`.
    """

    language: str
    sections: Mapping[str, Page]
    topics: Mapping[str, Page]
    exercises: Mapping[str, Page]
    sources: Mapping[str, Page]

    def helps(self) -> dict[str, tuple[str, ...]]:
        """For each topic the exercises that help, the best first."""
        return {name: page.lists["exercises"] for name, page in self.topics.items()}

    def label(self, name: str) -> str:
        """A heading."""
        return self.sections["labels"].texts[name]


def languages() -> tuple[str, ...]:
    """The languages that there is advice in."""
    return tuple(sorted(file.stem.removeprefix("advice.") for file in FOLDER.glob("advice.*.toml")))


def shipped(language: str) -> Path:
    """The file that comes with Form Coach; English where there is none in that language."""
    return FOLDER / f"advice.{language if language in languages() else 'en'}.toml"


def own(language: str, settings_file: Path) -> Path:
    """Where a household keeps its own; it need not be there."""
    return settings_file.parent / f"advice.{language}.toml"


def load(path: Path) -> Book:
    """Read a file of advice.

    :raises BookError: with every mistake in it.
    """
    content, problems = _read(path)
    problems = problems or mistakes(content)
    if problems:
        raise BookError(str(path), problems)
    return _book(path.stem.removeprefix("advice."), content)


def in_force(language: str, settings_file: Path | None) -> tuple[Book, str]:
    """The advice in force, and one line about why it is not the household's own; "" if all is well."""
    trouble = ""
    if settings_file is not None and own(language, settings_file).exists():
        try:
            return load(own(language, settings_file)), ""
        except BookError as error:
            path = own(language, settings_file)
            trouble = f"{path} is left out: {error.problems[0]} (form-coach advice check {path} names all mistakes)"
    return load(shipped(language)), trouble


def mistakes(content: Mapping[str, Any]) -> list[str]:
    """Every mistake in what a file of advice holds, one line each."""
    found: list[str] = []
    for name in content:
        if name not in SECTIONS and name not in TABLES:
            found.append(f"[{clean(name)[:60]}]: there is no such section{did_you_mean(name, [*SECTIONS, *TABLES])}")
    for section, wanted in SECTIONS.items():
        found += _page(section, content.get(section), wanted)
    for table in TABLES:
        pages = content.get(table)
        if not isinstance(pages, dict):
            found.append(f"[{table}.…]: is missing")
            continue
        for name, page in pages.items():
            if table == "topics" and name not in TOPICS:
                found.append(f"[topics.{clean(name)[:60]}]: there is no such topic{did_you_mean(name, TOPICS)}")
            else:
                found += _page(f"{table}.{name}", page, fields_of(table, name))
        if table == "topics":
            found += [f"[topics.{name}]: is missing" for name in TOPICS if name not in pages]
    return found + _loose_ends(content)


def cited(text: str) -> list[str]:
    """The names of the sources that a text names in brackets, in order, each once."""
    return list(dict.fromkeys(_CITED.findall(text)))


def numbered(text: str, numbers: Mapping[str, int]) -> str:
    """A text with numbers in place of its sources' names: "[teng2014]" becomes "(1)"; without them for no number."""
    return _CITED.sub(lambda match: f" ({numbers[match[1]]})" if match[1] in numbers else "", text)


def _page(where: str, page: object, wanted: Mapping[str, Kind]) -> list[str]:
    """What is wrong with one table by itself."""
    where = clean(where)[:80]
    if page is None:
        return [f"[{where}]: is missing"]
    if not isinstance(page, dict):
        return [f"{where}: this is a section; write [{where}] and its texts below"]
    found = [
        f"{where}.{clean(name)[:60]}: there is no such text{did_you_mean(name, wanted)}"
        for name in page
        if name not in wanted
    ]
    for name, kind in wanted.items():
        key = f"{where}.{name}"
        value = page.get(name)
        if value is None:
            found.append(f"{key}: is missing")
        elif kind is Kind.TEXT or kind is Kind.MAYBE:
            if not isinstance(value, str):
                found.append(f"{key}: must be a text in quotes")
            else:
                if kind is Kind.TEXT and not value.strip():
                    found.append(f"{key}: is empty")
                found += _fields(key, value)
        elif not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            found.append(f"{key}: must be a list of texts in quotes")
        else:
            if not value and kind is not Kind.NAMES:
                found.append(f"{key}: is empty")
            for number, one in enumerate(value, 1):
                if not one.strip():
                    found.append(f"{key}: text {number} is empty")
                found += _fields(f"{key}, text {number}", one, key)
    return found


def _fields(where: str, text: str, key: str = "") -> list[str]:
    """What is wrong with what stands in {}."""
    wanted, given = PLACEHOLDERS.get(key or where, set()), set(_FIELD.findall(text))
    missing = [f"{where}: {{{name}}} is missing" for name in sorted(wanted - given)]
    strange = [f"{where}: {{{clean(name)[:40]}}} cannot be filled in here" for name in sorted(given - wanted)]
    if not given and ("{" in text or "}" in text):
        strange.append(f"{where}: a single {{ or }}")
    return missing + strange


def _loose_ends(content: Mapping[str, Any]) -> list[str]:
    """Names that lead nowhere, and what nothing leads to."""
    found: list[str] = []
    tables = {table: content[table] if isinstance(content.get(table), dict) else {} for table in TABLES}
    pages = {section: content.get(section) for section in SECTIONS} | {
        f"{table}.{name}": page for table in TABLES for name, page in tables[table].items()
    }
    used: dict[str, set[str]] = {table: set() for table in TABLES}
    for where, page in pages.items():
        if not isinstance(page, dict):
            continue
        for name, table in REFERENCES.items():
            listed = page.get(name)
            for one in listed if isinstance(listed, list) else []:
                if not isinstance(one, str):
                    continue
                used[table].add(one)
                if one not in tables[table]:
                    known = did_you_mean(one, tables[table])
                    found.append(f"{where}.{name}: there is no [{table}.{clean(one)[:60]}]{known}")
        own_sources = page.get("sources")
        if isinstance(own_sources, list):
            for name, value in page.items():
                for one in cited(value) if isinstance(value, str) else []:
                    if one not in own_sources:
                        found.append(f"{where}.{name}: [{one}] does not stand in {where}.sources")
        table, _, name = where.partition(".")
        if table == "topics" and exercises_needed(name) and page.get("exercises") == []:
            found.append(f"{where}.exercises: is empty")
    for table in ("exercises", "sources"):
        for name in tables[table]:
            if name not in used[table]:
                found.append(f"[{table}.{clean(name)[:60]}]: nothing names it")
    for name, page in tables["sources"].items():
        link = page.get("link") if isinstance(page, dict) else None
        if isinstance(link, str) and link and not re.fullmatch(r"https://\S+", link):
            found.append(f"sources.{clean(name)[:60]}.link: must begin with https://, or be empty")
    return found


def _read(path: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            return {}, [f"this is larger than {LARGEST_BYTES // 1000} kB: no file of advice"]
        return tomllib.loads(content.decode("utf-8").replace("\r\n", "\n")), []
    except FileNotFoundError:
        return {}, ["there is no such file"]
    except UnicodeDecodeError:
        return {}, ["this is not a text file in UTF-8"]
    except OSError as error:
        return {}, [f"cannot be read: {(error.strerror or str(error)).lower()}"]
    except (ValueError, RecursionError) as error:
        return {}, [f"not valid TOML: {clean(error)[:200] or 'nested too deeply'}"]


def _book(language: str, content: Mapping[str, Any]) -> Book:
    return Book(
        language,
        {name: _made(content[name]) for name in SECTIONS},
        *({name: _made(page) for name, page in content[table].items()} for table in TABLES),
    )


def _made(page: Mapping[str, Any]) -> Page:
    return Page(
        {name: _line(value) for name, value in page.items() if isinstance(value, str)},
        {name: tuple(map(_line, value)) for name, value in page.items() if isinstance(value, list)},
    )


def _line(text: str) -> str:
    """A text without line breaks."""
    return " ".join(text.split())
