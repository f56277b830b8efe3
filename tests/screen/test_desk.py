"""What whoever sits at the screen is doing."""

from __future__ import annotations

from device.screen import knobs
from device.screen.desk import ONE_MOVE_S, Desk
from device.settings import Settings

VALUES = knobs.flat(Settings())
RISE, MOST = "forward_lean.rise_deg", "forward_lean.on_deg"


def test_steps_are_one_move_and_undone_together() -> None:
    """Three keys, one undo; after a pause the next key is another move."""
    desk = Desk()
    values = dict(VALUES)
    for t_s in (0.0, 0.2, 0.4):
        assert desk.move(-1, values, t_s)
    assert desk.pending == {RISE: 4.5}
    assert desk.before(values)[RISE] == 6.0
    values.update(desk.pending)
    desk.pending.clear()
    assert desk.move(-1, values, 1.0 + ONE_MOVE_S)
    values.update(desk.pending)
    desk.pending.clear()
    for expected in (4.5, 6.0):
        desk.undo()
        assert desk.pending == {RISE: expected}
        values.update(desk.pending)
        desk.pending.clear()
    assert desk.undo() is None
    assert desk.note == "nothing to undo"


def test_undo_chooses_what_it_undoes() -> None:
    """Whoever has gone on to another limit sees which one goes back."""
    desk = Desk()
    desk.move(1, VALUES, 0.0)
    desk.choose(5)
    desk.undo()
    assert desk.knob.key == RISE


def test_the_end_of_the_range_is_told() -> None:
    """Beyond it nothing moves."""
    desk = Desk()
    values = {**VALUES, RISE: 1.0}
    assert not desk.move(-1, values, 0.0)
    assert "1 to 45°" in desk.note
    assert not desk.moves


def test_a_refusal_brings_the_old_value_back() -> None:
    """What is not in force is not shown, and cannot be undone."""
    desk = Desk()
    desk.move(-1, VALUES, 0.0)
    desk.refused("not by you")
    assert desk.value(desk.knob, VALUES) == 6.0
    assert not desk.moves
    assert (desk.note, desk.note_style) == ("not by you", "bad")


def test_choosing_goes_round() -> None:
    """Behind the last limit comes the first; a fault's name chooses the first of it."""
    desk = Desk()
    desk.choose(-1)
    assert desk.knob is knobs.KNOBS[-1]
    desk.choose(desk.chosen + 1)
    assert desk.knob is knobs.KNOBS[0]
    desk.choose_fault("torso_twist")
    assert desk.knob.key == "torso_twist.rise_ratio"


def test_without_settings_nothing_moves() -> None:
    """Before the coach has told its settings."""
    desk = Desk()
    assert not desk.move(1, {}, 0.0)
    assert desk.note_style == "warn"
