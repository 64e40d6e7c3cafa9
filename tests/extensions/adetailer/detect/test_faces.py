"""The face detector of face restoration serves as a detector too."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from extensions.adetailer.detect.faces import LEAST, RetinaFaces
from tests.pipelines.postprocess.faces.told_faces import ToldFinder, told_face

PICTURE = np.full((320, 480, 3), (10, 20, 30), np.uint8)


def test_faces_have_boxes_in_pixels_of_the_picture() -> None:
    told = told_face(100, 200, 300)
    network = ToldFinder(told)
    (found,) = RetinaFaces(module=network, device=torch.device("cpu"))(PICTURE, 0.3)
    assert found.box == pytest.approx(tuple(told.box / 2), abs=1e-2)
    assert found.confidence == LEAST
    # BGR, less the mean
    assert network.seen[0][0, :, 0, 0].tolist() == [30 - 104, 20 - 117, 10 - 123]
