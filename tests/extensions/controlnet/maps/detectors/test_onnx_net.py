"""YOLOX's boxes and RTMPose's key points, from the numbers of their networks to pixels of the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.detectors.onnx_net import (
    SIDE,
    cut,
    decode_boxes,
    decode_points,
    find_boxes,
    find_points,
)
from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.onnx_net import read_onnx
from tests.extensions.controlnet.yolox import LARGEST_GRID, MIDDLE, THIRD_GRID, raw_boxes
from tests.onnx_files import write_onnx


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


def test_a_box_has_the_best_score_of_the_wanted_classes() -> None:
    raw = raw_boxes((0, 0.2))[0]
    raw[0, 5 + 16] = 0.7
    assert decode_boxes(raw, (0,))[1][0] == pytest.approx(0.2)
    assert decode_boxes(raw, (0, 16))[1][0] == pytest.approx(0.7)


def test_boxes_are_in_pixels_of_the_picture_surest_first(tmp_path: Path) -> None:
    raw = raw_boxes((MIDDLE, 0.8), (MIDDLE + 1, 0.7), (THIRD_GRID, 0.9), (0, 0.25))
    raw[0, THIRD_GRID, 2:4] = np.log(2.0)  # the top left cell
    net = read_onnx(write_onnx(tmp_path / "yolox.onnx", (SIDE, SIDE), {"boxes": raw}))
    found = find_boxes(net, np.zeros((320, 160, 3), np.uint8), (0,))
    # 640 pixels of the input are 320 of the picture; boxes that are weak, or overlap a surer one, are dropped
    assert found == [pytest.approx((-16, -16, 16, 16)), pytest.approx((32, 32, 288, 288))]


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_points_lie_in_the_picture_whatever_the_tables_order(tmp_path: Path, names: tuple[str, str]) -> None:
    columns, rows = np.zeros((1, 1, 64), np.float32), np.zeros((1, 1, 128), np.float32)
    columns[0, 0, 32], rows[0, 0, 96] = 0.5, 0.9
    tables = dict(sorted(zip(names, (columns, rows), strict=True)))
    net = read_onnx(write_onnx(tmp_path / "pose.onnx", (64, 32), tables))
    points, scores = find_points(net, np.zeros((200, 200, 3), np.uint8), (60, 20, 140, 180), (32, 64))
    # the box's 160 rows and the margin are 200 rows for 64: the middle column, three quarters of the height
    assert points[0].tolist() == pytest.approx([100, 150])
    assert scores.tolist() == pytest.approx([0.5])


def test_a_network_of_other_tables_is_refused(tmp_path: Path) -> None:
    net = read_onnx(write_onnx(tmp_path / "pose.onnx", (64, 32), {"one": np.zeros((1, 1, 64), np.float32)}))
    with pytest.raises(CorruptFile, match=r"pose\.onnx answers 1 tables, not 2"):
        find_points(net, np.zeros((64, 64, 3), np.uint8), (0, 0, 64, 64), (32, 64))


def test_an_empty_box_is_cut_out_without_a_division_by_zero() -> None:
    left, top, k = cut((10, 20, 10, 20), (288, 384))
    assert (left, top) == (10, 20) and np.isfinite(k)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "yolox_l.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match=r"yolox_l\.onnx can't be loaded"):
        read_onnx(path)
