"""DWPose: people from two networks, their drawing, and their poses as JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.detectors.onnx_net import SIDE
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.poses.dwpose import POINTS, person
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.errors import CorruptFile
from tests.extensions.controlnet.yolox import MIDDLE, raw_boxes
from tests.onnx_files import write_onnx

PICTURE = np.zeros((64, 64, 3), np.uint8)


def module() -> Preprocessor:
    found = find_preprocessor("dw_openpose_full")
    assert found is not None
    return found


def test_wholebody_becomes_openpose() -> None:
    points = np.stack([np.arange(POINTS), np.arange(POINTS)], axis=1).astype(np.float32)
    scores = np.ones(POINTS, np.float32)
    scores[10] = 0.1
    made = person(points, scores)
    body = made["pose_keypoints_2d"]
    assert body[:6] == [0.0, 0.0, 1.0, 5.5, 5.5, 1.0]
    assert body[4 * 3 : 5 * 3] == [0.0, 0.0, 0.0]
    assert [len(made[key]) for key in made] == [54, 204, 63, 63]
    with pytest.raises(CorruptFile, match="answers 17 points"):
        person(points[:17], scores[:17])


def test_a_picture_is_drawn_and_told(tmp_path: Path) -> None:
    columns, rows = np.zeros((1, POINTS, 576), np.float32), np.zeros((1, POINTS, 768), np.float32)
    columns[0, 0, 288] = rows[0, 0, 384] = 0.9
    # a person of 512 pixels around the middle of the third grid
    places = raw_boxes((MIDDLE, 0.9), (MIDDLE + 1, 0.8))
    write_onnx(tmp_path / "yolox_l.onnx", (SIDE, SIDE), {"boxes": places})
    write_onnx(tmp_path / "dw-ll_ucoco_384.onnx", (384, 288), {"simcc_x": columns, "simcc_y": rows})
    loaded = LoadedPreprocessor()
    made = loaded.run(module(), PICTURE, Sliders(resolution=64), [tmp_path], "cpu")
    assert loaded.poses is not None
    (found,) = loaded.poses["people"]
    assert found["pose_keypoints_2d"][:3] == pytest.approx([32.0, 32.0, 1.0], abs=0.5)
    assert not any(found["face_keypoints_2d"])
    assert made[32, 32].tolist() == [255, 0, 0]
    assert not made[:20].any()


def test_nobody_is_nothing(tmp_path: Path) -> None:
    empty = np.zeros((1, 1, 1), np.float32)
    write_onnx(tmp_path / "yolox_l.onnx", (SIDE, SIDE), {"boxes": raw_boxes()})
    write_onnx(tmp_path / "dw-ll_ucoco_384.onnx", (384, 288), {"x": empty, "y": empty})
    loaded = LoadedPreprocessor()
    assert not loaded.run(module(), PICTURE, Sliders(resolution=64), [tmp_path], "cpu").any()
    assert loaded.poses is not None and loaded.poses["people"] == []
