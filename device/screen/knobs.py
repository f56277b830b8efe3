"""The limits that can be moved: which setting stands behind each fault's limits, how far a key moves it, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from device.faults.limits import LIMITS
from device.records import FAULTS, Baseline, Posture
from device.settings import Settings
from device.tuning.describing import SECTIONS


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting that can be moved.

    :param label: what it is called where its fault's name stands above.
    :param step: by how much a key moves it.
    :param what: what it does, in a few words.
    """

    fault: str
    name: str
    label: str
    step: float
    what: str

    @property
    def key(self) -> str:
        """The setting's full name."""
        return f"{self.fault}.{self.name}"

    @property
    def digits(self) -> int:
        """Digits behind the point that its numbers need."""
        return 2 if self.step < 0.1 else 1

    @property
    def setting(self) -> Field[Any]:
        """What the settings say of it."""
        section = next(part for part in fields(Settings) if part.name == self.fault)
        kind: Any = section.default_factory
        return next(field for field in fields(kind) if field.name == self.name)

    @property
    def unit(self) -> str:
        """Its unit, short."""
        unit = str(self.setting.metadata["unit"])
        return " %" if unit.startswith("%") else unit

    def moved(self, value: float, steps: int) -> tuple[float, str]:
        """The value so many steps up or down, and why it is no further: "" or one line."""
        low, high = self.setting.metadata["low"], self.setting.metadata["high"]
        wanted = round(value + steps * self.step, 6)
        if low <= wanted <= high:
            return wanted, ""
        return min(max(wanted, low), high), f"{self.key} goes from {low:g} to {high:g}{self.unit}, no further"


KNOBS = (
    Knob("forward_lean", "rise_deg", "own+", 0.5, "more lean above your own than this is out"),
    Knob("forward_lean", "on_deg", "most", 0.5, "more lean than this is always out"),
    Knob("forward_lean", "least_deg", "least", 0.5, "less lean than this is never out"),
    Knob("hunched_shoulders", "raised_pct", "raised", 0.2, "shoulders raised by more than this are out"),
    Knob("hunched_shoulders", "forward_pct", "forward", 0.5, "shoulders and head further forward are out"),
    Knob("torso_twist", "rise_ratio", "own×", 0.05, "more than so many times your own twist is out"),
    Knob("torso_twist", "on_deg", "most", 1.0, "more twist than this is always out"),
    Knob("torso_twist", "least_deg", "least", 1.0, "less twist than this is never out"),
)


def of(fault: str) -> tuple[Knob, ...]:
    """The knobs of one fault."""
    return tuple(knob for knob in KNOBS if knob.fault == fault)


def settings(values: Mapping[str, Any]) -> Settings:
    """Settings from flat values, as the link tells them.  What is missing or does not fit keeps its default."""
    made = Settings()
    for name, those in SECTIONS.items():
        given = {setting.name: setting.fitting(values.get(setting.key)) for setting in those}
        good = {name: value for name, value in given.items() if value is not None}
        made = replace(made, **{name: replace(getattr(made, name), **good)})
    return made


def flat(made: Settings) -> dict[str, Any]:
    """Settings as flat values."""
    return {
        f"{section.name}.{field.name}": getattr(getattr(made, section.name), field.name)
        for section in fields(made)
        for field in fields(getattr(made, section.name))
    }


def limits(
    fault: str, values: Mapping[str, Any], own_deg: float | None, measure: str
) -> tuple[float, float, float | None]:
    """On limit, off limit and own good form of a fault, as settings make them: before the coach has heard of them.

    :param own_deg: the runner's own lean or twist; None while not known.
    :param measure: which of the shoulders' measures is told.
    """
    own_values = tuple(
        (key, float(value))
        for key, value in values.items()
        if key.startswith(f"{fault}.") and isinstance(value, (int, float))
    )
    return _limits(fault, own_values, own_deg, measure)


@lru_cache(256)
def _limits(
    fault: str, values: tuple[tuple[str, float], ...], own_deg: float | None, measure: str
) -> tuple[float, float, float | None]:
    made = settings(dict(values))
    if fault == "hunched_shoulders":
        own = made.hunched_shoulders
        limit = own.forward_pct if measure == "forward" else own.raised_pct
        return limit, limit * own.clear_share, 0.0
    reading = LIMITS[fault](Posture(0.0, baseline=_baseline(own_deg)), made)
    return reading.limit, reading.clear, own_deg


def behind(fault: str, values: Mapping[str, Any], own_deg: float | None, measure: str) -> str:
    """The setting that makes the limit what it is just now: moving another one changes nothing at once."""
    if fault == "hunched_shoulders":
        return f"{fault}.{'forward_pct' if measure == 'forward' else 'raised_pct'}"
    whole = flat(settings(values))
    limit = limits(fault, whole, own_deg, measure)[0]
    for knob in of(fault):
        value = whole[knob.key]
        changed = {**whole, knob.key: value * (1.001 if value < knob.setting.metadata["high"] / 1.001 else 0.999)}
        if not math.isclose(limits(fault, changed, own_deg, measure)[0], limit, rel_tol=1e-6):
            return knob.key
    return ""


def _baseline(own_deg: float | None) -> Baseline | None:
    """A baseline that knows only what the limits ask of it."""
    if own_deg is None:
        return None
    return Baseline(0.0, "", 0.0, own_deg, own_deg, 0, 1.0, (0.0, 0.0), (), (), 1.0, ())


FIRST = {fault: next(index for index, knob in enumerate(KNOBS) if knob.fault == fault) for fault in FAULTS}
"""The first knob of each fault."""
