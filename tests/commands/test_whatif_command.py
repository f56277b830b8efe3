"""`form-coach whatif`: what it prints, and what it says of mistakes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import CLIPS, PYTHON, ROOT, Done, Replays, form_coach
from stickman import Stickman, poses

from device import baselines
from device.commands.whatif import changed
from device.errors import ConfigError
from device.pipeline import Coach
from device.poses.log import write_log
from device.settings import Settings


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner who leans by 11° for a while: out by 8°, the limit of that runner, not by 14°."""
    run = list(poses(lambda t_s: Stickman(lean_deg=11 if 20 <= t_s < 35 else 2), 50, noise_px=1.0))
    path = tmp_path_factory.mktemp("whatif") / "run.npz"
    write_log(path, np.array([pose.t_s for pose in run]), np.array([pose.keypoints for pose in run]), 640, 480)
    return path


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """An environment without settings of anybody's own."""
    return {**os.environ, "FORM_COACH_CONFIG": "", "XDG_CONFIG_HOME": str(tmp_path), "NO_COLOR": "1"}


def whatif(*arguments: str | Path, env: dict[str, str]) -> Done:
    return form_coach("whatif", *arguments, env=env)


def test_cues_stand_side_by_side(log: Path, nowhere: dict[str, str]) -> None:
    """With a higher limit the cue and the praise are gone; the sum says so; nothing but, on a slow computer, that it
    takes a while goes to standard error."""
    done = whatif(log, "--set", "forward_lean.rise_deg=12", env=nowhere)
    assert done.code == 0
    assert done.err in ("", "form-coach: coaching …\n")
    lines = done.out.splitlines()
    assert lines[0] == "forward_lean.rise_deg  6.0 → 12.0"
    (cue,) = [line for line in lines if "Stand taller" in line]
    assert cue.split()[0].startswith("00:2")
    assert cue.endswith("  –")
    assert "1 cue → 0 cues, praised 1 → 0" in lines
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.out


def test_both_sides_are_what_replay_says(log: Path, nowhere: dict[str, str], tmp_path: Path) -> None:
    """The events of either side are, one by one, those that `replay` writes with those settings."""
    (tmp_path / "new.toml").write_text("[forward_lean]\non_deg = 9.0\n[cues]\ngap_s = 5.0\n")
    wanted = []
    for options in ([], ["--config", tmp_path / "new.toml"]):
        events = tmp_path / "events.jsonl"
        form_coach("replay", log, "--events", events, *options, env=nowhere)
        wanted.append([json.loads(line) for line in events.read_text().splitlines()])
    done = whatif(log, "--set", "forward_lean.on_deg=9", "--set", "cues.gap_s=5", "--json", env=nowhere)
    told = json.loads(done.out)
    assert (told["format"], told["version"], told["source"]) == ("form-coach whatif", 1, str(log))
    assert told["changes"]["cues.gap_s"] == {"old": 20.0, "new": 5.0}
    for side, (*events, summary) in zip(("old", "new"), wanted, strict=True):
        assert told[side]["events"] == events
        assert told[side]["cues"] == sum(event["kind"] == "cue" for event in events)
        assert {"t_s": summary["t_s"], "kind": "summary", **told[side]["summary"]} == summary


def test_it_compares_with_the_settings_in_force(log: Path, nowhere: dict[str, str], tmp_path: Path) -> None:
    """Those of --config, or of $FORM_COACH_CONFIG; what is set already is no change."""
    (tmp_path / "mine.toml").write_text("[forward_lean]\nrise_deg = 12.0\n")
    given = whatif(log, "--set", "forward_lean.rise_deg=12", "--config", tmp_path / "mine.toml", env=nowhere)
    named = {**nowhere, "FORM_COACH_CONFIG": str(tmp_path / "mine.toml")}
    assert given.out == whatif(log, "--set", "forward_lean.rise_deg=12", env=named).out
    assert "forward_lean.rise_deg  12.0, as it is" in given.out
    assert "no cue with either" in given.out


def test_a_known_baseline_is_begun_with(log: Path, nowhere: dict[str, str], tmp_path: Path) -> None:
    """As a live run begins with the form of earlier ones; the file stays as it is."""
    coach = Coach(Settings())
    for pose in poses(lambda t_s: Stickman(lean_deg=2), 20, noise_px=1.0):
        baseline = coach.step(pose).posture.baseline
    assert baseline is not None
    baselines.save(tmp_path / "mine.json", (baseline,))
    before = (tmp_path / "mine.json").read_bytes()
    done = whatif(log, "--set", "cues.gap_s=5", "--json", "--baseline", tmp_path / "mine.json", env=nowhere)
    kinds = [event["kind"] for event in json.loads(done.out)["new"]["events"]]
    assert "baseline_recalled" in kinds
    assert (tmp_path / "mine.json").read_bytes() == before


