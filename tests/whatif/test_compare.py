"""Two sets of settings over one recording."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scored import DEFAULT, EAGER, LOGS, lean, run
from stickman import Stickman, poses

from device.pipeline import Coach
from device.poses.log import KeypointLog, write_log
from device.records import Baseline, Pose
from device.settings import Settings
from device.whatif import Told, compare, comparing, concerned, told


def leaning(seconds: float = 60.0) -> list[Pose]:
    """A runner who leans by 6°, for half a minute of it by 17°."""
    return list(poses(lambda t_s: Stickman(lean_deg=17 if 20 <= t_s < 40 else 6), seconds, noise_px=1.0))


def plainly(recording: list[Pose], settings: Settings, known: tuple[Baseline, ...] = ()) -> Told:
    """What the live coach says of it, stepped by hand."""
    coach = Coach(settings, known)
    moments = [coach.step(pose) for pose in recording]
    said = tuple(moment.said for moment in moments if moment.said is not None)
    return Told(said, tuple(event for moment in moments for event in moment.events), coach.summary())


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_both_are_what_the_coach_says(path: Path) -> None:
    """Each side is, to the last bit, what the coach says with those settings alone."""
    one, other = compare(run(path), DEFAULT, EAGER)
    assert repr(one) == repr(plainly(run(path), DEFAULT))
    assert repr(other) == repr(plainly(run(path), EAGER))


def test_cues_and_praise_are_told_apart() -> None:
    """What is said of faults, without the notices."""
    heard = told(leaning(), DEFAULT)
    assert [(cue.kind, cue.fault) for cue in heard.cues + heard.praise] == [
        ("cue", "forward_lean"),
        ("praise", "forward_lean"),
    ]
    assert {cue.kind for cue in heard.said} == {"cue", "praise", "notice"}


@pytest.mark.parametrize(
    "new",
    [lean(14.0), lean(5.0), replace(DEFAULT, posture=replace(DEFAULT.posture, min_score=0.5))],
    ids=["as well shared", "parting at the baseline", "read otherwise"],
)
def test_settings_that_posture_depends_on_are_compared_as_truly(new: Settings) -> None:
    """Where the postures themselves differ, from the beginning or from some moment on, both sides are right."""
    recording = leaning()
    one, other = compare(recording, DEFAULT, new)
    assert repr(one) == repr(plainly(recording, DEFAULT))
    assert repr(other) == repr(plainly(recording, new))


def test_a_log_is_as_good_as_its_poses(tmp_path: Path) -> None:
    """Also where the other process must read it for itself."""
    recording = leaning(30.0)
    path = tmp_path / "run.npz"
    keypoints = np.array([pose.keypoints for pose in recording])
    write_log(path, np.array([pose.t_s for pose in recording]), keypoints, 640, 480)
    log, new = KeypointLog(path), lean(5.0)
    assert repr(compare(log, DEFAULT, new)) == repr(compare(list(log.poses()), DEFAULT, new))


def test_known_baselines_are_used_on_both_sides() -> None:
    """A run may begin with the good form of earlier ones, as a live one does."""
    recording = leaning()
    coach = Coach(DEFAULT)
    for pose in recording[:500]:
        baseline = coach.step(pose).posture.baseline
    assert baseline is not None
    for side in compare(recording, DEFAULT, EAGER, (baseline,)):
        assert "baseline_recalled" in {event.kind for event in side.events}


def test_no_poses_are_no_trouble() -> None:
    """Nothing was said over nothing."""
    one, other = compare([], DEFAULT, EAGER)
    assert one == other
    assert one.said == ()


def test_without_another_process_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that cannot begin another process answers all the same."""
    cannot = SimpleNamespace(Pipe=multiprocessing.Pipe, Process=lambda **given: SimpleNamespace(start=_refused))
    monkeypatch.setattr(multiprocessing, "get_context", lambda kind: cannot)
    recording = leaning(30.0)
    assert repr(compare(recording, DEFAULT, lean(5.0))[1]) == repr(plainly(recording, lean(5.0)))


def _refused() -> None:
    raise OSError(11, "Resource temporarily unavailable")


def test_a_process_that_dies_is_replaced() -> None:
    """What the other process owed when it was ended is worked out here."""
    recording = leaning(30.0)
    with comparing._Elsewhere(recording, EAGER, ()) as elsewhere:
        elsewhere.begin()
        (child,) = multiprocessing.active_children()
        child.kill()
        assert repr(elsewhere.end()) == repr(plainly(recording, EAGER))


def test_no_process_is_left_behind() -> None:
    """Stopped in the middle, the other process ends, too."""

    def stop(share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(leaning(50.0), DEFAULT, replace(DEFAULT, camera=replace(DEFAULT.camera, view="side")), progress=stop)
    assert multiprocessing.active_children() == []


def test_progress_grows_to_the_end() -> None:
    """How far the work is goes from nothing to all of it."""
    shares: list[float] = []
    compare(leaning(50.0), DEFAULT, EAGER, progress=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 2


def test_what_makes_known_postures_doubtful_is_told() -> None:
    """Limits never do, settings of reading do."""
    assert not concerned(DEFAULT, EAGER)
    assert not concerned(DEFAULT, lean(5.0))
    assert concerned(DEFAULT, replace(DEFAULT, camera=replace(DEFAULT.camera, view="side")))
