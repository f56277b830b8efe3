"""What advice is chosen from: a run in a few numbers.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from device.records import FAULTS

FRESH = 0.2
"""The first and the last such share of a run's strides are compared (chosen by us)."""

FEWEST = 60
"""So many judged strides each of them must have: most of a minute, and so a run of some five minutes (chosen by us)."""


class FaultFacts(NamedTuple):
    """One fault in one run.

    :param watched_s: time in which it could be judged.
    :param share: of that time, in which it persisted: 0..1; None if it was never watched.
    :param cues: how often it was spoken of.
    :param mended: after how many of them it was mended.
    :param faded: the middle of the last strides less that of the first, in the fault's unit; None if not known.
    """

    fault: str
    watched_s: float = 0.0
    share: float | None = None
    cues: int = 0
    mended: int = 0
    faded: float | None = None


class RunFacts(NamedTuple):
    """One run.

    :param running_s: time of running in it.
    :param cadence_spm: steps a minute; None if not known.
    :param faults: one entry a fault.
    :param shifted_deg: how far the middle of the thorax' turn moved from the first to the last strides, to the
        runner's right positive; None if not known.
    """

    running_s: float
    cadence_spm: float | None
    faults: tuple[FaultFacts, ...]
    shifted_deg: float | None = None

    def fault(self, name: str) -> FaultFacts:
        """One of the faults."""
        return next((one for one in self.faults if one.fault == name), FaultFacts(name))


def of_summary(data: Mapping[str, Any]) -> RunFacts:
    """The facts in the data of a run's ``summary`` event (:meth:`device.pipeline.Coach.summary`)."""
    told = data.get("faults", {})
    faults = []
    for name in FAULTS:
        one = told.get(name, {})
        faults.append(
            FaultFacts(
                name, one.get("watched_s", 0.0), one.get("share"), int(one.get("cues", 0)), int(one.get("mended", 0))
            )
        )
    return RunFacts(float(data.get("running_s", 0.0)), data.get("cadence_spm"), tuple(faults))


def faded(values: Sequence[float | None]) -> float | None:
    """The middle of a run's last strides less that of its first; None if too few of them are known.

    :param values: one a stride, in their order; None where it was not judged.
    """
    from statistics import median  # only now, at a run's end: it loads decimals and fractions

    count = int(FRESH * len(values))
    first = [value for value in values[:count] if value is not None]
    last = [value for value in values[len(values) - count :] if value is not None]
    return median(last) - median(first) if min(len(first), len(last)) >= FEWEST else None
