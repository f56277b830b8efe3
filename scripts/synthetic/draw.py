"""People, cameras and rooms drawn by lot: every range that a clip of the scorecard comes from stands here.

The ranges are chosen by us unless a source is named; they are to be as wide as what stands before a runner's camera.
"""

from __future__ import annotations

import colorsys
import math

import numpy as np

from .description import Build, Colour, Light, Outfit, Runner, Scene, Sensor, Style, Viewpoint

Tags = dict[str, str]
"""Rows of the scorecard's tables that a choice counts in."""

_MONK = ("f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420")
"""The ten tones of the Monk Skin Tone scale (skintone.google)."""

_HAIRS: tuple[Colour, ...] = (
    (0.09, 0.07, 0.06),
    (0.20, 0.13, 0.09),
    (0.42, 0.28, 0.16),
    (0.78, 0.62, 0.38),
    (0.55, 0.24, 0.12),
    (0.62, 0.61, 0.60),
    (0.88, 0.87, 0.85),
)


def runner(rng: np.random.Generator) -> tuple[Runner, Tags]:
    """Somebody who runs."""
    build, tags = _build(rng)
    outfit, more = _outfit(rng, build)
    return Runner(build, outfit, style(rng)), tags | more


def _build(rng: np.random.Generator) -> tuple[Build, Tags]:
    sex = str(rng.choice(["male", "female"]))
    middle_m = 1.77 if sex == "male" else 1.65
    height_m = float(np.clip(rng.normal(middle_m, 0.09), 1.50, 2.00))
    weight = float(np.clip(rng.normal(0.42, 0.22), 0.1, 0.95))
    age = float(rng.uniform(20, 72))
    tags = {
        "sex": sex,
        "height": _named(height_m, ((1.65, "below 1.65 m"), (1.80, "1.65 to 1.80 m"), (9.0, "above 1.80 m"))),
        "build": _named(weight, ((0.30, "slim"), (0.60, "average"), (9.0, "heavy"))),
        "age": _named(age, ((40.0, "below 40"), (55.0, "40 to 55"), (99.0, "above 55"))),
    }
    return Build(sex, height_m, weight, float(np.clip(rng.normal(0.55, 0.15), 0.25, 1.0)), age), tags


def _outfit(rng: np.random.Generator, build: Build) -> tuple[Outfit, Tags]:
    tone = int(rng.integers(len(_MONK)))
    kind = str(rng.choice(["fitted", "loose", "dark", "low contrast", "long sleeves"], p=[0.4, 0.2, 0.15, 0.1, 0.15]))
    shirt, shorts = _cloth(rng), _cloth(rng)
    if kind == "dark":
        shirt, shorts = (tuple(float(c) for c in rng.uniform(0.03, 0.12, 3)) for _ in range(2))
    if kind == "low contrast":
        # About the walls' own grey.
        shirt = shorts = tuple(float(c) for c in rng.uniform(0.62, 0.80) + rng.uniform(-0.03, 0.03, 3))
    styles = ["tail", "tail", "short", "long", "cap"] if build.sex == "female" else ["short", "short", "bald", "cap"]
    old = build.age_years > 55
    outfit = Outfit(
        skin=_hex(_MONK[tone]),
        hair=_HAIRS[int(rng.integers(4, 7) if old else rng.integers(5))],
        hair_style=str(rng.choice(styles)),
        shirt=shirt,
        shorts=shorts,
        shoes=_cloth(rng),
        socks=(0.92, 0.92, 0.92) if rng.random() < 0.7 else (0.12, 0.12, 0.13),
        sleeve=float(rng.uniform(1.7, 2.0)) if kind == "long sleeves" else float(rng.choice([0.0, 0.42, 0.55, 0.6])),
        leg=float(rng.choice([0.45, 0.6, 0.8, 1.25, 1.9])),
        loose_m=float(rng.uniform(0.025, 0.05)) if kind == "loose" else float(rng.uniform(0.0, 0.008)),
        flare_m=float(rng.uniform(0.0, 0.03)),
        stripes=bool(rng.random() < 0.4 and kind not in ("dark", "low contrast")),
    )
    skin = _named(tone + 1, ((3, "Monk 1-3"), (6, "Monk 4-6"), (10, "Monk 7-10")))
    return outfit, {"skin": skin, "clothing": kind}


