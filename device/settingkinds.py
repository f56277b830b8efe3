"""The kinds of settings there are: each makes a dataclass field that carries its range, unit and meaning."""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, ClassVar, NoReturn

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


class Section:
    """A group of settings: a dataclass whose values are given by name and do not change.

    Its methods stand here, once for all: ``dataclass`` would write and compile them for each of twenty sections, which
    takes 10 ms of the coach's start.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init_subclass__(cls) -> None:
        """Note the fields of a section."""
        dataclass(init=False, repr=False, eq=False)(cls)

    def __init__(self, **values: Any) -> None:
        """Take some values; the others are the defaults.

        :raises TypeError: there is no setting of such a name.
        """
        parts = fields(self)
        for name in values.keys() - {part.name for part in parts}:
            raise TypeError(f"{type(self).__name__} has no setting {name!r}")
        for part in parts:
            if part.name in values:
                value = values[part.name]
            else:
                value = part.default if part.default_factory is MISSING else part.default_factory()
            vars(self)[part.name] = value

    def __eq__(self, other: object) -> bool:
        """Whether all values are the same."""
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        """Same for the same values."""
        return hash(tuple(vars(self).values()))

    def __repr__(self) -> str:
        """All values, as the section could be made of them."""
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        """Refuse: ``dataclasses.replace`` makes a section with other values."""
        raise FrozenInstanceError(f"cannot assign to setting {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse."""
        raise FrozenInstanceError(f"cannot delete setting {name!r}")
