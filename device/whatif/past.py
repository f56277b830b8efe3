"""The postures of the last minutes: kept by the service, told as rows, and judged again with other limits."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from device import baselines
from device.records import Baseline, Moment, Posture

SPAN_S = 600.0
"""How much of the past is kept."""

EVERY_S = 0.5
"""A posture in which nothing has changed is kept so often: confidence goes on changing, and a hole must be told from
it."""

FLICKER_S = 0.1
"""Measures that come and go faster than this, because marks do, are not all kept."""

MOST = 6000
"""So many are kept at most: ten a second (chosen by us: 500 bytes each)."""

DIGITS = 4
"""Numbers are told to so many: a limit is never set so fine."""

_DROPPED = {"camera_moved": "camera", "runner_changed": "runner"}


class Remembered(NamedTuple):
    """A posture with what the core told of the baseline at that moment; see :class:`device.pipeline.Learning`."""

    posture: Posture
    dropped: str = ""
    refused: str = ""
    recalled: bool = False

    @property
    def news(self) -> bool:
        """Whether there was anything to tell of the baseline."""
        return bool(self.dropped or self.refused or self.recalled)


COLUMNS = (
    "t_s",
    "motion",
    "view",
    "lean_deg",
    "twist_deg",
    "raised_pct",
    "rounded_pct",
    "head_forward_pct",
    "confidence",
    "stride",
    "baseline",
    "dropped",
    "refused",
    "recalled",
)
"""What a row holds: all that the judging of a posture needs.  Where a baseline is told first it stands there whole,
from then on as its number, counted from 0."""

_NUMBERS = {"lean_deg", "twist_deg", "raised_pct", "rounded_pct", "head_forward_pct", "confidence"}
_TEXTS = {"motion", "view", "dropped", "refused"}


def remembered(moment: Moment) -> Remembered:
    """A moment's posture, with what its events tell of the baseline."""
    dropped, refused, recalled = "", "", False
    for event in moment.events:
        dropped = _DROPPED.get(event.kind, dropped)
        if event.kind == "baseline_refused":
            refused = event.data["reason"]
        recalled |= event.kind == "baseline_recalled"
    return Remembered(moment.posture, dropped, refused, recalled)


def rows(known: Iterable[Remembered]) -> list[list[Any]]:
    """Postures as JSON can have them, in the order of :data:`COLUMNS`."""
    told: dict[int, int] = {}
    found = []
    for one in known:
        posture = one.posture
        values = {**posture._asdict(), **one._asdict()}
        row = [_plain(name, values[name]) for name in COLUMNS]
        if posture.baseline is not None:
            number = told.get(id(posture.baseline))
            if number is None:
                told[id(posture.baseline)] = len(told)
                row[_BASELINE] = baselines.encoded(posture.baseline)
            else:
                row[_BASELINE] = number
        found.append(row)
    return found


def postures(told: Iterable[Sequence[Any]]) -> list[Remembered]:
    """The postures that rows tell of.

    :raises ValueError: they are no such rows.
    """
    known: list[Baseline] = []
    found: list[Remembered] = []
    try:
        for row in told:
            values = dict(zip(COLUMNS, row, strict=True))
            values |= {name: math.nan if values[name] is None else float(values[name]) for name in _NUMBERS}
            values |= {name: str(values[name] or "") for name in _TEXTS}
            values |= {"t_s": float(values["t_s"]), "stride": int(values["stride"])}
            own = values["baseline"]
            if isinstance(own, dict):
                known.append(baselines.decoded(own))
                values["baseline"] = known[-1]
            elif own is not None:
                values["baseline"] = known[own]
            learning = values.pop("dropped"), values.pop("refused"), bool(values.pop("recalled"))
            found.append(Remembered(Posture(**values), *learning))
    except (TypeError, ValueError, IndexError) as error:
        raise ValueError(f"these are no postures: {error}") from error
    return found


class Past:
    """The last ten minutes, as few postures as tell of them all; they may be asked for on another thread.

    :param span_s: how much of the past is kept.
    """

    def __init__(self, span_s: float = SPAN_S) -> None:
        self._span_s = span_s
        self._kept: deque[Remembered] = deque(maxlen=MOST)
        self._last: Posture | None = None
        self._lock = threading.Lock()

    def add(self, moment: Moment) -> None:
        """Take in a moment; what is older than the span goes."""
        posture, last = moment.posture, self._last
        if last is not None and not moment.events and not _news(posture, last):
            return
        self._last = posture
        with self._lock:
            self._kept.append(remembered(moment))
            while self._kept[0].posture.t_s < posture.t_s - self._span_s:
                self._kept.popleft()

    def postures(self, seconds: float = SPAN_S) -> list[Remembered]:
        """Those of the last seconds, oldest first."""
        with self._lock:
            kept = list(self._kept)
        return [one for one in kept if one.posture.t_s >= kept[-1].posture.t_s - seconds]

    def rows(self, seconds: float = SPAN_S) -> list[list[Any]]:
        """The same as :func:`rows`."""
        return rows(self.postures(seconds))


def _news(posture: Posture, last: Posture) -> bool:
    """Whether a posture tells something that the one kept last does not."""
    elapsed_s = posture.t_s - last.t_s
    if elapsed_s >= EVERY_S or elapsed_s < 0:
        return True
    if (
        posture.stride != last.stride
        or posture.motion != last.motion
        or posture.baseline is not last.baseline
        or posture.view != last.view
    ):
        return True
    return elapsed_s >= FLICKER_S and any(
        # NaN is no news beside NaN.
        one != other and (one == one or other == other)
        for one, other in (
            (posture.lean_deg, last.lean_deg),
            (posture.twist_deg, last.twist_deg),
            (posture.raised_pct, last.raised_pct),
            (posture.rounded_pct, last.rounded_pct),
            (posture.head_forward_pct, last.head_forward_pct),
        )
    )


def _plain(name: str, value: Any) -> Any:
    """A value as JSON can have it, "" and false as null, which is shorter."""
    if name in _NUMBERS:
        return round(value, DIGITS) if value == value else None
    return round(value, DIGITS) if name == "t_s" else value or (0 if name == "stride" else None)


_BASELINE = COLUMNS.index("baseline")
