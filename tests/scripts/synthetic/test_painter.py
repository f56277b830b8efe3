"""The painted pictures show what they should.  Needs OpenGL, but no body: a coloured box stands in for the runner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from synthetic.camera import stand
from synthetic.description import Light, Outfit, Scene, Sensor, Viewpoint
from synthetic.errors import NoOpenGLError
from synthetic.outfit import Dressed
from synthetic.painter import Painter, Posed
from synthetic.scene import neighbour_x_m
from synthetic.shapes import Builder

SENSOR = Sensor(width_px=320, height_px=240)
LOW, HIGH = np.array([-0.2, -0.15, 0.3]), np.array([0.2, 0.15, 1.7])
GREEN = Outfit(shirt=(0.05, 0.8, 0.1), stripes=False)


def _opengl() -> str:
    """Why there is none, or nothing."""
    pytest.importorskip("moderngl", reason="moderngl is not installed")
    try:
        Painter(stand(Viewpoint(), Sensor(width_px=160, height_px=120)), Scene(), Light(), []).close()
    except NoOpenGLError as error:
        return str(error)
    return ""


@pytest.fixture(autouse=True, scope="module")
def _needs_opengl() -> None:
    reason = _opengl()
    if reason:
        pytest.skip(reason)


def box(shift_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> tuple[tuple[Dressed, Outfit], Posed]:
    """A green box as large as a trunk with legs, at rest and moved."""
    builder = Builder()
    builder.box(tuple(LOW), tuple(HIGH), (1.0, 1.0, 1.0))
    part = builder.build()
    count = len(part.kind)
    fields = np.tile([0.1, -0.1, -0.1, -0.1], (count, 1))
    index = np.arange(count).reshape(-1, 3)
    dressed = Dressed(part.vertices_m, part.normals, index, np.ones((count, 1)), fields, part.colours, 0.0)
    soles = np.array([[0.1, 0.0, 0.16], [-0.1, 0.0, 0.16]]) + shift_m
    return (dressed, GREEN), Posed(part.vertices_m + np.array(shift_m), part.normals, soles)


@contextmanager
def painter(
    viewpoint: Viewpoint | None = None,
    scene: Scene | None = None,
    light: Light | None = None,
    sensor: Sensor = SENSOR,
    figures: int = 1,
    fine: bool = False,
) -> Iterator[Painter]:
    """A painter of that many green boxes."""
    one = Painter(
        stand(viewpoint or Viewpoint(), sensor), scene or Scene(), light or Light(), [box()[0]] * figures, fine
    )
    try:
        yield one
    finally:
        one.close()


def green(picture: np.ndarray) -> np.ndarray:
    """Where the picture is green, bool (height, width)."""
    r, g, b = np.moveaxis(picture.astype(int), 2, 0)
    return (g > 25) & (g > 2 * r) & (g > 2 * b)


VIEWS = [
    Viewpoint(azimuth_deg=azimuth_deg, roll_deg=roll_deg, fov_deg=fov_deg)
    for azimuth_deg, roll_deg, fov_deg in ((-90, 0, 45), (-45, 10, 60), (0, 0, 45), (45, -15, 70), (90, 5, 45))
]


class TestPlace:
    @pytest.mark.parametrize("viewpoint", VIEWS)
    @pytest.mark.parametrize("fine", [False, True])
    def test_figure_is_where_the_camera_says(self, viewpoint: Viewpoint, fine: bool) -> None:
        """The green pixels fill the very hull that the box's corners project to."""
        with painter(viewpoint, Scene(console="none", handrails="none"), fine=fine) as one:
            where = green(one.paint(0.0, [box()[1]]))
        camera = stand(viewpoint, SENSOR)
        pixels = camera.project(box()[1].vertices)
        rows, columns = np.nonzero(where)
        assert columns.min() == pytest.approx(pixels[:, 0].min(), abs=1.5)
        assert columns.max() + 1 == pytest.approx(pixels[:, 0].max(), abs=1.5)
        assert rows.min() == pytest.approx(pixels[:, 1].min(), abs=1.5)
        assert rows.max() + 1 == pytest.approx(pixels[:, 1].max(), abs=1.5)

    @pytest.mark.parametrize("viewpoint", VIEWS)
    def test_depth_of_a_known_box(self, viewpoint: Viewpoint) -> None:
        """The depth map gives the distance of the box's near face, and of the wall where nobody is."""
        with painter(viewpoint, Scene(console="none", handrails="none")) as one:
            one.paint(0.0, [box()[1]])
            with_box = one.depth_m()
            one.paint(0.0, [None])
            without = one.depth_m()
        camera = stand(viewpoint, SENSOR)
        # The middle of the face that looks at the camera most.
        axis = 1 if abs(viewpoint.azimuth_deg) < 45 else 0
        point = (LOW + HIGH) / 2
        point[axis] = (HIGH if camera.position_m[axis] > 0 else LOW)[axis]
        column, row = np.floor(camera.project(point)).astype(int)
        assert with_box.shape == (240, 320)
        assert with_box[row, column] == pytest.approx(camera.depth_m(point), abs=0.01)
        assert without[row, column] > camera.depth_m(point) + 1.0

    def test_console_hides(self) -> None:
        """From the front a high console hides hips and knees and leaves the shoulders in sight; a low one neither."""
        points = {"shoulder": (0.15, -0.15, 1.55), "hip": (0.1, -0.15, 1.0), "knee": (0.1, -0.15, 0.6)}
        seen = {}
        for console in ("low", "high"):
            viewpoint = Viewpoint(azimuth_deg=0.0)
            with painter(viewpoint, Scene(console=console)) as one:
                one.paint(0.0, [box()[1]])
                depth_m = one.depth_m()
            camera = stand(viewpoint, SENSOR)
            for name, point in points.items():
                column, row = np.floor(camera.project(np.array(point))).astype(int)
                seen[console, name] = depth_m[row, column] > camera.depth_m(np.array(point)) - 0.05
        assert seen["low", "shoulder"]
        assert seen["low", "hip"]
        assert seen["high", "shoulder"]
        assert not seen["high", "hip"]
        assert not seen["high", "knee"]

    def test_neighbour_is_not_between_camera_and_runner(self) -> None:
        """The second treadmill stands at the runner's side that is away from the camera."""
        assert neighbour_x_m(60.0) < 0 < neighbour_x_m(-60.0)

    def test_strangers_are_painted_too(self) -> None:
        """A second figure beside the first makes more of the picture green; None takes it away again."""
        with painter(Viewpoint(azimuth_deg=0.0), figures=2) as one:
            alone = green(one.paint(0.0, [box()[1], None])).sum()
            both = green(one.paint(0.0, [box()[1], box((-1.0, 0.0, 0.0))[1]])).sum()
            again = green(one.paint(0.0, [box()[1], None])).sum()
        assert both > 1.7 * alone
        assert again == alone