def test_every_mistake_is_told_at_once(log: Path, nowhere: dict[str, str]) -> None:
    """Unknown names with what was meant, values out of range, contradictions; and nothing is worked out."""
    wrong = (
        "forward_lean.on_dge=14",
        "cues.gap_s=often",
        "on_deg",
        "torso_twist.on_deg=20",
        "cues.praise=no",
        "cues.praise=no",
    )
    done = whatif(log, *[part for change in wrong for part in ("--set", change)], env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "form-coach: --set: 5 mistakes in the settings",
        "  forward_lean.on_dge: there is no such setting; did you mean forward_lean.on_deg?",
        '  cues.gap_s = "often": must be 0 to 600 s',
        '  "on_deg": write KEY=VALUE, as in forward_lean.on_deg=14',
        "  cues.praise: this is given twice",
        "  torso_twist.least_deg = 24: must not be above torso_twist.on_deg = 20",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.npz", "--set", "cues.gap_s=5"], 3, "there is no such file"),
        (["nowhere.mp4", "--set", "cues.gap_s=5"], 3, "there is no such file"),
        (["LOG"], 2, "--set"),
        (["LOG", "--set", "cues.gap_s=5", "--baseline", "nowhere.json"], 2, "nowhere.json: there is no such file"),
        (["LOG", "--set", "cues.gap_s=5", "--config", "nowhere.toml"], 2, "there is no such file"),
    ],
)
def test_what_cannot_be_read_is_said(
    log: Path, nowhere: dict[str, str], arguments: list[str], code: int, said: str
) -> None:
    done = whatif(*[str(log) if one == "LOG" else one for one in arguments], env=nowhere)
    assert done.code == code
    assert said in done.err
    assert done.out == ""


def test_values_are_read_as_somebody_types_them() -> None:
    """Words need no quotes, phrases no brackets; a language brings its texts, but not over one's own."""
    made = changed(Settings(), ["camera.view=side", "cues.praise = false", "forward_lean.cues=Grow tall"])
    assert (made.camera.view, made.cues.praise, made.forward_lean.cues) == ("side", False, ("Grow tall",))
    german = changed(made, ["voice.language=de"])
    assert german.forward_lean.cues == ("Grow tall",)
    assert german.torso_twist.cues != made.torso_twist.cues
    with pytest.raises(ConfigError, match="profile"):
        changed(Settings(), ["profile.name=Anna!"])


def test_a_video_is_as_good_as_its_log(replay: Replays, nowhere: dict[str, str]) -> None:
    """The model finds the runner, and the rest is the same."""
    arguments = ("--set", "hunched_shoulders.raised_pct=30", "--set", "model.threads=1", "--json")
    clip = CLIPS / "nobody.mp4"
    video = whatif(clip, *arguments, env=nowhere)
    log = whatif(replay(clip).poses, *arguments, env=nowhere)
    told: list[dict[str, Any]] = [json.loads(done.out) for done in (video, log)]
    assert {**told[0], "source": ""} == {**told[1], "source": ""}


def test_colour_and_progress_are_for_terminals(log: Path, nowhere: dict[str, str]) -> None:
    """On a terminal what is gone is coloured; what takes long shows a bar there, and leaves nothing of it."""
    reader, terminal = pty.openpty()
    environment = {**nowhere, "TERM": "xterm", "NO_COLOR": "", "COLUMNS": "80"}
    code = (
        "import sys; from device.commands import whatif; whatif.Waiting.PATIENCE_S = 0.0\n"
        "from device.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [PYTHON, "-c", code, "whatif", str(log), "--set", "forward_lean.rise_deg=12"],
        env=environment,
        cwd=ROOT,
        stdout=terminal,
        stderr=terminal,
        timeout=120,
        check=False,
    )
    os.close(terminal)
    text = b""
    try:
        while part := os.read(reader, 4096):
            text += part
    except OSError:
        pass  # all that was written has been read
    os.close(reader)
    assert done.returncode == 0
    assert b"coaching" in text
    assert b" %" in text
    bar, _, rest = text.rpartition(b"\r\x1b[K")
    assert b"[#" in bar or b"[." in bar
    assert b"\x1b[33m" in rest
