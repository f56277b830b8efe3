"""How far bones must turn for the mesh to show what is asked for, found by posing the body and measuring it.

Key points are not joints: arms that swing draw the skin of the shoulders along, thighs that of the hips.  So every body
and style has its own tables from the turn of the bones to what is measured over a whole stride.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from . import measures
from .description import Style
from .moments import RUN, Moments, steady
from .skeleton import Body, Transforms

_PHASES = (np.arange(24) + 0.48) / 24.0
"""Where in a stride it is measured: among others where the yaw turns round, 0.02 after the landings."""

_USUAL_BEND_DEG = 3.0
"""How far the thorax is usually bent forward under a level head."""

_SLIDE_SHARE = 0.45
"""How much of the head's way forward the root of the neck makes; its bend makes the rest (chosen by us)."""

_ROUNDED_CURVE = 0.08
"""Degrees that the thoracic spine bends for each mm that the head pokes out (chosen by us)."""
_ROUNDED_SHARE = 0.5
"""How far rounded shoulders come forward, as a share of the head's way (chosen by us)."""
_RAISED_POKE = 0.25
"""How far the head comes forward for each mm that a fault draws the shoulders up (chosen by us)."""


@dataclass(frozen=True)
class Controls:
    """Turns of the trunk's bones in degrees, (N,) each; what they do to the mesh differs from body to body.

    :param bend_deg: of the thorax, shared by pelvis and lower spine.
    :param hips_deg: of the whole trunk about the hips.
    :param curve_deg: of the upper spine alone.
    :param yaw_range_deg: of the thorax in a stride; ``pelvis_range_deg`` of the pelvis.
    :param shrug_deg: of the clavicles upward; ``protract_deg`` forward.
    :param neck_deg: of the neck's root against the thorax; ``slide_mm`` how far it is carried forward.
    :param head_deg: pitch of the head in the world, down positive.
    """

    bend_deg: np.ndarray
    hips_deg: np.ndarray
    curve_deg: np.ndarray
    yaw_range_deg: np.ndarray
    pelvis_range_deg: np.ndarray
    shrug_deg: np.ndarray
    protract_deg: np.ndarray
    neck_deg: np.ndarray
    slide_mm: np.ndarray
    head_deg: np.ndarray


Table = tuple[np.ndarray, np.ndarray]
"""What is measured, rising, and the turns in degrees that make it so."""

_GRIDS = {
    "bend_deg": np.linspace(-30.0, 60.0, 10),
    "shrug_deg": np.linspace(-18.0, 81.0, 12),
    "yaw_range_deg": np.linspace(0.0, 150.0, 11),
    "hips_deg": np.linspace(-30.0, 40.0, 8),
    "curve_deg": np.linspace(0.0, 80.0, 9),
    "protract_deg": np.linspace(-8.0, 32.0, 6),
}


