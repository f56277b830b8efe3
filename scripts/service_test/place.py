"""The computer under test: a booted Debian root with the service, and what the checks ask and do to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from debian_root import Done, Machine

HOME = "/home/runner"
CLONE = f"{HOME}/form-coach"
SETTINGS = "/etc/form-coach/settings.toml"
STATE = "/var/lib/form-coach"
CACHE = "/var/cache/form-coach"
FILMS = "/srv/films"
UNIT = "form-coach.service"


class Failed(Exception):
    """Something was not as it has to be."""


class NotChecked(Exception):
    """What is needed for a check is not to be had here."""


class Place:
    """The computer, its user "runner" who may use sudo without a password as on Raspberry Pi OS, and the service.

    :param machine: booted already.
    :param quiet_s: how long to listen to the journal when nothing goes on.
    """

    def __init__(self, machine: Machine, quiet_s: float) -> None:
        self.machine = machine
        self.quiet_s = quiet_s

    def run(self, command: str, *, user: str = "root", timeout_s: float = 60.0) -> Done:
        """Run a command."""
        return self.machine.run(command, user=user, timeout_s=timeout_s)

    def must(self, command: str, *, user: str = "root", timeout_s: float = 60.0) -> str:
        """Run a command that has to succeed; what it said comes back."""
        done = self.run(command, user=user, timeout_s=timeout_s)
        if not done.ok:
            raise Failed(f"`{command}` left with status {done.code}: {_end(done.out)}")
        return done.out.strip()

    def install(self, options: str = "", clone: str = CLONE) -> Done:
        """Run the installer as the user would."""
        done = self.machine.run(f"sudo ./scripts/install {options}", cwd=clone, user="runner", timeout_s=600)
        if "Traceback" in done.out:
            raise Failed(done.out)
        return done

    # The service

    def show(self, name: str) -> str:
        """A property of the unit, as systemd knows it."""
        return self.must(f"systemctl show -P {name} {UNIT}")

    def pid(self) -> int:
        """The service's main process; 0 if there is none."""
        return int(self.show("MainPID"))

    def status(self) -> dict[str, Any]:
        """What the service says of itself; nothing if it says nothing fresh."""
        try:
            told: dict[str, Any] = json.loads(self.machine.path("/run/form-coach/status.json").read_text())
        except (OSError, ValueError):
            return {}
        return told if boot_s() - told["written_s"] < 3.0 else {}

    def frames(self) -> int:
        """How many pictures were looked at since the service started."""
        return int(self.status().get("camera", {}).get("frames", 0))

    def trouble(self, topic: str) -> str | None:
        """What the service says is wrong with something."""
        found: str | None = self.status().get("troubles", {}).get(topic)
        return found

    def sees(self) -> bool:
        """Whether pictures are coming in."""
        return bool(self.status().get("camera", {}).get("fps")) and not self.trouble("camera")

    def sees_a_runner(self) -> bool:
        """Whether there is a pose in those pictures."""
        return bool(self.status().get("runner", {}).get("motion", "absent") != "absent")

    def until(self, what: str, true: Callable[[], bool], within_s: float) -> float:
        """Wait until something is so; how many seconds it took comes back."""
        began_s = time.monotonic()
        while not true():
            if time.monotonic() - began_s > within_s:
                told = self.status()
                now = told.get("troubles") or told.get("doing") or "no status"
                raise Failed(f"not within {within_s:g} s: {what}; it says: {now}")
            time.sleep(0.05)
        return time.monotonic() - began_s

    def settled(self) -> None:
        """Wait until the service coaches again, for the next check to begin with."""
        if self.show("ActiveState") != "active" or not self.status():
            self.run(f"systemctl restart {UNIT}")
        self.until("the service sees pictures", self.sees, 30.0)

    def goes_on(self) -> None:
        """See it look at some more pictures."""
        frames = self.frames()
        self.until("more pictures are looked at", lambda: self.frames() > frames + 5, 5.0)

    def spoken(self) -> tuple[str | None, float]:
        """What was said last, and when it was decided, on CLOCK_BOOTTIME."""
        voice = self.status().get("voice", {})
        return voice.get("last"), voice.get("last_s") or 0.0

    def journal(self, since_s: float | None = None) -> list[str]:
        """The journal's lines about the service, since some wall time."""
        since = f"--since @{since_s:.3f}" if since_s is not None else ""
        return self.must(f"journalctl -q --no-pager -o short-precise -u {UNIT} {since}").splitlines()

    # Settings and films

    def play(self, film: str) -> None:
        """Put another film before the camera: the file that the settings name is replaced."""
        self.must(f"cp {FILMS}/{film}.mp4 {FILMS}/.new && mv {FILMS}/.new {FILMS}/camera.mp4")

    def write_settings(self, text: str) -> None:
        """Write the settings file, as an editor would."""
        self.machine.path(SETTINGS).write_text(text)

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        """Write a file of the computer."""
        path = self.machine.path(inside)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def path(self, inside: str) -> Path:
        """A file of the computer, from outside."""
        return self.machine.path(inside)


def boot_s() -> float:
    """Seconds since the computer was switched on; the same clock in and outside."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _end(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
