"""Values of settings as somebody types them."""

from __future__ import annotations

import contextlib
from typing import Any

from device.tuning import document
from device.tuning.describing import SETTINGS


def parse_value(key: str, text: str) -> Any:
    """A value as somebody types it: as TOML has it, or for short without quotes; lists of phrases may be one phrase.

    What cannot be understood comes back as the text, for :meth:`Store.set` to say what it must be.
    """
    setting = SETTINGS.get(key)
    with contextlib.suppress(ValueError, RecursionError):
        value = document.value_of(text)
        if setting is None:
            return value
        if setting.fitting(value) is not None or setting.kind not in ("text", "choice", "phrases"):
            return (value,) if setting.kind == "phrases" and isinstance(value, str) else value
    if setting is not None and setting.kind == "phrases":
        return (text,)
    if setting is not None and setting.kind == "switch":
        return {"on": True, "yes": True, "off": False, "no": False}.get(text.lower(), text)
    return text
