"""Which cue, and when."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from device.cues.policy import CuePolicy, Notice, phrases
from device.records import FAULTS, Cue, Fault
from device.settings import CueSettings, NoticeSettings, Settings

LEAN, SHOULDERS, TWIST = FAULTS


def fault(name: str, excess: float) -> Fault:
    """A fault that is on when its excess is above 0; NaN is out of sight."""
    return Fault(name, excess, 0.0, -1.0, on=excess > 0, watched=not math.isnan(excess), excess=excess)


def spoken(
    at: Callable[[float], dict[str, float]],
    seconds: float,
    settings: Settings | None = None,
    notices: dict[float, str] | None = None,
) -> list[Cue]:
    """What is said when the faults have the given excess at each time, and notices come up at some.

    Faults not given are in good form.
    """
    policy = CuePolicy(settings or Settings())
    said = []
    for tenth in range(int(seconds * 10)):
        t_s = tenth / 10
        excess = at(t_s)
        new = [Notice(name) for when_s, name in (notices or {}).items() if when_s == t_s]
        cue = policy.step(t_s, tuple(fault(name, excess.get(name, -1.0)) for name in FAULTS), new)
        if cue is not None:
            said.append(cue)
    return said


def test_silence_while_all_is_well() -> None:
    """Good form is left in peace."""
    assert spoken(lambda t_s: {}, 600) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [(LEAN, "Stand taller"), (SHOULDERS, "Relax your shoulders"), (TWIST, "Keep your chest facing forward")],
)
def test_a_fault_is_cued_at_once_and_praised_once_mended(name: str, text: str) -> None:
    """The first cue comes with the fault, one word of praise with its end, and nothing else."""
    said = spoken(lambda t_s: {name: 0.5} if 10 <= t_s < 20 else {}, 60)
    assert [(cue.t_s, cue.kind, cue.fault) for cue in said] == [(10.0, "cue", name), (20.0, "praise", name)]
    assert said[0].text == text


def test_texts_take_turns() -> None:
    """The second cue for a lean is another one."""
    said = spoken(lambda t_s: {LEAN: 0.5}, 50)
    assert [cue.text for cue in said] == ["Stand taller", "Brace your core"]


def test_worst_first() -> None:
    """Of two faults the one further beyond its limit is cued, the other not before the gap has passed."""
    said = spoken(lambda t_s: {LEAN: 0.3, TWIST: 0.9}, 30)
    assert [(cue.t_s, cue.fault) for cue in said] == [(0.0, TWIST), (20.0, LEAN)]


def test_worst_is_counted_in_units_of_each_limit() -> None:
    """A twist 12° beyond its limit of 40° is less than a lean 4° beyond its limit of 9°: what counts is the excess."""
    lean = Fault(LEAN, 13.0, 9.0, 6.0, on=True, watched=True, excess=4.0 / 6.0)
    twist = Fault(TWIST, 52.0, 40.0, 36.0, on=True, watched=True, excess=12.0 / 30.0)
    for faults in ((lean, twist), (twist, lean)):
        cue = CuePolicy(Settings()).step(0.0, faults)
        assert cue is not None
        assert cue.fault == LEAN


def test_every_number_is_a_setting() -> None:
    """Gap, wait for the same fault, its growth and its longest are obeyed as they are set."""
    rule = CueSettings(gap_s=5, repeat_s=10, backoff=1.5, longest_s=30, breath_s=1)
    times = [cue.t_s for cue in spoken(lambda t_s: {LEAN: 0.5}, 130, Settings(cues=rule))]
    assert [round(b - a, 1) for a, b in pairwise(times)] == [10, 15, 22.5, 30, 30]
    said = spoken(lambda t_s: {LEAN: 0.5, TWIST: 0.4}, 10, Settings(cues=rule))
    assert [cue.t_s for cue in said] == [0.0, 5.0]


def test_a_wait_that_hardly_grows_still_grows() -> None:
    """Even with a small growth the wait reaches its longest in the end."""
    rule = CueSettings(gap_s=0, repeat_s=10, backoff=1.05, longest_s=40)
    times = [cue.t_s for cue in spoken(lambda t_s: {LEAN: 0.5}, 1500, Settings(cues=rule))]
    assert times[-1] - times[-2] == pytest.approx(40, abs=0.2)


def test_late_praise_is_left_out() -> None:
    """Praise that would come too long after the mending is not given."""
    rule = CueSettings(breath_s=10, late_s=5)
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 1 else {}, 60, Settings(cues=rule))
    assert [cue.kind for cue in said] == ["cue"]
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 6 else {}, 60, Settings(cues=rule))
    assert [(cue.t_s, cue.kind) for cue in said] == [(0.0, "cue"), (10.0, "praise")]


REFUSED = {5.0: "refused_lean"}


def test_a_notice_is_spoken_at_once_and_once() -> None:
    """With nothing else to say a notice comes when it comes up, and is not repeated."""
    (said,) = spoken(lambda t_s: {}, 300, notices=REFUSED)
    assert (said.t_s, said.kind, said.fault) == (5.0, "notice", "refused_lean")
    assert said.text == Settings().notices.refused_lean


def test_a_cue_goes_before_a_notice() -> None:
    """Of a fault and a notice that come together the fault is cued, the notice follows after a breath."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s >= 5 else {}, 30, notices=REFUSED)
    assert [(cue.t_s, cue.kind) for cue in said] == [(5.0, "cue"), (9.0, "notice")]


