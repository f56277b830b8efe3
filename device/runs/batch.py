"""What is to be written of a run: rows by their tables, and key points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from device.records import Pose
from device.settings import Settings

Row = dict[str, Any]


class About(NamedTuple):
    """What a run is kept with.

    :param runner: the profile in use, "" for none.
    :param model: name of the pose model.
    """

    settings: Settings
    runner: str = ""
    model: str = ""
    model_sha256: str = ""
    software: str = ""


@dataclass
class Batch:
    """What there is to write of one run since the last time.

    :param name: the run's uuid.
    :param begun_s: when it began, on the coach's clock; its own times count from there.
    :param until_s: up to when it is gathered, on its own clock.
    :param run: its own line, all columns as of now but those of the wall clock and of the files.
    :param toml: the settings that it began with.
    :param strides: rows by their stride; in the other tables by their number.
    :param poses: key points with their times in the run.
    :param blocks: the same, packed; whoever writes packs them.
    """

    name: str
    begun_s: float
    until_s: float
    run: Row
    toml: str
    tallies: list[Row]
    strides: dict[int, Row] = field(default_factory=dict)
    episodes: dict[int, Row] = field(default_factory=dict)
    cues: dict[int, Row] = field(default_factory=dict)
    baselines: dict[int, Row] = field(default_factory=dict)
    events: dict[int, Row] = field(default_factory=dict)
    poses: list[tuple[float, Pose]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return bool(self.run["closed"] != "open")

    def add(self, later: Batch) -> None:
        """Take in a later batch of the same run."""
        self.until_s, self.run, self.tallies = later.until_s, later.run, later.tallies
        for table in ("strides", "episodes", "cues", "baselines", "events"):
            getattr(self, table).update(getattr(later, table))
        self.poses += later.poses
        self.blocks += later.blocks
