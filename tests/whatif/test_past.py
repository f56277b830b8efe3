"""The last minutes, kept small, and judged again."""

from __future__ import annotations

import json
import math
import threading
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest
from scored import DEFAULT, EAGER, LOGS, run
from stickman import Stickman, poses

from device.pipeline import Coach
from device.records import Cue, Moment, Pose
from device.settings import Settings
from device.whatif import COLUMNS, Past, Remembered, judged, postures, remembered, rows

STRIDE_S = 0.8
MEASURES = ("lean_deg", "twist_deg", "raised_pct", "rounded_pct", "head_forward_pct")


def lived(recording: list[Pose], settings: Settings) -> tuple[Past, list[Remembered], list[Cue]]:
    """A live run: what is kept of it, all its postures, and the cues."""
    coach, past, known, cues = Coach(settings), Past(math.inf), [], []
    for pose in recording:
        moment = coach.step(pose)
        past.add(moment)
        known.append(remembered(moment))
        if moment.said is not None and moment.said.kind == "cue":
            cues.append(moment.said)
    return past, known, cues


def alike(some: list[Cue], others: list[Cue]) -> bool:
    """Whether these are the same cues, within a stride."""
    return [(cue.fault, cue.text) for cue in some] == [(cue.fault, cue.text) for cue in others] and all(
        abs(one.t_s - other.t_s) <= STRIDE_S for one, other in zip(some, others, strict=True)
    )


@pytest.mark.parametrize("settings", [DEFAULT, EAGER], ids=["default", "eager"])
@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_cues_from_the_past_are_those_that_were_given(path: Path, settings: Settings) -> None:
    """From rows that went through JSON, and from all postures, the cues come out that the coach gave."""
    past, known, cues = lived(run(path), settings)
    told = json.loads(json.dumps(past.rows(math.inf), allow_nan=False))
    assert alike(judged(postures(told), settings), cues)
    assert alike(judged(known, settings), cues)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_other_limits_give_the_cues_that_they_would_have_given(path: Path) -> None:
    """What is kept under some limits, judged with others, gives what a run under those others gives."""
    past, _, _ = lived(run(path), DEFAULT)
    _, _, cues = lived(run(path), EAGER)
    assert alike(judged(postures(past.rows(math.inf)), EAGER), cues)


def test_the_runs_have_cues_to_get_wrong() -> None:
    """The logs give many cues in all, of each fault, and other limits give others."""
    few, many = ([cue for path in LOGS for cue in lived(run(path), each)[2]] for each in (DEFAULT, EAGER))
    assert len(few) >= 10
    assert len(many) >= 2 * len(few)
    assert {cue.fault for cue in few} == {"forward_lean", "hunched_shoulders", "torso_twist"}


def test_notices_hold_up_cues_as_they_did() -> None:
    """A baseline that is refused is told of, and the cue waits for that; the past knows it."""
    recording = list(poses(lambda t_s: Stickman(lean_deg=20 if t_s < 30 else 4), 70, noise_px=1.0))
    past, _, cues = lived(recording, DEFAULT)
    kept = past.postures(math.inf)
    assert "forward_lean" in {one.refused for one in kept}
    assert cues
    assert alike(judged(postures(rows(kept)), DEFAULT), cues)


def test_rows_hold_what_judging_needs() -> None:
    """A row has a value for each column; back from JSON, numbers are the same to 4 digits, NaN included."""
    _, known, _ = lived(list(poses(lambda t_s: Stickman(), 20, noise_px=1.0)), DEFAULT)
    told = json.loads(json.dumps(rows(known), allow_nan=False))
    assert {len(row) for row in told} == {len(COLUMNS)}
    for one, other in zip((back.posture for back in postures(told)), (kept.posture for kept in known), strict=True):
        assert (one.motion, one.view, one.stride) == (other.motion, other.view, other.stride)
        assert repr(one.baseline) == repr(other.baseline)
        for name in MEASURES:
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-4, nan_ok=True)
    assert sum(isinstance(row[COLUMNS.index("baseline")], dict) for row in told) == 1


@pytest.mark.parametrize("wrong", [[[1.0]], [3], [[None] * len(COLUMNS)], [[*[0.0] * 10, 7, None, None, None]], [None]])
def test_what_are_no_rows_is_refused(wrong: list[object]) -> None:
    """Rows of another version are an error of one kind, not a crash of some kind."""
    with pytest.raises(ValueError, match="these are no postures"):
        postures(wrong)  # type: ignore[arg-type]


def moments(seconds: float, fps: float = 30.0) -> list[Moment]:
    """A run in which marks come and go with every frame."""
    coach = Coach(DEFAULT)
    made = []
    for number, pose in enumerate(poses(lambda t_s: Stickman(), seconds, fps, noise_px=1.0)):
        moment = coach.step(pose)
        if number % 2:
            moment = moment._replace(posture=moment.posture._replace(lean_deg=math.nan, raised_pct=math.nan))
        made.append(moment)
    return made


def test_ten_minutes_take_less_than_3_mb() -> None:
    """Even where marks flicker with every frame; and what is older than ten minutes is gone."""
    some = moments(40.0)
    span_s = some[-1].pose.t_s - some[0].pose.t_s + 1 / 30
    tracemalloc.start()
    past = Past()
    before, _ = tracemalloc.get_traced_memory()
    for lap in range(30):
        for moment in some:
            t_s = moment.pose.t_s + lap * span_s
            posture = moment.posture._replace(t_s=t_s, confidence=t_s % 1.0, stride=moment.posture.stride + 60 * lap)
            past.add(moment._replace(posture=posture))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 3e6
    kept = past.postures()
    assert 595 < kept[-1].posture.t_s - kept[0].posture.t_s <= 600
    assert kept[-1].posture.t_s - past.postures(60.0)[0].posture.t_s == pytest.approx(60, abs=1)
    assert len(json.dumps(past.rows())) < 1_000_000


def test_a_plain_run_takes_few_rows() -> None:
    """Between strides hardly anything is kept: three or four rows a second."""
    past, known, _ = lived(run(LOGS[0]), DEFAULT)
    seconds = known[-1].posture.t_s - known[0].posture.t_s
    assert len(past.rows(math.inf)) < 5 * seconds
    assert len(json.dumps(past.rows(math.inf))) < 400 * seconds


def test_the_past_of_nothing_is_empty() -> None:
    """Before the first moment there is nothing to tell."""
    assert Past().rows() == []
    assert judged([], DEFAULT) == []


def test_a_clock_that_begins_anew_begins_the_past_anew() -> None:
    """Times may jump back only when a run begins anew; its postures are kept, too."""
    some = list(islice(moments(6.0), 180))
    past = Past()
    for moment in (*some, *some):
        past.add(moment)
    assert past.postures()[-1].posture.t_s == pytest.approx(some[-1].pose.t_s, abs=0.5)


def test_the_past_may_be_asked_for_while_it_grows() -> None:
    """Another thread asks; the coach goes on meanwhile."""
    past, some, done = Past(), moments(20.0), threading.Event()
    failed: list[BaseException] = []

    def ask() -> None:
        while not done.is_set():
            try:
                past.rows()
            except BaseException as error:
                failed.append(error)
                return

    asking = threading.Thread(target=ask)
    asking.start()
    for moment in some:
        past.add(moment)
    done.set()
    asking.join()
    assert not failed
