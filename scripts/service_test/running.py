"""The service in good times: from boot to the first cue, and quiet where there is nothing to say."""

from __future__ import annotations

import time

from debian_root import Unavailable

from . import sound, speech
from .place import SETTINGS, UNIT, Failed, Place, boot_s

BOOT_S = 15.0
SPOKEN_S = 0.5  # usually some 10 ms, but this machine may be busy; scripts/cue_to_sound measures it
CUE_S = 60.0
LINES_AN_HOUR = 20


def turns_off(place: Place) -> str:
    """The coach, which may not switch the computer off, gets it done by leaving a file."""
    began_s = time.monotonic()
    place.run("runuser -u form-coach -- touch /run/form-coach/poweroff")
    if not place.machine.has_ended(20.0):
        raise Failed("the computer stays on")
    return f"off after {time.monotonic() - began_s:.1f} s"


def boots(place: Place) -> str:
    """From power-on it takes no more than 15 s until a runner's pose is seen; nobody has to do anything."""
    try:
        place.machine.start()
    except Unavailable as reason:  # it did come up before
        raise Failed(str(reason)) from reason
    began_s = place.machine.booted_s
    place.until("the service is active", lambda: place.show("ActiveState") == "active", BOOT_S)
    active_s = boot_s() - began_s
    place.until("a runner is seen", place.sees_a_runner, BOOT_S)
    seen_s = boot_s() - began_s
    if seen_s > BOOT_S:
        raise Failed(f"the first pose comes after {seen_s:.1f} s")
    return f"active {active_s:.1f} s, first pose {seen_s:.1f} s after power-on"


def says_what_is_to_be_said(place: Place) -> str:
    """The runner on the film leans; the cue about it reaches ALSA in time, and its words are understood."""
    wanted = speech.cues("forward_lean")
    place.until("it speaks a cue about the lean", lambda: place.spoken()[0] in wanted, CUE_S)
    asked_s = place.spoken()[1] + time.time() - boot_s()
    time.sleep(1.0)
    recordings = sound.utterances(place)
    if not recordings or recordings[-1].begun_s < asked_s - 0.05:
        raise Failed("nothing was played")
    delay_s = recordings[-1].begun_s - asked_s
    if delay_s > SPOKEN_S:
        raise Failed(f"the sound came {1000 * delay_s:.0f} ms after the cue")
    (words,) = speech.heard(recordings[-1:])
    if words not in wanted:
        raise Failed(f"understood as {words!r}, not as {' or '.join(wanted)}")
    return f"“{words}”, {1000 * delay_s:.0f} ms after it was decided"


def is_tuned(place: Place) -> str:
    """Who is in the group changes settings by command, and by the link, where the service writes; others may not."""
    before = place.path(SETTINGS).read_text()
    try:
        began_s = time.monotonic()
        said = place.must("runuser -l runner -c 'form-coach config set forward_lean.rise_deg 5.5'")
        took_s = time.monotonic() - began_s
        if "in force now" not in said:
            raise Failed(said)
        ask = "from device.link.client import *; print(LinkClient().ask('set', changes={'cues.gap_s': 21})['now'])"
        said = place.must(f'runuser -l runner -c "/opt/form-coach/current/.venv/bin/python -P -c \\"{ask}\\""')
        if "21" not in said:
            raise Failed(said)
        text = place.path(SETTINGS).read_text()
        if "rise_deg = 5.5" not in text or "gap_s = 21" not in text or not text.startswith(before.rstrip()[:40]):
            raise Failed(f"the file holds {text!r}")
        other = place.run("runuser -u nobody -- /usr/local/bin/form-coach config set forward_lean.rise_deg 5")
        if other.ok or "usermod" not in other.out:
            raise Failed(f"nobody: {other.out}")
        return f"in force after {took_s:.1f} s, by the command's own word"
    finally:
        place.write_settings(before)


def speaks_through_pipewire(place: Place) -> str:
    """As a login user, who is not logged in: what is said reaches a loudspeaker of that user's PipeWire."""
    try:
        sound.connect(place, "")
        sound.sink(place)
        done = place.install("--audio pipewire --user runner")
        if not done.ok:
            raise Failed(done.out)
        place.until("it finds PipeWire's loudspeaker", lambda: not place.trouble("voice"), 30.0)
        place.must(f"systemctl restart {UNIT}")
        if (user := place.must(f"ps -o user= -p {place.pid()}")) != "runner":
            raise Failed(f"it runs as {user}")
        words = [said for said in speech.heard(sound.record(place, "runner", 12.0)) if said]
        if not words:
            raise Failed(f"nothing that it says is to be heard; it says: {place.status().get('troubles')}")
    finally:
        sound.connect(place, sound.RECORDED)
        back = place.install("--audio alsa")
    if not back.ok:
        raise Failed(back.out)
    return f"“{words[-1]}”"


def is_quiet(place: Place) -> str:
    """Nobody is there: the journal fills with nothing."""
    place.play("nobody")
    place.must(f"systemctl restart {UNIT}")  # else the film that runs is shown to its end
    place.settled()
    time.sleep(5.0)
    if place.sees_a_runner():
        raise Failed("somebody is seen")
    since_s, pid, frames = time.time(), place.pid(), place.frames()
    time.sleep(place.quiet_s)
    lines = place.journal(since_s)
    an_hour = len(lines) * 3600 / place.quiet_s
    if an_hour >= LINES_AN_HOUR:
        raise Failed(f"{len(lines)} lines in {place.quiet_s:.0f} s: {lines[-1]}")
    if place.pid() != pid:
        raise Failed("it was restarted meanwhile")
    return f"{len(lines)} lines in {place.quiet_s:.0f} s and {place.frames() - frames} pictures"


def never_raised(place: Place) -> str:
    """The whole journal holds no traceback."""
    lines = place.journal()
    if found := [line for line in lines if "Traceback" in line or 'File "' in line]:
        raise Failed(f"{len(found)} lines of tracebacks, the first: {found[0]}")
    own = [line for line in lines if "systemd[" not in line]
    return f"{len(lines)} lines of all checks together, {len(own)} of them the coach's own"
