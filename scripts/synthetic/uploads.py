"""What the painter keeps on the graphics card: triangles, bodies, pictures, shadow maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .description import Outfit
from .outfit import SOLE_M, Dressed
from .shapes import Triangles


@dataclass(frozen=True, eq=False)
class Posed:
    """A figure at one moment, in world axes.

    :param vertices: (V, 3), metres, in the order of the dressed body's.
    :param normals: (V, 3).
    :param soles: (2, 3), middles of the soles, for the shadow under them.
    :param strands: what hangs off the body, if anything does.
    """

    vertices: np.ndarray
    normals: np.ndarray
    soles: np.ndarray
    strands: Triangles | None = None


class Target:
    """A picture with its depth."""

    def __init__(self, gl: Any, size: tuple[int, int]) -> None:
        self.colour = gl.texture(size, 4)
        self.depth = gl.depth_texture(size)
        self.depth.compare_func = ""
        self.frame = gl.framebuffer([self.colour], self.depth)


class ShadowMap:
    """How far the key light gets."""

    def __init__(self, gl: Any, size_px: int) -> None:
        import moderngl

        self._gl, self._cull = gl, moderngl.CULL_FACE
        self.texture = gl.depth_texture((size_px, size_px))
        self.texture.compare_func = "<="
        self.texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.texture.repeat_x = self.texture.repeat_y = False
        self._frame = gl.framebuffer(depth_attachment=self.texture)

    def cast(self, shadows: Sequence[Any], closed: bool = False) -> None:
        """Paint all these vertex arrays into the empty map.

        :param closed: they are closed surfaces, so that those seen from behind can be left out.
        """
        self._frame.use()
        self._frame.clear(depth=1.0)
        if closed:
            self._gl.enable(self._cull)
        for shadow in shadows:
            shadow.render()
        self._gl.disable(self._cull)


class Flat:
    """Triangles on the graphics card."""

    def __init__(self, gl: Any, programs: dict[str, Any], part: Triangles, program: str = "moving") -> None:
        self._buffer = gl.buffer(_flat_bytes(part), dynamic=True)
        names = ("in_position", "in_normal", "in_colour", "in_kind")
        self.lit = gl.vertex_array(programs[program], [(self._buffer, "3f 3f 3f 1f", *names)])
        self.shadow = gl.vertex_array(programs["cast"], [(self._buffer, "3f 28x", "in_position")])
        self.count = len(part.kind)

    def write(self, part: Triangles) -> None:
        """Other triangles, as many as before."""
        self._buffer.write(_flat_bytes(part))


class Figure:
    """A dressed body on the graphics card."""

    def __init__(self, gl: Any, programs: dict[str, Any], dressed: Dressed, outfit: Outfit) -> None:
        self._gl, self._programs = gl, programs
        self._colours = {name: getattr(outfit, name) for name in ("shirt", "shorts", "shoes", "hair")}
        self._colours["sole_z"] = float(dressed.vertices_m[:, 2].min()) + SOLE_M + 0.010
        self._colours["chest_z"] = dressed.chest_z_m
        self._colours["stripes"] = float(outfit.stripes)
        size = len(dressed.vertices_m) * 12
        self._places, self._normals = gl.buffer(reserve=size, dynamic=True), gl.buffer(reserve=size, dynamic=True)
        still = [dressed.vertices_m, dressed.paint, dressed.fields_m]
        fixed = gl.buffer(np.concatenate(still, axis=1).astype("f4").tobytes())
        index = gl.buffer(dressed.triangles.astype("i4").tobytes())
        self._lit = gl.vertex_array(
            programs["body"],
            [
                (self._places, "3f", "in_position"),
                (self._normals, "3f", "in_normal"),
                (fixed, "3f 3f 4f", "in_rest", "in_paint", "in_fields"),
            ],
            index,
        )
        self._cast = gl.vertex_array(programs["cast"], [(self._places, "3f", "in_position")], index)
        self._hanging: Flat | None = None

    @property
    def shadows(self) -> list[Any]:
        """What the figure's shadow is cast by."""
        return [self._cast] if self._hanging is None else [self._cast, self._hanging.shadow]

    def write(self, pose: Posed) -> None:
        """Take up a pose."""
        self._places.write(np.ascontiguousarray(pose.vertices, dtype=np.float32))
        self._normals.write(np.ascontiguousarray(pose.normals, dtype=np.float32))
        if pose.strands is None:
            self._hanging = None
        elif self._hanging is not None and self._hanging.count == len(pose.strands.kind):
            self._hanging.write(pose.strands)
        else:
            self._hanging = Flat(self._gl, self._programs, pose.strands)

    def paint(self, cull: int) -> None:
        """Paint the figure into the picture in use."""
        program = self._programs["body"]
        for name, value in self._colours.items():
            program[name] = value
        self._gl.enable(cull)
        self._lit.render()
        self._gl.disable(cull)
        if self._hanging is not None:
            self._hanging.lit.render()


def _flat_bytes(part: Triangles) -> bytes:
    columns = [part.vertices_m, part.normals, part.colours, part.kind[:, None]]
    return np.concatenate(columns, axis=1).astype("f4").tobytes()


def set_uniform(program: Any, name: str, value: Any) -> None:
    """Set a uniform from numbers; matrices column by column."""
    if isinstance(value, int):
        program[name] = value
    else:
        program[name].write(np.asarray(value).astype("f4").tobytes())
