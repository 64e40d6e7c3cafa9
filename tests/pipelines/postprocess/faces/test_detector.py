"""Faces that RetinaFace finds: what it is shown, and where they are in the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipelines.postprocess.faces.detector import SIDE, find_faces, find_landmarks
from tests.pipelines.postprocess.faces.told_faces import ToldFinder, told_face

CPU = torch.device("cpu")
PICTURE = np.full((320, 480, 3), (10, 20, 30), np.uint8)


def test_faces_are_told_in_pixels_of_the_picture() -> None:
    told = told_face(100, 200, 300)
    network = ToldFinder(told)
    (face,) = find_faces(network, PICTURE, CPU)
    assert network.seen[0].shape == (1, 3, SIDE, 960)
    assert face.box == pytest.approx(told.box / 2, abs=1e-2)
    assert face.landmarks == pytest.approx(told.landmarks / 2, abs=1e-2)
    assert face.landmarks.dtype == np.float64


def test_a_picture_is_seen_at_its_own_size_without_a_side() -> None:
    told = told_face(100, 100, 200)
    network = ToldFinder(told)
    (face,) = find_faces(network, PICTURE, CPU, side=None)
    assert face.box == pytest.approx(told.box, abs=1e-2)
    assert face.landmarks == pytest.approx(told.landmarks, abs=1e-2)
    (seen,) = network.seen
    assert seen.shape == (1, 3, 320, 480)
    assert seen[0, :, 0, 0].tolist() == [10 - 104, 20 - 117, 30 - 123]


def test_the_surest_comes_first_and_the_unsure_are_left_out() -> None:
    faces = told_face(0, 0, 200, 0.98), told_face(300, 0, 200, 0.96), told_face(600, 0, 200, 0.99)
    found = find_landmarks(ToldFinder(*faces), PICTURE, CPU)
    assert [float(points[2, 0]) for points in found] == pytest.approx([350.1, 50.1], abs=0.1)


def test_of_faces_that_overlap_the_surest_stays() -> None:
    network = ToldFinder(told_face(0, 0, 200, 0.98), told_face(10, 0, 200, 0.99))
    assert len(find_faces(network, PICTURE, CPU)) == 1


def test_only_landmarks_leave_out_the_small() -> None:
    network = ToldFinder(told_face(0, 0, 36))
    assert len(find_faces(network, PICTURE, CPU)) == 1
    assert find_landmarks(network, PICTURE, CPU) == []
