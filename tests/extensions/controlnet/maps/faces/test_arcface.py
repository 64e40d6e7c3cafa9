"""ArcFace: the pose of a face, what the network is shown, and its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage.transform import SimilarityTransform

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.faces.arcface import TEMPLATE, align_face, embed_face, similarity
from extensions.controlnet.maps.faces.scrfd import Face
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, InvalidRequest
from pipelines.families.loading.onnx_net import read_onnx
from tests.extensions.controlnet.face_files import told_net, write_arcface

PICTURE: Array = np.random.RandomState(0).randint(0, 256, (150, 180, 3)).astype(np.uint8)
POSE = TEMPLATE.astype(np.float32)
NUMBERS = np.arange(512, dtype=np.float32)


def face(points: Floats = POSE) -> Face:
    return Face(box=(0, 0, 112, 112), score=0.9, points=points)


def transform(points: Floats, side: int) -> Any:
    """The transform that scikit-image estimates."""
    made = SimilarityTransform.from_estimate(points.astype(np.float64), TEMPLATE * side / 112)
    assert made
    return made


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("side", [112, 224])
def test_the_pose_is_that_of_scikit_image(seed: int, side: int) -> None:
    points = (np.random.RandomState(seed).random_sample((5, 2)) * 150).astype(np.float32)
    expected = transform(points, side).params[:2]
    assert similarity(points.astype(np.float64), TEMPLATE * side / 112) == pytest.approx(expected, abs=1e-9)
    warped = cv2.warpAffine(PICTURE, expected, (side, side), flags=cv2.INTER_LINEAR, borderValue=0.0)
    assert np.array_equal(align_face(PICTURE, points, side), warped)


def test_a_face_in_standard_pose_is_cut_out() -> None:
    shifted = POSE + np.array([20, 10], np.float32)
    assert np.abs(align_face(PICTURE, shifted).astype(int) - PICTURE[10:122, 20:132]).max() <= 1


def test_beyond_the_picture_is_black() -> None:
    made = align_face(np.full((150, 180, 3), 200, np.uint8), POSE - np.array([50, 0], np.float32))
    assert not made[:, :48].any()
    assert (made[:, 52:] == 200).all()


def test_points_that_coincide_have_no_pose() -> None:
    with pytest.raises(InvalidRequest, match="the key points of the face coincide"):
        align_face(PICTURE, np.full((5, 2), 7, np.float32))


def test_the_network_sees_normalised_rgb() -> None:
    net, seen = told_net([NUMBERS[None]])
    embed_face(net, np.full((150, 180, 3), (255, 0, 51), np.uint8), face())
    (values,) = seen
    assert (values.shape, values.dtype) == ((1, 3, 112, 112), np.float32)
    assert values[0, :, 60, 60].tolist() == pytest.approx([1.0, -1.0, -0.6])


def test_the_embedding_is_the_networks_own(tmp_path: Path) -> None:
    net = read_onnx(write_arcface(tmp_path / "w600k_r50.onnx", NUMBERS))
    made = embed_face(net, PICTURE, face())
    assert made.dtype == np.float32
    assert made.tolist() == NUMBERS.tolist()


def test_other_networks_are_refused() -> None:
    for outputs in ([NUMBERS[None, :128]], [NUMBERS[None], NUMBERS[None]]):
        with pytest.raises(CorruptFile, match=r"told\.onnx is no ArcFace network: it answers \(1, "):
            embed_face(told_net(outputs)[0], PICTURE, face())
