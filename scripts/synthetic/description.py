"""What a clip shows, from the runner's build to the lamp's flicker: plain records, each number with its range.

A description and its seed say everything: the same two give the same frames.  :func:`problems` names all that is
wrong with one; nothing else checks.  World axes: x to the runner's left, y backwards, z up, the origin on the floor
under the treadmill's middle; the runner faces −y.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Colour = tuple[float, float, float]
"""Red, green, blue, each 0..1 as on the screen."""


def number(default: float, low: float, high: float, what: str) -> Any:
    """A number within ``low``..``high``; whole where the default is."""
    return field(default=default, metadata={"low": low, "high": high, "what": what})


def choice(default: str, options: tuple[str, ...], what: str) -> Any:
    """One of some words."""
    return field(default=default, metadata={"options": options, "what": what})


def switch(default: bool, what: str) -> Any:
    """True or false."""
    return field(default=default, metadata={"what": what})


def colour(default: Colour, what: str) -> Any:
    """Three numbers 0..1."""
    return field(default=default, metadata={"colour": True, "what": what})


@dataclass(frozen=True)
class FaultKind:
    """One thing that a runner can do wrong.

    :param unit: of its severity.
    :param fault: what the coach calls it (``device.records.FAULTS``); "" where the coach has nothing to say.
    :param high: the largest severity that can be rendered.
    :param low: the severity that means "not there".
    :param what: in words.
    """

    unit: str
    fault: str
    high: float
    what: str
    low: float = 0.0


FAULT_KINDS: dict[str, FaultKind] = {
    "lean_hips": FaultKind("deg", "forward_lean", 30.0, "trunk leans forward from the hips"),
    "lean_thorax": FaultKind("deg", "forward_lean", 30.0, "trunk bends forward from the thoracic spine"),
    "lean_back": FaultKind("deg", "", 20.0, "trunk leans backward"),
    "shoulders_raised": FaultKind("mm", "hunched_shoulders", 80.0, "shoulders drawn up"),
    "shoulders_rounded": FaultKind("mm", "hunched_shoulders", 80.0, "head pokes forward by so much, shoulders follow"),
    "twist": FaultKind("factor", "torso_twist", 3.0, "the thorax' yaw, times so much", low=1.0),
    "arms_cross": FaultKind("mm", "torso_twist", 150.0, "the wrists pass the body's midline by so much"),
}

LEGS = ("walk", "stand", "rails", "away")
"""What the legs may do instead of running: walk on the belt, stand on it, stand on the side rails, step off and be
gone.  No two at once; stepping on and off are the ramps of "away"."""

GESTURES = ("drink", "wipe", "hold_rail", "look_console", "look_aside")
"""What a runner does besides; none of it is a fault."""


@dataclass(frozen=True)
class FaultSpan:
    """One fault, dialled in for a while.

    :param kind: one of :data:`FAULT_KINDS`.
    :param start_s: the ramp in begins here.
    :param end_s: the ramp out begins here; at or past the clip's end it stays on.
    :param severity: in the kind's unit, on top of the runner's own posture.
    :param ramp_s: length of either ramp.
    """

    kind: str
    start_s: float
    end_s: float
    severity: float
    ramp_s: float = 1.0


@dataclass(frozen=True)
class Activity:
    """Something else than running, for a while; ramps as a fault's.

    :param kind: one of :data:`LEGS` or :data:`GESTURES`.
    """

    kind: str
    start_s: float
    end_s: float
    ramp_s: float = 1.0


@dataclass(frozen=True)
class Build:
    """A person's body."""

    sex: str = choice("male", ("male", "female"), "which of the two")
    height_m: float = number(1.75, 1.50, 2.00, "standing height, barefoot")
    weight: float = number(0.36, 0.0, 1.0, "0 thin, 0.5 average, 1 heavy")
    muscle: float = number(0.6, 0.0, 1.0, "0 slack, 0.5 average, 1 strong")
    age_years: float = number(28.0, 18.0, 80.0, "age")


@dataclass(frozen=True)
class Outfit:
    """Skin, hair and clothes."""

    skin: Colour = colour((0.84, 0.62, 0.49), "colour of the skin")
    hair: Colour = colour((0.20, 0.13, 0.09), "colour of the hair")
    hair_style: str = choice("short", ("short", "bald", "tail", "long", "cap"), "how the hair is worn")
    shirt: Colour = colour((0.08, 0.36, 0.78), "colour of the shirt")
    shorts: Colour = colour((0.10, 0.11, 0.14), "colour of shorts or tights")
    shoes: Colour = colour((0.98, 0.42, 0.10), "colour of the shoes")
    socks: Colour = colour((0.92, 0.92, 0.92), "colour of the socks")
    sleeve: float = number(0.55, 0.0, 2.0, "where the sleeves end: 0 shoulder, 1 elbow, 2 wrist")
    leg: float = number(0.55, 0.3, 2.0, "where the shorts end: 0 hip, 1 knee, 2 ankle")
    loose_m: float = number(0.0, 0.0, 0.06, "how far the shirt hangs off the body beyond a close fit")
    flare_m: float = number(0.018, 0.0, 0.05, "how far the hem of the shorts stands off the leg")
    stripes: bool = switch(True, "a band across the shirt and stripes down the shorts")


