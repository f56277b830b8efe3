"""The installer on a fresh system, and what it leaves."""

from __future__ import annotations

import re

from . import sound
from .place import CLONE, FILMS, SETTINGS, UNIT, Failed, Place

LEAST_EXPOSURE = 2.0
SETTINGS_WITH_FILM = f'[camera]\nsource = "{FILMS}/camera.mp4"\n'


def needs_root(place: Place) -> str:
    """An ordinary user is told what to type, and nothing is begun."""
    done = place.machine.run("./scripts/install", cwd=CLONE, user="runner")
    if done.ok or "sudo ./scripts/install" not in done.out or len(done.out.splitlines()) != 1:
        raise Failed(f"status {done.code}, and it said: {done.out}")
    return done.out.strip()


def tells_first(place: Place) -> str:
    """``--dry-run`` tells all that would be done, to an ordinary user as well, and does nothing."""
    place.must("touch /tmp/before && sleep 0.1")
    done = place.machine.run("./scripts/install --dry-run", cwd=CLONE, user="runner")
    if not done.ok:
        raise Failed(done.out)
    told = [line for line in done.out.splitlines() if line.startswith("would ")]
    for word in ("apt-get", "useradd", "venv", "pip", "settings.toml", UNIT, "systemctl enable", "systemctl restart"):
        if not any(word in line.replace("\\", "") for line in told):
            raise Failed(f"it does not tell of {word}")
    if changed := _changed(place):
        raise Failed(f"it changed {changed}")
    return f"{len(told)} actions told, nothing changed"


def installs(place: Place) -> str:
    """One command takes a fresh system to a running service, without a camera or a loudspeaker as yet."""
    done = place.install()
    if not done.ok:
        raise Failed(done.out)
    if place.show("ActiveState") != "active" or place.run(f"systemctl is-enabled {UNIT}").out.strip() != "enabled":
        raise Failed("the service is not active and enabled")
    if "✓ model" not in done.out.partition("is installed, and runs")[2]:
        raise Failed(f"it does not end with `form-coach doctor`, or the model does not work: {done.out}")
    return f"{done.took_s:.0f} s, packages included"


def waits_for_a_camera(place: Place) -> str:
    """Without a camera the service lives, and says what is missing, to any user."""
    place.until("it says that there is no camera", lambda: place.trouble("camera") is not None, 10.0)
    said = place.must("form-coach status", user="runner")
    if "camera" not in said.lower():
        raise Failed(f"`form-coach status` does not say it: {said}")
    return str(place.trouble("camera")).splitlines()[0][:60]


def takes_settings(place: Place) -> str:
    """New settings are taken on reload, by the same process."""
    pid = place.pid()
    sound.prepare(place)
    place.write("/etc/form-coach/environment", "FORM_COACH_OPTIONS=--loop\n")
    place.play("lean_side")
    place.must(f"systemctl restart {UNIT}")  # the options are the process's own
    pid = place.pid()
    place.write_settings(SETTINGS_WITH_FILM)
    place.must(f"systemctl reload {UNIT}")
    took_s = place.until("it sees pictures", place.sees, 10.0)
    if place.pid() != pid:
        raise Failed("it is another process")
    return f"first picture {took_s:.1f} s after the reload"


def installs_again(place: Place) -> str:
    """The second time there is nothing to do: no file changes, the service goes on, and it is quick."""
    pid = place.pid()
    settings = place.path(SETTINGS).read_text()
    place.must("touch /tmp/before && sleep 0.1")
    done = place.install()
    if not done.ok:
        raise Failed(done.out)
    if place.pid() != pid:
        raise Failed("the service was restarted")
    if place.path(SETTINGS).read_text() != settings:
        raise Failed("the settings were changed")
    if changed := _changed(place):
        raise Failed(f"it changed {changed}")
    return f"{done.took_s:.1f} s"


def is_hardened(place: Place) -> str:
    """systemd's own measure of how exposed the service is stays small."""
    said = place.must(f"systemd-analyze security --no-pager --offline=true /etc/systemd/system/{UNIT}")
    found = re.search(r"Overall exposure level.*: ([\d.]+)", said)
    if not found or float(found[1]) > LEAST_EXPOSURE:
        raise Failed(said.splitlines()[-1])
    version = place.must("systemctl --version").split()[1]
    return f"exposure {found[1]} (systemd {version})"


def listens_to_nobody(place: Place) -> str:
    """None of the service's processes has a socket of the network."""
    group = place.show("ControlGroup")
    code = f"""
import os, pathlib
own = set()
for pid in pathlib.Path("/sys/fs/cgroup{group}/cgroup.procs").read_text().split():
    for fd in pathlib.Path("/proc", pid, "fd").iterdir():
        try: own.add(os.readlink(fd))
        except OSError: pass
for kind in "tcp tcp6 udp udp6 raw raw6".split():
    for line in pathlib.Path("/proc/net", kind).read_text().splitlines()[1:]:
        if f"socket:[{{line.split()[9]}}]" in own: print(kind, line.split()[1])
print("looked at", len(own))
"""
    place.write("/tmp/sockets.py", code)
    said = place.must("python3 /tmp/sockets.py")
    if not said.startswith("looked at") or said.endswith(" 0"):
        raise Failed(said)
    return f"{said.split()[-1]} open files, none of the network"


def _changed(place: Place) -> str:
    """What was written since ``/tmp/before`` where only the installer writes."""
    return place.must("find /etc /opt /usr -xdev -newer /tmp/before -not -type d").replace("\n", " ")
