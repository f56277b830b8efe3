"""Changing single settings in a TOML text; its comments, its order and all else stay as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table, Whitespace

from device.errors import ConfigError
from device.tuning.describing import toml

HEADER = "# Settings of Form Coach: what stands here changes a default.  All there are: form-coach config show\n"
"""The beginning of a settings file that a command makes."""


def held(text: str | None) -> dict[str, str]:
    """What a text sets, by key, each value as TOML writes it; {} for none, or for one that is no TOML."""
    flat: dict[str, str] = {}
    for section, those in _raw(text or "").items():
        if isinstance(those, dict):
            flat |= {f"{section}.{name}": toml(value) for name, value in those.items()}
        else:
            flat[section] = toml(those)
    return flat


def value_of(text: str) -> Any:
    """The value that :func:`held` gave as text.

    :raises ValueError: it cannot be read back.
    """
    return tomllib.loads(f"value = {text}\n")["value"]


def changed(path: Path, text: str, values: Mapping[str, Any], without: Collection[str] = ()) -> str:
    """The text with some settings set and others taken out.

    :param path: the text's file, for the message.
    :param values: by key.
    :param without: keys to take out, if they are there; a section's name takes out all of it.
    :raises ConfigError: the text is no TOML, or one written so unusually that only an editor can change it.
    """
    try:
        wanted = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        mended = "form-coach config edit opens it in an editor"
        raise ConfigError(str(path), [f"not valid TOML: {str(error)[:200]}; {mended}"]) from error
    try:
        made = _edited(text, values, without)
        if _tidied(tomllib.loads(made)) == _tidied(_expected(wanted, values, without)):
            return made
    except Exception:  # whatever it is: tomlkit meets its limits with some of what TOML allows
        pass
    raise ConfigError(
        str(path), ["this is written in a way that only an editor can change: form-coach config edit opens one"]
    )


def emptied(text: str) -> str:
    """The text without any setting; comments stay, unless it is no TOML at all."""
    try:
        made = _edited(text, {}, list(tomllib.loads(text)))
        if not any(_tidied(tomllib.loads(made)).values()):
            return made
    except Exception:  # as above
        pass
    return HEADER


def _edited(text: str, values: Mapping[str, Any], without: Collection[str]) -> str:
    document: Any = tomlkit.parse(text if text.endswith("\n") or not text else text + "\n")
    for key in without:
        section, _, name = key.partition(".")
        part: Any = document.get(section)
        if isinstance(part, dict):
            for one in [name] if name else list(part):
                part.pop(one, None)
            bare = not part and not document[section].as_string().strip()
        else:
            bare = part is not None and not name
        if bare:
            document.remove(section)
    for key, value in values.items():
        section, _, name = key.partition(".")
        if section not in document:
            body = document.as_string()
            if body.strip() and not body.endswith("\n\n"):
                document.add(tomlkit.nl())
            document.add(section, tomlkit.table())
        part = document[section]
        item = tomlkit.item(list(value) if isinstance(value, tuple) else value)
        old = part.get(name)
        if old is not None and hasattr(old, "trivia"):
            item.trivia.comment_ws, item.trivia.comment = old.trivia.comment_ws, old.trivia.comment
            item.trivia.trail = old.trivia.trail
        if old is None and isinstance(part, Table):
            below = _cut_off_end(part)
            part[name] = item
            part.value.body.extend(below)
        else:
            part[name] = item
    made: str = document.as_string()
    return made.strip("\n") + "\n" if without and made.strip() else made


def _cut_off_end(table: Any) -> list[Any]:
    """Take from a table what stands below its last setting, or below the comment that it begins with.

    What stands there, before the next section, mostly is about that one.
    """
    body = table.value.body
    keys = [index for index, (key, _) in enumerate(body) if key is not None]
    blanks = [index for index, (_, item) in enumerate(body) if isinstance(item, Whitespace) and "\n" in item.s]
    end = keys[-1] + 1 if keys else next(iter(blanks), len(body))
    below = body[end:]
    del body[end:]
    return list(below)


def _expected(raw: dict[str, Any], values: Mapping[str, Any], without: Collection[str]) -> dict[str, Any]:
    for key in without:
        section, _, name = key.partition(".")
        if not name:
            raw.pop(section, None)
        elif isinstance(raw.get(section), dict):
            raw[section].pop(name, None)
    for key, value in values.items():
        section, _, name = key.partition(".")
        raw.setdefault(section, {})[name] = list(value) if isinstance(value, tuple) else value
    return raw


def _tidied(raw: dict[str, Any]) -> dict[str, Any]:
    """What a text says, whether or not it names a section that it says nothing in."""
    return {section: those for section, those in raw.items() if those != {}}


def _raw(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
