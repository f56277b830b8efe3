"""Settings as text, to keep with a run."""

from __future__ import annotations

import hashlib

from device import config
from device.settings import Settings


def of(settings: Settings) -> tuple[str, str]:
    """All settings as TOML without comments, and the SHA-256 of that."""
    text = "".join(f"{line}\n" for line in config.show(settings).splitlines() if line and not line.startswith("#"))
    return text, hashlib.sha256(text.encode()).hexdigest()


def changed(before: Settings, now: Settings) -> str:
    """The settings that are others now, as TOML; empty if none is."""
    was = set(_lines(of(before)[0]))
    sections: dict[str, list[str]] = {}
    for section, line in _lines(of(now)[0]):
        if (section, line) not in was:
            sections.setdefault(section, []).append(line)
    return "".join(f"{section}\n" + "".join(f"{line}\n" for line in lines) for section, lines in sections.items())


def _lines(text: str) -> list[tuple[str, str]]:
    """Each setting's line with its section's."""
    found, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line
        else:
            found.append((section, line))
    return found
