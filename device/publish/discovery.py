"""How Home Assistant finds the coach by itself: one retained message for each of its entities.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROOT = "homeassistant"
"""Where Home Assistant looks; its own default."""


@dataclass(frozen=True)
class _Entity:
    name: str
    label: str
    topic: str
    value: str
    more: tuple[tuple[str, Any], ...] = ()
    kind: str = "sensor"


def _measured(unit: str, icon: str = "", digits: int = 0) -> tuple[tuple[str, Any], ...]:
    found: list[tuple[str, Any]] = [("state_class", "measurement"), ("unit_of_measurement", unit)]
    found.append(("suggested_display_precision", digits))
    return tuple(found + ([("icon", icon)] if icon else []))


_DIAGNOSTIC = (("entity_category", "diagnostic"),)
_STATES = ["waiting", "learning", "coaching", "muted", "error"]

ENTITIES = (
    _Entity("state", "State", "state", "state", (("device_class", "enum"), ("options", _STATES), ("icon", "mdi:run"))),
    _Entity("cadence", "Cadence", "state", "cadence_spm", _measured("steps/min", "mdi:shoe-print")),
    _Entity("lean", "Forward lean", "state", "lean_deg", _measured("°", "mdi:angle-acute", 1)),
    _Entity("shoulders", "Shoulders", "state", "faults.hunched_shoulders.value", _measured("%", "mdi:human", 1)),
    _Entity("twist", "Torso twist", "state", "twist_deg", _measured("°", "mdi:rotate-3d-variant", 1)),
    _Entity("fps", "Pictures a second", "health", "fps", _measured("fps", "mdi:video", 1) + _DIAGNOSTIC),
    _Entity(
        "temperature",
        "Processor temperature",
        "health",
        "temperature_c",
        (("device_class", "temperature"), *_measured("°C", digits=1), *_DIAGNOSTIC),
    ),
    _Entity(
        "problem",
        "Problem",
        "health",
        "problem",
        (("device_class", "problem"), ("payload_on", "on"), ("payload_off", "off"), *_DIAGNOSTIC),
        "binary_sensor",
    ),
)


def configs(prefix: str, device: str, software: str) -> dict[str, dict[str, Any]]:
    """Home Assistant's description of each entity, by topic.

    :param prefix: of the coach's own topics.
    :param device: what tells this device from others, of letters and digits.
    """
    node = f"form_coach_{device}"
    about = {
        "identifiers": [node],
        "name": "Form Coach" if prefix == "form-coach" else f"Form Coach {prefix}",
        "manufacturer": "Form Coach",
        "model": "Form Coach",
        "sw_version": software,
    }
    return {
        f"{ROOT}/{one.kind}/{node}/{one.name}/config": {
            "name": one.label,
            "unique_id": f"{node}_{one.name}",
            "object_id": f"form_coach_{one.name}",
            "state_topic": f"{prefix}/{one.topic}",
            "value_template": _template(one),
            "availability_topic": f"{prefix}/availability",
            "device": about,
            "origin": {"name": "form-coach", "sw_version": software},
            **dict(one.more),
        }
        for one in ENTITIES
    }


def _template(one: _Entity) -> str:
    value = f"value_json.{one.value}"
    return f"{{{{ 'on' if {value} else 'off' }}}}" if one.kind == "binary_sensor" else f"{{{{ {value} }}}}"
