"""Which ALSA device to play on, where the settings leave it open (``voice.device = "auto"``).

From what ``aplay -L`` lists, the first that takes a moment of silence, in this order:

1. a sound server (PipeWire, PulseAudio), as "default": it knows what its user chose, Bluetooth included, and holds the
   cards, so that going round it finds them busy.  A system service lists it too where it is installed, but cannot
   reach it ("Host is down") and goes on to the next; so does a user whose server has no loudspeaker at all, and would
   play into a dummy;
2. a Bluetooth loudspeaker of BlueALSA, which is listed while it is connected;
3. a USB loudspeaker;
4. any other card: a board on the Pi's header, or what a PC has built in;
5. the Pi's headphone jack, which plays just as well with nothing plugged in;
6. what ALSA calls "default";
7. HDMI and S/PDIF, which rarely have a loudspeaker behind them, and none at all without a running screen.

A card is opened as ``plughw``, directly and with conversions.  Only the Pi's HDMI is not: it takes nothing but S/PDIF
frames, which ``sysdefault`` makes.  One that is there, but taken by another program, is chosen as well: waiting for
the loudspeaker is better than speaking into an empty jack.
"""

from __future__ import annotations

import re
import time

from device.cues.aplay import NOT_INSTALLED, is_busy, output, trial

AUTO = "auto"
"""What ``voice.device`` says to leave the choice to this module."""

TRIAL_S = 1.5
"""Silence takes 0.1 s on a card, up to a second through Bluetooth; a sound server that does not answer is given up."""

SEARCH_S = 3.0
"""No more devices are tried after this."""

NONE_FOUND = (
    "no loudspeaker was found; remedy: plug one in, or name one of `aplay -L` as voice.device; "
    "a user other than root must be in the group audio"
)

DUMMY = '"auto_null"'
"""What PipeWire calls its output where there is none: it takes sound without complaint, and nobody hears it."""

_SERVERS = ("default", "pipewire", "pulse")
_DIGITAL = re.compile(r"hdmi|displayport|digital|iec958|s/pdif|spdif", re.IGNORECASE)


def candidates(listed: str) -> list[str]:
    """Return the devices worth a try, best first.

    :param listed: what ``aplay -L`` prints: names at the margin, below each its description, indented.
    """
    ranked: list[tuple[int, int, str]] = []
    for place, (name, description) in enumerate(_described(listed).items()):
        rank = _rank(name, description)
        if rank is not None:
            ranked.append((rank, place, name))
    if not any(name == "default" for _, _, name in ranked):
        ranked.append((6, 0, "default"))  # an asoundrc need not list what it defines
    return [name for _, _, name in sorted(ranked)]


def choose(good: str = "") -> tuple[str, str | None]:
    """Return the best device and what is wrong with it (None: nothing); ("", why) if there is none.

    It makes no sound and takes a fraction of a second, up to :data:`SEARCH_S` and one trial where devices hang.

    :param good: a device that is known to play: only better ones are tried.
    """
    give_up_s = time.monotonic() + SEARCH_S
    for device in candidates(output("aplay", "-L")):
        problem = fault(device, device == good)
        if problem is None or is_busy(problem):
            return device, problem
        if problem == NOT_INSTALLED:
            return "", problem
        if time.monotonic() > give_up_s:
            break
    return "", NONE_FOUND


def fault(device: str, good: bool = False) -> str | None:
    """Return what is wrong with a device, in one line; None if it can be played on.

    :param good: it is known to play; whether anybody would hear it may have changed all the same.
    """
    problem = None if good else trial(device, TRIAL_S)
    if problem is None and device in _SERVERS and DUMMY in output("wpctl", "inspect", "@DEFAULT_AUDIO_SINK@"):
        return f"device {device!r} has no loudspeaker now; remedy: connect one (`wpctl status` lists them)"
    return problem


def plays(device: str) -> bool:
    """Return whether there is something to play on; one that is busy counts."""
    if device == AUTO:
        return choose()[0] != ""
    problem = fault(device)
    return problem is None or is_busy(problem)


def _described(listed: str) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        if line[:1].isspace():
            found[name] = f"{found.get(name, '')} {line.strip()}"
        else:
            name = line.strip()
            found[name] = ""
    return found


def _rank(name: str, description: str) -> int | None:
    """The place in the order; None for a device that is no use, or another name of one that has its place."""
    kind, _, card = name.partition(":CARD=")
    if name in _SERVERS:
        if "pipewire" in description.lower() or "pulseaudio" in description.lower():
            return 0 if name == "default" else 1
        return 6 if name == "default" else None
    if name.startswith("bluealsa:"):
        return 2
    if card.startswith("vc4"):
        return 7 if kind == "sysdefault" else None
    if kind != "plughw":
        return None
    if _DIGITAL.search(f"{card} {description}"):
        return 7
    if "usb audio" in description.lower():
        return 3
    return 5 if "bcm2835" in description else 4
