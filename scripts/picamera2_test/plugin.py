"""A pytest plugin that puts the virtual camera in place, and says what holds and what does not, a line each.

The contract suite of ``tests/frames/test_sources.py`` runs over it as over any Pi's camera.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from device.frames import open_camera
from picamera2_test import virtual_camera


def pytest_configure() -> None:
    """Put it in place before anything else is loaded."""
    virtual_camera.install()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the contract suite take what is about the Pi's camera."""
    kept = []
    for item in items:
        if item.path.name == "test_sources.py":
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            if getattr(parameters.get("kind"), "__name__", "") != "pi":
                continue
            parameters["kind"] = _virtual
        kept.append(item)
    items[:] = kept


def _virtual(folder: Path, patch: pytest.MonkeyPatch) -> object:
    from test_sources import Kind

    return Kind(
        lambda settings: open_camera(settings, "picamera2"),
        lambda: patch.setattr(virtual_camera.VirtualCamera, "unplugged", True),
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Give the report the test's requirement, and which of its cases this is."""
    report: Any = yield
    requirement = (getattr(item, "function", item).__doc__ or item.name).strip().splitlines()[0].rstrip(".")
    given = item.callspec.params if hasattr(item, "callspec") else {}
    case = ", ".join(
        str(value) for name, value in given.items() if name != "kind" and isinstance(value, dict | str | int)
    )
    report.requirement = f"{requirement} ({case})" if case else requirement
    return report


def pytest_runtest_logreport(report: Any) -> None:
    """A line for each test, and what went wrong below it."""
    if report.when == "call" or report.outcome != "passed":
        if report.outcome == "skipped":
            print(f"– {report.requirement}: {report.longrepr[2]}", flush=True)
        else:
            print(f"{'✓' if report.passed else '✗'} {report.requirement}", flush=True)
            if report.failed:
                print(report.longreprtext, flush=True)
