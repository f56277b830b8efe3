"""Reading settings from TOML, and showing them.  All mistakes are found before any is reported.

Settings come in layers: the defaults, the texts of the language, the settings file, and over it the file of the profile
in use, which lies in the folder ``profiles`` beside the settings file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from device import texts
from device.columns import clean
from device.errors import ConfigError
from device.settings import Settings
from device.tuning import describing
from device.tuning.describing import SECTIONS, SETTINGS, did_you_mean, shown

ENVIRONMENT = "FORM_COACH_CONFIG"
"""The variable that names a settings file where no ``--config`` does."""

LARGEST_BYTES = 256_000
"""All settings with all their comments take 15 kB; what is so much larger is something else."""


class Layers(NamedTuple):
    """Settings, and where each comes from.

    :param origins: for each key "default", "language de" (a text by the language), the name of the settings file, or
        "profile anna".
    :param profile: the profile in use, "" for none.
    :param files: what was read, or would be if it were there.
    """

    settings: Settings
    origins: Mapping[str, str]
    profile: str
    files: tuple[Path, ...]


def load(path: str | Path | None = None) -> Settings:
    """The defaults with a settings file over them, and over that the profile it names.

    :param path: the file; None takes ``$FORM_COACH_CONFIG``, and the defaults alone where that is unset or empty.
    :raises ConfigError: with every mistake in the files.
    """
    path = path or os.environ.get(ENVIRONMENT) or None
    return Settings() if path is None else layers(Path(path)).settings


def layers(path: Path, instead: Mapping[Path, str | None] | None = None, optional: bool = False) -> Layers:
    """The settings of a file and of the profile it names, and where each comes from.

    :param instead: texts in place of what the files hold; None for a file that is not there.
    :param optional: whether the settings file need not be there.
    :raises ConfigError: with every mistake in the files.
    """
    found, problems = leniently(path, instead, optional)
    if problems:
        raise ConfigError(str(path), problems)
    return found


def leniently(
    path: Path, instead: Mapping[Path, str | None] | None = None, optional: bool = False
) -> tuple[Layers, list[str]]:
    """As :func:`layers`, but mistakes are left out and come back as lines."""
    problems: list[str] = []
    given = _given(path, instead or {}, optional, problems)
    parts = [_part(given, path.name, "", problems)]
    files = [path]
    if name := str(parts[0].values.get("profile.name", "")):
        file = profile_file(path, name)
        files.append(file)
        where = f"profile {name}"
        if _there(file, instead or {}):
            given = _given(file, instead or {}, False, problems, f"{where}: ")
            if "profile" in given:
                problems.append(f"{where}: [profile] cannot stand in a profile")
            parts.append(_part({key: one for key, one in given.items() if key != "profile"}, where, where, problems))
        else:
            known = did_you_mean(name, profiles(path))
            problems.append(
                f'profile.name = "{name}": there is no such profile{known or f" ({file} is not there);"} '
                f"form-coach profile new {name} makes it, form-coach profile none goes on without"
            )
    settings, origins = _composed(parts)
    return Layers(settings, origins, name, tuple(files)), problems + settings.contradictions()


def parse(toml: str, where: str = "settings") -> Settings:
    """Settings from TOML text alone; a profile that it names is not looked for.

    :param where: what to call the text in the message.
    :raises ConfigError: with every mistake in it.
    """
    problems: list[str] = []
    part = _part(_read_toml(toml, problems), where, "", problems)
    settings, _ = _composed([part])
    problems += settings.contradictions()
    if problems:
        raise ConfigError(where, problems)
    return settings


def show(
    settings: Settings, origins: Mapping[str, str] | None = None, changed: bool = False, only: Collection[str] = ()
) -> str:
    """Settings as TOML with unit, range and meaning; the text is itself a settings file.

    :param origins: tells of each value where it comes from; the name of a profile is then a comment, since what it
        changes is in the text already.
    :param changed: only those that a file changes; needs ``origins``.
    :param only: only these keys; empty for all.
    """
    lines = ["# All settings of Form Coach.  Keep the lines that you change; what is left out keeps its default."]
    if changed or only:
        lines = ["# Settings of Form Coach; what is left out keeps its default."]
    for section, those in SECTIONS.items():
        shown_here = [
            line
            for setting in those
            if not only or setting.key in only
            for line in _shown(setting, settings, origins, changed)
        ]
        if shown_here:
            lines += ["", f"[{section}]", *shown_here]
    return "\n".join(lines) + "\n"


def _shown(
    setting: describing.Setting, settings: Settings, origins: Mapping[str, str] | None, changed: bool
) -> list[str]:
    value = getattr(getattr(settings, setting.section), setting.name)
    origin = origins[setting.key] if origins is not None else ""
    if changed and is_default(origin):
        return []
    default = usual(setting, settings.voice.language)
    about = [setting.allowed]
    if value != default:
        about.append(f"default {describing.toml(default)}")
    if origin and not is_default(origin):
        about.append(f"from {origin}")
    flattened = origins is not None and setting.key == "profile.name" and value
    after = "  # not again: what it changes stands in this text" if flattened else ""
    return [
        f"# {setting.what} ({'; '.join(about)})",
        f"{'# ' if flattened else ''}{setting.name} = {describing.toml(value)}{after}",
    ]


def is_default(origin: str) -> bool:
    """Whether an origin is no file, so that the value is the default or the language's."""
    return origin == "default" or origin.startswith("language ")


