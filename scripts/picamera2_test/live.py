"""The whole coach on the virtual camera, which shows a bundled clip: to the first cue, and to the end.

python -m picamera2_test.live draw CLIP FOLDER     write the clip's pictures as JPEGs
python -m picamera2_test.live coach …              form-coach, on the virtual camera
python -m picamera2_test.live check CLIP           coach it live, and say what holds
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PATIENCE_S = 75.0
"""The clip lasts half a minute, and is to be coached by then."""


def draw(clip: Path, folder: Path) -> None:
    """Write every picture of a clip as 0.jpg, 1.jpg, …"""
    from PIL import Image

    from device.frames import open_source

    folder.mkdir(parents=True)
    for number, frame in enumerate(open_source(clip).frames()):
        Image.fromarray(frame.rgb).save(folder / f"{number}.jpg", quality=95)


def coach(arguments: list[str]) -> int:
    """Be form-coach."""
    from picamera2_test import virtual_camera

    virtual_camera.install()
    from device.cli import main

    return main(arguments)


def check(clip: Path) -> None:
    """Coach it live until the first cue, and print a line for each thing that is to hold."""
    truth = json.loads(clip.with_suffix(".json").read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings, events, said = folder / "settings.toml", folder / "events.jsonl", folder / "said"
        rate = 1 / (truth["frames"]["t_s"][1] - truth["frames"]["t_s"][0])
        settings.write_text(f"[camera]\nfps = {rate:g}\n")
        command = [sys.executable, "-m", "picamera2_test.live", "coach", "run", "--source", "picamera2"]
        environment = {**os.environ, "RUNTIME_DIRECTORY": name, "STATE_DIRECTORY": name}
        with said.open("w") as output:
            coached = subprocess.Popen(
                [*command, "--config", str(settings), "--events", str(events)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )
            until_s = time.monotonic() + PATIENCE_S
            while time.monotonic() < until_s and coached.poll() is None and not _cues(events):
                time.sleep(0.5)
            status = json.loads((folder / "status.json").read_text()) if (folder / "status.json").exists() else {}
            began_s = time.monotonic()
            coached.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                coached.wait(10.0)
            took_s = time.monotonic() - began_s
            coached.kill()
        camera = status.get("camera", {})
        wanted = [fault["fault"] for fault in truth["faults"]]
        cues = _cues(events)
        fps = camera.get("fps") or 0.0
        age_ms = (camera.get("latency_ms") or {}).get("p95")
        _tell(camera.get("name") == "picamera2 virtual", f"form-coach run: its camera is {camera.get('name')}")
        _tell(abs(fps - rate) < 0.1 * rate, f"it takes {fps:.1f} of {rate:.0f} pictures a second")
        _tell(age_ms is not None, f"a picture is {age_ms} ms old when judged (p95)")
        _tell(
            cues == wanted[:1], f"the first cue is for {' '.join(cues) or 'nothing'}, and the runner shows {wanted[0]}"
        )
        _tell(coached.returncode == 0 and took_s < 3.0, f"stops with status {coached.returncode} in {took_s:.1f} s")
        _tell("Traceback" not in said.read_text(), "and says nothing unforeseen")


def _cues(events: Path) -> list[str]:
    if not events.exists():
        return []
    whole: list[dict[str, Any]] = [json.loads(line) for line in events.read_text().splitlines(True) if line[-1] == "\n"]
    return [event["fault"] for event in whole if event["kind"] == "cue"]


def _tell(holds: bool, what: str) -> None:
    print("✓" if holds else "✗", what, flush=True)


if __name__ == "__main__":
    todo, *rest = sys.argv[1:]
    if todo == "coach":
        sys.exit(coach(rest))
    {"draw": draw, "check": check}[todo](*map(Path, rest))
