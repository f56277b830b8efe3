"""Draws the frames with OpenGL (moderngl on EGL; Mesa's software renderer will do, no screen is needed)."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import scene, shaders
from .camera import Camera
from .errors import NoOpenGLError
from .outfit import SOLE_M, Dressed, Runner
from .skeleton import Body

_SAMPLES = 4
_SHADOW_PX = 1536
_LIGHT_DIRECTION = np.array([0.62, -0.48, 1.05])
"""Towards the light; the shaders' KEY."""


class Painter:
    """One camera's view of the room, with or without a runner."""

    def __init__(self, camera: Camera, dressed: Dressed | None, runner: Runner | None) -> None:
        import moderngl

        try:
            self._gl: Any = moderngl.create_context(standalone=True, backend="egl", require=330)
        except Exception as error:  # moderngl raises bare Exceptions
            raise NoOpenGLError(f"OpenGL does not start ({error})") from error
        gl = self._gl
        self._camera = camera
        size = (camera.width_px, camera.height_px)
        self._large, self._empty = (
            gl.framebuffer(
                [gl.renderbuffer(size, 4, samples=_SAMPLES)],
                gl.depth_renderbuffer(size, samples=_SAMPLES),
            )
            for _ in range(2)
        )
        self._small = gl.simple_framebuffer(size, 4)
        self._shadow = gl.depth_texture((_SHADOW_PX, _SHADOW_PX))
        self._shadow.compare_func = "<="
        self._shadow.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._shadow.repeat_x = self._shadow.repeat_y = False
        self._shadow_frame = gl.framebuffer(depth_attachment=self._shadow)
        self._shadow_program = gl.program(shaders.SHADOW_VERTEX, shaders.SHADOW_FRAGMENT)
        self._scene_program = gl.program(shaders.SCENE_VERTEX, shaders.SCENE_FRAGMENT)
        self._body_program = gl.program(shaders.BODY_VERTEX, shaders.BODY_FRAGMENT)
        light = _light_matrix()
        _set(self._shadow_program, "light_clip", light)
        for program in (self._scene_program, self._body_program):
            _set(program, "clip", camera.clip_matrix())
            _set(program, "light_clip", light)
            program["eye"] = tuple(camera.position_m)
            program["shadow"] = 0
        self._scene_program["walls"] = (scene.WALL_X_M, scene.WALL_Y_M)
        self._room, self._floor, self._treadmill = (
            self._upload(part) for part in (scene.room(), scene.floor(), scene.treadmill())
        )
        self._shadow_box = _shadow_box(camera)
        self._body: tuple[Any, Any, Any] | None = None
        if dressed is not None and runner is not None:
            self._body = self._upload_body(dressed, runner)
        self._paint_empty()

    def paint(
        self,
        t_s: float,
        posed: tuple[np.ndarray, np.ndarray] | None,
        soles_m: np.ndarray,
        tail: scene.Triangles | None = None,
    ) -> np.ndarray:
        """One frame, uint8 (height, width, 3).

        :param posed: vertices and normals of the dressed body.
        :param soles_m: (2, 3), middles of the soles, for the shadow under them.
        :param tail: the pony tail, if there is one.
        """
        gl, body = self._gl, self._body
        arrays = [self._treadmill]
        if tail is not None:
            arrays.append(self._upload(tail))
        self._scene_program["soles"] = [tuple(map(float, s)) for s in soles_m]
        self._scene_program["crowd"] = 0.0 if posed is None else 1.0
        self._scene_program["belt_shift"] = (scene.BELT_SPEED_MPS * t_s) % 2.9
        if posed is not None and body is not None:
            body[2].write(np.concatenate(posed, axis=1).astype("f4").tobytes())
            self._cast([shadow for _, shadow in arrays] + [self._room[1], body[1]])

        # The empty room is copied; only what moves or lies in the runner's shadow is painted again.
        gl.copy_framebuffer(self._large, self._empty)
        self._large.use()
        self._shadow.use(0)
        for lit, _ in arrays:
            lit.render()
        self._large.scissor = self._shadow_box
        self._floor[0].render()
        self._large.scissor = None
        if posed is not None and body is not None:
            gl.enable(gl.CULL_FACE)
            body[0].render()
            gl.disable(gl.CULL_FACE)
        gl.copy_framebuffer(self._small, self._large)
        data = self._small.read(components=3, alignment=1)
        height, width = self._camera.height_px, self._camera.width_px
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)[::-1]

    def _paint_empty(self) -> None:
        """The room and the treadmill with nobody on it, kept for every frame."""
        gl = self._gl
        # Painting a surface again at its own depth must win.
        gl.enable(gl.DEPTH_TEST)
        gl.depth_func = "<="
        self._scene_program["crowd"] = 0.0
        self._cast([self._room[1], self._treadmill[1]])
        self._empty.use()
        self._empty.clear(0.8, 0.8, 0.8, depth=1.0)
        self._shadow.use(0)
        for lit, _ in (self._room, self._floor, self._treadmill):
            lit.render()

    def _cast(self, shadows: list[Any]) -> None:
        self._shadow_frame.use()
        self._shadow_frame.clear(depth=1.0)
        for shadow in shadows:
            shadow.render()

    def close(self) -> None:
        """Give the graphics memory back."""
        self._gl.release()

    def _upload(self, part: scene.Triangles) -> tuple[Any, Any]:
        columns = [part.vertices_m, part.normals, part.colours, part.kind[:, None]]
        buffer = self._gl.buffer(np.concatenate(columns, axis=1).astype("f4").tobytes())
        names = ("in_position", "in_normal", "in_colour", "in_kind")
        lit = self._gl.vertex_array(self._scene_program, [(buffer, "3f 3f 3f 1f", *names)])
        shadow = self._gl.vertex_array(self._shadow_program, [(buffer, "3f 28x", "in_position")])
        return lit, shadow

    def _upload_body(self, dressed: Dressed, runner: Runner) -> tuple[Any, Any, Any]:
        gl, program = self._gl, self._body_program
        program["shirt"], program["shorts"] = runner.shirt, runner.shorts
        program["shoes"], program["hair"] = runner.shoes, runner.hair
        program["sole_z"] = float(dressed.vertices_m[:, 2].min()) + SOLE_M + 0.010
        program["chest_z"] = dressed.chest_z_m
        moving = gl.buffer(reserve=len(dressed.vertices_m) * 24, dynamic=True)
        still = [dressed.vertices_m, dressed.paint, dressed.fields_m]
        fixed = gl.buffer(np.concatenate(still, axis=1).astype("f4").tobytes())
        index = gl.buffer(dressed.triangles.astype("i4").tobytes())
        lit = gl.vertex_array(
            program,
            [
                (moving, "3f 3f", "in_position", "in_normal"),
                (fixed, "3f 3f 4f", "in_rest", "in_paint", "in_fields"),
            ],
            index,
        )
        shadow = gl.vertex_array(self._shadow_program, [(moving, "3f 12x", "in_position")], index)
        return lit, shadow, moving


def _set(program: Any, name: str, matrix: np.ndarray) -> None:
    program[name].write(matrix.T.astype("f4").tobytes())


def _light_matrix() -> np.ndarray:
    """From the world to the shadow map: a parallel beam round the treadmill."""
    back = _LIGHT_DIRECTION / np.linalg.norm(_LIGHT_DIRECTION)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    up = np.cross(back, right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right / 2.2, up / 2.2, -back / 6.0])
    matrix[:3, 3] = -matrix[:3, :3] @ np.array([0.0, 0.3, 0.8])
    return matrix


def _shadow_box(camera: Camera) -> tuple[int, int, int, int]:
    """The rectangle (left, bottom, width, height in pixels from the bottom left) of the floor under the shadow."""
    corners = np.array([(x, y, 0.0) for x in (-1.7, 0.6) for y in (-1.0, 1.6)])
    pixels = camera.project(corners)
    width, height = camera.width_px, camera.height_px
    left, top = np.floor(np.clip(pixels.min(axis=0), 0, [width, height])).astype(int)
    right, bottom = np.ceil(np.clip(pixels.max(axis=0), 0, [width, height])).astype(int)
    return int(left), int(height - bottom), int(right - left), int(bottom - top)


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
