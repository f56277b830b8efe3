"""Words for whoever aims the camera, from poses that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stickman import CONSOLE, HEIGHT_PX, LEGS, WIDTH_PX, Stickman, poses

from device.records import L_ANKLE, L_HIP, L_KNEE, R_ANKLE, R_HIP, R_KNEE
from device.screen.aim import NOBODY, aim

STANDING = Stickman(running=False)


def said(man: Stickman, by_x: float = 0.0, by_y: float = 0.0, times: float = 1.0, width: float = WIDTH_PX) -> str:
    """What is said of a pose that is moved, and enlarged about the picture's middle; what leaves it is not seen."""
    points = man.keypoints(0.0).astype(float)
    points[:, 0] = (points[:, 0] - WIDTH_PX / 2) * times + width / 2 + by_x
    points[:, 1] = (points[:, 1] - HEIGHT_PX / 2) * times + HEIGHT_PX / 2 + by_y
    outside = (points[:, 0] < 0) | (points[:, 0] > width) | (points[:, 1] < 0) | (points[:, 1] > HEIGHT_PX)
    points[outside, 2] = 0.05
    return aim(points.tolist(), width, HEIGHT_PX).words


@pytest.mark.parametrize("azimuth_deg", [0, 45, 90, -45, -90])
def test_who_stands_or_runs_in_the_middle_is_well_seen(azimuth_deg: float) -> None:
    """From every side, standing and at every moment of a stride."""
    man = Stickman(azimuth_deg=azimuth_deg)
    for pose in poses(lambda t_s: man, 1.0):
        assert aim(pose.keypoints.tolist(), pose.width_px, pose.height_px).good
    assert said(replace(man, running=False)) == "well in the picture"


def test_nobody() -> None:
    """No pose, an odd one, or one in which nothing is seen."""
    for points in (None, [], [[0.0, 0.0, 0.0]] * 17, np.full((17, 3), 0.1).tolist()):
        assert aim(points, WIDTH_PX, HEIGHT_PX) == NOBODY
    assert aim(STANDING.keypoints(0).tolist(), 0, 0) == NOBODY


def test_cut_off_below() -> None:
    """The picture ends at the knees, or at the hips; missing feet do no harm."""
    knees_y = STANDING.keypoints(0)[13, 1]
    assert said(STANDING, by_y=HEIGHT_PX - knees_y + 5).startswith("you are cut off at the knees")
    hips_y = STANDING.keypoints(0)[11, 1]
    assert said(STANDING, by_y=HEIGHT_PX - hips_y + 5).startswith("you are cut off at the hips")
    ankles_y = STANDING.keypoints(0)[L_ANKLE, 1]
    assert said(STANDING, by_y=HEIGHT_PX - ankles_y + 5) == "well in the picture"


def test_a_raised_knee_does_not_hide_that_the_other_is_cut_off() -> None:
    """In mid stride one knee may be in the picture while the standing leg leaves it."""
    points = STANDING.keypoints(0).astype(float)
    points[:, 1] += HEIGHT_PX - points[R_KNEE, 1] + 3  # the model guesses where it would be
    points[L_KNEE, 1] -= 60
    assert "knees" in aim(points.tolist(), WIDTH_PX, HEIGHT_PX).words


def test_head_cut_off() -> None:
    """Too high up."""
    nose_y = STANDING.keypoints(0)[0, 1]
    assert said(STANDING, by_y=-nose_y - 5).startswith("your head is cut off")
    assert said(STANDING, by_y=-nose_y + 8).startswith("your head is cut off")


def test_too_close_and_too_far() -> None:
    """Head and knees beyond the picture, or a dwarf in the middle of it."""
    assert said(STANDING, times=3.0).startswith("you are too close: move the camera back")
    assert said(STANDING, times=0.5).startswith("come nearer")


def test_edges() -> None:
    """Left and right are those of the picture, and the camera is turned the same way."""
    x = STANDING.keypoints(0)[:, 0]
    left, right = said(STANDING, by_x=-x.min() + 3), said(STANDING, by_x=WIDTH_PX - x.max() - 3)
    assert left == "you are too close to the left edge: turn the camera left"
    assert right == "you are too close to the right edge: turn the camera right"


def test_what_is_hidden_is_not_cut_off() -> None:
    """A treadmill's console before the legs is no reason to complain; hidden hips are told as what they are."""
    assert said(replace(STANDING, hide=LEGS)) == "well in the picture"
    assert said(replace(STANDING, hide=CONSOLE)).startswith("your hips cannot be seen")
    assert said(replace(STANDING, hide=(L_HIP, R_HIP, L_ANKLE, R_ANKLE))).startswith("your hips cannot be seen")


def test_a_narrow_picture() -> None:
    """An upright picture with the runner in its middle is fine."""
    assert said(STANDING, width=360) == "well in the picture"
