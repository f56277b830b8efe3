"""The runner's own good form: where it is kept, and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from device import baselines
from device.baselines import BaselineOutput
from device.live.journal import Journal
from device.live.keeper import Keeper
from device.outputs import Output
from device.pipeline import Coach
from device.records import Baseline

NAME = "baselines.json"
"""The name of a runner's baselines in the state folder, or in that of a profile within it."""


class OwnForm:
    """Keeps each person's baselines in a place of their own.

    :param state: the state folder; None where nothing is kept.
    """

    def __init__(self, state: Path | None, keeper: Keeper, journal: Journal) -> None:
        self._state = state
        self._keeper = keeper
        self._journal = journal
        self._output: BaselineOutput | None = None

    def begin(self, profile: str, outputs: list[Output]) -> Sequence[Baseline]:
        """What is known of the runner to begin with; adds the output that keeps what is learned."""
        if self._state is None:
            return ()
        kept = self._load(profile)
        self._output = BaselineOutput(self._path(profile), kept, self._write)
        outputs.append(self._output)
        return kept.baselines

    def change(self, profile: str) -> Callable[[Coach], None]:
        """Somebody else's profile is in use: what is to be done to the coach for it, on its own thread."""
        output = self._output
        if output is None:
            return lambda coach: coach.meet(())
        path, kept = self._path(profile), self._load(profile)

        def meet(coach: Coach) -> None:
            coach.meet(kept.baselines)
            output.turn(path, kept)

        return meet

    def _path(self, profile: str) -> Path:
        assert self._state is not None
        return self._state / "profiles" / profile / NAME if profile else self._state / NAME

    def _load(self, profile: str) -> baselines.Kept:
        kept = baselines.load(self._path(profile))
        if kept.trouble:
            self._journal.wrong("baselines", kept.trouble)
        else:
            self._journal.right("baselines", "can be read")
        return kept

    def _write(self, path: Path, known: tuple[Baseline, ...]) -> None:
        def write() -> None:
            if path.parent != self._state:
                path.parent.mkdir(parents=True, exist_ok=True)
            baselines.save(path, known)

        self._keeper.keep(path, write)
