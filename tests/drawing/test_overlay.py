"""What one picture of the film shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from invented import NAN, baseline, blind, fault, moment, picture, posture

from device.drawing.overlay import Overlay
from device.drawing.state import State, state_of
from device.drawing.theme import AMBER, GOOD, LEFT_SIDE, NIGHT, OUT, PANEL_X_PX, SOFT, STAGE, STAGE_GRID, STAGE_WIDTH_PX
from device.records import FAULTS, L_ANKLE, L_ELBOW, L_KNEE, L_WRIST, R_ANKLE, R_KNEE, Cue, Frame

CARDS = {
    name: np.s_[64 + index * 216 : 64 + index * 216 + 200, PANEL_X_PX : PANEL_X_PX + 370]
    for index, name in enumerate(FAULTS)
}
STAGE_AREA = np.s_[64:700, 20:868]


def count(drawn: np.ndarray, colour: tuple[int, int, int], near: int = 3) -> int:
    """Return how many pixels have a colour."""
    return int((np.abs(drawn.astype(int) - colour).max(axis=2) <= near).sum())


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (641, 479), (1080, 1920), (64, 48), (3840, 2160), (1, 1), (2000, 3)]
)
def test_any_frame_size_fits_the_stage_with_its_aspect_kept(width: int, height: int) -> None:
    """Frames of any size and shape are shown whole, as large as the stage allows and not distorted."""
    green = np.zeros((height, width, 3), np.uint8)
    green[:] = (0, 200, 0)
    drawn = Overlay().draw(Frame(0.0, green), moment(0.0, size=(width, height), seen=False))
    assert drawn.shape == (720, 1280, 3)
    assert drawn.dtype == np.uint8
    rows, columns = np.nonzero(np.abs(drawn[STAGE_AREA].astype(int) - (0, 200, 0)).max(axis=2) <= 3)
    shown_width, shown_height = np.ptp(columns) + 1, np.ptp(rows) + 1
    assert shown_width >= STAGE_WIDTH_PX - 2 or shown_height >= 634
    assert abs(shown_width - shown_height * width / height) <= max(2, width / height)


def test_a_source_without_pictures_shows_the_skeleton_on_an_empty_stage() -> None:
    """A key-point log has no pictures: the skeleton stands on a plain dark stage with a faint grid."""
    drawn = Overlay().draw(None, moment(0.0))[STAGE_AREA]
    assert count(drawn, STAGE, 0) > 0.8 * drawn.shape[0] * drawn.shape[1]
    assert count(drawn, STAGE_GRID, 0) > 1000
    assert count(drawn, LEFT_SIDE) > 100


def test_points_of_low_score_are_not_drawn() -> None:
    """What the model is not sure of is not shown as if it were."""
    sure, unsure = moment(0.0), moment(0.0)
    unsure.pose.keypoints[[L_ELBOW, L_WRIST], 2] = 0.1
    less = count(Overlay().draw(None, unsure)[STAGE_AREA], LEFT_SIDE)
    assert less < count(Overlay().draw(None, sure)[STAGE_AREA], LEFT_SIDE)
    unsure.pose.keypoints[:, 2] = 0.05
    assert count(Overlay().draw(None, unsure)[STAGE_AREA], LEFT_SIDE) == 0


def test_legs_are_not_drawn() -> None:
    """The model is not shown the legs: whatever it says of them, a picture must not show it as if it were seen."""
    kicking = moment(0.0)
    kicking.pose.keypoints[[L_KNEE, R_KNEE, L_ANKLE, R_ANKLE], :2] = (600, 20)
    assert np.array_equal(Overlay().draw(None, kicking), Overlay().draw(None, moment(0.0)))


@pytest.mark.parametrize("wild", [NAN, float("inf"), 1e9])
def test_wild_points_do_no_harm(wild: float) -> None:
    """A point that is no number, or far outside the picture, neither stops the film nor slows it down."""
    strange = moment(0.0)
    strange.pose.keypoints[3:9, :2] = wild
    assert Overlay().draw(None, strange).shape == (720, 1280, 3)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_shown_out_of_limits(name: str) -> None:
    """The instrument of a fault that persists turns to the colour of alarm; the others stay calm."""
    calm = Overlay().draw(None, moment(0.0))
    drawn = Overlay().draw(None, moment(0.0, out=name))
    for other in FAULTS:
        more = count(drawn[CARDS[other]], OUT) - count(calm[CARDS[other]], OUT)
        assert more > 1500 if other == name else more == 0
    assert np.any(drawn[STAGE_AREA] != calm[STAGE_AREA])  # the part of the body stands out too


def test_the_limit_tints_the_bad_side() -> None:
    """Above the limit is bad, of every fault: a reader need learn only one way."""
    drawn = Overlay().draw(None, moment(0.0)).astype(int)
    for name in FAULTS:
        plot = drawn[CARDS[name]][118:184, 40]
        red = plot[:, 0] - plot[:, 2]
        assert red[6] > red[-7]


def test_states_differ_without_colour() -> None:
    """Someone who cannot tell the colours apart still can tell the states apart: words and signs differ."""
    shapes = []
    for kwargs in ({"value": 8.0}, {"value": 15.0}, {"value": 15.0, "on": True}, {"value": NAN}):
        made = fault("forward_lean", **kwargs)
        now = moment(0.0, faults=(made, fault("hunched_shoulders"), fault("torso_twist")))
        badge = Overlay().draw(None, now)[CARDS["forward_lean"]][8:52, 150:].astype(int)
        shapes.append(np.abs(badge - badge[4, 4]).max(axis=2) > 90)
    for index, shape in enumerate(shapes):
        assert all((shape != other).mean() > 0.01 for other in shapes[:index])


def test_states() -> None:
    """Each state is told from what the moment carries; before a baseline a fault that needs one is being learned."""
    lean = "forward_lean"
    with_own = posture(baseline=baseline())
    assert state_of(fault(lean), posture()) is State.OK
    assert state_of(fault(lean, value=15.0), posture()) is State.PAST
    assert state_of(fault(lean, value=15.0, on=True), posture()) is State.OUT
    assert state_of(fault(lean, value=9.0, on=True), posture()) is State.EASING
    assert state_of(fault("hunched_shoulders", value=5.0), with_own) is State.PAST
    assert state_of(fault(lean, value=NAN), posture()) is State.LEARNING
    assert state_of(blind("hunched_shoulders"), posture()) is State.LEARNING
    assert state_of(blind("torso_twist"), posture(motion="standing")) is State.WAITING
    assert state_of(blind("torso_twist"), posture(motion="absent")) is State.WAITING
    assert state_of(fault(lean, value=NAN), with_own) is State.WAITING


def test_what_is_learnt_and_what_is_not_watched() -> None:
    """Before a baseline only what may be watched later is being learnt; with one, what is not watched stays so."""
    front = posture(view="front", azimuth_deg=0.0)
    assert state_of(blind("forward_lean"), front) is State.BLIND
    assert state_of(blind("torso_twist"), front) is State.LEARNING
    assert state_of(blind("hunched_shoulders"), front) is State.LEARNING
    # From the side lean and twist need no baseline: who does not watch them there has them switched off.
    assert state_of(blind("torso_twist"), posture()) is State.BLIND
    # Where the camera stands is not known at once.
    assert state_of(blind("forward_lean"), posture(view="", azimuth_deg=NAN)) is State.LEARNING
    for name in FAULTS:
        assert state_of(blind(name), posture(baseline=baseline())) is State.BLIND


def test_what_is_not_watched_says_so() -> None:
    """A fault that is not watched has neither value nor trace, but says so."""
    now = moment(0.0, faults=(fault("forward_lean"), fault("hunched_shoulders"), blind("torso_twist")))
    card = Overlay().draw(None, now)[CARDS["torso_twist"]]
    assert count(card, GOOD) == count(card, OUT) == 0
    assert np.abs(card[130:160].astype(int) - card[60, 5]).max() > 90  # the words


def test_the_caption_comes_with_the_cue_and_goes() -> None:
    """What is said stands over the picture for four seconds, from the very moment on."""
    overlay = Overlay()
    cue = Cue(1.0, "cue", "forward_lean", "Stand taller")
    seen = {}
    for t_s in (0.0, 0.5, 1.0, 1.2, 3.0, 4.5, 5.0, 6.0):
        drawn = overlay.draw(Frame(t_s, picture()), moment(t_s, said=cue if t_s == 1.0 else None))
        seen[t_s] = count(drawn[STAGE_AREA], AMBER)
    assert seen[0.0] == seen[0.5] == seen[5.0] == seen[6.0] == 0
    assert min(seen[1.2], seen[3.0], seen[4.5]) > 10_000


def test_praise_and_notices_look_different_from_a_cue() -> None:
    """Praise is green and carries a check mark; what the coach tells of itself asks for nothing, and is grey."""
    drawn = {}
    for kind in ("cue", "praise", "notice"):
        overlay = Overlay()
        overlay.draw(None, moment(0.0, said=Cue(0.0, kind, "forward_lean", "Good")))
        drawn[kind] = overlay.draw(None, moment(1.0))[STAGE_AREA]
    assert count(drawn["praise"], GOOD) > 10_000 > count(drawn["cue"], GOOD)
    assert count(drawn["cue"], AMBER) > 10_000 > count(drawn["praise"], AMBER)
    assert count(drawn["notice"], SOFT) > 10_000 > count(drawn["notice"], AMBER) + count(drawn["notice"], GOOD)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "Let your shoulders drop, far away from your ears",
        "A cue of many words " * 40,
        "Donaudampfschifffahrtsgesellschaft" * 5,
        "Größer werden – jetzt ✓",
        " ",
    ],
)
def test_captions_of_any_length_stay_on_the_stage(text: str) -> None:
    """Cues are settings: whatever stands there is shown as far as it fits, and never over the instruments."""
    overlay = Overlay()
    plain = overlay.draw(None, moment(0.0))
    drawn = overlay.draw(None, moment(0.5, said=Cue(0.5, "cue", "forward_lean", text)))
    changed = (plain[64:, :20] != drawn[64:, :20]).sum() + (plain[64:, 868:888] != drawn[64:, 868:888]).sum()
    assert changed == 0
    assert (plain[:64, :700] != drawn[:64, :700]).sum() == 0


def test_the_trace_keeps_the_last_seconds() -> None:
    """The trace shows each stride's value for about 20 seconds, and forgets older ones."""
    overlay = Overlay()
    past = {}
    for second in range(40):
        high = 5 <= second < 10
        made = fault("forward_lean", value=16.0 if high else 7.0, on=high)
        now = moment(float(second), stride=second, faults=(made, fault("hunched_shoulders"), fault("torso_twist")))
        past[second] = count(overlay.draw(None, now)[CARDS["forward_lean"]][118:184], OUT)
    assert past[20] > past[4] + 100
    assert past[39] == past[4]


