"""What the link needs of a coach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from device.settings import Settings


class LinkedCoach(Protocol):
    """The coach as the link sees it.

    What only tells (the properties, :meth:`status`, :meth:`settings`) is called on the link's own thread and must
    return at once.  All else is called on a second thread, one call at a time, and may wait for a disk.  An expected
    fault is a :class:`~device.errors.FormCoachError`; its text is the answer.
    """

    @property
    def in_force(self) -> Settings:
        """The settings in force."""
        ...

    @property
    def muted(self) -> bool:
        """Whether nothing is said."""
        ...

    def status(self) -> Mapping[str, Any]:
        """The status as in the status file, by :func:`device.live.status.stamped`."""
        ...

    def settings(self) -> Mapping[str, Any]:
        """``generation`` (grows with each change), ``profile``, ``path``, ``values`` and ``origins`` by name, and
        ``trouble``: what is wrong with the files, or None."""
        ...

    def tune(self, changes: Mapping[str, Any], who: str) -> Mapping[str, Any]:
        """Change settings, all or none; ``now``: what is in force of them, and ``generation``."""
        ...

    def reset(self, keys: Sequence[str] | None, who: str) -> Mapping[str, Any]:
        """Give settings, or all of them, their defaults back; the same comes back."""
        ...

    def reload(self) -> Mapping[str, Any]:
        """Read the settings files again; ``generation`` and ``trouble``."""
        ...

    def mute(self, muted: bool | None) -> bool:
        """Silence the coach or not; None changes it.  Whether it is silent now comes back."""
        ...

    def relearn(self) -> None:
        """Learn the runner's good form anew."""
        ...

    def say(self, text: str) -> None:
        """Speak a text once."""
        ...

    def past(self, seconds: float) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """The columns and the rows of the postures of the last seconds, oldest first."""
        ...
