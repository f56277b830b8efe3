"""Reading settings from TOML, and showing them.  All mistakes are found before any is reported."""

from __future__ import annotations

import difflib
import json
import math
import os
import tomllib
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from device import texts
from device.errors import ConfigError
from device.settings import Settings

ENVIRONMENT = "FORM_COACH_CONFIG"
"""The variable that names a settings file where no ``--config`` does."""


def load(path: str | Path | None = None) -> Settings:
    """The defaults with a settings file over them.

    :param path: the file; None takes ``$FORM_COACH_CONFIG``, and the defaults alone where that is unset or empty.
    :raises ConfigError: with every mistake in the file.
    """
    path = path or os.environ.get(ENVIRONMENT) or None
    if path is None:
        return Settings()
    return parse(read(Path(path)), str(path))


def parse(toml: str, where: str = "settings") -> Settings:
    """Settings from TOML text.

    :param where: what to call the text in the message.
    :raises ConfigError: with every mistake in it.
    """
    try:
        given = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(where, [f"not valid TOML: {error}"]) from error
    problems: list[str] = []
    known = {section.name: section for section in fields(Settings)}
    for name, values in given.items():
        if name not in known:
            problems.append(f"[{name}]: there is no such section{_did_you_mean(name, known)}")
        elif not isinstance(values, dict):
            problems.append(f"{name} = {_show(values)}: this is a section; write [{name}] and its settings below")
    sections = {name: values for name, values in given.items() if name in known and isinstance(values, dict)}
    words = _words(sections.get("voice", {}).get("language"))
    settings = Settings(
        **{name: _section(name, sections.get(name, {}), words.get(name, {}), problems) for name in known}
    )
    problems += settings.contradictions()
    if problems:
        raise ConfigError(where, problems)
    return settings


def show(settings: Settings) -> str:
    """All settings as TOML with unit, range and meaning; the text is itself a settings file."""
    words = _words(settings.voice.language)
    lines = ["# All settings of Form Coach.  Keep the lines that you change; what is left out keeps its default."]
    for section in fields(settings):
        values = getattr(settings, section.name)
        lines += ["", f"[{section.name}]"]
        for setting in fields(values):
            value = getattr(values, setting.name)
            usual = words.get(section.name, {}).get(setting.name, setting.default)
            default = "" if value == usual else f"; default {_show(usual)}"
            lines.append(f"# {setting.metadata['what']} ({_allowed(setting)}{default})")
            lines.append(f"{setting.name} = {_show(value)}")
    return "\n".join(lines) + "\n"


def read(path: Path) -> str:
    """The text of a settings file.

    :raises ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(str(path), ["there is no such file"]) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), ["this is not a text file"]) from None
    except OSError as error:
        raise ConfigError(str(path), [f"cannot be read: {error.strerror}"]) from error


def _words(language: Any) -> dict[str, dict[str, Any]]:
    """What a language says by itself, by section; nothing for a language that is not known."""
    spoken = texts.load(language) if language in texts.languages() else {}
    return {name: words for name, words in spoken.items() if name in {section.name for section in fields(Settings)}}


def _section(name: str, given: dict[str, Any], words: dict[str, Any], problems: list[str]) -> Any:
    """One section's settings; a value that is wrong keeps its default and adds to ``problems``.

    :param words: the language's own texts, defaults like all others.
    """
    section = next(part for part in fields(Settings) if part.name == name)
    kind: Any = section.default_factory
    known = {setting.name: setting for setting in fields(kind)}
    good = dict(words)
    for key, value in given.items():
        if key not in known:
            problems.append(f"{name}.{key} = {_show(value)}: there is no such setting{_did_you_mean(key, known, name)}")
            continue
        setting = known[key]
        checked = _checked(setting, value)
        if checked is None:
            problems.append(f"{name}.{key} = {_show(value)}: must be {_allowed(setting)}{_near(setting, value)}")
        else:
            good[key] = checked
    return kind(**good)


def _checked(setting: Field[Any], value: Any) -> Any:
    """The value as the setting's own type, or None where it does not fit."""
    default, allowed = setting.default, setting.metadata
    if isinstance(default, bool):
        return value if isinstance(value, bool) else None
    if "options" in allowed:
        return next((option for option in allowed["options"] if type(value) is type(option) and value == option), None)
    if isinstance(default, (int, float)):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        if isinstance(default, int) and value != int(value):
            return None
        return type(default)(value) if allowed["low"] <= value <= allowed["high"] else None
    if isinstance(default, tuple):
        phrases = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
        return tuple(value) if phrases and value else None
    if not isinstance(value, str):
        return None
    return value


def _allowed(setting: Field[Any]) -> str:
    default, allowed = setting.default, setting.metadata
    if isinstance(default, bool):
        return "true or false"
    if "options" in allowed:
        unit = allowed["unit"] if allowed["unit"] in ("", "°") else f" {allowed['unit']}"
        return " or ".join(_show(option) for option in allowed["options"]) + unit
    if isinstance(default, (int, float)):
        whole = "a whole number " if isinstance(default, int) else ""
        unit = allowed["unit"] if allowed["unit"] in ("", "°", "×") else f" {allowed['unit']}"
        return f"{whole}{allowed['low']:g} to {allowed['high']:g}{unit}"
    if isinstance(default, tuple):
        return "a list of one or more phrases"
    return "a text"


def _near(setting: Field[Any], value: Any) -> str:
    return _did_you_mean(value, setting.metadata.get("options", ())) if isinstance(value, str) else ""


def _did_you_mean(word: str, known: Any, prefix: str = "") -> str:
    elsewhere = [f"{section}.{key}" for section, key in _all_keys() if key == word and section != prefix]
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    if prefix and elsewhere:
        return f"; did you mean {' or '.join(elsewhere)}?"
    return f"; did you mean {prefix + '.' if prefix else ''}{near[0]}?" if near else ""


def _all_keys() -> Iterator[tuple[str, str]]:
    for section in fields(Settings):
        kind: Any = section.default_factory
        yield from ((section.name, setting.name) for setting in fields(kind))


def _show(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_show(item) for item in value) + "]"
    return str(value)
