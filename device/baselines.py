"""A runner's baselines, kept in a file from one run to the next.

One file holds one runner's: several, because each belongs to one place of the camera.  It is JSON, written whole or not
at all.  A number that is not known (NaN) is null there, a complex one a pair.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from device.files import write_whole
from device.outputs import Output
from device.posture.baseline import RESIZED, TURNED_DEG
from device.posture.change import CHANGES
from device.posture.marks import MEANS, SWINGS
from device.posture.view import SECTORS_DEG
from device.records import Baseline, Frame, Moment

FORMAT = "form-coach baselines"
VERSION = 1
"""Goes up when a baseline's numbers change their meaning; files of another version are left alone."""

MOST = 5
"""So many are kept, those used last (chosen by us: a treadmill at home has two or three places for a camera)."""

_LARGEST_BYTES = 1_000_000
"""Five baselines take 10 kB; what is so much larger is something else, and need not be read whole to be refused."""

_LARGEST = 1e6
"""No number of a baseline comes near this (pixels come nearest); one beyond it is damage."""

_LENGTHS = {"place_px": 2, "means": len(MEANS), "swings": len(SWINGS), "spread": len(CHANGES) + 1}


class Kept(NamedTuple):
    """What a file of baselines holds.

    :param baselines: the one used last first.
    :param trouble: one line about what could not be read, None when all went well.
    :param ours: whether the file may be written again: it is one of these, or there is none yet.
    """

    baselines: tuple[Baseline, ...] = ()
    trouble: str | None = None
    ours: bool = True


def load(path: Path) -> Kept:
    """What a file holds; never an error, since a coach without a baseline simply learns one."""
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return _nothing(path, f"cannot be read: {(error.strerror or str(error)).lower()}")
    if not content:
        return Kept()
    try:
        held = json.loads(content) if len(content) <= _LARGEST_BYTES else None
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict) or held.get("format") != FORMAT or not isinstance(held.get("baselines"), list):
        return _nothing(path, "this is no file of baselines, or a damaged one")
    if held.get("version") != VERSION:
        return _nothing(path, f"these baselines have version {held.get('version')!r:.20}, known is {VERSION}")
    found, problems = [], []
    for number, entry in enumerate(held["baselines"], 1):
        try:
            found.append(decoded(entry))
        except ValueError as error:
            problems.append(f"{path}: baseline {number} is left out: {error}")
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return Kept(tuple(found[:MOST]), problems[0] + more if problems else None)


def save(path: Path, baselines: tuple[Baseline, ...]) -> None:
    """Write a file of baselines, whole or not at all, also when the power fails.

    :raises OSError: it cannot be written; what was there before is still there then.
    """
    lines = ",\n".join(json.dumps(encoded(one), allow_nan=False) for one in baselines)
    text = f'{{"format": "{FORMAT}", "version": {VERSION}, "baselines": [\n{lines}\n]}}\n'
    write_whole(path, text)


def with_newest(newest: Baseline, others: tuple[Baseline, ...]) -> tuple[Baseline, ...]:
    """Baselines with another one in front; it takes the place of one from the same place of the camera."""
    return (newest, *(one for one in others if not same_place(newest, one)))[:MOST]


def same_place(one: Baseline, other: Baseline) -> bool:
    """Whether two baselines were learned from the same place of the camera."""
    turned_deg = abs(one.azimuth_deg - other.azimuth_deg)
    size = one.unit_px / other.unit_px
    return one.view == other.view and turned_deg <= TURNED_DEG and 1 / RESIZED <= size <= RESIZED


class BaselineOutput(Output):
    """Keeps the runner's baselines for the next run; a run that used none leaves the file as it is.

    The file belongs to one runner: what is learned after somebody else stepped on is not kept, until that runner asks
    for it by having the baseline learned anew.

    :param kept: what the file held before.
    :param write: writes the file: as soon as there is something new, so that nothing is lost when the power goes.
    """

    def __init__(
        self, path: Path, kept: Kept, write: Callable[[Path, tuple[Baseline, ...]], None] | None = None
    ) -> None:
        super().__init__(path)
        self._write = write or save
        self._now = kept.baselines
        self._last: Baseline | None = None
        self._stranger = False
        self._ours = kept.ours

    def turn(self, path: Path, kept: Kept) -> None:
        """Somebody else runs: keep theirs, in a file of their own."""
        self.path = path
        self._now, self._ours = kept.baselines, kept.ours
        self._stranger = False

    def add(self, frame: Frame | None, moment: Moment) -> None:
        """Note the baseline in use."""
        for event in moment.events:
            if event.kind in ("runner_changed", "relearn"):
                self._stranger = event.kind == "runner_changed"
        used = moment.posture.baseline
        if used is None or used is self._last:
            return
        self._last = used
        now = with_newest(used, self._now)
        if not self._stranger and now != self._now:
            self._now = now
            if self._ours:
                self._write(self.path, now)

    def close(self) -> None:
        """All is written already."""


def _nothing(path: Path, problem: str) -> Kept:
    return Kept(
        (), f"{path}: {problem}; it is left as it is, and the baseline is learned anew and not kept", ours=False
    )


def encoded(baseline: Baseline) -> dict[str, Any]:
    """A baseline as JSON can have it."""
    return {name: _plain(value) for name, value in baseline._asdict().items()}


def _plain(value: Any) -> Any:
    """A value as JSON can have it."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, complex):
        return [_plain(value.real), _plain(value.imag)]
    return None if isinstance(value, float) and math.isnan(value) else value


def decoded(entry: Any) -> Baseline:
    """A baseline from JSON.

    :raises ValueError: it cannot be one; says what is wrong.
    """
    if not isinstance(entry, dict):
        raise ValueError("it is no list of names and values")
    values = {}
    for name, read in _READ.items():
        if name not in entry:
            raise ValueError(f"it has no {name}")
        values[name] = read(name, entry[name])
    made = Baseline(**values)
    if made.view not in SECTORS_DEG:
        raise ValueError(f"view cannot be {made.view!r:.40}")
    for name in ("strides", "unit_px", "scatter"):
        if not getattr(made, name) > 0:
            raise ValueError(f"{name} must be above 0")
    if not all(spread >= 0 for spread in made.spread):
        raise ValueError("spread must not be negative or unknown")
    return made


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{name} cannot be {value!r:.40}")
    return float(value)


def _count(name: str, value: Any) -> int:
    if not isinstance(value, int):
        raise ValueError(f"{name} is no whole number")
    return int(_number(name, value))


def _known(name: str, value: Any) -> float:
    return math.nan if value is None else _number(name, value)


def _complex(name: str, value: Any) -> complex:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{name} must hold pairs")
    return complex(_known(name, value[0]), _known(name, value[1]))


def _row(item: Callable[[str, Any], Any]) -> Callable[[str, Any], tuple[Any, ...]]:
    def read(name: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != _LENGTHS[name]:
            raise ValueError(f"{name} must hold {_LENGTHS[name]} values")
        return tuple(item(name, one) for one in value)

    return read


_READ: dict[str, Callable[[str, Any], Any]] = {
    "t_s": _number,
    "view": _text,
    "azimuth_deg": _number,
    "lean_deg": _number,
    "twist_deg": _number,
    "strides": _count,
    "unit_px": _number,
    "place_px": _row(_known),
    "means": _row(_known),
    "swings": _row(_complex),
    "scatter": _number,
    "spread": _row(_known),
}
"""How each field of a baseline is read."""