def style(rng: np.random.Generator) -> Style:
    """A way of running in good form.

    Spreads follow what public motion capture of treadmill runners shows: lean -0.6..7.5° and yaw range 16..39° between
    COCO-like points, pelvis 3.5..14°, 150..190 steps/min, 2..5 m/s, rise 58..91 mm.
    """

    def normal(middle: float, spread: float, low: float, high: float) -> float:
        return float(np.clip(rng.normal(middle, spread), low, high))

    speed_mps = normal(3.0, 0.6, 2.0, 5.0)
    return Style(
        cadence_spm=normal(164.0 + 5.0 * (speed_mps - 3.0), 8.0, 150.0, 190.0),
        speed_mps=speed_mps,
        lean_deg=normal(4.0 + speed_mps - 3.0, 2.0, -1.0, 9.0),
        thorax_yaw_deg=normal(26.0, 5.0, 16.0, 37.0),
        pelvis_yaw_deg=normal(8.5, 2.5, 3.5, 14.0),
        shoulder_raise_mm=normal(3.0, 6.0, -8.0, 18.0),
        head_forward_mm=normal(6.0, 10.0, -10.0, 30.0),
        rise_m=normal(0.070, 0.009, 0.055, 0.092),
        arm_swing_deg=normal(54.0, 9.0, 30.0, 75.0),
        # Elbows a little to well behind the shoulders, as in that motion capture.
        arm_middle_deg=normal(-19.0, 6.0, -32.0, -6.0),
        # Hands that keep off the body's middle: that motion capture has them 0.34..0.58 shoulder widths from it.
        elbow_deg=normal(84.0, 8.0, 66.0, 105.0),
        elbows_out_deg=normal(15.0, 4.0, 6.0, 28.0),
        hands_in_deg=normal(9.0, 5.0, 0.0, 26.0),
        step_width_m=normal(0.07, 0.03, 0.0, 0.15),
        variation=normal(1.0, 0.3, 0.4, 2.0),
        drift_m=normal(0.04, 0.03, 0.0, 0.15),
        fatigue=float(rng.choice([0.0, 0.5, 1.0], p=[0.6, 0.25, 0.15])),
    )


def viewpoint(rng: np.random.Generator, view: str, height_m: float, width_over_height: float) -> tuple[Viewpoint, Tags]:
    """A place for the camera that has the runner in its picture.

    :param height_m: the runner's own.
    """
    sign = 1.0 if rng.random() < 0.5 else -1.0
    low_deg, high_deg = {"front": (0.0, 12.0), "oblique": (33.0, 57.0), "side": (78.0, 90.0)}[view]
    lens_m = float(np.clip(rng.normal(1.15, 0.28), 0.5, 2.0))
    distance_m = float(rng.uniform(1.8, 4.0))
    # The picture spans from over the head to under the belt, and nobody aims quite right.  The runner is nearer or
    # farther by half a step, hence the 0.35 m.
    top_m, bottom_m = height_m + 0.16 + 0.22, -0.02
    cut = rng.random() < 0.12
    if cut:
        bottom_m = 0.16 + 0.30 * height_m
    near_m = distance_m - 0.35
    up_deg = math.degrees(math.atan2(top_m - lens_m, near_m))
    down_deg = math.degrees(math.atan2(bottom_m - lens_m, near_m))
    room = float(rng.uniform(1.0, 1.25))
    wide_deg = 2 * math.degrees(math.atan(0.80 / near_m / width_over_height))
    fov_deg = float(np.clip(max(up_deg - down_deg, wide_deg) * room, 25.0, 90.0))
    pitch_deg = (up_deg + down_deg) / 2 + float(rng.uniform(-0.3, 0.3)) * (fov_deg - (up_deg - down_deg))
    place = Viewpoint(
        azimuth_deg=sign * float(rng.uniform(low_deg, high_deg)),
        height_m=lens_m,
        distance_m=distance_m,
        pitch_deg=float(np.clip(pitch_deg, -30.0, 30.0)),
        roll_deg=float(np.clip(rng.normal(0.0, 1.2), -4.0, 4.0)),
        fov_deg=fov_deg,
    )
    distance = _named(distance_m, ((2.4, "below 2.4 m"), (3.2, "2.4 to 3.2 m"), (9.0, "above 3.2 m")))
    tags = {"distance": distance, "framing": "legs cut off" if cut else "whole runner"}
    tags["camera height"] = _named(lens_m, ((0.95, "below 0.95 m"), (1.35, "0.95 to 1.35 m"), (9.0, "above 1.35 m")))
    return place, tags


