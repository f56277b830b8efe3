"""How often to draw, so that a slow link is never behind: what it has not swallowed is not followed by more.  Pure.

After each redraw the terminal is asked where its cursor is.  It answers once it has taken in all that came before, so
the answer's delay is that of the link, whatever buffers lie between.
"""

from __future__ import annotations

from dataclasses import dataclass

FASTEST_S = 0.1
"""Ten redraws a second are as many as anybody needs."""

SLOWEST_S = 5.0
"""An answer that takes longer is not waited for: it may be lost."""

UNANSWERED = 2
"""A terminal that leaves the first questions unanswered never answers; it is asked no more."""

BLIND_S = 0.25
"""How often to draw where there are no answers, or none yet (chosen by us)."""

SHARE = 0.2
"""Share of a processor that may be used (chosen by us): the coach on the same computer needs it more."""


@dataclass(slots=True)
class Pace:
    """When the next redraw is due."""

    drawn_s: float = float("-inf")
    work_s: float = 0.0
    cost_s: float = 0.0
    asked_s: float | None = None
    delay_s: float = 0.0
    answers: int = 0
    lost: int = 0

    @property
    def asks(self) -> bool:
        """Whether to ask the terminal now."""
        return self.asked_s is None and (self.answers > 0 or self.lost < UNANSWERED)

    @property
    def idle(self) -> bool:
        """Whether nothing is known to be on its way."""
        return self.asked_s is None or not self.answers

    def due(self, now_s: float) -> bool:
        """Whether to draw now."""
        if self.asked_s is not None and now_s - self.asked_s >= SLOWEST_S:
            self.asked_s = None
            self.lost += 1
        if self.asked_s is not None and self.answers:
            return False
        least_s = FASTEST_S if self.answers else BLIND_S
        return now_s - self.drawn_s >= max(least_s, self.delay_s, self.cost_s / SHARE) - 0.005

    def drawn(self, now_s: float, work_s: float) -> None:
        """It was drawn.

        :param work_s: processor time that was used since the start.
        """
        if self.work_s:
            self.cost_s = 0.8 * self.cost_s + 0.2 * (work_s - self.work_s)
        self.drawn_s, self.work_s = now_s, work_s

    def asked(self, now_s: float) -> None:
        """The terminal was asked."""
        self.asked_s = now_s

    def answered(self, now_s: float) -> None:
        """It answered."""
        if self.asked_s is not None:
            self.delay_s = now_s - self.asked_s
            self.answers += 1
        self.asked_s = None