def shoulders_card(**numbers: Any) -> np.ndarray:
    """Return what stands over the trace of the shoulders' instrument."""
    now = moment(0.0, faults=(fault("forward_lean"), fault("hunched_shoulders", **numbers), fault("torso_twist")))
    return Overlay().draw(None, now)[CARDS["hunched_shoulders"]][:116].astype(int)


def test_the_shoulders_card_names_the_measure() -> None:
    """Raised and drawn forward are told apart in words."""
    raised, forward = (shoulders_card(measure=measure) for measure in ("raised", "forward"))
    assert np.abs(raised[16:48] - forward[16:48]).max() > 60
    assert np.array_equal(raised[50:], forward[50:])


@pytest.mark.parametrize("value", [-12.3, -2.3, -0.04, 4.2, 9.94, 12.0, 47.0])
def test_the_shoulders_figures_keep_apart(value: float) -> None:
    """Value and unit end before the limit begins, whatever the figures."""
    inked = [
        np.flatnonzero((np.abs(card[58:110, 12:-12] - card[56, 30]).max(axis=2) > 60).any(axis=0))
        for card in (shoulders_card(value=value, limit=NAN), shoulders_card(value=NAN, limit=7.5))
    ]
    limit = inked[1][inked[1] > 60]  # left of it a dash stands for the value
    assert inked[0].max() + 10 <= limit.min()


