"""Which settings file is meant, and whose state belongs to it."""

from __future__ import annotations

import os
from pathlib import Path

from device import config, folders
from device.live.status import Status

SERVICE = Path("/etc/form-coach/settings.toml")
"""The settings of the service."""

SERVICE_STATE = Path("/var/lib/form-coach")
"""Where the service keeps what it learned."""


def settings_file(given: Path | None, status: Status | None = None, service: Path = SERVICE) -> Path:
    """The settings file, which need not be there: as :func:`named`, else the user's own."""
    return named(given, status, service) or own()


def named(given: Path | None, status: Status | None = None, service: Path = SERVICE) -> Path | None:
    """The settings file in force, None where the defaults are.

    It is the one given, else that of ``$FORM_COACH_CONFIG``, else the running coach's, else the service's, else the
    user's own, the last two if they are there.

    :param status: what the running coach says; None where only the file of a coach to be started is of interest.
    """
    if asked := given or os.environ.get(config.ENVIRONMENT):
        return Path(asked)
    if status is not None and status.running:
        path = of_coach(status)
        return None if path == own() and not os.path.exists(path) else path
    # Unlike Path.exists, this is never an error.
    return next((path for path in (service, own()) if os.path.exists(path)), None)


def of_coach(status: Status) -> Path | None:
    """The settings file that the coach says it reads."""
    part = status.snapshot.get("settings")
    path = part.get("path") if isinstance(part, dict) else None
    return Path(path) if isinstance(path, str) and path else None


def own() -> Path:
    """The user's own settings file, for a coach that is no service; it need not be there."""
    shared = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(shared) if os.path.isabs(shared) else Path(os.path.expanduser("~"), ".config")
    return folder / "form-coach" / "settings.toml"


def state_of(path: Path) -> Path | None:
    """Where the coach that reads these settings keeps what it learned."""
    if path == SERVICE and "STATE_DIRECTORY" not in os.environ:
        return SERVICE_STATE
    return folders.state()


def baselines(state: Path, profile: str) -> Path:
    """Where a runner's good form is kept.

    :param profile: "" for a household without profiles.
    """
    return (state / "profiles" / profile if profile else state) / "baselines.json"