def test_praise_goes_before_a_notice() -> None:
    """Of praise and a notice that come together praise is first."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 5 else {}, 30, notices=REFUSED)
    assert [(cue.t_s, cue.kind) for cue in said] == [(0.0, "cue"), (5.0, "praise"), (9.0, "notice")]


def test_a_notice_does_not_hold_up_a_cue_that_is_due() -> None:
    """When a cue is due within a breath, the notice waits for it, and the cue comes at its own time."""
    said = spoken(lambda t_s: {LEAN: 0.9, TWIST: 0.4}, 30, notices={18.0: "camera_moved"})
    assert [(cue.t_s, cue.kind) for cue in said] == [(0.0, "cue"), (20.0, "cue"), (24.0, "notice")]


def test_notices_keep_their_distance_from_all_speech() -> None:
    """Whenever a notice comes up, nothing is said within a breath before or after it."""
    patient = Settings(notices=NoticeSettings(late_s=60))
    for tenth in range(0, 400, 3):
        notices = {tenth / 10: "camera_moved"}
        said = spoken(lambda t_s: {LEAN: 0.5, TWIST: 0.4} if 5 <= t_s < 26 else {}, 60, patient, notices)
        times = [cue.t_s for cue in said]
        assert [cue.kind for cue in said].count("notice") == 1
        assert all(later - earlier >= 4.0 - 1e-9 for earlier, later in pairwise(times)), times


def test_the_same_notice_is_not_repeated_within_a_minute() -> None:
    """What was said a minute ago or longer may be said again."""
    notices = {5.0: "refused_lean", 30.0: "refused_lean", 64.9: "refused_lean", 70.0: "refused_lean"}
    said = spoken(lambda t_s: {}, 200, notices=notices)
    assert [cue.t_s for cue in said] == [5.0, 70.0]
    said = spoken(lambda t_s: {}, 200, Settings(notices=NoticeSettings(repeat_s=20)), notices)
    assert [cue.t_s for cue in said] == [5.0, 30.0, 64.9]


def test_a_notice_that_is_no_longer_true_is_not_spoken() -> None:
    """A newer notice takes the place of one that waits, even if the newer has no text; one too late is left out."""
    at = {LEAN: 0.5}
    said = spoken(lambda t_s: at, 20, notices={1.0: "refused_lean", 2.0: "refused_twist"})
    assert [cue.fault for cue in said] == [LEAN, "refused_twist"]
    wordless = Settings(notices=NoticeSettings(baseline_learned=""))
    said = spoken(lambda t_s: at, 20, wordless, {1.0: "refused_lean", 2.0: "baseline_learned"})
    assert [cue.fault for cue in said] == [LEAN]
    said = spoken(lambda t_s: at, 20, Settings(notices=NoticeSettings(late_s=2)), {1.0: "refused_lean"})
    assert [cue.fault for cue in said] == [LEAN]


def test_notices_can_be_changed_and_switched_off() -> None:
    """The text is the setting's; an empty one, or none wanted, is silence."""
    for rule, texts in (
        (NoticeSettings(refused_lean="Up!"), ["Up!"]),
        (NoticeSettings(refused_lean=""), []),
        (NoticeSettings(enabled=False), []),
    ):
        assert [cue.text for cue in spoken(lambda t_s: {}, 20, Settings(notices=rule), REFUSED)] == texts