def test_a_change_of_measure_does_not_shift_the_past() -> None:
    """The shoulders' trace goes by the limit that each stride was held against: what was halfway to the limit, or
    beyond it, stays so when the other measure, with a limit of its own, is told."""
    plots = []
    for limits in ((4.0, 8.0), (8.0, 8.0)):
        overlay = Overlay()
        for second, share in enumerate((0.5, 0.5, 1.4, 1.4, 0.1, 0.1)):
            limit = limits[second // 4]
            made = fault("hunched_shoulders", value=share * limit, limit=limit,
                         measure="raised" if second < 4 else "forward")  # fmt: skip
            now = moment(float(second), stride=second, faults=(fault("forward_lean"), made, fault("torso_twist")))
            drawn = overlay.draw(None, now)
        plots.append(drawn[CARDS["hunched_shoulders"]][118:184])
    assert np.array_equal(*plots)


def test_the_header_tells_whether_there_is_a_runner() -> None:
    """An empty treadmill is not mistaken for a runner who does well."""
    running = Overlay().draw(None, moment(0.0))[:60, :400]
    empty = Overlay().draw(None, moment(0.0, seen=False))[:60, :400]
    assert count(running, GOOD) > 50
    assert count(empty, GOOD) == 0
    assert count(empty, NIGHT, 0) < empty.shape[0] * empty.shape[1]


def test_the_same_moments_give_the_same_pictures() -> None:
    """Nothing in a picture depends on clocks or chance."""
    made = []
    for _ in range(2):
        overlay = Overlay()
        said = Cue(0.2, "cue", "torso_twist", "Quiet shoulders")
        made.append(
            [overlay.draw(Frame(k / 10, picture(k)), moment(k / 10, stride=k, said=said if k == 2 else None))
             for k in range(5)]
        )  # fmt: skip
    assert all(np.array_equal(first, second) for first, second in zip(*made, strict=True))


def test_the_source_frame_is_left_alone() -> None:
    """Drawing never changes the picture that others still look at, even where no scaling is needed."""
    rgb = picture(0, 848, 477)
    before = rgb.copy()
    Overlay().draw(Frame(0.0, rgb), moment(0.0, size=(848, 477)))
    assert np.array_equal(rgb, before)
