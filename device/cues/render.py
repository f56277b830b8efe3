"""Render one phrase to a WAV file, in a process of its own: ``python -P render.py < request.json``.

It is run by :mod:`device.cues.engines`, never imported.  The request on standard input is one JSON object: ``text``,
``language``, ``voice`` (as espeak-ng names it, or with any other of its names), ``rate_wpm``, ``volume`` and ``path``
(the WAV to write).  Exit status 0: the file is there.  Otherwise the last line of standard output is ``problem: `` and
what is wrong.

A process for each phrase, because pyttsx3's espeak driver does not survive more than one: of two queued phrases only
the last is made, and after one file every later ``say`` overwrites it.  Nothing but pyttsx3 is imported here, which
makes such a process cheap.
"""

import contextlib
import json
import os
import sys
import time
from typing import Any, NoReturn


def fail(problem: str) -> NoReturn:
    """Report one line and leave at once: espeak's own tidying up at exit is known to crash.

    Who asked may be gone, and nobody read the line; that must not keep this process.
    """
    with contextlib.suppress(OSError):
        print("problem: " + " ".join(problem.split()), flush=True)
    os._exit(1)


def unraisable(event: Any) -> None:
    """An exception inside espeak's callback (a full disk, say) would be swallowed, and the loop would never end."""
    fail(f"espeak-ng's sound cannot be written: {event.exc_value}")


def choose(engine: Any, wish: str, language: str) -> str:
    """Return the identifier of the voice with that name, with its variant ("en-us+f3") if it has one.

    pyttsx3 says nothing when it does not know a voice; it just speaks with another one.
    """
    known: dict[str, str] = {}
    fitting: list[str] = []
    for voice in engine.getProperty("voices"):
        if voice.id.startswith(("mb/", "!v/")):
            continue  # pyttsx3 writes 22,050 Hz into the header of every file; MBROLA's 16,000 would play too fast
        for name in (voice.name, *(voice.languages or ()), voice.id):
            known.setdefault(name.lower(), voice.id)
        if any(name.split("-")[0] == language for name in voice.languages or ()):
            fitting.append(voice.id)
    base, plus, variant = wish.lower().partition("+")
    if base not in known:
        fail(f"voice {wish!r} is not known; there are, for this language: {', '.join(sorted(fitting)) or 'none'}")
    return known[base] + plus + variant


def main() -> None:
    """Carry out the request on standard input."""
    request = json.load(sys.stdin)
    sys.unraisablehook = unraisable
    try:
        import pyttsx3

        engine = pyttsx3.init("espeak")
    except ModuleNotFoundError as error:
        fail(f"the Python package {error.name} is not installed; remedy: ./scripts/setup")
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        # pyttsx3 raises RuntimeError when it finds no library; an old or broken one lacks functions
        fail(f"espeak-ng cannot be used ({error}); remedy: sudo apt install libespeak-ng1")
    # The first runAndWait comes back after 10 ms with nothing done; from then on settings are made at once, and
    # runAndWait waits until the file is written.
    engine.runAndWait()
    voice = choose(engine, request["voice"], request["language"])
    settle()
    engine.setProperty("voice", voice)
    used = engine.getProperty("voice") or ""
    if used.lower() != voice:
        fail(f"voice {request['voice']!r} cannot be used: espeak-ng would speak with {used!r} instead")
    engine.setProperty("rate", request["rate_wpm"])
    engine.setProperty("volume", request["volume"])
    settle()
    engine.save_to_file(request["text"], request["path"])
    engine.runAndWait()
    sys.stdout.flush()
    os._exit(0)


def settle() -> None:
    """Wait until espeak-ng's own thread has taken up what it was told; how long is for the caller to bound.

    A voice chosen meanwhile loses the rate just set (1 phrase in 100 came out at 200 words a minute), and pyttsx3
    takes a busy espeak-ng for one that has to be stopped, which leaves an empty file.  (espeak_Synchronize, made for
    waiting, never returns.)
    """
    from pyttsx3.drivers import _espeak

    while _espeak.IsPlaying():
        time.sleep(0.002)


if __name__ == "__main__":
    main()