def test_ignored_cues_get_rarer() -> None:
    """A fault that stays is cued after 45 s, then after twice as long each time, up to ten minutes."""
    times = [cue.t_s for cue in spoken(lambda t_s: {LEAN: 0.5}, 3000)]
    waits = [round(b - a) for a, b in pairwise(times)]
    assert waits == [45, 90, 180, 360, 600, 600, 600]


def test_mending_ends_the_back_off() -> None:
    """After a fault was mended the next episode starts with the short wait."""
    said = spoken(lambda t_s: {} if 400 < t_s < 500 else {LEAN: 0.5}, 600)
    again = [cue.t_s for cue in said if cue.kind == "cue" and cue.t_s > 450]
    assert again[0] == pytest.approx(500)
    assert again[1] - again[0] == pytest.approx(45)


def test_no_praise_without_a_cue() -> None:
    """A fault that went before it could be cued is not praised."""
    said = spoken(lambda t_s: {LEAN: 0.9, SHOULDERS: 0.2} if t_s < 10 else {}, 60)
    assert [(cue.kind, cue.fault) for cue in said] == [("cue", LEAN), ("praise", LEAN)]


def test_no_praise_for_stepping_out_of_sight() -> None:
    """A fault that is merely no longer seen is not mended."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 10 else {LEAN: math.nan}, 60)
    assert [cue.kind for cue in said] == ["cue"]


def test_no_cue_for_a_stride_within_limits() -> None:
    """A fault that is on, but within its limit at this very stride, is not cued now."""
    policy = CuePolicy(Settings())
    assert policy.step(0.0, (Fault(LEAN, 9.0, 10.0, 7.0, on=True, watched=True, excess=-0.1),)) is None


def test_praise_keeps_its_distance() -> None:
    """Praise does not fall on the heels of a cue; two praises do not run into each other."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 1 else {}, 60)
    assert [cue.t_s for cue in said] == [0.0, 4.0]
    said = spoken(lambda t_s: {LEAN: 0.5, TWIST: 0.4} if t_s < 25 else {}, 60)
    times = [cue.t_s for cue in said]
    assert all(later - earlier >= 4.0 for earlier, later in pairwise(times))


def test_praise_can_be_switched_off() -> None:
    """Who wants no praise gets none."""
    said = spoken(lambda t_s: {LEAN: 0.5} if t_s < 10 else {}, 60, Settings(cues=CueSettings(praise=False)))
    assert [cue.kind for cue in said] == ["cue"]


def test_oscillation_around_the_limit_is_not_nagged() -> None:
    """A fault that comes and goes every ten seconds gets at most a cue in 45 s."""
    said = [cue for cue in spoken(lambda t_s: {LEAN: 0.5} if t_s % 20 < 10 else {}, 300) if cue.kind == "cue"]
    assert len(said) <= 7


def test_all_that_may_be_said_can_be_made_ready_beforehand() -> None:
    """Every text is there once, what comes first in a run first, with the faults that may be watched filled in."""
    settings = Settings()
    wanted = phrases(settings)
    assert len(wanted) == len(set(wanted))
    assert wanted[0] == settings.notices.ready
    for name in FAULTS:
        assert {*getattr(settings, name).cues, *getattr(settings, name).praise} <= set(wanted)
    for faults in ((LEAN, SHOULDERS, TWIST), (LEAN, TWIST), (SHOULDERS,)):
        assert Notice("watching", faults).text(settings) in wanted
    assert not [text for text in wanted if "{" in text or text == settings.notices.joiner]


def test_what_is_switched_off_is_not_made_ready() -> None:
    """Without notices only cues and praise are."""
    settings = Settings(notices=NoticeSettings(enabled=False))
    said = [text for name in FAULTS for own in [getattr(settings, name)] for text in (*own.cues, *own.praise)]
    assert phrases(settings) == said