class Aims:
    """The tables of one body in one style.

    :param step_m: of one step of the style.
    :param pose: turns moments and controls into transforms.
    """

    def __init__(
        self, body: Body, style: Style, step_m: float, pose: Callable[[Moments, Controls], Transforms]
    ) -> None:
        self._body = body
        self._style = style
        self._pose = pose
        self._step_m = step_m
        self.rest_m = self._rest()
        self._neck_grid = np.linspace(-60.0, 40.0, 6), np.linspace(-80.0, 140.0, 45)
        self._necks_deg = self._measure_necks()
        self._base = dict.fromkeys(_GRIDS, 0.0)
        wanted = {
            "bend_deg": style.lean_deg,
            "shrug_deg": style.shoulder_raise_mm,
            "yaw_range_deg": style.thorax_yaw_deg,
        }
        # Each a little dependent on the others: twice round is enough.
        for _ in range(2):
            for name, value in wanted.items():
                self._base[name] = _look_up(self._measure(name), value)
        self._tables = {name: self._measure(name) for name in _GRIDS}
        for name in ("hips_deg", "curve_deg", "protract_deg"):
            measured, turns = self._tables[name]
            self._tables[name] = measured - np.interp(0.0, turns, measured), turns

    def controls(self, m: Moments) -> Controls:
        """The turns that show what is asked for."""
        # The trunk nods with every step of a run.
        bob = np.cos(4 * np.pi * (m.phase - 0.16)) * m.gaits[:, RUN]
        curve_deg = self._turn("curve_deg", m.lean_thorax_deg)
        hips_deg = self._turn("hips_deg", m.lean_hips_deg)
        if m.rounded_mm.any():
            # A rounded back alone is no lean: the hips give way by as much.
            rounded_deg = _ROUNDED_CURVE * m.rounded_mm
            curve_deg, hips_deg = (
                curve_deg + rounded_deg,
                hips_deg - np.interp(rounded_deg, *self._tables["curve_deg"][::-1]),
            )
        own_mm = self._style.shoulder_raise_mm
        return self._controls(
            m,
            bob,
            m.head_forward_mm + m.rounded_mm + _RAISED_POKE * np.maximum(m.raise_mm - own_mm, 0.0),
            bend_deg=self._turn("bend_deg", m.lean_deg + 1.2 * bob),
            hips_deg=hips_deg,
            curve_deg=curve_deg,
            yaw_range_deg=self._turn("yaw_range_deg", m.yaw_range_deg),
            pelvis_range_deg=m.pelvis_range_deg,
            shrug_deg=self._turn("shrug_deg", m.raise_mm),
            protract_deg=self._turn("protract_deg", _ROUNDED_SHARE * m.rounded_mm),
        )

    def _turn(self, name: str, wanted: np.ndarray) -> np.ndarray:
        return np.interp(wanted, *self._tables[name])

    def _controls(self, m: Moments, bob: np.ndarray, head_forward_mm: np.ndarray, **turns: np.ndarray) -> Controls:
        """All turns, from those of the trunk: the head looks at what lies ahead, the neck keeps it in its place."""
        leant_deg = turns["hips_deg"] + 0.6 * turns["curve_deg"]
        head_deg = 3.0 + 0.3 * leant_deg + 0.07 * np.maximum(turns["shrug_deg"], 0.0) + 0.8 * bob + m.head_deg[:, 0]
        thorax_deg = turns["bend_deg"] + turns["hips_deg"] + turns["curve_deg"]
        slide_mm = _SLIDE_SHARE * np.maximum(head_forward_mm, 0.0)
        neck_deg = self._neck_deg(head_deg - thorax_deg, head_forward_mm - slide_mm)
        return Controls(neck_deg=neck_deg, slide_mm=slide_mm, head_deg=head_deg, **turns)

    def _measure(self, name: str) -> Table:
        """What one of the turns does to the mesh over a stride, all else as in the runner's own good form."""
        grid = _GRIDS[name]
        m = steady(self._style, np.tile(_PHASES, len(grid)), self._step_m)
        turns = {key: np.full(len(m.phase), value) for key, value in self._base.items()}
        turns["pelvis_range_deg"] = m.pelvis_range_deg
        turns[name] = np.repeat(grid, len(_PHASES))
        bob = np.cos(4 * np.pi * (m.phase - 0.16))
        turns["bend_deg"] = turns["bend_deg"] + 1.2 * bob
        transforms = self._pose(m, self._controls(m, bob, m.head_forward_mm, **turns))
        points_m, thorax = measures.measured_points(self._body, transforms)
        shoulders_m = measures.in_thorax(points_m, thorax, measures.SHOULDERS)
        if name in ("bend_deg", "hips_deg", "curve_deg"):
            measured = measures.lean_deg(points_m).reshape(len(grid), -1).mean(axis=1)
        elif name == "shrug_deg":
            measured = measures.raise_mm(shoulders_m, self.rest_m[0]).reshape(len(grid), -1).mean(axis=1)
        elif name == "protract_deg":
            measured = measures.forward_mm(shoulders_m, self.rest_m[0]).reshape(len(grid), -1).mean(axis=1)
        else:
            measured = np.ptp(measures.thorax_yaw_deg(points_m).reshape(len(grid), -1), axis=1)
        return measured, grid

    def _rest(self) -> np.ndarray:
        """Middles of shoulders and ears in the thorax' frame when the body stands with hanging arms, its head level."""
        m = replace(steady(self._style, np.zeros(1), 0.0), gaits=np.array([[0.0, 0.0, 1.0, 0.0]]))
        controls = replace(_still(1), head_deg=np.full(1, -_USUAL_BEND_DEG))
        points_m, thorax = measures.measured_points(self._body, self._pose(m, controls))
        return np.stack([measures.in_thorax(points_m, thorax, k)[0] for k in (measures.SHOULDERS, measures.EARS)])

    def _measure_necks(self) -> np.ndarray:
        """(heads, ways) the neck's turn, by the head's pitch against the thorax and how far forward the ears go."""
        heads_deg, ways_mm = self._neck_grid
        turns_deg = np.linspace(-80.0, 80.0, 17)
        # The thorax turns under the head, so a few phases of the stride count.
        phase, head_deg, neck_deg = (a.ravel() for a in np.meshgrid(_PHASES[::4], heads_deg, turns_deg, indexing="ij"))
        m = steady(self._style, phase, self._step_m)
        controls = replace(
            _still(len(phase)),
            neck_deg=neck_deg,
            head_deg=head_deg,
            yaw_range_deg=np.full(len(phase), self._style.thorax_yaw_deg),
        )
        points_m, thorax = measures.measured_points(self._body, self._pose(m, controls))
        ears_m = measures.in_thorax(points_m, thorax, measures.EARS)
        found_mm = measures.forward_mm(ears_m, self.rest_m[1]).reshape(-1, len(heads_deg), len(turns_deg)).mean(axis=0)
        return np.stack([np.interp(ways_mm, row, turns_deg) for row in np.maximum.accumulate(found_mm, axis=1)])

    def _neck_deg(self, head_deg: np.ndarray, way_mm: np.ndarray) -> np.ndarray:
        """Between the four nearest entries of that table."""
        place = []
        for grid, value in zip(self._neck_grid, (head_deg, way_mm), strict=True):
            at = np.clip((value - grid[0]) / (grid[1] - grid[0]), 0.0, len(grid) - 1.001)
            place.append((at.astype(int), at - at.astype(int)))
        (i, a), (k, b) = place
        table = self._necks_deg
        near = (1 - b) * table[i, k] + b * table[i, k + 1]
        far = (1 - b) * table[i + 1, k] + b * table[i + 1, k + 1]
        return (1 - a) * near + a * far


def _still(moments: int) -> Controls:
    """No turn at all."""
    return Controls(*np.zeros((10, moments)))


def _look_up(table: Table, wanted: float) -> float:
    return float(np.interp(wanted, *table))
