"""What the coach says, by language: one file each, named for the language ("en.toml").

Beside them lies the advice, likewise ("advice.en.toml"); :mod:`device.advice.book` reads it.

A translator copies ``en.toml`` to a file named for the new language, and translates what stands in quotes; the setting
``voice.language`` then knows it.  Whoever wants other words for one treadmill writes them into the settings instead.

The files are read once and never change while the coach runs.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, as ``voice.language`` names them."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml") if "." not in file.stem))


@cache
def load(language: str) -> dict[str, dict[str, Any]]:
    """A language's texts by section and name, like a settings file; lists of phrases as tuples.

    :raises KeyError: there is no such language.
    """
    if language not in languages():
        raise KeyError(language)
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        section: {name: tuple(text) if isinstance(text, list) else text for name, text in texts.items()}
        for section, texts in sections.items()
    }
