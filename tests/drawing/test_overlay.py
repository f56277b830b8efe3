"""What one picture of the film shows."""

from __future__ import annotations

import numpy as np
import pytest
from invented import NAN, baseline, fault, moment, picture, posture

from device.drawing.overlay import Overlay
from device.drawing.state import State, state_of
from device.drawing.theme import AMBER, GOOD, LEFT_SIDE, NIGHT, OUT, PANEL_X_PX, STAGE, STAGE_GRID, STAGE_WIDTH_PX
from device.records import FAULTS, L_ANKLE, L_KNEE, Cue, Frame

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
    unsure.pose.keypoints[[L_KNEE, L_ANKLE], 2] = 0.1
    less = count(Overlay().draw(None, unsure)[STAGE_AREA], LEFT_SIDE)
    assert less < count(Overlay().draw(None, sure)[STAGE_AREA], LEFT_SIDE)
    unsure.pose.keypoints[:, 2] = 0.05
    assert count(Overlay().draw(None, unsure)[STAGE_AREA], LEFT_SIDE) == 0


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
    """Above the limit is bad for lean and twist, below it for the shoulders."""
    drawn = Overlay().draw(None, moment(0.0)).astype(int)
    for name in FAULTS:
        plot = drawn[CARDS[name]][118:184, 40]
        red = plot[:, 0] - plot[:, 2]
        top_is_bad = red[6] > red[-7]
        assert top_is_bad == (name != "hunched_shoulders")


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
    blind = fault("torso_twist", value=NAN, limit=NAN, clear=NAN, watched=False)
    assert state_of(fault(lean), posture()) is State.OK
    assert state_of(fault(lean, value=15.0), posture()) is State.PAST
    assert state_of(fault(lean, value=15.0, on=True), posture()) is State.OUT
    assert state_of(fault(lean, value=9.0, on=True), posture()) is State.EASING
    assert state_of(fault("hunched_shoulders", value=80.0), posture()) is State.PAST
    assert state_of(fault(lean, value=NAN), posture()) is State.LEARNING
    unknown = fault("hunched_shoulders", value=NAN, limit=NAN, clear=NAN, watched=False)
    assert state_of(unknown, posture()) is State.LEARNING
    assert state_of(unknown, with_own) is State.OFF
    assert state_of(blind, posture(running=False)) is State.WAITING
    assert state_of(fault(lean, value=NAN), with_own) is State.WAITING


def test_what_cannot_be_seen_from_here_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that this view does not show has neither value nor trace, but says that it is not watched."""
    monkeypatch.setattr("device.drawing.state.watching", lambda view, baseline: ("forward_lean", "hunched_shoulders"))
    blind = fault("torso_twist", value=NAN, limit=NAN, clear=NAN, watched=False)
    assert state_of(blind, posture()) is State.BLIND
    now = moment(0.0, faults=(fault("forward_lean"), fault("hunched_shoulders"), blind))
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


def test_praise_looks_different_from_a_cue() -> None:
    """Praise is green and carries a check mark."""
    drawn = {}
    for kind in ("cue", "praise"):
        overlay = Overlay()
        overlay.draw(None, moment(0.0, said=Cue(0.0, kind, "forward_lean", "Good")))
        drawn[kind] = overlay.draw(None, moment(1.0))[STAGE_AREA]
    assert count(drawn["praise"], GOOD) > 10_000 > count(drawn["cue"], GOOD)
    assert count(drawn["cue"], AMBER) > 10_000 > count(drawn["praise"], AMBER)


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