def usual(setting: describing.Setting, language: str) -> Any:
    """A setting's default where that language is spoken."""
    if not setting.spoken or language not in texts.languages():
        return setting.default
    return texts.load(language).get(setting.section, {}).get(setting.name, setting.default)


def read(path: Path) -> str:
    """The text of a settings file.

    :raises ConfigError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise ConfigError(str(path), [f"this is larger than {LARGEST_BYTES // 1000} kB: no settings file"])
        return content.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError(str(path), ["there is no such file"]) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), ["this is not a text file"]) from None
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), [f"cannot be read: {getattr(error, 'strerror', '') or error}"]) from error


def profile_file(path: Path, name: str) -> Path:
    """Where a profile's settings lie, beside the settings file."""
    return path.parent / "profiles" / f"{name}.toml"


def profiles(path: Path) -> list[str]:
    """The profiles there are beside a settings file, by name."""
    name = SETTINGS["profile.name"]
    try:
        found = [file.stem for file in (path.parent / "profiles").iterdir() if file.suffix == ".toml"]
    except OSError:
        return []
    return sorted(one for one in found if one and name.fitting(one) is not None)


class _Part(NamedTuple):
    """One file's values by key, those that fit."""

    origin: str
    values: Mapping[str, Any]


def _there(path: Path, instead: Mapping[Path, str | None]) -> bool:
    return instead[path] is not None if path in instead else os.path.lexists(path)


def _given(
    path: Path, instead: Mapping[Path, str | None], optional: bool, problems: list[str], prefix: str = ""
) -> dict[str, Any]:
    """What a file holds, {} where it cannot be read."""
    if optional and not _there(path, instead):
        return {}
    text = instead.get(path)
    mine: list[str] = []
    if text is None:
        try:
            text = read(path)
        except ConfigError as error:
            problems += [prefix + problem for problem in error.problems]
            return {}
    given = _read_toml(text, mine)
    problems += [prefix + problem for problem in mine]
    return given


def _read_toml(text: str, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError is one; a number of 5000 digits is another
        problems.append(f"not valid TOML: {clean(error)[:200]}")
    except RecursionError:
        problems.append("not valid TOML: nested too deeply")
    return {}


def _part(given: Mapping[str, Any], origin: str, prefix: str, problems: list[str]) -> _Part:
    """The values of one file that fit; what does not adds to ``problems``."""
    prefix = f"{prefix}: " if prefix else ""
    good = {}
    for section, those in given.items():
        if section not in SECTIONS:
            named = clean(section[:60])
            problems.append(f"{prefix}[{named}]: there is no such section{did_you_mean(section, SECTIONS)}")
        elif not isinstance(those, dict):
            problems.append(
                f"{prefix}{section} = {shown(those)}: this is a section; write [{section}] and its settings below"
            )
        else:
            for name, value in those.items():
                setting = SETTINGS.get(f"{section}.{name}")
                if setting is None:
                    problems.append(prefix + describing.unknown(f"{section}.{name}", value))
                elif (fitting := setting.fitting(value)) is None:
                    problems.append(prefix + setting.mistake(value))
                else:
                    good[setting.key] = fitting
    return _Part(origin, good)


def _composed(parts: list[_Part]) -> tuple[Settings, dict[str, str]]:
    """The parts over the defaults, the last one on top."""
    language = "en"
    for part in parts:
        language = part.values.get("voice.language", language)
    origins = {}
    sections: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for key, setting in SETTINGS.items():
        value: Any = usual(setting, language)
        origins[key] = f"language {language}" if setting.spoken and language != "en" else "default"
        for part in parts:
            if key in part.values:
                value, origins[key] = part.values[key], part.origin
        sections[setting.section][setting.name] = value
    kinds: dict[str, Any] = {section.name: section.default_factory for section in fields(Settings)}
    return Settings(**{name: kinds[name](**those) for name, those in sections.items()}), origins
