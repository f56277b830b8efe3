"""What was said in a recording, by an offline speech recogniser that has to tell the coach's phrases from others."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from debian_root import cache_folder

from .place import Failed, NotChecked
from .sound import RATE_HZ, Utterance

PROJECT = Path(__file__).resolve().parents[2]
NEEDS = "pocketsphinx>=5.1,<6"

DECOYS = """Stand still; Stand later; Understand her; Stay tall; Race your car; Brace your knee; Relax your elbows
Relax your hands; Let your arms hang down; Let your shoulders rise; Keep your chin up; Keep your eyes facing forward
Turn your upper body; Lift your knees; Take shorter steps; Breathe more slowly; You are doing well; Good morning
Slow down; Speed up; Turn around; I am hungry; What time is it; Time for a break; Drink some water"""
"""What the coach never says: whoever takes everything for a cue would take these for one, too."""


def heard(recordings: list[Utterance]) -> list[str | None]:
    """What each is taken for; None for what is no phrase at all.

    :raises NotChecked: the recogniser is not to be had.
    """
    request = {
        "phrases": [*phrases(), *decoys()],
        "recordings": [str(recording.file) for recording in recordings],
        "rate_hz": RATE_HZ,
    }
    done = subprocess.run(
        [str(_python()), str(Path(__file__).with_name("recognise.py"))],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"the speech recogniser fails: {done.stderr.strip().splitlines()[-1]}")
    taken_for: list[str | None] = json.loads(done.stdout)["heard"]
    return taken_for


def cues(fault: str) -> list[str]:
    """What the coach says about a fault."""
    said: list[str] = _texts()[fault]["cues"]
    return said


def decoys() -> list[str]:
    """What it does not say."""
    return DECOYS.replace("\n", "; ").split("; ")


@cache
def _texts() -> dict[str, dict[str, object]]:
    return tomllib.loads((PROJECT / "device/texts/en.toml").read_text(encoding="utf-8"))


def phrases() -> list[str]:
    """All that the coach says, word by word; the names of faults stand in for what it watches."""
    found: list[str] = []
    for section in _texts().values():
        for text in section.values():
            texts = text if isinstance(text, list) else [text]
            found += [str(item).replace("{faults}", "lean shoulders and twist") for item in texts]
    return [text for text in found if len(text.split()) > 1]


@cache
def _python() -> Path:
    """The Python of a ``.venv`` with the recogniser, made now if it is not there yet."""
    folder = cache_folder() / "recogniser"
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "-q", "--disable-pip-version-check", "--no-input", "install", NEEDS],
        ):
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode:
                said = (done.stderr or done.stdout).strip().splitlines()
                raise NotChecked(f"the speech recogniser cannot be had: {said[-1] if said else 'no reason given'}")
        (folder / "done").touch()
    return python
