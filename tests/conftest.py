"""What all tests share."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIPS = ROOT / "tests" / "clips"
PYTHON = sys.executable  # as it is now: a test that puts another in its place must not reach runs in the background
sys.path.insert(0, str(ROOT / "tests"))  # stickman.py is for all folders below
sys.path.insert(0, str(ROOT / "scripts"))  # the scripts' packages, for tests/scripts

# The same cases each time; ./scripts/test --hypothesis-profile=search looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile("same")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what it puts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real footage and published results next to the clone; skips where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the optional folder {folder} with real footage")
    return folder


ANOTHER_RUN = ("--view", "auto")
"""Options that change nothing, for a second run of the same clip."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def form_coach(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, behind: bool = False
) -> Done:
    """Run the command as a user does, in a process of its own.

    :param behind: let other processes go first.
    """
    command = [*(["nice", "-n", "10"] if behind else []), PYTHON, "-m", "device", *map(str, arguments)]
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


class Replays:
    """Coaches sources through the command line with all of its text outputs, each only once.

    Two at a time in the background: most of what the tests wait for is the model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(2)
        self._done: dict[tuple[str, ...], Future[Replay]] = {}
        self._config = folder / "one-thread.toml"
        self._config.write_text("[model]\nthreads = 1\n")

    def begin(self, source: Path, *options: str) -> Future[Replay]:
        """Begin with a source, unless it was begun before."""
        key = (str(source), *options)
        if key not in self._done:
            self._done[key] = self._pool.submit(self._run, source, len(self._done), *options)
        return self._done[key]

    def _run(self, source: Path, number: int, *options: str) -> Replay:
        files = [self._folder / f"{source.stem}-{number}.{kind}" for kind in ("jsonl", "npz", "csv")]
        outputs = ["--events", files[0], "--poses", files[1], "--posture", files[2]]
        return Replay(form_coach("replay", source, *outputs, "--config", self._config, *options, behind=True), *files)

    def __call__(self, source: Path, *options: str) -> Replay:
        """A source, coached."""
        return self.begin(source, *options).result()

    def close(self) -> None:
        """Begin no more."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replays]:
    """Coach a source, or take what an earlier test had coached."""
    replays = Replays(tmp_path_factory.mktemp("replays"))
    yield replays
    replays.close()


@pytest.fixture(scope="session", autouse=True)
def _ahead(request: pytest.FixtureRequest) -> None:
    """Begin with the bundled clips at once, where tests will ask for them."""
    asking = [item for item in request.session.items if "replay" in getattr(item, "fixturenames", ())]
    wanted = {item.callspec.params.get("clip") for item in asking if hasattr(item, "callspec")}
    if "demo" in wanted:
        request.getfixturevalue("replay").begin(CLIPS / "demo.mp4", *ANOTHER_RUN)
    for clip in sorted(CLIPS.glob("*.mp4"), key=lambda path: path.stat().st_size, reverse=True):
        if clip.stem in wanted:
            request.getfixturevalue("replay").begin(clip)


def truth(clip: str) -> dict[str, Any]:
    """What a bundled clip really shows."""
    loaded: dict[str, Any] = json.loads((CLIPS / f"{clip}.json").read_text())
    return loaded
