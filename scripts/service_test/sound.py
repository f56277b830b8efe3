"""What the service plays, recorded: ALSA's own configuration leads the default device into files."""

from __future__ import annotations

import array
from dataclasses import dataclass
from pathlib import Path

from .place import Place

HEARD = "/run/form-coach"
"""Recordings go where the service may write; with a restart they are gone."""

ASOUND = "/etc/asound.conf"

RECORDED = """# test-service: what is played goes into files, one for each time.
pcm.!default {
    type plug
    slave {
        pcm {
            type file
            slave.pcm null
            file "| /usr/local/bin/hear"
            format raw
        }
        format S16_LE
        channels 1
        rate 16000
    }
}
"""

MISSING = """# test-service: a loudspeaker that is not there.
pcm.!default { type hw card 9 }
"""

HANGING = """# test-service: a loudspeaker that takes nothing.
pcm.!default { type file slave.pcm null file "| exec sleep 600" format raw }
"""

HEAR = f"""#!/bin/sh
exec cat >"{HEARD}/heard-$(date +%s.%N).raw"
"""

RATE_HZ = 16000

LOUD = 1000
"""Of 32768: what is louder is sound, not the silence by which the coach tries its loudspeaker."""


@dataclass(frozen=True)
class Utterance:
    """Something that was played.

    :param begun_s: when, as wall time.
    """

    file: Path
    begun_s: float
    lasted_s: float


def prepare(place: Place) -> None:
    """Have a loudspeaker that records."""
    place.write("/usr/local/bin/hear", HEAR, 0o755)
    connect(place, RECORDED)


def connect(place: Place, loudspeaker: str) -> None:
    """Connect a loudspeaker: one of :data:`RECORDED`, :data:`MISSING` and :data:`HANGING`."""
    place.write(ASOUND, loudspeaker)


def utterances(place: Place) -> list[Utterance]:
    """What was played so far with sound in it, the oldest first."""
    found = []
    for file in sorted(place.path(HEARD).glob("heard-*.raw")):
        samples = array.array("h")
        raw = file.read_bytes()
        samples.frombytes(raw[: len(raw) // 2 * 2])
        if any(abs(sample) > LOUD for sample in samples[::7]):
            found.append(Utterance(file, float(file.stem.removeprefix("heard-")), len(samples) / RATE_HZ))
    return found


def sink(place: Place) -> None:
    """Have a loudspeaker in everybody's PipeWire, from its next start on."""
    node = "factory.name = support.null-audio-sink node.name = loud media.class = Audio/Sink audio.position = [ MONO ]"
    place.write(
        "/etc/pipewire/pipewire.conf.d/loud.conf",
        f"context.objects = [ {{ factory = adapter args = {{ {node} }} }} ]\n",
    )


def record(place: Place, user: str, for_s: float) -> list[Utterance]:
    """What that loudspeaker plays meanwhile, cut where there is silence."""
    file = "/tmp/loud.wav"
    options = f"--target loud -P '{{ stream.capture.sink=true }}' --rate {RATE_HZ} --channels 1 --format s16"
    pipewire(place, user, f"timeout {for_s:.0f} pw-record {options} {file} || true")
    samples = array.array("h")
    with place.path(file).open("rb") as wav:
        raw = wav.read()[44:]
    samples.frombytes(raw[: len(raw) // 2 * 2])
    found = []
    for first, end in spoken(samples):
        piece = place.path(f"/tmp/loud-{first}.raw")
        piece.write_bytes(samples[first:end].tobytes())
        found.append(Utterance(piece, 0.0, (end - first) / RATE_HZ))
    return found


def pipewire(place: Place, user: str, command: str) -> str:
    """Run a command that speaks to a user's PipeWire."""
    return place.must(f"XDG_RUNTIME_DIR=/run/user/$(id -u) {command}", user=user)


def spoken(samples: array.array[int]) -> list[tuple[int, int]]:
    """Where there is sound, with some silence around it; a pause of less than half a second does not end it."""
    step, pause, margin = RATE_HZ // 100, RATE_HZ // 2, RATE_HZ // 4
    found: list[tuple[int, int]] = []
    for place in range(0, len(samples), step):
        if max(map(abs, samples[place : place + step])) > LOUD:
            if found and place - found[-1][1] < pause:
                found[-1] = found[-1][0], place
            else:
                found.append((place, place))
    return [(max(0, first - margin), last + margin) for first, last in found if last > first]


def forget(place: Place) -> None:
    """Begin with nothing heard."""
    place.must(f"rm -f {HEARD}/heard-*.raw")
