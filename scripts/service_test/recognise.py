"""Says which of some phrases a recording is, by an offline speech recogniser (pocketsphinx, US English).

Run by the Python of a ``.venv`` that has pocketsphinx: phrases come as JSON on standard input with the recordings'
names (raw, 16 bit, one channel); for each recording goes out the phrase it was taken for, or null.
"""

from __future__ import annotations

import array
import json
import re
import sys
from pathlib import Path

from pocketsphinx import Decoder

RATE_HZ = 16000
"""What the recogniser's model was made for."""


def main() -> None:
    asked = json.load(sys.stdin)
    # Digital silence is no sound that the model knows, so a little noise goes over it.
    decoder = Decoder(loglevel="FATAL", samprate=RATE_HZ, bestpath=False, dither=True, seed=3)
    phrases = {}
    for phrase in asked["phrases"]:
        words = re.findall(r"[a-z']+", phrase.lower())
        if words and all(decoder.lookup_word(word) for word in words):
            phrases[" ".join(words)] = phrase
    decoder.add_jsgf_string("phrases", f"#JSGF V1.0; grammar phrases; public <phrase> = {' | '.join(phrases)};")
    decoder.activate_search("phrases")
    heard = []
    for name in asked["recordings"]:
        decoder.start_utt()
        decoder.process_raw(_resampled(Path(name).read_bytes(), asked["rate_hz"]), full_utt=True)
        decoder.end_utt()
        heard.append(phrases.get(decoder.hyp().hypstr) if decoder.hyp() else None)
    json.dump({"heard": heard, "phrases": len(phrases)}, sys.stdout)


def _resampled(raw: bytes, rate_hz: int) -> bytes:
    """The samples at the recogniser's rate, by straight lines between them."""
    samples = array.array("h", raw[: len(raw) // 2 * 2])
    step = rate_hz / RATE_HZ
    made = array.array("h")
    for number in range(int((len(samples) - 1) / step)):
        place, share = int(number * step), number * step % 1
        made.append(round(samples[place] * (1 - share) + samples[place + 1] * share))
    return made.tobytes()


if __name__ == "__main__":
    main()
