"""The scorecard's clips: fixed, balanced, and split so that nobody tunes on what is scored."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import checking, draw, matrix
from synthetic.description import FAULT_KINDS, GESTURES, LEGS, Clip

EVERY = {(split, size): matrix.clips(split, size) for split in matrix.SPLITS for size in matrix.SIZES}


@pytest.mark.parametrize("clips", EVERY.values(), ids=map(str, EVERY))
def test_every_clip_can_be_rendered(clips: list[Clip]) -> None:
    """No clip of any split has a problem, and each has a name and a seed of its own."""
    assert [problem for clip in clips for problem in checking.problems(clip)] == []
    assert len({clip.name for clip in clips}) == len({clip.seed for clip in clips}) == len(clips)


def test_splits_share_nothing() -> None:
    """No seed, person or camera place of the dev split comes again in the test split."""
    dev, test = EVERY["dev", "full"], EVERY["test", "full"]
    assert not {clip.seed for clip in dev} & {clip.seed for clip in test}
    assert not {clip.runner for clip in dev} & {clip.runner for clip in test}
    assert not {clip.viewpoint for clip in dev} & {clip.viewpoint for clip in test}


def test_list_is_always_the_same() -> None:
    """Asking again gives equal clips."""
    assert matrix.clips("dev", "full") == EVERY["dev", "full"]


def test_full_size_has_everything_from_every_view() -> None:
    """Each view has each kind of fault, each severity, good form, and each distraction at least once in all."""
    clips = EVERY["test", "full"]
    for view in matrix.VIEWS:
        here = [clip for clip in clips if clip.view == view]
        spans = Counter((span.kind, span.severity) for clip in here for span in clip.faults)
        for kind, severities in matrix.SEVERITIES.items():
            assert all(spans[kind, severity] >= 2 for severity in severities), (view, kind)
        assert {kind for kind, _ in spans} == set(FAULT_KINDS)
        assert sum(dict(clip.tags)["case"] == "clean" for clip in here) >= 6
    done = {activity.kind for clip in clips for activity in clip.activities}
    assert done == {*LEGS, *GESTURES}
    assert {dict(clip.tags)["others"] for clip in clips} == {"nobody", "bystanders", "neighbour", "mirror", "poster"}


def test_faults_in_turn_leave_room_for_cue_and_praise() -> None:
    """Good form comes first for 23 s at least, each fault lasts 18 s, and 17 s lie between the two of a clip."""
    for clip in EVERY["test", "full"]:
        starts = sorted({span.start_s for span in clip.faults})
        assert all(span.end_s - span.start_s == pytest.approx(18.0) for span in clip.faults)
        if starts:
            assert starts[0] >= 23.0
        if len(starts) == 2:
            assert starts[1] - starts[0] == pytest.approx(35.0)
            called = {FAULT_KINDS[span.kind].fault for span in clip.faults}
            assert len(called) == 2, "two faults of one name in turn would be held back by the wait between cues"


def test_good_form_is_within_what_runners_do() -> None:
    """Nobody's own lean, with tiredness on top, comes near the coach's limit of 15°, and no twist near 55°."""
    for clip in EVERY["test", "full"]:
        assert clip.runner is not None
        assert clip.runner.style.lean_deg + 2.0 * clip.runner.style.fatigue <= 11.5
        assert clip.runner.style.thorax_yaw_deg * (1.0 + 0.1 * clip.runner.style.fatigue) <= 42.0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(matrix.VIEWS), st.floats(1.5, 2.0))
def test_camera_has_the_runner_in_the_picture(seed: int, view: str, height_m: float) -> None:
    """From wherever the camera is put, the head and (unless cut on purpose) the belt are in the picture."""
    place, tags = draw.viewpoint(np.random.default_rng(seed), view, height_m, 4 / 3)
    clip = Clip("x", viewpoint=place)
    assert checking.problems(clip) == []
    assert clip.view == view
    half_deg = place.fov_deg / 2
    for z_m in (0.16 + height_m, 0.16 if tags["framing"] == "whole runner" else 0.16 + 0.6 * height_m):
        up_deg = np.degrees(np.arctan2(z_m - place.height_m, place.distance_m))
        assert abs(up_deg - place.pitch_deg) < half_deg or place.fov_deg == 90.0
