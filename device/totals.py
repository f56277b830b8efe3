"""What a run sums up to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from device.records import FAULTS, Cue, Fault, Posture


@dataclass(slots=True)
class _Tally:
    """What is counted for one fault."""

    watched_s: float = 0.0
    on_s: float = 0.0
    cues: int = 0
    mended: int = 0
    cued: bool = False


class Totals:
    """Counts from posture to posture; what is costly happens only when faults change."""

    def __init__(self) -> None:
        self._first_s = self._last_s = math.nan
        self._seen_s = self._running_s = self._steps = 0.0
        self._tallies = {fault: _Tally() for fault in FAULTS}
        self._faults: tuple[Fault, ...] = ()
        self._going: list[tuple[_Tally, bool]] = []  # those of faults watched now, and whether each is on
        self._going_s = 0.0  # for how long so far

    def count(self, posture: Posture, faults: tuple[Fault, ...], said: Cue | None) -> None:
        """Take in what is known as of one frame."""
        if faults is not self._faults:
            self._book()
            self._faults = faults
            self._settle(faults)
        last_s, self._last_s = self._last_s, posture.t_s
        if last_s != last_s:
            self._first_s = posture.t_s
            return
        # A hole in the data is time nobody was seen in.
        elapsed_s = min(posture.t_s - last_s, 1.0)
        self._going_s += elapsed_s
        if posture.seen:
            self._seen_s += elapsed_s
            if posture.running:
                self._running_s += elapsed_s
                self._steps += elapsed_s * posture.cadence_spm / 60
        if said is not None and said.kind == "cue":
            self._tallies[said.fault].cues += 1
            self._tallies[said.fault].cued = True

    @property
    def running_s(self) -> float:
        """For how long there was running."""
        return self._running_s

    def numbers(self) -> dict[str, Any]:
        """The run so far, fit for a file."""
        self._book()
        cadence_spm = 60 * self._steps / self._running_s if self._running_s > 0 else math.nan
        return {
            "duration_s": round(self._last_s - self._first_s, 2) if self._first_s == self._first_s else 0.0,
            "seen_s": round(self._seen_s, 2),
            "running_s": round(self._running_s, 2),
            "cadence_spm": round(cadence_spm, 2) if math.isfinite(cadence_spm) else None,
            "faults": {
                name: {
                    "watched_s": round(tally.watched_s, 2),
                    "share": round(tally.on_s / tally.watched_s, 4) if tally.watched_s > 0 else None,
                    "cues": tally.cues,
                    "mended": tally.mended,
                }
                for name, tally in self._tallies.items()
            },
        }

    def _book(self) -> None:
        """Give the faults that are watched the time since they changed."""
        for tally, on in self._going:
            tally.watched_s += self._going_s
            if on:
                tally.on_s += self._going_s
        self._going_s = 0.0

    def _settle(self, faults: tuple[Fault, ...]) -> None:
        """Faults have changed: whose time runs now, and what is mended."""
        tallies = list(zip(faults, self._tallies.values(), strict=True))
        self._going = [(tally, fault.on) for fault, tally in tallies if fault.watched]
        for fault, tally in tallies:
            if tally.cued and not fault.on:
                tally.mended += not math.isnan(fault.value)
                tally.cued = False
