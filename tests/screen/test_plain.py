"""A line a second."""

from __future__ import annotations

from known import seen_after
from stickman import Stickman

from device.screen.plain import line
from device.screen.seen import Seen


def test_a_line_tells_all() -> None:
    """State, runner, each fault with its limit, and what was said; nothing that moves a cursor."""
    seen = seen_after(40, lambda t_s: Stickman(lean_deg=16.0 if t_s > 25 else 4.0))
    said = [one for one in seen.log if one.spoken][-1:]
    text = line(seen, said, seen.live_at_s)
    assert text.startswith("00:39 coaching; running, 170/min, at an angle, form known; forward lean 14.")
    assert "° OUT; shoulders" in text
    assert text.endswith("said: Stand taller")
    assert text.isprintable()


def test_why_something_is_not_judged() -> None:
    """From the front, and while nobody runs."""
    front = seen_after(40, lambda t_s: Stickman(azimuth_deg=0))
    assert "forward lean not watched: not from the front" in line(front, [], front.live_at_s)
    near = seen_after(10, lambda t_s: Stickman(running=False, distance_m=0.9))
    text = line(near, [], near.live_at_s)
    assert "standing" in text
    assert "too close" in text


def test_no_connection_and_troubles() -> None:
    """Each says what is wrong."""
    assert line(Seen(), [], 0.0) == "no connection: not connected yet"
    seen = seen_after(5, troubles={"voice": "no loudspeaker"})
    assert "trouble, voice: no loudspeaker" in line(seen, [], seen.live_at_s)
    assert "no picture" in line(seen, [], seen.live_at_s + 60)
