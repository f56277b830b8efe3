"""The table of clips: what each shows, how long, from where, and which fault when."""

from __future__ import annotations

from dataclasses import dataclass

UNITS = {"forward_lean": "deg", "hunched_shoulders": "mm", "torso_twist": "factor"}
"""What a fault's severity counts: extra degrees of trunk lean, millimetres that the shoulders rise, and the factor
that the range of the thorax' yaw is multiplied by."""

SEVERITY = {"forward_lean": 14.0, "hunched_shoulders": 60.0, "torso_twist": 2.1}
"""Plain faults, well past the limits of good form but still running (sizes chosen by us)."""

VIEWS = {0.0: "front", 45.0: "oblique", 90.0: "side"}
"""Names of the camera's azimuths; 0 is dead ahead of the runner, 90 is the runner's left side."""


@dataclass(frozen=True)
class FaultSpan:
    """One fault, dialled in for a while.

    :param start_s: the ramp in begins here.
    :param end_s: the ramp out begins here; at or past the clip's end it stays on.
    :param ramp_s: length of either ramp.
    :param severity: in the unit that :data:`UNITS` names for the fault.
    """

    fault: str
    start_s: float
    end_s: float
    severity: float
    ramp_s: float = 1.0


@dataclass(frozen=True)
class Clip:
    """One clip to render.

    :param seed: of the stride-to-stride variation; the same seed gives the same frames.
    :param crf: x264's constant quality: lower is finer and larger.
    :param runner: a name from ``outfit.RUNNERS``, or ``""`` for the empty treadmill.
    """

    name: str
    duration_s: float
    fps: int
    azimuth_deg: float
    seed: int
    runner: str = "man"
    faults: tuple[FaultSpan, ...] = ()
    width_px: int = 640
    height_px: int = 480
    crf: int = 32

    @property
    def frames(self) -> int:
        """How many frames the clip has."""
        return round(self.duration_s * self.fps)

    @property
    def view(self) -> str:
        """The view by name: front, oblique or side."""
        return VIEWS[self.azimuth_deg]


def _span(fault: str, start_s: float, end_s: float) -> FaultSpan:
    return FaultSpan(fault, start_s, end_s, SEVERITY[fault])


def _one_fault(name: str, fault: str, azimuth_deg: float, seed: int, *, runner: str = "man", fps: int = 20) -> Clip:
    """Good form for 17 s, then one fault to the end."""
    return Clip(name, 36.0, fps, azimuth_deg, seed, runner, (_span(fault, 17.0, 36.0),))


CLIPS: dict[str, Clip] = {
    clip.name: clip
    for clip in (
        Clip(
            "demo",
            88.0,
            25,
            45.0,
            1,
            faults=(
                _span("forward_lean", 18.0, 30.0),
                _span("hunched_shoulders", 41.0, 53.0),
                _span("torso_twist", 64.0, 76.0),
            ),
            crf=29,
        ),
        Clip("clean_oblique", 45.0, 20, 45.0, 2, "woman"),
        Clip("clean_side", 30.0, 20, 90.0, 3, "man"),
        Clip("clean_front", 30.0, 20, 0.0, 4, "woman"),
        _one_fault("lean_oblique", "forward_lean", 45.0, 5, runner="woman"),
        _one_fault("shoulders_oblique", "hunched_shoulders", 45.0, 6),
        _one_fault("twist_oblique", "torso_twist", 45.0, 7, runner="woman"),
        _one_fault("lean_side", "forward_lean", 90.0, 8),
        _one_fault("twist_side", "torso_twist", 90.0, 9),
        _one_fault("shoulders_front", "hunched_shoulders", 0.0, 10, fps=30),
        _one_fault("twist_front", "torso_twist", 0.0, 11, runner="man, elbows back"),
        Clip("nobody", 10.0, 20, 45.0, 12, runner=""),
    )
}
"""Every clip that ships, by name."""
