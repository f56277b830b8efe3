"""Cues of two sets of settings, for a reader."""

from __future__ import annotations

import pytest

from device.columns import columns, unpainted
from device.pipeline import Coach
from device.records import Event
from device.settings import Settings
from device.whatif import Told, report

CHANGES = {"forward_lean.on_deg": (15.0, 14.0)}


def event(t_s: float, kind: str = "cue", fault: str = "forward_lean", text: str = "Stand taller") -> Event:
    return Event(t_s, kind, {"fault": fault, "text": text, "value": 16.13, "limit": 8.0})


def told(*events: Event, seen_s: float = 60.0, watched_s: float = 50.0) -> Told:
    """What was told over a minute, good form learned."""
    from device.records import Cue

    data = dict(Coach(Settings()).summary().data, seen_s=seen_s, duration_s=60.0)
    data["faults"] = {name: {**tally, "watched_s": watched_s} for name, tally in data["faults"].items()}
    said = tuple(Cue(one.t_s, one.kind, one.data["fault"], one.data["text"]) for one in events if "text" in one.data)
    return Told(said, (Event(10.0, "baseline", {}), *events), Event(60.0, "summary", data))


def shown(old: Told, new: Told, width: int = 80, colour: bool = False) -> str:
    return "\n".join(report.lines(CHANGES, old, new, width, colour))


def test_the_same_cue_stands_on_one_line() -> None:
    """Cues for one fault within a stride of each other are the same; others stand alone, all in order of time."""
    old = told(event(20.0), event(40.0), event(50.0, fault="torso_twist"))
    new = told(event(10.5), event(21.4), event(42.0))
    found = [tuple(None if one is None else one.t_s for one in pair) for pair in report.pairs(old, new)]
    assert found == [(None, 10.5), (20.0, 21.4), (40.0, None), (None, 42.0), (50.0, None)]


def test_two_cues_near_one_are_not_both_its_like() -> None:
    """A cue has one like at most; cue and praise are never alike."""
    old, new = told(event(20.0), event(21.0)), told(event(20.5), event(20.6, kind="praise"))
    assert [(bool(one), bool(other)) for one, other in report.pairs(old, new)] == [
        (True, True),
        (False, True),
        (True, False),
    ]


def test_it_reads_side_by_side() -> None:
    """Time, both sides with measure and limit, and the sum, by fault where there is anything to sum."""
    text = shown(
        told(event(20.0), event(65.0, fault="torso_twist", text="Keep your chest facing forward")), told(event(20.0))
    )
    assert text.splitlines() == [
        "forward_lean.on_deg  15.0 → 14.0",
        "",
        "   time  settings in force                   with the change",
        "  00:20  Stand taller           16.1 > 8.0°  Stand taller           16.1 > 8.0°",
        "  01:05  Keep your chest fac…   16.1 > 8.0°  –",
        "",
        "2 cues → 1 cue, praised 0 → 0",
        "  forward lean       1 → 1",
        "  torso twist        1 → 0",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_it_fits_the_terminal(width: int) -> None:
    """No line is longer than the terminal is wide, whatever is said."""
    long = told(event(3700.0, text="Lengthen your spine and let your ribs float over your hips " * 2))
    changes = {"forward_lean.cues": (("Stand taller",) * 9, ("Grow",))}
    for line in report.lines(changes, long, told(), width, False):
        assert columns(line) <= width


def test_colour_only_marks_what_stands_there() -> None:
    """Without its colours the text is the same."""
    old, new = told(event(20.0), event(40.0)), told(event(20.0), event(50.0))
    painted = shown(old, new, colour=True)
    assert painted != shown(old, new)
    assert [line.rstrip() for line in unpainted(painted).splitlines()] == shown(old, new).splitlines()


def test_what_is_no_different_is_said() -> None:
    """A change that changes nothing is told in words, and so is a run without a cue, or without a runner."""
    assert shown(told(event(20.0)), told(event(20.0))).splitlines()[-2].endswith(": no difference")
    assert shown(told(), told()).splitlines()[-1] == "no cue with either"
    assert shown(told(seen_s=0.0), told(seen_s=0.0)).splitlines()[-1] == "no runner seen in 60 s"


def test_what_makes_them_hard_to_compare_is_said() -> None:
    """Where one side knows no baseline, or watches a fault much less, fewer cues are no better form."""
    refused = Event(12.0, "baseline_refused", {"reason": "forward_lean"})
    blind = told(event(20.0))._replace(events=(refused,))
    assert "With the change no baseline is learned: too much forward lean." in shown(told(), blind)
    assert "With the settings in force no baseline is learned: too much forward lean." in shown(blind, told())
    assert "With the change torso twist is hardly watched." in shown(told(), told(watched_s=9.0))
    assert "With the change torso twist is not watched." in shown(told(), told(watched_s=0.0))
    assert "With" not in shown(told(), told())
