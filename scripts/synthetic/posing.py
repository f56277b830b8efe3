"""From the gait and the faults to the turn of every bone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from . import faults
from .clips import FaultSpan
from .gait import GaitState, LegCurves, Style, at, hip_rise, leg_curves
from .skeleton import (
    Body,
    BonePose,
    about_x,
    about_y,
    about_z,
    aim,
    bone_transforms,
    coco_points,
    limb_frame,
)
from .truth import lean_deg

_LEFT = np.array([1.0, 0.0, 0.0])
_FORWARD = np.array([0.0, -1.0, 0.0])
_DOWN = np.array([0.0, 0.0, -1.0])
_SIDES = ((".L", 1.0, 0.0), (".R", -1.0, 0.5))
"""Bone suffix, sign of x and the phase at which that foot lands."""


_PELVIS_SHARE = 0.4
"""How much of the thorax' forward turn the pelvis makes; the lower spine makes the rest."""


@dataclass(frozen=True)
class Trunk:
    """World rotations of pelvis, thorax and head in one frame, and how far the clavicles are turned up."""

    pelvis: np.ndarray
    thorax: np.ndarray
    head: np.ndarray
    shrug_deg: float


class Poser:
    """Poses one body in one style.

    :param belt_m: height of the belt over the floor.
    :param sole_m: thickness of the shoes' soles, under the mesh's own feet.
    """

    def __init__(self, body: Body, style: Style, belt_m: float, sole_m: float) -> None:
        self._body = body
        self._style = style
        self._belt_m = belt_m
        hip, knee, ankle = (body.head_m(b) for b in ("upperleg01.L", "lowerleg01.L", "foot.L"))
        ball = body.head_m("toe2-1.L")
        feet = body.vertices_m[body.weights[:, body.bones.index("foot.L")] > 0.5]
        feet_y_min = body.vertices_m[body.vertices_m[:, 2] < ankle[2], 1].min()
        self._leg: LegCurves = leg_curves(
            thigh_m=float(np.linalg.norm(knee - hip)),
            shank_m=float(np.linalg.norm(ankle - knee)),
            ball_ahead_m=float(ankle[1] - ball[1]),
            toes_m=float(ball[1] - feet_y_min),
            ankle_m=float(ankle[2] - body.vertices_m[:, 2].min()) + sole_m,
            heel_behind_m=float(feet[:, 1].max() - ankle[1]) * 0.85,
        )
        self._thigh_m = float(np.linalg.norm(knee - hip))
        self._shank_m = float(np.linalg.norm(ankle - knee))
        self._lean_table = self._measure_leans()
        self._shrug_table = self._measure_shrugs()

    def pose(self, gait: GaitState, spans: Iterable[FaultSpan], t_s: float) -> BonePose:
        """The pose at *t_s*."""
        spans = tuple(spans)
        style = self._style
        phase = gait.phase % 1.0
        trunk = self._trunk(gait, spans, t_s)
        turns = _spine(trunk, faults.shoulder_raise_mm(spans, t_s))
        rise_m = float(hip_rise(phase, style.rise_m * gait.rise_gain))
        hips_to = np.array(
            [
                gait.drift_m[0] + 0.008 * np.sin(2 * np.pi * (phase + 0.08)),
                gait.drift_m[1],
                self._belt_m + self._leg.hip_m + rise_m,
            ]
        )
        hips = 0.5 * (self._body.head_m("upperleg01.L") + self._body.head_m("upperleg01.R"))
        for side, sign, lands in _SIDES:
            turns |= self._arm(trunk, side, sign, phase - lands, gait.arm_gain)
        for side, sign, lands in _SIDES:
            joint = hips_to + trunk.pelvis @ (self._body.head_m("upperleg01" + side) - hips)
            turns |= self._leg_turns(joint, hips_to, side, sign, phase - lands)
        return BonePose(turns, hips, hips_to)

    def _trunk(self, gait: GaitState, spans: tuple[FaultSpan, ...], t_s: float) -> Trunk:
        style = self._style
        extra_deg = faults.extra_lean_deg(spans, t_s)
        raise_mm = faults.shoulder_raise_mm(spans, t_s)
        swing = np.cos(2 * np.pi * (gait.phase - 0.02))
        twist = gait.yaw_gain * faults.twist_factor(spans, t_s)
        bob = np.cos(4 * np.pi * (gait.phase - 0.16))
        own_deg = style.lean_deg + gait.lean_deg + 1.2 * bob
        bend_deg = self._bend_deg(own_deg + extra_deg)
        yaw_deg = 0.5 * style.thorax_yaw_deg * twist * swing
        pelvis_yaw_deg = -0.5 * style.pelvis_yaw_deg * gait.yaw_gain * swing
        # The pelvis drops a little towards the leg that swings; the thorax stays nearly level.
        drop_deg = 3.5 * np.sin(2 * np.pi * (gait.phase + 0.03))
        pelvis = about_x(_PELVIS_SHARE * bend_deg) @ about_z(pelvis_yaw_deg) @ about_y(-drop_deg)
        thorax = about_x(bend_deg) @ about_z(yaw_deg) @ about_y(0.35 * drop_deg)
        # Runners keep their eyes on what lies ahead: the head gives way to only a part of the lean.
        poke_deg = 0.05 * raise_mm
        pitch, tilt, yaw = gait.head_deg
        head = (
            about_z(0.08 * yaw_deg + yaw)
            @ about_x(3.0 + 0.3 * extra_deg + poke_deg + pitch + 0.8 * bob)
            @ about_y(tilt)
        )
        return Trunk(pelvis, thorax, head, self._shrug_deg(raise_mm))

    def _arm(self, trunk: Trunk, side: str, sign: float, phase: float, gain: float) -> dict[str, np.ndarray]:
        """Clavicle, upper arm and forearm; *phase* counts from the landing of the same side's foot."""
        body, style = self._body, self._style
        shoulder, elbow, wrist = (body.head_m(b + side) for b in ("upperarm01", "lowerarm01", "wrist"))
        upper, fore = elbow - shoulder, wrist - elbow
        rest_hinge = np.cross(fore, upper)
        # The arm is furthest back when its own side's foot lands, and hangs about there for a moment.
        swing = -np.cos(2 * np.pi * (phase - 0.03)) + 0.10 * np.cos(4 * np.pi * phase)
        flexion_deg = style.arm_middle_deg + 0.5 * style.arm_swing_deg * gain * swing
        out_deg = style.elbows_out_deg - 3.0 * swing
        down = about_x(-flexion_deg) @ about_y(-sign * out_deg) @ _DOWN
        hinge = about_x(-flexion_deg) @ about_z(-sign * (style.hands_in_deg + 6.0 * swing)) @ _LEFT
        frame = limb_frame(down, hinge)
        bend_deg = style.elbow_deg + 11.0 * swing
        bend = np.radians(bend_deg)
        forearm = np.cos(bend) * frame[:, 0] + np.sin(bend) * frame[:, 2]
        upper_turn = trunk.thorax @ aim(upper, rest_hinge, down, hinge)
        fore_turn = trunk.thorax @ aim(fore, rest_hinge, forearm, frame[:, 1])
        return {
            "clavicle" + side: trunk.thorax @ _shrug(sign, trunk.shrug_deg),
            "upperarm01" + side: upper_turn,
            "lowerarm01" + side: fore_turn,
        }

    def _leg_turns(
        self, hip_m: np.ndarray, hips_m: np.ndarray, side: str, sign: float, phase: float
    ) -> dict[str, np.ndarray]:
        """Thigh, shank, foot and toes; *phase* counts from the landing of this foot."""
        body, leg = self._body, self._leg
        forward_m, up_m = at(leg.ankle_m, phase)
        foot_deg, toe_deg = float(at(leg.foot_deg, phase)), float(at(leg.toe_deg, phase))
        ankle = np.array(
            [
                hips_m[0] + sign * 0.5 * self._style.step_width_m,
                hips_m[1] - forward_m,
                self._belt_m + up_m,
            ]
        )
        along = ankle - hip_m
        reach = float(np.linalg.norm(along))
        longest = 0.997 * (self._thigh_m + self._shank_m)
        if reach > longest:
            along, reach = along * (longest / reach), longest
        a, b = self._thigh_m, self._shank_m
        at_hip = np.arccos(np.clip((a * a + reach * reach - b * b) / (2 * a * reach), -1, 1))
        frame = limb_frame(along, _LEFT)
        thigh = np.cos(at_hip) * frame[:, 0] + np.sin(at_hip) * frame[:, 2]
        shank = along - a * thigh
        hip, knee, foot = (body.head_m(n + side) for n in ("upperleg01", "lowerleg01", "foot"))
        rest_hinge = limb_frame(foot - hip, _LEFT)[:, 1]
        foot_turn = about_z(sign * 5.0) @ about_x(foot_deg)
        turns = {
            "upperleg01" + side: aim(knee - hip, rest_hinge, thigh, frame[:, 1]),
            "lowerleg01" + side: aim(foot - knee, rest_hinge, shank, frame[:, 1]),
            "foot" + side: foot_turn,
        }
        turns |= {f"toe{n}-1{side}": foot_turn @ about_x(-toe_deg) for n in (1, 2, 3, 4, 5)}
        return turns

    def _measure_leans(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the key points show the trunk to lean, by the forward turn of the thorax."""
        bends_deg = np.linspace(-20.0, 60.0, 17)
        leans_deg = []
        for bend_deg in bends_deg:
            pelvis, thorax = about_x(_PELVIS_SHARE * float(bend_deg)), about_x(float(bend_deg))
            turns = _spine(Trunk(pelvis, thorax, np.eye(3), 0.0), 0.0)
            turns |= {"upperleg01" + side: np.eye(3) for side, _, _ in _SIDES}
            for side, sign, _ in _SIDES:
                turns |= self._arm(Trunk(pelvis, thorax, np.eye(3), 0.0), side, sign, 0.25, 1.0)
            transforms = bone_transforms(self._body, BonePose(turns, np.zeros(3), np.zeros(3)))
            leans_deg.append(lean_deg(coco_points(self._body, transforms)))
        return bends_deg, np.array(leans_deg)

    def _bend_deg(self, wanted_deg: float) -> float:
        bends_deg, leans_deg = self._lean_table
        return float(np.interp(wanted_deg, leans_deg, bends_deg))

    def _measure_shrugs(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the key points of the shoulders rise over the thorax, by the turn of the clavicles."""
        body = self._body
        angles_deg = np.linspace(0.0, 40.0, 9)
        rises_mm = []
        for angle_deg in angles_deg:
            trunk = Trunk(np.eye(3), np.eye(3), np.eye(3), float(angle_deg))
            turns: dict[str, np.ndarray] = {}
            for side, sign, _ in _SIDES:
                # Averaged over the swing, as the arms' own turn moves the skin of the shoulders too.
                turns |= self._arm(trunk, side, sign, 0.25, 1.0)
            transforms = bone_transforms(body, BonePose(turns, np.zeros(3), np.zeros(3)))
            shoulders_m = coco_points(body, transforms)[5:7]
            rises_mm.append(1000.0 * float(shoulders_m[:, 2].mean()))
        return angles_deg, np.array(rises_mm) - rises_mm[0]

    def _shrug_deg(self, raise_mm: float) -> float:
        angles_deg, rises_mm = self._shrug_table
        return float(np.interp(raise_mm, rises_mm, angles_deg))


def _shrug(sign: float, angle_deg: float) -> np.ndarray:
    """Turn of a clavicle: outer end up, and a little forward (rounded shoulders)."""
    return about_z(-sign * 0.3 * angle_deg) @ about_y(-sign * angle_deg)


def _spine(trunk: Trunk, raise_mm: float) -> dict[str, np.ndarray]:
    """Spread the turn from the pelvis to the thorax, and from the thorax to the head, over the spine's bones."""
    turns = {"root": trunk.pelvis, "spine01": trunk.thorax, "head": trunk.head}
    between = (("spine05", 0.2), ("spine04", 0.5), ("spine03", 0.8), ("spine02", 1.0))
    turns |= {bone: _between(trunk.pelvis, trunk.thorax, share) for bone, share in between}
    # Drawn-up shoulders go with a neck that leans forward under a level head.
    neck = about_x(0.12 * raise_mm) @ trunk.thorax
    turns["neck01"] = _between(neck, trunk.head, 0.25)
    turns["neck02"] = _between(neck, trunk.head, 0.5)
    turns["neck03"] = _between(neck, trunk.head, 0.75)
    return turns


def _between(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """The rotation that lies a share of the way from a to b (the mean matrix made a rotation again)."""
    u, _, vt = np.linalg.svd((1 - share) * a + share * b)
    return u @ vt
