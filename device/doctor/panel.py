"""The button and the light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.doctor import Result, bad, none, ok
from device.panel import on_a_pi, open_panel
from device.settings import PanelSettings

_REMEDY = "see the wiring in docs/build.md; a part that is not there: -1 as its GPIO under [panel]"


def panel(settings: PanelSettings) -> Result:
    """Open the pins that the settings name."""
    if switched_off := _none_wanted(settings):
        return switched_off
    if not on_a_pi():
        return none("this is no Raspberry Pi: button and light need its pins")
    opened = open_panel(settings, lambda command: None)
    try:
        if opened.trouble:
            return bad(opened.trouble, _REMEDY)
        return ok(_wired(settings, opened.button, opened.light))
    finally:
        opened.close()


def in_use(settings: PanelSettings, status: Mapping[str, Any]) -> Result:
    """The panel as the running coach tells of it, who holds the pins."""
    troubles, own = status.get("troubles"), status.get("panel")
    if isinstance(troubles, Mapping) and troubles.get("panel"):
        return bad(f"the running coach says: {troubles['panel']}", _REMEDY)
    if switched_off := _none_wanted(settings):
        return switched_off
    button, light = (own.get("button"), own.get("light")) if isinstance(own, Mapping) else (None, None)
    if not button and not light:
        return none("the running coach has neither button nor light")
    return ok(f"{_wired(settings, bool(button), bool(light))} (as the running coach tells, which holds them)")


def _none_wanted(settings: PanelSettings) -> Result | None:
    if settings.button_gpio < 0 and settings.light_gpio < 0:
        return none("switched off in the settings ([panel] button_gpio and light_gpio are -1)")
    return None


def _wired(settings: PanelSettings, button: bool, light: bool) -> str:
    parts = []
    if button:
        parts.append(f"button on GPIO {settings.button_gpio}")
    if light:
        parts.append(f"light on GPIO {settings.light_gpio}")
    return ", ".join(parts)
