"""Whether somebody is there."""

from __future__ import annotations

from device.posture.presence import Presence


def test_found_and_lost_only_after_a_while() -> None:
    """A flicker neither finds nor loses a runner."""
    presence = Presence(found_s=0.5, lost_s=1.5)
    there = [(t / 10, presence.step(t / 10, visible)) for t, visible in enumerate([1] * 3 + [0] + [1] * 20 + [0] * 30)]
    changes = [t_s for (t_s, now), (_, before) in zip(there[1:], there, strict=False) if now != before]
    assert changes == [0.9, 3.9]


def test_a_few_frames_prove_nothing_however_long_they_take() -> None:
    """At two frames a second a shadow that passes is seen for a second, too."""
    presence = Presence(found_s=0.5, lost_s=1.5)
    there = [presence.step(t / 2, visible) for t, visible in enumerate([1] * 4 + [0] + [1] * 6 + [0] * 6)]
    assert there == [False] * 9 + [True] * 6 + [False] * 2
