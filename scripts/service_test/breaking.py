"""The service in bad times: killed, hung, without camera, loudspeaker, settings or disk."""

from __future__ import annotations

import time

from . import sound
from .installing import SETTINGS_WITH_FILM
from .place import CACHE, FILMS, STATE, UNIT, Failed, Place

KILLED_S = 6.0
PICTURES_S = 10.0
HUNG_S = 40.0  # 20 s of patience, 5 to end it, 3 of pause, and starting
CAMERA_S = 5.0
LOUDSPEAKER_S = 30.0
UNHEARD_S = 70.0  # a loudspeaker that works is looked after each minute
DISK = "/mnt/disk"


def survives_a_kill(place: Place) -> str:
    """Killed, it runs again within 6 s."""
    place.settled()
    pid = place.pid()
    place.must(f"kill -9 {pid}")
    began_s = time.monotonic()
    up_s = place.until("it runs again", lambda: place.pid() not in (0, pid) and _is_active(place), KILLED_S)
    place.until("it sees pictures again", lambda: _is_another(place, pid), PICTURES_S)
    return f"up after {up_s:.1f} s, pictures again after {time.monotonic() - began_s:.1f} s"


def survives_a_hang(place: Place) -> str:
    """Hung, it is ended by systemd's watchdog and runs again."""
    place.settled()
    pid = place.pid()
    place.must(f"kill -STOP {pid}")
    took_s = place.until("it sees pictures again", lambda: _is_another(place, pid), HUNG_S)
    if not any("watchdog" in line.lower() for line in place.journal(time.time() - took_s - 5)):
        raise Failed("it was not the watchdog that restarted it")
    return f"pictures again after {took_s:.0f} s"


def survives_without_camera(place: Place) -> str:
    """The camera goes and comes back: no restart, and it coaches again within 5 s."""
    place.settled()
    pid = place.pid()
    place.must(f"mv {FILMS}/camera.mp4 {FILMS}/away")
    noticed_s = place.until("it says that the camera is gone", lambda: place.trouble("camera") is not None, 10.0)
    time.sleep(22.0 - min(noticed_s, 10.0))  # longer than the watchdog waits
    if place.pid() != pid:
        raise Failed("it was restarted while the camera was away")
    frames = place.frames()
    place.must(f"mv {FILMS}/away {FILMS}/camera.mp4")
    took_s = place.until("it sees pictures again", lambda: place.frames() > frames and place.sees(), CAMERA_S)
    if place.pid() != pid:
        raise Failed("it was restarted")
    return f"noticed after {noticed_s:.1f} s, pictures again {took_s:.1f} s after it was back"


def survives_without_loudspeaker(place: Place) -> str:
    """The loudspeaker goes: it coaches on and says so, also when started anew; it comes back: it speaks again."""
    place.settled()
    pid = place.pid()
    sound.connect(place, sound.MISSING)
    missed_s = place.until("it says that it cannot speak", lambda: place.trouble("voice") is not None, UNHEARD_S)
    place.goes_on()
    if place.pid() != pid:
        raise Failed("it was restarted")
    place.must(f"systemctl restart {UNIT}")
    place.settled()
    place.until("it says that it cannot speak", lambda: place.trouble("voice") is not None, LOUDSPEAKER_S)
    place.goes_on()
    pid = place.pid()
    sound.connect(place, sound.RECORDED)
    took_s = place.until("it speaks", lambda: len(sound.utterances(place)) > 0, LOUDSPEAKER_S)
    took_s += place.until("it says that it can", lambda: place.trouble("voice") is None, LOUDSPEAKER_S)
    if place.pid() != pid:
        raise Failed("it was restarted")
    return f"missed after {missed_s:.0f} s; speaks {took_s:.0f} s after it was back"


def survives_broken_settings(place: Place) -> str:
    """With broken settings it starts with the last good ones, says so, and takes the mended file on reload."""
    place.settled()
    place.write_settings(SETTINGS_WITH_FILM + "rotate_deg = 45\n[voice\n")
    since_s = time.time()
    place.must(f"systemctl restart {UNIT}")
    place.until("it sees pictures, which only the last good settings lead to", place.sees, 15.0)
    said = place.trouble("settings") or ""
    if "last good" not in said or not any("last good" in line for line in place.journal(since_s)):
        raise Failed(f"it does not say so, but: {said}")
    pid = place.pid()
    place.write_settings(SETTINGS_WITH_FILM)
    place.must(f"systemctl reload {UNIT}")
    place.until("it is content with the mended settings", lambda: place.trouble("settings") is None, 5.0)
    if place.pid() != pid:
        raise Failed("it was restarted")
    return said[:90]


def survives_a_bad_disk(place: Place) -> str:
    """With a disk that goes read-only, then one that is full, it coaches and speaks on, and says so.

    Also when it is started on such a disk.  Mended, all is kept again.
    """
    place.settled()
    place.must(f"systemctl stop {UNIT} && mkdir -p {DISK} && mount -t tmpfs -o size=32m tmpfs {DISK}")
    place.must(f"cp -a {STATE} {DISK}/state && cp -a {CACHE} {DISK}/cache")
    place.must(f"mount --bind {DISK}/state {STATE} && mount --bind {DISK}/cache {CACHE} && systemctl start {UNIT}")
    try:
        place.settled()
        pid = place.pid()
        # A disk with files open cannot be remounted; one over it is as good.  Settings that were read are kept.
        place.must(f"mount -t tmpfs -o ro,mode=755 tmpfs {STATE} && kill -HUP {pid}")
        place.until("it says that the disk is read-only", lambda: _says_of_disk(place, "read-only"), 10.0)
        place.goes_on()
        if place.pid() != pid:
            raise Failed("it was restarted when the disk became read-only")
        place.must(f"systemctl stop {UNIT} && umount {STATE} && mount -o remount,ro {DISK}")
        _coaches_on(place, "read-only")
        place.must(f"mount -o remount,rw {DISK} && (cat /dev/zero >{DISK}/full 2>/dev/null || true)")
        _coaches_on(place, "no space")
        place.must(f"rm {DISK}/full")
        took_s = place.until("the disk can be written again", lambda: place.trouble("disk") is None, 45.0)
    finally:
        place.run(
            f"systemctl stop {UNIT}; while umount {STATE}; do :; done; umount {CACHE} {DISK}; systemctl start {UNIT}"
        )
    return f"starts, coaches, speaks on either; keeps again {took_s:.0f} s after it was mended"


def _coaches_on(place: Place, how: str) -> None:
    """Restart with the disk as it is now."""
    place.must(f"systemctl restart {UNIT}")
    place.settled()
    place.until(f"it says that the disk is {how}", lambda: _says_of_disk(place, how), 10.0)
    place.goes_on()
    place.until("it speaks", lambda: len(sound.utterances(place)) > 0, 10.0)


def _says_of_disk(place: Place, how: str) -> bool:
    return how in (place.trouble("disk") or "")


def _is_active(place: Place) -> bool:
    return place.show("ActiveState") == "active"


def _is_another(place: Place, pid: int) -> bool:
    now = place.status()
    return bool(now) and now["pid"] != pid and now["camera"]["frames"] > 0
