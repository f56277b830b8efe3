"""What can go wrong that a person can mend."""

from __future__ import annotations


class NoOpenGLError(RuntimeError):
    """There is no OpenGL to draw with."""


class DescriptionError(ValueError):
    """A description is not right.

    :param source: the file or clip that is meant.
    :param reasons: all of them.
    """

    def __init__(self, source: str, reasons: list[str]) -> None:
        super().__init__("\n".join(f"{source}: {reason}" for reason in reasons))
        self.reasons = reasons


class DiskError(OSError):
    """A clip cannot be written."""