@dataclass(frozen=True)
class Style:
    """One runner's own way of running in good form: what is the runner's own is no fault."""

    cadence_spm: float = number(170.0, 140.0, 210.0, "steps (not strides) per minute")
    speed_mps: float = number(2.75, 2.0, 5.0, "speed of the belt")
    lean_deg: float = number(5.0, -3.0, 14.0, "mean lean of the trunk, forward positive")
    thorax_yaw_deg: float = number(26.0, 14.0, 42.0, "range (peak to peak) of the thorax' yaw in a stride")
    pelvis_yaw_deg: float = number(8.0, 2.0, 16.0, "range of the pelvis' yaw, opposite to the thorax")
    shoulder_raise_mm: float = number(0.0, -10.0, 25.0, "how far the shoulders stand up, always")
    head_forward_mm: float = number(0.0, -15.0, 40.0, "how far the head is carried forward, always")
    rise_m: float = number(0.066, 0.03, 0.12, "how far the hips go up and down in a step, peak to peak")
    arm_swing_deg: float = number(58.0, 15.0, 90.0, "range of the upper arm's swing")
    arm_middle_deg: float = number(-14.0, -40.0, 10.0, "middle of that swing; negative is behind the hanging arm")
    elbow_deg: float = number(94.0, 60.0, 125.0, "mean bend of the elbows")
    elbows_out_deg: float = number(14.0, 0.0, 35.0, "how far the upper arms stand off the trunk")
    hands_in_deg: float = number(24.0, 0.0, 45.0, "how far the forearms point to the middle")
    step_width_m: float = number(0.07, 0.0, 0.2, "between the lines that the two feet land on")
    variation: float = number(1.0, 0.0, 3.0, "size of the differences between strides; 1 as in real runners")
    drift_m: float = number(0.035, 0.0, 0.25, "how far the runner wanders on the belt")
    fatigue: float = number(0.0, 0.0, 1.0, "tiredness at the clip's end: a little more lean, slower steps")


@dataclass(frozen=True)
class Runner:
    """One person: build, clothes and way of running."""

    build: Build = field(default_factory=Build)
    outfit: Outfit = field(default_factory=Outfit)
    style: Style = field(default_factory=Style)


@dataclass(frozen=True)
class Viewpoint:
    """Where the camera stands and looks."""

    azimuth_deg: float = number(45.0, -90.0, 90.0, "0 dead ahead of the runner, 90 at the runner's left")
    height_m: float = number(1.2, 0.5, 2.0, "of the lens over the floor")
    distance_m: float = number(3.4, 1.5, 4.0, "from the lens to the treadmill's middle, along the floor")
    pitch_deg: float = number(-4.5, -30.0, 30.0, "up positive")
    roll_deg: float = number(0.0, -15.0, 15.0, "the picture's content turned clockwise")
    fov_deg: float = number(45.2, 25.0, 90.0, "the lens' field of view, from the picture's top to its bottom")


@dataclass(frozen=True)
class Sensor:
    """The camera's electronics."""

    width_px: int = number(640, 160, 1920, "width of the picture")
    height_px: int = number(480, 120, 1080, "height of the picture")
    fps: int = number(20, 10, 60, "pictures a second")
    exposure_s: float = number(0.0, 0.0, 0.05, "shutter time: what moves in it is blurred")
    dropped: float = number(0.0, 0.0, 0.5, "share of the pictures that are lost")
    noise: float = number(0.0, 0.0, 0.15, "spread of the pixels' noise, of full scale")
    crf: int = number(32, 10, 45, "x264's constant quality: lower is finer and larger")


@dataclass(frozen=True)
class Light:
    """The light in the room."""

    level: float = number(1.0, 0.1, 1.5, "brightness; 1 is a bright room, 0.2 dim")
    backlit: float = number(0.0, 0.0, 1.0, "1: a bright window behind the runner, the runner in its shade")
    flicker: float = number(0.0, 0.0, 0.5, "depth of the brightness' beating with the mains")
    warmth: float = number(0.0, -1.0, 1.0, "colour: -1 cold, 1 lamp light")


@dataclass(frozen=True)
class Scene:
    """What stands about."""

    console: str = choice("low", ("none", "low", "high"), "high: hides hips and legs from the front")
    handrails: str = choice("short", ("none", "short", "long"), "long ones run beside the runner")
    background: int = number(0, 0, 9, "which of some rooms: walls, floor, furniture")
    bystanders: int = number(0, 0, 3, "people who walk behind")
    neighbour: bool = switch(False, "someone runs on a treadmill beside this one")
    mirror: bool = switch(False, "a mirror on the wall shows the room again")
    poster: bool = switch(False, "a picture of a person on the wall")


@dataclass(frozen=True)
class Clip:
    """One clip to render.

    :param seed: of all that is left to chance, such as the stride-to-stride variation.
    :param runner: None for the empty treadmill.
    :param tags: what the clip counts as in the scorecard's tables, as (table, row) pairs.
    """

    name: str
    seed: int = 0
    duration_s: float = 30.0
    runner: Runner | None = field(default_factory=Runner)
    faults: tuple[FaultSpan, ...] = ()
    activities: tuple[Activity, ...] = ()
    viewpoint: Viewpoint = field(default_factory=Viewpoint)
    sensor: Sensor = field(default_factory=Sensor)
    light: Light = field(default_factory=Light)
    scene: Scene = field(default_factory=Scene)
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def view(self) -> str:
        """front, oblique or side, whichever of 0°, 45° and 90° the azimuth is nearest to."""
        off_deg = abs(self.viewpoint.azimuth_deg)
        return "front" if off_deg < 22.5 else "oblique" if off_deg < 67.5 else "side"
