"""Stopping within 3 s, whatever goes on."""

from __future__ import annotations

from . import sound
from .place import FILMS, UNIT, Failed, Place

STOP_S = 3.0


def stops_while_coaching(place: Place) -> str:
    """While it coaches."""
    place.settled()
    return _stop(place)


def stops_while_starting(place: Place) -> str:
    """A moment after it was started, in the midst of loading."""
    place.must(f"systemctl stop {UNIT}")
    place.must(f"systemctl start --no-block {UNIT} && sleep 0.3")
    return _stop(place)


def stops_without_camera(place: Place) -> str:
    """While it looks for a camera."""
    place.must(f"mv {FILMS}/camera.mp4 {FILMS}/away && systemctl start {UNIT}")
    try:
        place.until("it looks for a camera", lambda: place.trouble("camera") is not None, 15.0)
        return _stop(place)
    finally:
        place.must(f"mv {FILMS}/away {FILMS}/camera.mp4")


def stops_with_a_hanging_loudspeaker(place: Place) -> str:
    """While the sound system takes what is said and never ends."""
    sound.connect(place, sound.HANGING)
    try:
        place.must(f"systemctl start {UNIT}")
        place.settled()
        return _stop(place)
    finally:
        sound.connect(place, sound.RECORDED)


def stops_after_standing_still(place: Place) -> str:
    """When the process has been stopped (SIGSTOP) for a while."""
    place.must(f"systemctl start {UNIT}")
    place.settled()
    place.must(f"kill -STOP {place.pid()} && sleep 2")
    return _stop(place)


def _stop(place: Place) -> str:
    since = place.journal()
    done = place.run(f"systemctl stop {UNIT}")
    told = "\n".join(place.journal()[len(since) :])
    result = place.show("Result")
    if not done.ok or done.took_s >= STOP_S or "timed out" in told or result != "success":
        raise Failed(f"it took {done.took_s:.1f} s, result: {result}")
    return f"{done.took_s:.1f} s"
