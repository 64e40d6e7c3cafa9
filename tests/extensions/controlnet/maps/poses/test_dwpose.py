"""DWPose: two networks that say where somebody is, and what is drawn and told of that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.detectors.onnx_net import SIDE, cut, decode_boxes, decode_points
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.poses.dwpose import POINTS, person
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.onnx_net import read_onnx
from tests.onnx_files import Floats, write_onnx

BOXES = 80 * 80 + 40 * 40 + 20 * 20
LARGEST_GRID = 80 * 80
PICTURE = np.zeros((64, 64, 3), np.uint8)


def raw_boxes(*places: tuple[int, float]) -> Floats:
    """YOLOX's answer with a person of 16 cells at every (index, score)."""
    raw = np.zeros((1, BOXES, 85), np.float32)
    for index, score in places:
        raw[0, index, 2:4] = np.log(16.0)
        raw[0, index, 4] = 1.0
        raw[0, index, 5] = score
    return raw


def module() -> Preprocessor:
    found = find_preprocessor("dw_openpose_full")
    assert found is not None
    return found


def test_boxes_lie_around_their_cells() -> None:
    # second grid, cell (3, 2) of stride 16
    index = LARGEST_GRID + 2 * 40 + 3
    boxes, scores = decode_boxes(raw_boxes((index, 0.9))[0], (0,))
    assert boxes[index].tolist() == pytest.approx([48 - 128, 32 - 128, 256, 256])
    assert scores[index] == pytest.approx(0.9)
    assert np.count_nonzero(scores) == 1
    with pytest.raises(CorruptFile, match="answers 7 boxes"):
        decode_boxes(np.zeros((7, 85), np.float32), (0,))


def test_people_are_cut_out_with_a_margin_at_the_networks_shape() -> None:
    left, top, k = cut((100, 100, 200, 300), (288, 384))
    # 250 high with the margin, thus 187.5 wide around the same middle
    assert (left, top) == pytest.approx((150 - 93.75, 200 - 125))
    assert k == pytest.approx(288 / 187.5)


def test_points_are_where_both_tables_peak() -> None:
    columns, rows = np.zeros((2, 576), np.float32), np.zeros((2, 768), np.float32)
    columns[0, 101], rows[0, 201] = 0.9, 0.4
    points, scores = decode_points(columns, rows)
    assert points[0].tolist() == [50.5, 100.5]
    assert scores.tolist() == pytest.approx([0.4, 0.0])


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
    places = raw_boxes((BOXES - 400 + 10 * 20 + 10, 0.9), (BOXES - 400 + 10 * 20 + 11, 0.8))
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


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "yolox_l.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match=r"yolox_l\.onnx can't be loaded"):
        read_onnx(path)
