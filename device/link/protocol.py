"""The link's language: one JSON object a line.  What a client may ask for is the table :data:`COMMANDS`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from device import __version__
from device.live.status import NOTHING, plain

FORMAT = "form-coach link"
VERSION = 1
"""Goes up when a message changes its meaning; new messages and fields alone do not raise it."""

NAME = "link.sock"
"""The socket's name in the runtime folder."""

LONGEST_LINE = 64 * 1024
"""A longer line of a client is refused."""

LONGEST_ANSWER = 8 * 1024 * 1024
"""No line of the server comes near this."""

FASTEST_HZ, SLOWEST_HZ = 15.0, 0.2
"""How often a client can see what is seen."""

PAST_S = 600.0
"""How far back the past can be asked for."""

LONGEST_TEXT, MOST_CHANGES, LONGEST_WHY = 200, 300, 300

_LARGEST = 1e15
"""No setting comes near this; a number beyond it is damage."""


class BadRequestError(ValueError):
    """A line that is no request; the message says why.  ``id`` is the line's own, where it could be read."""

    def __init__(self, why: str, id: str | float | None = None) -> None:
        super().__init__(clipped(why))
        self.id = id


class Request(NamedTuple):
    """What a client asks for; ``given`` holds what belongs to the command, checked, defaults included."""

    do: str
    id: str | float | None = None
    given: Mapping[str, Any] = NOTHING


class Command(NamedTuple):
    """A command.

    :param what: what it does, in a line.
    :param fields: for each field the check that a value must pass, which raises ValueError in words.
    :param defaults: what stands for fields that are left out; all others must be given.
    """

    what: str
    fields: Mapping[str, Callable[[Any], Any]] = NOTHING
    defaults: Mapping[str, Any] = NOTHING


def number(low: float, high: float) -> Callable[[Any], float]:
    """A check for a number within bounds."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise ValueError(f"must be a number, {low:g} to {high:g}")
        return float(value)

    return check


def switch(value: Any) -> bool:
    """A check for true or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def saying(value: Any) -> str:
    """A check for a text to be spoken; white space in it becomes single spaces."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not (0 < len(text) <= LONGEST_TEXT and text.isprintable()):
        raise ValueError(f"must be a text of 1 to {LONGEST_TEXT} characters")
    return text


def keys(value: Any) -> list[str]:
    """A check for the names of settings."""
    if not (isinstance(value, list) and 0 < len(value) <= MOST_CHANGES and all(map(_is_key, value))):
        raise ValueError('must be a list of settings such as "forward_lean.on_deg"')
    return value


def changes(value: Any) -> dict[str, Any]:
    """A check for new values of settings: of the right shape; whether they are allowed is for the coach to say."""
    if not (isinstance(value, dict) and 0 < len(value) <= MOST_CHANGES and all(map(_is_key, value))):
        raise ValueError('must be settings with their values, such as {"forward_lean.on_deg": 14}')
    for key, item in value.items():
        texts = isinstance(item, list) and all(isinstance(one, str) for one in item)
        small = isinstance(item, (int, float)) and -_LARGEST < item < _LARGEST
        if not (texts or small or isinstance(item, str)):
            raise ValueError(f"{key} must be a number, a text, true or false, or a list of texts")
    return value


COMMANDS: Mapping[str, Command] = {
    "watch": Command(
        "begin to send settings, live lines, events and health; hz: live lines a second at most, 0.2 to 15",
        {"hz": number(SLOWEST_HZ, FASTEST_HZ)},
        {"hz": FASTEST_HZ},
    ),
    "unwatch": Command("end that"),
    "set": Command("change settings, all or none; changes: their new values by name", {"changes": changes}),
    "reset": Command(
        "give settings their defaults back; keys: their names, or all: true",
        {"keys": keys, "all": switch},
        {"keys": None, "all": False},
    ),
    "reload": Command("read the settings files again"),
    "mute": Command(
        "silence the coach, or end that; muted: true or false, else the other of what it is",
        {"muted": switch},
        {"muted": None},
    ),
    "relearn": Command("learn the runner's good form anew"),
    "say": Command("speak a text once; text: at most 200 characters", {"text": saying}),
    "snapshot": Command("what is so now: live, status and settings"),
    "past": Command(
        "the postures of the last minutes; seconds: how many, 1 to 600",
        {"seconds": number(1.0, PAST_S)},
        {"seconds": PAST_S},
    ),
    "settings": Command("all settings in force, and where they come from"),
    "help": Command("this list"),
}
"""All that can be asked for, by name."""


def parse(line: bytes | bytearray) -> Request:
    """What a line asks for.

    :raises BadRequestError: nothing that there is.
    """
    id, asked = _object(line)
    name = asked.pop("do", None)
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None or not isinstance(name, str):
        raise BadRequestError(f'"do" must be one of {", ".join(COMMANDS)}', id)
    for field_name in asked:
        if field_name not in command.fields:
            takes = ", ".join(command.fields) or "nothing else"
            raise BadRequestError(f"{name} takes {takes}; it has no {clipped(field_name, 40)}", id)
    given = dict(command.defaults)
    for field_name, check in command.fields.items():
        if field_name in asked:
            try:
                given[field_name] = check(asked[field_name])
            except ValueError as error:
                raise BadRequestError(f"{field_name}: {error}", id) from None
        elif field_name not in given:
            raise BadRequestError(f"{name} needs {field_name}", id)
    if name == "reset" and (given["keys"] is None) != given["all"]:
        raise BadRequestError('reset needs either keys or "all": true', id)
    return Request(name, id, given)


def _object(line: bytes | bytearray) -> tuple[str | float | None, dict[str, Any]]:
    """The object that a line holds, and its id."""
    try:
        text = line.decode("utf-8")
        asked = json.loads(text, parse_constant=_no_number)
        if "\\u" in text:
            # An escape can hide half a character, which nothing could be done with later.
            json.dumps(asked, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise BadRequestError("this is not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadRequestError('this is not JSON; a command looks like {"do":"help"}') from None
    if not isinstance(asked, dict):
        raise BadRequestError('a command is an object such as {"do":"help"}')
    id = asked.pop("id", None)
    text_id = isinstance(id, str) and len(id) <= 100
    number_id = isinstance(id, (int, float)) and not isinstance(id, bool) and -_LARGEST < id < _LARGEST
    if not (id is None or text_id or number_id):
        raise BadRequestError("id must be a number, or a text of at most 100 characters")
    return id, asked


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 80 and value.isprintable()


def clipped(text: str, longest: int = LONGEST_WHY) -> str:
    """A text as one line, cut where it is too long."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= longest else one_line[: longest - 1] + "…"


def encode(message: Mapping[str, Any]) -> bytes:
    """A message as a line; whatever JSON does not know in it becomes text, or null."""
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError):
        text = json.dumps(plain(message), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def hello() -> bytes:
    """What the server says first."""
    return encode({"kind": "hello", "format": FORMAT, "version": VERSION, "software": __version__})


def answer(id: str | float | None, **fields: Any) -> bytes:
    """The answer to a request that was met."""
    return encode({"kind": "answer", "id": id, "ok": True, **fields})


def refusal(id: str | float | None, why: str, **fields: Any) -> bytes:
    """The answer to one that was not."""
    return encode({"kind": "answer", "id": id, "ok": False, "why": clipped(why), **fields})


def bye(why: str) -> bytes:
    """The last line, where the server ends a connection."""
    return encode({"kind": "bye", "why": why})


def command_list() -> dict[str, str]:
    """Each command with what it does."""
    return {name: command.what for name, command in COMMANDS.items()}
