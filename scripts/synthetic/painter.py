"""Draws the pictures with OpenGL (moderngl on EGL; Mesa's software renderer will do, no screen is needed).

The furnished room is painted once.  For every picture, what moves is painted over its depth at ``SPAN`` times the
size, then shrunk and laid over the room with its shadows, and only in the rectangle where anything has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import scene as scenes
from . import shaders
from .camera import Camera
from .description import Light, Outfit, Scene
from .errors import NoOpenGLError
from .outfit import SOLE_M, Dressed
from .skeleton import Body
from .uploads import Figure, Flat, Posed, ShadowMap, Target, set_uniform

_NEAR_M, _FAR_M = 0.1, 30.0
_BELT_PERIOD_M = 2.9
_NO_MIRROR = (0.0, 0.0, 0.0, 1.0)


class Painter:
    """One camera's view of a furnished room and the figures in it.

    :param figures: body and clothes of each.
    :param fine: finer edges and soft shadows, at twice the cost: for pictures that people look at.
    :raises NoOpenGLError: OpenGL does not start.
    """

    def __init__(
        self,
        camera: Camera,
        scene: Scene,
        light: Light,
        figures: Sequence[tuple[Dressed, Outfit]],
        fine: bool = False,
    ) -> None:
        import moderngl

        try:
            self._gl: Any = moderngl.create_context(standalone=True, backend="egl", require=330)
        except Exception as error:  # moderngl raises bare Exceptions
            raise NoOpenGLError(f"OpenGL does not start ({error})") from error
        gl = self._gl
        self._cull, self._depth_test = moderngl.CULL_FACE, moderngl.DEPTH_TEST
        gl.enable(self._depth_test)
        # Painting a surface again at its own depth must win.
        gl.depth_func = "<="
        self._camera, self._light = camera, light
        self._stage = scenes.stage(scene, camera, light.backlit)
        self._span = span = 3 if fine and camera.height_px <= 720 else 2
        sources = shaders.programs(span, fine)
        self._programs = {name: gl.program(*source) for name, source in sources.items()}

        size, large = (camera.width_px, camera.height_px), (span * camera.width_px, span * camera.height_px)
        self._still = gl.texture(size, 4)
        self._base, self._over = (Target(gl, large) for _ in range(2))
        self._joined = gl.framebuffer([gl.texture(size, 4), gl.texture(size, 1, dtype="f4")])
        self._still_shadow, self._moving_shadow = (ShadowMap(gl, 1536 if fine else 512) for _ in range(2))

        key_from = _unit(0.62 if camera.azimuth_deg >= 0.0 else -0.62, -0.48, 1.05)
        self._shadow_m = key_from[:2] / key_from[2]
        self._set_uniforms(key_from)
        mirror = self._stage.mirror
        eye = camera.position_m
        self._views = [(camera.clip_matrix(_NEAR_M, _FAR_M), eye, "ccw")]
        if mirror:
            view = (self._views[0][0] @ mirror.reflection, (mirror.reflection @ np.append(eye, 1.0))[:3], "cw")
            self._views.append(view)
        self._figures = [Figure(gl, self._programs, *figure) for figure in figures]
        self._belts = [Flat(gl, self._programs, scenes.belt(x)) for x in self._stage.treadmills_x_m]
        self._whole = gl.vertex_array(self._programs["join"], [])
        self._paint_still()
        self._box = (0, 0, *size)
        self._join((0, 0, *size))
        self._empty_depth_m = self._read_depth()
        self._empty = np.empty((camera.height_px, camera.width_px, 3), np.uint8)
        self._empty[:] = self._read_colour()

    def paint(
        self, t_s: float, posed: Sequence[Posed | None], *, belt_m: float | None = None, same_shadows: bool = False
    ) -> np.ndarray:
        """One picture, uint8 (height, width, 3).

        :param posed: one for each of the figures; None for those that are not there.
        :param belt_m: how far the runner's belt has run; the way at a common speed when nobody says.
        :param same_shadows: the shadows of the last picture will do: for the moments of one exposure.
        """
        gl = self._gl
        there = [(f, p) for f, p in zip(self._figures, posed, strict=True) if p is not None]
        for figure, pose in there:
            figure.write(pose)
        if not same_shadows:
            self._moving_shadow.cast([shadow for figure, _ in there for shadow in figure.shadows], closed=True)
        soles = np.concatenate([pose.soles for _, pose in there]) if there else np.zeros((0, 3))
        for program in (self._programs["moving"], self._programs["join"]):
            program["soles_count"] = len(soles)
            program["soles"].write(np.resize(soles, (shaders.MOST_SOLES, 3)).astype("f4").tobytes())

        gl.copy_framebuffer(self._over.frame, self._base.frame)
        self._over.frame.use()
        self._still_shadow.texture.use(0)
        self._moving_shadow.texture.use(1)
        usual_m = scenes.BELT_SPEED_MPS * t_s
        for clip, eye, front in self._views:
            self._look(("moving", "body"), clip, eye)
            gl.front_face = front
            runs_m = [usual_m if belt_m is None else belt_m, usual_m]
            for x_m, run_m, belt in zip(self._stage.treadmills_x_m, runs_m, self._belts, strict=False):
                self._programs["moving"]["belt_shift"] = run_m % _BELT_PERIOD_M
                self._programs["moving"]["belt_x"] = x_m
                belt.lit.render()
            for figure, _ in there:
                figure.paint(self._cull)
        gl.front_face = "ccw"
        self._box = self._changed([pose for _, pose in there])
        self._join(self._box)
        picture = self._empty.copy()
        left, top, width, height = self._box
        picture[top : top + height, left : left + width] = self._read_colour()
        return picture

    def depth_m(self) -> np.ndarray:
        """How far away each pixel of the last picture is along the optical axis, float32 (height, width), metres.

        In a mirror it is as far as what one sees there seems to be.
        """
        depth_m = self._empty_depth_m.copy()
        left, top, width, height = self._box
        depth_m[top : top + height, left : left + width] = self._read_depth()
        return depth_m

    def close(self) -> None:
        """Give the graphics memory back."""
        self._gl.release()

    def _set_uniforms(self, key_from: np.ndarray) -> None:
        camera, stage, light = self._camera, self._stage, self._light
        mirror = stage.mirror
        plane = np.append(mirror.normal, -mirror.normal @ mirror.point_m) if mirror else _NO_MIRROR
        dim, ahead = 1.0 - light.backlit, camera.axes[2]
        values = {
            # A picture with a bright window in it is exposed for the window.
            "exposure": light.level * (1.0 - 0.30 * light.backlit),
            "glass": light.level * (1.0 + 1.2 * light.backlit),
            "key_from": key_from,
            "key_light": (0.08 + 0.92 * dim) * np.array([0.86, 0.82, 0.75]),
            "side_from": _unit(-np.sign(key_from[0]), 0.15, 0.45),
            "side_light": np.array([0.16, 0.19, 0.23]),
            "back_from": _unit(ahead[0], ahead[1], 0.55),
            "back_light": light.backlit * np.array([0.95, 0.98, 1.02]),
            "sky_low": (0.32 + 0.68 * dim) * np.array([0.30, 0.27, 0.24]),
            "sky_high": (0.32 + 0.68 * dim) * np.array([0.50, 0.52, 0.55]),
            "light_clip": _light_matrix(key_from).T,
            "still_shadow": 0,
            "moving_shadow": 1,
            "to_room": stage.turn.T,
            "walls": stage.walls_m,
            "treadmills_x": np.resize(stage.treadmills_x_m, 2),
            "treadmills_count": len(stage.treadmills_x_m),
            "large": 2,
            "still": 2,
            "moving": 3,
            "still_depth": 4,
            "moving_depth": 5,
            "axes": camera.axes,
            "eye": camera.position_m,
            "size": (camera.width_px, camera.height_px),
            "focal": camera.focal_px,
            "planes": (_NEAR_M, _FAR_M),
            "mirror": plane,
        }
        for program in self._programs.values():
            for name, value in values.items():
                if name in program:
                    set_uniform(program, name, value)

    def _paint_still(self) -> None:
        gl, stage = self._gl, self._stage
        shell, things = (Flat(gl, self._programs, part, "still") for part in (stage.shell, stage.things))
        belts = [Flat(gl, self._programs, scenes.belt(x), "still") for x in stage.treadmills_x_m]
        self._still_shadow.cast([things.shadow])
        self._base.frame.use()
        self._base.frame.clear(0.8, 0.8, 0.8, 1.0, depth=1.0)
        self._still_shadow.texture.use(0)
        for clip, eye, _ in self._views:
            self._look(("still",), clip, eye)
            for part in (shell, things, *belts):
                part.lit.render()
        shrunk = gl.framebuffer([self._still])
        shrunk.use()
        self._base.colour.use(2)
        gl.vertex_array(self._programs["shrink"], []).render(vertices=3)
        # From here on only its depth is of use, under what moves.
        gl.framebuffer([self._base.colour]).clear(0.0, 0.0, 0.0, 0.0)
        gl.copy_framebuffer(self._over.frame, self._base.frame)
        self._moving_shadow.cast(())

    def _look(self, programs: Sequence[str], clip: np.ndarray, eye: np.ndarray) -> None:
        for name in programs:
            set_uniform(self._programs[name], "clip", clip.T)
            set_uniform(self._programs[name], "eye", eye)

    def _join(self, box: tuple[int, int, int, int]) -> None:
        gl = self._gl
        gl.disable(self._depth_test)
        self._joined.use()
        self._joined.scissor = box
        self._moving_shadow.texture.use(1)
        for place, texture in enumerate((self._still, self._over.colour, self._base.depth, self._over.depth), start=2):
            texture.use(place)
        self._whole.render(vertices=3)
        self._joined.scissor = None
        gl.enable(self._depth_test)

    def _read_colour(self) -> np.ndarray:
        width, height = self._box[2:]
        data = self._joined.read(viewport=self._box, components=4, alignment=1)
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., :3]

    def _read_depth(self) -> np.ndarray:
        width, height = self._box[2:]
        data = self._joined.read(viewport=self._box, components=1, attachment=1, dtype="f4")
        return np.frombuffer(data, np.float32).reshape(height, width)

    def _changed(self, posed: Sequence[Posed]) -> tuple[int, int, int, int]:
        """The rectangle (left, top, width, height) round belts, figures, their shadows and their reflections."""
        corners = [
            np.array([(x + dx, y, scenes.BELT_M) for dx in (-0.4, 0.4) for y in (-1.0, 1.0)])
            for x in self._stage.treadmills_x_m
        ]
        for pose in posed:
            some = pose.vertices[::5]  # the margin makes up for the others
            low, high = some.min(axis=0) - 0.15, some.max(axis=0) + 0.15
            box = np.array([(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
            shadow = np.column_stack([box[:, :2] - self._shadow_m * box[:, 2:], np.zeros(8)])
            corners += [box, shadow]
        points = np.concatenate(corners)
        if self._stage.mirror:
            matrix = self._stage.mirror.reflection
            points = np.concatenate([points, points @ matrix[:3, :3].T + matrix[:3, 3]])
        width, height = self._camera.width_px, self._camera.height_px
        if (self._camera.depth_m(points) < _NEAR_M).any():
            return 0, 0, width, height
        pixels = self._camera.project(points)
        left, top = np.floor(np.clip(pixels.min(axis=0), 0, [width - 1, height - 1])).astype(int)
        right, bottom = np.ceil(np.clip(pixels.max(axis=0), 1, [width, height])).astype(int)
        return int(left), int(top), int(max(right - left, 1)), int(max(bottom - top, 1))


def _unit(x: float, y: float, z: float) -> np.ndarray:
    return np.array([x, y, z]) / np.linalg.norm([x, y, z])


def _light_matrix(key_from: np.ndarray) -> np.ndarray:
    """From the world to the shadow map: a parallel beam round the treadmill."""
    right = np.cross([0.0, 0.0, 1.0], key_from)
    right /= np.linalg.norm(right)
    up = np.cross(key_from, right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right / 2.2, up / 2.2, -key_from / 6.0])
    matrix[:3, 3] = -matrix[:3, :3] @ np.array([0.0, 0.3, 0.8])
    return matrix


def sole_middles(body: Body, transforms: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """World places of the middles of both soles, (2, 3)."""
    turn, shift = transforms
    places = []
    for side in (".L", ".R"):
        i = body.bones.index("foot" + side)
        middle = 0.6 * body.head_m("toe2-1" + side) + 0.4 * body.heads_m[i]
        middle[2] = body.vertices_m[:, 2].min() - SOLE_M
        places.append(turn[i] @ middle + shift[i])
    return np.array(places)
