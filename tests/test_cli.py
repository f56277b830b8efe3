"""The command line: options, bad input, exit codes.  Every fault gives one clear message and loses nothing."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import CLIPS, PYTHON, ROOT, form_coach
from movies import make_movie
from stickman import Stickman, poses

from device import __version__
from device.poses.log import write_log


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key-point log of a runner who leans from 20 s on."""
    run = list(poses(lambda t_s: Stickman(azimuth_deg=90, lean_deg=4 if t_s < 20 else 18), 32, 15))
    path = tmp_path_factory.mktemp("logs") / "lean.npz"
    write_log(path, np.array([pose.t_s for pose in run]), np.array([pose.keypoints for pose in run]), 640, 480)
    return path


def spoiled(log: Path, to: Path, **changes: np.ndarray) -> Path:
    with np.load(log) as arrays:
        np.savez(to, **{**arrays, **changes})
    return to


def test_version_and_help() -> None:
    """--version and --help answer and exit with 0."""
    assert form_coach("--version").out == f"form-coach {__version__}\n"
    for command in (["--help"], ["replay", "--help"], ["config", "--help"]):
        done = form_coach(*command)
        assert done.code == 0
        assert "usage: form-coach" in done.out


@pytest.mark.parametrize("arguments", [[], ["jog"], ["replay"], ["replay", "a.mp4", "--view", "top"], ["config"]])
def test_wrong_usage_is_one_line(arguments: list[str]) -> None:
    """A mistake on the command line gives one line and exit code 2."""
    done = form_coach(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1


def test_all_outputs_from_a_log(log: Path, tmp_path: Path) -> None:
    """From a key-point log everything can be written: events, poses, posture, speech and a film on an empty stage."""
    names = {"events": "e.jsonl", "poses": "p.npz", "posture": "p.csv", "audio": "a.wav", "video": "v.mp4"}
    options = [item for option, name in names.items() for item in (f"--{option}", tmp_path / name)]
    done = form_coach("replay", log, *options)
    assert (done.code, done.err) == (0, "")
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    (cue,) = [event for event in events if event["kind"] == "cue"]
    assert cue["fault"] == "forward_lean"
    with np.load(log) as one, np.load(tmp_path / "p.npz") as other:
        assert np.array_equal(one["keypoints"], other["keypoints"])
    assert len(list(csv.reader((tmp_path / "p.csv").open()))) == 1 + 32 * 15
    with av.open(str(tmp_path / "v.mp4")) as film:
        assert film.streams.video[0].frames == 32 * 15
        assert film.streams.audio
    with wave.open(str(tmp_path / "a.wav")) as sound:
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    assert samples.size / rate_hz == pytest.approx(32, abs=1)
    loud_s = np.flatnonzero(np.abs(samples.astype(int)) > 500) / rate_hz
    assert loud_s[loud_s > cue["t_s"] - 1][0] == pytest.approx(cue["t_s"], abs=0.2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names.values())


def test_settings_are_obeyed(log: Path, tmp_path: Path) -> None:
    """Texts and limits come from the settings."""
    config = tmp_path / "my.toml"
    config.write_text('[forward_lean]\ncues = ["Head up!"]\n')
    assert "Head up!" in form_coach("replay", log, "--config", config).out
    config.write_text("[forward_lean]\nenabled = false\n")
    done = form_coach("replay", log, "--config", config)
    assert "Stand taller" not in done.out
    assert "forward lean        not watched" in done.out


def test_baselines_are_kept_only_where_wanted(log: Path, tmp_path: Path) -> None:
    """--baseline begins with what the file holds and keeps what the run learned; without it nothing is kept."""
    kept, events = tmp_path / "me.json", tmp_path / "e.jsonl"
    plain = form_coach("replay", log, "--events", events, cwd=tmp_path)
    before = events.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["e.jsonl"]
    first = form_coach("replay", log, "--events", events, "--baseline", kept)
    assert (first.code, first.err, first.out) == (0, "", plain.out)
    assert events.read_bytes() == before
    learned = kept.read_bytes()
    second = form_coach("replay", log, "--baseline", kept)
    assert (second.code, second.err) == (0, "")
    assert "Baseline of an earlier run" in second.out
    assert second.out.count("Stand taller") == 1
    assert kept.read_bytes() == learned


def test_a_foreign_file_of_baselines_is_left_alone(log: Path, tmp_path: Path) -> None:
    """It is named in one line, and the run is coached as without it."""
    foreign = tmp_path / "notes.txt"
    foreign.write_text("my notes")
    done = form_coach("replay", log, "--baseline", foreign)
    assert done.code == 0
    assert str(foreign) in done.err
    assert done.err.count("\n") == 1
    assert "Baseline learned" in done.out
    assert foreign.read_text() == "my notes"


def test_baselines_that_cannot_be_kept_are_said_before_the_work(log: Path, tmp_path: Path) -> None:
    """A file in no folder, or the source itself: exit code 2, and nothing is begun."""
    for path in (tmp_path / "none" / "me.json", log):
        done = form_coach("replay", log, "--baseline", path)
        assert (done.code, done.out) == (2, "")
        assert str(path) in done.err


def test_notices_are_spoken_and_printed(tmp_path: Path) -> None:
    """Who leans from the first step on is told why no form is learned: a line, and sound at its time."""
    run = list(poses(lambda t_s: Stickman(azimuth_deg=90, lean_deg=20), 22, 15))
    log, config = tmp_path / "lean.npz", tmp_path / "my.toml"
    write_log(log, np.array([pose.t_s for pose in run]), np.array([pose.keypoints for pose in run]), 640, 480)
    config.write_text("[forward_lean]\ncues = ['Up']\n")
    done = form_coach(
        *("replay", log, "--config", config, "--events", tmp_path / "e.jsonl", "--audio", tmp_path / "a.wav")
    )
    assert (done.code, done.err) == (0, "")
    assert done.out.count("I cannot learn your form yet: you lean too far forward") == 1
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    (notice,) = [event for event in events if event["kind"] == "notice" and event["about"] != "watching"]
    with wave.open(str(tmp_path / "a.wav")) as sound:
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    loud_s = np.flatnonzero(np.abs(samples.astype(int)) > 500) / rate_hz
    assert loud_s[loud_s > notice["t_s"] - 1][0] == pytest.approx(notice["t_s"], abs=0.2)


def test_real_time_keeps_the_pace(tmp_path: Path) -> None:
    """--realtime takes as long as the run itself; without a sound card it says so and goes on."""
    log = tmp_path / "short.npz"
    write_log(log, np.arange(10) / 5, np.zeros((10, 17, 3)), 640, 480)
    environment = {**os.environ, "ALSA_CONFIG_PATH": "/dev/null"}
    slow = form_coach("replay", log, "--realtime", env=environment)
    assert slow.code == 0
    assert "no sound card" in slow.err
    assert slow.out == "no runner seen in 2 s\n"


@pytest.mark.skipif(shutil.which("aplay") is None, reason="alsa-utils is not installed")
def test_real_time_speaks_through_alsa(tmp_path: Path) -> None:
    """In real time a cue is heard on the sound card: here one that writes down what it is played."""
    run = list(poses(lambda t_s: Stickman(azimuth_deg=90, lean_deg=20), 9, 15))
    log, config, played = tmp_path / "lean.npz", tmp_path / "my.toml", tmp_path / "played.raw"
    write_log(log, np.array([pose.t_s for pose in run]), np.array([pose.keypoints for pose in run]), 640, 480)
    config.write_text("[persistence]\nstrides = 3\non_strides = 2\noff_strides = 1\nleast_s = 0\n")
    asound = tmp_path / "asoundrc"
    asound.write_text(
        f'</usr/share/alsa/alsa.conf>\npcm.!default {{ type file; slave.pcm "null"; file "{played}"; format raw }}\n'
    )
    environment = {**os.environ, "ALSA_CONFIG_PATH": str(asound)}
    done = form_coach("replay", log, "--realtime", "--config", config, env=environment)
    assert (done.code, done.err) == (0, "")
    assert done.out.count("Stand taller") == 1
    sound = np.fromfile(played, np.int16)
    assert np.abs(sound.astype(int)).max() > 3000
    assert sound.size > 0.5 * 22050


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has(log: Path, tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C, or being ended from outside, finishes the outputs with what was coached so far; no traceback."""
    command = [PYTHON, "-m", "device", "replay", log, "--realtime", "--poses", tmp_path / "p.npz"]
    environment = {**os.environ, "ALSA_CONFIG_PATH": "/dev/null"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert b"Runner found" in run.stdout.readline()
        run.send_signal(how)
        _, errors = run.communicate(timeout=20)
    assert run.returncode == 130
    assert errors.endswith(b"form-coach: stopped\n")
    assert b"Traceback" not in errors
    with np.load(tmp_path / "p.npz") as kept:
        assert 5 < kept["t_s"].size < 32 * 15


def test_missing_and_foreign_sources(tmp_path: Path) -> None:
    """No such file, not a video, a folder: exit code 3 and one line that names the file."""
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    for source in (tmp_path / "none.mp4", tmp_path / "none.npz", text, tmp_path):
        done = form_coach("replay", source, "--events", tmp_path / "e.jsonl")
        assert (done.code, done.out) == (3, "")
        assert str(source) in done.err
        assert done.err.count("\n") == 1
        assert not (tmp_path / "e.jsonl").exists()


@pytest.mark.skipif(int(av.__version__.partition(".")[0]) < 15, reason="PyAV 14 loses packets that it copies")
def test_cut_off_video_is_coached_as_far_as_it_goes(tmp_path: Path) -> None:
    """What is readable of a cut-off video is coached and written; the rest is reported with exit code 3."""
    path = tmp_path / "cut.mkv"
    with av.open(str(CLIPS / "clean_oblique.mp4")) as whole, av.open(str(path), "w") as copy:
        stream = copy.add_stream_from_template(whole.streams.video[0])
        for packet in whole.demux(whole.streams.video[0]):
            if packet.dts is not None and packet.pts * packet.time_base < 16:
                packet.stream = stream
                copy.mux(packet)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = form_coach("replay", path, "--events", tmp_path / "e.jsonl", "--poses", tmp_path / "p.npz")
    assert done.code == 3
    assert "cut off" in done.err or "cannot be read" in done.err
    events = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()]
    assert [event["kind"] for event in events][-1] == "summary"
    with np.load(tmp_path / "p.npz") as kept:
        assert 4 < kept["t_s"][-1] < 15
    assert "Runner found" in done.out


def test_odd_frame_size(tmp_path: Path) -> None:
    """A video of 161×119 pixels goes through, and so does its film."""
    path = make_movie(tmp_path / "odd.mkv", [n / 15 for n in range(30)], (161, 119))
    done = form_coach("replay", path, "--video", tmp_path / "v.mp4")
    assert (done.code, done.err) == (0, "")
    assert done.out == "no runner seen in 2 s\n"
    assert (tmp_path / "v.mp4").exists()


def test_bad_times_in_a_log(log: Path, tmp_path: Path) -> None:
    """Times that are not numbers, negative or unsorted: exit code 3, and the row is named."""
    t_s = np.arange(32 * 15) / 15
    for number, (value, word) in enumerate([(np.nan, "not a number"), (-2.0, "negative"), (0.5, "not sorted")]):
        wrong = t_s.copy()
        wrong[100] = value
        done = form_coach("replay", spoiled(log, tmp_path / f"{number}.npz", t_s=wrong))
        assert done.code == 3
        assert word in done.err
        assert "t_s[100]" in done.err


def test_bad_key_points_in_a_log(log: Path, tmp_path: Path) -> None:
    """Key points that are no numbers count as not seen: the rest is coached as ever, and it is said."""
    with np.load(log) as arrays:
        keypoints = arrays["keypoints"].copy()
    keypoints[::10, 7] = np.nan
    keypoints[5::10, 9, 0] = np.inf
    keypoints[3::10, 11, 2] = -0.5
    done = form_coach("replay", spoiled(log, tmp_path / "a.npz", keypoints=keypoints))
    assert done.code == 0
    assert "count as not seen" in done.err
    assert done.out.count("Stand taller") == 1


def test_wrong_shapes_in_a_log(log: Path, tmp_path: Path) -> None:
    """An array of the wrong shape: exit code 3, with the shape that is needed."""
    done = form_coach("replay", spoiled(log, tmp_path / "a.npz", keypoints=np.zeros((480, 17, 2))))
    assert done.code == 3
    assert "(480, 17, 3)" in done.err


def test_a_damaged_model(tmp_path: Path) -> None:
    """A model that is missing, cut off or something else: exit code 4, and nothing is written."""
    shipped = (ROOT / "models" / "movenet_lightning_int8.tflite").read_bytes()
    cut, foreign = tmp_path / "cut.tflite", tmp_path / "foreign.tflite"
    cut.write_bytes(shipped[:100_000])
    foreign.write_text("not a model")
    for model in (tmp_path / "none.tflite", cut, foreign):
        done = form_coach("replay", CLIPS / "nobody.mp4", "--model", model, "--events", tmp_path / "e.jsonl")
        assert (done.code, done.out) == (4, ""), model
        assert str(model) in done.err
        assert not (tmp_path / "e.jsonl").exists()


def test_settings_with_five_mistakes(log: Path, tmp_path: Path) -> None:
    """All mistakes at once, exit code 2, before any work."""
    config = tmp_path / "my.toml"
    config.write_text('[cues]\ngap = 3\nrepeat_s = -1\npraise = "no"\n[voice]\nspeaker = "also"\n[x]\n')
    done = form_coach("replay", log, "--config", config, "--events", tmp_path / "e.jsonl")
    assert (done.code, done.out) == (2, "")
    assert "5 mistakes" in done.err
    assert not (tmp_path / "e.jsonl").exists()


def test_outputs_that_cannot_be_written(log: Path, tmp_path: Path) -> None:
    """Every output is checked before the work: all that cannot be written are named, and none is begun."""
    (tmp_path / "folder").mkdir()
    done = form_coach(
        *("replay", log, "--events", tmp_path / "ok.jsonl", "--poses", tmp_path / "none" / "p.npz"),
        *("--posture", tmp_path / "folder", "--video", log),
    )
    assert (done.code, done.out) == (2, "")
    assert "there is no folder" in done.err
    assert "this is a folder" in done.err
    assert "this is the source" in done.err
    assert not (tmp_path / "ok.jsonl").exists()


def test_an_existing_output_survives_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    """What an earlier run wrote is not lost to a mistyped name."""
    events = tmp_path / "e.jsonl"
    events.write_text("earlier\n")
    assert form_coach("replay", tmp_path / "none.mp4", "--events", events).code == 3
    assert events.read_text() == "earlier\n"


@pytest.mark.skipif(
    not Path("/dev/full").exists() or not os.access("/dev", os.W_OK),
    reason="needs /dev/full to stand for a full disk, and the right to write beside it",
)
def test_a_full_disk_in_mid_run_loses_nothing_else(log: Path, tmp_path: Path) -> None:
    """When one output's disk is full, it is named, and the other outputs keep what was written."""
    done = form_coach("replay", log, "--events", tmp_path / "e.jsonl", "--posture", "/dev/full")
    assert done.code == 2
    assert "/dev/full" in done.err
    assert (tmp_path / "e.jsonl").exists()


def test_without_a_voice_the_coach_goes_on(log: Path, tmp_path: Path) -> None:
    """A voice that is not there is reported once; the run is coached and written all the same."""
    config = tmp_path / "my.toml"
    config.write_text('[voice]\nvoice = "no-such-voice"\n')
    done = form_coach("replay", log, "--config", config, "--audio", tmp_path / "a.wav")
    assert done.code == 0
    assert "no-such-voice" in done.err
    assert "Stand taller" in done.out


@pytest.mark.parametrize(("command", "others"), [("run", ("whatif", "shoes")), ("replay", ("tune", "config"))])
def test_a_command_loads_no_other(command: str, others: tuple[str, ...]) -> None:
    """Each takes its time to load; the coach on a Pi is to be up soon.  Nor is tomlkit loaded to coach."""
    code = f"import sys, device.cli, device.live.service; device.cli._parser({command!r}); print(*sys.modules)"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = done.stdout.split()
    assert f"device.commands.{command}" in loaded
    assert not {"tomlkit", "multiprocessing", *(f"device.commands.{other}" for other in others)} & set(loaded)
