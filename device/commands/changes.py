"""Changes of the settings in words, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device import config
from device.columns import clean
from device.tuning import describing
from device.tuning.describing import SETTINGS

if TYPE_CHECKING:
    from device.tuning.history import Entry


def lines(entry: Entry) -> list[str]:
    """What an entry changed: in force, and where it did not show there, in the files."""
    lines = changes(entry.changes)
    for name, (before, after) in entry.files.items():
        if name.startswith("profiles/") and (before is None or after is None):
            lines.append(f"profile {clean(Path(name).stem)} {'made' if before is None else 'removed'}")
    for key, (old, new) in entry.written.items():
        if key not in entry.changes:
            lines.append(f"{clean(key)}  {clean(old or 'not set')} → {clean(new or 'not set')}")
    return lines or [f"comments in {', '.join(map(clean, entry.files))}"]


def changes(changes: Mapping[str, tuple[Any, Any]], origins: Mapping[str, str] | None = None) -> list[str]:
    """What changed in force, a line for each; the texts that came with another language in one."""
    spoken = [str(language) for language in changes.get("voice.language", ())]
    lines, texts = [], 0
    for key, (old, new) in changes.items():
        setting = SETTINGS.get(key)
        if setting is not None and setting.spoken and len(spoken) == 2:
            usual = [config.usual(setting, language) for language in spoken]
            if describing.toml(usual) == describing.toml([old, new]):
                texts += 1
                continue
        origin = origins[key] if origins is not None else "default"
        where = "" if config.is_default(origin) else f"  ({origin})"
        lines.append(f"{clean(key)}  {_valued(key, old)} → {_valued(key, new)}{where}")
    return lines + ([f"and {texts} texts, as the language has them"] if texts else [])


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as docs/settings.md describes it."""
    return {
        "number": entry.number,
        "when_s": entry.when_s,
        "who": entry.who,
        "how": entry.how,
        "changes": {key: list(values) for key, values in entry.changes.items()},
        "written": {key: list(values) for key, values in entry.written.items()},
        "files": list(entry.files),
        "undoes": entry.undoes or None,
    }


def _valued(key: str, value: Any) -> str:
    setting = SETTINGS.get(key)
    unit = setting.unit if setting else ""
    return describing.shown(value) + (unit if unit in ("", "°", "×") else f" {unit}")
