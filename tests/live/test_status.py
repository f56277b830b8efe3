"""The status file: written whole, read by anybody, and told apart from what is left of a dead coach."""

from __future__ import annotations

import json
import math
import os
import re
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.columns import columns, unpainted
from device.live.screen import render
from device.live.status import FORMAT, NAME, STALE_S, VERSION, now_s, read, remove, write

COACHING: dict[str, Any] = {
    "started_s": 100.0,
    "state": "coaching",
    "doing": "coaching",
    "camera": {
        "name": "picamera2 imx708",
        "width_px": 640,
        "height_px": 480,
        "fps": 29.84,
        "frames": 900,
        "dropped": 100,
        "bad": 2,
        "latency_ms": {"p50": 71.2, "p95": 93.0},
    },
    "model": {"name": "movenet_lightning_int8.tflite"},
    "runner": {
        "motion": "running",
        "view": "oblique",
        "cadence_spm": 172.3,
        "baseline": True,
        "watching": ["forward_lean", "hunched_shoulders"],
    },
    "faults": [
        {"fault": "forward_lean", "measure": "", "value": 9.2, "limit": 8.0, "on": True, "watched": True},
        {"fault": "hunched_shoulders", "measure": "raised", "value": 1.7, "limit": 3.4, "on": False, "watched": True},
        {"fault": "torso_twist", "measure": "", "value": None, "limit": None, "on": False, "watched": False},
    ],
    "voice": {"speaker": "alsa", "device": "plughw:CARD=Headphones", "muted": False, "last": "Run", "last_s": 3.0},
    "panel": {"button": True, "light": False},
    "settings": {"path": "/etc/form-coach/settings.toml"},
    "troubles": {},
    "temperature_c": 52.3,
}


def alter(folder: Path, **changes: Any) -> None:
    """Change fields of the status file as another program would."""
    content = json.loads((folder / NAME).read_text())
    (folder / NAME).write_text(json.dumps(content | changes))


class TestFile:
    def test_what_is_written_is_read(self, tmp_path: Path) -> None:
        """The fields come back as they were, with format, version, process and time in front."""
        before_s = now_s()
        write(tmp_path, COACHING)
        found = read(tmp_path)
        assert (found.condition, found.why, found.running) == ("running", "", True)
        assert {key: found.snapshot[key] for key in COACHING} == COACHING
        assert (found.snapshot["format"], found.snapshot["version"]) == (FORMAT, VERSION)
        assert found.snapshot["pid"] == os.getpid()
        assert before_s <= found.snapshot["written_s"] <= now_s()
        assert list(found.snapshot)[:2] == ["format", "version"]

    def test_every_user_may_read_it(self, tmp_path: Path) -> None:
        """Whatever the writer's umask, `form-coach status` needs no special rights."""
        before = os.umask(0o077)
        try:
            write(tmp_path, COACHING)
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o644

    def test_numbers_of_any_kind(self, tmp_path: Path) -> None:
        """NumPy's numbers are numbers, what is not finite is null, and nothing at all makes the coach fail."""
        odd = {"a": np.float32(0.5), "b": np.int64(3), "c": math.nan, "d": [math.inf], "e": Path("x"), "f": "\ud800"}
        write(tmp_path, odd)
        found = read(tmp_path).snapshot
        assert [found[key] for key in odd] == [0.5, 3, None, [None], "x", "?"]

    def test_a_reader_never_sees_half_of_it(self, tmp_path: Path) -> None:
        """While it is rewritten all the time, each reading is a whole one."""
        write(tmp_path, {"number": 0})
        ended = threading.Event()

        def rewrite() -> None:
            for number in range(200):
                write(tmp_path, {"number": number, "filling": "x" * 20_000})
            ended.set()

        writer = threading.Thread(target=rewrite)
        writer.start()
        readings = 0
        while not ended.is_set():
            assert read(tmp_path).condition == "running"
            readings += 1
            time.sleep(0.0005)  # else Python lets the writer wait
        writer.join()
        assert readings > 10
        assert [path.name for path in tmp_path.iterdir()] == [NAME]

    def test_a_folder_that_cannot_be_written_to(self, tmp_path: Path) -> None:
        """The caller learns of it, and the status from before stays."""
        with pytest.raises(OSError, match="No such file"):
            write(tmp_path / "none", COACHING)
        write(tmp_path, {"number": 1})
        (tmp_path / f".{NAME}").symlink_to("/dev/full")  # not followed: it may be anybody's
        with pytest.raises(OSError, match="symbolic"):
            write(tmp_path, {"number": 2})
        assert read(tmp_path).snapshot["number"] == 1

    def test_taken_away_at_the_end(self, tmp_path: Path) -> None:
        """After an orderly end nobody is there, and a second end does no harm."""
        write(tmp_path, COACHING)
        remove(tmp_path)
        remove(tmp_path)
        assert read(tmp_path).condition == "absent"


