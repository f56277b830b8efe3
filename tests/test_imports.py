"""The rules of the layout."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

DEVICE = Path(__file__).resolve().parents[1] / "device"
PURE = sorted(
    [
        *DEVICE.glob("posture/*.py"),
        *DEVICE.glob("faults/*.py"),
        DEVICE / "cues/policy.py",
        DEVICE / "panel/patterns.py",
        DEVICE / "panel/presses.py",
        DEVICE / "records.py",
        DEVICE / "totals.py",
        *(DEVICE / "advice" / f"{name}.py" for name in ("choose", "closing", "facts", "layout")),
    ]
)
ALLOWED = {"__future__", "abc", "collections", "dataclasses", "enum", "functools", "math", "numpy", "typing"}
ALLOWED |= {"statistics"}
UPSTREAM = {
    "frames": {"frames"},
    "poses": {"poses"},
    "posture": {"posture"},
    "faults": {"posture", "faults"},
    "cues": {"cues", "texts"},
    "panel": {"panel"},
    "texts": {"texts"},
}
"""Folders that each folder may import from, besides records, errors and settings."""


def imports(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            found |= {f"{node.module}.{name.name}" for name in node.names} if node.module == "device" else {node.module}
    return {name for name in found if name}


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(DEVICE)))
def test_pure_parts_read_no_clock_and_do_no_io(path: Path) -> None:
    """Posture, faults and the cue policy import nothing that knows time, files, threads or chance."""
    foreign = {name for name in imports(path) if name.split(".")[0] not in ALLOWED | {"device"}}
    assert not foreign
    text = path.read_text()
    for forbidden in ("np.random", "np.load", "np.save", "open(", "print(", "input("):
        assert forbidden not in text


@pytest.mark.parametrize("folder", UPSTREAM)
def test_each_folder_imports_only_what_lies_upstream(folder: str) -> None:
    """The data flows one way: Frame → Pose → Posture → Fault → Cue."""
    for path in (DEVICE / folder).glob("*.py"):
        inner = {name.split(".")[1] for name in imports(path) if name.startswith("device.")}
        assert inner <= UPSTREAM[folder] | {"records", "errors", "settings"}, path


def test_pure_parts_are_not_reached_by_the_impure_through_settings() -> None:
    """What the pure parts share with the rest is data only."""
    for name in ("settings.py", "settingkinds.py", "errors.py", "records.py"):
        foreign = {module for module in imports(DEVICE / name) if module.split(".")[0] not in ALLOWED}
        assert foreign <= {"device.settingkinds", "device.texts"}, name
