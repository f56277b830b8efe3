"""Which ALSA device is taken, on machines as `aplay -L` shows them."""

import time
from pathlib import Path

import pytest

from device.cues import aplay, devices
from device.cues.aplay import NOT_INSTALLED
from device.cues.devices import candidates, choose, fault, plays


def card(name, *devices):
    """What `aplay -L` lists for a card on Debian: every device as hw and plughw, then the card's own names."""
    listed = []
    for number, description in devices:
        for kind, what in (
            ("hw", "Direct hardware device without any conversions"),
            ("plughw", "Hardware device with all software conversions"),
        ):
            listed.append(f"{kind}:CARD={name},DEV={number}\n    {description}\n    {what}\n")
    first = devices[0][1]
    listed.append(f"sysdefault:CARD={name}\n    {first}\n    Default Audio Device\n")
    if "HDMI" in first or "vc4" in first:
        listed.append(f"hdmi:CARD={name},DEV=0\n    {first}\n    HDMI Audio Output\n")
    else:
        listed.append(f"front:CARD={name},DEV=0\n    {first}\n    Front output / input\n")
    listed.append(f"dmix:CARD={name},DEV=0\n    {first}\n    Direct sample mixing device\n")
    return "".join(listed)


NULL = "null\n    Discard all samples (playback) or generate zero samples (capture)\n"
PIPEWIRE = """pipewire
    PipeWire Sound Server
default
    Default ALSA Output (currently PipeWire Media Server)
"""
PULSE = """default
    Playback/recording through the PulseAudio sound server
null
    Discard all samples (playback) or generate zero samples (capture)
jack
    JACK Audio Connection Kit
pulse
    PulseAudio Sound Server
"""
JACK = card("Headphones", (0, "bcm2835 Headphones, bcm2835 Headphones"))
HDMI = card("vc4hdmi0", (0, "vc4-hdmi-0, MAI PCM i2s-hifi-0")) + card("vc4hdmi1", (0, "vc4-hdmi-1, MAI PCM i2s-hifi-0"))
SPEAKER = card("UACDemoV10", (0, "UACDemoV1.0, USB Audio"))
STICK = card("Device", (0, "USB Audio Device, USB Audio"))
BOARD = card("sndrpihifiberry", (0, "snd_rpi_hifiberry_dac, HifiBerry DAC HiFi pcm5102a-hifi-0"))
BUILT_IN = card(
    "PCH",
    (0, "HDA Intel PCH, ALC892 Analog"),
    (1, "HDA Intel PCH, ALC892 Digital"),
    (3, "HDA Intel PCH, HDMI 0"),
    (7, "HDA Intel PCH, HDMI 1"),
)
BLUEALSA = """bluealsa
    Bluetooth Audio
bluealsa:DEV=11:22:33:AA:BB:CC,PROFILE=a2dp,SRV=org.bluealsa
    JBL GO 2, trusted audio-card, playback
    A2DP (SBC): S16_LE 2 channels 44100 Hz
"""

PI_HDMI = ["sysdefault:CARD=vc4hdmi0", "sysdefault:CARD=vc4hdmi1"]
PI_JACK = "plughw:CARD=Headphones,DEV=0"

