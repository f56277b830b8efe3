"""The whole coach, with the real model, on the bundled clips and on real footage."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from conftest import ANOTHER_RUN, CLIPS, Replays, truth

FIRST_CUE = {
    "forward_lean": "Stand taller",
    "hunched_shoulders": "Relax your shoulders",
    "torso_twist": "Keep your chest facing forward",
}
FAULTY = sorted(path.stem for path in CLIPS.glob("*_*.mp4") if not path.stem.startswith("clean"))
CLEAN = sorted(path.stem for path in CLIPS.glob("clean_*.mp4"))


def test_demo_is_coached_as_it_should_be(replay: Replays) -> None:
    """Each of the demo's three faults gets its cue within 15 s of its start and praise once mended; no word more."""
    run = replay(CLIPS / "demo.mp4")
    assert run.done.code == 0, run.done.err
    said = run.list("cue", "praise")
    faults = truth("demo")["faults"]
    assert [(event["kind"], event["fault"]) for event in said] == [
        (kind, fault["fault"]) for fault in faults for kind in ("cue", "praise")
    ]
    for fault, cue, praise in zip(faults, said[::2], said[1::2], strict=True):
        assert cue["text"] == FIRST_CUE[fault["fault"]]
        assert fault["start_s"] < cue["t_s"] < min(fault["start_s"] + 15, fault["end_s"])
        assert fault["end_s"] < praise["t_s"] < fault["end_s"] + 15


def test_same_from_two_runs_and_from_the_log(replay: Replays) -> None:
    """Two runs give the same events byte for byte, and so does the key-point log that the first one wrote."""
    first = replay(CLIPS / "demo.mp4")
    second = replay(CLIPS / "demo.mp4", *ANOTHER_RUN)
    log = replay(first.poses)
    assert first.events.read_bytes() == second.events.read_bytes()
    assert first.events.read_bytes() == log.events.read_bytes()
    assert first.posture.read_bytes() == log.posture.read_bytes()
    assert first.done.out == log.done.out


@pytest.mark.parametrize("clip", CLEAN)
def test_good_form_is_left_in_peace(replay: Replays, clip: str) -> None:
    """A runner in good form hears nothing."""
    run = replay(CLIPS / f"{clip}.mp4")
    assert run.done.code == 0, run.done.err
    assert run.list("cue", "praise") == []
    assert run.list("baseline")


@pytest.mark.parametrize("clip", FAULTY)
def test_each_fault_is_cued_within_15_s(replay: Replays, clip: str) -> None:
    """A fault is cued by its own name within 15 s of its start, from every view that the clips have."""
    run = replay(CLIPS / f"{clip}.mp4")
    (fault,) = truth(clip)["faults"]
    cues = run.list("cue")
    assert [cue["fault"] for cue in cues] == [fault["fault"]]
    assert fault["start_s"] < cues[0]["t_s"] < fault["start_s"] + 15


def test_what_cannot_be_seen_is_not_watched(replay: Replays) -> None:
    """From the front no lean shows: it is named as not watched.  The other two are watched once there is a baseline."""
    run = replay(CLIPS / "clean_front.mp4")
    assert run.list("view")[-1]["watching"] == ["hunched_shoulders", "torso_twist"]
    assert "forward lean        not watched" in run.done.out


@pytest.mark.parametrize("clip", [*CLEAN, *FAULTY, "demo"])
def test_view_and_cadence_are_found(replay: Replays, clip: str) -> None:
    """The camera's view is found from the data and kept, and the cadence is right to 2 steps a minute."""
    run = replay(CLIPS / f"{clip}.mp4")
    assert {event["view"] for event in run.list("view")} == {truth(clip)["view"]}
    (summary,) = run.list("summary")
    assert summary["cadence_spm"] == pytest.approx(truth(clip)["cadence_spm"], abs=2)


def test_events_are_sorted_and_complete(replay: Replays) -> None:
    """Every event has a time and a kind, times never go back, and the summary closes the file."""
    events = replay(CLIPS / "demo.mp4").list()
    assert [event["t_s"] for event in events] == sorted(event["t_s"] for event in events)
    assert list(events[0])[:2] == ["t_s", "kind"]
    assert events[0]["kind"] == "runner_found"
    assert events[-1]["kind"] == "summary"
    for event in events:
        if event["kind"] in ("fault_on", "fault_off"):
            assert {"fault", "value", "limit"} <= set(event)
        if event["kind"] in ("cue", "praise"):
            assert {"fault", "text"} <= set(event)
    on_off = [(event["kind"], event["fault"]) for event in events if event["kind"].startswith("fault_")]
    assert on_off == [(kind, fault) for fault in FIRST_CUE for kind in ("fault_on", "fault_off")]


def test_printed_lines_can_be_read_by_a_runner(replay: Replays) -> None:
    """Each cue is one line with its time, its words, the measure and the limit; a summary closes."""
    out = replay(CLIPS / "demo.mp4").done.out
    (cue,) = [line for line in out.splitlines() if "Stand taller" in line]
    assert cue.startswith("00:2")
    assert "forward lean" in cue
    assert "(limit " in cue
    assert "steps/min" in out
    assert "1 cue, 1 mended" in out


def test_posture_has_a_row_for_every_frame(replay: Replays) -> None:
    """The CSV has a row a frame, empty fields where nothing is known, and tells the change that is there."""
    run = replay(CLIPS / "demo.mp4")
    rows = list(csv.DictReader(run.posture.open()))
    known = truth("demo")
    assert len(rows) == len(known["frames"]["t_s"])
    assert (rows[0]["motion"], rows[0]["lean_deg"], rows[0]["raised_pct"]) == ("absent", "", "")
    assert {row["motion"] for row in rows if 5 < float(row["t_s"]) < known["duration_s"] - 1} == {"running"}
    leaning = [float(row["lean_deg"]) for row in rows if 22 < float(row["t_s"]) < 29]
    upright = [float(row["lean_deg"]) for row in rows if 10 < float(row["t_s"]) < 17]
    change = sum(leaning) / len(leaning) - sum(upright) / len(upright)
    assert change == pytest.approx(known["faults"][0]["severity"], abs=5)


def test_nobody_there(replay: Replays) -> None:
    """An empty room gives no runner and no cue, says so, and that is no error."""
    run = replay(CLIPS / "nobody.mp4")
    assert run.done.code == 0
    assert run.done.out == "no runner seen in 10 s\n"
    assert [event["kind"] for event in run.list()] == ["summary"]


REAL = ["sports2d_demo", "pose2sim_cam01", "pose2sim_cam02", "pose2sim_cam03", "pose2sim_cam04"]


@pytest.mark.parametrize("name", REAL)
def test_real_footage_of_no_treadmill_run_gets_no_cue(replay: Replays, shared_data: Path, name: str) -> None:
    """People who walk, stand, wave or stumble are not coached, and nothing crashes over them."""
    run = replay(shared_data / f"{name}.mp4")
    assert run.done.code == 0, run.done.err
    assert run.list("cue", "praise") == []
    rows = list(csv.DictReader(run.posture.open()))
    assert all(math.isfinite(float(row["confidence"])) for row in rows)
