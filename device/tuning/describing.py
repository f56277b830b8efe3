"""Every setting described: its kind, default, unit, range and meaning, and whether a value fits it.

All of it is read off :mod:`device.settings`; the documentation, the completion and the messages are made from here.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from typing import Any, NamedTuple

from device.columns import clean
from device.settings import Settings

HOUSEHOLD = ("camera", "model", "voice", "panel", "profile", "runs", "mqtt")
"""Sections that are settings of the device; all others are a runner's own, and go into the profile in use."""

LONGEST_TEXT = 500
"""No text of a setting needs more signs (chosen by us)."""

_LONGEST_SHOWN = 60
"""What is wrong in a message is shown no longer than this."""


class Setting(NamedTuple):
    """One setting.

    :param key: "section.name".
    :param kind: "switch", "choice", "whole", "number", "text" or "phrases".
    :param default: its value where neither a file nor the language says otherwise.
    :param unit: "" where it has none.
    :param low: least value of a number, else None; likewise ``high``.
    :param options: what a choice is made from, else ().
    :param what: its meaning, in one line.
    :param personal: whether a profile holds it.
    :param spoken: whether the language has a default of its own for it.
    :param restart: whether a change applies only when the coach is started anew.
    :param pattern: what a text must look like; "" for any.
    :param form: the same in words.
    """

    key: str
    kind: str
    default: Any
    what: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    options: tuple[Any, ...] = ()
    personal: bool = False
    spoken: bool = False
    restart: bool = False
    pattern: str = ""
    form: str = ""

    @property
    def section(self) -> str:
        """The section it stands in."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name within the section."""
        return self.key.partition(".")[2]

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        unit = self.unit if self.unit in ("", "°") else f" {self.unit}"
        if self.kind == "switch":
            return "true or false"
        if self.kind == "choice":
            return " or ".join(toml(option) for option in self.options) + unit
        if self.kind in ("whole", "number"):
            whole = "a whole number " if self.kind == "whole" else ""
            return f"{whole}{self.low:g} to {self.high:g}{'×' if self.unit == '×' else unit}"
        if self.kind == "phrases":
            return "a list of one or more phrases"
        return self.form or "a text"

    def fitting(self, value: Any) -> Any:
        """The value as this setting's own type; None where it does not fit."""
        if self.kind == "switch":
            return value if isinstance(value, bool) else None
        if self.kind == "choice":
            return next((one for one in self.options if type(value) is type(one) and value == one), None)
        if self.kind in ("whole", "number"):
            return self._number(value)
        if self.kind == "phrases":
            phrases = isinstance(value, (list, tuple)) and all(_speakable(item) and item.strip() for item in value)
            return tuple(value) if phrases and value else None
        return value if _speakable(value) and re.fullmatch(self.pattern or "(?s:.*)", value) else None

    def mistake(self, value: Any) -> str:
        """What is wrong with a value that does not fit."""
        near = did_you_mean(value, [str(option) for option in self.options]) if isinstance(value, str) else ""
        if self.kind in ("text", "phrases") and isinstance(value, (str, list, tuple)) and not self.pattern:
            items = [value] if isinstance(value, str) else [item for item in value if isinstance(item, str)]
            if any(len(item) > LONGEST_TEXT for item in items):
                return f"{self.key} = {shown(value)}: must be {self.allowed} of at most {LONGEST_TEXT} signs"
            if not all(_speakable(item) for item in items):
                return f"{self.key} = {shown(value)}: must be {self.allowed} on one line, without control characters"
        return f"{self.key} = {shown(value)}: must be {self.allowed}{near}"

    def _number(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        assert self.low is not None
        assert self.high is not None
        if not self.low <= value <= self.high or (self.kind == "whole" and value != int(value)):
            return None
        return int(value) if self.kind == "whole" else float(value)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(name))} = {toml(item)}" for name, item in value.items()) + "}"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return str(value) if not isinstance(value, int) or abs(value) < 10**40 else "a huge number"


