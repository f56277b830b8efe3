"""All that stands still round the runner, and where the belts and the mirror are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import poster, walls
from .camera import Camera
from .description import Scene
from .rooms import ROOMS, Room
from .shapes import BELT, GLOWING, Builder, Triangles, about_z, joined
from .walls import Place

BELT_M = 0.16
"""Height of the belt over the floor."""

BELT_SPEED_MPS = 2.75
"""How fast the belt's marks go back where nobody says."""

NEIGHBOUR_M = 1.3
"""How far the neighbour's treadmill is away, middle to middle."""

_MIRROR = Place("back", 0.4, 1.9, 0.15)
_MIRROR_TOP_M = 2.2
_MIRROR_AZIMUTH_DEG = 24.0
"""How far off its normal the camera sees the mirror's wall: so the reflection stands clear of the runner."""

_POSTER_OFF_DEG = 13.0
"""How far beside the runner the camera sees the poster."""


_WANTED_M = {"nobody": (0.8, 1.3), "neighbour": (1.72, 1.3), "bystanders": (2.14, 2.15)}
"""How much room at the right and behind is wanted, by who else is there; bystanders walk round the treadmill."""


@dataclass(frozen=True, eq=False)
class Mirror:
    """The mirror's plane in world axes.

    :param point_m: any point of it.
    :param normal: out of the wall.
    """

    point_m: np.ndarray
    normal: np.ndarray

    @property
    def reflection(self) -> np.ndarray:
        """The 4×4 matrix that swaps what is before the mirror with what one sees in it."""
        matrix = np.eye(4)
        matrix[:3, :3] -= 2.0 * np.outer(self.normal, self.normal)
        matrix[:3, 3] = 2.0 * (self.normal @ self.point_m) * self.normal
        return matrix


@dataclass(frozen=True, eq=False)
class Stage:
    """The room, furnished for one clip.

    :param shell: floor, walls and ceiling.
    :param things: all else that stands still and throws a shadow.
    :param mirror: the shell has a hole where it hangs.
    :param turn: (2, 2), from the world's x and y to the room's, in which the walls run along the axes.
    :param walls_m: x and y of the walls in the room's axes: low x, high x, low y, high y.
    :param treadmills_x_m: where treadmills stand.
    """

    shell: Triangles
    things: Triangles
    mirror: Mirror | None
    turn: np.ndarray
    walls_m: tuple[float, float, float, float]
    treadmills_x_m: tuple[float, ...]


def neighbour_x_m(azimuth_deg: float) -> float:
    """Where the neighbour's treadmill stands: never between camera and runner."""
    return -NEIGHBOUR_M if azimuth_deg >= 0.0 else NEIGHBOUR_M


def stage(scene: Scene, camera: Camera, backlit: float) -> Stage:
    """Furnish the room so that the camera has its far walls in view.

    :param backlit: above 0 the far walls have windows.
    """
    room = ROOMS[scene.background]
    # For a camera at the runner's right everything stands the other way round.  A room with a mirror is turned.
    own_deg = abs(camera.azimuth_deg)
    flip = np.diag([1.0 if camera.azimuth_deg >= 0.0 else -1.0, 1.0, 1.0])
    seen_deg = _MIRROR_AZIMUTH_DEG if scene.mirror else own_deg
    to_world = flip @ about_z(own_deg - seen_deg)

    taken, hung = [], []
    if scene.mirror:
        taken.append(_MIRROR)
        hung.append(walls.before(room, _MIRROR.wall, _MIRROR.at_m, _frame()))
    if scene.poster:
        place = _poster_place(room, camera.distance_m, seen_deg, to_the_left=scene.mirror)
        taken.append(place)
        hung.append(walls.before(room, place.wall, place.at_m, poster.poster()))
    if backlit > 0.0:
        windows, places = walls.glass_front(room, taken)
        hung += windows
        taken += places
    hole = _MIRROR if scene.mirror else None
    others = "bystanders" if scene.bystanders else "neighbour" if scene.neighbour else "nobody"
    hung += walls.things(room, taken, *_WANTED_M[others])
    origin = np.zeros(3)
    machine = treadmill(scene.console, scene.handrails)
    standing = [part.moved(to_world, origin) for part in hung] + [machine]
    treadmills_x_m = [0.0]
    if scene.neighbour:
        treadmills_x_m.append(neighbour_x_m(camera.azimuth_deg))
        standing.append(treadmill("low", "short").moved(np.eye(3), np.array([treadmills_x_m[1], 0.0, 0.0])))
    mirror = None
    if scene.mirror:
        normal = to_world @ np.array([0.0, -1.0, 0.0])
        mirror = Mirror(to_world @ np.array([0.0, room.depth_m, 0.0]), normal)
    return Stage(
        walls.shell(room, hole, _MIRROR_TOP_M).moved(to_world, origin),
        joined(standing),
        mirror,
        to_world[:2, :2].T,
        (-room.width_m, walls.NEAR_X_M, walls.NEAR_Y_M, room.depth_m),
        tuple(treadmills_x_m),
    )


