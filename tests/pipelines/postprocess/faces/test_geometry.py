"""Cutting faces out and laying them back."""

from __future__ import annotations

import numpy as np

from pipelines.postprocess.faces.geometry import TEMPLATE, Pixels, alignment, cut_out, paste, soft_mask


def picture(side: int = 640) -> Pixels:
    y, x = np.mgrid[:side, :side]
    return np.stack([x * 255 / side, y * 255 / side, (x + y) * 127 / side], axis=-1).astype(np.uint8)


def test_landmarks_in_template_pose_need_no_change() -> None:
    matrix = alignment(TEMPLATE.copy())
    assert matrix is not None and np.allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=1e-6)


def test_alignment_undoes_turn_scale_and_shift() -> None:
    turn = np.array([[0.6, -0.3], [0.3, 0.6]])
    matrix = alignment(TEMPLATE @ turn.T + (40, 25))
    assert matrix is not None
    assert np.allclose((TEMPLATE @ turn.T + (40, 25)) @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-3)


def test_equal_landmarks_have_no_alignment_or_a_finite_one() -> None:
    matrix = alignment(np.full((5, 2), 7.0))
    assert matrix is None or np.isfinite(matrix).all()


def test_beyond_the_picture_is_grey() -> None:
    face = cut_out(picture(100), np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert face.shape == (512, 512, 3)
    assert face[300, 300].tolist() == [135, 133, 132]


def test_an_unchanged_face_leaves_the_picture_as_it_was() -> None:
    image = picture()
    matrix = alignment(np.add(TEMPLATE, (50, 40)))
    assert matrix is not None
    mask = np.zeros((512, 512))
    mask[10:-10, 10:-10] = 1.0
    back = paste(image.astype(np.float64), cut_out(image, matrix), mask, matrix)
    assert np.abs(back - image).max() <= 1.0


def test_only_the_masked_part_is_pasted() -> None:
    image = np.zeros((512, 512, 3))
    face = np.full((512, 512, 3), 200, dtype=np.uint8)
    mask = np.zeros((512, 512))
    mask[100:200, 100:200] = 1.0
    pasted = paste(image, face, mask, np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    assert pasted[150, 150].tolist() == [200, 200, 200] and pasted[300, 300].max() == 0


def test_hair_and_background_are_not_pasted() -> None:
    classes = np.zeros((512, 512), dtype=np.int64)
    classes[100:400, 100:400] = 1
    mask = soft_mask(classes)
    assert mask[250, 250] > 0.99 and mask[20, 20] < 0.01 and 0.2 < mask[100, 250] < 0.8
    classes[:] = 17
    assert soft_mask(classes).max() == 0.0
    assert soft_mask(np.ones((512, 512), dtype=np.int64))[:10].max() == 0.0