class TestRoom:
    @pytest.mark.parametrize("background", range(10))
    @pytest.mark.parametrize("azimuth_deg", [-90, -45, 0, 45, 90])
    def test_there_is_a_room_all_round(self, background: int, azimuth_deg: float) -> None:
        """However near and wide the camera looks, every pixel shows something within the hall."""
        viewpoint = Viewpoint(azimuth_deg=azimuth_deg, distance_m=4.0, fov_deg=90, roll_deg=15)
        sensor = Sensor(width_px=160, height_px=120)
        with painter(viewpoint, Scene(background=background), sensor=sensor) as one:
            one.paint(0.0, [None])
            assert one.depth_m().max() < 16.0

    def test_rooms_differ(self) -> None:
        """No two backgrounds look alike."""
        pictures = []
        for background in range(10):
            with painter(scene=Scene(background=background), sensor=Sensor(width_px=160, height_px=120)) as one:
                pictures.append(one.paint(0.0, [None]).astype(int))
        apart = [abs(a - b).mean() for k, a in enumerate(pictures) for b in pictures[:k]]
        assert min(apart) > 5

    @pytest.mark.parametrize("azimuth_deg", [-90, -60, -30, 0, 30, 60, 90])
    def test_mirror_shows_the_figure(self, azimuth_deg: float) -> None:
        """With a mirror the figure is seen twice: the second time smaller, and farther away than the wall."""
        viewpoint = Viewpoint(azimuth_deg=azimuth_deg)
        with painter(viewpoint, Scene(mirror=True)) as one:
            where = green(one.paint(0.0, [box()[1]]))
            depth_m = one.depth_m()
        direct = depth_m < 3.8
        reflected = where & (depth_m > 6.0)
        assert 200 < reflected.sum() < 0.6 * (where & direct).sum()

    def test_poster_shows_somebody(self) -> None:
        """The poster changes the picture beside the runner even when nobody is there."""
        pictures = []
        for poster in (False, True):
            with painter(scene=Scene(poster=poster)) as one:
                pictures.append(one.paint(0.0, [None]).astype(int))
        changed = abs(pictures[0] - pictures[1]).max(axis=2) > 20
        assert changed.mean() > 0.01

    def test_belt_runs(self) -> None:
        """The belt's marks go by with the way that the belt has run, and nothing else moves."""
        with painter() as one:
            first, second, again = (one.paint(0.0, [None], belt_m=way_m) for way_m in (0.0, 0.5, 2.9))
        assert (first == again).all()
        assert 0 < (first != second).any(axis=2).mean() < 0.05