def light(rng: np.random.Generator) -> tuple[Light, Tags]:
    """The light of a living room, a cellar, a gym."""
    kind = str(rng.choice(["bright", "dim", "backlit", "flickering"], p=[0.55, 0.17, 0.16, 0.12]))
    level = float(rng.uniform(0.18, 0.40) if kind == "dim" else rng.uniform(0.75, 1.25))
    backlit = float(rng.uniform(0.5, 1.0)) if kind == "backlit" else 0.0
    flicker = float(rng.uniform(0.08, 0.30)) if kind == "flickering" else 0.0
    return Light(level, backlit, flicker, float(np.clip(rng.normal(0.1, 0.35), -1, 1))), {"light": kind}


def sensor(rng: np.random.Generator, width_px: int, height_px: int, lit: Light) -> tuple[Sensor, Tags]:
    """A camera's electronics; little light makes for long exposures and much noise."""
    fps = int(rng.choice([10, 15, 20, 30, 60], p=[0.20, 0.50, 0.14, 0.13, 0.03]))
    blur = str(rng.choice(["none", "some", "strong"], p=[0.45, 0.35, 0.2] if lit.level > 0.5 else [0.1, 0.4, 0.5]))
    exposure_s = {"none": 0.0, "some": rng.uniform(0.004, 0.010), "strong": rng.uniform(0.015, 0.030)}[blur]
    dropped = float(rng.choice([0.0, 0.1, 0.3], p=[0.8, 0.12, 0.08]))
    noise = float(rng.uniform(0.0, 0.02) if lit.level > 0.5 else rng.uniform(0.02, 0.06))
    made = Sensor(
        width_px, height_px, fps, min(float(exposure_s), 1.0 / fps), dropped, noise, int(rng.integers(20, 34))
    )
    tags = {"fps": f"{fps} fps", "blur": blur, "dropped frames": f"{dropped:.0%}"}
    return made, tags


def scene(rng: np.random.Generator, others: str = "nobody") -> tuple[Scene, Tags]:
    """A room and a treadmill.

    :param others: who else is to be seen: nobody, bystanders, neighbour, mirror or poster.
    """
    console = str(rng.choice(["none", "low", "high"], p=[0.15, 0.45, 0.40]))
    rails = str(rng.choice(["none", "short", "long"], p=[0.3, 0.4, 0.3]))
    made = Scene(
        console,
        rails,
        int(rng.integers(10)),
        int(rng.integers(1, 3)) if others == "bystanders" else 0,
        neighbour=others == "neighbour",
        mirror=others == "mirror",
        poster=others == "poster",
    )
    hides = {"none": "no console", "low": "low console", "high": "high console"}[console]
    return made, {"console": hides, "handrails": rails, "others": others}


def _cloth(rng: np.random.Generator) -> Colour:
    return colorsys.hsv_to_rgb(float(rng.random()), float(rng.uniform(0.0, 0.9)), float(rng.uniform(0.10, 0.95)))


def _hex(text: str) -> Colour:
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def _named(value: float, rows: tuple[tuple[float, str], ...]) -> str:
    """The name of the first row whose upper end is not below the value."""
    return next(name for high, name in rows if value <= high)
