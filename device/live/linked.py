"""The live coach as the link sees it: what it tells, and what it can be asked to do, over ssh or from the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from device.errors import FormCoachError, UsageError
from device.live import status
from device.live.snapshot import snapshot
from device.settings import Settings
from device.tuning.describing import SETTINGS, values
from device.whatif import past

if TYPE_CHECKING:
    from device.live.service import Service
    from device.tuning.store import Change, Store

OBEYED_S = 2.0
"""The main thread obeys within this time; it never does anything that takes long."""


class BusyError(FormCoachError):
    """The coach did not do what it was asked in time."""


class Linked:
    """Keeps the contract of :class:`device.link.coach.LinkedCoach` for a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def in_force(self) -> Settings:
        """The settings in force."""
        return self._service.settings

    @property
    def muted(self) -> bool:
        """Whether nothing is said."""
        return self._service.muted

    def status(self) -> Mapping[str, Any]:
        """The status as in the status file."""
        service = self._service
        return status.stamped(snapshot(service, status.now_s(), service.started_s))

    def settings(self) -> Mapping[str, Any]:
        """All settings in force, and where each comes from."""
        service = self._service
        settings, layers = service.settings, service.configured.layers
        origins = layers.origins if layers is not None else {}
        return {
            "generation": service.generation,
            "profile": settings.profile.name,
            "path": str(service.configured.path) if service.configured.path else None,
            "values": _values(settings),
            "origins": {key: origins.get(key, "default") for key in SETTINGS},
            "trouble": service.configured.trouble,
        }

    def tune(self, changes: Mapping[str, Any], who: str) -> Mapping[str, Any]:
        """Change settings, in the file and in force."""
        self._change(lambda store: store.set(changes, who))
        return self._told(list(changes))

    def reset(self, keys: Sequence[str] | None, who: str) -> Mapping[str, Any]:
        """Give settings their defaults back, in the file and in force."""
        before = dict(self.settings()["values"])
        self._change(lambda store: store.reset(keys, who))
        after = self.settings()["values"]
        return self._told([key for key in after if after[key] != before[key]])

    def reload(self) -> Mapping[str, Any]:
        """Read the settings files again."""
        self._have("reload")
        return {"generation": self._service.generation, "trouble": self._service.configured.trouble}

    def mute(self, muted: bool | None) -> bool:
        """Silence the coach or not; None changes it."""
        self._have("mute" if muted is None else "quiet" if muted else "speak")
        return self._service.muted

    def relearn(self) -> None:
        """Learn the runner's good form anew."""
        self._have("relearn")

    def say(self, text: str) -> None:
        """Speak a text once, also while muted: somebody asked for it."""
        self._service.announcer.say(text)

    def past(self, seconds: float) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """The postures of the last seconds."""
        return past.COLUMNS, self._service.past.rows(seconds)

    def _change(self, make: Callable[[Store], Change]) -> None:
        path = self._service.configured.path
        if path is None:
            raise UsageError("the coach runs without a settings file, so nothing can be changed")
        from device.tuning.store import Store  # only now: a coach that nobody tunes can do without tomlkit

        make(Store(path))
        self._have("reload")

    def _told(self, keys: Sequence[str]) -> Mapping[str, Any]:
        known = _values(self._service.settings)
        return {"now": {key: known[key] for key in keys if key in known}, "generation": self._service.generation}

    def _have(self, command: str) -> None:
        if not self._service.have(command, OBEYED_S):
            raise BusyError("the coach did not answer in time; see `form-coach status`")


def _values(settings: Settings) -> dict[str, Any]:
    """Every setting as JSON has it."""
    return {key: status.plain(value) for key, value in values(settings).items()}
