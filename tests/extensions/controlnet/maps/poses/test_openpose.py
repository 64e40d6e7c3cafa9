"""Drawn poses: where points lie, and how limbs, hands and faces look."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.controlnet.maps.poses.openpose import Pose, draw_pose, points


def body(**places: tuple[float, float]) -> list[float]:
    """18 points, ``pN`` at these places and the others not found."""
    flat = [0.0] * 54
    for name, (x, y) in places.items():
        index = 3 * int(name[1:])
        flat[index : index + 3] = [x, y, 1.0]
    return flat


def test_places_within_the_unit_square_are_shares() -> None:
    assert points([0.5, 0.25, 1, 1, 0, 1], 64, 32) == [(32, 8), (64, 0)]


def test_one_place_beyond_makes_all_of_them_pixels() -> None:
    assert points([0.5, 0.25, 1, 20, 1, 1], 64, 32) == [(0.5, 0.25), (20, 1)]


def test_unsure_points_count_neither_as_places_nor_as_pixels() -> None:
    assert points([0.5, 0.5, 1, 99, 99, 0.99], 64, 32) == [(32, 16), None]
    assert points([], 64, 32) == []
    assert points([0.5, 0.5, 1, 0.5], 64, 32) == [(32, 16)]


def test_a_limb_is_a_dim_ellipse_between_bright_joints() -> None:
    drawn = draw_pose([Pose(body=body(p1=(12, 20), p2=(52, 20)))], 64, 40)
    # neck to right shoulder is the first limb and the first colour, at six tenths
    assert drawn[20, 32].tolist() == [153, 0, 0]
    column = np.flatnonzero(drawn[:, 32].any(axis=1))
    assert (column.min(), column.max()) == (16, 24)
    assert drawn[20, 12].tolist() == [255, 85, 0]
    assert drawn[20, 52].tolist() == [255, 170, 0]
    assert not drawn[:15].any()


def test_a_limb_without_an_end_is_a_joint_only() -> None:
    drawn = draw_pose([Pose(body=body(p1=(12, 20)))], 64, 40)
    assert drawn[20, 12].any() and not drawn[20, 20:].any()


def test_bodies_may_be_short() -> None:
    assert draw_pose([Pose(body=[5.0, 5.0, 1.0])], 16, 16)[5, 5].tolist() == [255, 0, 0]


def test_a_hand_has_lines_of_every_hue_and_blue_joints() -> None:
    hand = [0.0] * 63
    hand[0:3], hand[3:6] = [10, 10, 1], [40, 10, 1]
    drawn = draw_pose([Pose(body=[], hands=(hand,))], 64, 40)
    assert drawn[10, 25].tolist() == [255, 0, 0]
    assert drawn[10, 10].tolist() == drawn[10, 40].tolist() == [0, 0, 255]


@pytest.mark.parametrize(("x", "y"), [(0.4, 10.0), (10.0, 0.4), (-3.0, 10.0)])
def test_points_of_a_face_at_the_edge_are_left_out(x: float, y: float) -> None:
    face = [x, y, 1.0, 30.0, 20.0, 1.0]
    drawn = draw_pose([Pose(body=[], face=face)], 64, 40)
    assert drawn[20, 30].tolist() == [255, 255, 255]
    assert not drawn[:14, :20].any()


def test_later_people_are_drawn_over_earlier_ones() -> None:
    nose, neck = Pose(body=body(p0=(20, 20))), Pose(body=body(p1=(20, 20)))
    assert draw_pose([nose, neck], 40, 40)[20, 20].tolist() == [255, 85, 0]
    assert draw_pose([neck, nose], 40, 40)[20, 20].tolist() == [255, 0, 0]