class TestLight:
    @staticmethod
    def brightness(light: Light, azimuth_deg: float = 45.0) -> tuple[float, float]:
        """Mean of the figure's and of all other pixels."""
        with painter(Viewpoint(azimuth_deg=azimuth_deg), light=light) as one:
            picture = one.paint(0.0, [box()[1]])
            near = one.depth_m() < 3.7
            where = near & green(picture)
        return float(picture[where].mean()), float(picture[~where].mean())

    @pytest.mark.parametrize("azimuth_deg", [-90.0, 0.0, 45.0])
    def test_backlit_runner_is_dark_before_bright(self, azimuth_deg: float) -> None:
        """Back-lit, the runner is darker than lit from the front, and part of what lies behind is white."""
        plain, _ = self.brightness(Light(), azimuth_deg)
        dark, _ = self.brightness(Light(backlit=1.0), azimuth_deg)
        assert dark < 0.7 * plain
        with painter(Viewpoint(azimuth_deg=azimuth_deg), light=Light(backlit=1.0)) as one:
            assert (one.paint(0.0, [None]).min(axis=2) > 240).mean() > 0.04

    def test_level(self) -> None:
        """Less light makes everything darker."""
        levels = [self.brightness(Light(level=level)) for level in (0.1, 0.4, 1.0, 1.5)]
        assert levels == sorted(levels)
        assert levels[0][1] < 0.5 * levels[2][1]

    def test_figure_throws_a_shadow(self) -> None:
        """Somebody on the treadmill darkens the floor beside it."""
        with painter() as one:
            empty, full = (one.paint(0.0, [posed]).astype(int) for posed in (None, box()[1]))
        darker = (empty - full).min(axis=2) > 10
        assert (darker & ~green(full)).sum() > 100


class TestSame:
    def test_same_picture_again(self) -> None:
        """The same description gives the very same picture, whatever was painted before it."""
        posed, elsewhere = box()[1], box((0.1, 0.2, 0.1))[1]
        with painter(scene=Scene(mirror=True, neighbour=True)) as one:
            first = one.paint(1.0, [posed])
            one.paint(1.5, [elsewhere])
            second = one.paint(1.0, [posed])
        with painter(scene=Scene(mirror=True, neighbour=True)) as one:
            third = one.paint(1.0, [posed])
        assert (first == second).all()
        assert (first == third).all()

    def test_moments_may_share_shadows(self) -> None:
        """Painting another moment with the last shadows moves the figure and changes little else."""
        posed = box()[1]
        later = replace(posed, vertices=np.add(posed.vertices, [0.0, 0.03, 0.0]))
        with painter() as one:
            one.paint(0.0, [posed])
            quick = one.paint(0.01, [later], same_shadows=True).astype(int)
            slow = one.paint(0.01, [later]).astype(int)
        assert abs(quick - slow).mean() < 0.3
