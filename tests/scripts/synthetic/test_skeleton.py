"""Bones turn about their joints, carry the skin along, and the key points with it."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic.skeleton import (
    Body,
    BonePose,
    about_x,
    about_y,
    about_z,
    bone_transforms,
    coco_points,
    cross,
    limb_frame,
    skin,
    unit,
)


def two_bones() -> Body:
    """A stick along z with a joint in its middle; 17 key points that are all its upper end."""
    vertices = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0]])
    weights = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    held = np.zeros((17, 2, 3))
    held[:, 1] = vertices[2]
    return Body(
        vertices,
        np.tile([1.0, 0.0, 0.0], (3, 1)),
        np.array([[0, 1, 2]]),
        ("root", "top"),
        (-1, 0),
        np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        weights,
        held,
        np.tile([0.0, 1.0], (17, 1)),
    )


def test_directions_of_turns() -> None:
    """About x leans forward (−y), about y tips to the left (+x), about z turns the front to the left."""
    assert about_x(90) @ [0, 0, 1] == pytest.approx([0, -1, 0])
    assert about_y(90) @ [0, 0, 1] == pytest.approx([1, 0, 0])
    assert about_z(90) @ [0, -1, 0] == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("about", [about_x, about_y, about_z])
def test_many_turns_at_once_are_the_single_ones(about: type[about_x]) -> None:
    """An array of angles gives the rotation of each."""
    angles_deg = np.array([[-30.0, 0.0], [12.0, 200.0]])
    turns = about(angles_deg)
    assert turns.shape == (2, 2, 3, 3)
    for index in np.ndindex(2, 2):
        assert turns[index] == pytest.approx(about(angles_deg[index]))


def test_bone_turns_about_its_joint() -> None:
    """Bending the upper bone forward by 90° brings its end ahead of the joint and leaves the rest."""
    body = two_bones()
    transforms = bone_transforms(body, BonePose({"top": about_x(90)}, np.zeros(3), np.zeros(3)))
    posed, _ = skin(body.weights, body.vertices_m, body.normals, transforms)
    assert posed == pytest.approx(np.array([[0, 0, 0], [0, 0, 1], [0, -1, 1]]))


def test_key_points_are_those_of_the_mesh() -> None:
    """The short way to the key points gives what the posed mesh gives, for one moment and for many."""
    body = two_bones()
    pose = BonePose({"root": about_z(30), "top": about_x(40)}, np.zeros(3), np.array([1.0, 2, 3]))
    rotations, translations = bone_transforms(body, pose)
    posed, _ = skin(body.weights, body.vertices_m, body.normals, (rotations, translations))
    found = coco_points(body, (rotations, translations))
    assert found == pytest.approx(np.tile(posed[2], (17, 1)))
    many = coco_points(body, (np.stack([rotations] * 3), np.stack([translations, translations + 1, translations])))
    assert many[1] == pytest.approx(found + 1)


def test_limb_frame() -> None:
    """A limb's frame is a rotation whose first column is the limb, the second its hinge made square to it."""
    frame = limb_frame(np.array([0.0, 0.0, -2.0]), np.array([1.0, 0.0, 0.5]))
    assert frame[:, 0] == pytest.approx([0, 0, -1])
    assert frame[:, 1] == pytest.approx([1, 0, 0])
    assert np.linalg.det(frame) == pytest.approx(1.0)


def test_cross_and_unit() -> None:
    """The quick cross product is NumPy's; a vector without length stays without."""
    a, b = np.random.default_rng(1).normal(size=(2, 4, 3))
    assert cross(a, b) == pytest.approx(np.cross(a, b))
    assert unit(np.array([[0.0, 3.0, 4.0], [0, 0, 0]])) == pytest.approx(np.array([[0, 0.6, 0.8], [0, 0, 0]]))
