"""What the database of the runs knows of a run, for the advice."""

from __future__ import annotations

from collections.abc import Sequence

from device.advice.facts import FEWEST, FRESH, FaultFacts, RunFacts, faded
from device.records import FAULTS
from device.runs.store import Row, Store

_VALUES = {"forward_lean": "lean", "hunched_shoulders": "shoulders", "torso_twist": "twist"}
"""The column of table ``strides`` that a fault is judged by."""


def facts(store: Store, run: Row) -> RunFacts:
    """A run in a few numbers; what is not known, or made room for newer runs, is None.

    :param run: its line of the table ``runs``.
    """
    strides = store.table("strides", run["id"])
    tallies = {row["fault"]: row for row in store.table("tallies", run["id"])}
    faults = []
    for name in FAULTS:
        tally = tallies.get(name)
        values = [stride[_VALUES[name]] for stride in strides]
        if tally is None:
            faults.append(FaultFacts(name, faded=faded(values)))
        else:
            share = tally["on_s"] / tally["watched_s"] if tally["watched_s"] > 0 else None
            faults.append(FaultFacts(name, tally["watched_s"], share, tally["cues"], tally["mended"], faded(values)))
    return RunFacts(run["running_s"], run["cadence_spm"], tuple(faults), _shifted(strides))


def shares(store: Store, runner: str) -> dict[int, dict[str, float]]:
    """For each run of a runner how much of the watched time each fault was there."""
    found: dict[int, dict[str, float]] = {}
    for row in store.rows(
        "SELECT run, fault, on_s / watched_s AS share FROM tallies JOIN runs ON runs.id = run"
        " WHERE watched_s > 0 AND runner = ?",
        (runner,),
    ):
        found.setdefault(row["run"], {})[row["fault"]] = row["share"]
    return found


def runs(store: Store, runner: str) -> list[Row]:
    """The lines of a runner's runs, the newest first."""
    return store.rows("SELECT * FROM runs WHERE runner = ? ORDER BY id DESC", (runner,))


def _shifted(strides: Sequence[Row]) -> float | None:
    """How far the middle of the turn moved to the right.

    Left and right of one stride share the error of the camera's angle; it drops out of the difference of two parts of
    a run, as long as the camera stays where it is.
    """
    azimuths = {round(stride["azimuth_deg"] / 10) for stride in strides if stride["azimuth_deg"] is not None}
    if len(strides) * FRESH < FEWEST or max(azimuths, default=0) - min(azimuths, default=0) > 2:
        return None
    return faded(
        [
            None
            if stride["yaw_left_deg"] is None or stride["yaw_right_deg"] is None
            else (stride["yaw_right_deg"] - stride["yaw_left_deg"]) / 2
            for stride in strides
        ]
    )
