"""The kinds of settings there are: each makes a dataclass field that carries its range, unit and meaning."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from device import texts

_ENGLISH = texts.load("en")


PROFILE_NAME = "[a-z][a-z0-9_-]{0,31}"
"""What the name of a profile looks like; it becomes the name of a file."""


def number(default: float, low: float, high: float, unit: str, what: str, restart: bool = False) -> Any:
    """A number within ``low``..``high``, whole where the default is.

    :param restart: whether a change applies only when the coach is started anew.
    """
    return field(default=default, metadata={"low": low, "high": high, "unit": unit, "what": what, "restart": restart})


def choice(default: str | int, options: tuple[str | int, ...], what: str, unit: str = "", restart: bool = False) -> Any:
    """One of some words or numbers.

    :param restart: see :func:`number`.
    """
    return field(default=default, metadata={"options": options, "what": what, "unit": unit, "restart": restart})


def text(default: str, what: str) -> Any:
    """Any text, empty included."""
    return field(default=default, metadata={"what": what})


def profile_name(what: str) -> Any:
    """The name of a profile, or an empty text."""
    form = "empty, or a name of lower-case letters, digits, - and _, beginning with a letter, at most 32 long"
    return field(default="", metadata={"what": what, "pattern": f"({PROFILE_NAME})?", "form": form})


def topic(default: str, what: str) -> Any:
    """The beginning of the topics that a message broker knows something by."""
    form = "a topic without +, # and a $ or / at its beginning, at most 100 long"
    return field(default=default, metadata={"what": what, "pattern": r"[^+#$/\s][^+#\s]{0,98}[^+#/\s]", "form": form})


def spoken(section: str, name: str, what: str) -> Any:
    """Words to be spoken: a text (empty: not said), or a list of phrases to take turns with.

    The default is the language's own (``device/texts``).
    """
    return field(default=_ENGLISH[section][name], metadata={"what": what, "spoken": True})


def switch(default: bool, what: str) -> Any:
    """True or false."""
    return field(default=default, metadata={"what": what})
