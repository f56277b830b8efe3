"""What each key does, for the screen's last line, its help and its bindings."""

from __future__ import annotations

from dataclasses import dataclass

WATCH, TUNE, RUN = "watch", "tune", "run"
"""The screen's modes: a coach that is only looked at, one that is tuned, and a recorded run."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    :param names: as Textual calls it, all that do the same.
    :param sign: as it is shown.
    :param label: on the last line; "" if it stands in the help only.
    :param help: what it does.
    :param modes: where it works.
    """

    action: str
    names: tuple[str, ...]
    sign: str
    label: str
    help: str
    modes: tuple[str, ...] = (TUNE, RUN)


KEYS = (
    Key("more", ("up", "plus", "equals_sign"), "↑", "", "raise the chosen limit (also +)"),
    Key("less", ("down", "minus"), "↓", "move", "lower the chosen limit (also -)"),
    Key("next", ("tab",), "Tab", "next", "choose the next limit (a click does it, too)"),
    Key("previous", ("shift+tab",), "⇧Tab", "", "choose the one before"),
    Key("back", ("left",), "←", "", "5 seconds back", (RUN,)),
    Key("ahead", ("right",), "→", "5 s", "5 seconds ahead", (RUN,)),
    Key("back_minute", ("pageup",), "PgUp", "", "a minute back", (RUN,)),
    Key("ahead_minute", ("pagedown",), "PgDn", "min", "a minute ahead", (RUN,)),
    Key("play", ("space",), "Space", "play", "play, or pause", (RUN,)),
    Key("save", ("w",), "w", "save", "write the limits to the settings", (RUN,)),
    Key("previous", ("left",), "←", "", "choose the one before", (TUNE,)),
    Key("next", ("right",), "→", "", "choose the next limit", (TUNE,)),
    Key("undo", ("u",), "u", "undo", "put the limit back to what it was"),
    Key("mute", ("m",), "m", "mute", "say nothing, or speak again", (TUNE,)),
    Key("relearn", ("r",), "r", "re-learn", "learn the runner's own form anew", (TUNE,)),
    Key("test", ("t",), "t", "test", "say a phrase, to hear whether it is loud enough", (TUNE,)),
    Key("help", ("question_mark", "h", "f1"), "?", "help", "this page", (WATCH, TUNE, RUN)),
    Key("quit", ("q", "ctrl+c"), "q", "quit", "leave; the coach goes on", (WATCH, TUNE, RUN)),
)

_FIRST = ("quit", "help", "less", "more", "next", "save", "back", "ahead", "play", "undo", "mute", "relearn", "test")
"""What stays on the last line when it is too narrow for all."""


def of(mode: str) -> tuple[Key, ...]:
    """The keys that work in a mode."""
    return tuple(key for key in KEYS if mode in key.modes)


def shown(mode: str, width: int) -> list[Key]:
    """Those that fit on the last line, in their order."""
    keys = [
        key for key in of(mode) if key.label or (key.action in ("more", "back", "back_minute") and key.sign != "⇧Tab")
    ]
    keys = [key for key in keys if not (key.action in ("previous", "next") and key.sign in "←→")]
    while keys and sum(columns(key) for key in keys) > width:
        keys.remove(max(keys, key=lambda key: _FIRST.index(key.action) if key.action in _FIRST else len(_FIRST)))
    return keys


def columns(key: Key) -> int:
    """Columns that a key takes on the last line; one without a label stands close to the next."""
    return len(key.sign) + (len(key.label) + 3 if key.label else 1)
