"""What a file of advice must hold: its sections, their texts, and what may be filled into them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from device.records import FAULTS


class Kind(Enum):
    """What a text must be."""

    TEXT = "a text"
    MAYBE = "a text, or empty"
    LIST = "a list of texts"
    NAMES = "a list of names of other tables, or empty"


def _texts(names: str, **others: Kind) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), Kind.TEXT) | others


SECTIONS: Mapping[str, Mapping[str, Kind]] = {
    "labels": _texts(
        "advice why correct numbers exercises how_to sets frequency easier harder not_when sources",
        **_texts("doctor red_flags shoes"),
    ),
    "coach": _texts("no_device"),
    "training": _texts("start stop gentle ask_first", sources=Kind.NAMES),
    "doctor": _texts("lasting severe bring"),
    "red_flags": _texts("intro now_heading soon_heading upper_back", now=Kind.LIST, soon=Kind.LIST, sources=Kind.NAMES),
    "shoes": _texts("due verdict numbers fit neutral flat high", check=Kind.LIST, sources=Kind.NAMES),
}
"""The sections that stand alone, and their texts."""

TABLES = ("topics", "exercises", "sources")
"""The sections that hold several tables."""

REFERENCES = {"exercises": "exercises", "sources": "sources"}
"""Lists that name tables, and of which section."""

PLACEHOLDERS: Mapping[str, set[str]] = {
    "doctor.lasting": {"count", "level", "days"},
    "doctor.severe": {"level"},
    "shoes.due": {"name", "km", "limit"},
    **{f"topics.{fault}.found": {"share"} for fault in FAULTS},
    "topics.drift.found": {"what"},
    "topics.one_sided.found": {"side"},
    "topics.cadence.found": {"cadence"},
}
"""What is filled into a text, and must stand in it in {}."""

_TOPIC = _texts("name found why numbers", correct=Kind.LIST, exercises=Kind.NAMES, sources=Kind.NAMES)
_EXERCISE = _texts("name purpose sets frequency easier harder not_when", how_to=Kind.LIST, sources=Kind.LIST)
_SOURCE = _texts("text", link=Kind.MAYBE, read=Kind.MAYBE)


def fields_of(table: str, name: str) -> Mapping[str, Kind]:
    """The texts of one of the tables."""
    if table == "topics":
        return _TOPIC | _texts("left right") if name == "one_sided" else _TOPIC
    return _EXERCISE if table == "exercises" else _SOURCE


def exercises_needed(topic: str) -> bool:
    """Whether a topic is nothing without exercises."""
    return topic in (*FAULTS, "drift", "one_sided", "good")