def _frame() -> Triangles:
    """A narrow frame round the mirror."""
    b = Builder()
    x, z0, z1 = _MIRROR.width_m / 2, _MIRROR.bottom_m, _MIRROR_TOP_M
    grey = (0.42, 0.43, 0.45)
    for low, high in (
        ((-x - 0.03, -0.02, z0 - 0.03), (x + 0.03, 0.0, z0)),
        ((-x - 0.03, -0.02, z1), (x + 0.03, 0.0, z1 + 0.03)),
        ((-x - 0.03, -0.02, z0), (-x, 0.0, z1)),
        ((x, -0.02, z0), (x + 0.03, 0.0, z1)),
    ):
        b.box(low, high, grey)
    return b.build()


def _poster_place(room: Room, distance_m: float, seen_deg: float, to_the_left: bool) -> Place:
    """Where the poster hangs: beside the runner for the camera, as far from the walls' corner as can be."""
    azimuth = np.radians(seen_deg)
    lens = distance_m * np.array([np.sin(azimuth), -np.cos(azimuth)])
    width_m, bottom_m, _ = poster.POSTER_M
    offs_deg = (_POSTER_OFF_DEG,) if to_the_left else (_POSTER_OFF_DEG, -_POSTER_OFF_DEG)
    wall, at_m, corner_m = max(
        (walls.seen_at(room, lens, seen_deg + off) for off in offs_deg), key=lambda seen: seen[2]
    )
    away_m = max(0.5 * width_m + 0.08 - corner_m, 0.0)
    return Place(wall, at_m + away_m if wall == "back" else at_m - away_m, width_m, bottom_m)


def belt(x_m: float) -> Triangles:
    """The running belt of the treadmill that stands at *x_m*."""
    b = Builder()
    corners = [(-0.25, -0.78, BELT_M), (0.25, -0.78, BELT_M), (0.25, 0.79, BELT_M), (-0.25, 0.79, BELT_M)]
    b.quad(np.add(corners, [x_m, 0.0, 0.0]), (0.155, 0.16, 0.17), BELT)
    return b.build()


_DARK, _GREY, _LIGHT = (0.13, 0.14, 0.15), (0.30, 0.32, 0.34), (0.62, 0.64, 0.66)


def treadmill(console: str, handrails: str) -> Triangles:
    """Deck, side rails, console and handrails, without the belt.

    :param console: "none"; "low", which leaves the runner's trunk in sight from the front; "high", which hides hips
        and legs from there.
    :param handrails: "none"; "short" stubs beside the console; "long" ones beside the runner.
    """
    b = Builder()
    b.box((-0.27, -0.80, 0.045), (0.27, 0.80, BELT_M - 0.004), _DARK)
    for x in (-0.36, 0.25):
        b.box((x, -0.92, 0.05), (x + 0.11, 0.84, BELT_M + 0.018), _GREY)
        b.box((x + 0.02, -0.70, BELT_M + 0.018), (x + 0.09, 0.72, BELT_M + 0.024), _LIGHT)
    b.box((-0.37, -1.06, 0.04), (0.37, -0.78, BELT_M + 0.075), _DARK)
    b.box((-0.22, -1.04, BELT_M + 0.075), (0.22, -0.82, BELT_M + 0.085), (0.78, 0.36, 0.13))
    b.box((-0.36, 0.80, 0.03), (0.36, 0.86, BELT_M + 0.012), _DARK)
    if console == "low" or (console == "none" and handrails != "none"):
        for x in (-0.345, 0.345):
            b.tube([(x, -0.94, 0.10), (x, -0.86, 0.86)], 0.030, _LIGHT)
        b.tube([(-0.345, -0.86, 0.84), (0.345, -0.86, 0.84)], 0.026, _LIGHT)
    if console == "low":
        b.box((-0.19, -0.93, 0.80), (0.19, -0.87, 0.93), _DARK)
        b.box((-0.165, -0.872, 0.82), (0.165, -0.866, 0.915), (0.20, 0.55, 0.62), GLOWING)
    if console == "high":
        _high_console(b)
    grip_m = 0.95 if console == "high" else 0.86
    for x in (-0.345, 0.345):
        if handrails == "short":
            b.tube([(x, -0.86, grip_m), (x, -0.66, grip_m + 0.02)], 0.021, _DARK)
        elif handrails == "long":
            out = 1.19 * x
            b.tube([(x, -0.86, grip_m), (out, -0.70, 0.95), (out, 0.30, 0.95), (out, 0.40, 0.88)], 0.024, _DARK)
            b.tube([(out, 0.40, 0.88), (out, 0.46, 0.10)], 0.026, _LIGHT)
    return b.build()


def _high_console(b: Builder) -> None:
    """A console as in a gym: a cowl from the deck up, a broad head with a screen, 1.25 m high."""
    for x in (-0.37, 0.37):
        b.tube([(x, -0.98, 0.10), (x, -0.92, 1.00)], 0.042, _LIGHT)
    b.box((-0.25, -1.02, BELT_M + 0.07), (0.25, -0.94, 0.96), _GREY)
    b.box((-0.18, -1.03, 0.35), (0.18, -1.01, 0.82), _DARK)
    b.box((-0.45, -1.00, 0.93), (0.45, -0.88, 1.25), _DARK)
    b.box((-0.47, -1.01, 0.91), (0.47, -0.80, 0.95), _GREY)
    b.box((-0.30, -0.882, 0.99), (0.30, -0.876, 1.22), (0.18, 0.42, 0.55), GLOWING)
