"""Upgrades, good and bad, and taking it all away again."""

from __future__ import annotations

from .place import CLONE, SETTINGS, STATE, UNIT, Failed, Place

RELEASES = "/opt/form-coach/releases"


def upgrades(place: Place) -> str:
    """A newer version takes the place of the one that runs, which is kept."""
    place.settled()
    old = _current(place)
    settings = place.path(SETTINGS).read_text()
    _edit(place, "device/__init__.py", r's/^__version__ = .*/__version__ = "99.1"/')
    done = place.install()
    if not done.ok:
        raise Failed(done.out)
    place.until("it sees pictures", place.sees, 15.0)
    if place.status()["software"] != "99.1" or "/99.1-" not in _current(place):
        raise Failed(f"it runs {place.status()['software']}")
    if place.run(f"test -d {old}").code:
        raise Failed("the version before is gone")
    if place.path(SETTINGS).read_text() != settings:
        raise Failed("the settings were changed")
    return f"{done.took_s:.0f} s"


def takes_back_what_does_not_start(place: Place) -> str:
    """A version that does not start is taken back; the one before runs again, and it is said."""
    old = _current(place)
    _edit(place, "device/__init__.py", 's/"99.1"/"99.2"/')
    _edit(place, "device/live/service.py", '$ a raise SystemExit("this version is broken on purpose")')
    done = place.install()
    if done.ok or "99.2 failed and was taken back" not in done.out or "broken on purpose" not in done.out:
        raise Failed(f"status {done.code}: {done.out}")
    if _current(place) != old or "99.2" in place.must(f"ls {RELEASES}"):
        raise Failed(f"it left {_current(place)} and {place.must(f'ls {RELEASES}')}")
    place.until("the version before sees pictures", place.sees, 15.0)
    if place.status()["software"] != "99.1":
        raise Failed(f"{place.status()['software']} runs")
    return f"{done.took_s:.0f} s, 99.1 runs again"


def takes_back_what_dies(place: Place) -> str:
    """A version that starts and says that all is well, but dies a moment later each time, is taken back as well."""
    old = _current(place)
    _edit(place, "device/__init__.py", 's/"99.2"/"99.3"/')
    _edit(place, "device/live/service.py", "$ d")
    dies = "import os, signal, threading; threading.Timer(2.5, os.kill, (os.getpid(), signal.SIGKILL)).start()"
    _edit(place, "device/live/service.py", f"$ a {dies}")
    done = place.install()
    if done.ok or "99.3 failed and was taken back" not in done.out or _current(place) != old:
        raise Failed(f"status {done.code}: {done.out}")
    place.until("the version before sees pictures", place.sees, 15.0)
    return f"{done.took_s:.0f} s, 99.1 runs again"


def leaves_what_runs_alone(place: Place) -> str:
    """A version that cannot even be installed leaves the one that runs undisturbed."""
    pid, old = place.pid(), _current(place)
    _edit(place, "pyproject.toml", r's/^dependencies = \[/&"form-coach-needs-what-there-is-not",/')
    done = place.install()
    if done.ok or "form-coach-install.log" not in done.out or "Traceback" in done.out:
        raise Failed(f"status {done.code}: {done.out}")
    if place.pid() != pid or _current(place) != old or len(place.must(f"ls {RELEASES}").split()) != 2:
        raise Failed(f"it left {place.must(f'ls {RELEASES}')}")
    return f"status {done.code} after {done.took_s:.0f} s, same process as before"


def uninstalls(place: Place) -> str:
    """``--uninstall`` takes all away but settings and kept runs, and says so."""
    place.must(f"touch {STATE}/kept-run")
    done = place.machine.run("sudo /opt/form-coach/current/scripts/install --uninstall", user="runner")
    if not done.ok or "stay" not in done.out:
        raise Failed(done.out)
    for gone in ("/opt/form-coach", "/usr/local/bin/form-coach", f"/etc/systemd/system/{UNIT}"):
        if not place.run(f"test -e {gone}").code:
            raise Failed(f"{gone} is still there")
    if place.run(f"systemctl is-active {UNIT}").ok or "not-found" not in place.show("LoadState"):
        raise Failed("the service is still there")
    place.must(f"test -e {STATE}/kept-run && test -e {SETTINGS}")
    return done.out.strip().splitlines()[-1].removeprefix("install: ")


def purges(place: Place) -> str:
    """``--uninstall --purge`` takes the rest, the user included; both may be called again."""
    for _ in range(2):
        done = place.install("--uninstall --purge")
        if not done.ok:
            raise Failed(done.out)
    left = place.must(
        f"ls -d {STATE} /etc/form-coach /var/cache/form-coach 2>/dev/null; getent passwd form-coach; true"
    )
    if left:
        raise Failed(f"still there: {left}")
    return "nothing is left"


def _current(place: Place) -> str:
    return place.must("readlink -f /opt/form-coach/current")


def _edit(place: Place, file: str, how: str) -> None:
    place.must(f"sed -i '{how}' {CLONE}/{file}")
