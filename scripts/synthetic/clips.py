"""The clips that ship in tests/clips: what each shows, how long, from where, and which fault when."""

from __future__ import annotations

from dataclasses import replace

from .description import Build, Clip, FaultSpan, Outfit, Runner, Sensor, Style, Viewpoint

SEVERITY = {"lean_hips": 14.0, "shoulders_raised": 60.0, "twist": 2.1}
"""Plain faults, well past the limits of good form but still running (sizes chosen by us)."""

KEYPOINTS_EVERY = 10
"""Every how many frames the shipped truth holds the key points: a clone stays light."""

_MAN = Runner()
_WOMAN = Runner(
    Build(sex="female", height_m=1.68, weight=0.36, muscle=0.60, age_years=27.0),
    Outfit(
        skin=(0.55, 0.36, 0.26),
        hair=(0.09, 0.07, 0.06),
        hair_style="tail",
        shirt=(0.93, 0.32, 0.36),
        shorts=(0.16, 0.17, 0.26),
        shoes=(0.55, 0.85, 0.25),
        sleeve=0.42,
        leg=1.25,
        flare_m=0.0,
    ),
    Style(
        lean_deg=4.2,
        thorax_yaw_deg=24.0,
        pelvis_yaw_deg=10.0,
        rise_m=0.060,
        arm_swing_deg=52.0,
        arm_middle_deg=-12.0,
        elbow_deg=98.0,
        elbows_out_deg=16.0,
        step_width_m=0.06,
    ),
)
RUNNERS: dict[str, Runner] = {
    "man": _MAN,
    "woman": _WOMAN,
    # Elbows as far behind the shoulders as in public motion capture of treadmill runners (0.3 trunk lengths): from the
    # front nothing but they shows a twist.
    "man, elbows back": replace(_MAN, style=Style(arm_middle_deg=-28.0)),
}
"""The runners of the shipped clips."""

_AZIMUTHS_DEG = {"front": 0.0, "oblique": 45.0, "side": 90.0}


def _clip(
    name: str, seed: int, view: str, runner: str, duration_s: float, *faults: FaultSpan, fps: int = 15, crf: int = 32
) -> Clip:
    return Clip(
        name,
        seed,
        duration_s,
        RUNNERS.get(runner),
        faults,
        viewpoint=Viewpoint(_AZIMUTHS_DEG[view]),
        sensor=Sensor(fps=fps, crf=crf),
        tags=(("runner", runner or "nobody"),),
    )


def _span(kind: str, start_s: float = 17.0, end_s: float = 36.0) -> FaultSpan:
    """By default good form for 17 s, then the fault to the end of the clip."""
    return FaultSpan(kind, start_s, end_s, SEVERITY[kind])


CLIPS: dict[str, Clip] = {
    clip.name: clip
    for clip in (
        _clip(
            "demo",
            1,
            "oblique",
            "man",
            88.0,
            _span("lean_hips", 18.0, 30.0),
            _span("shoulders_raised", 41.0, 53.0),
            _span("twist", 64.0, 76.0),
            fps=25,
            crf=29,
        ),
        _clip("clean_oblique", 2, "oblique", "woman", 45.0),
        _clip("clean_side", 3, "side", "man", 30.0),
        _clip("clean_front", 4, "front", "woman", 30.0),
        _clip("lean_oblique", 5, "oblique", "woman", 36.0, _span("lean_hips")),
        _clip("shoulders_oblique", 6, "oblique", "man", 36.0, _span("shoulders_raised")),
        _clip("twist_oblique", 7, "oblique", "woman", 36.0, _span("twist")),
        _clip("lean_side", 8, "side", "man", 36.0, _span("lean_hips")),
        _clip("twist_side", 9, "side", "man", 36.0, _span("twist")),
        _clip("shoulders_front", 10, "front", "man", 36.0, _span("shoulders_raised"), fps=30),
        _clip("twist_front", 11, "front", "man, elbows back", 36.0, _span("twist")),
        _clip("nobody", 12, "oblique", "", 10.0),
    )
}
"""Every clip that ships, by name."""