def shown(value: Any) -> str:
    """A value as TOML writes it, fit for a message: on one line, and not too long."""
    text = toml(value[:200] if isinstance(value, (str, list, tuple)) else value)
    text = clean(text[: 10 * _LONGEST_SHOWN])
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def unknown(key: str, value: Any = None) -> str:
    """What is wrong with the name of a setting that there is not, and what was probably meant."""
    given = clean(key[: 2 * _LONGEST_SHOWN]) + (f" = {shown(value)}" if value is not None else "")
    section, _, name = key[: 2 * _LONGEST_SHOWN].partition(".")
    names = [setting.name for setting in SETTINGS.values()]
    if not name:
        section, name = "", next(iter(_close(section, names)), "")
    elsewhere = [setting.key for setting in SETTINGS.values() if setting.name == name and setting.section != section]
    if elsewhere and len(elsewhere) <= 3:
        return f"{given}: there is no such setting; did you mean {' or '.join(elsewhere)}?"
    if section in SECTIONS:
        near = did_you_mean(name, [one.name for one in SECTIONS[section]], f"{section}.")
    else:
        near = did_you_mean(key, list(SETTINGS))
    if not near and section in SECTIONS:
        near = f"; [{section}] has {', '.join(one.name for one in SECTIONS[section])}"
    return f"{given}: there is no such setting{near}"


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """The end of a message: what was probably meant; "" where nothing comes near."""
    word, known = word[: 2 * _LONGEST_SHOWN], list(known)
    near = [name for name in known if len(word) > 2 and word in name.split("_")]
    near = near or _close(word, known)
    return f"; did you mean {prefix}{near[0]}?" if near else ""


def _close(word: str, known: list[str]) -> list[str]:
    """The one that is spelled most like a word, if any is."""
    import difflib  # only now: settings without a mistake need it not

    return difflib.get_close_matches(word, known, n=1, cutoff=0.5)


def values(settings: Settings) -> dict[str, Any]:
    """All values by key, as a flat list."""
    return {key: getattr(getattr(settings, one.section), one.name) for key, one in SETTINGS.items()}


def meaning(section: str) -> str:
    """What a section is about, as its settings' class says."""
    part = next(part for part in fields(Settings) if part.name == section)
    kind: Any = part.default_factory
    return " ".join(paragraph for paragraph in (kind.__doc__ or "").split("\n\n")[0].split())


def _described(section: str, part: Field[Any]) -> Setting:
    about: Mapping[str, Any] = part.metadata
    return Setting(
        key=f"{section}.{part.name}",
        kind=_kind(part),
        default=part.default,
        what=about["what"],
        unit=about.get("unit", ""),
        low=about.get("low"),
        high=about.get("high"),
        options=tuple(about.get("options", ())),
        personal=section not in HOUSEHOLD,
        spoken=bool(about.get("spoken")),
        restart=bool(about.get("restart")),
        pattern=about.get("pattern", ""),
        form=about.get("form", ""),
    )


def _kind(part: Field[Any]) -> str:
    if isinstance(part.default, bool):
        return "switch"
    if "options" in part.metadata:
        return "choice"
    if isinstance(part.default, (int, float)):
        return "whole" if isinstance(part.default, int) else "number"
    return "phrases" if isinstance(part.default, tuple) else "text"


def _speakable(value: Any) -> bool:
    """A text on one line, of a length that can be meant, without control characters, which no device or voice knows."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in value)


def _all() -> dict[str, tuple[Setting, ...]]:
    found = {}
    for section in fields(Settings):
        kind: Any = section.default_factory
        found[section.name] = tuple(_described(section.name, part) for part in fields(kind))
    return found


SECTIONS: dict[str, tuple[Setting, ...]] = _all()
"""The settings of each section, in the order of the file."""

SETTINGS: dict[str, Setting] = {setting.key: setting for part in SECTIONS.values() for setting in part}
"""Every setting by its key."""