MACHINES = {
    "Pi 4 Lite": (NULL + JACK + HDMI, [PI_JACK, "default", *PI_HDMI]),
    "Pi 4 Lite, USB loudspeaker": (
        NULL + JACK + HDMI + SPEAKER,
        ["plughw:CARD=UACDemoV10,DEV=0", PI_JACK, "default", *PI_HDMI],
    ),
    "Pi 5 Lite": (NULL + HDMI, ["default", *PI_HDMI]),
    "Pi 5 Lite, USB loudspeaker": (NULL + HDMI + SPEAKER, ["plughw:CARD=UACDemoV10,DEV=0", "default", *PI_HDMI]),
    "Pi 5 with a sound board": (NULL + HDMI + BOARD, ["plughw:CARD=sndrpihifiberry,DEV=0", "default", *PI_HDMI]),
    "Pi 4 with a desktop and a USB loudspeaker": (
        NULL + PIPEWIRE + STICK + JACK + HDMI,
        ["default", "pipewire", "plughw:CARD=Device,DEV=0", PI_JACK, *PI_HDMI],
    ),
    "Pi 4 Lite with BlueALSA": (
        NULL + BLUEALSA + JACK + HDMI + STICK,
        [
            "bluealsa:DEV=11:22:33:AA:BB:CC,PROFILE=a2dp,SRV=org.bluealsa",
            "plughw:CARD=Device,DEV=0",
            PI_JACK,
            "default",
            *PI_HDMI,
        ],
    ),
    "PC with USB sound": (
        NULL + BUILT_IN + STICK,
        [
            "plughw:CARD=Device,DEV=0",
            "plughw:CARD=PCH,DEV=0",
            "default",
            "plughw:CARD=PCH,DEV=1",
            "plughw:CARD=PCH,DEV=3",
            "plughw:CARD=PCH,DEV=7",
        ],
    ),
    "PC with PulseAudio": (
        PULSE + BUILT_IN,
        ["default", "pulse", *(f"plughw:CARD=PCH,DEV={number}" for number in (0, 1, 3, 7))],
    ),
    "no sound card": (NULL, ["default"]),
    "no listing": ("", ["default"]),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_order(machine):
    """Sound server, Bluetooth, USB, other cards, jack, "default", HDMI; that of a Pi only as it can be played."""
    listed, wanted = MACHINES[machine]
    assert candidates(listed) == wanted


FAKE = """#!/bin/sh
echo "$*" >> "{folder}/calls"
if [ "$1" = -L ]; then cat "{folder}/listing"; exit; fi
case $(cat "{folder}/$3" 2>/dev/null) in
    plays) exit 0 ;;
    busy) echo "aplay: main:831: audio open error: Device or resource busy" >&2; exit 1 ;;
    hangs) echo $$ >> "{folder}/hung"; trap "" TERM; for _ in $(seq 200); do sleep 0.05; done ;;
    *) echo "aplay: main:831: audio open error: Host is down" >&2; exit 1 ;;
esac
"""


class Machine:
    """A machine with sound devices of our own making."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "calls").touch()
        (folder / "listing").touch()

    def has(self, listed, **states):
        """List this; the devices whose names contain a key are in that state, all others cannot be opened."""
        (self.folder / "listing").write_text(listed)
        for device in candidates(listed):
            state = next((state for part, state in states.items() if part in device), "fails")
            (self.folder / device).write_text(state)

    def server(self, says):
        """What wpctl tells of the sound server's output."""
        program = self.folder.parent / "bin" / "wpctl"
        program.write_text(f"#!/bin/sh\n[ \"$*\" = 'inspect @DEFAULT_AUDIO_SINK@' ] && echo '{says}'\n")
        program.chmod(0o755)

    @property
    def tried(self):
        """The devices that were opened since last asked, in order."""
        lines = (self.folder / "calls").read_text().splitlines()
        (self.folder / "calls").write_text("")
        return [line.split()[2] for line in lines if line != "-L"]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    folder = tmp_path / "machine"
    folder.mkdir()
    program = tmp_path / "bin"
    program.mkdir()
    (program / "aplay").write_text(FAKE.format(folder=folder))
    (program / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", str(program), prepend=":")
    return Machine(folder)


def test_the_first_that_plays_is_taken(machine):
    """On a Pi with a desktop a system service cannot reach PipeWire, and takes the USB loudspeaker."""
    machine.has(NULL + PIPEWIRE + STICK + JACK + HDMI, Device="plays", Headphones="plays")
    assert choose() == ("plughw:CARD=Device,DEV=0", None)
    assert machine.tried == ["default", "pipewire", "plughw:CARD=Device,DEV=0"]


def test_a_sound_server_that_answers_is_taken(machine):
    """The user who is logged in has one, and it knows where sound goes."""
    machine.has(NULL + PIPEWIRE + STICK + JACK, default="plays", Device="plays")
    assert choose() == ("default", None)


def test_a_sound_server_without_a_loudspeaker_is_passed_over(machine):
    """PipeWire plays into a dummy while the Bluetooth loudspeaker is away: that is no sound, each time found out."""
    machine.has(NULL + PIPEWIRE + JACK, default="plays", Headphones="plays")
    machine.server('  * node.name = "bluez_output.11_22_33"')
    assert choose("default") == ("default", None)
    machine.server('  * node.name = "auto_null"')
    assert choose("default") == ("plughw:CARD=Headphones,DEV=0", None)
    assert "no loudspeaker" in fault("default", good=True)
    assert not plays("default")


def test_a_busy_loudspeaker_is_waited_for(machine):
    """It is chosen and said to be busy, rather than an empty jack spoken into."""
    machine.has(NULL + JACK + STICK, Device="busy", Headphones="plays")
    device, problem = choose()
    assert device == "plughw:CARD=Device,DEV=0"
    assert "busy; another program plays there" in problem
    assert plays("auto")


def test_one_that_is_known_to_play_is_left_in_peace(machine):
    """Only better ones are tried, and those are taken where they play."""
    machine.has(NULL + PIPEWIRE + STICK + JACK, Headphones="plays")
    assert choose("plughw:CARD=Headphones,DEV=0") == ("plughw:CARD=Headphones,DEV=0", None)
    assert "plughw:CARD=Headphones,DEV=0" not in machine.tried
    machine.has(NULL + PIPEWIRE + STICK + JACK, Device="plays", Headphones="plays")
    assert choose("plughw:CARD=Headphones,DEV=0") == ("plughw:CARD=Device,DEV=0", None)


def test_one_that_was_pulled_out_is_given_up(machine):
    """What is no longer listed is not kept."""
    machine.has(NULL + JACK, Headphones="plays")
    assert choose("plughw:CARD=Device,DEV=0") == ("plughw:CARD=Headphones,DEV=0", None)


def test_none(machine):
    """Where nothing plays the runner is told what to do."""
    machine.has(NULL + HDMI)
    device, problem = choose()
    assert device == ""
    assert "plug one in" in problem
    assert not plays("auto")


def test_a_device_that_hangs_costs_a_bounded_time(machine, monkeypatch):
    """PipeWire without any loudspeaker takes sound, plays none and ignores being told to end; the next one is taken."""
    monkeypatch.setattr(devices, "TRIAL_S", 0.2)
    machine.has(NULL + PIPEWIRE + JACK, default="hangs", pipewire="hangs", Headphones="plays")
    begin = time.monotonic()
    assert choose() == ("plughw:CARD=Headphones,DEV=0", None)
    assert time.monotonic() - begin < 5
    hung = (machine.folder / "hung").read_text().split()
    assert len(hung) == 2
    assert not any(Path("/proc", pid).exists() for pid in hung)


def test_the_search_is_bounded(machine, monkeypatch):
    """However many devices hang, it ends."""
    monkeypatch.setattr(devices, "TRIAL_S", 0.1)
    monkeypatch.setattr(devices, "SEARCH_S", 0.3)
    monkeypatch.setattr(aplay, "STOP_S", 0.05)
    many = NULL + "".join(card(f"C{i}", (0, f"C{i}, USB Audio")) for i in range(40))
    machine.has(many, C="hangs")
    begin = time.monotonic()
    assert choose()[0] == ""
    assert time.monotonic() - begin < 5
    assert len(machine.tried) < 20


def test_without_aplay(tmp_path, monkeypatch):
    """The package to install is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert choose() == ("", NOT_INSTALLED)
    assert not plays("default")


def test_a_device_that_is_named(machine):
    """A device of the user's own is tried as it is; a busy one is there."""
    machine.has(NULL + JACK + STICK, Headphones="plays", Device="busy")
    assert plays("plughw:CARD=Headphones,DEV=0")
    assert plays("plughw:CARD=Device,DEV=0")
    assert not plays("hw:7")
