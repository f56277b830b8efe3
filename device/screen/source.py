"""Where the screen's messages come from: a running coach, or a recorded run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Preview:
    """What other limits would have made of the past.

    :param where: "in the last ten minutes", say.
    :param before: cues with the limits as they were.
    :param now: cues with the limits as they are.
    """

    where: str
    before: int
    now: int

    @property
    def words(self) -> str:
        """As one line."""
        return f"{self.where}: {_cues(self.before)} → {_cues(self.now)}"


class Source(Protocol):
    """Messages of the live link (docs/link.md), and two of the screen's own.

    ``{"kind": "link", "up": bool, "why": str}`` tells whether the coach is heard; ``{"kind": "run", "run": RunSeen}``
    where a recorded run stands, ``{"kind": "traces", "points": {fault: [Point]}}`` what its traces are there.
    """

    def messages(self) -> AsyncIterator[Mapping[str, Any]]:
        """All messages, until :meth:`close`."""
        ...

    async def ask(self, do: str, **fields: Any) -> Mapping[str, Any]:
        """Have something done; the answer has ``ok``, and ``why`` where it is false.  Never raises."""
        ...

    async def preview(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> Preview | None:
        """Compare two sets of (flat) settings over what is past; None where there is nothing to compare."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


def _cues(count: int) -> str:
    return "1 cue" if count == 1 else f"{count} cues"
