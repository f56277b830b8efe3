"""What all tests share."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIPS = ROOT / "tests" / "clips"
sys.path.insert(0, str(ROOT / "tests"))  # stickman.py is for all folders below


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real footage and published results next to the clone; skips where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the optional folder {folder} with real footage")
    return folder


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def form_coach(*arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> Done:
    """Run the command as a user does, in a process of its own."""
    command = [sys.executable, "-m", "device", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd or ROOT, env=env, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Replay:
    """A clip that was coached, with all that it left behind."""

    done: Done
    events: Path
    poses: Path
    posture: Path

    def list(self, *kinds: str) -> list[dict[str, Any]]:
        """The events of some kinds; all of them without."""
        lines = [json.loads(line) for line in self.events.read_text().splitlines()]
        return [event for event in lines if not kinds or event["kind"] in kinds]


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Coach a source through the command line with all of its text outputs; each source only once a session."""
    folder = tmp_path_factory.mktemp("replays")
    done: dict[tuple[str, ...], Replay] = {}

    def run(source: Path, *options: str) -> Replay:
        key = (str(source), *options)
        if key not in done:
            name = f"{source.stem}-{len(done)}"
            files = [folder / f"{name}.{kind}" for kind in ("jsonl", "npz", "csv")]
            outputs = ["--events", files[0], "--poses", files[1], "--posture", files[2]]
            done[key] = Replay(form_coach("replay", source, *outputs, *options), *files)
        return done[key]

    return run


def truth(clip: str) -> dict[str, Any]:
    """What a bundled clip really shows."""
    loaded: dict[str, Any] = json.loads((CLIPS / f"{clip}.json").read_text())
    return loaded
