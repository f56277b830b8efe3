"""What is wrong with what was given, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence


class ScoreError(Exception):
    """The scorecard cannot be made.

    :param problems: one line for each reason.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n  ".join(self.problems))

    def __reduce__(self) -> tuple[type[ScoreError], tuple[list[str]]]:
        """Keep the reasons apart on the way from one process to another."""
        return ScoreError, (self.problems,)
