"""A real Chromium or Chrome without a window, by its DevTools protocol over a pipe."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
LONGEST_S = 60.0

_HAND_OVER = """
import os, sys
ends = [os.dup(int(end)) for end in sys.argv[1:3]]
while min(ends) < 5:
    ends = [os.dup(end) for end in ends]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Begins a program with our ends of two pipes as its files 3 and 4, where --remote-debugging-pipe has them."""


def find() -> str | None:
    """The browser of this machine; None if there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    kept = sorted(Path.home().glob(".cache/ms-playwright/chromium*/chrome-*/*"))
    return next((str(path) for path in reversed(kept) if path.name in ("chrome", "headless_shell")), None)


class Browser:
    """One page in a browser, which is closed afterwards.

    :attr:`told` holds every event of the page, as the protocol names them.
    """

    def __init__(self, program: str) -> None:
        self.told: list[dict[str, Any]] = []
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _HAND_OVER,
                str(to_read),
                str(to_write),
                program,
                "--headless=new",
                "--no-sandbox",  # which needs rights that a container has not; the pages are ours
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                f"--user-data-dir={self._folder.name}",
                "--remote-debugging-pipe",
                "about:blank",
            ],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._left = b""
        self._number = 0
        self._session: str | None = None
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility", "DOM"):
            self(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._folder.cleanup()

    def __call__(self, method: str, **values: Any) -> dict[str, Any]:
        """Call a method of the protocol; its result comes back."""
        self._number += 1
        call: dict[str, Any] = {"id": self._number, "method": method, "params": values}
        if self._session is not None:
            call["sessionId"] = self._session
        message = json.dumps(call).encode() + b"\0"
        while message:
            message = message[os.write(self._to, message) :]
        while True:
            answer = self._answer()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])
            self.told.append(answer)

    def open(self, page: Path) -> None:
        """Go to a file, and wait until it is loaded."""
        self.told.clear()
        self("Page.navigate", url=page.resolve().as_uri())
        while not any(one.get("method") == "Page.loadEventFired" for one in self.told):
            self.told.append(self._answer())

    def value(self, expression: str) -> Any:
        """What a line of JavaScript makes of the page."""
        return self("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def look(self, width: int, dark: bool = False, height: int | None = None, scale: float = 1.0) -> bytes:
        """A picture (PNG) of the page at a width, as high as it is, or as is asked for."""
        self("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": _scheme(dark)}])
        view = {"width": width, "deviceScaleFactor": scale, "mobile": False}
        self("Emulation.setDeviceMetricsOverride", **view, height=800)
        high = height or int(self.value("document.documentElement.scrollHeight"))
        self("Emulation.setDeviceMetricsOverride", **view, height=high)
        return base64.b64decode(self("Page.captureScreenshot", format="png")["data"])

    def printed(self) -> bytes:
        """The page on paper, as PDF."""
        return base64.b64decode(self("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])

    def _answer(self) -> dict[str, Any]:
        due_s = time.monotonic() + LONGEST_S
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._from], [], [], max(due_s - time.monotonic(), 0))
            assert ready, "the browser says nothing"
            got = os.read(self._from, 1 << 20)
            assert got, "the browser is gone"
            self._left += got
        message, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(message))


def _scheme(dark: bool) -> str:
    return "dark" if dark else "light"


def photographed(program: str, page: Path, width: int, height: int | None = None, dark: bool = False) -> bytes:
    """A picture of a file at double resolution."""
    with Browser(program) as browser:
        browser.open(page)
        return browser.look(width, dark, height, 2.0)
