"""From what the body is to do to the turn of every bone, for many moments at once."""

from __future__ import annotations

import numpy as np

from . import gait
from .aiming import Aims, Controls
from .description import Style
from .limbs import LEFT, SIDES, SIGN, Limb, hanging_arm
from .moments import RUN, STAND, WALK, Moments
from .skeleton import Body, Transforms, about_x, about_y, about_z, cross, unit

RAIL_X_M, RAIL_UP_M = 0.305, 0.024
"""Where the side rails lie that one can stand on: off the middle, and over the belt."""

_CHAIN = ("root", "spine05", "spine04", "spine03", "spine02", "spine01", "neck01", "neck02", "neck03", "head")
_SPINE = np.array([0.0, 0.2, 0.5, 0.8, 1.0, 1.0])
"""How much of the way from the pelvis' turn to the thorax' the pelvis and each bone of the spine go."""
_CURVE = np.array([0.0, 0.0, 0.0, 0.35, 0.75, 1.0])
"""The same for a bend from the lower thoracic spine upward."""
_NECK = np.array([0.05, 0.2, 0.5])
"""How much of the way from the neck's root to the head each bone of the neck goes: a chin pokes out from below."""
_TOES_OUT_DEG = 5.0
_PELVIS_SHARE = 0.4
"""How much of the runner's own forward lean the pelvis makes; the lower spine makes the rest."""


