"""The runs kept for the scorecard, and settings to try on them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from conftest import ROOT
from scoring import short

from device.records import Pose
from device.settings import Settings

LOGS = sorted((ROOT / "tests" / "scorecard").glob("*.npz"))

DEFAULT = Settings()
EAGER = replace(
    DEFAULT,
    forward_lean=replace(DEFAULT.forward_lean, rise_deg=2.0, least_deg=2.0),
    hunched_shoulders=replace(DEFAULT.hunched_shoulders, raised_pct=2.0, forward_pct=5.0),
    torso_twist=replace(DEFAULT.torso_twist, rise_ratio=1.25),
    persistence=replace(DEFAULT.persistence, strides=5, on_strides=3, off_strides=1, least_s=1.0),
    cues=replace(DEFAULT.cues, gap_s=5.0, repeat_s=8.0),
)
"""Limits that nearly everybody is beyond, and short gaps: many cues."""


@cache
def run(path: Path) -> list[Pose]:
    """The poses of a log."""
    return short.poses(path)


def lean(on_deg: float) -> Settings:
    """Another absolute limit."""
    return replace(DEFAULT, forward_lean=replace(DEFAULT.forward_lean, on_deg=on_deg, least_deg=min(on_deg, 7.0)))
