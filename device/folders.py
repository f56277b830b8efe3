"""The folders that are the coach's own: systemd names them for the service; elsewhere they are the user's."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

SERVICE_RUNTIME = Path("/run/form-coach")
"""The service's runtime folder; it is there while the service runs."""


def own_runtime() -> Path | None:
    """Where this very process tells how it is doing; None if there is no such place.

    ``$RUNTIME_DIRECTORY`` (set by systemd), else ``$XDG_RUNTIME_DIR/form-coach``, made if need be.
    """
    if own := os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]:
        return Path(own)
    shared = os.environ.get("XDG_RUNTIME_DIR", "")
    return _made([Path(shared, "form-coach")] if shared else [])


def runtime() -> Path | None:
    """Where to ask how a running coach is doing: at the service, where there is one, else as :func:`own_runtime`."""
    if "RUNTIME_DIRECTORY" not in os.environ and SERVICE_RUNTIME.is_dir():
        return SERVICE_RUNTIME
    return own_runtime()


def state() -> Path | None:
    """Where the coach keeps what it learned, made if need be; None if no such place can be written to.

    ``$STATE_DIRECTORY`` (set by systemd), which is taken as it is: a full or read-only disk may be mended meanwhile;
    then ``$XDG_STATE_HOME/form-coach``, then ``~/.local/state/form-coach``.
    """
    if own := os.environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(own)
    candidates = []
    if shared := os.environ.get("XDG_STATE_HOME", ""):
        candidates.append(Path(shared, "form-coach"))
    with contextlib.suppress(RuntimeError):  # no HOME, and a user without an entry
        candidates.append(Path.home() / ".local" / "state" / "form-coach")
    return _made(candidates)


def _made(candidates: list[Path]) -> Path | None:
    for folder in candidates:
        if folder.is_absolute():
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                return folder
    return None