class TestConditions:
    def test_no_file_no_folder(self, tmp_path: Path) -> None:
        """Where there is no status, no coach runs."""
        for folder in (tmp_path, tmp_path / "none", None, Path(__file__)):
            found = read(folder)
            assert (found.condition, found.running, found.snapshot) == ("absent", False, {})

    def test_a_killed_coach_is_dead(self, tmp_path: Path) -> None:
        """A file whose process is gone is told at once, however fresh it is."""
        code = f"from device.live.status import write; from pathlib import Path; write(Path({str(tmp_path)!r}), {{}})"
        subprocess.run([sys.executable, "-c", code], check=True)
        found = read(tmp_path)
        assert (found.condition, found.running) == ("dead", False)
        assert str(found.snapshot["pid"]) in found.why

    def test_a_silent_coach_hangs(self, tmp_path: Path) -> None:
        """A process that is there but wrote nothing for five seconds hangs; up to then it runs."""
        write(tmp_path, COACHING | {"written_s": now_s() - STALE_S + 2})
        assert read(tmp_path).condition == "running"
        write(tmp_path, COACHING | {"written_s": now_s() - STALE_S - 0.1})
        found = read(tmp_path)
        assert (found.condition, found.running) == ("hung", False)
        assert found.snapshot["doing"] == "coaching"

    def test_a_file_from_before_the_restart(self, tmp_path: Path) -> None:
        """A time that has not come yet is of an earlier power-on, though another process has its number now."""
        write(tmp_path, COACHING | {"written_s": now_s() + 1000})
        assert read(tmp_path).condition == "dead"

    def test_another_version_runs(self, tmp_path: Path) -> None:
        """It counts as running, and its version is named."""
        write(tmp_path, COACHING)
        alter(tmp_path, version=VERSION + 1, software="9.8.7")
        found = read(tmp_path)
        assert (found.condition, found.running) == ("other_version", True)
        assert "9.8.7" in found.why

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": "another"}', b"[" * 100_000, b" " * 2_000_000]
        + [json.dumps({"format": FORMAT, "version": version}).encode() for version in (None, "1", 1, [1])],
        ids=range(12),
    )
    def test_damaged_and_foreign_files(self, tmp_path: Path, content: bytes) -> None:
        """What is no status is told as such and never fails."""
        (tmp_path / NAME).write_bytes(content)
        found = read(tmp_path)
        assert (found.condition, found.running) == ("unreadable", False)
        assert found.why

    @pytest.mark.parametrize("pid", [0, -1, 10**12, 10**30, "1", None, True, 1.5e300])
    def test_impossible_processes(self, tmp_path: Path, pid: object) -> None:
        """A process that cannot be is not asked for, least of all a whole group of them."""
        write(tmp_path, COACHING)
        alter(tmp_path, pid=pid)
        assert not read(tmp_path).running

    @given(st.binary(max_size=200))
    def test_any_bytes(self, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
        """Nothing that can lie in the file makes reading fail."""
        folder = tmp_path_factory.getbasetemp()
        (folder / NAME).write_bytes(content)
        assert read(folder).condition == "unreadable"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoiled(draw: st.DrawFn, given: Any = COACHING) -> Any:
    """A status in which anything may be missing, or be something else."""
    if isinstance(given, dict) and draw(st.integers(0, 9)):
        kept = {key: draw(spoiled(value)) for key, value in given.items() if draw(st.integers(0, 4))}
        return kept | (draw(st.dictionaries(st.text(max_size=12), st.text() | JSON, max_size=2)))
    if isinstance(given, list) and draw(st.integers(0, 9)):
        return [draw(spoiled(value)) for value in given] + draw(st.lists(JSON, max_size=6))
    return draw(JSON) if not draw(st.integers(0, 5)) else given


class TestScreen:
    @given(spoiled().filter(lambda made: isinstance(made, dict)), st.booleans())
    def test_any_mixture_fits(self, made: dict[str, Any], colour: bool) -> None:
        """Whatever is missing or odd, it fits 24 lines of 80 columns, and 12 of 40."""
        for width, height in ((80, 24), (40, 12)):
            lines = render(made, width, height, colour).split("\n")
            assert len(lines) <= height
            assert all(columns(unpainted(line)) <= width for line in lines)
            assert all(unpainted(line).isprintable() for line in lines)

    @given(
        st.dictionaries(
            st.text(min_size=1).filter(lambda n: n != "and"), st.text(min_size=1, max_size=999), max_size=30
        )
    )
    def test_any_troubles_fit(self, troubles: dict[str, str]) -> None:
        """However many troubles there are and however long, all are told or counted, and the rest stays in sight."""
        text = render(COACHING | {"troubles": troubles})
        lines = text.split("\n")
        assert len(lines) <= 24
        assert all(columns(line) <= 80 for line in lines)
        told = sum(line.startswith("! ") for line in lines)
        rest = re.search(r"^! and (\d+) more: form-coach status --json$", text, re.MULTILINE)
        assert told + (int(rest[1]) - 1 if rest else 0) == len(troubles)
        assert lines[-1].startswith("Computer")

    def test_coaching(self) -> None:
        """While it coaches all of it is there: picture, runner, voice, panel, and each fault against its limit."""
        text = render(COACHING | {"software": "1.2.3", "written_s": 3700.0})
        for expected in (
            "Form Coach 1.2.3, up for 1:00:00",
            "COACHING  coaching",
            "picamera2 imx708, 640×480, 29.8 pictures/s, 10 % dropped, 2 bad",
            "from picture to decision 71 ms, 19 of 20 within 93 ms",
            "running, 172 steps/min, seen at an angle, own form known",
            "alsa on plughw:CARD=Headphones; last “Run”, 1:01:37 ago",
            "Panel     button\n",
            "/etc/form-coach/settings.toml",
            "52 °C, model movenet_lightning_int8.tflite",
        ):
            assert expected in text, expected
        lean, shoulders, twist = (line for line in text.split("\n") if line[:6] in ("forwar", "should", "torso "))
        # The limit stands behind 16 cells, so 9.2 of 8 fill 18 and 1.7 of 3.4 eight.
        assert lean.endswith("9.2° of 8.0°     ████████████████┃██······ !")
        assert shoulders.endswith("1.7 % of 3.4 %    ████████········┃········")
        assert twist == "torso twist                not watched: cannot be judged from here"

    @pytest.mark.parametrize(
        ("runner", "why"),
        [
            ({"motion": "absent", "view": "", "watching": []}, "nobody runs"),
            ({"motion": "walking", "view": "side", "watching": ["torso_twist"]}, "nobody runs"),
            ({"motion": "running", "view": "", "watching": []}, "where the camera stands is not known"),
            ({"motion": "running", "view": "side", "watching": ["torso_twist"]}, "own good form is not learned"),
            ({"motion": "running", "view": "front", "watching": []}, "cannot be judged from here"),
        ],
    )
    def test_why_a_fault_is_not_watched(self, runner: dict[str, Any], why: str) -> None:
        """The reason is said in words."""
        text = render(COACHING | {"runner": runner})
        assert why in next(line for line in text.split("\n") if line.startswith("torso twist"))

    @pytest.mark.parametrize(
        ("value", "limit", "cells"),
        [
            (-3.0, 8.0, "················┃········"),
            (0.0, 8.0, "················┃········"),
            (8.0, 8.0, "████████████████┃········"),
            (900.0, 8.0, "████████████████┃████████"),
            (None, 8.0, "················┃········"),
            (5.0, 0.0, "················┃········"),
        ],
    )
    def test_the_bar_has_ends(self, value: float | None, limit: float, cells: str) -> None:
        """Below zero the bar is empty, at the limit it reaches the mark, far beyond it is full and no longer."""
        fault = {"fault": "forward_lean", "value": value, "limit": limit, "on": False, "watched": True}
        line = next(line for line in render(COACHING | {"faults": [fault]}).split("\n") if line.startswith("forward"))
        assert line.endswith(f" {cells}")

    def test_nobody_there(self) -> None:
        """While it waits it says so, and no fault is made up."""
        made = COACHING | {"state": "waiting", "doing": "waiting for a runner", "runner": {"motion": "absent"}}
        text = render(made | {"faults": []})
        assert "WAITING  waiting for a runner" in text
        assert "nobody is seen" in text
        assert "none is judged just now" in text

    def test_a_trouble_with_its_remedy(self) -> None:
        """A trouble stands above all else, with its remedy behind an arrow."""
        text = render(COACHING | {"troubles": {"voice": "no sound card; remedy: plug one in"}, "state": "error"})
        assert text.split("\n")[3] == "! voice   no sound card → plug one in"

    def test_muted_and_silent(self) -> None:
        """A muted coach says so, and so does one without a loudspeaker."""
        muted = {"speaker": "alsa", "device": "default", "muted": True, "last": None, "last_s": None}
        assert "alsa on default; muted\n" in render(COACHING | {"voice": muted})
        assert "nothing is spoken" in render(COACHING | {"voice": muted | {"speaker": "none"}})

    def test_an_empty_status(self) -> None:
        """Where nothing is told, everything is unknown."""
        text = render({})
        assert text.count("unknown") >= 9
        assert "None" not in text

    def test_colours_change_nothing_else(self) -> None:
        """With and without colours the words are the same."""
        made = COACHING | {"troubles": {"camera": "gone"}}
        assert unpainted(render(made, colour=True)) == render(made)
        assert "\x1b[" in render(made, colour=True)
