"""The camera's projection: known points on known pixels, and OpenGL on the same ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic.camera import Camera, stand
from synthetic.description import Sensor, Viewpoint

VIEWPOINTS = st.builds(
    Viewpoint,
    azimuth_deg=st.floats(-90, 90),
    height_m=st.floats(0.5, 2.0),
    distance_m=st.floats(1.5, 4.0),
    pitch_deg=st.floats(-30, 30),
    roll_deg=st.floats(-15, 15),
    fov_deg=st.floats(25, 90),
)
RUNNER_POINTS = st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 1.9)).map(np.array)


class TestProjection:
    def test_point_ahead_lands_in_the_middle(self) -> None:
        """A level camera shows a point at its own height over the treadmill in the picture's middle."""
        camera = Camera(45.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.0, 0.0, 1.2])) == pytest.approx([320, 240])

    def test_known_point_lands_on_a_known_pixel(self) -> None:
        """From the front, 0.5 m to the runner's left and 0.3 m up at 3 m is 100 px right and 60 px up."""
        camera = Camera(0.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.5, 0.0, 1.5])) == pytest.approx([420, 180])

    def test_left_side_view_faces_left(self) -> None:
        """From the runner's left side, what lies ahead of the runner is on the picture's left."""
        camera = Camera(90.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.0, -0.5, 1.2])) == pytest.approx([220, 240])

    def test_right_side_view_faces_right(self) -> None:
        """From the runner's right side, what lies ahead of the runner is on the picture's right."""
        camera = Camera(-90.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.project(np.array([0.0, -0.5, 1.2])) == pytest.approx([420, 240])

    def test_camera_that_looks_down_lifts_things(self) -> None:
        """Pitching the camera down moves every point up in the picture."""
        level = stand(Viewpoint(), Sensor())
        lower = replace(level, pitch_deg=level.pitch_deg - 5)
        point = np.array([0.0, 0.0, 1.0])
        assert lower.project(point)[1] < level.project(point)[1]

    def test_roll_turns_the_content_clockwise(self) -> None:
        """Rolled by a quarter turn, what was 100 px right of the middle is 100 px below it."""
        camera = Camera(0.0, 1.2, 3.0, 0.0, 600.0, 640, 480, roll_deg=90.0)
        assert camera.project(np.array([0.5, 0.0, 1.2])) == pytest.approx([320, 340])

    def test_nothing_behind_the_lens(self) -> None:
        """A point behind the camera has no pixel and a negative depth."""
        camera = stand(Viewpoint(azimuth_deg=0.0), Sensor())
        point = np.array([0.0, -9.0, 1.0])
        assert np.isnan(camera.project(point)).all()
        assert camera.depth_m(point) < 0

    def test_depth_is_along_the_axis(self) -> None:
        """Points in one plane across the view are equally deep, however far to the side they are."""
        camera = Camera(0.0, 1.2, 3.0, 0.0, 600.0, 640, 480)
        assert camera.depth_m(np.array([[0.0, -1.0, 1.2], [0.9, -1.0, 0.2]])) == pytest.approx([2.0, 2.0])

    @given(VIEWPOINTS, RUNNER_POINTS)
    def test_painter_and_truth_use_one_projection(self, viewpoint: Viewpoint, point: np.ndarray) -> None:
        """OpenGL's matrix puts a point on the very pixel that the truth writes down."""
        camera = stand(viewpoint, Sensor())
        if camera.depth_m(point) < 0.1:
            return
        x, y, _, w = camera.clip_matrix() @ np.append(point, 1.0)
        assert [(x / w + 1) * 320, (1 - y / w) * 240] == pytest.approx(camera.project(point), abs=1e-6)
        assert w == pytest.approx(camera.depth_m(point))


class TestStand:
    def test_usual_camera(self) -> None:
        """The default viewpoint is 1.2 m high, 3.4 m away at 45°, with a focal length of 1.2 times the height."""
        camera = stand(Viewpoint(), Sensor())
        assert camera.position_m == pytest.approx([3.4 / 2**0.5, -3.4 / 2**0.5, 1.2])
        assert camera.pitch_deg == -4.5
        assert camera.focal_px == pytest.approx(576, rel=0.002)

    @given(st.floats(25, 90), st.integers(120, 1080))
    def test_field_of_view_is_from_top_to_bottom(self, fov_deg: float, height_px: int) -> None:
        """A point half the field of view over a level axis lies on the picture's upper edge."""
        camera = stand(Viewpoint(azimuth_deg=0.0, pitch_deg=0.0, fov_deg=fov_deg), Sensor(height_px=height_px))
        up_m = 3.4 * np.tan(np.radians(fov_deg / 2))
        assert camera.project(np.array([0.0, 0.0, 1.2 + up_m]))[1] == pytest.approx(0.0, abs=1e-6)

    def test_size_does_not_change_the_view(self) -> None:
        """A picture half as large shows the same, half as large."""
        point = np.array([0.3, -0.4, 1.6])
        large, small = (stand(Viewpoint(), Sensor(width_px=w, height_px=h)) for w, h in ((640, 480), (320, 240)))
        assert small.project(point) == pytest.approx(large.project(point) / 2)