class Poser:
    """Poses one body in one style.

    :param sole_m: thickness of the shoes' soles, under the mesh's own feet.
    """

    def __init__(self, body: Body, style: Style, sole_m: float) -> None:
        self._body = body
        self._style = style
        self._parents = np.array(body.parents)
        self._chain = np.array([body.bones.index(bone) for bone in _CHAIN])
        self._clavicles = np.array([body.bones.index("clavicle" + side) for side in SIDES])
        self._feet = np.array([body.bones.index("foot" + side) for side in SIDES])
        self._toes = [np.array([body.bones.index(f"toe{n}-1{side}") for side in SIDES]) for n in (1, 2, 3, 4, 5)]
        self._arms = Limb(body, "upperarm01", "lowerarm01", "wrist")
        self._legs = Limb(body, "upperleg01", "lowerleg01", "foot", LEFT)
        self._owners = self._nearest_turned()
        leg = _leg(body, self._legs, sole_m)
        self.run = gait.run(leg, style.speed_mps, style.cadence_spm, style.rise_m)
        self.walk = gait.walk(leg)
        self._leg_m = leg
        self._aims = Aims(body, style, self.run.step_m, self.transforms)

    @property
    def rest_m(self) -> np.ndarray:
        """(2, 3) where shoulders' and ears' middles lie in the thorax' frame when this body's arms hang."""
        return self._aims.rest_m

    def pose(self, moments: Moments) -> Transforms:
        """World rotations (N, B, 3, 3) and translations (N, B, 3) of the bones."""
        return self.transforms(moments, self._aims.controls(moments))

    def transforms(self, moments: Moments, controls: Controls) -> Transforms:
        """The same with the turns of the trunk given outright."""
        n, bones = len(moments.phase), len(self._body.bones)
        turned: Transforms = (np.empty((n, bones, 3, 3)), np.empty((n, bones, 3)))
        self._place_trunk(moments, controls, turned)
        self._place_arms(moments, controls, turned)
        self._place_legs(moments, turned)
        rotations, translations = turned[0][:, self._owners], turned[1][:, self._owners]
        if moments.heading_deg.any():
            way = about_z(moments.heading_deg)
            rotations = way[:, None] @ rotations
            translations = translations @ np.swapaxes(way, -1, -2)
        return rotations, translations + moments.place_m[:, None]

    def _place_trunk(self, m: Moments, c: Controls, turned: Transforms) -> None:
        swing = np.cos(2 * np.pi * (m.phase - 0.02))
        stepping = m.gaits[:, RUN] + m.gaits[:, WALK]
        # The pelvis drops a little towards the leg that swings; the thorax stays nearly level.
        drop_deg = 3.5 * np.sin(2 * np.pi * (m.phase + 0.03)) * stepping
        pelvis_yaw_deg = -0.5 * c.pelvis_range_deg * swing
        thorax_deg = c.bend_deg + c.hips_deg + c.curve_deg
        # Asked for in the horizontal plane, made about the thorax' own axis.
        yaw = np.arctan(np.tan(np.radians(0.5 * c.yaw_range_deg * swing)) / np.cos(np.radians(thorax_deg)))
        yaw_deg = np.degrees(yaw)
        pitch = c.hips_deg[:, None] + c.bend_deg[:, None] * (_PELVIS_SHARE + (1 - _PELVIS_SHARE) * _SPINE)
        spine = np.stack(
            [
                pitch + c.curve_deg[:, None] * _CURVE,
                _mix(pelvis_yaw_deg, yaw_deg, _SPINE),
                _mix(-drop_deg, 0.35 * drop_deg, _SPINE),
            ]
        )
        head_pitch_deg = c.head_deg
        head_yaw_deg = 0.08 * yaw_deg + m.head_deg[:, 2]
        neck = np.stack(
            [
                _mix(thorax_deg + c.neck_deg, head_pitch_deg, _NECK),
                _mix(yaw_deg, head_yaw_deg, _NECK),
                _mix(0.35 * drop_deg, m.head_deg[:, 1], _NECK),
            ]
        )
        pitch_deg, yaws_deg, side_deg = np.concatenate([spine, neck], axis=2)
        head = about_z(head_yaw_deg) @ about_x(head_pitch_deg) @ about_y(m.head_deg[:, 1])
        column = np.concatenate([about_x(pitch_deg) @ about_z(yaws_deg) @ about_y(side_deg), head[:, None]], axis=1)

        body = self._body
        hips = 0.5 * (body.head_m("upperleg01.L") + body.head_m("upperleg01.R"))
        base = self._hips_m(m) - column[:, 0] @ hips
        steps = ((column[:, :-1] - column[:, 1:]) @ body.heads_m[self._chain[1:], :, None])[..., 0]
        # The root of the neck slides forward on the thorax, as the topmost ribs and vertebrae let it.
        steps[:, _CHAIN.index("neck01") - 1] -= 0.001 * c.slide_mm[:, None] * column[:, 5, :, 1]
        turned[0][:, self._chain] = column
        turned[1][:, self._chain] = base[:, None] + np.concatenate(
            [np.zeros_like(steps[:, :1]), np.cumsum(steps, axis=1)], axis=1
        )

    def _hips_m(self, m: Moments) -> np.ndarray:
        """The middle between the hip joints, over the ground."""
        run, walk, stand, rails = m.gaits.T
        standing_m = self._leg_m.height_m(8.0) + self._leg_m.ankle_m
        astride_m = float(np.sqrt(self._leg_m.height_m(8.0) ** 2 - 0.2**2)) + self._leg_m.ankle_m + RAIL_UP_M
        up_m = (
            run * (self.run.hip_m + self.run.rise_m(m.phase, self._style.rise_m * m.rise_gain))
            + walk * (self.walk.hip_m + self.walk.rise_m(m.phase, gait.WALK_RISE_M))
            + stand * standing_m
            + rails * astride_m
        )
        sway_m = (0.008 * run + 0.016 * walk) * np.sin(2 * np.pi * (m.phase + 0.08 * run))
        return np.stack([sway_m, np.zeros_like(up_m), up_m], axis=1)

    def _place_arms(self, m: Moments, c: Controls, turned: Transforms) -> None:
        rotations, translations = turned
        thorax = rotations[:, self._chain[5]][:, None]
        raised = about_z(-SIGN * (0.3 * c.shrug_deg + c.protract_deg)[:, None]) @ about_y(-SIGN * c.shrug_deg[:, None])
        self._attach(turned, self._clavicles, thorax @ raised)
        self._attach(turned, self._arms.upper, thorax)
        shoulders_m = (rotations[:, self._arms.upper] @ self._body.heads_m[self._arms.upper, :, None])[
            ..., 0
        ] + translations[:, self._arms.upper]

        upper, lower = (thorax @ d[..., None] for d in self._swinging_arms(m))
        upper, lower = upper[..., 0], lower[..., 0]
        if m.cross.any() or m.reaches:
            upper, lower = self._reaching(m, turned, thorax, shoulders_m, upper, lower)
        hinge = cross(lower, upper)
        for bones, turn in zip(
            (self._arms.upper, self._arms.lower), self._arms.turns(upper, lower, hinge), strict=True
        ):
            self._attach(turned, bones, turn)

    def _swinging_arms(self, m: Moments) -> np.ndarray:
        """Upper arms' and forearms' directions in the thorax' frame."""
        style = self._style
        swing = _arm_swing(m.phase)
        run, walk, rest = m.gaits[:, RUN, None], m.gaits[:, WALK, None], m.gaits[:, STAND:].sum(axis=1)[:, None]
        # The style's swing is meant at the usual speed; faster runners swing their arms further.
        range_deg = style.arm_swing_deg * (style.speed_mps / gait.RUN_MPS) ** 0.35
        moved = m.arm_gain[:, None] * swing
        flexion_deg = run * (style.arm_middle_deg + 0.5 * range_deg * moved) + walk * (14.0 * moved) + rest * 1.0
        out_deg = run * (style.elbows_out_deg - 3.0 * swing) + (walk + rest) * 9.0
        in_deg = run * (style.hands_in_deg + 6.0 * swing) + (walk + rest) * 14.0
        elbow_deg = run * (style.elbow_deg + 11.0 * swing) + walk * (22.0 + 7.0 * swing) + rest * 14.0
        return hanging_arm(flexion_deg, out_deg, in_deg, elbow_deg)

    def _reaching(
        self,
        m: Moments,
        turned: Transforms,
        thorax: np.ndarray,
        shoulders_m: np.ndarray,
        upper: np.ndarray,
        lower: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The arms' directions where something else than the swing wants the hands."""
        elbows_m = shoulders_m + self._arms.upper_m * upper
        wrists_m = elbows_m + self._arms.lower_m * lower
        towards = unit(elbows_m - 0.5 * (shoulders_m + wrists_m))
        # Wrists that cross the midline do so at the front of their swing.
        front = m.cross[:, None] * gait.ease((_arm_swing(m.phase) + 0.5) / 1.4)
        middle_m = shoulders_m[..., 0].mean(axis=1, keepdims=True)
        passed_m = middle_m - SIGN * 0.001 * m.cross_mm[:, None]
        wrists_m[..., 0] += front * (passed_m - wrists_m[..., 0])
        back = np.swapaxes(about_z(m.heading_deg), -1, -2)[:, None]
        for reach in m.reaches:
            if reach.with_head:
                head = self._chain[9]
                place_m = reach.to_m @ np.swapaxes(turned[0][:, head], -1, -2) + turned[1][:, head, None]
            else:
                place_m = (back @ (reach.to_m - m.place_m[:, None])[..., None])[..., 0]
            weight = reach.weight[..., None]
            elbow = np.stack([reach.elbow, reach.elbow * [-1.0, 1.0, 1.0]])
            place_m = self._arms.within_reach(shoulders_m, place_m)
            wrists_m = wrists_m + weight * (place_m - wrists_m)
            towards = towards + weight * ((thorax @ elbow[..., None])[..., 0] - towards)
        return self._arms.bent(shoulders_m, wrists_m, towards)

    def _place_legs(self, m: Moments, turned: Transforms) -> None:
        rotations, translations = turned
        root = self._chain[0]
        hips_m = self._body.heads_m[self._legs.upper] @ np.swapaxes(rotations[:, root], -1, -2)
        hips_m = hips_m + translations[:, root, None]
        ankles, pitch_deg, toe_deg = self._steps(m)
        thigh, shank = self._legs.bent(hips_m, ankles, np.array([0.0, -1.0, 0.0]))
        for bones, turn in zip((self._legs.upper, self._legs.lower), self._legs.turns(thigh, shank, LEFT), strict=True):
            self._attach(turned, bones, turn)
        foot = about_z(_TOES_OUT_DEG * SIGN) @ about_x(pitch_deg)
        self._attach(turned, self._feet, foot)
        toes = foot @ about_x(-toe_deg)
        for bones in self._toes:
            self._attach(turned, bones, toes)

    def _steps(self, m: Moments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The ankles (N, 2, 3) against the body's place, the feet's pitch and the toes' bend (N, 2)."""
        phase = m.phase[:, None] - np.array([0.0, 0.5])
        width_m = self._style.step_width_m
        path = np.zeros((*phase.shape, 4))
        for column, cycle in ((RUN, self.run), (WALK, self.walk)):
            weight = m.gaits[:, column, None]
            if weight.any():
                step = gait.at(cycle.path, phase)
                step[..., 0] *= np.clip(m.step_m / cycle.step_m, 0.0, 1.3)[:, None]
                path += weight[..., None] * step
        run, walk, stand, rails = m.gaits.T
        path[..., 1] += ((stand + rails) * self._leg_m.ankle_m + rails * RAIL_UP_M)[:, None]
        wide_m = 0.5 * (run * width_m + walk * max(width_m, 0.09) + stand * 0.18) + rails * RAIL_X_M
        # Feet point outward a little; the ball of the foot, not the ankle, keeps to its line when the heel lifts.
        pitch, leg = np.radians(path[..., 2]), self._leg_m
        drawn_m = leg.ball_ahead_m * (1.0 - np.cos(pitch)) + (leg.ankle_m - leg.ball_m) * np.sin(pitch)
        wide_m = wide_m[:, None] + np.sin(np.radians(_TOES_OUT_DEG)) * drawn_m
        ankles = np.stack([SIGN * wide_m, -path[..., 0], path[..., 1]], axis=-1)
        ankles[..., :2] += m.feet_m
        return ankles, path[..., 2], path[..., 3]

    def _attach(self, turned: Transforms, bones: np.ndarray, turn: np.ndarray) -> None:
        """Turn bones about their joints, which their parents carry."""
        rotations, translations = turned
        parents = self._parents[bones]
        rotations[:, bones] = turn
        moved = (rotations[:, parents] - turn) @ self._body.heads_m[bones, :, None]
        translations[:, bones] = moved[..., 0] + translations[:, parents]

    def _nearest_turned(self) -> np.ndarray:
        """For each bone itself, or the nearest bone towards the root that is turned."""
        pairs = (self._clavicles, self._arms.upper, self._arms.lower, self._legs.upper, self._legs.lower, self._feet)
        chosen = {int(bone) for bones in (self._chain, *pairs, *self._toes) for bone in bones}
        owners: list[int] = []
        for bone, parent in enumerate(self._body.parents):
            owners.append(bone if bone in chosen else owners[parent])
        return np.array(owners)


def _leg(body: Body, legs: Limb, sole_m: float) -> gait.Leg:
    """The lengths of the left leg; shoes add their soles."""
    ankle, ball = body.head_m("foot.L"), body.head_m("toe2-1.L")
    lowest_m = float(body.vertices_m[:, 2].min())
    tip_y = body.vertices_m[body.vertices_m[:, 2] < ankle[2], 1].min()
    foot = body.vertices_m[body.weights[:, body.bones.index("foot.L")] > 0.5] - ankle
    heel = foot[foot[:, 1] > 0.0]
    return gait.Leg(
        legs.upper_m,
        legs.lower_m,
        ball_ahead_m=float(ankle[1] - ball[1]),
        toes_m=float(ball[1] - tip_y),
        ankle_m=float(ankle[2]) - lowest_m + sole_m,
        ball_m=float(ball[2]) - lowest_m + sole_m,
        heel=np.stack([-heel[:, 1], heel[:, 2] - sole_m], axis=1),
    )


def _arm_swing(phase: np.ndarray) -> np.ndarray:
    """(N, 2) about −1..1: furthest back when the same side's foot lands, where the arm hangs for a moment."""
    side = phase[:, None] - np.array([0.0, 0.5])
    return -np.cos(2 * np.pi * (side - 0.03)) + 0.10 * np.cos(4 * np.pi * side)


def _mix(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(N, shares) between a and b."""
    return a[:, None] + (b - a)[:, None] * share
