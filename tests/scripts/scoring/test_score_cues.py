"""Recall, latency, watching and praise of hand-made runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import coached, truth
from scoring.cues import Episode, hear

LEAN = [("lean_hips", 20.0, 38.0, 10.0)]


def one(folder: Path, *events: tuple[float, str, str], **what: object) -> Episode:
    """The only episode of a run with a lean from 20 s to 38 s."""
    known = truth(folder, **{"faults": LEAN, **what})
    (episode,) = hear(known, coached(*events)).episodes
    return episode


@pytest.mark.parametrize(
    ("t_s", "recalled", "cue_s"),
    [
        (19.9, False, None),
        (20.1, True, 0.1),
        (26.0, True, 6.0),
        (34.9, True, 14.9),
        (35.1, False, 15.1),
        (55.0, False, None),
    ],
)
def test_recalled_is_what_is_cued_within_15_s(tmp_path: Path, t_s: float, recalled: bool, cue_s: float | None) -> None:
    """Not before the start, not after 15 s; a late cue has its latency but is no recall, one past the grace is none."""
    episode = one(tmp_path, (t_s, "cue", "forward_lean"))
    assert episode.recalled is recalled
    assert episode.cue_s == (None if cue_s is None else pytest.approx(cue_s))


def test_another_faults_cue_recalls_nothing(tmp_path: Path) -> None:
    """A cue for twist does not call a lean; it is a wrong-fault cue."""
    known = truth(tmp_path, faults=LEAN)
    heard = hear(known, coached((25.0, "cue", "torso_twist")))
    assert not heard.episodes[0].recalled
    assert [cue.verdict for cue in heard.said] == ["wrong_fault"]
    assert (heard.wrong("wrong_fault"), heard.wrong("clean")) == (1, 0)


def test_the_first_cue_tells_the_latency(tmp_path: Path) -> None:
    """Repeated cues change nothing."""
    episode = one(tmp_path, (25.0, "cue", "forward_lean"), (33.0, "cue", "forward_lean"))
    assert episode.cue_s == pytest.approx(5.0)


def test_what_is_held_back_was_noticed(tmp_path: Path) -> None:
    """A fault that the coach holds without speaking is noticed, not called."""
    episode = one(tmp_path, (27.0, "fault_on", "forward_lean"))
    assert (episode.noticed_s, episode.recalled) == (pytest.approx(7.0), False)


@pytest.mark.parametrize(
    ("from_s", "watching", "watched"),
    [(3.0, ["forward_lean"], True), (34.0, ["forward_lean"], True), (36.0, ["forward_lean"], False), (3.0, [], False)],
)
def test_watched_is_the_coachs_own_word(tmp_path: Path, from_s: float, watching: list[str], watched: bool) -> None:
    """At any moment until 15 s after the start is enough, so that nobody can stop watching because of a fault."""
    heard = hear(truth(tmp_path, faults=LEAN), coached(watching=watching, from_s=from_s))
    assert heard.episodes[0].watched is watched


def test_watching_that_ends_within_the_fault_counts(tmp_path: Path) -> None:
    """A coach that looks away once the fault begins has watched."""
    run = coached(watching=["forward_lean"])
    run.events.append(type(run.events[0])(20.5, "view", {"view": "front", "watching": []}))
    assert hear(truth(tmp_path, faults=LEAN), run).episodes[0].watched


def test_a_fault_that_is_too_short_cannot_be_called(tmp_path: Path) -> None:
    """Less than 8 s of running with it: left out of recall."""
    assert one(tmp_path).callable
    assert not one(tmp_path, faults=[("lean_hips", 20.0, 28.0, 10.0)]).callable
    assert not one(tmp_path, running=lambda t_s: not 22 < t_s < 34).callable
    assert not one(tmp_path, faults=[("lean_hips", 54.0, 70.0, 10.0)]).callable


def test_two_faults_at_once_are_not_alone(tmp_path: Path) -> None:
    """Whoever comes just before, or at once, may take the coach's turn; who comes much later does not."""
    faults = [("lean_hips", 20.0, 38.0, 10.0), ("twist", 20.0, 38.0, 2.0)]
    assert [e.alone for e in hear(truth(tmp_path, faults=faults), coached()).episodes] == [False, False]
    faults = [("lean_hips", 5.0, 14.0, 10.0), ("twist", 40.0, 58.0, 2.0)]
    assert [e.alone for e in hear(truth(tmp_path, faults=faults), coached()).episodes] == [True, True]


def test_praise_is_timed_from_the_end_of_the_fault(tmp_path: Path) -> None:
    """Due after a cue, within 13 s of the end; not due where nothing was said or the clip ends too soon."""
    cue = (26.0, "cue", "forward_lean")
    episode = one(tmp_path, cue, (45.0, "praise", "forward_lean"))
    assert (episode.praise_due, episode.praise_s, episode.praised_early) == (True, pytest.approx(7.0), False)
    assert (one(tmp_path, cue).praise_due, one(tmp_path, cue).praise_s) == (True, None)
    assert not one(tmp_path).praise_due
    assert not one(tmp_path, cue, seconds=50.0).praise_due
    assert one(tmp_path, cue, (30.0, "praise", "forward_lean")).praised_early


def test_silence_after_leaning_back_is_no_miss(tmp_path: Path) -> None:
    """What the coach has nothing to say about is no episode; a cue there is wrong."""
    heard = hear(truth(tmp_path, faults=[("lean_back", 20, 38, 12)]), coached((25.0, "cue", "torso_twist")))
    assert heard.episodes == []
    assert heard.wrong("lean_back") == 1


def test_false_cues_are_counted_where_they_fall(tmp_path: Path) -> None:
    """One in clean running, one while drinking."""
    known = truth(tmp_path, activities=[("drink", 30, 34)])
    heard = hear(known, coached((10.0, "cue", "torso_twist"), (32.0, "cue", "forward_lean")))
    assert (heard.wrong("clean"), heard.wrong("distraction")) == (1, 1)
    # Of the seconds 0 to 59 all but those from 30 to 45, in which the drinking and its grace lie.
    assert 3600 * heard.watched_hours["torso_twist"] == pytest.approx(44)
