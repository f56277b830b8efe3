"""The service: whether it is set up, runs, starts with the computer, and what it says of itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from device.columns import clean
from device.doctor import Result, bad, none, ok, warn
from device.doctor.machine import ask
from device.live.status import Status

UNIT = "form-coach.service"

_JOURNAL = "sudo journalctl -u form-coach -n 20 tells why"
_OWN_CHECKS = ("camera", "voice", "speech", "panel")
"""Troubles that have a check of their own."""


def service(status: Status, root: Path = Path("/")) -> Result:
    """What systemd says of the service, and what the service says of itself."""
    unit = _unit(root)
    if unit.get("LoadState") != "loaded":
        return _without(status)
    active, restarts = unit.get("ActiveState"), unit.get("NRestarts", "0")
    if active == "failed":
        return bad(
            f"the service failed ({unit.get('Result', 'unknown')})", f"sudo systemctl restart form-coach; {_JOURNAL}"
        )
    if active != "active":
        return warn(f"the service is {active or 'in an unknown state'}", f"sudo systemctl start form-coach; {_JOURNAL}")
    if status.condition in ("hung", "dead", "unreadable"):
        return bad(f"the service is active, but: {status.why}", f"sudo systemctl restart form-coach; {_JOURNAL}")
    if status.condition == "other_version":
        return warn(f"the service is active, but {status.why}", "sudo systemctl restart form-coach")
    if said := _troubles(status):
        return warn(f"the service runs, and says: {said}", f"mend that; {_JOURNAL}")
    if status.condition == "absent":
        return warn("the service is active, but tells nothing yet", "wait some seconds, then run this again")
    if restarts != "0":
        return warn(f"the service runs, but had to be restarted {restarts} times", _JOURNAL)
    if unit.get("UnitFileState") not in ("enabled", "enabled-runtime"):
        return warn("the service runs, but will not start with the computer", "sudo systemctl enable form-coach")
    return ok(f"active, starts with the computer, never had to be restarted; {_doing(status)}")


def _without(status: Status) -> Result:
    """Where systemd knows of no service."""
    if status.condition == "absent":
        return none("not set up as a service here; scripts/install does it, form-coach run coaches without")
    if status.condition in ("hung", "unreadable"):
        return bad(status.why, "end it and start it again")
    if status.condition == "dead":
        return warn(f"it ran without a service: {status.why}", "start it again: form-coach run")
    if said := _troubles(status):
        return warn(f"it runs without a service, and says: {said}", "mend that")
    return ok(f"it runs without a service; {_doing(status)}")


def _unit(root: Path) -> dict[str, str]:
    """What systemd knows of the unit; {} where there is no systemd at work."""
    if not os.path.isdir(root / "run/systemd/system"):
        return {}
    wanted = "LoadState,ActiveState,UnitFileState,NRestarts,Result"
    answer = ask("systemctl", "show", UNIT, f"--property={wanted}", "--no-pager") or ""
    return dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)


def _troubles(status: Status) -> str:
    troubles = status.snapshot.get("troubles")
    if not status.running or not isinstance(troubles, Mapping):
        return ""
    return "; ".join(f"{clean(name)}: {clean(text)}" for name, text in troubles.items() if name not in _OWN_CHECKS)


def _doing(status: Status) -> str:
    return f"it says: {clean(status.snapshot.get('doing') or 'nothing')}"
