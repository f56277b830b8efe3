"""Telling the running coach of a change, and what to say of it: "in force" only on the coach's own word."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device import folders
from device.live import status
from device.tuning import place
from device.tuning.describing import SETTINGS, shown

RESTART = "sudo systemctl restart form-coach"
RELOAD = "sudo systemctl reload form-coach"

PATIENCE_S = 3.0
"""A coach confirms a change within a second, also on a slow card."""


@dataclass(frozen=True)
class Confirmed:
    """What became of a change.

    :param text: in words.
    :param in_force: whether the running coach confirms it; None where no coach runs on these settings.
    """

    text: str
    in_force: bool | None


def confirm(path: Path, expected: Mapping[str, Any]) -> Confirmed:
    """Have a coach that runs on a settings file read it, and find out what is in force then.

    :param path: the settings file that was changed.
    :param expected: what is to be in force, by key.
    """
    found = status.read(folders.runtime())
    if found.condition == "hung":
        return Confirmed(f"saved; but the running coach hangs ({found.why}): {RESTART}", False)
    if not found.running:
        started = "" if place.settings_file(None) == path else f", with --config {path}"
        return Confirmed(f"Form Coach is not running; this applies at the next start{started}", None)
    reads = place.of_coach(found)
    if reads is None:
        return Confirmed("the running coach was started without this file; this applies at the next start", None)
    if not _same(reads, path):
        return Confirmed(f"the running coach reads another file, {reads}: for it nothing has changed", None)
    return _asked(expected)


def _asked(expected: Mapping[str, Any]) -> Confirmed:
    """What the coach says; it answers within a moment or not at all."""
    from device.link.client import LinkClient, LinkError, NotRunningError

    try:
        with LinkClient(timeout_s=PATIENCE_S) as client:
            trouble = client.ask("reload").get("trouble")
            told = client.ask("settings").get("settings")
    except NotRunningError:  # it is, says its status
        return Confirmed("saved; but the running coach cannot be asked; to have it read: " + RELOAD, False)
    except LinkError as error:
        return Confirmed(f"saved; but the running coach did not confirm it: {error}", False)
    if trouble:
        return Confirmed(f"saved; but the running coach does not take it: {trouble}", False)
    values = told.get("values") if isinstance(told, dict) else None
    if not isinstance(values, dict):
        return Confirmed("saved; but the running coach does not say what is in force", False)
    other = [key for key, value in expected.items() if not _equal(values.get(key), value)]
    if other:
        now = ", ".join(f"{key} = {shown(values.get(key))}" for key in other[:3])
        return Confirmed(f"saved; but in force is {now}: somebody else changed it meanwhile", False)
    later = [key for key in expected if SETTINGS[key].restart]
    if later:
        return Confirmed(
            f"the running coach has read it; {', '.join(later)} applies at its next start: {RESTART}", True
        )
    return Confirmed("in force now, says the running coach", True)


def _equal(one: Any, other: Any) -> bool:
    return (list(one) if isinstance(one, (list, tuple)) else one) == (
        list(other) if isinstance(other, (list, tuple)) else other
    )


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
